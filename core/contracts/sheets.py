"""The sheets that a contract annexes (R31): without one a draft prints what the catalogue knows, and is not signed."""

from __future__ import annotations

from collections.abc import Iterator

from core.catalogue.model import Service
from core.catalogue.rules import sheet_of
from core.contracts.model import Contract
from core.ground.errors import Place, RuleBroken


def without_sheet(contract: Contract) -> list[Service]:
    """The services conferred without a sheet in the year of the contract, or with an empty one, as art. 9 has them."""
    return sorted(set(_lacking(contract)), key=lambda service: service.order)


def require_sheets(contract: Contract) -> None:
    """RuleBroken, naming the services, for a contract whose annexes lack a sheet (R31, X12)."""
    if lacking := without_sheet(contract):
        raise RuleBroken("Prima della firma mancano le schede operative di: %(names)s. Scriverle nelle pagine dei "
                         "servizi, poi generare di nuovo il testo; oppure togliere i servizi dal contratto.",
                         field="services", names="; ".join(f"«{service.title}»" for service in lacking)).mended(
            _where(lacking[0]))


def _where(service: Service) -> Place:
    return Place("sheet", service.sheets[-1].id, "mission") if service.sheets else Place("sheet.new", service.id)


def _lacking(contract: Contract) -> Iterator[Service]:
    for given in contract.conferrals:
        sheet = sheet_of(given.service, contract.year)
        if sheet is None or not (sheet.mission.strip() or sheet.activities):
            yield given.service
