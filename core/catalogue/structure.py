"""What an office opens, corrects, renames and closes in its catalogue: areas, sectors, services (R41-R55)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import func, or_, select

from core.catalogue.model import Area, Sector, Service, ServiceName, ServiceSector
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take, touch
from core.ground.errors import Place, RuleBroken
from core.ground.required import require_text
from core.ground.upward import Upward
from core.parties.districts import district_ends
from core.parties.model import Body, District
from core.parties.rules import former_period, period, slug_of
from core.plugins.loading import Registry

Facts = Mapping[str, Any]
Row = TypeVar("Row", Area, Sector, Service)

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
AREA = frozenset({"code", "title", "kind", "responsible", "description", "order"})
SECTOR = frozenset({"area_id", "code", "title", "heading", "description", "tasks", "order"})
SERVICE = frozenset({
    "code", "title", "managing_unit", "recipients", "cost_to_user", "management_form", "essential_level", "entry",
    "source", "cover_all", "cover_assumed", "order", "valid_from", "valid_to", "function_owner_id",
    "cover_district_id", "summary", "essential_body_id", "essential_number", "essential_on",
})
AREA_KINDS = frozenset({"services", "system", "staff"})
MANAGEMENT_FORMS = frozenset({
    "direct", "municipal", "autonomous_initiative", "accreditation", "partnership", "contract",
})
CODE = re.compile(r"[a-z][a-z0-9_]*")
LONGEST_CODE = 60

# what stands above the catalogue says whether a service may end on its last day: it raises RuleBroken if not
service_ends: Upward[[ScopedSession, Service], None] = Upward()


# --- areas and sectors ------------------------------------------------------------------------------------


def add_area(session: ScopedSession, facts: Facts) -> Area:
    """Open an area; without a place it comes last. RuleBroken without code or title, for a code that is taken."""
    session.principal.require(*EDITORS)
    return _added(session, _checked_area(session, take(Area(), facts, AREA)))


def edit_area(session: ScopedSession, area_id: int, facts: Facts, *, version: int) -> Area:
    """Correct an area. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    return _checked_area(session, take(at_version(session.require(Area, area_id), version), facts, AREA))


def _checked_area(session: ScopedSession, area: Area) -> Area:
    area.code = require_text(area.code, "Indicare il codice dell'area, per esempio «1».", field="code")
    area.title = require_text(area.title, "Indicare il titolo dell'area.", field="title")
    _require_free_code(session, area)
    if area.kind not in AREA_KINDS:
        raise RuleBroken("Scegliere una voce dell'elenco.", field="kind")
    return area


def add_sector(session: ScopedSession, facts: Facts) -> Sector:
    """Open a sector of an area, or a unit of the system or staff area (R42-R48). RuleBroken as for an area."""
    session.principal.require(*EDITORS)
    return _added(session, _checked_sector(session, take(Sector(), facts, SECTOR)))


