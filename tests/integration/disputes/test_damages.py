"""A damaging event: recorded, told to the municipality within the term, to the insurer, closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.contracts.insurance_model import InsurancePolicy
from core.disputes import operations
from core.disputes.model import DamagingEvent
from core.disputes.states import DamagingEventState
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.files import Upload
from tests.conftest import UnitFactory
from tests.factories import filled
from tests.integration.disputes.conftest import PDF, TODAY, Do, letter, sendings
from tests.ledger import MANAGER, Ledger

Record = Callable[..., int]
Pending = Callable[..., dict[str, tuple[str, date]]]


@pytest.fixture
def policy(unit: UnitFactory) -> int:
    """A policy of all contracts, for 2026."""
    with unit("polizza") as session:
        row = filled(InsurancePolicy, insurer="Assicura", number="12", valid_from=date(2026, 1, 1),
                     valid_to=date(2026, 12, 31))
        session.add(row)
        session.flush()
        return row.id


@pytest.fixture
def record(ledger: Ledger, unit: UnitFactory) -> Record:
    """Something happened at Dresano's desk; the key of the event."""

    def make(actor: Principal = MANAGER, **facts: Any) -> int:
        wanted = {"title": "Infiltrazione d'acqua", "text": "Bagnati gli arredi dello sportello.",
                  "injured": "Il Comune, proprietario dei locali", "happened_on": date(2026, 4, 30),
                  "known_on": date(2026, 5, 1), **facts}
        with unit("evento", actor) as session:
            return operations.record_damage(session, ledger.contract, ledger.dresano, today=TODAY, **wanted).id

    return make


def see(database: Database, key: int) -> DamagingEvent:
    with ScopedSession(database, system("prova")) as session:
        return session.get_one(DamagingEvent, key)


def test_it_is_told_to_the_municipality_then_to_the_insurer_and_closed(
    ledger: Ledger, record: Record, do: Do, policy: int, pending: Pending, clerk: Principal, database: Database,
    unit: UnitFactory,
) -> None:
    key = record(insurance_policy_id=policy)
    assert pending("damaging_event", key) == {"damage_notice": ("open", date(2026, 5, 4)),
                                              "damage_insurer": ("open", date(2026, 5, 4))}
    with ScopedSession(database, clerk) as session:
        assert session.scalars(select(DamagingEvent)).all() == [], "the municipality sees what it was told"
    do(operations.record_restoration, key, text="Asciugato e riaperto.", on=date(2026, 5, 2))
    assert do(operations.tell_municipality, key, letter()) == DamagingEventState.TOLD
    [sent] = sendings(unit, "damaging_event", key)
    assert (sent.addressee_id, sent.protocol_number, sent.sent_on) == (ledger.dresano, "77/2026", TODAY)
    with ScopedSession(database, clerk) as session:
        assert session.scalars(select(DamagingEvent.restoration)).all() == ["02/05/2026: Asciugato e riaperto."]
    assert pending("damaging_event", key)["damage_notice"][0] == "met"
    assert do(operations.tell_insurer, key, policy_id=policy, told_on=TODAY, claim_number="S-9"
              ) == DamagingEventState.WITH_INSURER
    closed = do(operations.close_damage, key, outcome="Riparato.", compensation=Decimal("250.50"))
    assert closed == DamagingEventState.CLOSED
    assert see(database, key).compensation == Decimal("250.50")
    assert {state for state, _day in pending("damaging_event", key).values()} == {"met"}


def test_the_insurer_may_be_told_first(ledger: Ledger, record: Record, do: Do, policy: int, pending: Pending) -> None:
    key = record()
    assert set(pending("damaging_event", key)) == {"damage_notice"}, "no policy, nobody to tell beside the municipality"
    assert do(operations.tell_insurer, key, policy_id=policy, told_on=TODAY) == DamagingEventState.RECORDED
    with pytest.raises(RuleBroken, match="già stata avvisata"):
        do(operations.tell_insurer, key, policy_id=policy, told_on=TODAY)
    assert do(operations.tell_municipality, key, letter()) == DamagingEventState.WITH_INSURER


