"""The sheets that a contract annexes (R31): without one a draft prints what the catalogue knows, and is not signed.

Nor is it with one that the Assembly has not approved by then (R76): a draft prints that it is one (R1).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from core.catalogue.editions import approval_ends
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.rules import sheet_of
from core.contracts.model import Conferral, Contract
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken


def without_sheet(contract: Contract) -> list[Service]:
    """The services conferred without a sheet in the year of the contract, or with an empty one, as art. 9 has them."""
    return sorted(set(_lacking(contract)), key=lambda service: service.order)


def unapproved(contract: Contract, day: date) -> list[OperationalSheet]:
    """The sheets that the contract annexes and that the Assembly had not approved on ``day`` (R76), as art. 9 has them.
    """
    services = sorted({given.service for given in contract.conferrals}, key=lambda service: service.order)
    found = [sheet for service in services if (sheet := sheet_of(service, contract.year)) is not None]
    return list(dict.fromkeys(sheet for sheet in found if sheet.approved_on is None or sheet.approved_on > day))


def require_sheets(contract: Contract, signed_on: date) -> None:
    """RuleBroken, naming them, for a contract that lacks a sheet, or annexes one not approved on that day (R31, R76).
    """
    if lacking := without_sheet(contract):
        raise RuleBroken("Prima della firma mancano le schede operative di: %(names)s. Scriverle nelle pagine dei "
                         "servizi, poi generare di nuovo il testo; oppure togliere i servizi dal contratto.",
                         field="services", names="; ".join(f"«{service.title}»" for service in lacking)).mended(
            _where(lacking[0]))
    if drafts := unapproved(contract, signed_on):
        raise RuleBroken("Il %(day)s l'Assemblea non aveva approvato queste schede: %(names)s. Registrare nella pagina "
                         "di ciascuna l'atto che la approva, e preparare di nuovo il testo da firmare.",
                         field="services", day=f"{signed_on:%d/%m/%Y}",
                         names="; ".join(f"«{sheet}»" for sheet in drafts)).mended(Place("sheet.record", drafts[0].id))


@approval_ends
def _require_unsigned(session: ScopedSession, sheet: OperationalSheet) -> None:
    """RuleBroken for the approval of a sheet that a signed contract annexes."""
    signed = select(Contract).where(Contract.signed_on.is_not(None), Contract.year >= sheet.edition,
                                    Contract.conferrals.any(Conferral.service_id.in_(
                                        service.id for service in sheet.services)))
    for contract in session.scalars(signed.order_by(Contract.id)):
        if any(sheet_of(given.service, contract.year) is sheet for given in contract.conferrals):
            raise RuleBroken("La scheda è allegata al contratto firmato n. %(code)s: resta com'è. Ciò che cambia si "
                             "scrive in una nuova edizione.", code=contract.code)


def _where(service: Service) -> Place:
    held = service.standing_sheets
    return Place("sheet", held[-1].id, "mission") if held else Place("sheet.new", service.id)


def _lacking(contract: Contract) -> Iterator[Service]:
    for given in contract.conferrals:
        sheet = sheet_of(given.service, contract.year)
        if sheet is None or not (sheet.mission.strip() or sheet.activities):
            yield given.service
