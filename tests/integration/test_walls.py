"""An office that would read or write the papers of another is told so, by whatever road it comes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.cases import operations as cases
from core.cases.corrections import correct_receipt
from core.cases.model import CaseFile, Note, Sending
from core.contracts.model import ContractDocument
from core.deadlines.operations import FOLLOW, follow
from core.documents.model import Document
from core.documents.operations import keep
from core.ground import walls
from core.ground.access import Principal, Role, ScopedSession, as_system
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.files import Upload
from core.ground.outbox import OutboxMessage
from core.payments.model import BankStatement, StatementLine
from core.penalties import penalties
from tests.factories import clerk_of, filled
from tests.integration.penalties.conftest import DECIDED, quarrel
from tests.ledger import ACCOUNTANT, MANAGER, ledger

__all__ = ["ledger", "quarrel"]  # fixtures that live elsewhere
ACCREDITS = Principal("Ada Accredita", frozenset({Role.ACCREDITATION}), user_id=12)
ASKED, RECEIVED, LATER = date(2026, 1, 7), date(2026, 1, 8), date(2026, 1, 12)
PDF = Upload("prova.pdf", b"%PDF-1.7 prova")


@pytest.fixture
def request_sent(ledger):
    """The letter by which an instalment was asked for: its key, and the instalment's."""
    ledger.plan(2026, ASKED)
    ledger.ask(date(2026, 1, 31), ASKED)
    with ledger.unit("legge") as session:
        return session.execute(select(Sending.id, Sending.subject_id).order_by(Sending.id)).first()


def test_the_day_of_receipt_of_a_request_is_accounting_s_to_record_and_to_correct(ledger, request_sent):
    letter, instalment = request_sent
    with pytest.raises(NotVisible), ledger.unit("ricevuta", ACCREDITS) as session:
        cases.record_receipt(session, letter, received_on=RECEIVED, today=LATER)
    with pytest.raises(NotVisible), ledger.unit("corregge", ACCREDITS) as session:
        correct_receipt(session, letter, received_on=RECEIVED, why="Altro.", version=None, today=LATER)
    with pytest.raises(NotAllowed, match="altro ufficio"), ledger.unit("lettera", ACCREDITS) as session:
        cases.record_sending(session, "instalment", instalment, title="Mai scritta", sent_on=ASKED, channel="pec",
                             sender_id=ledger.melegnano, addressee_id=ledger.dresano, today=LATER)
    with ledger.unit("ricevuta", ACCOUNTANT) as session:
        with pytest.raises(RuleBroken, match="non c'è una data da correggere"):
            correct_receipt(session, letter, received_on=RECEIVED, why="Altro.", version=None, today=LATER)
        cases.record_receipt(session, letter, received_on=LATER, today=LATER)
    with ledger.unit("corregge", ACCOUNTANT) as session:
        correct_receipt(session, letter, received_on=RECEIVED, why="Letta male la PEC.", version=None, today=LATER)
    with ledger.unit("legge", clerk_of(ledger.row(instalment).municipality_id)) as session:
        assert session.get_one(Sending, letter).received_on == RECEIVED
        [told] = session.scalars(select(Note.text).where(Note.subject == "instalment"))
        assert "non il 12/01/2026 ma il 08/01/2026. Motivo: Letta male la PEC." in told


@pytest.mark.parametrize("who", [ACCREDITS, ACCOUNTANT], ids=["accreditation", "accounting"])
def test_files_on_a_contract_are_the_management_s(ledger, who):
    for write in (lambda s: cases.add_file(s, "contract", ledger.contract, title="Prova", file=PDF),
                  lambda s: cases.keep_file(s, "contract", ledger.contract, file=PDF),
                  lambda s: cases.add_note(s, "contract", ledger.contract, text="Prova", shared=False)):
        with pytest.raises(NotAllowed, match="altro ufficio"), ledger.unit("prova", who) as session:
            write(session)


def test_a_penalty_is_not_the_accreditation_unit_s(quarrel):
    quarrel.decided()
    finding = quarrel.see(lambda notice: notice.findings[0].id)
    with pytest.raises(NotAllowed), quarrel.unit("penale", ACCREDITS) as session:
        penalties.apply(session, finding, amount=Decimal(500), gravity="Lieve.", decided_on=DECIDED, version=None,
                        today=DECIDED)
    key = quarrel.apply()
    with pytest.raises(NotAllowed, match="altro ufficio"), quarrel.unit("file", ACCREDITS) as session:
        cases.add_file(session, "penalty", key, title="Prova", file=PDF)
    with quarrel.unit("file", ACCOUNTANT) as session:
        cases.add_file(session, "penalty", key, title="Mandato", file=PDF)


