"""The form of what a service asks beside the sections of a sheet, from its closed list of field types.

What is typed goes to the core as text: one place reads and refuses it, the same for a form and for a file. Field
names are those of the core's refusals: ``team-0-count`` is the column ``count`` of the first row of ``team``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext

from core.catalogue import sheets
from core.catalogue.model import OperationalSheet
from core.plugins.schema import FieldType, SheetField, SheetSchema

SPARE_ROWS, MORE_ROWS = 2, 20
MORE = "more"  # the button that asks for more rows of a table: the form comes back as it was typed, nothing is saved


@dataclass(frozen=True)
class Shown:
    """A field on the page: its name there, its description, the text that it holds, rows for a table."""

    name: str
    field: SheetField
    text: str = ""
    rows: tuple[tuple[Shown, ...], ...] = ()


LEGENDS = {sheets.COMMON: lazy_gettext("Organizzazione, tariffe, quantità"),
           sheets.PLUGIN: lazy_gettext("Dati propri del servizio"), sheets.OFFICE: lazy_gettext("Campi dell'ufficio")}


@dataclass(frozen=True)
class OwnPart:
    """What a sheet asks beside its texts, by where it comes from."""

    parts: Mapping[str, SheetSchema]

    @classmethod
    def of(cls, sheet: OperationalSheet) -> OwnPart:
        """That of ``sheet``, under the fields that it was written with."""
        return cls(sheets.parts_of(sheet))

    def posted(self, form: Mapping[str, str]) -> dict[str, Any]:
        """What was typed, by field; rows that say nothing are left out."""
        return posted(sheets.joined(self.parts).fields, form)

    def shown(self, sheet: OperationalSheet, form: Mapping[str, str] | None) -> list[tuple[Any, list[Shown]]]:
        """The fields of each part under its title, with what was typed, or with what the sheet keeps."""
        data = self.posted(form) if form is not None else sheet.data or {}
        return [(LEGENDS[name], [shown(field, data.get(field.name), form) for field in part.fields])
                for name, part in self.parts.items() if part.fields]


def posted(fields: Sequence[SheetField], form: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, by field."""
    return {field.name: posted_rows(field, form) if field.type is FieldType.ROWS else form.get(field.name, "")
            for field in fields}


def shown(field: SheetField, value: Any, form: Mapping[str, str] | None = None) -> Shown:
    """A field with what it holds; a table with rows to spare, more where ``form`` asks for them."""
    if field.type is not FieldType.ROWS:
        return Shown(field.name, field, text_of(value))
    return Shown(field.name, field, rows=shown_rows(field, value or (), room(field.name, form)))


def asks_for_rows(form: Mapping[str, str]) -> bool:
    """True for a form that was sent for more rows only."""
    return MORE in form


def room(table: str, form: Mapping[str, str] | None, least: int = SPARE_ROWS) -> int:
    """How many empty rows a table has at its end: more where they were asked for."""
    return MORE_ROWS if form is not None and form.get(MORE) == table else least


def posted_rows(table: SheetField, form: Mapping[str, str]) -> list[dict[str, Any]]:
    """The rows of a table that say something, as they were typed."""
    sent = re.compile(rf"{re.escape(table.name)}-(\d{{1,6}})-")
    numbers = sorted({int(found[1]) for name in form if (found := sent.match(name))})
    rows = [{c.name: form.get(f"{table.name}-{n}-{c.name}", "") for c in table.columns} for n in numbers]
    return [row for row in rows if any(value != "" for value in row.values())]


def shown_rows(table: SheetField, rows: Sequence[Mapping[str, Any]], spare: int = SPARE_ROWS
               ) -> tuple[tuple[Shown, ...], ...]:
    """The rows of a table as the form shows them, with some to spare."""
    every = [*rows, *({} for _spare in range(spare))]
    return tuple(tuple(Shown(f"{table.name}-{n}-{c.name}", c, text_of(row.get(c.name))) for c in table.columns)
                 for n, row in enumerate(every))


def text_of(value: Any) -> str:
    """A kept value as it stands in its box: Italian decimals, one line per item."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, list | tuple):
        return "\n".join(str(item) for item in value)
    text = str(value)
    whole, dot, decimals = text.partition(".")
    return f"{whole},{decimals}" if dot and whole.lstrip("-").isdigit() and decimals.isdigit() else text
