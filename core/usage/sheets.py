"""The workbook in which a month's figures are brought: one row for each municipality and measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from core.tables.cells import CellKind, Column, Sheet
from core.tables.workbook import workbook
from core.usage.months import MonthFigures

USE = Sheet(
    "usage", "Uso",
    (
        Column("service", "Servizio", example="Spazio neutro", given=True, help="Il titolo del catalogo o il codice."),
        Column("year", "Anno", CellKind.NUMBER, example="2026", given=True, help="Quello del calendario."),
        Column("month", "Mese", CellKind.NUMBER, example="2", given=True, help="Da 1 a 12."),
        Column("municipality", "Comune", example="Dresano", given=True, help="Il nome o il codice ISTAT."),
        Column("measure", "Misura", example="Incontri protetti", given=True,
               help="Il titolo della misura del servizio o il suo codice."),
        Column("unit", "Unità", example="incontri", given=True, help="Quella della misura: nulla si converte."),
        Column("value", "Valore", CellKind.DECIMAL, required=False, example="12",
               help="Zero o di più. Vuoto: la cifra manca, e il mese non si potrà chiudere; 0 se non c'è stato uso."),
    ),
    about="Una riga per Comune e misura. Un mese chiuso non si importa: si corregge una cifra per volta.",
)


def month_workbook(months: Iterable[MonthFigures]) -> bytes:
    """The workbook of some months: every row is there with what is known, and what it asks for can be written."""
    return workbook((USE,), {USE.name: [row for found in months for row in rows_of(found)]})


def rows_of(found: MonthFigures) -> Iterator[dict[str, Any]]:
    """A row for each municipality that is covered and each measure that somebody writes."""
    for key, name in found.covered.items():
        for code, measure in found.measures.items():
            if not measure.computed:
                yield {"service": found.service.title, "year": found.month.year, "month": found.month.month,
                       "municipality": name, "measure": measure.title, "unit": measure.unit,
                       "value": found.held[key, code][1] if (key, code) in found.held else None}
