"""What people write into the fields of a sheet, what is kept of it, what is refused and in which words."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.catalogue.sheets import clean, typed
from core.ground.errors import RuleBroken
from core.plugins.schema import FieldType, SheetField, SheetSchema


def one(kind: FieldType, **options: object) -> SheetSchema:
    return SheetSchema((SheetField("value", "Valore", kind, **options),))


def kept(kind: FieldType, value: object, **options: object) -> object:
    return clean(one(kind, **options), {"value": value}).get("value")


def refusal(schema: SheetSchema, data: dict[str, object], **known: object) -> RuleBroken:
    with pytest.raises(RuleBroken) as caught:
        clean(schema, data, **known)
    return caught.value


TEAM = SheetSchema((
    SheetField("team", "Équipe", FieldType.ROWS, columns=(
        SheetField("role", "Ruolo", FieldType.TEXT, required=True),
        SheetField("count", "Quanti", FieldType.INTEGER, required=True, minimum=1),
    )),
))


@pytest.mark.parametrize(("kind", "written", "stays"), [
    (FieldType.TEXT, "  via   Roma 1 ", "via Roma 1"),
    (FieldType.LONG_TEXT, "prima riga  \nseconda\n", "prima riga\nseconda"),
    (FieldType.LINES, "uno\n\n due ", ["uno", "due"]),
    (FieldType.LINES, ["uno", " ", "due"], ["uno", "due"]),
    (FieldType.INTEGER, "12", 12),
    (FieldType.INTEGER, "1.234", 1234),
    (FieldType.INTEGER, 0, 0),
    (FieldType.DECIMAL, "12,50", "12.5"),
    (FieldType.DECIMAL, "1.234,5", "1234.5"),
    (FieldType.DECIMAL, Decimal("100"), "100"),
    (FieldType.EURO, "€ 18", "18.00"),
    (FieldType.EURO, "1.234,56", "1234.56"),
    (FieldType.PERCENT, "33,333", "33.333"),
    (FieldType.DATE, "31/7/2026", "2026-07-31"),
    (FieldType.DATE, date(2026, 7, 31), "2026-07-31"),
    (FieldType.YES_NO, "sì", True),
    (FieldType.YES_NO, False, False),
])
def test_people_and_machines_write_the_same_value(kind: FieldType, written: object, stays: object) -> None:
    assert kept(kind, written) == stays


@pytest.mark.parametrize(("kind", "written"), [
    (FieldType.TEXT, 12),
    (FieldType.TEXT, "suono\x07"),
    (FieldType.LINES, 7),
    (FieldType.INTEGER, "12,5"),
    (FieldType.INTEGER, "12.5"),
    (FieldType.INTEGER, "dodici"),
    (FieldType.INTEGER, True),
    (FieldType.DECIMAL, "12.5.1"),
    (FieldType.DECIMAL, 12.5),
    (FieldType.DECIMAL, "NaN"),
    (FieldType.EURO, "1,234"),
    (FieldType.EURO, "12.000"),  # twelve, or twelve thousand?
    (FieldType.PERCENT, "0,0001"),
    (FieldType.DATE, "31/02/2026"),
    (FieldType.YES_NO, "forse"),
    (FieldType.ROWS, "testo"),
])
def test_what_cannot_be_understood_is_refused_with_the_label(kind: FieldType, written: object) -> None:
    error = refusal(one(kind), {"value": written})
    assert error.field == "value"
    assert "«Valore»" in str(error)


def test_limits_are_inclusive() -> None:
    assert kept(FieldType.INTEGER, 1, minimum=1, maximum=5) == 1
    assert kept(FieldType.INTEGER, 5, minimum=1, maximum=5) == 5
    assert "minore di 1" in str(refusal(one(FieldType.INTEGER, minimum=1), {"value": 0}))
    assert "maggiore di 5" in str(refusal(one(FieldType.DECIMAL, maximum=5), {"value": "5,01"}))


def test_a_choice_is_one_of_the_choices() -> None:
    choices = (("open", "aperto"), ("closed", "chiuso"))
    assert kept(FieldType.CHOICE, "open", choices=choices) == "open"
    assert "aperto, chiuso" in str(refusal(one(FieldType.CHOICE, choices=choices), {"value": "mezzo"}))


def test_a_municipality_is_one_that_exists() -> None:
    schema = one(FieldType.MUNICIPALITY)
    assert clean(schema, {"value": "dresano"}, {"dresano"}) == {"value": "dresano"}
    assert "Comune" in str(refusal(schema, {"value": "atlantide"}, municipalities={"dresano"}))
    assert typed(schema, {"value": "dresano"}, {"dresano": "Dresano"}) == {"value": "Dresano"}


def test_a_required_field_is_asked_for() -> None:
    error = refusal(one(FieldType.TEXT, required=True), {"value": "  "})
    assert (str(error), error.field) == ("Manca «Valore»: va compilato.", "value")


def test_an_unknown_field_is_named() -> None:
    error = refusal(one(FieldType.TEXT), {"valore": "x"})
    assert (str(error), error.field) == ("Il campo «valore» non esiste in questa scheda.", "valore")


def test_a_wrong_cell_is_found_by_row_and_column() -> None:
    rows = [{"role": "Educatore", "count": 4}, {"role": "", "count": ""}, {"role": "Coordinatore", "count": "tanti"}]
    error = refusal(TEAM, {"team": rows})
    assert error.field == "team-2-count"
    assert "Équipe, riga 3: Quanti" in str(error)


def test_an_unknown_column_is_named() -> None:
    error = refusal(TEAM, {"team": [{"role": "Educatore", "count": 1, "name": "x"}]})
    assert "riga 1" in str(error) and "«name»" in str(error)


def test_a_row_does_not_end_before_it_begins() -> None:
    tariffs = SheetSchema((SheetField("costs", "Tariffe", FieldType.ROWS, columns=(
        SheetField("valid_from", "Dal", FieldType.DATE), SheetField("valid_to", "Al", FieldType.DATE))),))
    error = refusal(tariffs, {"costs": [{"valid_from": "01/05/2027", "valid_to": "01/01/2026"}]})
    assert error.field == "costs-0-valid_to"
    assert str(error).startswith("«Tariffe, riga 1: Al» viene prima del giorno da cui la riga vale")
    one_day = {"costs": [{"valid_from": "01/05/2027", "valid_to": "01/05/2027"}, {"valid_to": "31/12/2026"}]}
    assert len(clean(tariffs, one_day)["costs"]) == 2


def test_a_row_left_blank_is_no_row() -> None:
    assert clean(TEAM, {"team": [{"role": "", "count": None}]}) == {"team": []}


def test_what_is_missing_is_there_for_the_plugin_and_empty() -> None:
    schema = SheetSchema((*TEAM.fields, SheetField("hours", "Ore", FieldType.DECIMAL),
                          SheetField("steps", "Passi", FieldType.LINES)))
    assert typed(schema, {}) == {"team": (), "hours": None, "steps": ()}


@given(st.decimals(min_value=-10**9, max_value=10**9, places=2))
def test_no_figure_is_changed_by_keeping_it(figure: Decimal) -> None:
    for kind in (FieldType.DECIMAL, FieldType.EURO, FieldType.PERCENT):
        schema = one(kind)
        stored = clean(schema, {"value": figure})
        assert typed(schema, json.loads(json.dumps(stored))) == {"value": figure}
        assert clean(schema, stored) == stored


@given(st.dates())
def test_no_day_is_changed_by_keeping_it(day: date) -> None:
    schema = one(FieldType.DATE)
    assert typed(schema, clean(schema, {"value": day})) == {"value": day}
    assert clean(schema, {"value": f"{day:%d/%m}/{day.year:04}"}) == {"value": day.isoformat()}
