"""What has changed since a plan was approved: who left, joined, or confers for other days than its share counts."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from sqlalchemy import func, select

from core.allocation.conferred import conferred_days
from core.allocation.model import AllocationPlan, GroupExclusion, GroupService, ShareLine
from core.allocation.plan import BY_DAYS
from core.allocation.states import PlanState
from core.ground.access import ScopedSession
from core.ground.errors import Finding
from core.ground.order import in_order
from core.parties.model import Municipality


def drifted(session: ScopedSession, plan: AllocationPlan) -> Iterator[Finding]:
    """Of an approved plan that counts by days: each municipality whose days are others now (R87)."""
    if plan.state != PlanState.APPROVED or plan.joining != "days":
        return
    frozen, now = _frozen(session, plan), _now(session, plan)
    if len({Fraction(now.get(key, 0), days) for key, days in frozen.items()}) == 1 and now.keys() <= frozen.keys():
        return  # all as before, or all alike: a contract that was extended changes nobody's part
    changed = {key for key in frozen.keys() | now.keys() if frozen.get(key, 0) != now.get(key, 0)}
    names = select(Municipality.id, Municipality.name).where(Municipality.id.in_(changed))
    for key, name in session.execute(names.order_by(in_order(Municipality.name))):
        yield Finding("%(name)s: la quota approvata conta %(then)s giorni di conferimento, ora ne risultano %(now)s. "
                      "La differenza si regola con il riparto definitivo, o riaprendo il piano finché nulla è stato "
                      "chiesto.", {"name": name, "then": frozen.get(key, 0), "now": now.get(key, 0)}, where=str(key),
                      source="R87")


def _frozen(session: ScopedSession, plan: AllocationPlan) -> dict[int, int]:
    """The days that each share counts, at least one."""
    days = select(ShareLine.municipality_id, func.max(ShareLine.days)).where(
        ShareLine.plan_id == plan.id, ShareLine.key_kind.in_(BY_DAYS)).group_by(ShareLine.municipality_id)
    return {key: count or 1 for key, count in session.execute(days)}


def _now(session: ScopedSession, plan: AllocationPlan) -> dict[int, int]:
    """The days that it would count now: of the services of the plan, without whom a group leaves out."""
    days, _drafts = conferred_days(session, plan.year)
    groups = [group.id for group in plan.groups if any(key.kind in BY_DAYS for key in group.keys)]
    left_out = {(group, key) for group, key in session.execute(
        select(GroupExclusion.group_id, GroupExclusion.municipality_id).where(GroupExclusion.group_id.in_(groups)))}
    found: dict[int, int] = {}
    services = select(GroupService.group_id, GroupService.service_id).where(GroupService.group_id.in_(groups))
    for group, service in session.execute(services):
        for key, count in days.get(service, {}).items():
            if (group, key) not in left_out:
                found[key] = max(found.get(key, 0), count)
    return found
