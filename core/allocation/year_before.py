"""The shares of the year before, against which the limits to the yearly change are counted."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from core.allocation.model import AllocationPlan, ShareLine, YearShare
from core.ground.access import ScopedSession
from core.ground.exercises import exercises
from core.ground.order import in_order


@dataclass(frozen=True)
class YearBefore:
    """The share of each municipality by its id, in euros, and of those whom a limit can bind: a share of part of a year
    says nothing of a whole one."""

    shares: Mapping[int, Decimal]
    bound: Mapping[int, Decimal]


def year_before(session: ScopedSession, plan: AllocationPlan, whole_year: Collection[int]) -> YearBefore:
    """The shares of the year before the plan's: the final one where there is one, else that of the budget.

    ``whole_year``: who takes part in the plan for a whole year.
    """
    year, latest = plan.year - 1, dict[int, YearShare]()
    query = select(YearShare).where(YearShare.year == year, YearShare.kind.in_(("budget", "final")))
    for share in session.scalars(query.order_by(in_order(YearShare.kind), YearShare.id)):  # final comes after budget
        latest[share.municipality_id] = share
    parts = _parts_of_year(session, year, {share.plan_id for share in latest.values()})
    shares = {key: share.amount for key, share in latest.items()}
    return YearBefore(shares, {
        key: share.amount for key, share in latest.items()
        if share.amount and key in whole_year and (share.plan_id, key) not in parts})


def _parts_of_year(session: ScopedSession, year: int, plans: Collection[int | None]) -> set[tuple[int | None, int]]:
    """Who counted by days, and for less than the year, in the plan that its share comes from."""
    whole = exercises(session).named(year).days
    days = (
        select(ShareLine.plan_id, ShareLine.municipality_id)
        .join(AllocationPlan, AllocationPlan.id == ShareLine.plan_id)
        .where(ShareLine.plan_id.in_([key for key in plans if key is not None]), AllocationPlan.joining == "days")
        .group_by(ShareLine.plan_id, ShareLine.municipality_id).having(func.max(ShareLine.days) < whole)
    )
    return {(plan_id, key) for plan_id, key in session.execute(days)}
