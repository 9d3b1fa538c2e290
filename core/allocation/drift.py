"""What has changed since a plan was approved: who left, joined, or confers for other days than its share counts; and
the shares of the year before, if its limits were counted on them; and the use by which it shares, once corrected."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import ColumnElement, func, select

from core.allocation.assemble import use_of
from core.allocation.conferred import conferred_days
from core.allocation.model import AllocationPlan, GroupExclusion, GroupService, ShareLine, YearShare
from core.allocation.plan import BY_DAYS, KeyKind
from core.allocation.states import PlanState
from core.documents.words import euro, number
from core.funding.states import Stage
from core.ground.access import ScopedSession
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.order import in_order
from core.parties.model import Municipality


def drifted(session: ScopedSession, plan: AllocationPlan) -> Iterator[Finding]:
    """Of an approved plan: the shares on which its limits were counted, if they are others now; and, if it counts by
    days, each municipality whose days are others (R87)."""
    if plan.state != PlanState.APPROVED:
        return
    yield from _limits_moved(session, plan)
    yield from _use_corrected(session, plan)
    if plan.joining != "days":
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


def _limits_moved(session: ScopedSession, plan: AllocationPlan) -> Iterator[Finding]:
    """Where the year before was closed, or corrected, after its shares had bound those of this plan."""
    first = session.scalar(select(func.min(YearShare.id)).where(YearShare.plan_id == plan.id))
    if first is None or (plan.cap is None and plan.floor is None):
        return
    then, now = _known(session, plan.year - 1, YearShare.id < first), _known(session, plan.year - 1)
    bound = select(YearShare.municipality_id).where(YearShare.plan_id == plan.id)
    names = select(Municipality.id, Municipality.name).where(
        Municipality.id.in_(bound), Municipality.id.in_([key for key in then if then[key] != now[key]]))
    moved = [f"{name} {euro(then[key])}, ora {euro(now[key])}"
             for key, name in session.execute(names.order_by(in_order(Municipality.name)))]
    values: dict[str, object] = {"before": plan.year - 1, "year": plan.year, "moved": "; ".join(moved)}
    if moved and plan.budget.stage == Stage.ACCOUNTS:
        yield Finding("I limiti alla variazione sono stati contati sulle quote del %(before)s di allora: %(moved)s. Se "
                      "l'Assemblea vuole contarli su quelle di ora, si correggono le quote di questo piano.", values,
                      source="R87", at=Place("allocation_plan", plan.id))
    elif moved:
        yield Finding("I limiti alla variazione sono stati contati sulle quote del %(before)s di allora: %(moved)s. Il "
                      "riparto definitivo del %(year)s li conta su quelle di ora.", values, source="R87",
                      at=Place("allocation_plan", plan.id))


def _use_corrected(session: ScopedSession, plan: AllocationPlan) -> Iterator[Finding]:
    """Where the use of a year, by which costs were shared, was recorded or corrected afterwards."""
    for group in plan.groups:
        for key in (key for key in group.keys if key.kind == KeyKind.USAGE):
            try:
                use = use_of(session, key.measure or "", key.usage_year or plan.year - 1, group.title)
            except RuleBroken:
                continue  # nobody counts it any more: what was counted stands
            then = select(ShareLine.municipality_id, ShareLine.value).where(
                ShareLine.plan_id == plan.id, ShareLine.group_title == group.title,
                ShareLine.key_title == f"{use.measure.title}, {use.exercise}")
            now, names = use.totals, use.names
            for place, value in session.execute(then.order_by(ShareLine.id)):
                if value != now.get(place, Decimal(0)):
                    yield Finding("%(name)s: la quota approvata conta %(then)s %(unit)s di «%(service)s» nel %(year)s, "
                                  "ora ne risultano %(now)s. La differenza si regola con il riparto definitivo, o "
                                  "riaprendo il piano finché nulla è stato chiesto.",
                                  {"name": names.get(place, ""), "then": number(value), "unit": use.measure.unit,
                                   "service": use.service.title, "year": use.exercise,
                                   "now": number(now.get(place, Decimal(0)))}, where=str(place), source="R87")


def _known(session: ScopedSession, year: int, *conditions: ColumnElement[bool]) -> dict[int, Decimal]:
    """The share of each in a year: the final one where there is one, else that of the budget."""
    query = select(YearShare.municipality_id, YearShare.amount).where(
        YearShare.year == year, YearShare.kind.in_(("budget", "final")), *conditions)
    return dict(session.execute(query.order_by(in_order(YearShare.kind), YearShare.id)).all())


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
