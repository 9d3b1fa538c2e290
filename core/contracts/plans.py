"""Zone Plans and service charters: what a contract carries out, and which standards hold meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import select

from core.contracts.model import ServiceCharter, ZonePlan
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import Finding, Place, RuleBroken
from core.parties.districts import chosen, district_ends
from core.parties.model import District, within
from core.parties.rules import countable, period

Facts = Mapping[str, Any]
Row = TypeVar("Row", ZonePlan, ServiceCharter)

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
PLAN = frozenset({"title", "ordinal", "first_year", "last_year", "agreement_date", "budget_article", "founding",
                  "extended_to", "extended_by", "district_id"})
CHARTER = frozenset({"title", "owner", "valid_from", "valid_to", "district_id"})
OWNERS = frozenset({"azienda", "district"})
YEARS = range(1990, 2101)
LONGEST = 10


# --- operations -------------------------------------------------------------------------------------------


def add_plan(session: ScopedSession, facts: Facts) -> ZonePlan:
    """Add a Zone Plan (R6, R11, R12). RuleBroken for years out of order or nonsense in its ordinal."""
    session.principal.require(*EDITORS)
    plan = _of_district(session, _sound_plan(take(ZonePlan(), facts, PLAN)))
    session.add(plan)
    return plan


def edit_plan(session: ScopedSession, plan_id: int, facts: Facts, *, version: int) -> ZonePlan:
    """Correct a Zone Plan, or add its agreement. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    plan = at_version(session.require(ZonePlan, plan_id), version)
    return _of_district(session, _sound_plan(take(plan, facts, PLAN)))


def add_charter(session: ScopedSession, facts: Facts) -> ServiceCharter:
    """Add a charter, the district's or the azienda's own (R30, R100). RuleBroken for a period that ends too early."""
    session.principal.require(*EDITORS)
    charter = _of_district(session, _sound_charter(take(ServiceCharter(), facts, CHARTER)))
    session.add(charter)
    return charter


def edit_charter(session: ScopedSession, charter_id: int, facts: Facts, *, version: int) -> ServiceCharter:
    """Correct a charter, or say when it ended. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    charter = at_version(session.require(ServiceCharter, charter_id), version)
    return _of_district(session, _sound_charter(take(charter, facts, CHARTER)))


def _of_district(session: ScopedSession, row: Row) -> Row:
    """The row, of a district that is there and open when it begins; the azienda's own charter is of none."""
    if isinstance(row, ServiceCharter) and row.owner == "azienda":
        row.district_id = None
        return row
    district = chosen(session, row.district_id)
    begins = row.valid_from if isinstance(row, ServiceCharter) else date(row.first_year, 1, 1)
    if district is not None and district.valid_to is not None and district.valid_to < begins:
        raise RuleBroken("%(district)s è chiuso dal %(day)s: scegliere il distretto che ne ha preso il posto.",
                         field="district_id", district=district.name, day=f"{district.valid_to:%d/%m/%Y}")
    return row


@district_ends
def _require_no_plan(session: ScopedSession, district: District) -> None:
    """RuleBroken for a district that ends before one of its Zone Plans or charters."""
    last = district.valid_to
    assert last is not None
    for plan in session.scalars(select(ZonePlan).order_by(ZonePlan.id)):
        if plan.belongs_to(district) and plan.ends_on > last:
            raise RuleBroken("«%(title)s» di %(district)s vale fino al %(day)s: chiudere il distretto dopo quel "
                             "giorno.", field="valid_to", title=str(plan), district=district.name,
                             day=f"{plan.ends_on:%d/%m/%Y}").mended(Place("zone_plan", plan.id))
    for charter in session.scalars(select(ServiceCharter).where(ServiceCharter.owner == "district").order_by(
            ServiceCharter.id)):
        if charter.belongs_to(district) and (charter.valid_to is None or charter.valid_to > last):
            raise RuleBroken("La Carta «%(title)s» di %(district)s vale ancora dopo il %(day)s: dire prima quando "
                             "finisce.", field="valid_to", title=charter.title, district=district.name,
                             day=f"{last:%d/%m/%Y}")


# --- pure -------------------------------------------------------------------------------------------------


def overlapping(plan: ZonePlan, others: Iterable[ZonePlan]) -> list[Finding]:
    """A warning for each other plan of the district that shares a year: two at once are two programmes (R6, R11)."""
    return [
        Finding("Gli anni di questo piano e di «%(other)s» si sovrappongono: un contratto di quegli anni prende il "
                "primo dei due. Verificare.", {"other": str(other)}, where="first_year", source="R11")
        for other in others
        if other.id != plan.id and alike(plan, other)
        and plan.first_year <= other.last_year and other.first_year <= plan.last_year
    ]


def alike(row: ZonePlan | ServiceCharter, other: ZonePlan | ServiceCharter) -> bool:
    """True for two rows of the same district."""
    if row.district_id is None or other.district_id is None:
        return (row.district is None or row.district.is_first) and (other.district is None or other.district.is_first)
    return row.district_id == other.district_id


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


def charter_in_force(
    charters: Sequence[ServiceCharter], day: date, district: District | None = None
) -> ServiceCharter | None:
    """The charter that holds in a district: the azienda's own wins over the district's, then the last to begin
    (R30, R34, X22)."""
    holding = [c for c in charters if within(day, c.valid_from, c.valid_to)
               and (c.owner == "azienda" or c.belongs_to(district))]
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