def edit_sector(session: ScopedSession, sector_id: int, facts: Facts, *, version: int) -> Sector:
    """Correct a sector, or move it to another area. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    return _checked_sector(session, take(at_version(session.require(Sector, sector_id), version), facts, SECTOR))


def _checked_sector(session: ScopedSession, sector: Sector) -> Sector:
    sector.title = require_text(sector.title, "Indicare il titolo del settore.", field="title")
    sector.heading = (sector.heading or "").strip() or sector.title
    sector.code = _code(sector.code, sector.title)
    _require_free_code(session, sector)
    if sector.area_id is None:
        raise RuleBroken("Un settore sta in un'area: sceglierla. Se non c'è ancora, aprirla prima.", field="area_id")
    session.require(Area, sector.area_id)
    return sector


# --- services ---------------------------------------------------------------------------------------------


def add_service(session: ScopedSession, facts: Facts, sector_ids: Sequence[int],
                registry: Registry | None = None) -> Service:
    """Open a service in one sector or more. Its code stays: plugins, sheets and figures know it by it.

    Its plugin in ``registry`` says how the service was called in other days. RuleBroken without a title,
    for a code that is taken or cannot be, without a sector.
    """
    session.principal.require(*EDITORS)
    _require_sectors(sector_ids)
    service = _checked_service(session, take(Service(), facts, SERVICE))
    plugin = None if registry is None else registry.of_service(service.code)
    if plugin is not None:  # a name without a last day is the one of today
        service.names = [ServiceName(name=former.name, valid_from=former.valid_from, valid_to=former.valid_to)
                         for former in plugin.names if former.valid_to is not None and former.name != service.title]
    _place(session, _added(session, service), sector_ids)
    return service


def edit_service(
    session: ScopedSession, service_id: int, facts: Facts, sector_ids: Sequence[int], *, version: int
) -> Service:
    """Correct a service, or say from when and until when contracts take it up.

    RuleBroken as for a new one, for a stale form, for another code once it stands, and if it would end while a
    contract confers it.
    """
    session.principal.require(*EDITORS)
    _require_sectors(sector_ids)
    service = at_version(session.require(Service, service_id), version)
    code = service.code
    _checked_service(session, take(service, facts, SERVICE))
    if service.code != code:
        raise RuleBroken("Il codice di un servizio non cambia: schede, plugin ed esportazioni lo conoscono così. "
                         "Lasciare «%(code)s».", field="code", code=code)
    if service.valid_to is not None:
        service_ends.tell(session, service)
    _place(session, service, sector_ids)
    return touch(session, service, "title")


def rename_service(session: ScopedSession, service_id: int, title: str, *, on: date, version: int) -> Service:
    """Give a service another name from the day ``on``; before it, the name that it had stays.

    RuleBroken for the same name or none, for a day that is not after the last change, for a stale form.
    """
    session.principal.require(*EDITORS)
    service = at_version(session.require(Service, service_id), version)
    title = require_text(title, "Indicare il nuovo nome del servizio.", field="title")
    if title == service.title:
        raise RuleBroken("Il servizio si chiama già così.", field="title")
    service.names.append(ServiceName(name=service.title, **former_period(service.names, on)))
    if service.entry == service.title:  # nobody wrote it otherwise: it follows the name
        service.entry = title
    service.title = title
    session.flush()
    return service


def _checked_service(session: ScopedSession, service: Service) -> Service:
    service.title = require_text(service.title, "Indicare il nome del servizio.", field="title")
    service.code = _code(service.code, service.title)
    _require_free_code(session, service)
    service.entry = require_text(service.entry or service.title, "Indicare la voce dell'elenco.", field="entry")
    if service.management_form is not None and service.management_form not in MANAGEMENT_FORMS:
        raise RuleBroken("Scegliere una voce dell'elenco.", field="management_form")
    period(service.valid_from, service.valid_to)
    for body_id in (service.function_owner_id, service.essential_body_id):
        if body_id is not None:
            session.require(Body, body_id)
    service.summary, service.essential_number = (" ".join((text or "").split())
                                                 for text in (service.summary, service.essential_number))
    if not service.essential_level and (service.essential_number or service.essential_on or service.essential_body_id):
        raise RuleBroken("È indicato un atto che dichiara il servizio livello essenziale: segnare anche «Livello "
                         "essenziale», o togliere l'atto.", field="essential_level")
    if service.cover_district_id is not None:
        with session.no_autoflush:
            session.require(District, service.cover_district_id)
        if service.cover_all:
            raise RuleBroken("Il servizio copre tutti i Comuni soci, o quelli di un distretto: scegliere una delle due "
                             "cose.", field="cover_district_id")
    return service


@district_ends
def _require_uncovered(session: ScopedSession, district: District) -> None:
    """RuleBroken for a district that ends while a service covers it."""
    last = district.valid_to
    query = select(Service).where(Service.cover_district_id == district.id, or_(
        Service.valid_to.is_(None), Service.valid_to > last))
    for service in session.scalars(query.order_by(Service.order, Service.id).limit(1)):
        raise RuleBroken("«%(service)s» copre %(district)s anche dopo il %(day)s: dire prima quali Comuni copre, o "
                         "chiuderlo.", field="valid_to", service=service.title, district=district.name,
                         day=f"{last:%d/%m/%Y}").mended(Place("service.edit", service.id, "cover_district_id"))


def _require_sectors(sector_ids: Collection[int]) -> None:
    if not sector_ids:
        raise RuleBroken("Scegliere almeno un settore: è lì che il contratto elenca il servizio. Se non ce ne sono, "
                         "aprire prima un'area e un settore.", field="sector_ids")


def _place(session: ScopedSession, service: Service, sector_ids: Collection[int]) -> None:
    """Put the service last in each new sector, and leave it at its place where it is."""
    here = {place.sector_id: place for place in service.sectors}
    for key in here.keys() - set(sector_ids):
        service.sectors.remove(here[key])
        session.delete(here[key])
    for key in dict.fromkeys(sector_ids):
        if key not in here:
            sector = session.require(Sector, key)
            last = max((place.order for place in sector.entries), default=0)
            session.add(ServiceSector(service=service, sector=sector, order=last + 1))
    session.flush()


# --- the common part --------------------------------------------------------------------------------------


def next_order(session: ScopedSession, kind: type[Row]) -> int:
    """The place after the last one."""
    return (session.scalar(select(func.max(kind.order))) or 0) + 1


def _added(session: ScopedSession, row: Row) -> Row:
    with session.no_autoflush:
        row.order = row.order or next_order(session, type(row))
    session.add(row)
    session.flush()
    return row


def _code(typed: str | None, title: str) -> str:
    """The code of a row, made of its title where nobody typed one. RuleBroken for one that is not plain letters."""
    code = (typed or "").strip() or slug_of(title).replace("-", "_")[:LONGEST_CODE].strip("_")
    if not CODE.fullmatch(code) or len(code) > LONGEST_CODE:
        raise RuleBroken("Il codice «%(code)s» non va bene: lettere minuscole senza accenti, cifre e trattini bassi, "
                         "cominciando da una lettera; per esempio «centro_affidi».", field="code", code=code)
    return code


def _require_free_code(session: ScopedSession, row: Row) -> None:
    kind = type(row)
    with session.no_autoflush:  # the row itself is not to be written before it has been judged
        others = session.scalars(select(kind).where(kind.code == row.code, kind.id.is_distinct_from(row.id)))
        held = others.first()
    if held is not None:
        raise RuleBroken("Il codice «%(code)s» è già di «%(title)s»: sceglierne un altro.", field="code", code=row.code,
                         title=held.title)
