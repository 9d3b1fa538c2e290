"""The Italian calendar and the terms counted on it. The only file that reads the clock.

A term has a *nominal* date, by pure count, and an *effective* one, after the roll off days on which an act
cannot be asked for (art. 2963 c.c.; art. 155 c.p.c. for Saturdays). The day of the event is not counted.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from core.ground.errors import RuleBroken

ROME = ZoneInfo("Europe/Rome")


class Roll(StrEnum):
    """On which days a term does not end: none, holidays (art. 2963 c.c.), Saturdays too (art. 155 c. 5 c.p.c.)."""

    NONE = "none"
    HOLIDAY = "holiday"
    SATURDAY = "saturday"


class Unit(StrEnum):
    """What a term counts."""

    DAYS = "days"
    MONTHS = "months"
    WORKING_DAYS = "working_days"


@dataclass(frozen=True)
class Term:
    """A counted term: the date by pure count and the date after the roll."""

    nominal: date
    effective: date


COMMON_YEAR = 2027  # without 29 February


@dataclass(frozen=True)
class PatronDay:
    """The feast of a municipality's patron: a holiday there and nowhere else."""

    month: int
    day: int

    def __post_init__(self) -> None:
        if not (1 <= self.month <= 12 and 1 <= self.day <= calendar.monthrange(2024, self.month)[1]):
            raise RuleBroken("La festa del patrono %(text)s non esiste: scriverla come giorno e mese, per esempio "
                             "24/06.", field="patron_day", text=str(self))

    def __str__(self) -> str:
        return f"{self.month:02}-{self.day:02}"

    @classmethod
    def parse(cls, text: str | None) -> PatronDay | None:
        """Read ``06-24``, as records keep it, or ``24/06``, as people write it; None for nothing."""
        if not text:
            return None
        try:
            month, day = (int(part) for part in (text.split("-") if "-" in text else reversed(text.split("/"))))
        except ValueError as error:
            raise RuleBroken(
                "La festa del patrono «%(text)s» non si legge: scriverla come giorno e mese, per esempio 24/06.",
                field="patron_day",
                text=text,
            ) from error
        return cls(month, day)


def day_of(text: str, year: int = COMMON_YEAR, *, field: str) -> date:
    """A day that comes back each year, written ``11-30``, in one of them. RuleBroken for one that not every year has.
    """
    try:
        date.fromisoformat(f"{COMMON_YEAR}-{text}")
        return date.fromisoformat(f"{year}-{text}")
    except ValueError as error:
        raise RuleBroken("Il giorno «%(text)s» non esiste in tutti gli anni: indicare giorno e mese, per esempio "
                         "30/11.", field=field, text="/".join(reversed(text.split("-")))) from error


def now() -> datetime:
    """This instant, in UTC: for stamps, never for a rule."""
    return datetime.now(UTC)


def today(played: date | None = None) -> date:
    """The day in Rome, or the day an installation plays (``PATTO_TODAY``)."""
    return played or datetime.now(ROME).date()


def end_of(day: date) -> datetime:
    """The instant at which a day ends in Rome, in UTC: what was made before it was made by that day."""
    return datetime.combine(day + timedelta(days=1), time.min, ROME).astimezone(UTC)


def add_months(start: date, months: int) -> date:
    """The same day number ``months`` later (or earlier), cut to the month's last day (art. 2963 c. 5 c.c.)."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month0 + 1, min(start.day, calendar.monthrange(year, month0 + 1)[1]))


def is_holiday(day: date, patron: PatronDay | None = None) -> bool:
    """Sundays, the national holidays (4 October from 2026, L. 151/2025) and the patron's day."""
    if day.weekday() == calendar.SUNDAY or day in national_holidays(day.year):
        return True
    return patron is not None and (day.month, day.day) == (patron.month, patron.day)


def is_working_day(day: date, patron: PatronDay | None = None) -> bool:
    """Monday to Friday that are no holiday: what *giorni lavorativi* counts."""
    return day.weekday() < calendar.SATURDAY and not is_holiday(day, patron)


def roll_forward(day: date, roll: Roll, patron: PatronDay | None = None) -> date:
    """The first day from ``day`` on which a term may end under the policy."""
    if roll is Roll.NONE:
        return day
    while is_holiday(day, patron) or (roll is Roll.SATURDAY and day.weekday() == calendar.SATURDAY):
        day += timedelta(days=1)
    return day


def term(
    start: date,
    amount: int,
    unit: Unit = Unit.DAYS,
    *,
    backwards: bool = False,
    roll: Roll = Roll.HOLIDAY,
    patron: PatronDay | None = None,
) -> Term:
    """Count ``amount`` days, months or working days from the day after ``start``.

    A term counted backwards (notice before an expiry, X5) is never moved: effective = nominal.
    Raises RuleBroken for a negative amount.
    """
    if amount < 0:
        raise RuleBroken("Un termine non può essere negativo: %(amount)s. Indicare zero o un numero positivo.",
                         amount=amount)
    step = -1 if backwards else 1
    try:
        nominal = _count(start, amount, unit, step, patron)
        return Term(nominal, nominal if backwards else roll_forward(nominal, roll, patron))
    except (OverflowError, ValueError) as error:
        raise RuleBroken("Il termine di %(amount)s esce dal calendario: indicare un numero più piccolo.",
                         amount=amount) from error


def _count(start: date, amount: int, unit: Unit, step: int, patron: PatronDay | None) -> date:
    if unit is Unit.MONTHS:
        return add_months(start, step * amount)
    if unit is Unit.DAYS:
        return start + timedelta(days=step * amount)
    day = start
    while amount:
        day += timedelta(days=step)
        amount -= is_working_day(day, patron)
    return day


@lru_cache(maxsize=64)
def national_holidays(year: int) -> frozenset[date]:
    """The civil holidays of one year, from the holidays library."""
    return frozenset(_italy()(years=year))


@lru_cache
def _italy() -> Any:
    """The library's calendar of Italy, by its own file: its package would bring 250 other countries, a third of a
    second that everybody who counts a term would wait for."""
    import holidays  # only wanted when a term is counted

    spec = spec_from_file_location("holidays.countries.italy", Path(holidays.__path__[0], "countries", "italy.py"))
    assert spec is not None and spec.loader is not None
    italy = module_from_spec(spec)
    spec.loader.exec_module(italy)
    return italy.Italy
