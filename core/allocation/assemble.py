"""From the rows to the plain description of an allocation plan: costs, who takes part, figures and their sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import add

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.allocation.bands import Banding, PopulationBand, price
from core.allocation.conferred import Days, Year, known_of
from core.allocation.limits import Limits
from core.allocation.model import AllocationGroup, AllocationKey, AllocationPlan
from core.allocation.plan import (
    FOR_ALL,
    OF_RESIDENTS,
    TYPED,
    Borne,
    Cost,
    Deduction,
    FamiliesPay,
    KeyKind,
    Plan,
    PlanGroup,
    PlanKey,
    spread_general,
)
from core.allocation.year_before import year_before
from core.funding.results import ZERO, ServiceResult
from core.funding.rules import general_costs, results
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.exercise import Exercise
from core.parties.model import Municipality, Population
from core.usage.years import YearUse, year_measures, year_use

TITLES = {
    KeyKind.RESIDENTS: "Residenti", KeyKind.USERS: "Utenti", KeyKind.PLACES: "Posti", KeyKind.EQUAL: "Parti uguali",
    KeyKind.FIXED: "Somme fisse", KeyKind.HISTORIC: "Quota storica",
    KeyKind.SOLIDARITY: "Fondo di solidarietà, per residenti", KeyKind.RATE: "Quota per abitante",
    KeyKind.SOLIDARITY_RATE: "Quota di solidarietà per abitante", KeyKind.DAILY_FEE: "Retta giornaliera per utente",
    KeyKind.STEPS: "Quota storica in euro",
}


FORMS = {"public": "un ente pubblico che non è un Comune", "third_sector": "un ente del terzo settore"}


@dataclass(frozen=True)
class Facts:
    """What the plans of a year are made from: the municipalities in order, their residents, who confers what."""

    municipalities: tuple[Municipality, ...]
    known: Year
    days: Days

    @property
    def exercise(self) -> Exercise:
        """The exercise that is shared out."""
        return self.known.exercises.named(self.known.year)

    @property
    def before(self) -> Exercise:
        """The one before."""
        return self.known.exercises.named(self.known.year - 1)

    @property
    def slugs(self) -> dict[int, str]:
        """The slug of each municipality by its id."""
        return {m.id: m.slug for m in self.municipalities}

    @property
    def names(self) -> dict[str, str]:
        """The name of each municipality by its slug."""
        return {m.slug: m.name for m in self.municipalities}


def describe(session: ScopedSession, plan: AllocationPlan) -> Plan:
    """The plan as plain data, ready to be shared out.

    RuleBroken, naming the group, for residents that are not known, or a measure of use that no service counts.
    """
    facts = facts_of(session, plan)
    costs = costs_of(plan)
    return Plan(
        year_days=facts.exercise.days,
        order=tuple(m.slug for m in facts.municipalities),
        groups=tuple(_group(session, plan, group, costs[group.title], facts) for group in plan.groups),
        by_days=plan.joining == "days",
        names=facts.names,
        limits=_limits(session, plan, facts),
    )


def _limits(session: ScopedSession, plan: AllocationPlan, facts: Facts) -> Limits | None:
    if plan.cap is None and plan.floor is None:
        return None
    before = year_before(session, plan, whole_year(plan, facts))
    previous = {facts.slugs[key]: found for key, found in before.bound.items()}
    return Limits(str(facts.before), plan.cap, plan.floor, previous)


def whole_year(plan: AllocationPlan, facts: Facts) -> frozenset[int]:
    """The municipalities that count for the whole year, by days or because the plan says so."""
    everybody = {key for members in facts.days.values() for key in members}
    if plan.joining != "days":
        return frozenset(everybody)
    return frozenset(key for members in facts.days.values() for key, count in members.items()
                     if count == facts.exercise.days)


def facts_of(session: ScopedSession, plan: AllocationPlan) -> Facts:
    """The municipalities in the plan's order for leftover cents, and the days in which each confers each service."""
    everyone = session.scalars(select(Municipality).options(selectinload(Municipality.populations))).all()
    by_istat = plan.ties == "istat"
    order = sorted(everyone, key=lambda m: ((m.istat or "999999") if by_istat else "", m.name.casefold(), m.id))
    known = known_of(session, plan.year)
    return Facts(tuple(order), known, known.days())


def costs_of(plan: AllocationPlan) -> dict[str, Cost]:
    """What each group costs, by its title: its services, its part of the general indirect costs, its deduction."""
    of_service = results(plan.budget.lines)
    sums = {group.title: _added(of_service[s.service_id] for s in group.services if s.service_id in of_service)
            for group in plan.groups}
    general = spread_general(sums, general_costs(plan.budget.lines), plan.indirect_base)
    return {group.title: Cost(_with_general(sums[group.title], general[group.title]), group.deduction)
            for group in plan.groups}


def _added(found: Iterable[ServiceResult]) -> ServiceResult:
    names = ("direct", "indirect", "fees", "revenues", "sources", "municipal")
    rows = list(found)
    return ServiceResult(**{name: reduce(add, (getattr(row, name) for row in rows), ZERO) for name in names})


def _with_general(sums: ServiceResult, general: Decimal) -> ServiceResult:
    return ServiceResult(sums.direct, sums.indirect, general, sums.fees, sums.revenues, sums.sources, sums.municipal)


def _group(
    session: ScopedSession, plan: AllocationPlan, group: AllocationGroup, cost: Cost, facts: Facts
) -> PlanGroup:
    excluded = {exclusion.municipality_id for exclusion in group.exclusions}
    days: dict[str, int] = {}
    for service in group.services:
        for municipality, count in facts.days.get(service.service_id, {}).items():
            if municipality not in excluded:
                slug = facts.slugs[municipality]
                days[slug] = max(days.get(slug, 0), count)
    keys = tuple(_key(session, plan, group, key, days, facts) for key in group.keys)
    deductions = tuple(Deduction(facts.slugs[held.municipality_id], held.amount, held.why, Borne(held.borne))
                       for held in group.deductions)
    return PlanGroup(group.title, cost, days, keys, frozenset(facts.slugs[key] for key in excluded), deductions)


