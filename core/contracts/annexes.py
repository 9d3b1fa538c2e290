"""The annexes of a contract: a cover by area and sector, the sheet of each service, the things entrusted last.

All is made from the records (R120, X25). A sheet that serves two services is printed once and names both (X12).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from core.catalogue.agreements import holding, in_words
from core.catalogue.model import OperationalSheet, Service, ServiceSector
from core.catalogue.printed import standing
from core.catalogue.rules import sheet_of
from core.catalogue.sheets import blocks_of
from core.contracts import context as doc
from core.contracts.asset_blocks import ANNEX_TITLE, annex_blocks
from core.contracts.model import Contract, EntrustedAsset
from core.documents import words
from core.documents.blocks import Block, Heading, KeyValues, Paragraph, Table
from core.documents.grammar import joined
from core.plugins.loading import Registry

NO_SHEET = "La scheda operativa di questo servizio non è ancora stata redatta."
NOT_WRITTEN = "non ancora redatta"
BESIDE = "Beni affidati"
COLUMNS, WIDTHS = ("Allegato n.", "Servizio", "Scheda operativa"), (2, 9, 6)
MANAGEMENT_FORMS = {
    "direct": "gestione diretta dell'Azienda",
    "municipal": "gestione diretta del Comune",
    "autonomous_initiative": "iniziativa autonoma del territorio",
    "accreditation": "concessione a terzi accreditati",
    "partnership": "accordo di collaborazione o partenariato",
    "contract": "affidamento a terzi con contratto",
}


@dataclass(frozen=True, eq=False)
class BoundAnnex:
    """What is bound to a contract under one number: a sheet with the services conferred that it describes."""

    number: int
    services: tuple[Service, ...]
    sheet: OperationalSheet | None

    def title_on(self, day: date) -> str:
        """The names of its services on ``day``, in the order of art. 9."""
        return "; ".join(service.name_on(day) for service in self.services)


def conferred(contract: Contract) -> list[Service]:
    """The services conferred, each once, in the order of art. 9: by area, sector and place in it."""
    return sorted({given.service for given in contract.conferrals}, key=_first_place)


def _first_place(service: Service) -> tuple[tuple[int, int, int], int]:
    return min(map(_order, service.sectors), default=(0, 0, 0)), service.order


def _order(place: ServiceSector) -> tuple[int, int, int]:
    return place.sector.area.order, place.sector.order, place.order


def bound(contract: Contract) -> list[BoundAnnex]:
    """The annexes of a contract that describe its services, numbered in the order of art. 9."""
    together: dict[object, list[Service]] = {}
    sheets: dict[object, OperationalSheet | None] = {}
    for service in conferred(contract):
        sheet = sheet_of(service, contract.starts_on.year)
        key = service if sheet is None else sheet
        together.setdefault(key, []).append(service)
        sheets[key] = sheet
    return [BoundAnnex(number, tuple(services), sheets[key])
            for number, (key, services) in enumerate(together.items(), start=1)]


def numbers_of(annexes: Sequence[BoundAnnex]) -> dict[int, int]:
    """The number of the annex that describes each service, by the key of the service."""
    return {service.id: annex.number for annex in annexes for service in annex.services}


# --- what is printed --------------------------------------------------------------------------------------


def cover(annexes: Sequence[BoundAnnex], day: date, assets: int | None = None) -> tuple[Block, ...]:
    """The page before the annexes: what is bound to the contract, by area and sector (R120, X25).

    A service that stands in two sectors is listed in both, under one number. ``assets``: the number of the annex of
    the things entrusted, if there is one.
    """
    lines = sorted(((place, annex) for annex in annexes for service in annex.services for place in service.sectors),
                   key=lambda line: (*_order(line[0]), line[1].number))
    beside = () if assets is None else (Heading(BESIDE), Table(COLUMNS, ((str(assets), ANNEX_TITLE, ""),), WIDTHS))
    return (*_groups(lines, day), *beside)


def _groups(lines: Sequence[tuple[ServiceSector, BoundAnnex]], day: date) -> Iterator[Block]:
    for area, of_area in groupby(lines, key=lambda line: line[0].sector.area):
        yield Heading(f"Area {area.code} – {area.title}")
        for sector, of_sector in groupby(of_area, key=lambda line: line[0].sector):
            yield Heading(sector.heading or sector.title, 2)
            yield Table(COLUMNS, tuple(_line(annex, place.service.name_on(day)) for place, annex in of_sector), WIDTHS)


def _line(annex: BoundAnnex, name: str) -> tuple[str, str, str]:
    """Number, service and sheet; the title of the sheet where it is not the name of the service."""
    if annex.sheet is None:
        return str(annex.number), name, NOT_WRITTEN
    title = "" if annex.sheet.title == name else f"{annex.sheet.title}, "
    return str(annex.number), name, f"{title}edizione {annex.sheet.edition}"


def printed(annexes: Sequence[BoundAnnex], day: date, registry: Registry, names: Mapping[str, str],
            assets: Sequence[EntrustedAsset] = ()) -> Iterator[doc.Annex]:
    """The annexes as the document has them. RuleBroken if a plugin cannot say its part of one."""
    for annex in annexes:
        yield _annex(annex, day, registry, names)
    if assets:
        yield doc.Annex(len(annexes) + 1, (), ANNEX_TITLE, tuple(annex_blocks(assets)))


def _annex(annex: BoundAnnex, day: date, registry: Registry, names: Mapping[str, str]) -> doc.Annex:
    codes, title = tuple(service.code for service in annex.services), annex.title_on(day)
    if annex.sheet is None:
        return doc.Annex(annex.number, codes, title, tuple(_catalogue_page(annex.services[0], day)))
    plugin = registry.get(annex.sheet.plugin) if annex.sheet.plugin else None
    return doc.Annex(
        number=annex.number,
        service_codes=codes,
        title=title,
        blocks=(*_opening(annex, day), *blocks_of(annex.sheet, plugin, names)),
        sheet_title=annex.sheet.title if annex.sheet.title != title else None,
        standing=standing(annex.sheet, codes[0]),
    )


def _opening(annex: BoundAnnex, day: date) -> Iterator[Block]:
    """That one sheet describes several services; on what each stands."""
    if len(annex.services) > 1:
        named = joined([f"«{service.name_on(day)}»" for service in annex.services])
        yield Paragraph(f"Questa scheda descrive più servizi: {named}.")
    for service in annex.services:
        yield from _standing(service, day)


def _standing(service: Service, day: date) -> Iterator[Block]:
    """Whose function a service is and by which agreement it is run, where it is not the municipalities' own (R131)."""
    facts = [("Titolare della funzione", service.function_owner.name_on(day))] if service.function_owner else []
    facts += [("Accordo", in_words(agreement, day)) for agreement in holding(service, day)]
    if facts:
        yield KeyValues(tuple(facts))


def _catalogue_page(service: Service, day: date) -> Iterator[Block]:
    """The one page of a service that has no sheet yet: what the catalogue knows of it (X12)."""
    facts = {
        "Servizio": service.entry_on(day),
        "Settore": ", ".join(place.sector.title for place in service.sectors),
        "Unità che gestisce": service.managing_unit,
        "Destinatari": service.recipients,
        "Costo per l'utenza": service.cost_to_user,
        "Forma di gestione": MANAGEMENT_FORMS.get(service.management_form or "", ""),
    }
    yield KeyValues(tuple((label, value) for label, value in facts.items() if value))
    yield from _standing(service, day)
    yield Paragraph(NO_SHEET, "note")


def forms_of(annexes: Sequence[BoundAnnex]) -> Iterator[doc.ManagementForm]:
    """The forms of management of the services conferred, in the order in which the catalogue knows them."""
    for form, title in (*MANAGEMENT_FORMS.items(), (None, words.BLANK)):
        numbers = [str(annex.number) for annex in annexes
                   if any(service.management_form == form for service in annex.services)]
        if numbers:
            yield doc.ManagementForm(title, tuple(numbers))
