"""Shares by use: a figure of one month, corrected, changes the sharing to the cent, and the reckoning says why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.allocation import explanation, operations
from core.allocation.drift import drifted
from core.allocation.findings import findings
from core.allocation.groups import KeyFacts
from core.allocation.model import AllocationPlan
from core.catalogue.model import Service
from core.catalogue.operations import covered_municipalities
from core.usage import operations as usage
from core.usage.model import UsageMonth
from core.usage.rules import UseMonth, months_of
from tests.integration.allocation.conftest import PASSED, TODAY, Desk

D = Decimal
DAY = date(2026, 2, 1)
MONTHS = [UseMonth(2025, month) for month in range(1, 13)]


def played(desk: Desk, months: list[UseMonth]) -> None:
    """Ten meetings a month for each municipality; thirty for Dresano; all months closed."""
    with desk.acting("uso") as session:
        service = session.scalars(select(Service).where(Service.code == "neutral_space")).one()
        for month in months:
            covered = covered_municipalities(session, service.code, month.first, month.last)
            figures = {(key, code): D(30 if name == "Dresano" else 10)
                       for key, name in covered.items() for code in ("minors", "meetings")}
            row = usage.record(session, service.id, month, figures, version=None, today=DAY)
            usage.close(session, row.id, version=row.version, today=DAY)


def by_use(desk: Desk) -> None:
    with desk.acting("gruppo") as session:
        operations.set_group(session, desk.plan_id, None, desk.group(
            "Spazio neutro", KeyFacts("usage", D(100), measure="neutral_space.meetings")))


def shared(desk: Desk) -> tuple[dict[str, Decimal], explanation.KeyLine]:
    with desk.acting("conta") as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        found = operations.compute(session, plan)
        [group] = explanation.of_trial(plan, found, "dresano")
        return dict(found.totals), group.lines[0]


def test_one_correction_of_one_month_changes_the_shares_to_the_cent_and_the_reckoning_says_why(desk: Desk) -> None:
    played(desk, MONTHS)
    by_use(desk)
    before, line = shared(desk)
    others = len(before) - 1
    assert (line.value, line.whole) == (360, 360 + 120 * others)
    assert line.how == "somma di 12 mesi su 12"
    assert line.source == "uso registrato del servizio, incontri"
    with desk.acting("corregge") as session:
        row = session.scalars(select(UsageMonth).where(UsageMonth.month == 3)).one()
        usage.correct(session, row.id, desk.municipalities["dresano"], "meetings", D(20), version=row.version,
                      why="Dieci incontri erano di aprile.", today=DAY)
    after, line = shared(desk)
    pool, whole = sum(before.values()), 360 + 120 * others
    assert sum(after.values()) == pool
    assert abs(after["dresano"] - pool * 350 / (whole - 10)) < D("0.01")
    assert after["dresano"] < before["dresano"]
    assert line.how == ("somma di 12 mesi su 12; marzo 2025 corretto da 30 a 20 (Dieci incontri erano di aprile.)")


def test_months_that_are_not_there_are_said_on_the_plan_and_in_the_reckoning(desk: Desk) -> None:
    played(desk, MONTHS[:10])
    by_use(desk)
    _totals, line = shared(desk)
    assert line.how == "somma di 10 mesi su 12"
    assert "non registrato in novembre 2025, dicembre 2025" in line.source
    with desk.acting("legge") as session:
        said = [str(one) for one in findings(session, session.require(AllocationPlan, desk.plan_id))]
    assert any("non registrato in novembre 2025, dicembre 2025" in one for one in said)


def test_the_months_are_those_of_the_exercise_before(desk: Desk) -> None:
    with desk.acting("legge") as session:
        assert [*months_of(explanation.exercise_of(session.require(AllocationPlan, desk.plan_id), -1))] == MONTHS


def test_an_approved_plan_says_that_the_use_on_which_it_rests_was_corrected(desk: Desk) -> None:
    played(desk, MONTHS)
    by_use(desk)
    with desk.acting("gruppo") as session:
        operations.set_group(session, desk.plan_id, None, desk.group("Accesso", services=("access_desk",)))
    desk.approve_budget()
    with desk.acting("approva") as session:
        operations.approve(session, desk.plan_id, PASSED, letters=False, today=TODAY)
    with desk.acting("corregge") as session:
        row = session.scalars(select(UsageMonth).where(UsageMonth.month == 3)).one()
        usage.correct(session, row.id, desk.municipalities["dresano"], "meetings", D(20), version=row.version,
                      why="Dieci incontri erano di aprile.", today=TODAY)
    with desk.acting("legge") as session:
        [said] = drifted(session, session.require(AllocationPlan, desk.plan_id))
        assert str(said).startswith("Dresano: la quota approvata conta 360 incontri di ")
        assert "ora ne risultano 350" in str(said)