def _key(
    session: ScopedSession, plan: AllocationPlan, group: AllocationGroup, key: AllocationKey, days: Mapping[str, int],
    facts: Facts,
) -> PlanKey:
    kind = KeyKind(key.kind)
    title, source = TITLES.get(kind, ""), key.source
    values: dict[str, Decimal] = {}
    told: dict[str, str] = {}
    if kind in OF_RESIDENTS:
        on = key.on or counted_on(plan.year)
        wanted = facts.slugs.values() if kind in FOR_ALL else days
        values, found = residents_on(facts, on, set(wanted) & taking_part(facts), group.title)
        title, source = f"{title} al {found.on:%d/%m/%Y}", source or found.source
    elif kind is KeyKind.USAGE:
        year = key.usage_year or plan.year - 1
        use = use_of(session, key.measure or "", year, group.title)
        values, told = counted_use(use, facts)
        title = f"{use.measure.title}, {use.exercise}"
        source = "; ".join([source or f"uso registrato del servizio, {use.measure.unit}", *map(str, use.findings())])
    elif kind in TYPED:
        if kind is KeyKind.HISTORIC:
            title = f"{title}, superata per il {key.convergence or 0:f}%".replace(".", ",")
        values = {facts.slugs[held.municipality_id]: held.value for held in key.values}
        if kind is KeyKind.STEPS:
            title = f"{title}, passo {key.step} di {key.steps}"
    if key.rate is not None:
        title = f"{title}: {price(key.rate)}"
    return PlanKey(
        kind, title, key.weight, values, source, key.convergence or ZERO, key.rate or ZERO,
        tuple(PopulationBand(band.up_to, band.value) for band in key.bands), Banding(key.banding or Banding.WHOLE),
        key.steps or 1, 1 if key.step is None else key.step,
        {facts.slugs[held.municipality_id]: held.recovery for held in key.values if held.recovery},
        FamiliesPay(key.families_pay or FamiliesPay.AZIENDA), told,
    )


def counted_on(year: int) -> date:
    """The day of the residents where a key names none: the last 31 December before the exercise begins, whenever that
    is, because ISTAT counts on that day."""
    return date(year - 1, 12, 31)


def left_out(facts: Facts) -> tuple[str, ...]:
    """What bodies confer services and pay no share, because their contract does not say it: in words, without names."""
    forms = {m.id: m.form for m in facts.municipalities}
    return tuple(sorted(FORMS.get(forms.get(key, ""), "un altro ente") for key in facts.known.aside()))


def taking_part(facts: Facts) -> set[str]:
    """Who confers any service in the year."""
    return {facts.slugs[key] for members in facts.days.values() for key in members}


@dataclass(frozen=True)
class Origin:
    """The day of the figures (the newest of them) and where they come from."""

    on: date
    source: str


def residents_on(facts: Facts, day: date, wanted: set[str], group: str) -> tuple[dict[str, Decimal], Origin]:
    """The residents of ``wanted`` by the last figure known on ``day``, and their origin.

    RuleBroken, naming the group, for municipalities of which no figure is known.
    """
    latest: dict[str, Population] = {}
    for municipality in facts.municipalities:
        known = [population for population in municipality.populations if population.on <= day]
        if known and municipality.slug in wanted:
            latest[municipality.slug] = known[-1]
    if unknown := wanted - latest.keys():
        first = next(municipality for municipality in facts.municipalities if municipality.slug in unknown)
        raise RuleBroken("Gruppo «%(group)s»: al %(day)s non si conoscono i residenti di %(names)s. Registrarli nella "
                         "pagina dell'ente, o escludere dal gruppo chi non ne ha.", group=group, day=f"{day:%d/%m/%Y}",
                         names=", ".join(sorted(facts.names[slug] for slug in unknown))).mended(
            Place("population", first.id))
    newest = max((population.on for population in latest.values()), default=day)
    sources = dict.fromkeys(population.source for population in latest.values() if population.source)
    older = [f"{facts.names[slug]} al {held.on:%d/%m/%Y}" for slug, held in latest.items() if held.on != newest]
    return ({slug: Decimal(population.residents) for slug, population in latest.items()},
            Origin(newest, "; ".join([", ".join(sources), *older]) if older else ", ".join(sources)))


def use_of(session: ScopedSession, code: str, year: int, group: str) -> YearUse:
    """The use of an exercise by the measure ``service.measure``; RuleBroken, naming the group, if none counts it."""
    found = next((each for each in year_measures(session, year) if each[0] == code), None)
    use = None if found is None else year_use(session, found[1], found[2].code, year)
    if use is None:
        raise RuleBroken("Gruppo «%(group)s»: la misura dell'uso «%(code)s» non c'è: nessun servizio la conta più. "
                         "Sceglierne un'altra.", field="measure", group=group, code=code)
    return use


def counted_use(use: YearUse, facts: Facts) -> tuple[dict[str, Decimal], dict[str, str]]:
    """The use of everybody by slug, and in words of how many months it is made and what was corrected in them."""
    totals = use.totals
    values = {slug: totals.get(key, Decimal(0)) for key, slug in facts.slugs.items()}
    told = {slug: "; ".join([f"somma di {use.counted(key)} mesi su {len(use.months)}", *use.corrected.get(key, ())])
            for key, slug in facts.slugs.items()}
    return values, told
