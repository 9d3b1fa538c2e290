"""The seven steps from an empty installation to the first contract: what is done, what is missing, who can do it.

A step is done when nothing that a contract stops at is missing; what only wants a look is said beside it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.catalogue.model import Area, Sector, Service
from core.contracts.house import district_remarks
from core.contracts.model import Contract, ContractTerms, ServiceCharter
from core.contracts.plans import charter_in_force
from core.contracts.terms import current
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, Level, Place
from core.ground.order import in_order
from core.parties import gazetteer
from core.parties.districts import all_districts, district_of, several
from core.parties.model import Azienda, Body, District, Municipality
from core.parties.signatories import CONTRACTS, signer
from core.users.model import RoleGrant

Row = TypeVar("Row")
MOST_NAMED = 5  # of what is missing in the same way: the rest is counted


@dataclass(frozen=True)
class StartStep:
    """One step. ``there``: the rows it has made. ``missing``: what a contract stops at; ``to_look_at``: the rest."""

    code: str
    there: int
    missing: tuple[Finding, ...]
    to_look_at: tuple[Finding, ...]
    roles: tuple[Role, ...] = (Role.MANAGEMENT,)

    @property
    def done(self) -> bool:
        """True if nothing is missing."""
        return not self.missing


def steps(session: ScopedSession, today: date) -> list[StartStep]:
    """The seven steps, in the order in which they are easiest."""
    azienda = session.scalars(select(Azienda)).first()
    members = [m for m in session.scalars(select(Municipality).order_by(in_order(Municipality.name)).options(
        selectinload(Municipality.memberships), selectinload(Municipality.signatories),
        selectinload(Municipality.populations), selectinload(Municipality.places))) if m.is_member(today)]
    services = session.scalars(select(Service).order_by(Service.order).options(
        selectinload(Service.coverage), selectinload(Service.sheets), selectinload(Service.names))).all()
    return [
        _step("azienda", int(azienda is not None), _azienda(azienda, today), (Role.MANAGEMENT, Role.ADMINISTRATOR)),
        _step("members", len(members), _members(session, members, today)),
        _step("bodies", _count(session, Body), _bodies(session, azienda, members, today),
              (Role.MANAGEMENT, Role.ADMINISTRATOR)),
        _step("areas", _count(session, Sector), _areas(session)),
        _step("services", len(services), _services([s for s in services if s.is_open(today)])),
        _step("terms", len(current(session, today)), _terms(session, today)),
        _step("users", _count(session, RoleGrant), _users(session), (Role.ADMINISTRATOR,)),
    ]


def has_begun(session: ScopedSession) -> bool:
    """True once there has been a contract: the installation is no newcomer's any more."""
    return session.scalar(select(Contract.id).limit(1)) is not None


def _step(code: str, there: int, found: Iterator[Finding], roles: tuple[Role, ...] = (Role.MANAGEMENT,)) -> StartStep:
    remarks = list(found)
    return StartStep(code, there, tuple(f for f in remarks if f.level is Level.ERROR),
                tuple(f for f in remarks if f.level is not Level.ERROR), roles)


def _count(session: ScopedSession, kind: type[Body] | type[Sector] | type[RoleGrant]) -> int:
    return session.scalar(select(func.count()).select_from(kind)) or 0


def _lacks(message: str, at: Place, **values: object) -> Finding:
    return Finding(message, dict(values), level=Level.ERROR, at=at)


# --- what each step asks ----------------------------------------------------------------------------------


