"""What the azienda does: areas, sectors, services with their names and the municipalities that they cover, funding."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from core.catalogue import structure
from core.catalogue.agreements import add_agreement
from core.catalogue.model import Area, Coverage, Sector, Service, ServiceName
from core.catalogue.operations import set_coverage
from core.catalogue.succession import add_succession
from core.funding.model import FundingSource
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports.operations import Desk
from core.imports.start.bodies import NO_BODY
from core.imports.start.part import MUNICIPALITY, NO_DISTRICT, Facts, FilePart, coded, given, municipality_id, told
from core.parties.model import Body, District
from core.tables.cells import CellKind, Column, Sheet

AREA_KINDS = {"services": "Servizi", "system": "Sistema", "staff": "Staff"}
FORMS = {
    "direct": "Gestione diretta dell'azienda", "municipal": "Gestione diretta del Comune",
    "autonomous_initiative": "Iniziativa autonoma del territorio", "accreditation": "Concessione a terzi accreditati",
    "partnership": "Accordo di collaborazione o partenariato", "contract": "Affidamento a terzi con contratto",
}
NO_AREA = RuleBroken("«%(code)s» non è il codice di un'area: scriverla prima tra le aree.", field="area")
NO_SECTOR = RuleBroken("«%(code)s» non è il codice di un settore: scriverlo prima tra i settori.", field="sectors")
NO_SERVICE = RuleBroken("«%(code)s» non è il codice di un servizio: scriverlo prima tra i servizi.", field="service")
NO_PREDECESSOR = RuleBroken(NO_SERVICE.message, field="predecessor")
NO_OWNER = RuleBroken("«%(code)s» non è il codice di un organo o di un ente: scriverlo prima tra gli organi.",
                      field="function_owner")
NO_DECLARING = RuleBroken(NO_OWNER.message, field="essential_body")
NO_COVERED = RuleBroken(NO_DISTRICT.message, field="cover_district")
SERVICE = Column("service", "Servizio", help="Il codice di un servizio.", example="assistenza_domiciliare")

AREAS_SHEET = Sheet("areas", "Aree", (
    Column("code", "Codice", example="1"),
    Column("title", "Titolo", example="Servizi alla persona"),
    Column("kind", "Tipo", CellKind.CHOICE, choices=AREA_KINDS, example="Servizi"),
    Column("responsible", "Responsabile", required=False, example="Direttore generale"),
    Column("description", "Descrizione", CellKind.PROSE, required=False),
), about="Le aree dell'azienda, nell'ordine del contratto.")

SECTORS_SHEET = Sheet("sectors", "Settori", (
    Column("code", "Codice", help="Lettere minuscole, cifre e trattini bassi.", example="anziani"),
    Column("area", "Area", help="Il codice di un'area.", example="1"),
    Column("title", "Titolo", example="Anziani"),
    Column("heading", "Intestazione", required=False, help="Come compare nel contratto; se manca, il titolo.",
           example="Settore anziani"),
    Column("description", "Descrizione", CellKind.PROSE, required=False),
    Column("tasks", "Compiti", CellKind.LINES, required=False),
), about="I settori delle aree, nell'ordine del contratto.")

SERVICES_SHEET = Sheet("services", "Servizi", (
    Column("code", "Codice", help="Lettere minuscole, cifre e trattini bassi; quello del plugin, se ne ha uno.",
           example="assistenza_domiciliare"),
    Column("title", "Servizio", example="Assistenza domiciliare"),
    Column("sectors", "Settori", CellKind.LINES, help="I codici dei settori in cui sta.", example="anziani"),
    Column("places", "Posti nei settori", CellKind.LINES, required=False,
           help="Il posto in ciascun settore, nello stesso ordine; se manca, dopo gli altri."),
    Column("summary", "In una riga", required=False, help="Che cosa offre, come lo leggerebbe un cittadino."),
    Column("entry", "Voce dell'elenco dei servizi", CellKind.PROSE, required=False, help="Se manca: il nome."),
    Column("managing_unit", "Unità che lo gestisce", required=False),
    Column("recipients", "Destinatari", CellKind.PROSE, required=False),
    Column("cost_to_user", "Costo per l'utenza", CellKind.PROSE, required=False),
    Column("management_form", "Forma di gestione", CellKind.CHOICE, required=False, choices=FORMS),
    Column("essential_level", "Livello essenziale", CellKind.YES_NO, required=False),
    Column("essential_body", "Organo che lo dichiara tale", required=False, help="Il codice di un organo.",
           example="mayors"),
    Column("essential_number", "Numero dell'atto che lo dichiara", required=False, example="n. 12"),
    Column("essential_on", "Data dell'atto che lo dichiara", CellKind.DAY, required=False, example="15/03/2024"),
    Column("function_owner", "Titolare della funzione", required=False,
           help="Il codice di un ente, se la legge dà la funzione a un altro; se manca: i Comuni.",
           example="provincia"),
    Column("cover_all", "Copre tutti i Comuni soci", CellKind.YES_NO, required=False),
    Column("cover_district", "Copre i Comuni soci di un solo distretto", required=False,
           help="Il codice del distretto, dove sono più d'uno.", example="ambito-della-valle"),
    Column("cover_assumed", "Copertura presunta", CellKind.YES_NO, required=False),
    Column("source", "Fonte", required=False),
    Column("valid_from", "Dal", CellKind.DAY, required=False),
    Column("valid_to", "Fino al", CellKind.DAY, required=False),
), about="I servizi del catalogo, nell'ordine del contratto.")

NAMES_SHEET = Sheet("service_names", "Altri nomi dei servizi", (
    SERVICE, Column("name", "Nome", example="Servizio di aiuto domestico"),
    Column("valid_from", "Dal", CellKind.DAY, required=False),
    Column("valid_to", "Fino al", CellKind.DAY, required=False),
), about="Come un servizio si chiamava in altri giorni.")

SUCCESSIONS_SHEET = Sheet("service_successions", "Servizi che si succedono", (
    SERVICE,
    Column("predecessor", "Servizio di cui ha preso il posto", help="Il codice di un servizio.", example="home_meals"),
    Column("since", "Dal", CellKind.DAY, required=False, example="01/01/2020"),
    Column("reason", "Perché", CellKind.PROSE, example="Si occupa anche della spesa"),
), about="Un servizio che cambia ciò che fa è un altro servizio; possono mancare.")

AGREEMENTS_SHEET = Sheet("service_agreements", "Accordi dei servizi", (
    SERVICE,
    Column("body", "Ente", help="Il codice dell'ente, tra gli organi.", example="provincia"),
    Column("title", "Accordo", help="Come va citato.", example="Convenzione n. 12"),
    Column("signed_on", "Firmato il", CellKind.DAY, required=False, example="20/12/2024"),
    Column("valid_from", "Dal", CellKind.DAY, example="01/01/2025"),
    Column("valid_to", "Fino al", CellKind.DAY, required=False, example="31/12/2027"),
), about="Gli accordi con altri enti su cui i servizi poggiano; possono mancare.")

COVERAGE_SHEET = Sheet("coverage", "Coperture", (
    SERVICE, MUNICIPALITY,
    Column("valid_from", "Dal", CellKind.DAY, example="01/01/2026"),
    Column("valid_to", "Fino al", CellKind.DAY, required=False),
), about="Quali comuni un servizio copre, se non li copre tutti.")

FUNDING_SHEET = Sheet("funding_sources", "Fonti di finanziamento", (
    Column("code", "Codice", example="quote_comuni"),
    Column("title", "Fonte", CellKind.PROSE, example="Quote dei Comuni"),
    Column("laws", "Norme", CellKind.LINES, required=False),
    Column("studied", "Allo studio", CellKind.YES_NO, required=False),
), about="Da che cosa si pagano i servizi.")


def _area(desk: Desk, facts: Facts) -> str:
    return structure.add_area(desk.session, given(facts)).title


def _sector(desk: Desk, facts: Facts) -> str:
    area = coded(desk, Area, facts["area"], NO_AREA)
    return structure.add_sector(desk.session, {**given(facts, "area"), "area_id": area.id}).title


def _service(desk: Desk, facts: Facts) -> str:
    sectors = [coded(desk, Sector, code, NO_SECTOR) for code in facts["sectors"]]
    bodies = {f"{name}_id": _body(desk, facts[name], refusal)
              for name, refusal in (("function_owner", NO_OWNER), ("essential_body", NO_DECLARING))}
    own = {**given(facts, "sectors", "places", "function_owner", "essential_body", "cover_district"), **bodies,
           "cover_district_id": _lying(desk, facts)}
    service = structure.add_service(desk.session, own, [row.id for row in sectors])
    if facts["places"] is not None:
        _put(desk, service, sectors, facts["places"])
    return service.title


def _body(desk: Desk, code: str | None, refusal: RuleBroken) -> int | None:
    return coded(desk, Body, code, refusal).id if code else None


def _lying(desk: Desk, facts: Facts) -> int | None:
    code = facts["cover_district"]
    return coded(desk, District, code, NO_COVERED).id if code else None


def _put(desk: Desk, service: Service, sectors: list[Sector], places: tuple[str, ...]) -> None:
    if len(places) != len(sectors) or not all(place.isascii() and place.isdigit() and len(place) < 6
                                              for place in places):
        raise RuleBroken("Scrivere un numero per ogni settore, nello stesso ordine.", field="places")
    wanted = {sector.id: int(place) for sector, place in zip(sectors, places, strict=True)}
    for held in service.sectors:
        held.order = wanted[held.sector_id]
    desk.session.flush()


def _name(desk: Desk, facts: Facts) -> str:
    service = coded(desk, Service, facts["service"], NO_SERVICE)
    service.names.append(ServiceName(**given(facts, "service")))
    return str(facts["name"])


def _succession(desk: Desk, facts: Facts) -> str:
    service = coded(desk, Service, facts["service"], NO_SERVICE)
    before = coded(desk, Service, facts["predecessor"], NO_PREDECESSOR)
    return str(add_succession(desk.session, {**given(facts, "service", "predecessor"), "service_id": service.id,
                                             "predecessor_id": before.id}))


def _agreement(desk: Desk, facts: Facts) -> str:
    service, body = coded(desk, Service, facts["service"], NO_SERVICE), coded(desk, Body, facts["body"], NO_BODY)
    return add_agreement(desk.session, {**given(facts, "service", "body"), "service_id": service.id,
                                        "body_id": body.id}, today=desk.today).title


def _covered(desk: Desk, facts: Facts) -> str:
    service = coded(desk, Service, facts["service"], NO_SERVICE)
    set_coverage(desk.session, service.id, municipality_id(desk, facts), facts["valid_from"], facts["valid_to"])
    return f"{service.title}, {facts['municipality']}"


def _source(desk: Desk, facts: Facts) -> str:
    if desk.session.scalars(select(FundingSource.id).where(FundingSource.code == facts["code"])).first():
        raise RuleBroken("Il codice «%(code)s» è già di un'altra fonte.", field="code", code=facts["code"])
    order = len(desk.session.scalars(select(FundingSource.id)).all()) + 1
    desk.session.add(FundingSource(**given(facts), order=order))
    return str(facts["title"])


def _areas(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(Area).order_by(Area.order, Area.id)):
        yield told(AREAS_SHEET, row)


def _sectors(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(Sector).order_by(Sector.order, Sector.id)):
        yield told(SECTORS_SHEET, row, area=row.area.code)


def _all(session: ScopedSession) -> list[Service]:
    return list(session.scalars(select(Service).order_by(Service.order, Service.id)))


def _services(session: ScopedSession) -> Iterator[Facts]:
    for row in _all(session):
        held = sorted(row.sectors, key=lambda place: place.sector_id)
        yield told(SERVICES_SHEET, row, sectors=tuple(place.sector.code for place in held),
                   places=tuple(str(place.order) for place in held),
                   function_owner=row.function_owner.code if row.function_owner else None,
                   essential_body=row.essential_body.code if row.essential_body else None,
                   cover_district=row.cover_district.code if row.cover_district else None)


def _names(session: ScopedSession) -> Iterator[Facts]:
    for service in _all(session):
        for row in service.names:
            yield told(NAMES_SHEET, row, service=service.code)


def _successions(session: ScopedSession) -> Iterator[Facts]:
    for service in _all(session):
        for row in service.follows:
            yield told(SUCCESSIONS_SHEET, row, service=service.code, predecessor=row.predecessor.code)


def _agreements(session: ScopedSession) -> Iterator[Facts]:
    for service in _all(session):
        for row in service.agreements:
            yield told(AGREEMENTS_SHEET, row, service=service.code, body=row.body.code)


def _coverage(session: ScopedSession) -> Iterator[Facts]:
    for service in _all(session):
        for row in session.scalars(select(Coverage).where(Coverage.service_id == service.id).order_by(
                Coverage.municipality_id, Coverage.valid_from)):
            yield told(COVERAGE_SHEET, row, service=service.code, municipality=row.municipality.name)


def _sources(session: ScopedSession) -> Iterator[Facts]:
    for row in session.scalars(select(FundingSource).order_by(FundingSource.order, FundingSource.id)):
        yield told(FUNDING_SHEET, row)


PARTS = (
    FilePart(AREAS_SHEET, _area, _areas), FilePart(SECTORS_SHEET, _sector, _sectors),
    FilePart(SERVICES_SHEET, _service, _services), FilePart(NAMES_SHEET, _name, _names),
    FilePart(SUCCESSIONS_SHEET, _succession, _successions),
    FilePart(AGREEMENTS_SHEET, _agreement, _agreements),
    FilePart(COVERAGE_SHEET, _covered, _coverage), FilePart(FUNDING_SHEET, _source, _sources),
)
