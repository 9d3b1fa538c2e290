"""The districts of a contract: those in which its municipalities lie when it begins, each with its plan and charter.

A contract names one Zone Plan and one charter (``Contract.zone_plan``, ``charter``). Where its municipalities lie in
several districts it cites those of each: of the districts to which the named ones do not belong, those that hold when
it begins (R11, R30).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.contracts.model import Contract, ServiceCharter, ZonePlan
from core.contracts.plans import charter_in_force, plan_in_force
from core.contracts.states import ContractState
from core.ground.access import ScopedSession
from core.ground.errors import Finding, Level, Place, RuleBroken
from core.parties.districts import district_ends, district_of, first_district, several
from core.parties.model import District, Municipality, Party


@dataclass(frozen=True)
class Cited:
    """A district of a contract, and the Zone Plan and the charter that the contract cites for it."""

    district: District
    plan: ZonePlan | None
    charter: ServiceCharter | None


def districts_of(session: ScopedSession, parties: Iterable[Party], day: date) -> list[District]:
    """The districts in which ``parties`` lie on ``day``, each once, in their order; none before there is an azienda.

    Municipalities and unions decide; of other bodies, those alone where no municipality signs.
    """
    bodies = [party for party in parties if isinstance(party, Municipality)]
    local = [body for body in bodies if body.is_local] or bodies
    found = (district_of(session, body, day) for body in local)
    return list(dict.fromkeys(district for district in found if district is not None))


def plan_of(session: ScopedSession, district: District | None, day: date) -> ZonePlan | None:
    """The Zone Plan of a district that holds on ``day``."""
    plans = session.scalars(select(ZonePlan).order_by(ZonePlan.id))
    return plan_in_force([plan for plan in plans if plan.belongs_to(district)], day)


def charter_of(session: ScopedSession, district: District | None, day: date) -> ServiceCharter | None:
    """The charter that holds in a district on ``day``: the azienda's own, else the district's (R30, R34, X22)."""
    return charter_in_force(session.scalars(select(ServiceCharter).order_by(ServiceCharter.id)).all(), day, district)


def cited(session: ScopedSession, contract: Contract) -> list[Cited]:
    """The districts of a contract with what it cites for each. What it names stands for the districts that it belongs
    to; a contract without a plan carries out none."""
    found = districts_of(session, [member.party for member in contract.remaining_parties], contract.starts_on)
    if len(found) < 2:
        first = found[0] if found else first_district(session)
        return [] if first is None else [Cited(first, contract.zone_plan, contract.charter)]
    return [Cited(district, _plan(session, contract, district), _charter(session, contract, district))
            for district in found]


def _plan(session: ScopedSession, contract: Contract, district: District) -> ZonePlan | None:
    named = contract.zone_plan
    return named if named is None or named.belongs_to(district) else plan_of(session, district, contract.starts_on)


def _charter(session: ScopedSession, contract: Contract, district: District) -> ServiceCharter | None:
    named = contract.charter
    if named is None or named.owner == "azienda" or named.belongs_to(district):
        return named
    return charter_of(session, district, contract.starts_on)


@district_ends
def _require_no_contract(session: ScopedSession, district: District) -> None:
    """RuleBroken for a district that ends while a contract that cites its Zone Plan or its charter goes on."""
    last = district.valid_to
    assert last is not None
    living = select(Contract).where(Contract.runs_to > last, Contract.amends_id.is_(None), Contract.state.not_in(
        (ContractState.CANCELLED, ContractState.MERGED))).order_by(Contract.id)
    load = (joinedload(Contract.zone_plan), joinedload(Contract.charter))
    for contract in session.scalars(living.options(*load)):
        charter = contract.charter if contract.charter and contract.charter.owner == "district" else None
        if any(row is not None and row.belongs_to(district) for row in (contract.zone_plan, charter)):
            raise RuleBroken("Il contratto n. %(code)s cita il Piano o la Carta di %(district)s e dura fino al "
                             "%(day)s: chiudere il distretto dopo quel giorno, o modificare prima il contratto.",
                             field="valid_to", code=contract.code, district=district.name,
                             day=f"{contract.runs_to:%d/%m/%Y}").mended(Place("contract", contract.id))


# --- remarks ----------------------------------------------------------------------------------------------


def findings(session: ScopedSession, contract: Contract) -> Iterator[Finding]:
    """Where a contract names the plan or the charter of a district in which none of its municipalities lies, and where
    one of several districts has none."""
    if not several(session):
        return
    found = cited(session, contract)
    districts = [one.district for one in found]
    yield from _elsewhere(contract, districts)
    yield from _moving(contract)
    day = f"{contract.starts_on:%d/%m/%Y}"
    for one in found:
        name = one.district.name_on(contract.starts_on)
        if one.plan is None and contract.zone_plan is not None:
            yield Finding("Per %(district)s il %(day)s non vale alcun Piano di Zona: il contratto cita solo quello "
                          "dell'altro distretto. Registrarlo, se c'è.", {"district": name, "day": day},
                          where="zone_plan", source="R11", at=Place("zone_plans", 0))
        if one.charter is None and contract.charter is not None:
            yield Finding("Per %(district)s il %(day)s non vale alcuna Carta dei servizi: registrarla, o indicare dal "
                          "contratto quella dell'azienda.", {"district": name, "day": day}, level=Level.ERROR,
                          where="charter", source="R30", at=Place("charter.new", 0))


def _moving(contract: Contract) -> Iterator[Finding]:
    """Who lies in another district before the contract ends: what it cites was that of the first one."""
    last = contract.runs_to or contract.ends_on
    bodies = (member.party for member in contract.remaining_parties)
    moves = [place for body in bodies if isinstance(body, Municipality) for place in body.places
             if contract.starts_on < place.valid_from <= last]
    for place in moves:
        yield Finding("Dal %(day)s %(name)s sta in %(district)s, e il contratto cita il Piano e la Carta di dove stava "
                      "prima: finirlo entro quel giorno, o modificarlo.",
                      {"day": f"{place.valid_from:%d/%m/%Y}", "name": place.municipality.name,
                       "district": place.district.name_on(place.valid_from)}, where="ends_on", source="R11",
                      at=Place("contract.terms", contract.id, "ends_on"))


def _elsewhere(contract: Contract, districts: Sequence[District]) -> Iterator[Finding]:
    lie = ", ".join(district.name_on(contract.starts_on) for district in districts)
    plan, charter = contract.zone_plan, contract.charter
    if plan is not None and not any(plan.belongs_to(district) for district in districts):
        yield Finding("«%(title)s» è il Piano di Zona di un altro distretto: chi firma sta in %(district)s. Scegliere "
                      "il suo.", {"title": str(plan), "district": lie}, level=Level.ERROR, where="zone_plan",
                      source="R11", at=Place("contract.terms", contract.id, "zone_plan_id"))
    if charter is not None and charter.owner == "district" and not any(
            charter.belongs_to(district) for district in districts):
        yield Finding("«%(title)s» è la Carta di un altro distretto: chi firma sta in %(district)s. Scegliere la sua.",
                      {"title": str(charter), "district": lie}, level=Level.ERROR, where="charter", source="R30",
                      at=Place("contract.terms", contract.id, "charter_id"))
