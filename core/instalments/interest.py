"""Interest on delay, where law or contract provides for it: by days, rates and what is still owed. Pure.

Simple interest over 365 days on the principal that is still owed, from the day after the term to the day of a payment,
both that day and the last one counted; rounded half up once for each payment. A payment covers the interest that has
accrued first, then the principal (art. 1194 c.c.); interest earns no interest (art. 1283 c.c.). A rate holds for its
own calendar year and no other: the legal one is set for each year (art. 1284 c.c.).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from core.ground import money
from core.ground.errors import Place, RuleBroken

DAYS_OF_A_YEAR = 365
ONE_DAY = timedelta(days=1)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Rate:
    """A yearly rate in percent, and the first day on which it holds: until the next one, or the end of its year."""

    valid_from: date
    percent: Decimal


@dataclass(frozen=True)
class Paid:
    """Money that arrived, in euros. What takes a payment back ``undoes`` it, by its ``key``, from its own day on."""

    on: date
    amount: Decimal
    key: Hashable = None
    undoes: Hashable = None


@dataclass(frozen=True)
class RateStretch:
    """Days at one rate, the first and the last counted."""

    first: date
    last: date
    percent: Decimal

    @property
    def days(self) -> int:
        """How many days are counted."""
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class InterestLine:
    """The account of interest up to a day, in euros: up to a payment, or to the day on which the account is made.

    On ``principal`` the ``stretches`` have earned ``earned``. Of what was ``paid`` that day ``interest`` covers what
    had accrued until then and ``repaid`` the principal, of which ``left`` stays (negative: too much was paid); all
    negative for what is taken back.
    """

    on: date
    principal: Decimal
    stretches: tuple[RateStretch, ...]
    earned: Decimal
    paid: Decimal = ZERO
    interest: Decimal = ZERO
    repaid: Decimal = ZERO
    left: Decimal = ZERO
    key: Hashable = None

    @property
    def days(self) -> int:
        """How many days have earned interest."""
        return sum(stretch.days for stretch in self.stretches)


@dataclass(frozen=True)
class Interest:
    """An account of interest up to a day, in euros: its lines, the principal that is left, the interest due with it."""

    lines: tuple[InterestLine, ...] = ()
    left: Decimal = ZERO
    due: Decimal = ZERO

    @property
    def accrued(self) -> Decimal:
        """All interest that has accrued, paid or not."""
        return sum((line.earned for line in self.lines), ZERO)

    @property
    def owed(self) -> Decimal:
        """What is still to pay: principal and interest."""
        return self.left + self.due

    @property
    def earning(self) -> tuple[InterestLine, ...]:
        """The lines that say something of interest: earned, or covered."""
        return tuple(line for line in self.lines if line.earned or line.interest)

    def of(self, key: Hashable) -> InterestLine | None:
        """The line of a payment, by its key."""
        return next((line for line in self.lines if line.paid and line.key == key), None)


def interest(
    amount: Decimal,
    effective: date,
    paid: Iterable[Paid],
    until: date,
    rates: Sequence[Rate],
    points: Decimal = ZERO,
) -> Interest:
    """The interest on what was not paid by ``effective``, up to ``until`` (artt. 1194, 1224 c.c.).

    ``points`` are added to each rate. What arrived after ``until`` is not there yet. RuleBroken, by its name, for a
    year of which no rate of its own is known, if a day of it counts.
    """
    lines: list[InterestLine] = []
    left, due, since = amount, ZERO, effective
    covered: dict[Hashable, tuple[Decimal, Decimal]] = {}
    for one in sorted((one for one in paid if one.on <= until), key=lambda one: one.on):
        line = _earned(left, since, one.on, rates, points)
        due += line.earned
        if one.undoes is not None and one.undoes in covered:
            of_interest, of_principal = (-part for part in covered.pop(one.undoes))
        else:
            of_interest = max(min(one.amount, due), ZERO)
            of_principal = one.amount - of_interest
        covered[one.key] = (of_interest, of_principal)
        due, left, since = due - of_interest, left - of_principal, max(since, one.on)
        lines.append(replace(line, paid=one.amount, interest=of_interest, repaid=of_principal, left=left, key=one.key))
    last = _earned(left, since, until, rates, points)
    return Interest((*lines, last) if last.stretches else tuple(lines), left, due + last.earned)


def _earned(principal: Decimal, since: date, until: date, rates: Sequence[Rate], points: Decimal) -> InterestLine:
    """What the days after ``since`` up to ``until`` earn on ``principal``, rounded once."""
    stretches = tuple(_stretches(since + ONE_DAY, until, rates, points)) if principal > 0 else ()
    exact = sum((principal * stretch.percent * stretch.days for stretch in stretches), ZERO)
    return InterestLine(until, principal, stretches, money.round_cents(exact / (100 * DAYS_OF_A_YEAR)), left=principal)


def _stretches(first: date, last: date, rates: Sequence[Rate], points: Decimal) -> Iterator[RateStretch]:
    """The days from ``first`` to ``last``, parted where a rate begins and where a year ends."""
    while first <= last:
        end = min(last, date(first.year, 12, 31))
        begin = [rate.valid_from for rate in rates if first < rate.valid_from <= end]
        end = min(begin) - ONE_DAY if begin else end
        yield RateStretch(first, end, _rate_on(first, rates) + points)
        first = end + ONE_DAY


def _rate_on(day: date, rates: Sequence[Rate]) -> Decimal:
    own = [rate for rate in rates if rate.valid_from.year == day.year]
    if not own:
        raise RuleBroken("Il tasso degli interessi per il %(year)s non è registrato: aggiungerlo tra i tassi di "
                         "interesse. Quello di un altro anno non vale.", year=day.year).mended(Place("rate.new", 0))
    holding = [rate for rate in own if rate.valid_from <= day]
    if not holding:
        begins = min(rate.valid_from for rate in own)
        raise RuleBroken("Per il %(year)s il tasso degli interessi vale soltanto dal %(day)s: registrare quello dei "
                         "giorni prima.", year=day.year, day=f"{begins:%d/%m/%Y}").mended(Place("rate.new", 0))
    return max(holding, key=lambda rate: rate.valid_from).percent
