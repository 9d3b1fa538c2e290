"""A cell is read into the value that its column holds, or refused in words that say what to do."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground.errors import RuleBroken
from core.tables.cells import Cell, CellKind, Column, Sheet, match_headings, read_cell, read_row


def cell(kind: CellKind, value: object, **options: object) -> object:
    """The value of a cell of a column that holds ``kind``."""
    return read_cell(Column("x", "X", kind, **options), Cell(value))


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        (CellKind.DAY, "31/07/2026", date(2026, 7, 31)),
        (CellKind.DAY, "2026-07-31", date(2026, 7, 31)),
        (CellKind.DAY, datetime.combine(date(2026, 7, 31), time()), date(2026, 7, 31)),
        (CellKind.DATA, '{"sites": ["Dresano"]}', {"sites": ["Dresano"]}),
        (CellKind.DATA, {"hours": Decimal("12.5"), "free": True, "rows": [{"n": 3}]},
         {"hours": "12.5", "free": True, "rows": [{"n": 3}]}),
        (CellKind.AMOUNT, "1.234,56", Decimal("1234.56")),
        (CellKind.AMOUNT, "€ 10", Decimal("10.00")),
        (CellKind.AMOUNT, 1234.56, Decimal("1234.56")),
        (CellKind.AMOUNT, 0.1 + 0.2, Decimal("0.30")),
        (CellKind.AMOUNT, -5, Decimal("-5.00")),
        (CellKind.NUMBER, "3.008", 3008),
        (CellKind.NUMBER, 3008.0, 3008),
        (CellKind.YES_NO, "Sì", True),
        (CellKind.YES_NO, "no", False),
        (CellKind.TEXT, "  Peschiera   Borromeo ", "Peschiera Borromeo"),
        (CellKind.TEXT, 118, "118"),
        (CellKind.TEXT, "=HYPERLINK(\"x\")", "=HYPERLINK(\"x\")"),
    ],
)
def test_a_cell_is_read_as_people_write_it(kind: CellKind, value: object, read: object) -> None:
    assert cell(kind, value) == read


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (CellKind.DAY, "31/02/2026"),
        (CellKind.DAY, "31/7"),
        (CellKind.DAY, 46234),
        (CellKind.DAY, "31/07/0026"),
        (CellKind.DATA, "[1]"),
        (CellKind.DATA, "sedi: Dresano"),
        (CellKind.DATA, '{"n": NaN}'),
        (CellKind.DATA, '{"n": "\\u0000"}'),
        (CellKind.DATA, {"day": date(2026, 7, 31)}),
        (CellKind.AMOUNT, "1.234"),
        (CellKind.AMOUNT, "12,345"),
        (CellKind.AMOUNT, 12.345),
        (CellKind.AMOUNT, "dieci"),
        (CellKind.AMOUNT, True),
        (CellKind.AMOUNT, 1e300),
        (CellKind.NUMBER, "3,5"),
        (CellKind.NUMBER, 3.5),
        (CellKind.NUMBER, 10**12),
        (CellKind.YES_NO, "forse"),
        (CellKind.TEXT, "a" * 2001),
        (CellKind.TEXT, datetime.combine(date(2026, 1, 3), time())),
    ],
)
def test_what_a_column_cannot_hold_is_refused(kind: CellKind, value: object) -> None:
    with pytest.raises(RuleBroken):
        cell(kind, value)


def test_a_choice_is_known_by_its_word_or_its_code() -> None:
    kinds = {"budget": "Di previsione", "final": "Definitiva"}
    assert cell(CellKind.CHOICE, "di previsione", choices=kinds) == "budget"
    assert cell(CellKind.CHOICE, "final", choices=kinds) == "final"
    with pytest.raises(RuleBroken, match="Di previsione, Definitiva"):
        cell(CellKind.CHOICE, "presunta", choices=kinds)


def test_a_code_that_excel_made_a_number_gets_its_zeros_back() -> None:
    assert cell(CellKind.TEXT, 15101, digits=6) == "015101"


def test_an_empty_cell_is_nothing_unless_it_is_necessary() -> None:
    assert cell(CellKind.TEXT, "  ", required=False) is None
    with pytest.raises(RuleBroken, match="necessario"):
        cell(CellKind.TEXT, None)


def test_a_formula_and_an_error_of_the_spreadsheet_are_refused() -> None:
    amount = Column("x", "X", CellKind.AMOUNT)
    with pytest.raises(RuleBroken, match="formula"):
        read_cell(amount, Cell("=A1*2", is_formula=True))
    with pytest.raises(RuleBroken, match="#DIV/0!"):
        read_cell(amount, Cell("#DIV/0!", is_error=True))


ANYTHING = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.dates(),
                     st.decimals())


@given(kind=st.sampled_from(CellKind), value=ANYTHING)
def test_whatever_stands_in_a_cell_is_read_or_refused_and_never_a_crash(kind: CellKind, value: object) -> None:
    try:
        cell(kind, value, required=False, choices={"a": "A"})
    except RuleBroken as refusal:
        assert str(refusal)


SHEET = Sheet("shares", "Quote", (Column("year", "Anno", CellKind.NUMBER), Column("amount", "Importo", CellKind.AMOUNT),
                                  Column("note", "Nota", required=False)))


def test_headings_may_stand_in_any_order_and_be_written_loosely() -> None:
    places = match_headings(SHEET, ["  IMPORTO *", None, "anno"])
    assert {place: column.name for place, column in places.items()} == {0: "amount", 2: "year"}


@pytest.mark.parametrize(
    ("headings", "said"),
    [(["Anno"], "Importo"), (["Anno", "Importo", "Colore"], "Colore"), (["Anno", "Importo", "Anno *"], "due volte"),
     ([], "Anno, Importo")],
)
def test_headings_that_are_missing_unknown_or_twice_are_named(headings: list[str], said: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        match_headings(SHEET, headings)
    assert said in str(refusal.value)


def test_every_trouble_of_a_row_stands_beside_its_column() -> None:
    row = read_row(SHEET, 7, {"year": Cell("duemila"), "amount": Cell("1,234")})
    assert [finding.where for finding in row.findings] == ["Anno", "Importo"]
    assert row.number == 7
