"""Tables as files, row by row so that memory stays flat: .xlsx without live formulas, .csv as Italian Excel reads."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from flask import Response, stream_with_context

from core.ground import clock
from core.ground.errors import RuleBroken
from core.parties.rules import slug_of

XLSX, CSV = "xlsx", "csv"
KINDS = {
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    CSV: "text/csv; charset=utf-8",
}
MOST_ROWS = 1_048_575  # of a worksheet, below its headings
BATCH = 500
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
Row = Sequence[Any]


def require_kind(kind: str) -> None:
    """RuleBroken for a format that is not offered."""
    if kind not in KINDS:
        raise RuleBroken("Il formato «%(kind)s» non c'è: scegliere xlsx o csv.", field="format", kind=kind)


def write(target: BinaryIO, name: str, columns: Sequence[str], rows: Iterable[Row], kind: str) -> int:
    """Write a table to a file opened for bytes; gives the number of rows. RuleBroken for an unknown format."""
    require_kind(kind)
    if kind == XLSX:
        return write_xlsx(target, name, columns, rows)
    written = -1  # the headings are no row
    for line in csv_lines(columns, rows):
        target.write(line)
        written += 1
    return written


def write_xlsx(target: BinaryIO, name: str, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """A workbook of one sheet: text is always text, amounts are numbers, days are days."""
    import xlsxwriter  # wanted only where a file is made

    book = xlsxwriter.Workbook(target, {"constant_memory": True, "strings_to_formulas": False,
                                        "strings_to_urls": False, "default_date_format": "dd/mm/yyyy"})
    bold, money, day = (book.add_format(style) for style in (
        {"bold": True, "bottom": 1, "text_wrap": True}, {"num_format": "#,##0.00"}, {"num_format": "dd/mm/yyyy"}))
    sheet = book.add_worksheet(name[:31])
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 18)
    for place, heading in enumerate(columns):
        sheet.write_string(0, place, heading, bold)
    written = 0
    for written, row in enumerate(rows, start=1):
        if written > MOST_ROWS:
            raise RuleBroken("Le righe sono più di quante ne tenga un foglio .xlsx: scaricare il .csv, o restringere "
                             "la ricerca.", field="format")
        for place, value in enumerate(row):
            _cell(sheet, written, place, _plain(value), money, day)
    book.close()
    return written


def csv_lines(columns: Sequence[str], rows: Iterable[Row], *, for_machines: bool = False) -> Iterator[bytes]:
    """The lines of a .csv: semicolons, decimal commas, a mark that tells Excel the alphabet; no cell is a formula.

    ``for_machines``: commas and no mark, as open data is read (RFC 4180).
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter="," if for_machines else ";", lineterminator="\r\n")
    writer.writerow([_safe(heading) for heading in columns])
    yield (b"" if for_machines else b"\xef\xbb\xbf") + _drained(buffer)
    for row in rows:
        writer.writerow([_in_csv(_plain(value)) for value in row])
        yield _drained(buffer)


def in_batches(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Fewer, longer pieces: what a network likes."""
    held: list[bytes] = []
    for line in lines:
        held.append(line)
        if len(held) == BATCH:
            yield b"".join(held)
            held.clear()
    yield b"".join(held)


def temporary() -> BinaryIO:
    """A file that is gone when it is closed."""
    return tempfile.TemporaryFile()


def pieces(file: BinaryIO, size: int = 256 * 1024) -> Iterator[bytes]:
    """A file from its beginning, piece by piece; closed at the end."""
    with file:
        file.seek(0)
        while piece := file.read(size):
            yield piece


def _cell(sheet: Any, row: int, place: int, value: Any, money: Any, day: Any) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_string(row, place, "sì" if value else "no")
    elif isinstance(value, Decimal):
        sheet.write_number(row, place, value, money)
    elif isinstance(value, int):
        sheet.write_number(row, place, value)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, day)
    else:
        sheet.write_string(row, place, str(value)[:32_767])


def _in_csv(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "sì" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}".replace(".", ",")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value) if isinstance(value, int) else _safe(str(value))


def _safe(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what looks like one gets an apostrophe before it."""
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _plain(value: Any) -> Any:
    """An instant as the day in Rome; anything else as it is."""
    return value.astimezone(clock.ROME).date() if isinstance(value, datetime) else value


def _drained(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode("utf-8")


def stream(name: str, columns: Sequence[Any], rows: Iterable[Row], kind: str) -> Response:
    """An answer that carries a table as ``kind`` (xlsx or csv), as a file called ``name``; memory stays flat.

    Text is never a formula, amounts are numbers and days are days. RuleBroken for a format that is not offered.
    """
    require_kind(kind)
    titles = [str(column) for column in columns]
    if kind == XLSX:
        file = temporary()
        write(file, name, titles, rows, kind)
        body = pieces(file)
    else:
        body = stream_with_context(in_batches(csv_lines(titles, rows)))
    return Response(body, content_type=KINDS[kind],
                    headers={"Content-Disposition": f'attachment; filename="{slug_of(name)}.{kind}"'})
