"""The workbook of an import: made empty with its instructions, and read when it comes back."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile

from core.ground.errors import RuleBroken
from core.tables.cells import Cell, CellKind, Column, Row, Sheet, match_headings, read_row

BIGGEST_FILE = 20 * 1024 * 1024
BIGGEST_UNPACKED = 300 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
GUIDE = "Istruzioni"
KIND_WORDS = {
    CellKind.TEXT: "testo",
    CellKind.PROSE: "testo, anche di più paragrafi",
    CellKind.LINES: "una voce per ogni riga della cella",
    CellKind.DATA: "come l'esportazione li scrive",
    CellKind.NUMBER: "numero intero",
    CellKind.DECIMAL: "numero, al più due decimali",
    CellKind.AMOUNT: "importo in euro, al più due decimali",
    CellKind.PERCENT: "percentuale, come 12,5",
    CellKind.DAY: "data, come 31/07/2026",
    CellKind.YES_NO: "sì o no",
    CellKind.CHOICE: "una voce dell'elenco",
}
FORMATS = {CellKind.DAY: "dd/mm/yyyy", CellKind.AMOUNT: "#,##0.00", CellKind.DECIMAL: "#,##0.##",
           CellKind.TEXT: "@",
           CellKind.PROSE: "@", CellKind.LINES: "@", CellKind.DATA: "@"}


def workbook(sheets: Sequence[Sheet], rows: Mapping[str, Sequence[Mapping[str, Any]]] | None = None) -> bytes:
    """A .xlsx to fill in: a page of instructions with an example of each column, then the sheets, empty.

    ``rows``: what stands in a sheet already, by its name and then by column. The example of a column stands in the
    instructions and not among the rows, where somebody would import it.
    """
    import xlsxwriter  # wanted only where a workbook is made

    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _guide(book, sheets)
    for sheet in sheets:
        there = (rows or {}).get(sheet.name, ())
        page = _empty(book, sheet)
        if there and any(column.given for column in sheet.columns):
            page.protect("", {"format_columns": True, "autofilter": True, "sort": True})  # by mistake, not by malice
        _fill(book, page, sheet, there)
    book.close()
    return target.getvalue()


def _guide(book: Any, sheets: Sequence[Sheet]) -> None:
    page = book.add_worksheet(GUIDE)
    title, bold, wrapped = (book.add_format(style) for style in (
        {"bold": True, "font_size": 14}, {"bold": True, "bottom": 1}, {"text_wrap": True, "valign": "top"}))
    for place, width in enumerate((30, 12, 34, 60, 30)):
        page.set_column(place, place, width)
    page.write_string(0, 0, "Come si compila", title)
    lines = (
        "Una riga per voce, dalla seconda riga di ogni foglio; la prima riga con i nomi delle colonne resta com'è.",
        "Le colonne con l'asterisco sono necessarie. Si scrivono valori, non formule.",
        "Prima di registrare, il programma controlla tutto e dice riga per riga che cosa non va: o entra tutto il "
        "file, o niente.",
    )
    for row, line in enumerate(lines, start=1):
        page.write_string(row, 0, line)
    row = len(lines) + 2
    for sheet in sheets:
        page.write_string(row, 0, f"Foglio «{sheet.title}»", title)
        page.write_string(row + 1, 0, sheet.about)
        for place, heading in enumerate(("Colonna", "Necessaria", "Formato", "Che cosa scrivere", "Esempio")):
            page.write_string(row + 2, place, heading, bold)
        row += 3
        for column in sheet.columns:
            cells = (column.label, "sì" if column.required else "no", _format_words(column), column.help,
                     column.example)
            for place, text in enumerate(cells):
                page.write_string(row, place, text, wrapped)
            row += 1
        row += 1


def _format_words(column: Column) -> str:
    if column.kind is CellKind.CHOICE:
        return "; ".join(column.choices.values())
    return KIND_WORDS[column.kind]


def _fill(book: Any, page: Any, sheet: Sheet, rows: Sequence[Mapping[str, Any]]) -> None:
    day = book.add_format({"num_format": FORMATS[CellKind.DAY]})
    for number, row in enumerate(rows, start=1):
        for place, column in enumerate(sheet.columns):
            value = row.get(column.name)
            if value is None or value == "":
                continue
            if isinstance(value, bool):
                page.write_string(number, place, "sì" if value else "no")
            elif isinstance(value, date):
                page.write_datetime(number, place, value, day)
            elif isinstance(value, int | Decimal):
                page.write_number(number, place, value)
            elif isinstance(value, tuple):
                page.write_string(number, place, "\n".join(value))
            elif isinstance(value, Mapping):
                page.write_string(number, place, json.dumps(value, ensure_ascii=False))
            else:
                page.write_string(number, place, column.choices.get(str(value), str(value)))


def _empty(book: Any, sheet: Sheet) -> Any:
    page = book.add_worksheet(sheet.title)
    heading = book.add_format({"bold": True, "bg_color": "#E6F0FA", "bottom": 1, "text_wrap": True, "valign": "top"})
    page.freeze_panes(1, 0)
    for place, column in enumerate(sheet.columns):
        style = book.add_format({"num_format": FORMATS.get(column.kind, "General"), "locked": column.given})
        page.set_column(place, place, max(14, len(column.heading) + 2), style)
        page.write_string(0, place, column.heading, heading)
        note = "\n".join(part for part in (column.help, f"Esempio: {column.example}" if column.example else "") if part)
        if note:
            page.write_comment(0, place, note, {"x_scale": 2, "y_scale": 1})
        if options := _validation(column):
            page.data_validation(1, place, MOST_ROWS, place, options)
    return page


def _validation(column: Column) -> dict[str, Any] | None:
    """What Excel offers and refuses by itself; the program checks again."""
    words = list(column.choices.values()) if column.kind is CellKind.CHOICE else ["sì", "no"]
    if column.kind not in (CellKind.CHOICE, CellKind.YES_NO) or len(",".join(words)) > 255:
        return None
    if column.others:
        return {"validate": "list", "source": words, "show_error": False}
    return {"validate": "list", "source": words, "error_title": "Voce non prevista",
            "error_message": "Scegliere una voce dell'elenco."}


def read(content: bytes, sheets: Sequence[Sheet]) -> list[Row]:
    """Every filled row of ``sheets``, read cell by cell; what is wrong with a cell stands in its row.

    RuleBroken for what cannot be read at all: no .xlsx, too big, a sheet or a heading that is missing, no rows.
    """
    _require_workbook(content)
    import openpyxl  # wanted only where a workbook is read

    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except Exception as error:  # the library raises what it happens to meet in a broken file
        raise _unreadable() from error
    try:
        rows = [row for sheet in sheets for row in _rows(book, sheet)]
    finally:
        book.close()
    if not rows:
        raise RuleBroken("Il file non contiene righe da importare: compilarle sotto le intestazioni.", field="file")
    return rows


def _require_workbook(content: bytes) -> None:
    if len(content) > BIGGEST_FILE:
        raise RuleBroken("Il file supera i 20 MB: dividerlo in più file.", field="file")
    try:
        with ZipFile(BytesIO(content)) as packed:
            unpacked = sum(member.file_size for member in packed.infolist())
            names = packed.namelist()
    except (BadZipFile, ValueError, OSError) as error:
        raise _unreadable() from error
    if "xl/workbook.xml" not in names:
        raise _unreadable()
    if unpacked > BIGGEST_UNPACKED:
        raise RuleBroken("Il file, aperto, è troppo grande: dividerlo in più file.", field="file")


def _unreadable() -> RuleBroken:
    return RuleBroken("Il file non è una cartella di lavoro .xlsx, o è rovinato: scaricare il modello, compilarlo e "
                      "salvarlo come .xlsx.", field="file")


def _rows(book: Any, sheet: Sheet) -> Iterator[Row]:
    tabs = {name.strip().casefold(): name for name in book.sheetnames}
    if sheet.title.casefold() not in tabs:
        raise RuleBroken("Nel file manca il foglio «%(sheet)s»: ripartire dal modello.", field="file",
                         sheet=sheet.title)
    page = book[tabs[sheet.title.casefold()]]
    page.reset_dimensions()  # what a file says of its own size is not to be trusted
    try:
        lines = enumerate(page.iter_rows(max_col=MOST_COLUMNS), start=1)
        _first, headings = next(lines, (1, ()))
        places = match_headings(sheet, [cell.value for cell in headings])
        read_so_far = 0
        for number, line in lines:
            cells = _cells(line, places)
            if all(cell.is_blank for cell in cells.values()):
                continue
            read_so_far += 1
            if read_so_far > MOST_ROWS:
                raise RuleBroken("Il foglio «%(sheet)s» ha più di %(most)s righe: dividerlo in più file.",
                                 field="file", sheet=sheet.title, most=f"{MOST_ROWS:,}".replace(",", "."))
            yield read_row(sheet, number, cells)
    except RuleBroken:
        raise
    except Exception as error:  # as above: a broken sheet is met only when it is read
        raise _unreadable() from error


def _cells(line: Sequence[Any], places: Mapping[int, Column]) -> dict[str, Cell]:
    return {column.name: _cell(line[place]) for place, column in places.items() if place < len(line)}


def _cell(found: Any) -> Cell:
    from openpyxl.utils.escape import unescape

    kind = getattr(found, "data_type", "n")
    # a sheet writes what XML cannot hold as «_x000C_»
    value = unescape(found.value) if isinstance(found.value, str) else found.value
    return Cell(value, is_formula=kind == "f", is_error=kind == "e")
