"""The azienda contests a delay: it counts only once the receipt is proved, and then it stands at every hearing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.cases import operations as cases
from core.cases.corrections import correct_receipt
from core.disputes import operations
from core.disputes.model import Contestation
from core.disputes.operations import contestations_of
from core.disputes.states import ContestationState
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.files import Upload
from tests.conftest import UnitFactory
from tests.factories import clerk_of
from tests.integration.disputes.conftest import PDF, TODAY, Do, letter, sendings
from tests.ledger import ACCOUNTANT, MANAGER, Ledger

Contest = Callable[..., int]
Pending = Callable[..., dict[str, tuple[str, date]]]
LATER = date(2026, 5, 6)
RECEIPT = Upload("ricevuta.eml", b"From: pec@gestore.example\nSubject: consegna\n\nConsegnato")


@pytest.fixture
def contest(ledger: Ledger, unit: UnitFactory) -> Contest:
    """Dresano has not handed over the premises; the key of the contestation."""

    def make(actor: Principal = MANAGER, **facts: Any) -> int:
        wanted = {"title": "Locali non consegnati", "text": "Dovuti entro il 31 marzo (art. 15).",
                  "since": date(2026, 4, 1), "effects": "Lo sportello non ha potuto aprire.", **facts}
        with unit("contesta", actor) as session:
            return operations.contest_delay(session, ledger.contract, ledger.dresano, today=TODAY, **wanted).id

    return make


def see(database: Database, key: int, who: Principal | None = None) -> Contestation:
    with ScopedSession(database, who or system("prova")) as session:
        return session.require(Contestation, key)


def at_the_hearing(database: Database, ledger: Ledger, who: Principal = MANAGER) -> list[tuple[str, bool]]:
    """What a hearing of Dresano shows."""
    with ScopedSession(database, who) as session:
        return [(row.title, row.counts) for row in contestations_of(session, ledger.contract, ledger.dresano)]


def test_it_counts_from_the_day_of_its_receipt_and_is_shown_at_the_hearing(
    ledger: Ledger, contest: Contest, do: Do, clerk: Principal, database: Database, pending: Pending, unit: UnitFactory
) -> None:
    key = contest(answer_by=date(2026, 5, 20))
    assert at_the_hearing(database, ledger) == [], "a draft is nobody's business"
    with pytest.raises(NotVisible):
        see(database, key, clerk)
    assert do(operations.send_contestation, key, letter()) == ContestationState.DISPATCHED
    assert at_the_hearing(database, ledger) == [("Locali non consegnati", False)]
    assert pending("contestation", key) == {"contestation_receipt": ("open", date(2026, 5, 19))}
    assert do(operations.formalise, key, received_on=TODAY, receipt=RECEIPT, today=LATER
              ) == ContestationState.FORMALISED
    assert at_the_hearing(database, ledger, clerk) == [("Locali non consegnati", True)]
    assert pending("contestation", key, LATER) == {"contestation_receipt": ("met", date(2026, 5, 19)),
                                                   "contestation_answer": ("open", date(2026, 5, 20))}
    assert do(operations.reply, key, actor=clerk, text="Le chiavi arrivano lunedì.", answered_on=LATER, today=LATER
              ) == ContestationState.REPLIED
    assert pending("contestation", key, LATER)["contestation_answer"][0] == "met"
    assert do(operations.settle, key, outcome="Locali consegnati l'11 maggio.", today=LATER
              ) == ContestationState.SETTLED
    assert at_the_hearing(database, ledger) == [("Locali non consegnati", True)], "settled, it still counts"
    [sent] = sendings(unit, "contestation", key)
    assert sent.received_on == TODAY and sent.receipt_id is not None


def test_without_the_file_of_the_receipt_it_does_not_count(
    ledger: Ledger, contest: Contest, do: Do, database: Database, unit: UnitFactory
) -> None:
    key = contest()
    do(operations.send_contestation, key, letter())
    [sent] = sendings(unit, "contestation", key)
    with unit("ricevuta", MANAGER) as session:
        cases.record_receipt(session, sent.id, received_on=LATER, today=LATER)
    assert not see(database, key).counts, "a day without its proof is a word"
    with pytest.raises(RuleBroken, match="Allegare la ricevuta"):
        do(operations.formalise, key, received_on=LATER, receipt=None, today=LATER)
    with pytest.raises(RuleBroken, match="lo stesso giorno"):
        do(operations.formalise, key, received_on=TODAY, receipt=RECEIPT, today=LATER)
    do(operations.formalise, key, received_on=LATER, receipt=RECEIPT, today=LATER)
    assert see(database, key).formalised_on == LATER


def test_its_receipt_may_be_recorded_among_the_letters(
    ledger: Ledger, contest: Contest, do: Do, database: Database, unit: UnitFactory
) -> None:
    key = contest()
    do(operations.send_contestation, key, letter())
    [sent] = sendings(unit, "contestation", key)
    with unit("ricevuta", MANAGER) as session:
        kept = cases.keep_file(session, "contestation", key, file=Upload("ricevuta.pdf", PDF))
        cases.record_receipt(session, sent.id, received_on=LATER, document_id=kept.id, today=LATER)
    assert see(database, key).counts


def test_the_municipality_records_the_receipt_and_it_counts_when_the_management_says_so(
    ledger: Ledger, contest: Contest, do: Do, database: Database, unit: UnitFactory
) -> None:
    key = contest()
    do(operations.send_contestation, key, letter())
    [sent] = sendings(unit, "contestation", key)
    with unit("ricevuta", clerk_of(ledger.dresano)) as session:
        kept = cases.add_file(session, "contestation", key, title="Ricevuta", file=Upload("ricevuta.pdf", PDF))
        cases.record_receipt(session, sent.id, received_on=LATER, document_id=kept.document_id, today=LATER)
    assert not see(database, key).counts
    do(operations.formalise, key, received_on=LATER, receipt=None, today=LATER)
    assert see(database, key).counts


def test_the_day_from_which_it_counts_is_corrected_by_the_management_alone(
    ledger: Ledger, contest: Contest, do: Do, database: Database, unit: UnitFactory
) -> None:
    key = contest()
    do(operations.send_contestation, key, letter())
    [sent] = sendings(unit, "contestation", key)
    do(operations.formalise, key, received_on=LATER, receipt=RECEIPT, today=LATER)

    def correct(actor: Principal, on: date = TODAY) -> None:
        with unit("corregge", actor) as session:
            correct_receipt(session, sent.id, received_on=on, why="Letta male.", version=None, today=LATER)

    with pytest.raises(NotAllowed, match="lo corregge chi l'ha inviata"):
        correct(clerk_of(ledger.dresano))
    correct(MANAGER)
    assert see(database, key).formalised_on == TODAY
    do(operations.reply, key, text="Provvediamo.", answered_on=TODAY, today=LATER)
    with pytest.raises(RuleBroken, match="non può essere stata ricevuta dopo"):
        correct(MANAGER, LATER)


def test_accounting_reads_a_contestation_and_records_nothing_in_it(
    ledger: Ledger, contest: Contest, do: Do, unit: UnitFactory
) -> None:
    key = contest()
    do(operations.send_contestation, key, letter())
    [sent] = sendings(unit, "contestation", key)
    with pytest.raises(NotAllowed, match="altro ufficio"), unit("ricevuta", ACCOUNTANT) as session:
        cases.record_receipt(session, sent.id, received_on=LATER, today=LATER)
    with pytest.raises(NotAllowed, match="altro ufficio"), unit("ricevuta", ACCOUNTANT) as session:
        cases.keep_file(session, "contestation", key, file=Upload("ricevuta.pdf", PDF))


def test_retracted_it_counts_no_more(ledger: Ledger, contest: Contest, do: Do, database: Database) -> None:
    key = contest()
    do(operations.send_contestation, key, letter())
    do(operations.formalise, key, received_on=TODAY, receipt=RECEIPT)
    with pytest.raises(RuleBroken, match="motivo"):
        do(operations.retract, key, why="")
    do(operations.retract, key, why="Il termine era un altro.")
    assert at_the_hearing(database, ledger) == []


def test_the_receipt_taken_back_takes_its_weight(
    ledger: Ledger, contest: Contest, do: Do, database: Database
) -> None:
    key = contest()
    do(operations.send_contestation, key, letter())
    do(operations.formalise, key, received_on=TODAY, receipt=RECEIPT)
    assert do(operations.undo_contestation, key, why="Ricevuta di un'altra PEC.") == ContestationState.DISPATCHED
    assert not see(database, key).counts


@pytest.mark.parametrize(("wrong", "field"), [
    ({"title": " "}, "title"),
    ({"text": ""}, "text"),
    ({"since": date(2026, 5, 5)}, "since"),
    ({"since": date(2025, 12, 1)}, "since"),
    ({"answer_by": date(2026, 5, 3)}, "answer_by"),
])
def test_a_contestation_that_says_nothing_is_refused(contest: Contest, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        contest(**wrong)
    assert refusal.value.field == field


def test_a_receipt_does_not_come_before_the_letter(ledger: Ledger, contest: Contest, do: Do) -> None:
    key = contest()
    with pytest.raises(RuleBroken, match="non è ancora partita"):
        do(operations.formalise, key, received_on=TODAY, receipt=RECEIPT)
    with pytest.raises(RuleBroken, match="prima del ritardo"):
        do(operations.send_contestation, key, letter(date(2026, 3, 31)))
    do(operations.send_contestation, key, letter())
    for day in (date(2026, 5, 3), LATER):
        with pytest.raises(RuleBroken) as refusal:
            do(operations.formalise, key, received_on=day, receipt=RECEIPT)
        assert refusal.value.field == "received_on"


def test_the_municipality_answers_its_own_and_contests_nothing(
    ledger: Ledger, contest: Contest, do: Do, clerk: Principal, database: Database
) -> None:
    with pytest.raises(NotAllowed):
        contest(actor=clerk)
    key = contest()
    do(operations.send_contestation, key, letter())
    do(operations.formalise, key, received_on=TODAY, receipt=RECEIPT)
    with pytest.raises(NotVisible):
        do(operations.reply, key, actor=clerk_of(ledger.melegnano), text="Ci penso io.", answered_on=TODAY)
    with pytest.raises(NotAllowed):
        do(operations.settle, key, actor=clerk, outcome="Chiusa da noi.")
    assert see(database, key).state == ContestationState.FORMALISED
    with ScopedSession(database, clerk_of(ledger.melegnano)) as session:
        assert session.scalars(select(Contestation)).all() == []
