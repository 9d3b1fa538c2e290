"""The page of the fields that an office adds to a service: the columns of a plugin's file, as tables to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from admin.catalogue.plugin_fields import SPARE_ROWS, Shown, posted_rows, room, shown_rows
from core.plugins.columns import FIELDS, INDICATORS, MEASURES, RULES, SHEETS, STANDARDS
from core.plugins.schema import FieldType, SheetField
from core.tables.cells import CellKind, Column, Sheet

KINDS = {CellKind.TEXT: FieldType.TEXT, CellKind.PROSE: FieldType.LONG_TEXT, CellKind.LINES: FieldType.LINES,
         CellKind.NUMBER: FieldType.INTEGER, CellKind.YES_NO: FieldType.YES_NO, CellKind.CHOICE: FieldType.CHOICE}
TEMPLATE = "catalogue/own_fields.html"
SPARE_FIELDS = 6  # a table wants its columns beside it
FIRST = {  # what is asked in the row; the rest stands behind "Altro"
    FIELDS.name: ("label", "type", "table", "required"), RULES.name: ("says", "figure", "at_least", "at_most"),
    STANDARDS.name: ("code", "title", "promise", "at_least", "at_most", "unit"),
    INDICATORS.name: ("code", "title", "standard", "by", "figure"),
    MEASURES.name: ("code", "title", "unit", "kind", "counts_people"),
}


@dataclass(frozen=True)
class Asked:
    """A table of the page: its name, its rows, how many of its columns stand in the row itself."""

    name: str
    rows: tuple[tuple[Shown, ...], ...]
    first: int


def table_of(sheet: Sheet) -> SheetField:
    """A sheet of columns as a field of the form; none is needed there: the core refuses what is missing."""
    first = FIRST[sheet.name]
    order = sorted(sheet.columns, key=lambda c: first.index(c.name) if c.name in first else len(first))
    return SheetField(sheet.name, sheet.title, FieldType.ROWS, columns=tuple(map(_column, order)))


def _column(column: Column) -> SheetField:
    return SheetField(column.name, _(column.label), KINDS[column.kind], help=_(column.help) if column.help else "",
                      choices=tuple((code, _(word)) for code, word in column.choices.items()))


def shown(content: Mapping[str, Any], form: Mapping[str, str] | None) -> list[tuple[str, str, Asked]]:
    """The tables with what was typed, or with what is kept, each with its title and what it is for."""
    found = []
    for sheet in SHEETS:
        table = table_of(sheet)
        rows = _typed(sheet, form) if form is not None else content.get(sheet.name, ())
        if sheet is FIELDS:
            rows = _by_label(rows)
        spare = room(sheet.name, form, SPARE_FIELDS if sheet is FIELDS else SPARE_ROWS)
        found.append((_(sheet.title), _(sheet.about), Asked(sheet.name, shown_rows(table, rows, spare),
                                                            len(FIRST[sheet.name]))))
    return found


def posted(form: Mapping[str, str]) -> dict[str, list[dict[str, Any]]]:
    """What was typed, by table."""
    return {sheet.name: _typed(sheet, form) for sheet in SHEETS}


def _typed(sheet: Sheet, form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of a table; one that was emptied goes, though its name, which stands behind "Altro", was left."""
    return [row for row in posted_rows(table_of(sheet), form)
            if sheet is not FIELDS or any(value for column, value in row.items() if column != "name")]


def _by_label(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Fields whose columns say their table as people read it: the core knows it by both."""
    labels = {row.get("name"): row.get("label") for row in rows if not row.get("table")}
    return [{**row, "table": labels.get(row["table"], row["table"])} if row.get("table") else dict(row) for row in rows]
