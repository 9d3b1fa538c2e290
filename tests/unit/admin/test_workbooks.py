"""A table as a file: text is never a formula, figures stay figures, memory stays flat."""

from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest

from admin.web import workbooks
from core.ground.errors import RuleBroken

COLUMNS = ("Comune", "Importo", "Giorno", "Numero", "Attivo")
LINK = '=HYPERLINK("http://x.example";"qui")'
ROWS = [("Dresano", Decimal("1234.56"), date(2026, 7, 31), 12, True), (LINK, None, None, -1, False),
        ("@SUM(A1)", Decimal("-0.05"), datetime(2026, 7, 31, 23, 30, tzinfo=UTC), None, None)]


def written(kind: str, rows=ROWS) -> bytes:
    target = io.BytesIO()
    assert workbooks.write(target, "Quote", COLUMNS, rows, kind) == len(rows)
    return target.getvalue()


def test_a_workbook_keeps_numbers_days_and_text_as_what_they_are() -> None:
    page = openpyxl.load_workbook(io.BytesIO(written("xlsx")))["Quote"]
    assert [cell.value for cell in page[1]] == list(COLUMNS)
    assert [cell.value for cell in page[2]][:2] == ["Dresano", 1234.56]
    assert page["C2"].value.date() == date(2026, 7, 31)
    assert (page["B2"].number_format, page["C2"].number_format) == ("#,##0.00", "dd/mm/yyyy")
    assert (page["A3"].value, page["A3"].data_type, page["A3"].hyperlink) == (LINK, "s", None)
    assert page["C4"].value.date() == date(2026, 8, 1)  # half past eleven in London is tomorrow in Rome


def test_a_csv_is_what_italian_excel_reads_and_holds_no_formula() -> None:
    content = written("csv")
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert lines == [
        list(COLUMNS), ["Dresano", "1234,56", "31/07/2026", "12", "sì"], [f"'{LINK}", "", "", "-1", "no"],
        ["'@SUM(A1)", "-0,05", "01/08/2026", "", ""],
    ]


def test_another_format_is_refused() -> None:
    with pytest.raises(RuleBroken, match="xlsx o csv"):
        workbooks.write(io.BytesIO(), "Quote", COLUMNS, [], "pdf")


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_ten_times_the_rows_take_no_more_memory(kind: str, tmp_path) -> None:
    def peak(count: int) -> int:
        rows = ((f"Comune {n}", Decimal(n), date(2026, 1, 1), n, True) for n in range(count))
        with (tmp_path / f"{count}.{kind}").open("wb") as target:
            tracemalloc.start()
            workbooks.write(target, "Quote", COLUMNS, rows, kind)
            used = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return used

    peak(10)  # what is loaded once
    assert peak(20_000) < 1.5 * peak(2_000) + 200_000


def test_a_sheet_that_would_be_too_long_is_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "MOST_ROWS", 2)
    with pytest.raises(RuleBroken, match=r"\.csv"):
        written("xlsx")
