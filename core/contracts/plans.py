"""Zone Plans and service charters: what a contract carries out, and which standards hold meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from core.contracts.model import ServiceCharter, ZonePlan
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import Finding, RuleBroken
from core.parties.model import within
from core.parties.rules import countable, period

Facts = Mapping[str, Any]
Row = TypeVar("Row", ZonePlan, ServiceCharter)

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
PLAN = frozenset({"title", "ordinal", "first_year", "last_year", "agreement_date", "budget_article", "founding",
                  "extended_to", "extended_by"})
CHARTER = frozenset({"title", "owner", "valid_from", "valid_to"})
OWNERS = frozenset({"azienda", "district"})
YEARS = range(1990, 2101)
LONGEST = 10


# --- operations -------------------------------------------------------------------------------------------


def add_plan(session: ScopedSession, facts: Facts) -> ZonePlan:
    """Add a Zone Plan (R6, R11, R12). RuleBroken for years out of order or nonsense in its ordinal."""
    session.principal.require(*EDITORS)
    plan = _sound_plan(take(ZonePlan(), facts, PLAN))
    session.add(plan)
    return plan


def edit_plan(session: ScopedSession, plan_id: int, facts: Facts, *, version: int) -> ZonePlan:
    """Correct a Zone Plan, or add its agreement. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    return _sound_plan(take(at_version(session.require(ZonePlan, plan_id), version), facts, PLAN))


def add_charter(session: ScopedSession, facts: Facts) -> ServiceCharter:
    """Add a charter, the district's or the azienda's own (R30, R100). RuleBroken for a period that ends too early."""
    session.principal.require(*EDITORS)
    charter = _sound_charter(take(ServiceCharter(), facts, CHARTER))
    session.add(charter)
    return charter


def edit_charter(session: ScopedSession, charter_id: int, facts: Facts, *, version: int) -> ServiceCharter:
    """Correct a charter, or say when it ended. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    return _sound_charter(take(at_version(session.require(ServiceCharter, charter_id), version), facts, CHARTER))


# --- pure -------------------------------------------------------------------------------------------------


def overlapping(plan: ZonePlan, others: Iterable[ZonePlan]) -> list[Finding]:
    """A warning for each other plan that shares a year: two plans at once are two programmes (R6, R11)."""
    return [
        Finding("Gli anni di questo piano e di «%(other)s» si sovrappongono: un contratto di quegli anni prende il "
                "primo dei due. Verificare.", {"other": str(other)}, where="first_year", source="R11")
        for other in others
        if other.id != plan.id and plan.first_year <= other.last_year and other.first_year <= plan.last_year
    ]


def incomplete(plan: ZonePlan) -> list[Finding]:
    """What a contract that carries out the plan cannot say: its agreement (R12). Many plans have no ordinal (R6)."""
    if plan.agreement_date is not None:
        return []
    return [Finding("Manca la data dell'Accordo di Programma: un contratto che attua questo piano lo nomina senza di "
                    "essa.", where="agreement_date", source="R12")]


def plan_in_force(plans: Iterable[ZonePlan], day: date) -> ZonePlan | None:
    """The plan that holds on ``day``: the newest, where one is extended into the years of the next."""
    holding = [plan for plan in plans if within(day, date(plan.first_year, 1, 1), plan.ends_on)]
    return max(holding, key=lambda plan: plan.first_year, default=None)


def charter_in_force(charters: Sequence[ServiceCharter], day: date) -> ServiceCharter | None:
    """The charter that holds: the azienda's own wins over the district's, then the last to begin (R30, X22)."""
    holding = [c for c in charters if within(day, c.valid_from, c.valid_to)]
    return max(holding, key=lambda c: (c.owner == "azienda", c.valid_from), default=None)


def _sound_plan(plan: ZonePlan) -> ZonePlan:
    plan.title = " ".join((plan.title or "").split())
    if not plan.title:
        raise RuleBroken("Indicare il titolo del piano.", field="title")
    for name in ("first_year", "last_year"):
        if getattr(plan, name) not in YEARS:
            raise RuleBroken("Indicare un anno con quattro cifre, dal %(first)s al %(last)s.", field=name,
                             first=YEARS[0], last=YEARS[-1])
    if not 0 <= plan.last_year - plan.first_year < LONGEST:
        raise RuleBroken("Il piano va dal %(first)s al %(last)s: il primo anno viene prima dell'ultimo, e di regola "
                         "gli anni sono tre.", field="last_year", first=plan.first_year, last=plan.last_year)
    if plan.ordinal is not None and plan.ordinal not in range(1, 100):
        raise RuleBroken("Il numero del triennio va da 1 a 99.", field="ordinal")
    plan.extended_by = " ".join((plan.extended_by or "").split())
    if plan.extended_to is None:
        if plan.extended_by:
            raise RuleBroken("Indicare fino a quale giorno l'atto proroga il piano, o togliere l'atto.",
                             field="extended_to")
        return plan
    countable(plan.extended_to, field="extended_to")
    if plan.extended_to <= date(plan.last_year, 12, 31):
        raise RuleBroken("Il piano vale già fino al 31/12/%(year)s: la proroga arriva a un giorno successivo.",
                         field="extended_to", year=plan.last_year)
    if not plan.extended_by:
        raise RuleBroken("Indicare l'atto che proroga il piano, per esempio «deliberazione dell'Assemblea dei Sindaci "
                         "n. 4 del 20 dicembre 2027».", field="extended_by")
    return plan


def _sound_charter(charter: ServiceCharter) -> ServiceCharter:
    charter.title = " ".join((charter.title or "").split())
    if not charter.title:
        raise RuleBroken("Indicare il titolo della Carta.", field="title")
    if charter.owner not in OWNERS:
        raise RuleBroken("Scegliere di chi è la Carta: del distretto o dell'azienda.", field="owner")
    period(charter.valid_from, charter.valid_to)
    return charter
