"""A figure that a sheet gives: a value, a count, a sum or a mean, alone or divided by another. Data, and no language.

Written as ``sites`` (the value of a field), ``count(sites)``, ``sum(team.count)``, ``mean(packages.hours_month)``, a
number; only some rows with ``where``, as ``sum(team.count where lead)``; a share as ``weekly_hours / count(sites)``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any

from core.ground.errors import RuleBroken

SheetData = Mapping[str, Any]
TERM = re.compile(
    r"(?P<number>\d{1,12}(?:\.\d{1,6})?)"
    r"|(?P<asks>count|sum|mean)\((?P<table>[a-z]\w*)(?:\.(?P<column>[a-z]\w*))?"
    r"(?: where (?P<where>[a-z]\w*)(?:=(?P<equals>[\w-]+))?)?\)"
    r"|(?P<field>[a-z]\w*)")
EXAMPLES = "count(sites), sum(team.count), weekly_hours / count(sites)"


class Asks(StrEnum):
    """What an operand takes from the sheet."""

    VALUE = "value"
    COUNT = "count"
    SUM = "sum"
    MEAN = "mean"
    NUMBER = "number"


@dataclass(frozen=True)
class Operand:
    """One number: of a field, of the rows of a table (those where a column says yes, or ``equals``), or written."""

    asks: Asks
    field: str = ""
    column: str = ""
    where: str = ""
    equals: str = ""
    number: Decimal = Decimal(0)

    def reckon(self, data: SheetData) -> Fraction | None:
        """The exact number; None where the sheet does not say it."""
        if self.asks is Asks.NUMBER:
            return Fraction(self.number)
        if self.asks is Asks.VALUE:
            return _exact(data.get(self.field))
        rows = [row for row in data.get(self.field) or () if self._takes(row)]
        if self.asks is Asks.COUNT:
            return Fraction(len(rows)) if data.get(self.field) else None
        numbers = [found for row in rows if (found := _exact(row.get(self.column))) is not None]
        if not numbers:
            return None
        total = sum(numbers, Fraction(0))
        return total / len(numbers) if self.asks is Asks.MEAN else total

    def _takes(self, row: Any) -> bool:
        if not self.where:
            return True
        found = row.get(self.where)
        return found == self.equals if self.equals else found is True


@dataclass(frozen=True)
class SheetFigure:
    """An operand, or one divided by another; ``text`` is how it was written."""

    text: str
    operand: Operand
    over: Operand | None = None

    @property
    def operands(self) -> tuple[Operand, ...]:
        """Its one or two operands."""
        return (self.operand,) if self.over is None else (self.operand, self.over)

    def reckon(self, data: SheetData) -> Fraction | None:
        """The exact figure of a sheet's data, as plugins read them; None where one of its parts is not said."""
        found = self.operand.reckon(data)
        if self.over is None or found is None:
            return found
        by = self.over.reckon(data)
        return found / by if by else None


def rounded(figure: Fraction | None, places: int = 2) -> Decimal | None:
    """A figure as it is shown: half up at ``places`` decimals, without zeros at the end."""
    if figure is None:
        return None
    scaled = Decimal(figure.numerator) / Decimal(figure.denominator)
    shown = scaled.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP).normalize()
    return shown.quantize(Decimal(1)) if shown == shown.to_integral_value() else shown


def parse(text: str) -> SheetFigure:
    """Read a written figure. RuleBroken, with examples, for what is none."""
    parts = text.split(" / ")
    found = [TERM.fullmatch(part.strip()) for part in parts]
    if len(parts) > 2 or any(match is None for match in found):
        raise RuleBroken("«%(text)s» non è una misura della scheda: scriverla come %(examples)s.", text=text,
                         examples=EXAMPLES)
    operands = [_operand(match) for match in found if match is not None]
    return SheetFigure(text, operands[0], operands[1] if len(operands) == 2 else None)


def _operand(match: re.Match[str]) -> Operand:
    if match["number"]:
        return Operand(Asks.NUMBER, number=Decimal(match["number"]))
    if match["field"]:
        return Operand(Asks.VALUE, match["field"])
    return Operand(Asks(match["asks"]), match["table"], match["column"] or "", match["where"] or "",
                   match["equals"] or "")


def _exact(value: Any) -> Fraction | None:
    if isinstance(value, tuple | list):
        return Fraction(len(value)) if value else None
    return None if value is None or isinstance(value, str | bool) else Fraction(value)