def test_a_bank_statement_and_its_lines_are_not_there_for_who_accredits(database, unit):
    with unit("estratto") as session:
        statement = filled(BankStatement, document=keep(session, PDF, kind="bank_statement", folder="documents/prova"),
                           lines=[filled(StatementLine, payer_iban="IT60X0542811101000000123456")])
        session.add(statement)
        session.flush()
        key, line, document = statement.id, statement.lines[0].id, statement.document_id
    for who, sees in ((ACCREDITS, False), (ACCOUNTANT, True), (MANAGER, True)):
        with ScopedSession(database, who) as session:
            for entity, wanted in ((BankStatement, key), (StatementLine, line), (Document, document)):
                assert (session.get(entity, wanted) is not None) is sees
            assert bool(session.scalars(select(StatementLine.payer_iban)).all()) is sees
            assert bool(session.scalars(select(StatementLine.id).join(BankStatement)).all()) is sees


def test_a_row_that_another_office_read_does_not_enter(database, unit):
    with unit("nota") as session:
        session.add(filled(Note, subject="accreditation", shared=False))
    with ScopedSession(database, MANAGER) as theirs:
        note = theirs.scalars(select(Note)).one()
        theirs.expunge_all()
    with ScopedSession(database, ACCOUNTANT) as session, pytest.raises(NotVisible):
        session.add(note)


def test_a_row_that_is_here_is_not_loaded_again_once_it_stands_behind_a_wall(database, unit, monkeypatch):
    with unit("nota") as session:
        session.add(filled(Note, subject="instalment", shared=False, text="Segreta"))
    with ScopedSession(database, ACCOUNTANT) as session:
        note = session.scalars(select(Note)).one()
        session.expire(note)
        monkeypatch.delitem(walls.WALLS, "instalment")
        with pytest.raises(Exception, match=r"deleted|persist"):
            print(note.text)


def test_who_also_works_for_a_municipality_keeps_what_is_hers(quarrel):
    both = Principal("Bea Duecappelli", frozenset({Role.ACCREDITATION, Role.MUNICIPALITY}), user_id=13,
                     municipality_ids=frozenset({quarrel.municipality}))
    stranger = Principal("Ida Duecappelli", both.roles, user_id=14, municipality_ids=frozenset({quarrel.stranger}))
    quarrel.open()
    with quarrel.unit("note", quarrel.manager) as session:
        cases.add_note(session, "default_notice", quarrel.notice, text="Per tutti", shared=True)
        cases.add_note(session, "default_notice", quarrel.notice, text="Per l'ufficio", shared=False)
    with quarrel.unit("file", both) as session:
        cases.add_file(session, "default_notice", quarrel.notice, title="Prova", file=PDF)
        with pytest.raises(NotAllowed, match="altro ufficio"):
            cases.add_note(session, "default_notice", quarrel.notice, text="Nota", shared=True)
    with quarrel.unit("legge", both) as session:
        assert session.scalars(select(Note.text)).all() == ["Per tutti"]
        assert session.scalars(select(CaseFile.title)).all() == ["Prova"]
    with quarrel.unit("legge", stranger) as session:
        assert not session.scalars(select(Note)).all() and not session.scalars(select(CaseFile)).all()
    for write in (lambda s: cases.add_file(s, "default_notice", quarrel.notice, title="Prova", file=PDF),
                  lambda s: s.add(filled(Note, subject="default_notice", subject_id=quarrel.notice, shared=True))):
        with pytest.raises((NotAllowed, NotVisible)), quarrel.unit("file", stranger) as session:
            write(session)
            session.flush()


def test_deadlines_of_cases_whose_passages_one_does_not_read_are_followed_by_the_program(ledger):
    with ledger.unit("segue", ACCREDITS) as session:
        follow(session, "contract", [ledger.contract], today=LATER)
        posted = as_system(session, select(OutboxMessage.payload).where(OutboxMessage.kind == FOLLOW), reason="prova")
    assert posted == [({"subject": "contract", "ids": [ledger.contract]},)]


def test_a_kind_that_nobody_registered_is_open_to_those_who_read_everything_alone(database, unit):
    with unit("nota") as session:
        session.add(filled(Note, subject="nobody_s"))
    for who, sees in ((ACCOUNTANT, 0), (ACCREDITS, 0), (MANAGER, 1)):
        with ScopedSession(database, who) as session:
            assert len(session.scalars(select(Note)).all()) == sees
    with unit("file") as session, pytest.raises(LookupError, match="letter"):
        keep(session, PDF, kind="letter", folder="documents/prova")


def test_whoever_writes_reads_and_every_table_of_the_walls_is_one_of_ours():
    assert all(wall.writes <= wall.reads for wall in walls.WALLS.values())
    assert set(walls.HOMES.values()) <= set(walls.WALLS)
    assert ContractDocument.__tablename__ not in walls.WALLS
