"""Interest on delay, where the contract provides for it: days by period of rate and of debt, pure.

Each line of the account is rounded half up to the cent on its own, so that what is printed adds up.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from core.ground import money
from core.ground.errors import RuleBroken

DAYS_OF_A_YEAR = 365
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Rate:
    """A yearly rate in percent, and the first day on which it holds."""

    valid_from: date
    percent: Decimal


@dataclass(frozen=True)
class InterestLine:
    """Interest in euros on ``principal`` from ``first`` to ``last`` day, both counted, at ``percent`` a year."""

    first: date
    last: date
    principal: Decimal
    percent: Decimal
    amount: Decimal

    @property
    def days(self) -> int:
        """How many days are counted."""
        return (self.last - self.first).days + 1


def interest(
    amount: Decimal,
    effective: date,
    paid: Sequence[tuple[date, Decimal]],
    until: date,
    rates: Sequence[Rate],
    points: Decimal = Decimal(0),
) -> list[InterestLine]:
    """Interest on what was not paid by ``effective``, from the day after it to ``until`` (art. 1224 c.c.).

    ``paid`` are days and amounts in euros, negative for a reversal; a payment counts from the day after it arrived.
    ``points`` are added to each rate. Actual days over 365. RuleBroken if no rate holds on a day that counts.
    """
    if until <= effective:
        return []
    turns = {effective, until}
    turns |= {day for day, _sum in paid if effective < day < until}
    turns |= {rate.valid_from - ONE_DAY for rate in rates if effective < rate.valid_from - ONE_DAY < until}
    return list(_lines(amount, paid, sorted(turns), rates, points))


def total(lines: Sequence[InterestLine]) -> Decimal:
    """The sum of an account of interest, in euros."""
    return sum((line.amount for line in lines), Decimal("0.00"))


def _lines(
    amount: Decimal, paid: Sequence[tuple[date, Decimal]], turns: Sequence[date], rates: Sequence[Rate], points: Decimal
) -> Iterator[InterestLine]:
    for before, last in pairwise(turns):
        principal = amount - sum((part for day, part in paid if day <= before), Decimal(0))
        if principal <= 0:
            continue
        first = before + ONE_DAY
        percent = _rate_on(first, rates) + points
        days = (last - before).days
        earned = money.round_cents(principal * percent * days / (100 * DAYS_OF_A_YEAR))
        yield InterestLine(first, last, principal, percent, earned)


def _rate_on(day: date, rates: Sequence[Rate]) -> Decimal:
    holding = [rate for rate in rates if rate.valid_from <= day]
    if not holding:
        raise RuleBroken("Il tasso degli interessi di ritardo per il %(day)s non è registrato: aggiungerlo tra i tassi "
                         "di interesse.", day=f"{day:%d/%m/%Y}")
    return max(holding, key=lambda rate: rate.valid_from).percent
