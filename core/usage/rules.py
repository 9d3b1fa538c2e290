"""What a figure of use may be, and which months make an exercise. Pure."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.documents.words import month_name, number
from core.ground.errors import RuleBroken
from core.ground.exercise import Exercise
from core.plugins.schema import UseMeasure

FIRST_YEAR = 2000
MOST = Decimal(1_000_000_000)


@dataclass(frozen=True, order=True)
class UseMonth:
    """A month of the calendar."""

    year: int
    month: int

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, monthrange(self.year, self.month)[1])

    @property
    def code(self) -> int:
        """As an address has it: 202602."""
        return self.year * 100 + self.month

    def __str__(self) -> str:
        return f"{month_name(self.month)} {self.year}"


def month_of(day: date) -> UseMonth:
    """The month in which a day lies."""
    return UseMonth(day.year, day.month)


def month_called(year: int | None, month: int | None) -> UseMonth:
    """A month by its numbers. RuleBroken for one that there is not."""
    if year is None or not FIRST_YEAR <= year <= 9998:
        raise RuleBroken("L'anno si scrive con quattro cifre, dal %(first)s in poi.", field="year", first=FIRST_YEAR)
    if month is None or not 1 <= month <= 12:
        raise RuleBroken("Il mese va da 1 a 12.", field="month")
    return UseMonth(year, month)


def months_of(exercise: Exercise) -> tuple[UseMonth, ...]:
    """The twelve months of an exercise; one that it begins within is of the exercise before, so that none counts twice.
    """
    months = [UseMonth(year, month) for year, month in exercise.months()]
    return tuple(months[1:] if exercise.starts_on.day > 1 else months)


def require_begun(month: UseMonth, today: date) -> None:
    """RuleBroken for a month that has not begun."""
    if month.first > today:
        raise RuleBroken("%(month)s non è ancora cominciato: l'uso si registra dal suo primo giorno.", field="month",
                         month=str(month).capitalize())


def require_over(month: UseMonth, today: date) -> None:
    """RuleBroken for a month that is not over."""
    if month.last >= today:
        raise RuleBroken("%(month)s non è finito: si chiude dal %(day)s.", field="month",
                         month=str(month).capitalize(), day=f"{month.last:%d/%m/%Y}")


def require_figure(measure: UseMeasure, value: Decimal, *, field: str) -> Decimal:
    """The value, if the measure can have it. RuleBroken for one that is negative, too fine or beyond all measure."""
    if not value.is_finite() or value < 0:
        raise RuleBroken("«%(title)s» non può valere %(value)s: una cifra d'uso è zero o di più. Se non c'è stato uso, "
                         "scrivere 0.", field=field, title=measure.title, value=_said(value))
    if value > MOST:
        raise RuleBroken("«%(title)s» vale %(value)s: è più di quanto un mese possa dare. Controllare la cifra.",
                         field=field, title=measure.title, value=_said(value))
    if not measure.places and value != int(value):
        raise RuleBroken("«%(title)s» si conta in numeri interi: %(value)s non va bene.", field=field,
                         title=measure.title, value=_said(value))
    if value != round(value, 2):
        raise RuleBroken("«%(title)s» ha al più due decimali: %(value)s ne ha di più.", field=field,
                         title=measure.title, value=_said(value))
    return value


def require_unit(measure: UseMeasure, unit: str, *, field: str) -> None:
    """RuleBroken for a figure in another unit than the measure's: nothing is converted."""
    if " ".join(unit.split()).casefold() != measure.unit.casefold():
        raise RuleBroken("«%(title)s» si conta in %(unit)s, non in %(found)s: riportare la cifra in %(unit)s.",
                         field=field, title=measure.title, unit=measure.unit, found=unit)


def _said(value: Decimal) -> str:
    return number(value) if value.is_finite() else str(value)
