"""The use of a year as other bodies see it: each municipality its own figures, of the others no count that says who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from sqlalchemy import select

from core.catalogue.model import Service
from core.ground.access import ScopedSession, as_system
from core.ground.exercises import exercises
from core.parties.model import Municipality
from core.usage.measures import measures_of, people_of
from core.usage.model import UseFigure
from core.usage.months import within
from core.usage.rules import UseMonth, months_of
from core.usage.suppression import TOTAL, Line, Published, published, small_cells

Figures = dict[tuple[Line, Line], Decimal]
KEPT = 64


@dataclass(frozen=True)
class YearTable:
    """The use of an exercise by one measure, with the totals: ``rows`` by name, and what may be shown of it.

    None for a figure that is not said; a cell that nobody recorded is not told from one that counts nothing, but to the
    azienda's offices: ``unrecorded`` are the months of which nobody has a figure, for them alone.
    """

    names: Mapping[int, str]
    months: tuple[UseMonth, ...]
    table: Published
    unrecorded: frozenset[UseMonth] = frozenset()

    def figure(self, municipality: int | None, month: UseMonth | None) -> Decimal | None:
        """A figure, or a total for None."""
        row: Line = TOTAL if municipality is None else municipality
        return self.table.shown(row, TOTAL if month is None else month)


def year_table(session: ScopedSession, service: Service, code: str, year: int) -> YearTable | None:
    """The use of a service in an exercise by a measure, as who asks may see it; None where nothing is recorded.

    The azienda's offices see all. A municipality, besides its own row, sees what the public would: one and the same
    table for all, protected against each of them. The sum of everybody is always said, because shares show it.
    """
    months = months_of(exercises(session).named(year))
    measures = measures_of(session, service.id, year)
    if code not in measures:
        return None
    codes = {code, *people_of(measures)}
    asked = (UseFigure.measure, UseFigure.municipality_id, UseFigure.year, UseFigure.month, UseFigure.value)
    query = select(*asked).where(
        UseFigure.service_id == service.id, UseFigure.measure.in_(codes), within(UseFigure, months))
    figures: dict[str, Figures] = {each: {} for each in codes}
    for each, key, y, m, value in as_system(session, query, reason="uso dei servizi di tutti i Comuni"):
        figures[each][key, UseMonth(y, m)] = value
    if not figures[code]:
        return None
    names = dict(row for row in as_system(session, select(Municipality.id, Municipality.name).where(
        Municipality.id.in_({key for key, _month in figures[code]})), reason="nomi dei Comuni"))
    ordered = dict(sorted(names.items(), key=lambda pair: (pair[1].casefold(), pair[0])))
    whole: Figures = {(key, month): figures[code].get((key, month), Decimal(0)) for key in ordered for month in months}
    small = set() if session.principal.sees_all else _small(figures, people_of(measures), whole)
    table = _published(tuple(whole.items()), frozenset(small))
    own = session.principal.municipality_ids
    seen = frozenset(cell for cell in table.hidden if cell[0] not in own)
    empty = frozenset(months) - {month for _key, month in figures[code]} if session.principal.sees_all else frozenset()
    return YearTable(ordered, months, Published(table.rows, table.columns, table.values, seen), empty)


def _small(figures: Mapping[str, Figures], people: frozenset[str], whole: Figures) -> set[tuple[Line, Line]]:
    """The cells that say who: those in which few people are counted, whatever is measured there."""
    found: set[tuple[Line, Line]] = set()
    for code in people:
        counts = {cell: figures[code].get(cell, Decimal(0)) for cell in whole} if code in figures else {}
        found |= small_cells(counts)
    return found


@lru_cache(maxsize=KEPT)
def _published(figures: tuple[tuple[tuple[Line, Line], Decimal], ...],
               small: frozenset[tuple[Line, Line]]) -> Published:
    """The table of these figures, worked out once: it is looked at more often than it changes."""
    return published(dict(figures), small, said=((TOTAL, TOTAL),))
