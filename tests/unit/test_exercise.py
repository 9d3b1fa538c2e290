"""The exercise: from its first day to its last, named by the year in which it begins."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground.errors import RuleBroken
from core.ground.exercise import CALENDAR, NEW_YEAR, Exercise, Exercises, exercise

SCHOOL = Exercises("09-01")
SUMMER = Exercises("07-01")
YEARS = st.integers(1990, 2198)
DAYS = st.dates(date(1990, 1, 1), date(2198, 12, 31))
# every day that all years have
FIRST_DAYS = st.dates(date(2027, 1, 1), date(2027, 12, 31)).map(lambda day: f"{day:%m-%d}")


@pytest.mark.parametrize(("first_day", "year", "starts_on", "ends_on", "days", "name"), [
    (NEW_YEAR, 2027, date(2027, 1, 1), date(2027, 12, 31), 365, "2027"),
    (NEW_YEAR, 2028, date(2028, 1, 1), date(2028, 12, 31), 366, "2028"),
    ("09-01", 2026, date(2026, 9, 1), date(2027, 8, 31), 365, "2026/2027"),
    ("09-01", 2027, date(2027, 9, 1), date(2028, 8, 31), 366, "2027/2028"),  # 29 February 2028 lies in it
    ("07-01", 2026, date(2026, 7, 1), date(2027, 6, 30), 365, "2026/2027"),
    ("03-01", 2027, date(2027, 3, 1), date(2028, 2, 29), 366, "2027/2028"),
    ("02-28", 2027, date(2027, 2, 28), date(2028, 2, 27), 365, "2027/2028"),
    ("12-31", 2026, date(2026, 12, 31), date(2027, 12, 30), 365, "2026/2027"),
])
def test_an_exercise_has_its_days_and_its_name(
    first_day: str, year: int, starts_on: date, ends_on: date, days: int, name: str
) -> None:
    found = Exercises(first_day).named(year)
    assert found == Exercise(year, starts_on, ends_on)
    assert (found.days, str(found), Exercises(first_day).name(year)) == (days, name, name)
    assert found.after == Exercises(first_day).named(year + 1).starts_on


@pytest.mark.parametrize(("day", "year"), [
    (date(2026, 8, 31), 2025), (date(2026, 9, 1), 2026), (date(2026, 12, 31), 2026), (date(2027, 1, 1), 2026),
    (date(2027, 8, 31), 2026), (date(2027, 9, 1), 2027),
])
def test_a_day_lies_in_the_exercise_that_has_begun(day: date, year: int) -> None:
    assert SCHOOL.of(day).year == year


@pytest.mark.parametrize(("text", "day"), [
    ("10-15", date(2026, 10, 15)), ("02-15", date(2027, 2, 15)), ("09-01", date(2026, 9, 1)),
    ("08-31", date(2027, 8, 31)),
])
def test_a_day_of_the_year_falls_once_in_an_exercise(text: str, day: date) -> None:
    assert SCHOOL.named(2026).day_of(text, field="due") == day


def test_29_february_is_no_day_of_all_exercises() -> None:
    with pytest.raises(RuleBroken, match="non esiste in tutti gli anni"):
        SCHOOL.named(2027).day_of("02-29", field="due")
    with pytest.raises(RuleBroken, match="non esiste in tutti gli anni"):
        Exercises("02-29")


@pytest.mark.parametrize(("month", "day"), [(9, date(2026, 9, 30)), (12, date(2026, 12, 31)), (2, date(2027, 2, 28)),
                                            (8, date(2027, 8, 31))])
def test_a_month_ends_once_in_an_exercise(month: int, day: date) -> None:
    assert SCHOOL.named(2026).end_of_month(month) == day


def test_the_months_follow_the_exercise() -> None:
    assert SUMMER.named(2026).months() == [(2026, month) for month in range(7, 13)] + [
        (2027, month) for month in range(1, 7)]
    within = Exercises("09-15").named(2026).months()
    assert (within[0], within[-1], len(within)) == ((2026, 9), (2027, 9), 13)


def test_who_keeps_to_the_calendar_meets_two_of_its_years() -> None:
    assert list(SCHOOL.named(2026).calendar_years) == [2026, 2027]
    assert list(CALENDAR.named(2026).calendar_years) == [2026]


@pytest.mark.parametrize(("text", "first_day"), [
    (None, "01-01"), ("", "01-01"), ("09-01", "09-01"), ("01/09", "09-01"), ("1/9", "09-01"), (" 01/07 ", "07-01"),
])
def test_the_first_day_is_read_as_kept_and_as_written(text: str | None, first_day: str) -> None:
    assert Exercises.reading(text).first_day == first_day


@pytest.mark.parametrize("text", ["31/02", "settembre", "01/13", "29/02", "1", "--", "2026-09-01"])
def test_a_first_day_that_is_none_is_said_in_words(text: str) -> None:
    with pytest.raises(RuleBroken, match="non esiste in tutti gli anni") as refused:
        Exercises.reading(text)
    assert refused.value.field == "exercise_starts"


@pytest.mark.parametrize("year", [0, -1, 9999, 20_266])
def test_a_year_off_the_calendar_is_said_in_words(year: int) -> None:
    with pytest.raises(RuleBroken, match="esce dal calendario"):
        SCHOOL.named(year)


def test_a_year_alone_is_the_calendar_year() -> None:
    assert exercise(2026) == CALENDAR.named(2026)
    assert exercise(SCHOOL.named(2026)) == SCHOOL.named(2026)


@given(YEARS, DAYS)
def test_of_calendar_years_the_reader_is_the_arithmetic_of_before(year: int, day: date) -> None:
    found = CALENDAR.named(year)
    assert (found.starts_on, found.ends_on) == (date(year, 1, 1), date(year, 12, 31))
    assert found.days == (366 if calendar.isleap(year) else 365)
    assert str(found) == CALENDAR.name(year) == str(year)
    assert CALENDAR.cell(year) == year
    assert CALENDAR.of(day).year == day.year
    assert found.touches(day, day) == (day.year == year)
    assert found.months() == [(year, month) for month in range(1, 13)]
    assert [found.end_of_month(month).day for month in range(1, 13)] == [
        calendar.monthrange(year, month)[1] for month in range(1, 13)]
    if (day.month, day.day) != (2, 29):
        assert found.day_of(f"{day:%m-%d}", field="due") == day.replace(year=year)


@given(FIRST_DAYS, DAYS)
def test_every_day_lies_in_one_exercise_and_they_leave_no_gap(first_day: str, day: date) -> None:
    mine = Exercises(first_day)
    found = mine.of(day)
    assert found.starts_on <= day <= found.ends_on
    assert mine.named(found.year - 1).ends_on == found.starts_on - timedelta(days=1)
    assert found.days in (365, 366)
    assert found.days == (366 if any(calendar.isleap(year) and found.touches(date(year, 2, 29), date(year, 2, 29))
                                     for year in found.calendar_years) else 365)
    if (day.month, day.day) != (2, 29):
        assert found.day_of(f"{day:%m-%d}", field="due") == day
