"""What stands beside the core: the panel on the page of the service, the table to take away, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from core.plugin_api import Block, Finding, Panel, Role, RowsExport, ScopedSession, Table, Task, date_short, sheet_data
from plugins.legal_protection.operations import by_court

CODE = "legal_protection"
READERS = frozenset({Role.MANAGEMENT, Role.AUDITOR})


def on_service(session: ScopedSession, _key: int, today: date) -> Sequence[Block]:
    """Due and sent of this year and the last one."""
    rows = [row for row in by_court(session) if row.year >= today.year - 1]
    return (Table(("Anno", "Tribunale", "Dovuti", "Inviati", "Entro"), tuple(
        (str(row.year), row.court, str(row.due), str(row.sent), date_short(row.by)) for row in rows)),) if rows else ()


def rows(session: ScopedSession, year: int | None) -> Iterator[Sequence[Any]]:
    """Each court and year, with what is still missing."""
    for row in by_court(session, year):
        yield row.year, row.court, row.due, row.sent, row.due - row.sent, row.by, row.said_on


def waits(session: ScopedSession, today: date) -> Iterable[Task]:
    """The accounts of the last year, until somebody has said how many each court expects; if the service makes them."""
    last = today.year - 1
    if session.principal.has(*READERS) and not by_court(session, last) \
            and sheet_data(session, CODE, today.year).get("annual_account"):
        yield Task("legal_protection_court_year.new_view", None, f"Anno {last}",
                   Finding("Dire quanti rendiconti del %(year)s aspetta ogni tribunale, ed entro quando.",
                           {"year": last}, source="R134"), Role.MANAGEMENT)


PANELS = (Panel("service", "Rendiconti al giudice tutelare", on_service, READERS),)
EXPORTS = (RowsExport(
    "legal_protection_accounts", "Rendiconti al giudice tutelare",
    "Per anno e tribunale i rendiconti dovuti, inviati e ancora da inviare: solo numeri, nessun nome.",
    ("Anno", "Tribunale", "Dovuti", "Inviati", "Da inviare", "Entro", "Contati il"), rows),)
