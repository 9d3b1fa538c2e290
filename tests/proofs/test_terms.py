"""The terms of the two procedures against a calendar written a second time, by other means, for every day of ten years.

Holidays here come from the law as it is written and from Gauss's rule of Easter, not from the library that the clock
reads; the count goes one day at a time. The years hold three leap ones and twenty changes of the clocks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import product
from zoneinfo import ZoneInfo

import pytest

from core.ground import clock
from core.ground.clock import PatronDay, Roll, Term, Unit

pytestmark = pytest.mark.proof
FIRST, LAST = date(2023, 1, 1), date(2032, 12, 31)
PATRONS = (None, PatronDay(6, 24), PatronDay(2, 29))
# reply to the notice, payment of the penalty, completion of an application, examination, half a year, a year
TERMS = ((15, Unit.DAYS), (60, Unit.DAYS), (30, Unit.DAYS), (6, Unit.MONTHS), (1, Unit.MONTHS), (12, Unit.MONTHS))
FIXED = ((1, 1), (1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 25), (12, 26))
DAY = timedelta(days=1)


def easter(year: int) -> date:
    """Gauss's rule, with Meeus's figures for the Gregorian calendar."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (a + 11 * h) // 319
    n = (2 * e + 2 * i - k - h + m + 32) % 7
    month = (h - m + n + 90) // 25
    return date(year, month, (h - m + n + month + 19) % 32)


def rests(day: date, roll: Roll, patron: PatronDay | None) -> bool:
    """True if a term does not end on ``day``, by the law as it is written (4 October from 2026)."""
    if roll is Roll.NONE:
        return False
    held = (day.month, day.day) in FIXED or day in (easter(day.year), easter(day.year) + DAY)
    saint_francis = day.year >= 2026 and (day.month, day.day) == (10, 4)
    local = patron is not None and (day.month, day.day) == (patron.month, patron.day)
    weekend = day.isoweekday() == 7 or (roll is Roll.SATURDAY and day.isoweekday() == 6)
    return held or saint_francis or local or weekend


def counted(start: date, amount: int, unit: Unit) -> date:
    """The nominal end: one day at a time, or month by month to the same number or the month's last day."""
    if unit is Unit.DAYS:
        day = start
        for _ in range(amount):
            day += DAY
        return day
    year, month = start.year, start.month
    for _ in range(amount):
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    number = start.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


def differences(end_of: Callable[[Term], date]) -> Iterator[tuple[date, int, Unit, Roll, PatronDay | None]]:
    """The terms that end otherwise than the calendar above says; ``end_of`` reads the end of one."""
    day = FIRST
    while day <= LAST:
        for (amount, unit), roll, patron in product(TERMS, Roll, PATRONS):
            nominal = effective = counted(day, amount, unit)
            while rests(effective, roll, patron):
                effective += DAY
            found = clock.term(day, amount, unit, roll=roll, patron=patron)
            if (found.nominal, end_of(found)) != (nominal, effective):
                yield day, amount, unit, roll, patron
        day += DAY


def test_every_term_of_ten_years_ends_on_the_day_that_the_law_says(figure: Callable[..., None]) -> None:
    wrong = list(differences(lambda term: term.effective))
    many = ((LAST - FIRST).days + 1) * len(TERMS) * len(Roll) * len(PATRONS)
    figure("termini", f"{many} termini dal {FIRST:%d/%m/%Y} al {LAST:%d/%m/%Y}: {len(wrong)} diversi dal calendario "
                      "scritto una seconda volta")
    assert wrong == []


def test_the_control_goes_red_when_a_term_may_end_on_a_holiday(figure: Callable[..., None]) -> None:
    wrong = sum(1 for _ in differences(lambda term: term.nominal))
    figure("termini, controllo", f"senza lo slittamento: {wrong} termini diversi trovati")
    assert wrong


def test_the_day_in_rome_is_right_on_the_nights_when_the_clocks_change(
    monkeypatch: pytest.MonkeyPatch, figure: Callable[..., None]
) -> None:
    rome, tried = ZoneInfo("Europe/Rome"), 0

    def at(instant: datetime) -> date:
        class Stopped(datetime):
            @classmethod
            def now(cls, tz=None):
                return instant.astimezone(tz)

        monkeypatch.setattr(clock, "datetime", Stopped)
        return clock.today()

    for year in range(FIRST.year, LAST.year + 1):
        for month in (3, 10):
            change = max(date(year, month, n) for n in range(25, 32) if date(year, month, n).isoweekday() == 7)
            midnight = datetime(year, month, change.day, tzinfo=rome).astimezone(UTC)
            after = datetime(year, month, change.day, tzinfo=rome) + DAY
            for instant, day in ((midnight - timedelta(seconds=1), change - DAY), (midnight, change),
                                 (after.astimezone(UTC) - timedelta(seconds=1), change),
                                 (after.astimezone(UTC), change + DAY)):
                assert at(instant) == day
                tried += 1
    figure("termini, cambio dell'ora", f"{tried} istanti, tutti nel giorno giusto")
