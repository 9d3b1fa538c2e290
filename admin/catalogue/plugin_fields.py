"""The form of a plugin's part of a sheet, from its closed list of field types.

What is typed goes to the core as text: one place reads and refuses it, the same for a form and for a file. Field
names are those of the core's refusals: ``team-0-count`` is the column ``count`` of the first row of ``team``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.catalogue import sheets
from core.catalogue.model import OperationalSheet
from core.ground.errors import RuleBroken
from core.plugins.hookspecs import FieldType, SheetField, SheetSchema
from core.plugins.loading import Registry

SPARE_ROWS = 2


@dataclass(frozen=True)
class Shown:
    """A field on the page: its name there, its description, the text that it holds, rows for a table."""

    name: str
    field: SheetField
    text: str = ""
    rows: tuple[tuple[Shown, ...], ...] = ()


@dataclass(frozen=True)
class PluginPart:
    """The part of one sheet that its plugin describes."""

    schema: SheetSchema

    @classmethod
    def of(cls, sheet: OperationalSheet, registry: Registry) -> PluginPart | None:
        """The part of ``sheet``; None without a loaded plugin, and then its data stay as they are."""
        plugin = registry.get(sheet.plugin or "")
        return cls(plugin.sheet) if plugin and plugin.sheet.fields else None

    def posted(self, form: Mapping[str, str]) -> dict[str, Any]:
        """What was typed, by field; rows that say nothing are left out."""
        return {field.name: self._posted(field, form) for field in self.schema.fields}

    def _posted(self, field: SheetField, form: Mapping[str, str]) -> Any:
        if field.type is FieldType.ROWS:
            sent = re.compile(rf"{re.escape(field.name)}-(\d{{1,6}})-")
            numbers = sorted({int(found[1]) for name in form if (found := sent.match(name))})
            rows = [{c.name: _typed(c, f"{field.name}-{n}-{c.name}", form) for c in field.columns} for n in numbers]
            return [row for row in rows if any(value not in ("", False) for value in row.values())]
        return _typed(field, field.name, form)

    def shown(self, sheet: OperationalSheet, form: Mapping[str, str] | None) -> list[Shown]:
        """The fields with what was typed, or with what the sheet keeps."""
        data = self.posted(form) if form is not None else self._kept(sheet)
        return [self._shown(field, data.get(field.name)) for field in self.schema.fields]

    def _kept(self, sheet: OperationalSheet) -> Mapping[str, Any]:
        try:
            return sheets.upgraded(self.schema, sheet.schema_version, sheet.data or {})
        except RuleBroken:
            return sheet.data or {}

    def _shown(self, field: SheetField, value: Any) -> Shown:
        if field.type is not FieldType.ROWS:
            return Shown(field.name, field, _text(value))
        kept = list(value or ())
        rows = [*kept, *({} for _spare in range(SPARE_ROWS))]
        return Shown(field.name, field, rows=tuple(
            tuple(Shown(f"{field.name}-{n}-{c.name}", c, _text(row.get(c.name))) for c in field.columns)
            for n, row in enumerate(rows)
        ))


def _typed(field: SheetField, name: str, form: Mapping[str, str]) -> Any:
    if field.type is FieldType.YES_NO:
        return name in form
    return form.get(name, "")


def _text(value: Any) -> str:
    """A kept value as it stands in its box: Italian decimals, one line per item."""
    if value is None or value is False:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(item) for item in value)
    text = str(value)
    whole, dot, decimals = text.partition(".")
    return f"{whole},{decimals}" if dot and whole.lstrip("-").isdigit() and decimals.isdigit() else text
