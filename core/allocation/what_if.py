"""What would change with another key: a plan shared out with one key alone, in one group or in all. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from core.allocation.assemble import TITLES, Facts, describe, facts_of, measures, residents_on
from core.allocation.model import AllocationPlan
from core.allocation.plan import TYPED, KeyKind, Plan, PlanGroup, PlanKey
from core.allocation.sharing import share_out
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.plugins.loading import Registry

AS_PLANNED = "plan"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class KeyChoice:
    """A key that can be tried: its code and what people call it."""

    code: str
    title: str


def choices(plan: AllocationPlan, registry: Registry) -> list[KeyChoice]:
    """The keys that can be tried on a plan; those with figures typed in a group only where these are."""
    found = [KeyChoice(AS_PLANNED, "Come nel piano"), KeyChoice(KeyKind.RESIDENTS, TITLES[KeyKind.RESIDENTS]),
             KeyChoice(KeyKind.EQUAL, TITLES[KeyKind.EQUAL])]
    found += [KeyChoice(f"usage:{code}", f"Uso: {measure.title}") for code, measure in measures(registry)]
    found += [KeyChoice(f"key:{key.id}", f"{TITLES[KeyKind(key.kind)]} (gruppo «{group.title}»)")
              for group in plan.groups for key in group.keys if key.kind in TYPED and key.kind != KeyKind.FIXED]
    return found


def totals(
    session: ScopedSession, plan: AllocationPlan, code: str, group_title: str | None, registry: Registry
) -> Mapping[str, Decimal]:
    """The shares by slug if ``group_title`` (None: every group) were shared by the key ``code`` alone, in euros.

    With a group, what is paid for that group alone. RuleBroken for a key that is not offered, or whose figures lack.
    """
    described = describe(session, plan, registry)
    if group_title is not None:
        chosen = tuple(group for group in described.groups if group.title == group_title)
        if not chosen:
            raise RuleBroken("Il gruppo non c'è più: ricaricare la pagina.", field="gruppo")
        described = replace(described, groups=chosen)
    if code != AS_PLANNED:
        facts = facts_of(session, plan, registry)
        groups = tuple(replace(group, keys=(_key(session, plan, group, code, facts),)) for group in described.groups)
        described = replace(described, groups=groups)
    return share_out(_paying(described)).totals


def _paying(plan: Plan) -> Plan:
    """Without the groups that cost nothing: a key may well be silent on them."""
    return replace(plan, groups=tuple(group for group in plan.groups if group.cost.pool))


def _key(session: ScopedSession, plan: AllocationPlan, group: PlanGroup, code: str, facts: Facts) -> PlanKey:
    kind, _colon, name = code.partition(":")
    if kind == KeyKind.EQUAL:
        return PlanKey(KeyKind.EQUAL, TITLES[KeyKind.EQUAL], HUNDRED, {})
    if kind == KeyKind.RESIDENTS:
        values, _origin = residents_on(facts, date(plan.year - 1, 12, 31), set(group.days), group.title)
        return PlanKey(KeyKind.RESIDENTS, TITLES[KeyKind.RESIDENTS], HUNDRED, values)
    if kind == KeyKind.USAGE and (measure := dict(measures(facts.registry)).get(name)):
        used = measure.value(session, plan.year - 1)
        counted = {slug: Decimal(used.get(key, 0)) for key, slug in facts.slugs.items()}
        return PlanKey(KeyKind.USAGE, measure.title, HUNDRED, counted)
    for held in (key for stored in plan.groups for key in stored.keys if kind == "key" and str(key.id) == name):
        counted = {facts.slugs[value.municipality_id]: value.value for value in held.values
                   if facts.slugs[value.municipality_id] in group.days}
        # a quota tried alone shares everything, so it is weighed like a figure that was counted
        return PlanKey(KeyKind.USERS, TITLES[KeyKind(held.kind)], HUNDRED, counted)
    raise RuleBroken("Scegliere una chiave dell'elenco.", field="chiave")
