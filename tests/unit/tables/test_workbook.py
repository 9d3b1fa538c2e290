"""The workbook that the program makes is the one that it reads."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest

from core.ground.errors import RuleBroken
from core.imports.subjects import IMPORTS
from core.tables import workbook as books
from core.tables.workbook import GUIDE, read, workbook
from tests.unit.tables.test_cells import SHEET


def filled(*rows: tuple[object, ...], sheets=(SHEET,)) -> bytes:
    """The program's own workbook with rows in its first sheet."""
    book = openpyxl.load_workbook(BytesIO(workbook(sheets)))
    for row in rows:
        book[sheets[0].title].append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = BytesIO()
    book.save(target)
    return target.getvalue()


def refused(content: bytes) -> str:
    """What is said of a file that cannot be read."""
    with pytest.raises(RuleBroken) as refusal:
        read(content, [SHEET])
    return str(refusal.value)


@pytest.mark.parametrize("kind", IMPORTS.values(), ids=lambda kind: kind.name)
def test_every_workbook_explains_its_columns_and_comes_back_as_it_went(kind) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(kind.sheets)))
    assert book.sheetnames == [GUIDE, *(sheet.title for sheet in kind.sheets)]
    explained = {row[0] for row in book[GUIDE].iter_rows(values_only=True)}
    for sheet in kind.sheets:
        assert {column.label for column in sheet.columns} <= explained
        book[sheet.title].append([column.example or None for column in sheet.columns])
    rows = read(saved(book), kind.sheets)
    assert [row.sheet for row in rows] == [*kind.sheets]
    for row in rows:
        assert row.findings == ()
        assert all(row.values[column.name] is not None for column in row.sheet.columns if column.example)


def test_a_choice_is_offered_as_a_list() -> None:
    shares = IMPORTS["shares"].sheets
    [validation] = openpyxl.load_workbook(BytesIO(workbook(shares)))["Quote"].data_validations.dataValidation
    assert "Di previsione" in validation.formula1


def test_empty_rows_are_passed_over_and_rows_keep_their_number() -> None:
    rows = read(filled((2026, 10, None), (None, "  ", None), (2027, 20, "x")), [SHEET])
    assert [row.number for row in rows] == [2, 4]


def test_a_formula_is_refused_and_a_text_that_looks_like_one_is_a_text() -> None:
    book = openpyxl.load_workbook(BytesIO(filled((2026, 10, None))))
    page = book["Quote"]
    page["B2"] = "=1+1"
    page["C2"] = "=HYPERLINK(\"http://x.example\")"
    page["C2"].data_type = "s"
    [row] = read(saved(book), [SHEET])
    assert [finding.where for finding in row.findings] == ["Importo"]
    assert row.values["note"].startswith("=HYPERLINK")


def test_what_is_no_workbook_is_refused() -> None:
    packed = BytesIO()
    with ZipFile(packed, "w") as archive:
        archive.writestr("lettera.txt", "Gentile Comune")
    whole = filled((2026, 10, None))
    for content in (b"", b"anno;importo", packed.getvalue(), whole[: len(whole) // 2], broken_sheet(whole)):
        assert ".xlsx" in refused(content)


def broken_sheet(content: bytes) -> bytes:
    """A workbook whose sheet is cut in the middle."""
    target = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(target, "w", ZIP_DEFLATED) as changed:
        for name in source.namelist():
            data = source.read(name)
            changed.writestr(name, data[: len(data) // 2] if name == "xl/worksheets/sheet2.xml" else data)
    return target.getvalue()


def test_a_missing_sheet_an_empty_one_and_one_that_is_too_long_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "«Quote»" in refused(saved(openpyxl.Workbook()))
    assert "righe" in refused(filled())
    monkeypatch.setattr(books, "MOST_ROWS", 2)
    assert "2 righe" in refused(filled(*[(2026, 1, None)] * 3))


def test_a_file_that_would_fill_the_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(books, "BIGGEST_UNPACKED", 1000)
    assert "troppo grande" in refused(filled((2026, 10, None)))