def _azienda(azienda: Azienda | None, today: date) -> Iterator[Finding]:
    if azienda is None:
        yield Finding("I dati dell'azienda non sono ancora registrati.", level=Level.ERROR, at=Place("azienda.new", 0))
        return
    if azienda.founding_date > today:
        yield _lacks("La costituzione dell'azienda è del %(day)s, che non è ancora arrivato: correggerne la data.",
                     Place("azienda", azienda.id, "founding_date"), day=f"{azienda.founding_date:%d/%m/%Y}")
    yield from district_remarks(azienda)
    for name, message in (
        ("letterhead", Finding("La carta intestata è vuota: contratti e lettere escono senza intestazione.")),
        ("purpose", Finding("Lo scopo che lo statuto dà all'azienda non è scritto: le premesse lo citano soltanto.")),
        ("logo_path", Finding("Non c'è un logo per contratti e lettere.")),
    ):
        if not getattr(azienda, name):
            at = Place("azienda.logo", azienda.id) if name == "logo_path" else Place("azienda", azienda.id, name)
            yield Finding(message.message, at=at)


def _members(session: ScopedSession, members: list[Municipality], today: date) -> Iterator[Finding]:
    if not members:
        yield Finding("Nessun ente è socio oggi: registrare Comuni e unioni, e da quando aderiscono.",
                      level=Level.ERROR, at=Place("municipality.new", 0))
    if several(session):
        yield from _empty_districts(session, members, today)
    for one in _few([m for m in members if not m.populations]):
        yield Finding("Di %(name)s mancano i residenti: servono a ripartire i costi.", {"name": one.name},
                      at=Place("population", one.id))
    for one in members:
        for figure in (p for p in one.populations if p.on > today):
            yield Finding("I residenti di %(name)s sono quelli del %(day)s, che non è ancora arrivato: togliere il "
                          "dato e registrarlo con il suo giorno.", {"name": one.name, "day": f"{figure.on:%d/%m/%Y}"},
                          at=Place("municipality.record", one.id))
    for one in _few([m for m in members if not m.pec]):
        yield Finding("Di %(name)s manca la PEC.", {"name": one.name}, at=Place("municipality", one.id, "pec"))
    for one in members:
        for remark in gazetteer.remarks(one.name, one.istat or "", form=one.form):
            yield replace(remark, at=Place("municipality", one.id, "istat"))


def _empty_districts(session: ScopedSession, members: list[Municipality], today: date) -> Iterator[Finding]:
    lie_in = {district_of(session, member, today) for member in members}
    for district in all_districts(session):
        if district.is_open(today) and district not in lie_in:
            yield Finding("In %(district)s oggi non c'è alcun Comune: dire chi ne fa parte, o chiuderlo.",
                          {"district": district.name}, at=Place("district", district.id))


def _bodies(
    session: ScopedSession, azienda: Azienda | None, members: list[Municipality], today: date
) -> Iterator[Finding]:
    if azienda is None or not members:
        yield Finding("Prima si registrano l'azienda e i suoi soci: poi chi firma per ciascuno.", level=Level.ERROR)
    if azienda is not None and signer(azienda, CONTRACTS, today) is None:
        yield _lacks("Manca chi firma i contratti per l'azienda.", Place("signatory", azienda.id))
    for one in _few([m for m in members if signer(m, CONTRACTS, today) is None]):
        yield _lacks("Manca chi firma i contratti per %(name)s.", Place("signatory", one.id), name=one.name)
    if _count(session, Body) == 0:
        yield Finding("Nessun organo è registrato: si prendono dagli insiemi di partenza o si aggiungono.",
                      at=Place("body.new", 0))


def _areas(session: ScopedSession) -> Iterator[Finding]:
    areas = session.scalars(select(Area).options(selectinload(Area.sectors)).order_by(Area.order)).all()
    if not areas:
        yield Finding("Nessuna area è aperta: il contratto elenca i servizi per area e settore.", level=Level.ERROR,
                      at=Place("area.new", 0))
    elif not any(area.sectors for area in areas):
        yield Finding("Nessuna area ha un settore: aprirne uno.", level=Level.ERROR,
                      at=Place("sector.new", areas[0].id))
    for area in areas:
        if not area.responsible:
            yield Finding("L'area «%(title)s» non ha un responsabile.", {"title": area.title},
                          at=Place("area.edit", area.id, "responsible"))
        for sector in _few([s for s in area.sectors if not s.tasks]):
            yield Finding("Il settore «%(title)s» non dice i propri compiti.", {"title": sector.title},
                          at=Place("sector", sector.id, "tasks"))


