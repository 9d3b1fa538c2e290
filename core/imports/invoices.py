"""The import of invoices: number, day and SdI identifier on instalments that are there, from the accounting program."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.imports import finding
from core.imports.operations import Desk, Import
from core.instalments.invoices import set_invoice
from core.instalments.model import Instalment
from core.tables.cells import CellKind, Column, Sheet

OFFICE = (Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM)

INVOICE = (
    Column("number", "Fattura n.", example="12/PA"),
    Column("on", "Data della fattura", CellKind.DAY, example="15/01/2026"),
    Column("sdi_id", "Identificativo SdI", required=False, example="7652341290",
           help="Il numero che il Sistema di Interscambio dà alla fattura."),
)
INVOICES_SHEET = Sheet(
    "invoices", "Fatture",
    (
        Column("instalment", "Rata", help="Numero e anno della rata.", example="12/2026"),
        Column("municipality", "Comune", example="Dresano",
               help="Il nome come nell'elenco dei comuni, o il codice ISTAT: controlla che la rata sia la sua."),
        *INVOICE,
    ),
    about="Le fatture delle rate: una riga per rata. Una fattura può essere di più rate dello stesso ente.",
)


def apply_invoice(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Record the invoice of an instalment. RuleBroken if it is not there, another's, or has another invoice."""
    number, year = finding.code(facts["instalment"], field="instalment")
    held = desk.known(f"instalments by number {year}", lambda: _numbered(desk.session, year))
    if number not in held:
        raise RuleBroken("La rata n. %(code)s non c'è: controllare numero e anno.", field="instalment",
                         code=f"{number}/{year}")
    key, municipality_id, invoice = held[number]
    if finding.municipality(desk, facts["municipality"]) != municipality_id:
        raise RuleBroken("La rata n. %(code)s è di un altro ente: controllare numero ed ente.", field="municipality",
                         code=f"{number}/{year}")
    if invoice:
        raise RuleBroken("La rata n. %(code)s ha già la fattura n. %(invoice)s, o compare due volte nel file: per "
                         "correggerla aprire la rata.", field="instalment", code=f"{number}/{year}", invoice=invoice)
    row = set_invoice(desk.session, key, number=facts["number"], on=facts["on"], sdi_id=facts["sdi_id"], version=None,
                      today=desk.today)
    held[number] = (key, municipality_id, row.invoice_number)
    return str(row)


def _numbered(session: ScopedSession, year: int) -> dict[int, tuple[int, int, str | None]]:
    """The instalments of a year by their number: key, municipality, number of the invoice."""
    rows = select(Instalment.number, Instalment.id, Instalment.municipality_id, Instalment.invoice_number)
    return {number: (key, owner, invoice)
            for number, key, owner, invoice in session.execute(rows.where(Instalment.year == year))}


INVOICES = Import(
    "invoices", "Fatture delle rate", "Numero, data e identificativo SdI delle fatture, sulle rate che ci sono già.",
    (INVOICES_SHEET,), {INVOICES_SHEET.name: apply_invoice}, "instalment", OFFICE,
)
