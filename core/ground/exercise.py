"""The exercise: the twelve months of which an azienda makes budget, shares, instalments and accounts.

By law it is the calendar year where the statute says nothing; a statute may let it begin on another day, as who follows
the school year does. It is named by the year in which it begins, and so kept; whoever reads of one that is no calendar
year reads both years. Pure; those of the azienda that runs here: ``exercises.py``.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from core.ground import clock
from core.ground.errors import RuleBroken

NEW_YEAR = "01-01"
OF_EXERCISE = {"exercise": True}  # of a column: it keeps the year in which an exercise begins
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Exercise:
    """One exercise: the year in which it begins, its first day and its last."""

    year: int
    starts_on: date
    ends_on: date

    @property
    def days(self) -> int:
        """365, or 366 where 29 February lies in it."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def after(self) -> date:
        """The first day that lies after it: the next one begins."""
        return self.ends_on + ONE_DAY

    @property
    def calendar_years(self) -> range:
        """The calendar years in which it lies, one or two: those of who keeps to them, as every comune does."""
        return range(self.starts_on.year, self.ends_on.year + 1)

    def touches(self, first: date, last: date) -> bool:
        """True if a day from ``first`` to ``last`` lies in it."""
        return first <= self.ends_on and last >= self.starts_on

    def day_of(self, text: str, *, field: str) -> date:
        """The day in it that comes back each year, written ``10-15``. RuleBroken for one that not every year has."""
        day = clock.day_of(text, self.starts_on.year, field=field)
        return day if day >= self.starts_on else clock.day_of(text, self.starts_on.year + 1, field=field)

    def end_of_month(self, month: int) -> date:
        """The last day of a month, 1 to 12, as it lies in it."""
        first, second = (date(year, month, calendar.monthrange(year, month)[1])
                         for year in (self.starts_on.year, self.ends_on.year))
        return first if first >= self.starts_on else second

    def months(self) -> list[tuple[int, int]]:
        """Year and number of the months in which its days lie, in order: thirteen where it begins within one."""
        first = self.starts_on.replace(day=1)
        days = (clock.add_months(first, count) for count in range(13))
        return [(day.year, day.month) for day in days if day <= self.ends_on]

    def __str__(self) -> str:
        last = self.ends_on.year
        return str(self.year) if last == self.year else f"{self.year}/{last}"


@dataclass(frozen=True)
class Exercises:
    """All exercises of an azienda, by the day on which each begins, written ``09-01``.

    RuleBroken for a day that does not exist in all years.
    """

    first_day: str = NEW_YEAR

    def __post_init__(self) -> None:
        clock.day_of(self.first_day, field="exercise_starts")

    @classmethod
    def reading(cls, text: str | None) -> Exercises:
        """By a first day written ``09-01``, as records keep it, or ``01/09``, as people do; 1 January for nothing."""
        said = (text or "").strip().replace("/", "-")
        day, _dash, month = said.partition("-")
        return cls(f"{month:0>2}-{day:0>2}" if "/" in (text or "") else said or NEW_YEAR)

    @property
    def calendar(self) -> bool:
        """True where exercise and calendar year are one."""
        return self.first_day == NEW_YEAR

    def named(self, year: int) -> Exercise:
        """The exercise that begins in a year."""
        return Exercise(year, self._start(year), self._start(year + 1) - ONE_DAY)

    def of(self, day: date) -> Exercise:
        """The exercise in which a day lies."""
        return self.named(day.year if day >= self._start(day.year) else day.year - 1)

    def name(self, year: int) -> str:
        """What people call the exercise that begins in a year: 2026, or 2026/2027."""
        return str(year) if self.calendar else f"{year}/{year + 1}"

    def cell(self, year: int) -> int | str:
        """The same for a table that is reckoned with: a number where it is one."""
        return year if self.calendar else self.name(year)

    def _start(self, year: int) -> date:
        try:
            return date.fromisoformat(f"{year:04}-{self.first_day}")
        except ValueError as error:
            raise RuleBroken("L'anno «%(year)s» esce dal calendario: indicarne uno con quattro cifre.", field="year",
                             year=year) from error


CALENDAR = Exercises()


def exercise(year: Exercise | int) -> Exercise:
    """An exercise as it is; a year alone is the calendar year."""
    return year if isinstance(year, Exercise) else CALENDAR.named(year)
