"""A control from the question to its end: asked, answered, held, closed, or turned into a notice of default."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.contracts.model import Contract
from core.controls import operations
from core.controls.model import Control, ControlFinding
from core.controls.states import ControlState
from core.deadlines.model import Deadline
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.states import PassageLog
from core.penalties.model import DefaultNotice
from tests.conftest import UnitFactory
from tests.factories import clerk_of, filled, municipality
from tests.ledger import MANAGER, Ledger

TODAY = date(2026, 5, 4)
Ask = Callable[..., int]
Do = Callable[..., Any]


@pytest.fixture
def clerk(ledger: Ledger) -> Principal:
    """Somebody of Dresano."""
    return clerk_of(ledger.dresano)


@pytest.fixture
def ask(ledger: Ledger, unit: UnitFactory, clerk: Principal) -> Ask:
    """Dresano asks; the key of the control."""

    def make(kind: str = "visit", actor: Principal = clerk, **facts: Any) -> int:
        wanted = {"title": "Accesso allo sportello", "text": "Vedere gli orari affissi.", "asked_on": TODAY,
                  "answer_by": date(2026, 5, 19), **facts}
        with unit("chiede", actor) as session:
            return operations.ask(session, wanted.pop("contract", ledger.contract),
                                  wanted.pop("municipality", ledger.dresano), kind=kind, today=TODAY,
                                  **wanted).id

    with unit("regole") as session:
        install_rules(session)
    return make


@pytest.fixture
def do(unit: UnitFactory, database: Database) -> Do:
    """``do(verb, key, actor, ...)``: one act at the version that is there; the state that it leads to."""

    def act(
        verb: Callable[..., Control], key: int, actor: Principal = MANAGER, today: date = TODAY, **facts: Any
    ) -> str:
        with unit("atto", actor) as session:
            return verb(session, key, version=None, today=today, **facts).state

    return act


def see(database: Database, key: int) -> Control:
    with ScopedSession(database, system("prova")) as session:
        control = session.get_one(Control, key)
        assert control.findings is not None and control.municipality is not None
        return control


def pending(unit: UnitFactory, key: int, today: date = TODAY) -> dict[str, tuple[str, date]]:
    """The deadlines of a control by rule, after the worker has followed what the municipality did."""
    with unit("segue") as session:
        follow(session, "control", [key], today=today)
        rows = session.scalars(select(Deadline).where(Deadline.subject == "control", Deadline.subject_id == key))
        return {row.rule.code: (row.state, row.nominal) for row in rows}


def test_a_visit_is_asked_agreed_held_and_closed(
    ledger: Ledger, ask: Ask, do: Do, clerk: Principal, database: Database, unit: UnitFactory
) -> None:
    key = ask()
    assert pending(unit, key) == {"control_answer": ("open", date(2026, 5, 19))}
    assert do(operations.answer, key, text="Va bene il 20 maggio.", answered_on=TODAY,
              planned_on=date(2026, 5, 20)) == ControlState.ANSWERED
    assert pending(unit, key) == {"control_answer": ("met", date(2026, 5, 19)),
                                  "control_visit": ("open", date(2026, 5, 20))}
    later = date(2026, 5, 21)
    assert do(operations.hold, key, clerk, later, held_on=date(2026, 5, 20), present="Un istruttore e la coordinatrice",
              minutes="Orari affissi; manca la carta dei servizi.", serious=["Sportello chiuso due martedì"],
              findings=["Manca la carta dei servizi", "  "]) == ControlState.HELD
    assert pending(unit, key, later)["control_visit"] == ("met", date(2026, 5, 20))
    assert [(row.text, row.serious) for row in see(database, key).findings] == [
        ("Sportello chiuso due martedì", True), ("Manca la carta dei servizi", False)]
    assert do(operations.close, key, clerk, later, why="La carta è stata affissa.") == ControlState.CLOSED
    assert see(database, key).code == "1/2026"


def test_a_request_has_no_minutes_and_may_be_asked_again(
    ask: Ask, do: Do, clerk: Principal, database: Database, unit: UnitFactory
) -> None:
    key = ask("request")
    with pytest.raises(RuleBroken, match="non ha un verbale"):
        do(operations.hold, key, held_on=TODAY, present="Tutti", minutes="Nulla")
    do(operations.answer, key, text="Gli orari sono sul sito.", answered_on=TODAY, planned_on=date(2026, 6, 1))
    assert see(database, key).planned_on is None
    do(operations.insist, key, clerk, why="Servono quelli di agosto.", answer_by=date(2026, 6, 3))
    assert pending(unit, key) == {"control_answer": ("open", date(2026, 6, 3))}
    do(operations.answer, key, text="Eccoli.", answered_on=TODAY)
    assert pending(unit, key)["control_answer"][0] == "met"
    with ScopedSession(database, clerk) as session:
        said = session.scalars(select(PassageLog.why).where(PassageLog.action == "answer").order_by(PassageLog.id))
        assert list(said) == ["Gli orari sono sul sito.", "Eccoli."], "the first answer stays in the diary"


def test_what_finds_a_default_leads_to_a_notice(
    ledger: Ledger, ask: Ask, do: Do, clerk: Principal, database: Database, unit: UnitFactory
) -> None:
    key = ask("inspection")
    do(operations.hold, key, clerk, held_on=TODAY, present="Tutti", minutes="Sede chiusa.", serious=["Sede chiusa"])
    do(operations.add_finding, key, clerk, text="Cartello assente", serious=False)
    with pytest.raises(RuleBroken, match="c'è già"):
        do(operations.add_finding, key, clerk, text="Sede chiusa", serious=False)
    with unit("diffide") as session:
        theirs, mine = (filled(DefaultNotice, contract_id=ledger.contract, municipality_id=who, number=number)
                        for number, who in enumerate((ledger.melegnano, ledger.dresano), start=1))
        session.add_all([theirs, mine])
        session.flush()
        theirs_id, mine_id = theirs.id, mine.id
    with pytest.raises(RuleBroken, match="un altro ente"):
        do(operations.open_notice, key, notice_id=theirs_id)
    assert do(operations.open_notice, key, clerk, notice_id=mine_id) == ControlState.NOTICE_OPENED
    assert see(database, key).notice_id == mine_id
    with pytest.raises(RuleBroken, match="non è previsto"):
        do(operations.close, key, why="Basta così.")


def test_a_passage_is_taken_back_with_what_it_had_set(ask: Ask, do: Do, clerk: Principal, database: Database) -> None:
    key = ask()
    do(operations.answer, key, text="Il 20.", answered_on=TODAY, planned_on=date(2026, 5, 20))
    with pytest.raises(NotAllowed):
        do(operations.undo, key, clerk, why="Non era per noi.")
    with pytest.raises(RuleBroken, match="motivo"):
        do(operations.undo, key, why=" ")
    assert do(operations.undo, key, why="Giorno sbagliato.") == ControlState.ASKED
    back = see(database, key)
    assert (back.answer, back.answered_on, back.planned_on) == ("", None, None)
    do(operations.hold, key, clerk, held_on=TODAY, present="Tutti", minutes="Visto.")
    do(operations.add_finding, key, clerk, text="Un errore", serious=True)
    assert do(operations.undo, key, clerk, why="Non era vero.") == ControlState.HELD
    assert see(database, key).findings == []


def test_an_unanswered_request_that_becomes_a_notice_awaits_nothing(
    ledger: Ledger, ask: Ask, do: Do, unit: UnitFactory
) -> None:
    key, late = ask("request"), date(2026, 6, 1)
    assert pending(unit, key, late)["control_answer"][0] == "missed"
    with unit("diffida") as session:
        notice = filled(DefaultNotice, contract_id=ledger.contract, municipality_id=ledger.dresano)
        session.add(notice)
        session.flush()
        notice_id = notice.id
    do(operations.open_notice, key, today=late, notice_id=notice_id)
    assert pending(unit, key, late)["control_answer"][0] == "cancelled"


@pytest.mark.parametrize(("wrong", "field"), [
    ({"kind": "blitz"}, "kind"),
    ({"title": " "}, "title"),
    ({"title": "x" * 501}, "title"),
    ({"text": "\x00 "}, "text"),
    ({"asked_on": date(2026, 5, 5)}, "asked_on"),
    ({"asked_on": date(2025, 12, 31)}, "asked_on"),
    ({"answer_by": date(2026, 5, 3)}, "answer_by"),
])
def test_a_question_that_makes_no_sense_is_refused(ask: Ask, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        ask(**wrong)
    assert refusal.value.field == field


@pytest.mark.parametrize(("wrong", "field"), [
    ({"text": ""}, "text"),
    ({"answered_on": date(2026, 5, 3)}, "answered_on"),
    ({"answered_on": date(2026, 5, 5)}, "answered_on"),
    ({"planned_on": None}, "planned_on"),
    ({"planned_on": date(2026, 5, 1)}, "planned_on"),
])
def test_an_answer_that_makes_no_sense_is_refused(
    ask: Ask, do: Do, database: Database, wrong: dict[str, Any], field: str
) -> None:
    key = ask()
    right = {"text": "Il 20.", "answered_on": TODAY, "planned_on": date(2026, 5, 20)}
    with pytest.raises(RuleBroken) as refusal:
        do(operations.answer, key, **{**right, **wrong})
    assert refusal.value.field == field and see(database, key).state == ControlState.ASKED


def test_it_stands_under_a_signed_contract_of_the_municipality_and_one_of_its_services(
    ledger: Ledger, ask: Ask, unit: UnitFactory
) -> None:
    with unit("altro") as session:
        other = filled(Service, code="other", title="Altro servizio")
        session.add(other)
        session.flush()
        known = session.scalars(select(Service.id).where(Service.code == "access_desk")).one()
        other_id = other.id
    assert ask(service_id=known)
    with pytest.raises(RuleBroken) as refusal:
        ask(service_id=other_id)
    assert refusal.value.field == "service_id"
    with unit("bozza") as session:
        session.get_one(Contract, ledger.contract).state = "draft"
    with pytest.raises(RuleBroken, match="non è ancora firmato"):
        ask()


def test_nobody_asks_for_another_or_sees_what_is_not_theirs(
    ledger: Ledger, ask: Ask, do: Do, clerk: Principal, database: Database, auditor: Principal
) -> None:
    key, stranger = ask("inspection"), clerk_of(ledger.melegnano)
    with pytest.raises(NotVisible):
        ask(municipality=ledger.melegnano)
    with pytest.raises(NotVisible):
        do(operations.cancel, key, stranger, why="Non mi piace.")
    with pytest.raises(NotAllowed):
        ask(actor=auditor)
    with pytest.raises(NotAllowed):
        do(operations.answer, key, clerk, text="Mi rispondo.", answered_on=TODAY, planned_on=TODAY)
    do(operations.hold, key, clerk, held_on=TODAY, present="Tutti", minutes="Visto.", findings=["Uno"])
    with ScopedSession(database, stranger) as session:
        assert session.scalars(select(Control)).all() == [] == session.scalars(select(ControlFinding)).all()


def test_a_municipality_that_does_not_sign_is_refused(ledger: Ledger, ask: Ask, unit: UnitFactory) -> None:
    with unit("arrivo") as session:
        stranger = municipality("Colturano")
        session.add(stranger)
        session.flush()
        key = stranger.id
    with pytest.raises(RuleBroken, match="Colturano non firma"):
        ask(municipality=key, actor=MANAGER)


def test_of_two_who_act_at_once_the_second_is_told(ask: Ask, unit: UnitFactory, database: Database) -> None:
    key = ask()
    version = see(database, key).version
    with unit("primo", MANAGER) as session:
        operations.answer(session, key, text="Il 20.", answered_on=TODAY, planned_on=date(2026, 5, 20),
                          version=version, today=TODAY)
    with unit("secondo", MANAGER) as session, pytest.raises(RuleBroken, match="Nel frattempo"):
        operations.cancel(session, key, why="Inutile.", version=version, today=TODAY)
