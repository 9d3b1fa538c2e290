"""What is to be said of a plan before it is approved."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.allocation.assemble import Facts, costs_of, describe, facts_of, taking_part, use_of, whole_year
from core.allocation.conferred import disagreements
from core.allocation.explanation import costs_hold
from core.allocation.model import AllocationPlan
from core.allocation.plan import PRICED, Cost, FamiliesPay, KeyKind, PlanGroup
from core.allocation.sharing import share_out
from core.allocation.year_before import year_before
from core.documents.words import euro
from core.funding.results import ZERO
from core.funding.rules import results
from core.ground.access import ScopedSession
from core.ground.errors import Finding, Level, Place, RuleBroken


def findings(session: ScopedSession, plan: AllocationPlan) -> list[Finding]:
    """What is to be said of a plan before it is approved, errors first."""
    facts = facts_of(session, plan)
    found = [*_uncovered(plan), *_gains(plan), *_prices(session, plan), *_unbound(session, plan, facts),
             *_used(session, plan), *_members(facts), *_aside(facts), *disagreements(facts.known, facts.municipalities)]
    return sorted(found, key=lambda finding: finding.level is not Level.ERROR)


def to_answer(session: ScopedSession, plan: AllocationPlan) -> list[Finding]:
    """Where memberships, contracts and conferrals of its year do not agree: whoever approves a plan says why."""
    facts = facts_of(session, plan)
    return disagreements(facts.known, facts.municipalities)


def _uncovered(plan: AllocationPlan) -> Iterator[Finding]:
    grouped = {service.service_id for group in plan.groups for service in group.services}
    if not plan.groups:
        yield Finding("Il piano non ha ancora gruppi di servizi: aggiungerne uno.", level=Level.ERROR, source="R87",
                      at=Place("allocation_plan", plan.id))
    services = {line.service_id: line.service for line in plan.budget.lines if line.service is not None}
    for key, result in results(plan.budget.lines).items():
        if key not in grouped and Cost(result).pool:
            yield Finding("«%(service)s» ha costi da coprire ma non è in alcun gruppo: aggiungerlo a uno.",
                          {"service": services[key].title}, Level.ERROR, source="R87",
                          at=Place("allocation_plan", plan.id))


def _gains(plan: AllocationPlan) -> Iterator[Finding]:
    for title, cost in costs_of(plan).items():
        if cost.net < 0:
            yield Finding("Il gruppo «%(group)s» ha un avanzo di € %(gain)s: non si compensa con gli altri gruppi e "
                          "nessuno paga per esso.", {"group": title, "gain": -cost.net}, source="R65")


def _prices(session: ScopedSession, plan: AllocationPlan) -> Iterator[Finding]:
    """Where a price and the budget do not say the same amount: both are kept, and it is said."""
    if not any(group.deductions or any(key.kind in PRICED for key in group.keys) for group in plan.groups):
        return  # what is divided is always the whole cost
    try:
        described = describe(session, plan)
        paid = share_out(described).of_groups
    except RuleBroken:
        return  # the page says why the plan cannot be shared out
    for group in described.groups:
        yield from _disagreement(plan, group.title, group.cost.pool, paid.get(group.title, ZERO))
        yield from _recoveries(plan, group)


def frozen_disagreements(plan: AllocationPlan) -> Iterator[Finding]:
    """The same of an approved plan, while its budget is the one that was approved."""
    if costs_hold(plan):
        costs = costs_of(plan)
        for group in plan.groups:
            if group.shared is not None:
                yield from _disagreement(plan, group.title, costs[group.title].pool, group.shared)


def _disagreement(plan: AllocationPlan, title: str, pool: Decimal, paid: Decimal) -> Iterator[Finding]:
    """Where what the municipalities pay for a group is not its cost."""
    values: dict[str, object] = {"group": title, "paid": euro(paid), "cost": euro(pool),
                                 "difference": euro(abs(paid - pool))}
    if paid < pool:
        yield Finding("Gruppo «%(group)s»: i Comuni pagano %(paid)s, il costo da ripartire nel bilancio è %(cost)s: "
                      "restano scoperti %(difference)s.", values, source="R87", at=Place("allocation_plan", plan.id))
    elif paid > pool:
        yield Finding("Gruppo «%(group)s»: i Comuni pagano %(paid)s, il costo da ripartire nel bilancio è %(cost)s: "
                      "si chiedono %(difference)s più del costo.", values, source="R87",
                      at=Place("allocation_plan", plan.id))


def _recoveries(plan: AllocationPlan, group: PlanGroup) -> Iterator[Finding]:
    """Where the fees of the budget are not what the families of the municipalities pay the azienda."""
    daily = [key for key in group.keys if key.kind is KeyKind.DAILY_FEE]
    if not daily:
        return
    told = sum((sum(key.recovery.values(), ZERO) for key in daily if key.families_pay is FamiliesPay.AZIENDA), ZERO)
    if told != group.cost.figures.fees:
        yield Finding("Gruppo «%(group)s»: le famiglie pagano all'Azienda %(told)s secondo le rette, ma nel bilancio "
                      "la contribuzione degli utenti è %(fees)s. Correggere l'uno o l'altro.",
                      {"group": group.title, "told": euro(told), "fees": euro(group.cost.figures.fees)}, source="R87",
                      at=Place("allocation_plan", plan.id))


def _unbound(session: ScopedSession, plan: AllocationPlan, facts: Facts) -> Iterator[Finding]:
    """Whom the limits to the yearly change do not bind."""
    if plan.cap is None and plan.floor is None:
        return
    before = year_before(session, plan, whole_year(plan, facts))
    if not before.shares:
        yield Finding("Il piano ha limiti alla variazione annua, ma del %(year)s non è nota alcuna quota: importarle o "
                      "registrarle, o togliere i limiti.", {"year": facts.before}, Level.ERROR, source="R87",
                      at=Place("allocation_plan", plan.id))
        return
    present = taking_part(facts)
    free = [m.name for m in facts.municipalities if m.slug in present and m.id not in before.bound]
    if free:
        yield Finding("I limiti alla variazione non vincolano chi non ha una quota dell'anno intero nel %(before)s o "
                      "nel %(year)s: %(names)s.",
                      {"before": facts.before, "year": facts.exercise, "names": ", ".join(free)}, source="R87")


def _aside(facts: Facts) -> Iterator[Finding]:
    """Who confers services and pays nothing, because its contract does not say that it takes part (R87: the Comune)."""
    names = {m.id: m.name for m in facts.municipalities}
    for key, contract in facts.known.aside().items():
        yield Finding("%(name)s conferisce servizi con il contratto n. %(code)s e non prende parte al riparto: il "
                      "contratto non dice che paga una quota. Lo si dice tra i servizi della bozza.",
                      {"name": names[key], "code": contract}, where=str(key), source="R87",
                      at=Place("municipality.record", key))


def _used(session: ScopedSession, plan: AllocationPlan) -> Iterator[Finding]:
    """What is not recorded, or may still change, of the use by which costs are shared."""
    wanted = {(key.measure or "", key.usage_year or plan.year - 1) for group in plan.groups for key in group.keys
              if key.kind == KeyKind.USAGE}
    for code, year in sorted(wanted):
        try:
            yield from use_of(session, code, year, "").findings()
        except RuleBroken:
            continue  # the page says why the plan cannot be shared out


def _members(facts: Facts) -> Iterator[Finding]:
    drafts, whole = facts.known.drafts(), facts.known.whole
    names = [m.name for m in facts.municipalities if m.id in drafts]
    if names:
        yield Finding("Conferiscono i servizi con un contratto ancora in bozza: %(names)s.",
                      {"names": ", ".join(names)}, source="R84")
    present = taking_part(facts)
    left_out = [m.name for m in facts.municipalities
                if m.slug not in present and m.is_member(whole.first)]
    if left_out:
        yield Finding("Sono soci ma nell'anno non conferiscono alcun servizio, quindi non hanno una quota: %(names)s.",
                      {"names": ", ".join(left_out)}, source="R87")
