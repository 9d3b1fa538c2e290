"""The yearly report (R99): made beside the accounts, one to each municipality, sent, received, read by whose it is."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

import core.registrations  # noqa: F401 - the deadlines and the receipts know the subject by it
from core.cases import letters
from core.cases.model import CaseFile
from core.cases.operations import record_receipt
from core.deadlines.model import Deadline
from core.deadlines.waiting import waiting
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.reporting import reports
from core.reporting.model import YearlyReport
from tests.factories import clerk_of
from tests.integration.reporting.conftest import APPROVED, approve
from tests.ledger import ACCOUNTANT, MANAGER, Ledger

TODAY = date(2027, 5, 3)


def prepare(ledger: Ledger) -> dict[str, int]:
    """Make the reports; the keys by municipality."""
    with ledger.unit("prepara", ACCOUNTANT) as session:
        return {row.municipality.name: row.id for row in reports.prepare(session, 2026, today=TODAY)}


def send(ledger: Ledger, key: int, sent_on: date = TODAY) -> YearlyReport:
    with ledger.unit("invia", ACCOUNTANT) as session:
        return reports.send(session, key, channel="pec", sent_on=sent_on, protocol_number="91/2027", version=None,
                            today=TODAY)


def text_of(session: ScopedSession, key: int) -> str:
    """The words of the letter that was prepared last."""
    [*_before, last] = letters.versions(session, "yearly_report", key)["yearly_report-0"]
    return " ".join(" ".join(read_text(session.files.get(last.document.path))).split())


def test_there_is_no_report_before_the_accounts(told: Ledger) -> None:
    with pytest.raises(RuleBroken, match="registrare prima l'approvazione di quello del 2026"):
        prepare(told)
    approve(told)
    assert set(prepare(told)) == {"Dresano", "Melegnano"}
    with pytest.raises(RuleBroken, match="sono già preparate"):
        prepare(told)


def test_accounts_without_a_report_wait_for_the_management(told: Ledger) -> None:
    approve(told)
    with told.unit("legge", MANAGER) as session:
        assert "yearly_reports" in {one.kind for one in waiting(session, TODAY)}
    prepare(told)
    with told.unit("legge", MANAGER) as session:
        assert "yearly_reports" not in {one.kind for one in waiting(session, TODAY)}


def test_a_report_tells_a_municipality_its_own_and_the_sums_that_tell_of_nobody(told: Ledger) -> None:
    approve(told)
    keys = prepare(told)
    with told.unit("legge") as session:
        said = text_of(session, keys["Melegnano"])
        assert "deliberazione n. 7 del 28 aprile 2027" in said
        assert "Persone seguite 44 non si somma 2 su 12" in said
        assert "Ore di ascolto 250,5 ore 261 ore 2 su 12" in said
        assert "Assistente sociale assegnati dagli enti soci non rilevato 2 non rilevato" in said
        assert "Archivio tutta l'azienda € 100,10 € 99,05 non indicata" in said
        assert "Non rilevato: livello del servizio." in said
        assert "Persone seguite 3 " not in said


def test_a_report_is_due_thirty_days_after_the_accounts_and_answered_by_its_sending(told: Ledger) -> None:
    approve(told)
    key = prepare(told)["Dresano"]
    with told.unit("legge") as session:
        due = session.scalars(select(Deadline).where(Deadline.subject == "yearly_report",
                                                     Deadline.subject_id == key)).one()
        assert (due.started_on, due.effective) == (APPROVED, date(2027, 5, 28))
        assert due.state == "open"
    send(told, key)
    with told.unit("legge") as session:
        assert session.scalars(select(Deadline.state).where(
            Deadline.subject == "yearly_report", Deadline.subject_id == key)).one() == "met"


def test_a_municipality_reads_the_report_that_was_sent_to_it_and_no_other(told: Ledger) -> None:
    approve(told)
    keys = prepare(told)
    clerk = clerk_of(told.dresano)
    with told.unit("legge", clerk) as session:
        assert session.scalars(select(YearlyReport)).all() == session.scalars(select(CaseFile)).all() == []
    with told.unit("prepara", ACCOUNTANT) as session:  # what was prepared before is not what was sent
        letters.prepare(session, "yearly_report", keys["Dresano"], "yearly_report-0", {}, today=TODAY)
    for key in keys.values():
        send(told, key)
    with told.unit("legge", clerk) as session:
        assert session.scalars(select(YearlyReport.id)).all() == [keys["Dresano"]]
        [document] = session.scalars(select(Document)).all()
        assert document.file_name.endswith("-v2.docx")


def test_its_receipt_says_what_the_body_received_and_when(told: Ledger) -> None:
    approve(told)
    key = prepare(told)["Dresano"]
    with pytest.raises(RuleBroken, match="viene prima dell'approvazione"):
        send(told, key, APPROVED.replace(day=27))
    sent = send(told, key)
    assert sent.sending_id is not None
    with told.unit("ricevuta", ACCOUNTANT) as session:
        record_receipt(session, sent.sending_id, received_on=TODAY, today=TODAY)
    with told.unit("legge") as session:
        row = session.get_one(YearlyReport, key)
        assert (row.state, row.sent_on, row.received_on) == ("received", TODAY, TODAY)
    with told.unit("corregge", ACCOUNTANT) as session:
        reports.undo(session, key, why="La ricevuta era di un'altra lettera.", version=None, today=TODAY)
    with told.unit("legge") as session:
        row = session.get_one(YearlyReport, key)
        assert (row.state, row.received_on) == ("sent", None)
