"""What would change with another key: a plan shared out with one key alone, in one group or in all. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from core.allocation.assemble import (
    TITLES,
    Facts,
    counted_on,
    counted_use,
    describe,
    facts_of,
    residents_on,
    use_of,
)
from core.allocation.model import AllocationPlan
from core.allocation.plan import PRICED, TYPED, KeyKind, Plan, PlanGroup, PlanKey
from core.allocation.sharing import share_out
from core.allocation.year_before import year_before
from core.funding.results import ZERO
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.exercises import exercise_of
from core.usage.years import year_measures

AS_PLANNED = "plan"
UNLIMITED = "unlimited"
YEAR_BEFORE = "before"
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class KeyChoice:
    """A key that can be tried: its code and what people call it."""

    code: str
    title: str


def choices(session: ScopedSession, plan: AllocationPlan) -> list[KeyChoice]:
    """The keys that can be tried on a plan; those with figures typed in a group only where these are."""
    found = [KeyChoice(AS_PLANNED, "Come nel piano"), KeyChoice(KeyKind.RESIDENTS, TITLES[KeyKind.RESIDENTS]),
             KeyChoice(KeyKind.EQUAL, TITLES[KeyKind.EQUAL])]
    if plan.cap is not None or plan.floor is not None:
        found.append(KeyChoice(UNLIMITED, "Come nel piano, senza limiti alla variazione"))
    found.append(KeyChoice(YEAR_BEFORE, f"Quote del {exercise_of(plan, -1)}"))
    found += [KeyChoice(f"usage:{code}", f"Uso: {service.title}, {measure.title}")
              for code, service, measure in year_measures(session, plan.year - 1)]
    found += [KeyChoice(f"key:{key.id}", f"{TITLES[KeyKind(key.kind)]} (gruppo «{group.title}»)")
              for group in plan.groups for key in group.keys if key.kind in TYPED and key.kind != KeyKind.FIXED]
    return found


def totals(
    session: ScopedSession, plan: AllocationPlan, code: str, group_title: str | None,
) -> Mapping[str, Decimal]:
    """The shares by slug if ``group_title`` (None: every group) were shared by the key ``code`` alone, in euros; or
    those without the limits to the yearly change, or those of the year before.

    With a group, what is paid for that group alone. RuleBroken for a key that is not offered, or whose figures lack.
    """
    if code == YEAR_BEFORE:
        return _year_before(session, plan, group_title)
    described = describe(session, plan)
    if group_title is not None and group_title not in {group.title for group in described.groups}:
        raise RuleBroken("Il gruppo non c'è più: ricaricare la pagina.", field="gruppo")
    if code == UNLIMITED:
        described = replace(described, limits=None)
    elif code != AS_PLANNED:
        facts = facts_of(session, plan)
        groups = tuple(replace(group, keys=(_key(session, plan, group, code, facts),))
                       if group_title in (None, group.title) else group for group in described.groups)
        described = replace(described, groups=groups)
    shared = share_out(_paying(described))
    if group_title is None:
        return shared.totals
    found: dict[str, Decimal] = {}
    for line in shared.lines:
        if line.group == group_title:
            found[line.party] = found.get(line.party, ZERO) + line.amount
    return found


def _year_before(
    session: ScopedSession, plan: AllocationPlan, group_title: str | None,
) -> Mapping[str, Decimal]:
    """The shares of the year before. RuleBroken for a group, or if none is known."""
    if group_title is not None:
        raise RuleBroken("Le quote dell'anno prima si conoscono solo per tutti i gruppi insieme: scegliere «tutti i "
                         "gruppi».", field="gruppo")
    shares, facts = year_before(session, plan, ()).shares, facts_of(session, plan)
    if not shares:
        raise RuleBroken("Del %(year)s non è nota alcuna quota: importarle o registrarle.", year=facts.before)
    return {facts.slugs[key]: amount for key, amount in shares.items()}


def _paying(plan: Plan) -> Plan:
    """Without the groups that cost nothing and have no price: a key may well be silent on them."""
    return replace(plan, groups=tuple(
        group for group in plan.groups if group.cost.pool or any(key.kind in PRICED for key in group.keys)))


def _key(session: ScopedSession, plan: AllocationPlan, group: PlanGroup, code: str, facts: Facts) -> PlanKey:
    kind, _colon, name = code.partition(":")
    if kind == KeyKind.EQUAL:
        return PlanKey(KeyKind.EQUAL, TITLES[KeyKind.EQUAL], HUNDRED, {})
    if kind == KeyKind.RESIDENTS:
        values, _origin = residents_on(facts, counted_on(plan.year), set(group.days), group.title)
        return PlanKey(KeyKind.RESIDENTS, TITLES[KeyKind.RESIDENTS], HUNDRED, values)
    if kind == KeyKind.USAGE:
        use = use_of(session, name, plan.year - 1, group.title)
        counted, told = counted_use(use, facts)
        return PlanKey(KeyKind.USAGE, use.measure.title, HUNDRED, counted, told=told)
    for held in (key for stored in plan.groups for key in stored.keys if kind == "key" and str(key.id) == name):
        counted = {facts.slugs[value.municipality_id]: value.value for value in held.values
                   if facts.slugs[value.municipality_id] in group.days}
        # a quota tried alone shares everything, so it is weighed like a figure that was counted
        return PlanKey(KeyKind.USERS, TITLES[KeyKind(held.kind)], HUNDRED, counted)
    raise RuleBroken("Scegliere una chiave dell'elenco.", field="chiave")
