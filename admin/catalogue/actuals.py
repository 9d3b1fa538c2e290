"""The rows of the page on which the office writes what was done of the quantities that a sheet had planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from admin.catalogue.plugin_fields import Shown, shown_rows
from core.catalogue import fields, sheets
from core.catalogue.editions import ACTUAL, NOTE, QUANTITIES, Actual
from core.catalogue.model import OperationalSheet
from core.plugins.schema import SheetField

WRITTEN = (ACTUAL, NOTE)


@dataclass(frozen=True)
class QuantityRow:
    """A quantity: what the sheet says of it, by the label of the column, and the two boxes to write in."""

    said: tuple[tuple[str, str], ...]
    asked: tuple[Shown, ...]


def _table(row: OperationalSheet) -> SheetField:
    found = sheets.schema_of(row).field(QUANTITIES)
    assert found is not None  # of every sheet: common.toml
    return found


def shown(row: OperationalSheet, form: Mapping[str, str] | None, names: Mapping[str, str]) -> list[QuantityRow]:
    """Each quantity, with what was typed or with what is kept."""
    table, held = _table(row), (row.data or {})[QUANTITIES]
    read = sheets.read(row, names)[QUANTITIES]
    boxes = shown_rows(table, held)
    plain = [column for column in table.columns if column.name not in WRITTEN]
    return [QuantityRow(tuple((column.label, fields.say(column, said[column.name])) for column in plain),
                        tuple(_typed(box, form) for box in line if box.field.name in WRITTEN))
            for said, line in zip(read, boxes, strict=False)]


def _typed(box: Shown, form: Mapping[str, str] | None) -> Shown:
    return box if form is None else Shown(box.name, box.field, form.get(box.name, ""))


def posted(row: OperationalSheet, form: Mapping[str, str]) -> list[Actual]:
    """What was typed, for each quantity of the sheet."""
    count = len((row.data or {})[QUANTITIES])
    return [Actual(form.get(f"{QUANTITIES}-{n}-{ACTUAL}", ""), form.get(f"{QUANTITIES}-{n}-{NOTE}", ""))
            for n in range(count)]
