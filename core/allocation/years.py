"""Shares and costs over the years, as they are known now: what the municipalities put into their own budgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from core.allocation.model import AllocationPlan, ShareLine, YearShare
from core.allocation.states import PlanState
from core.funding.model import Budget, BudgetLine
from core.funding.rules import results
from core.funding.states import BudgetState, Stage
from core.ground.access import ScopedSession
from core.ground.order import alphabetical, in_order
from core.parties.model import Municipality

SPAN = 3  # a budget of a municipality looks three years ahead (art. 162 and 170 TUEL)
MOST_CERTAIN = (Stage.ACCOUNTS, Stage.PRE_CLOSING, Stage.BUDGET, Stage.FORECAST)


@dataclass(frozen=True)
class Known:
    """A share as it is known: euros, and what it is (final, budget, or the stage of the plan that foresees it)."""

    amount: Decimal
    kind: str


@dataclass(frozen=True)
class Years:
    """Shares by municipality and costs by service; a year that is not known has None."""

    years: tuple[int, ...]
    shares: dict[str, tuple[Known | None, ...]]
    costs: dict[str, tuple[Decimal | None, ...]]


def known_years(session: ScopedSession, first: int) -> Years:
    """Three years from ``first``, as far as the session sees: one's own shares, the budgets that are approved."""
    years = tuple(range(first, first + SPAN))
    return Years(years, _shares(session, years), _costs(session, years))


def _shares(session: ScopedSession, years: Sequence[int]) -> dict[str, tuple[Known | None, ...]]:
    found: dict[tuple[int, int], Known] = _foreseen(session, years)
    query = select(YearShare).where(YearShare.year.in_(years), YearShare.kind.in_(("budget", "final")))
    # final comes after budget, and holds
    for share in session.scalars(query.order_by(in_order(YearShare.kind), YearShare.id)):
        found[share.municipality_id, share.year] = Known(share.amount, share.kind)
    names = session.execute(select(Municipality.id, Municipality.name).order_by(in_order(Municipality.name)))
    return {name: row for key, name in names if any(row := tuple(found.get((key, year)) for year in years))}


def _foreseen(session: ScopedSession, years: Sequence[int]) -> dict[tuple[int, int], Known]:
    """What the approved plans on forecasts and pre-closings foresee; the later stage holds."""
    query = (
        select(ShareLine.municipality_id, AllocationPlan.year, Budget.stage, func.sum(ShareLine.amount))
        .join(AllocationPlan, AllocationPlan.id == ShareLine.plan_id)
        .join(Budget, Budget.id == AllocationPlan.budget_id)
        .where(AllocationPlan.year.in_(years), AllocationPlan.state == PlanState.APPROVED)
        .group_by(ShareLine.municipality_id, AllocationPlan.year, Budget.stage)
    )
    rows = sorted(session.execute(query), key=lambda row: MOST_CERTAIN.index(Stage(row.stage)), reverse=True)
    return {(key, year): Known(amount, stage) for key, year, stage, amount in rows}


def _costs(session: ScopedSession, years: Sequence[int]) -> dict[str, tuple[Decimal | None, ...]]:
    """What each service costs by the most certain budget of each year."""
    query = select(Budget).where(Budget.year.in_(years), Budget.state != BudgetState.CANCELLED).options(
        selectinload(Budget.lines).options(joinedload(BudgetLine.service), joinedload(BudgetLine.source)))
    budgets: dict[int, Budget] = {}
    for budget in sorted(session.scalars(query), key=lambda row: MOST_CERTAIN.index(Stage(row.stage)), reverse=True):
        budgets[budget.year] = budget
    costs: dict[str, dict[int, Decimal]] = {}
    for year, budget in budgets.items():
        titles = {line.service_id: line.service.title for line in budget.lines if line.service is not None}
        for key, result in results(budget.lines).items():
            costs.setdefault(titles[key], {})[year] = result.costs
    return {title: tuple(costs[title].get(year) for year in years) for title in sorted(costs, key=alphabetical)}
