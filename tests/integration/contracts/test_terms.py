"""Versions of the terms, plans, charters and rates in the database: added, followed, never rewritten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.contracts import operations, plans, terms
from core.contracts.model import ContractTerms
from core.deadlines import kinds
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import NotAllowed, Place, RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.instalments import rates
from core.parties.model import Municipality
from tests import factories
from tests.conftest import UnitFactory
from tests.district import District
from tests.integration.contracts.making import demo_contract
from tests.unit.contracts.test_terms import ADVANCE, BALANCE, DELAY, version

FACTS = {name: getattr(version(), name) for name in terms.TERMS}


@pytest.fixture
def session(database: Database, manager: Principal) -> Iterator[ScopedSession]:
    """A writing session of the management; what is not committed is forgotten."""
    with ScopedSession(database, manager, writing=True) as session:
        yield session


def add(session: ScopedSession, day: date, **changes: Any) -> ContractTerms:
    """A version of the plain terms that holds from ``day``."""
    backdated = changes.pop("backdated", False)
    return terms.add_version(session, {**FACTS, "valid_from": day, **changes}, [ADVANCE, BALANCE], [DELAY],
                             backdated=backdated)


def test_the_versions_of_a_title_are_counted_and_its_rows_keep_their_order(session: ScopedSession) -> None:
    first, second = add(session, date(2026, 1, 1)), add(session, date(2027, 1, 1))
    other = add(session, date(2027, 1, 1), title="Altre  condizioni ")
    assert [(t.title, t.edition) for t in (first, second, other)] == [
        ("Condizioni", 1), ("Condizioni", 2), ("Altre condizioni", 1)]
    assert [(r.order, r.title) for r in second.instalments] == [(1, "Acconto"), (2, "Saldo")]


def test_of_each_title_the_last_to_begin_holds(session: ScopedSession) -> None:
    first, second = add(session, date(2026, 1, 1)), add(session, date(2027, 1, 1))
    other = add(session, date(2026, 6, 1), title="Altre")
    assert terms.current(session, date(2025, 12, 31)) == []
    assert terms.current(session, date(2026, 12, 31)) == [other, first]
    assert terms.current(session, date(2027, 1, 1)) == [second, other]
    assert terms.holding(session, second.id, date(2026, 3, 1)) is first
    with pytest.raises(RuleBroken, match="«Altre»"):
        terms.holding(session, other.id, date(2026, 5, 31))


def test_a_version_begins_after_the_one_it_follows_unless_it_is_said(session: ScopedSession) -> None:
    add(session, date(2026, 1, 1))
    with pytest.raises(RuleBroken, match="prima di quella che sostituisce") as refused:
        add(session, date(2025, 1, 1))
    assert refused.value.field == "valid_from"
    assert add(session, date(2025, 1, 1), backdated=True).edition == 2


def test_a_version_is_never_changed(unit: UnitFactory, manager: Principal) -> None:
    with unit("condizioni", manager) as session:
        key = add(session, date(2026, 1, 1)).id
    with pytest.raises(NotAllowed, match="se ne registra una nuova versione"), unit("modifica", manager) as session:
        session.require(ContractTerms, key).reply_days = 1


def test_only_the_management_adds_versions_plans_and_charters(unit: UnitFactory, auditor: Principal) -> None:
    with pytest.raises(NotAllowed), unit("condizioni", auditor) as session:
        add(session, date(2026, 1, 1))
    with pytest.raises(NotAllowed), unit("piano", auditor) as session:
        plans.add_plan(session, {"title": "Piano", "first_year": 2028, "last_year": 2030})
    with pytest.raises(NotAllowed), unit("carta", factories.clerk_of(1)) as session:
        plans.add_charter(session, {"title": "Carta", "owner": "azienda", "valid_from": date(2026, 1, 1)})


@pytest.mark.parametrize(("years", "said"), [
    ((2030, 2028), "prima dell'ultimo"), ((2028, 2050), "prima dell'ultimo"), ((28, 30), "quattro cifre"),
])
def test_the_years_of_a_plan_are_in_order(session: ScopedSession, years: tuple[int, int], said: str) -> None:
    with pytest.raises(RuleBroken, match=said):
        plans.add_plan(session, {"title": "Piano", "first_year": years[0], "last_year": years[1]})


def test_two_people_who_edit_one_plan_do_not_lose_each_others_work(unit: UnitFactory, manager: Principal) -> None:
    with unit("piano", manager) as session:
        row = plans.add_plan(session, {"title": "Piano", "first_year": 2028, "last_year": 2030})
        session.flush()
        key, seen = row.id, row.version
    with unit("numero", manager) as session:
        plans.edit_plan(session, key, {"ordinal": 9}, version=seen)
    with pytest.raises(RuleBroken, match="qualcun altro"), unit("titolo", manager) as session:
        plans.edit_plan(session, key, {"title": "Altro"}, version=seen)


def test_a_charter_does_not_end_before_it_begins(session: ScopedSession) -> None:
    with pytest.raises(RuleBroken, match="prima di cominciare"):
        plans.add_charter(session, {"title": "Carta", "owner": "azienda", "valid_from": date(2026, 1, 1),
                                    "valid_to": date(2025, 1, 1)})


def rate(percent: str = "2.5", **fields: Any) -> dict[str, Any]:
    return {"kind": "legal", "valid_from": date(2024, 1, 1), "percent": Decimal(percent), "source": "decreto", **fields}


def test_rates_stand_by_kind_from_the_oldest(session: ScopedSession) -> None:
    for facts in (rate(), rate("5", valid_from=date(2023, 1, 1)), rate("12.5", kind="commercial")):
        rates.add_rate(session, facts)
    assert [row.percent for row in rates.rates(session, "legal")] == [Decimal(5), Decimal("2.5")]


@pytest.mark.parametrize(("facts", "field"), [
    (rate("-1"), "percent"), (rate("101"), "percent"), (rate("1.2345"), "percent"), (rate(source=" "), "source"),
    (rate(kind="amico"), "kind"), (rate(), "valid_from"),
])
def test_a_wrong_rate_is_refused(session: ScopedSession, facts: dict[str, Any], field: str) -> None:
    rates.add_rate(session, rate())
    with pytest.raises(RuleBroken) as refused:
        rates.add_rate(session, facts)
    assert refused.value.field == field


def test_a_rate_entered_by_mistake_is_taken_away(session: ScopedSession) -> None:
    row = rates.add_rate(session, rate())
    session.flush()
    rates.remove_rate(session, row.id)
    session.flush()
    assert rates.rates(session, "legal") == []


@pytest.mark.parametrize(("kind", "event", "says"), [
    ({}, "quando capita", "un evento dell'elenco"),
    ({"code": "mandato", "subject": "instalment", "recorded_by": "accounting"}, "mandato", "un evento dell'elenco"),
    ({"code": "collaudo", "subject": "contract", "shared": False}, "collaudo", "deve poterlo leggere"),
])
def test_an_instalment_waits_for_what_both_sides_can_read(
    session: ScopedSession, kind: dict[str, Any], event: str, says: str
) -> None:
    if kind:
        kinds.add_kind(session, {"name": "Evento", "recorded_by": "management", "shared": True, **kind})
    plan = [{**ADVANCE, "due": None, "event": event, "due_days": 30}, BALANCE]
    with pytest.raises(RuleBroken, match=says) as refused:
        terms.add_version(session, {**FACTS, "valid_from": date(2026, 1, 1)}, plan, [DELAY])
    assert refused.value.field == "plan"


def test_an_instalment_may_wait_for_an_event_of_ones_own(session: ScopedSession) -> None:
    kinds.add_kind(session, {"code": "collaudo", "name": "Collaudo", "subject": "contract", "shared": True,
                             "recorded_by": "management"})
    plan = [{**ADVANCE, "due": None, "event": "collaudo", "due_days": 30}, BALANCE]
    made = terms.add_version(session, {**FACTS, "valid_from": date(2026, 1, 1)}, plan, [DELAY])
    assert [row.event for row in made.instalments] == ["collaudo", BALANCE["event"]]
    with pytest.raises(RuleBroken, match="già di un altro evento"):
        kinds.add_kind(session, {"code": "contract_signed", "name": "Firma", "subject": "contract",
                                 "recorded_by": "management"})


def test_a_version_written_by_mistake_is_withdrawn_and_the_one_before_holds_again(session: ScopedSession) -> None:
    first, wrong = add(session, date(2026, 1, 1)), add(session, date(2027, 1, 1))
    day = date(2027, 3, 1)
    with pytest.raises(RuleBroken, match="Scrivere perché"):
        terms.withdraw(session, wrong.id, " ", today=day)
    terms.withdraw(session, wrong.id, "Percentuale del primo acconto sbagliata.", today=day)
    assert terms.current(session, day) == [first]
    assert terms.holding(session, wrong.id, day) is first
    assert wrong.withdrawal is not None
    assert wrong.withdrawal.reason == "Percentuale del primo acconto sbagliata."
    with pytest.raises(RuleBroken, match="già ritirata, dal 01/03/2027"):
        terms.withdraw(session, wrong.id, "Ancora.", today=day)
    right = add(session, date(2026, 6, 1))
    assert (right.edition, terms.current(session, day)) == (3, [right]), "its number is not given again"


def test_a_version_that_a_contract_takes_is_not_withdrawn(district: District) -> None:
    with unit_of_work(district.database, system("prova"), act="prova") as acting:
        contract = demo_contract(acting)
        with pytest.raises(RuleBroken, match=r"Il contratto n\. 1/2026 prende «") as refused:
            terms.withdraw(acting, contract.terms_id, "Sbagliata.", today=date(2026, 7, 1))
        assert refused.value.at == Place("contract.terms", contract.id, "terms_id")


def test_no_contract_takes_a_version_that_was_withdrawn(district: District) -> None:
    day = date(2026, 7, 1)
    with unit_of_work(district.database, system("prova"), act="prova") as acting:
        wrong = add(acting, date(2026, 1, 1), title="Sbagliate")
        terms.withdraw(acting, wrong.id, "Titolo sbagliato.", today=day)
        body = acting.scalars(select(Municipality).where(Municipality.slug == "dresano")).one()
        with pytest.raises(RuleBroken, match="«Sbagliate - versione 1» è stata ritirata"):
            operations.draft(acting, [body.id], starts_on=day, ends_on=date(2026, 12, 31), terms_id=wrong.id,
                             today=day)
