"""A CSV of a bank: in whatever encoding and with whatever sign between its columns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from core.ground.texts import decoded
from core.payments.statements import heads, refusals, tables
from core.payments.statements.lines import CSV, Statement
from core.payments.statements.tables import TableRow

DELIMITERS = (";", "\t", ",", "|")


def read(file: str, content: bytes, account: str | None) -> tuple[Statement, ...]:
    """The statements that a CSV tells, by account; ``account`` says whose it is, where the file does not.

    RuleBroken, in words, for a file without heads, with a shifted row, or with anything that is not understood.
    """
    text = text_of(file, content)
    delimiter = _delimiter(file, text)
    if delimiter is None:
        raise refusals.no_statement(file)
    rows = list(_rows(file, text, delimiter))
    return tables.read(file, CSV, _straight(file, rows, delimiter), account)


def text_of(file: str, content: bytes) -> str:
    """The text of a bank's file; RuleBroken for what is none."""
    text = decoded(content)
    if text is None:
        raise refusals.no_statement(file)
    return text


def _delimiter(file: str, text: str) -> str | None:
    """The sign that makes most columns of the heads; None if no sign makes heads of anything."""
    first = "".join(text.splitlines(keepends=True)[: heads.MOST_ABOVE])
    best: tuple[int, str] | None = None
    for delimiter in DELIMITERS:
        rows = [[cell.strip() for cell in line.split(delimiter)] for line in first.replace('"', "").splitlines()]
        at = heads.find(file, rows)
        if at is not None and (best is None or len(rows[at]) > best[0]):
            best = (len(rows[at]), delimiter)
    return best[1] if best else None


def _rows(file: str, text: str, delimiter: str) -> Iterator[TableRow]:
    """The rows, each with the line of the file where it begins."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for count, cells in enumerate(reader):
            if count > refusals.MOST_LINES + heads.MOST_ABOVE:
                raise refusals.too_long(file)
            if any(_swallowed(cell, delimiter) for cell in cells):
                raise refusals.shifted(file, begins)
            yield TableRow(begins, tuple(" ".join(cell.split()) for cell in cells))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise refusals.shifted(file, begins) from error


def _swallowed(cell: str, delimiter: str) -> bool:
    """True for a cell that holds whole rows: somewhere a quote was opened and not closed."""
    return any(line.count(delimiter) > 1 for line in cell.splitlines()[1:])


def _straight(file: str, rows: Sequence[TableRow], delimiter: str) -> list[TableRow]:
    """The rows with as many cells as there are heads. RuleBroken for a row that has more, unless its last text did it.

    A text that holds the sign between the columns moves everything behind it: only where it is the one text, and stands
    last, is it put together again.
    """
    at = heads.find(file, [row.cells for row in rows])
    if at is None:
        return list(rows)
    width = len(rows[at].cells)
    body = [row.cells[:width] for row in rows[at + 1:]]
    texts = [one.place for one in heads.columns(file, rows[at].cells, body)
             if one.role in (heads.ColumnRole.TEXT, heads.ColumnRole.PAYER, heads.ColumnRole.CODE)]
    mends = delimiter != "," and texts == [width - 1]
    straight = list(rows[: at + 1])
    for row in rows[at + 1:]:
        if not any(row.cells[width:]):
            straight.append(TableRow(row.number, row.cells[:width]))
        elif mends:
            straight.append(TableRow(row.number, (*row.cells[: width - 1], delimiter.join(row.cells[width - 1:]))))
        else:
            raise refusals.shifted(file, row.number)
    return straight
