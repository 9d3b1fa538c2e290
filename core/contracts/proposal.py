"""What a municipality may confer: every service of the catalogue, whether it covers the municipality, and why.

The office is shown all of it: those that cover are proposed, the others may be added knowingly, and one that
another contract confers in the same days cannot (R84).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlalchemy import Date, func, or_, select, true, type_coerce
from sqlalchemy.orm import joinedload, selectinload

from core.catalogue import rules as catalogue_rules
from core.catalogue.model import Coverage, Service, ServiceSector
from core.catalogue.rules import Territory
from core.catalogue.structure import service_ends
from core.contracts.model import Conferral, Contract, ContractParty, ContractTerms
from core.contracts.states import ContractState
from core.contracts.terms import current, sole
from core.ground.access import ScopedSession, as_system
from core.ground.errors import Finding, Place, RuleBroken
from core.parties.azienda import begins_on
from core.parties.model import Act, Municipality, Party, within


@dataclass(frozen=True)
class ServiceChoice:
    """One service for one municipality: ``reason`` says where its coverage comes from, ``remarks`` what to verify.

    ``taken_by`` is the number of another contract that confers it in the same days.
    """

    municipality_id: int
    service: Service
    covers: bool
    reason: Finding
    remarks: tuple[Finding, ...] = field(default=())
    taken_by: str | None = None

    @property
    def key(self) -> str:
        """The pair of ids as a form carries it: ``12-3``."""
        return f"{self.municipality_id}-{self.service.id}"


def choices(session: ScopedSession, contract: Contract, territory: Territory) -> dict[int, list[ServiceChoice]]:
    """The services that each municipality of a contract may confer, by its id, in the order of art. 9.

    Of one area, if the contract is of one.
    """
    services = session.scalars(
        select(Service).order_by(Service.order, Service.id).options(
            selectinload(Service.coverage).selectinload(Coverage.municipality),
            selectinload(Service.sectors).joinedload(ServiceSector.sector),
            selectinload(Service.sheets),
            joinedload(Service.cover_district),
        )
    ).all()
    held = {conferral.service_id for conferral in contract.conferrals}
    wanted = [s for s in services if in_area(s, contract.area_id) and (s.id in held or s.is_open(contract.starts_on))]
    taken = conferred_elsewhere(session, contract, [p.party_id for p in contract.municipality_parties])
    return {
        party.party_id: [_choice(party.party, service, territory, taken) for service in wanted]
        for party in contract.municipality_parties
        if isinstance(party.party, Municipality)
    }


def in_area(service: Service, area_id: int | None) -> bool:
    """True if a service stands in a sector of the area; always, if no area is asked for."""
    return area_id is None or any(place.sector.area_id == area_id for place in service.sectors)


def conferred_elsewhere(
    session: ScopedSession, contract: Contract, municipality_ids: Iterable[int], *, besides: Collection[int] = ()
) -> dict[tuple[int, int], str]:
    """Which pairs of municipality and service other contracts confer in the days of this one, with their number.

    Asked over all contracts: a cancelled one confers nothing, and an amendment is one with the contract it amends. What
    an amendment adds begins after all that has ended. ``besides``: contracts that are not asked.
    """
    since = func.coalesce(Conferral.valid_from, Contract.starts_on)
    until = type_coerce(func.coalesce(Conferral.valid_to, Contract.runs_to), Date)
    mine = {(c.municipality_id, c.service_id): c.valid_from or contract.starts_on for c in contract.conferrals}
    rows = as_system(
        session,
        select(Conferral.municipality_id, Conferral.service_id, Contract.number, Contract.year, until)
        .join(Contract, Conferral.contract_id == Contract.id)
        .where(
            func.coalesce(Contract.amends_id, Contract.id) != (contract.amends_id or contract.id),
            Contract.state.not_in((ContractState.CANCELLED, ContractState.MERGED)),
            since <= contract.runs_to,
            until >= contract.starts_on,
            Conferral.valid_to.is_(None) if contract.amends_id is not None else true(),
            Conferral.municipality_id.in_(set(municipality_ids)),
            Contract.id.not_in(besides),
        )
        .order_by(Conferral.service_id, Contract.year, Contract.number),
        reason="esclusiva del conferimento (R84)",
    )
    return {(municipality, service): f"{number}/{year}" for municipality, service, number, year, last in rows
            if last >= mine.get((municipality, service), contract.starts_on)}


def require_exclusive(session: ScopedSession, contract: Contract, *, besides: Collection[int] = ()) -> None:
    """R84: the same service of the same municipality in the same days has one contract. RuleBroken naming the other.

    ``besides``: contracts that give way to this one.
    """
    pairs = {(c.municipality.id, c.service.id) for c in contract.conferrals}
    # two drafts of one municipality wait for each other here: each would not see what the other confers
    one_at_a_time = select(Party.id).where(Party.id.in_({m for m, _ in pairs})).order_by(Party.id)
    as_system(session, one_at_a_time.with_for_update(key_share=True), reason="esclusiva del conferimento (R84)")
    taken = conferred_elsewhere(session, contract, {m for m, _ in pairs}, besides=besides)
    for municipality_id, service_id in sorted(pairs & taken.keys()):
        raise RuleBroken(
            "%(municipality)s conferisce già «%(service)s» con il contratto n. %(code)s negli stessi giorni: "
            "cambiare le date, togliere il servizio o annullare l'altra bozza.",
            field="services",
            municipality=session.require(Municipality, municipality_id).name,
            service=session.require(Service, service_id).title,
            code=taken[municipality_id, service_id],
        )


@begins_on
def _require_before_contracts(session: ScopedSession, day: date, field: str) -> None:
    """RuleBroken for an azienda that would begin, or get its statute, after a contract that it signed."""
    signed = select(Contract).where(Contract.signed_on < day, Contract.amends_id.is_(None))
    first = session.scalars(signed.order_by(Contract.signed_on, Contract.id).limit(1)).first()
    if first is not None:
        raise RuleBroken("Il contratto n. %(code)s è firmato il %(signed)s: l'azienda e il suo statuto ci sono da "
                         "prima. Correggere la data.", field=field, code=first.code,
                         signed=f"{first.signed_on:%d/%m/%Y}").mended(Place("contract", first.id))


@service_ends
def _require_given_back(session: ScopedSession, service: Service) -> None:
    """RuleBroken for a service that ends while a contract still confers it, with the first such contract."""
    until = type_coerce(func.coalesce(Conferral.valid_to, Contract.runs_to), Date)
    query = select(Contract.id, Contract.number, Contract.year, until).join(Conferral).where(
        Conferral.service_id == service.id, until > service.valid_to, Contract.amends_id.is_(None),
        Contract.state.not_in((ContractState.CANCELLED, ContractState.MERGED)))
    for key, number, year, last in session.execute(query.order_by(until.desc(), Contract.id).limit(1)):
        raise RuleBroken("«%(service)s» è conferito dal contratto n. %(code)s fino al %(last)s: chiuderlo dopo quel "
                         "giorno, o toglierlo prima dal contratto.", field="valid_to", service=service.title,
                         code=f"{number}/{year}", last=f"{last:%d/%m/%Y}").mended(Place("contract", key))


def free_days(session: ScopedSession, today: date, *, area_id: int | None = None) -> dict[int, date]:
    """The first free day of each municipality that has a contract: the day after its last one ends, or ``today``.

    Of one area, if ``area_id``: contracts of other areas do not count. One that left its contract is free from the day
    after.
    """
    last = type_coerce(func.max(func.coalesce(Conferral.valid_to, Contract.runs_to)), Date)
    held = select(Conferral.municipality_id, last).join(Contract, Contract.id == Conferral.contract_id).where(
        Contract.amends_id.is_(None), Contract.state.not_in((ContractState.CANCELLED, ContractState.MERGED)),
        or_(Contract.area_id.is_(None), Contract.area_id == area_id) if area_id is not None else true())
    return {key: max(today, ends + timedelta(days=1))
            for key, ends in session.execute(held.group_by(Conferral.municipality_id))}


def usual_terms(session: ScopedSession, municipality_ids: Collection[int], day: date) -> ContractTerms:
    """The terms with which a new contract is proposed: the title of the last contract of who signs, as it holds then.

    RuleBroken where they have had none, or different ones, and several titles hold: then one is chosen.
    """
    member = select(ContractParty.party_id, Contract).join(Contract, Contract.id == ContractParty.contract_id).where(
        ContractParty.party_id.in_(municipality_ids), Contract.amends_id.is_(None),
        Contract.state.not_in((ContractState.CANCELLED, ContractState.MERGED)))
    ordered = session.execute(member.order_by(Contract.runs_to, Contract.id))
    last = {party: contract.terms for party, contract in ordered}
    titles = {terms.title for terms in last.values()}
    held = [terms for terms in current(session, day) if terms.title in titles]
    return held[0] if len(titles) == len(held) == 1 else sole(session, day)


def acts_to_attach(contract: Contract) -> list[Act]:
    """The acts that may be attached (R119), the newest first: the parties' own, without those that the premises recall
    or that appoint who signs."""
    appointing = {person.act_id for member in contract.parties for person in member.party.signatories}
    acts = (act for member in contract.parties for act in member.party.acts
            if act.recalled_order is None and act.id not in appointing)
    return sorted(acts, key=lambda act: (act.date is None, act.date or date.max, act.id), reverse=True)


def uncovered(contract: Contract, territory: Territory) -> Iterator[Finding]:
    """A warning for every conferred service that does not cover the municipality when the contract starts (X1)."""
    for conferral in sorted(contract.conferrals, key=lambda c: (c.municipality.name, c.service.order)):
        if conferral.municipality.slug not in catalogue_rules.covered(conferral.service, territory):
            yield Finding("«%(service)s» è conferito ma il %(day)s non copre %(municipality)s: togliere il servizio o "
                          "registrarne la copertura.",
                          {"service": conferral.service.name_on(territory.day),
                           "municipality": conferral.municipality.name, "day": f"{territory.day:%d/%m/%Y}"},
                          where="services", source="X1", at=Place("contract.services", contract.id))


def _choice(
    municipality: Municipality, service: Service, territory: Territory, taken: dict[tuple[int, int], str]
) -> ServiceChoice:
    return ServiceChoice(
        municipality_id=municipality.id,
        service=service,
        covers=municipality.slug in catalogue_rules.covered(service, territory),
        reason=_reason(municipality, service, territory),
        remarks=tuple(catalogue_rules.service_findings(service, territory)),
        taken_by=taken.get((municipality.id, service.id)),
    )


def _reason(municipality: Municipality, service: Service, territory: Territory) -> Finding:
    """Where the coverage comes from, in one sentence; the service's own periods come before the general rule."""
    own = [c for c in service.coverage if c.municipality_id == municipality.id]
    holds = next((c for c in own if within(territory.day, c.valid_from, c.valid_to)), None)
    if holds is not None:
        return _period(holds)
    if service.cover_all and municipality.slug in territory.members:
        return Finding("Copre tutti gli enti soci.", source=service.source)
    of = service.cover_district
    if of is not None and municipality.slug in catalogue_rules.covered(service, territory):
        return Finding("Copre tutti gli enti soci di %(district)s.", {"district": of.name_on(territory.day)},
                       source=service.source)
    if own:
        return Finding("La copertura registrata (%(period)s) non comprende il %(day)s.",
                       {"period": _days(own[-1].valid_from, own[-1].valid_to), "day": f"{territory.day:%d/%m/%Y}"})
    if service.cover_all:
        return Finding("Copre gli enti soci, e %(name)s il %(day)s non lo è.",
                       {"name": municipality.name, "day": f"{territory.day:%d/%m/%Y}"})
    if of is not None:
        return Finding("Copre gli enti soci di %(district)s, e %(name)s il %(day)s non è tra questi.",
                       {"district": of.name_on(territory.day), "name": municipality.name,
                        "day": f"{territory.day:%d/%m/%Y}"})
    return Finding("L'art. 9 non lo prevede per %(name)s.", {"name": municipality.name})


def _period(coverage: Coverage) -> Finding:
    return Finding("Copertura dell'ente registrata: %(period)s.",
                   {"period": _days(coverage.valid_from, coverage.valid_to)}, source=coverage.service.source)


def _days(first: date, last: date | None) -> str:
    return f"dal {first:%d/%m/%Y}" if last is None else f"dal {first:%d/%m/%Y} al {last:%d/%m/%Y}"
