"""What the office adds to the sheets of its services: a row for each field, rule, promise, indicator and measure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from core.catalogue import own_fields, sheets
from core.catalogue.model import OwnFields, Service
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken, said_later
from core.imports.operations import Apply, Desk
from core.imports.start.catalogue import NO_SERVICE, SERVICE
from core.imports.start.part import Facts, FilePart, coded
from core.plugins import columns
from core.plugins.rows import RowsRead
from core.plugins.schema import SheetSchema
from core.tables.cells import CellKind, Sheet

SAID = {  # title and what it is for
    columns.FIELDS.name: (said_later("Campi della scheda"), said_later(
        "I campi che l'ufficio aggiunge alla scheda di un servizio, oltre al suo plugin; possono mancare.")),
    columns.RULES.name: (said_later("Regole della scheda"), said_later(
        "Che cosa quella scheda deve dire; possono mancare.")),
    columns.STANDARDS.name: (said_later("Standard della scheda"), said_later(
        "Che cosa l'ufficio promette in quella scheda; possono mancare.")),
    columns.INDICATORS.name: (said_later("Indicatori della scheda"), said_later(
        "Come si misura ciò che vi si promette; possono mancare.")),
    columns.MEASURES.name: (said_later("Misure d'uso della scheda"), said_later(
        "Che cosa si conta ogni mese del servizio; possono mancare.")),
}


def _sheet_of(sheet: Sheet) -> Sheet:
    """The columns of a plugin's file, each row with the service that it is of."""
    title, about = SAID[sheet.name]
    return replace(sheet, name=f"own_{sheet.name}", title=title, columns=(SERVICE, *sheet.columns), about=about)


SHEETS = {sheet.name: _sheet_of(sheet) for sheet in columns.SHEETS}


def _laid(name: str) -> Apply:
    """Lay a row in: the first one of a service brings all of its rows, each answers for its own faults."""
    def apply(desk: Desk, facts: Facts) -> str:
        service = coded(desk, Service, facts["service"], NO_SERVICE)
        mine = _rows_of(desk, name, service.code)
        place = next(number for number, row in enumerate(mine, start=1) if row is facts)
        found = desk.known(f"own fields of {service.code}", lambda: _read(desk, service))
        for fault in found.faults:
            if (fault.sheet, fault.line) == (name, place):
                raise RuleBroken(fault.finding.message, field=fault.column, **fault.finding.values)
        if service.own_fields is None:
            own_fields.keep(desk.session, service, found.schema)
        return str(facts.get("label") or facts.get("says") or facts.get("title"))
    return apply


def _rows_of(desk: Desk, name: str, code: str) -> list[Mapping[str, Any]]:
    return [row for row in desk.rows.get(f"own_{name}", ()) if row["service"] == code]


def _read(desk: Desk, service: Service) -> RowsRead:
    """All rows of a service as one schema, beside what the plugin of its sheets asks."""
    content = {name: [_typed(row) for row in _rows_of(desk, name, service.code)] for name in SHEETS}
    asked = [part for sheet in service.sheets for name, part in sheets.parts_of(sheet).items()
             if name == sheets.PLUGIN]
    return own_fields.read(content, asked[-1] if asked else SheetSchema())


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in row.items()
            if name != "service"}


def _taken(name: str) -> Callable[[ScopedSession], Iterator[Facts]]:
    def taken(session: ScopedSession) -> Iterator[Facts]:
        query = select(OwnFields).join(Service).order_by(Service.order, Service.id)
        for held in session.scalars(query):
            for row in held.content.get(name, ()):
                yield {**{column.name: _said(column.kind, row.get(column.name)) for column in SHEETS[name].columns},
                       "service": held.service.code}
    return taken


def _said(kind: CellKind, value: Any) -> Any:
    return tuple(value) if kind is CellKind.LINES and value is not None else value


PARTS = tuple(FilePart(sheet, _laid(name), _taken(name)) for name, sheet in SHEETS.items())
