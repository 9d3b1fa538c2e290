"""Events that the office defines itself: recorded in the diary of a case, a term opens, moves, closes with them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.cases import events
from core.cases.model import Note
from core.contracts.model import Contract
from core.deadlines import kinds, operations
from core.deadlines.model import CaseEvent, Deadline, EventKind
from core.ground.access import Principal, Role
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.parties.model import Azienda
from tests.factories import filled
from tests.ledger import ACCOUNTANT, MANAGER, Ledger, ledger

__all__ = ["ledger"]
TODAY = date(2026, 3, 2)
KIND: dict[str, Any] = {"code": "collaudo", "name": "Collaudo della sede", "subject": "contract",
                        "recorded_by": "management", "shared": True}
RULE: dict[str, Any] = {
    "code": "verbale_collaudo", "subject": "contract", "title": "Verbale del collaudo", "event": "collaudo",
    "amount": 30, "owner_role": "management", "shared": False, "alert_days": ("7",), "active": True}


def define(ledger: Ledger, **wanted: object) -> int:
    with ledger.unit("evento") as session:
        return kinds.add_kind(session, {**KIND, **wanted}).id


def rule(ledger: Ledger, **wanted: object) -> int:
    with ledger.unit("regola") as session:
        return operations.add_rule(session, {**RULE, **wanted}, today=TODAY).id


def record(ledger: Ledger, kind: int, on: date, who: Principal = MANAGER, **more: Any) -> int:
    with ledger.unit("registra", who) as session:
        return events.record(session, more.pop("subject", "contract"), more.pop("case", ledger.contract), kind_id=kind,
                             on=on, today=more.pop("today", TODAY), **more).id


def found(ledger: Ledger, key: int) -> list[tuple[str, date, str]]:
    with ledger.unit("legge") as session:
        rows = select(Deadline).where(Deadline.rule_id == key).order_by(Deadline.occurrence)
        return [(row.occurrence, row.effective, row.state) for row in session.scalars(rows)]


def test_the_term_opens_with_the_event_moves_with_its_day_and_goes_with_it(ledger: Ledger) -> None:
    kind, key = define(ledger), rule(ledger)
    assert found(ledger, key) == [], "nothing has happened yet"
    event = record(ledger, kind, date(2026, 2, 23))
    assert found(ledger, key) == [("", date(2026, 3, 25), "open")], "thirty days from the day after"
    with ledger.unit("corregge", MANAGER) as session:
        events.correct(session, event, on=date(2026, 2, 20), why="Letto male il verbale", version=1, today=TODAY)
    assert found(ledger, key) == [("", date(2026, 3, 23), "open")], "22 March 2026 is a Sunday"
    with ledger.unit("annulla", MANAGER) as session:
        events.withdraw(session, event, why="Era un'altra sede", version=2, today=TODAY)
    assert found(ledger, key) == [("", date(2026, 3, 23), "cancelled")]
    with ledger.unit("legge") as session:
        told = session.scalars(select(Note.text).where(Note.subject == "contract").order_by(Note.id)).all()
    assert told == ["Corretta la data di «Collaudo della sede»: non il 23/02/2026 ma il 20/02/2026. Motivo: Letto male "
                    "il verbale",
                    "«Collaudo della sede» del 20/02/2026 non è avvenuto: registrazione annullata. Motivo: Era "
                    "un'altra sede"]


def test_one_event_closes_the_term_that_another_opened(ledger: Ledger) -> None:
    kind, done = define(ledger), define(ledger, code="verbale", name="Verbale depositato")
    key = rule(ledger, expected="verbale")
    record(ledger, kind, date(2026, 2, 23))
    record(ledger, done, date(2026, 3, 1))
    assert found(ledger, key) == [("", date(2026, 3, 25), "met")]


def test_an_event_of_ones_own_closes_what_one_of_the_program_opened(ledger: Ledger) -> None:
    kind = define(ledger)
    with ledger.unit("firma") as session:
        session.get_one(Contract, ledger.contract).signed_on = date(2026, 2, 9)
    key = rule(ledger, event="contract.signed", expected="collaudo", amount=2, unit="months")
    assert found(ledger, key) == [("", date(2026, 4, 9), "open")]
    record(ledger, kind, date(2026, 3, 2))
    assert found(ledger, key) == [("", date(2026, 4, 9), "met")]


def test_what_comes_back_each_year_has_a_term_in_each(ledger: Ledger) -> None:
    kind = define(ledger, yearly=True)
    key = rule(ledger)
    record(ledger, kind, date(2026, 2, 23), year=2026)
    record(ledger, kind, date(2027, 2, 23), year=2027, today=date(2027, 3, 2))
    assert found(ledger, key) == [("2026", date(2026, 3, 25), "missed"), ("2027", date(2027, 3, 25), "open")]
    with pytest.raises(RuleBroken, match="è già registrato, il 23/02/2027"):
        record(ledger, kind, date(2027, 3, 1), year=2027, today=date(2027, 3, 2))
    with pytest.raises(RuleBroken, match="indicare di quale anno è"):
        record(ledger, kind, date(2026, 3, 1))


def test_what_happens_in_the_azienda_happens_in_one_of_its_years(ledger: Ledger) -> None:
    with ledger.unit("legge") as session:
        azienda = session.scalars(select(Azienda.id)).one()
    kind = define(ledger, code="variazione", subject="azienda", recorded_by="accounting")
    key = rule(ledger, event="variazione", subject="azienda", amount=10)
    record(ledger, kind, date(2026, 2, 27), ACCOUNTANT, subject="azienda", case=azienda, year=2026)
    assert found(ledger, key) == [("2026", date(2026, 3, 9), "open")]
    with ledger.unit("legge") as session:
        assert session.scalars(select(Deadline.case_title).where(Deadline.rule_id == key)).one() == "Anno 2026"


def test_a_case_that_is_called_off_asks_nothing_more(ledger: Ledger) -> None:
    kind, key = define(ledger), rule(ledger)
    record(ledger, kind, date(2026, 2, 23))
    with ledger.unit("annulla il contratto") as session:
        session.get_one(Contract, ledger.contract).state = "cancelled"
        session.flush()
        operations.follow(session, "contract", [ledger.contract], today=TODAY)
    assert found(ledger, key) == [("", date(2026, 3, 25), "cancelled")]


def test_where_no_term_runs_an_event_is_not_recorded_because_nothing_would_count_from_it(ledger: Ledger) -> None:
    kind = define(ledger)
    with ledger.unit("una modifica") as session:
        session.get_one(Contract, ledger.contract).amends_id = ledger.contract
    with pytest.raises(RuleBroken, match="si registra nel fascicolo del contratto"):
        record(ledger, kind, date(2026, 2, 23))


def test_only_the_office_of_the_kind_and_the_management_record_it(ledger: Ledger) -> None:
    instalments = define(ledger, code="mandato", name="Mandato emesso", subject="instalment", recorded_by="accounting")
    accreditor = Principal("Ada Accredita", frozenset({Role.ACCREDITATION}), user_id=12)
    reader = Principal("Rita Revisore", frozenset({Role.AUDITOR}), user_id=13)
    for who in (accreditor, reader):
        with pytest.raises((NotAllowed, NotVisible)):
            record(ledger, instalments, date(2026, 3, 1), who, subject="instalment", case=1)
    with pytest.raises(NotAllowed, match="altro ufficio"):
        record(ledger, define(ledger), date(2026, 3, 1), ACCOUNTANT)


@pytest.mark.parametrize(("when", "says"), [
    (date(2026, 3, 3), "non è ancora arrivato"), (date(2026, 2, 23), "è già registrato"),
    (date(2025, 12, 31), "l'azienda non c'era ancora: è costituita il 01/01/2026"),
])
def test_what_cannot_have_happened_is_refused(ledger: Ledger, when: date, says: str) -> None:
    kind = define(ledger)
    record(ledger, kind, date(2026, 2, 23))
    with pytest.raises(RuleBroken, match=says):
        record(ledger, kind, when)
    with pytest.raises(RuleBroken, match="avvengono in questo fascicolo"):
        record(ledger, kind, date(2026, 3, 1), subject="instalment")


def test_an_event_is_not_moved_to_before_the_azienda_was(ledger: Ledger) -> None:
    event = record(ledger, define(ledger), date(2026, 1, 1))
    with pytest.raises(RuleBroken, match="l'azienda non c'era ancora") as refused, \
            ledger.unit("corregge", MANAGER) as session:
        events.correct(session, event, on=date(1926, 2, 23), why="Prova", version=1, today=TODAY)
    assert refused.value.field == "on"


def test_one_that_is_taken_back_is_recorded_again(ledger: Ledger) -> None:
    kind = define(ledger)
    event = record(ledger, kind, date(2026, 2, 23))
    with ledger.unit("annulla", MANAGER) as session:
        events.withdraw(session, event, why="Rinviato", version=1, today=TODAY)
    record(ledger, kind, date(2026, 2, 27))
    with ledger.unit("legge") as session:
        assert [row.withdrawn for row in session.scalars(select(CaseEvent).order_by(CaseEvent.id))] == [True, False]
    with ledger.unit("corregge", MANAGER) as session, pytest.raises(RuleBroken, match="già stata annullata"):
        events.correct(session, event, on=date(2026, 2, 24), why="Prova", version=2, today=TODAY)


@pytest.mark.parametrize(("wanted", "field"), [
    ({"code": "Col laudo"}, "code"), ({"code": "collaudo"}, "code"), ({"name": " "}, "name"),
    ({"subject": "bank_account"}, "subject"), ({"subject": "comune"}, "subject"), ({"recorded_by": "auditor"},
                                                                                     "recorded_by"),
    ({"subject": "accreditation", "recorded_by": "accounting"}, "recorded_by"),
])
def test_a_kind_that_cannot_be_is_refused_on_its_field(ledger: Ledger, wanted: dict[str, Any], field: str) -> None:
    define(ledger)
    with pytest.raises(RuleBroken) as refused:
        define(ledger, **{"code": "altro", **wanted})
    assert refused.value.field == field


def test_a_rule_pairs_events_of_one_sort(ledger: Ledger) -> None:
    define(ledger)
    define(ledger, code="relazione", yearly=True)
    define(ledger, code="mandato", subject="instalment")
    for wanted, says in (({"event": "relazione", "expected": "collaudo"}, "dello stesso genere"),
                         ({"event": "relazione", "expected": "contract.closed"}, "dello stesso genere"),
                         ({"event": "mandato"}, "riguarda l'oggetto"), ({"amount": None}, "quanto dura"),
                         ({"event": "contract.signed"}, "riguarda l'oggetto")):
        with pytest.raises(RuleBroken, match=says):
            rule(ledger, **wanted)


def test_a_kind_may_be_called_otherwise_and_go_out_of_use(ledger: Ledger) -> None:
    kind, key = define(ledger), rule(ledger)
    record(ledger, kind, date(2026, 2, 23))
    with ledger.unit("cambia", MANAGER) as session:
        kinds.set_kind(session, kind, {"name": "Collaudo tecnico", "active": False}, version=1)
        used = kinds.used_by(session, session.get_one(EventKind, kind))
        assert [row.title for row in used] == ["Verbale del collaudo"]
    assert found(ledger, key) == [("", date(2026, 3, 25), "open")], "what was recorded stays"
    with ledger.unit("legge") as session:
        assert [str(row) for row in session.scalars(select(CaseEvent))] == ["Collaudo tecnico, 23/02/2026"]
    with ledger.unit("un altro contratto") as session:
        terms = session.get_one(Contract, ledger.contract).terms_id
        session.add(other := filled(Contract, number=99, year=2026, terms_id=terms))
        session.flush()
        case = other.id
    with pytest.raises(RuleBroken, match="non è più in uso"):
        record(ledger, kind, date(2026, 3, 1), case=case)