def test_it_is_not_closed_before_the_municipality_is_told(record: Record, do: Do, database: Database) -> None:
    key = record()
    with pytest.raises(RuleBroken, match="non è previsto"):
        do(operations.close_damage, key, outcome="Nulla.", compensation=None)
    assert see(database, key).outcome == ""


def test_a_mistake_is_taken_back_and_the_letter_stays(
    ledger: Ledger, record: Record, do: Do, database: Database, unit: UnitFactory
) -> None:
    key = record()
    do(operations.record_restoration, key, text="Fatto.", on=TODAY)
    do(operations.record_restoration, key, text="Rifatto.\n\nMeglio.", on=TODAY)
    do(operations.undo_damage, key, why="Non era questo.")
    assert see(database, key).restoration == "04/05/2026: Fatto."
    do(operations.tell_municipality, key, letter())
    assert do(operations.undo_damage, key, why="Lettera di un altro caso.") == DamagingEventState.RECORDED
    back = see(database, key)
    assert (back.told_on, back.sending_id) == (None, None) and len(sendings(unit, "damaging_event", key)) == 1


@pytest.mark.parametrize(("wrong", "field"), [
    ({"title": ""}, "title"),
    ({"text": "\n"}, "text"),
    ({"known_on": date(2026, 4, 29)}, "known_on"),
    ({"known_on": date(2026, 5, 5)}, "known_on"),
    ({"happened_on": date(2026, 5, 5), "known_on": date(2026, 5, 6)}, "happened_on"),
    ({"happened_on": date(2025, 12, 31)}, "happened_on"),
])
def test_an_event_that_cannot_be_is_refused(record: Record, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        record(**wrong)
    assert refusal.value.field == field


def test_a_policy_covers_its_own_days_and_its_own_contract(record: Record, unit: UnitFactory) -> None:
    with unit("polizza") as session:
        old = filled(InsurancePolicy, valid_from=date(2025, 1, 1), valid_to=date(2025, 12, 31))
        session.add(old)
        session.flush()
        old_id = old.id
    with pytest.raises(RuleBroken, match="non copre il 30/04/2026"):
        record(insurance_policy_id=old_id)


@pytest.mark.parametrize("wrong", [{"sent_on": date(2026, 4, 30)}, {"channel": "fax"},
                                   {"file": Upload("lettera.pdf", b"MZ")},
                                   {"file": Upload("lettera.pdf.exe", PDF)}, {"sent_on": date(2026, 5, 5)}])
def test_a_letter_that_cannot_be_leaves_nothing(
    ledger: Ledger, record: Record, do: Do, database: Database, unit: UnitFactory, wrong: dict[str, Any]
) -> None:
    key = record()
    with pytest.raises(RuleBroken):
        do(operations.tell_municipality, key, letter(**wrong))
    assert see(database, key).state == DamagingEventState.RECORDED and sendings(unit, "damaging_event", key) == []


def test_a_sum_is_whole_cents_and_not_negative(ledger: Ledger, record: Record, do: Do) -> None:
    key = record()
    do(operations.tell_municipality, key, letter())
    for sum_ in ("-1", "0.005"):
        with pytest.raises(RuleBroken) as refusal:
            do(operations.close_damage, key, outcome="Chiuso.", compensation=Decimal(sum_))
        assert refusal.value.field == "compensation"


def test_only_the_management_keeps_them(
    ledger: Ledger, record: Record, do: Do, clerk: Principal, auditor: Principal
) -> None:
    for other in (clerk, auditor):
        with pytest.raises(NotAllowed):
            record(actor=other)
    key = record()
    do(operations.tell_municipality, key, letter())
    with pytest.raises(NotAllowed):
        do(operations.close_damage, key, actor=clerk, outcome="Per noi basta.", compensation=None)
