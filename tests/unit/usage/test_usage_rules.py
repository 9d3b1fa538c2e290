"""What a figure of use may be, and which months an exercise has."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.ground.errors import RuleBroken
from core.ground.exercise import Exercises
from core.plugins.schema import MeasureKind, UseMeasure
from core.usage import rules
from core.usage.rules import UseMonth

HOURS = UseMeasure("hours", "Ore di assistenza", "ore", MeasureKind.HOURS)
PEOPLE = UseMeasure("people", "Persone seguite", "persone", MeasureKind.PERSONS, counts_people=True)


@pytest.mark.parametrize(("measure", "value", "sentence"), [
    (HOURS, "-1", "zero o di più"), (HOURS, "NaN", "zero o di più"), (HOURS, "1.005", "due decimali"),
    (PEOPLE, "2.5", "numeri interi"), (HOURS, "10000000000", "Controllare la cifra"),
])
def test_a_figure_that_cannot_be_is_refused_in_words(measure: UseMeasure, value: str, sentence: str) -> None:
    with pytest.raises(RuleBroken, match=sentence) as caught:
        rules.require_figure(measure, Decimal(value), field="value")
    assert caught.value.field == "value"


@pytest.mark.parametrize(("measure", "value"), [(HOURS, "0"), (HOURS, "96.25"), (PEOPLE, "3")])
def test_zero_is_a_figure_and_hours_have_hundredths(measure: UseMeasure, value: str) -> None:
    assert rules.require_figure(measure, Decimal(value), field="value") == Decimal(value)


def test_a_figure_in_another_unit_is_not_converted() -> None:
    rules.require_unit(HOURS, " Ore ", field="unit")
    with pytest.raises(RuleBroken, match="si conta in ore, non in minuti"):
        rules.require_unit(HOURS, "minuti", field="unit")


def test_an_exercise_has_twelve_months_wherever_it_begins() -> None:
    assert [str(month) for month in rules.months_of(Exercises("01-01").named(2026))][::11] == [
        "gennaio 2026", "dicembre 2026"]
    september = rules.months_of(Exercises("09-01").named(2025))
    assert (september[0], september[-1], len(september)) == (UseMonth(2025, 9), UseMonth(2026, 8), 12)
    within = rules.months_of(Exercises("09-15").named(2025))  # September 2025 is of the exercise before
    assert (within[0], within[-1], len(within)) == (UseMonth(2025, 10), UseMonth(2026, 9), 12)


def test_a_month_is_recorded_once_it_has_begun_and_closed_once_it_is_over() -> None:
    february = UseMonth(2026, 2)
    rules.require_begun(february, date(2026, 2, 1))
    with pytest.raises(RuleBroken, match="Febbraio 2026 non è ancora cominciato"):
        rules.require_begun(february, date(2026, 1, 31))
    rules.require_over(february, date(2026, 3, 1))
    with pytest.raises(RuleBroken, match="Febbraio 2026 non è finito: si chiude dal 28/02/2026"):
        rules.require_over(february, date(2026, 2, 28))