def _services(services: list[Service]) -> Iterator[Finding]:
    if not services:
        yield Finding("Nessun servizio è nel catalogo: un contratto ne conferisce almeno uno.", level=Level.ERROR,
                      at=Place("service.new", 0))
    elif not any(service.cover_all or service.cover_district_id or service.coverage for service in services):
        yield _lacks("Nessun servizio copre un comune: dire per ciascuno quali copre.",
                     Place("service.coverage", services[0].id))
    for service in _few([s for s in services if not s.standing_sheets]):
        yield Finding("«%(title)s» non ha una scheda operativa: senza, il contratto non si firma.",
                      {"title": service.title}, at=Place("sheet.new", service.id))
    for service in _few([s for s in services if s.standing_sheets and not any(
            sheet.approved_on for sheet in s.standing_sheets)]):
        yield Finding("La scheda di «%(title)s» è una bozza: il contratto si firma dopo l'atto dell'Assemblea che "
                      "l'approva.", {"title": service.title}, source="R76",
                      at=Place("sheet.record", service.standing_sheets[-1].id))
    for service in _few([s for s in services if s.management_form is None]):
        yield Finding("Di «%(title)s» il catalogo non dice come si gestisce.", {"title": service.title}, source="R39",
                      at=Place("service.edit", service.id, "management_form"))


def _terms(session: ScopedSession, today: date) -> Iterator[Finding]:
    """An azienda is set up ahead of its year: what begins on a later day is there for the contracts of those days."""
    if not current(session, today):
        begins = session.scalar(select(func.min(ContractTerms.valid_from)).where(~ContractTerms.withdrawal.has()))
        if begins is None:
            yield Finding("Nessuna versione delle condizioni vale oggi: durata, rate, penali e foro si scrivono lì.",
                          level=Level.ERROR, at=Place("terms.new", 0))
        else:
            yield Finding("Le condizioni decorrono dal %(day)s: un contratto può decorrere da quel giorno in poi.",
                          {"day": f"{begins:%d/%m/%Y}"})
    charters = session.scalars(select(ServiceCharter)).all()
    held: list[District | None] = [one for one in all_districts(session) if one.is_open(today)]
    for district in held or [None]:
        if charter_in_force(charters, today, district) is None:
            yield _without_charter([c.valid_from for c in charters if c.valid_from > today],
                                   district if several(session) else None)


def _without_charter(to_come: list[date], district: District | None) -> Finding:
    """No charter holds today in a district, named where there are several; one of another day is only waited for."""
    if to_come:
        return Finding("La Carta dei servizi vale dal %(day)s: un contratto che decorre da quel giorno la richiama.",
                       {"day": f"{min(to_come):%d/%m/%Y}"})
    if district is None:
        return Finding("Nessuna Carta dei servizi vale oggi: il contratto la richiama.", level=Level.ERROR,
                       at=Place("charter.new", 0))
    return Finding("Per %(district)s nessuna Carta dei servizi vale oggi: il contratto la richiama.",
                   {"district": district.name}, level=Level.ERROR, at=Place("charter.new", 0))


def _users(session: ScopedSession) -> Iterator[Finding]:
    held = set(session.scalars(select(RoleGrant.role)))
    if Role.MANAGEMENT not in held:
        yield Finding("Nessuno ha il ruolo della direzione: è lei che prepara i contratti.", level=Level.ERROR,
                      at=Place("user.new", 0))
    if Role.ADMINISTRATOR not in held:
        yield Finding("Nessuno amministra il programma.", level=Level.ERROR, at=Place("user.new", 0))
    if Role.MUNICIPALITY not in held:
        yield Finding("Nessun socio ha ancora una persona che entra nel programma.", at=Place("user.new", 0))


def _few(rows: list[Row]) -> Iterator[Row]:
    return islice(rows, MOST_NAMED)
