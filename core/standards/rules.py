"""What was measured against what was promised, and which parts of it are not said. Pure: counts in, words for nobody.

Judged on the exact value, never on the rounded one. What other bodies read hides a row that counts fewer than five, and
so many others that no total gives it back.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from core.ground.errors import RuleBroken
from core.plugins.schema import Promise, PromiseUnit
from core.usage.suppression import SMALLEST_SHOWN

HUNDRED = 100
FEWEST_HIDDEN = 2  # one alone is what the total leaves over


class PromiseOutcome(StrEnum):
    """What became of a promise."""

    KEPT = "kept"
    MISSED = "missed"
    NOT_MEASURED = "not_measured"
    SMALL = "small"  # measured on too few to be told
    UNPROMISED = "unpromised"  # measured, and no figure was promised


class WhySilent(StrEnum):
    """Why a row says no value."""

    SMALL = "small"
    PROTECTS = "protects"  # else the small ones could be worked out from the total
    EMPTY = "empty"


HIDDEN = (WhySilent.SMALL, WhySilent.PROTECTS)


@dataclass(frozen=True)
class Count:
    """What was counted in a row (a period, a municipality): of ``of`` cases ``part`` were good, or took as many days.

    ``part`` is the good ones for a percentage, the sum for a mean. Cases are whole; use divided by use need not be.
    """

    row: str
    part: int | Decimal
    of: int | Decimal


@dataclass(frozen=True)
class ToldRow:
    """A row as it is told: its exact value, or why it has none."""

    row: str
    value: Fraction | None
    why: WhySilent | None = None


@dataclass(frozen=True)
class Verdict:
    """A promise held against its counts: the exact value of all of them together, what became of it, each row."""

    value: Fraction | None
    outcome: PromiseOutcome
    rows: tuple[ToldRow, ...]

    @property
    def hides(self) -> bool:
        """True if something of it is not told."""
        return self.outcome is PromiseOutcome.SMALL or any(row.why in HIDDEN for row in self.rows)


def judge(promise: Promise | None, unit: PromiseUnit, counts: Sequence[Count], *, suppress_below: int = SMALLEST_SHOWN
          ) -> Verdict:
    """Hold a promise against what was counted.

    Rows that count fewer than ``suppress_below`` are hidden, with as many others as they need; 0 hides none. The counts
    were found possible: see ``require_countable``.
    """
    hidden = withheld(counts, suppress_below)
    rows = tuple(_told(count, unit, hidden, suppress_below) for count in counts)
    every = sum(count.of for count in counts)
    if not every:
        return Verdict(None, PromiseOutcome.NOT_MEASURED, rows)
    if every < suppress_below:
        return Verdict(None, PromiseOutcome.SMALL, rows)
    value = measured(unit, sum(count.part for count in counts), every)
    return Verdict(value, outcome(promise, value), rows)


def judge_beside(promise: Promise | None, unit: PromiseUnit, own: Mapping[str, Count], others: Sequence[Count], *,
                 suppress_below: int = SMALLEST_SHOWN) -> Verdict:
    """The same for somebody who knows what is their own of each row: only what others have is hidden from them.

    ``others`` has every row, empty where all of it is one's own. Who takes away their own from a row, or from the
    total, is left with what the others have: so that is what must not be small, nor alone.
    """
    theirs = judge(promise, unit, others, suppress_below=suppress_below)
    rows, every = [], []
    for told, other in zip(theirs.rows, others, strict=True):
        mine = own.get(other.row, Count(other.row, 0, 0))
        both = Count(other.row, mine.part + other.part, mine.of + other.of)
        every.append(both)
        rows.append(told if told.why in HIDDEN else _told(both, unit, (), 0))
    if theirs.outcome is PromiseOutcome.SMALL:
        return Verdict(None, PromiseOutcome.SMALL, tuple(rows))
    value = measured(unit, sum(count.part for count in every), sum(count.of for count in every))
    return Verdict(value, outcome(promise, value), tuple(rows))


def outcome(promise: Promise | None, value: Fraction | None) -> PromiseOutcome:
    """What became of a promise whose exact measure is ``value``."""
    if value is None:
        return PromiseOutcome.NOT_MEASURED
    if promise is None:
        return PromiseOutcome.UNPROMISED
    return PromiseOutcome.KEPT if promise.kept_by(value) else PromiseOutcome.MISSED


def withheld(counts: Sequence[Count], limit: int) -> frozenset[str]:
    """The rows that are not told: the small ones, and the next smallest until two are hidden that count the limit.

    Of two alike the later goes first. Only what a row counts matters, never its value.
    """
    hidden = [count for count in counts if 0 < count.of < limit]
    later_first = sorted(counts, key=lambda count: _in_order(count.row), reverse=True)
    left = sorted((count for count in later_first if count.of >= max(limit, 1)), key=lambda count: count.of)
    while hidden and left and (len(hidden) < FEWEST_HIDDEN or sum(count.of for count in hidden) < limit):
        hidden.append(left.pop(0))
    return frozenset(count.row for count in hidden)


def measured(unit: PromiseUnit, part: int | Decimal, of: int | Decimal) -> Fraction | None:
    """The exact value of a count: a percentage of the cases, or their mean; None of nothing."""
    if not of:
        return None
    mean = Fraction(part) / Fraction(of)
    return mean * HUNDRED if unit is PromiseUnit.PERCENT else mean


def rounded(value: Fraction, step: Decimal) -> Decimal:
    """A value in steps, half up, with as many decimals as the step is written with."""
    steps = value / Fraction(step) + Fraction(1, 2)
    return (steps.numerator // steps.denominator * step).quantize(Decimal(1).scaleb(_exponent(step)))


def require_countable(unit: PromiseUnit, counts: Collection[Count]) -> None:
    """RuleBroken for a row that stands twice, a number below zero, more good cases than cases, a sum of nothing."""
    seen = set[str]()
    for count in counts:
        if count.row in seen:
            raise RuleBroken("«%(row)s» compare due volte: lasciarne una riga sola.", field="rows", row=count.row)
        seen.add(count.row)
        if count.part < 0 or count.of < 0:
            raise RuleBroken("«%(row)s»: un conteggio non è mai sotto zero.", field="rows", row=count.row)
        if unit is PromiseUnit.PERCENT and count.part > count.of:
            raise RuleBroken("«%(row)s»: i casi riusciti (%(part)s) sono più di tutti i casi (%(of)s).", field="rows",
                             row=count.row, part=count.part, of=count.of)
        if count.part and not count.of:
            raise RuleBroken("«%(row)s»: c'è una somma ma nessun caso: dire su quanti casi.", field="rows",
                             row=count.row)


def _told(count: Count, unit: PromiseUnit, hidden: Collection[str], limit: int) -> ToldRow:
    if not count.of:
        return ToldRow(count.row, None, WhySilent.EMPTY)
    if count.row in hidden:
        return ToldRow(count.row, None, WhySilent.SMALL if count.of < limit else WhySilent.PROTECTS)
    return ToldRow(count.row, measured(unit, count.part, count.of))


def _in_order(row: str) -> list[tuple[int, str]]:
    """Sorts names, the numbers in them as numbers."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", row)]


def _exponent(step: Decimal) -> int:
    exponent = step.as_tuple().exponent
    assert isinstance(exponent, int)
    return min(exponent, 0)
