"""What waits for accounting in the shares of the year."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.allocation.drift import drifted
from core.allocation.model import AllocationGroup, AllocationPlan
from core.allocation.states import PlanState
from core.deadlines.waiting import Waiting, waits_for
from core.funding.model import Budget
from core.funding.states import Stage
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.ground.exercises import exercises


@waits_for(Role.ACCOUNTING)
def other_days(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Shares of this year's budget that count days on which a municipality confers nothing any more, or miss some."""
    query = select(AllocationPlan).join(Budget, Budget.id == AllocationPlan.budget_id).where(
        AllocationPlan.year == exercises(session).of(today).year, AllocationPlan.state == PlanState.APPROVED,
        Budget.stage == Stage.BUDGET)
    load = selectinload(AllocationPlan.groups).selectinload(AllocationGroup.keys)
    for plan in session.scalars(query.options(load).order_by(AllocationPlan.id)):
        names = ", ".join(str(finding.values["name"]) for finding in drifted(session, plan))
        if names:
            what = Finding("Le quote approvate contano altri giorni di conferimento di quelli che risultano ora: "
                           "%(names)s.", {"names": names}, source="R87")
            yield Waiting("allocation_plan", plan.id, plan.title, what, Role.ACCOUNTING)
