"""What the record of a month shows: its figures by municipality and measure, and what was corrected in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.plugins.schema import UseMeasure
from core.usage.model import UsageMonth, UseCorrection, UseFigure
from core.usage.months import month_figures, of
from core.usage.rules import UseMonth


@dataclass(frozen=True)
class FigureRow:
    """A municipality, with its figure by each measure; None where there is none."""

    name: str
    figures: tuple[Decimal | None, ...]


def sections(session: ScopedSession, row: UsageMonth) -> dict[str, Any]:
    """The table of a month as far as who asks sees it, and its corrections."""
    month = UseMonth(row.year, row.month)
    try:
        found = month_figures(session, row.service, month)
    except RuleBroken:  # the sheet asks for nothing any more: what was recorded stays readable by its codes
        return {"rows": (), "measures": (), "sums": (), "corrections": _corrections(session, row, month)}
    measures: tuple[tuple[str, UseMeasure], ...] = tuple(found.measures.items())
    values = {key: value for key, (_figure, value) in found.held.items()}
    rows = tuple(FigureRow(name, tuple(values.get((key, code)) for code, _measure in measures))
                 for key, name in found.covered.items())
    sums = tuple(_sum([row_.figures[place] for row_ in rows]) for place in range(len(measures)))
    return {"rows": rows, "measures": tuple(measure for _code, measure in measures), "sums": sums,
            "corrections": _corrections(session, row, month)}


def _sum(figures: Sequence[Decimal | None]) -> Decimal | None:
    """Of all of them; None where one is missing, for the sum of the others is not that of the month."""
    there = [figure for figure in figures if figure is not None]
    return sum(there, Decimal(0)) if len(there) == len(figures) else None


def _corrections(session: ScopedSession, row: UsageMonth, month: UseMonth) -> list[UseCorrection]:
    query = (select(UseCorrection).join(UseFigure, UseFigure.id == UseCorrection.figure_id)
             .where(of(row.service, month)).options(joinedload(UseCorrection.figure).joinedload(UseFigure.municipality))
             .order_by(UseCorrection.id.desc()))
    return list(session.scalars(query))
