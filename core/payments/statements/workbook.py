"""An .xlsx of a bank: the sheet that holds the movements."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

from core.ground.errors import RuleBroken
from core.payments.statements import amounts, heads, refusals, tables
from core.payments.statements.lines import XLSX, Statement
from core.payments.statements.tables import TableRow

MOST_COLUMNS = 60


def read(file: str, content: bytes, account: str | None) -> tuple[Statement, ...]:
    """The statements that a workbook tells, by account; ``account`` says whose it is, where the sheet does not.

    RuleBroken, in words, for a broken file, one without heads or with heads on several sheets, or a row that is not
    understood.
    """
    sheets = list(_sheets(file, content))
    told = [rows for rows in sheets if heads.find(file, [row.cells for row in rows]) is not None]
    if len(told) > 1:
        raise refusals.several_sheets(file)
    if not told:
        raise refusals.no_statement(file)
    return tables.read(file, XLSX, told[0], account)


def _sheets(file: str, content: bytes) -> Iterator[list[TableRow]]:
    import openpyxl  # wanted only where a workbook is read

    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        for page in book.worksheets:
            page.reset_dimensions()  # what a file says of its own size is not to be trusted
            yield list(_rows(file, page))
    except RuleBroken:
        raise
    except Exception as error:  # the library raises what it happens to meet in a broken file
        raise refusals.broken(file) from error


def _rows(file: str, page: Any) -> Iterator[TableRow]:
    for number, cells in enumerate(page.iter_rows(max_col=MOST_COLUMNS), start=1):
        if number > refusals.MOST_LINES + heads.MOST_ABOVE:
            raise refusals.too_long(file)
        yield TableRow(number, tuple(_text(cell.value) for cell in cells))


def _text(value: Any) -> str:
    """A cell as it would be written: a number with a point, a day as day, month and year.

    A number has fifteen digits in a sheet, as the sheet itself shows it: what lies behind them is no fraction.
    """
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, bool | time):
        return str(value)
    if isinstance(value, str):
        return " ".join(value.split())
    return _number(value)


def _number(value: Any) -> str:
    written = f"{value:.15g}"
    if "e" in written or not written.lstrip("-").replace(".", "").isdigit():
        return written
    whole, _point, cents = written.partition(".")
    return amounts.Number(f"{whole}.{cents:0<2}" if cents else whole)
