"""The rows of an import as one readable file: a table for each row, with the columns' names for keys."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from core.ground.errors import Finding, RuleBroken
from core.ground.readable import KeyLines, Unreadable, table, text_of
from core.ground.readable import read as parsed
from core.tables.cells import Cell, CellKind, Column, Row, Sheet, read_row
from core.tables.workbook import KIND_WORDS

WIDTH = 110


def read(content: bytes, sheets: Sequence[Sheet]) -> list[Row]:
    """Every row of a TOML text, in the order of ``sheets``; what is wrong with a key stands in its row, with its line.

    RuleBroken, with its line, for what is no such text, for a table that is none of the sheets, for an empty file.
    """
    try:
        text = text_of(content)
        data = parsed(text)
    except Unreadable as error:
        raise RuleBroken("Riga %(line)s: %(why)s", field="file", line=error.line, why=error.finding) from error
    lines = KeyLines(text)
    _require_known(data, sheets, lines)
    rows = [row for sheet in sheets for row in _rows(sheet, data.get(sheet.name), lines)]
    if not rows:
        raise RuleBroken("Il file è vuoto: ripartire dall'esempio.", field="file")
    return rows


def _require_known(data: Mapping[str, Any], sheets: Sequence[Sheet], lines: KeyLines) -> None:
    known = {sheet.name: sheet for sheet in sheets}
    for name, found in data.items():
        sheet = known.get(name)
        at = lines.of(f"{name}.1" if isinstance(found, list) else name)
        if sheet is None:
            raise RuleBroken("Riga %(line)s: «%(name)s» non è previsto. Si possono scrivere: %(names)s.", field="file",
                             line=at, name=name, names=", ".join(known))
        if not isinstance(found, dict if sheet.single else list) or (
                isinstance(found, list) and not all(isinstance(row, dict) for row in found)):
            raise RuleBroken("Riga %(line)s: «%(name)s» si scrive come %(heading)s.", field="file", line=at, name=name,
                             heading=heading(sheet))


def heading(sheet: Sheet) -> str:
    """How a row of a sheet begins."""
    return f"[{sheet.name}]" if sheet.single else f"[[{sheet.name}]]"


def by_name(sheet: Sheet) -> Sheet:
    """A sheet whose remarks call its columns by the names that a file has for them."""
    return replace(sheet, columns=tuple(replace(column, label=column.name) for column in sheet.columns))


def _rows(sheet: Sheet, found: Any, lines: KeyLines) -> Iterator[Row]:
    rows = [] if found is None else [found] if sheet.single else found
    as_here = by_name(sheet)
    known = as_here.labels()
    for place, values in enumerate(rows, start=1):
        at = sheet.name if sheet.single else f"{sheet.name}.{place}"
        row = read_row(as_here, lines.of(at), {name: Cell(value) for name, value in values.items()})
        unknown = tuple(Finding("Non è previsto: i dati di %(heading)s sono %(keys)s.",
                                {"heading": heading(sheet), "keys": ", ".join(known)}, where=key)
                        for key in values if key not in known)
        yield replace(row, findings=(*row.findings, *unknown), lines={key: lines.of(at, key)
                                                                      for key in (*values, *known)})


# --- written ----------------------------------------------------------------------------------------------


def write(sheets: Sequence[Sheet], rows: Mapping[str, Sequence[Mapping[str, Any]]], *, explained: bool = False) -> str:
    """The rows as one text; with ``explained``, what each sheet and key is for stands above it, as a comment."""
    parts = []
    for sheet in sheets:
        found = rows.get(sheet.name, ())
        if explained:
            parts.append(_explained(sheet))
        parts += [table(heading(sheet), _written(sheet, row)) for row in found]
    return "\n\n".join(parts) + "\n"


def _written(sheet: Sheet, row: Mapping[str, Any]) -> dict[str, Any]:
    """The row in the order of the columns, without its empty cells."""
    values = ((column.name, row.get(column.name)) for column in sheet.columns)
    return {name: value for name, value in values if value is not None and value not in ("", (), {})}


def _explained(sheet: Sheet) -> str:
    lines = [f"# {'-' * 20} {sheet.title}", *_comment(sheet.about)]
    for column in sheet.columns:
        lines += _comment(f"{column.name}{'' if column.required else ' (può mancare)'}: {_words(column)}", hang="    ")
    return "\n".join(lines)


def _words(column: Column) -> str:
    """Name, form and help of a key, in a sentence."""
    form = ""
    if column.kind is CellKind.CHOICE:
        form = "; ".join(f"\"{code}\" = {word}" for code, word in column.choices.items())
    elif column.kind is not CellKind.TEXT:
        form = FORMS.get(column.kind, KIND_WORDS[column.kind])
    return " ".join(f"{part.rstrip('.')}." for part in (column.label, form, column.help) if part)


def _comment(text: str, hang: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="# ", subsequent_indent=f"# {hang}") if text else []


FORMS = {  # how a value is written here, where a cell of a workbook has another form
    CellKind.DAY: "data, come 2026-07-31", CellKind.YES_NO: "true o false", CellKind.AMOUNT: "euro, come 1234.50",
    CellKind.PERCENT: "percentuale, come 12.5", CellKind.LINES: "elenco di testi, come [\"uno\", \"due\"]",
    CellKind.DATA: "una tabella a sé, dopo le altre chiavi",
}
