"""Who adds up everything that is published of the use learns no figure that was not said.

The attacker reads every table that the outside sees, of all services, measures and years of the demo district, knows
that figures are whole and not below zero, and solves the sums of rows and columns together: by elimination, exactly,
and by the bounds that follow from them, until nothing new follows. A municipality also knows its own figures. The
control hides the small figures alone, and the same attacker finds some of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.ground.access import PUBLIC, Principal, Role, ScopedSession, system
from core.parties.model import Municipality
from core.usage import outside
from core.usage.measures import measures_in
from core.usage.outside import YearTable, year_table
from core.usage.suppression import TOTAL, Cell, published, small_cells
from tests.district import District

pytestmark = pytest.mark.proof
YEARS = (2025, 2026)
Equation = dict[Cell, int]


@dataclass
class Attacker:
    """What is known of one table: the figures that are said, and what follows from the sums for the others."""

    known: dict[Cell, Fraction]
    unknown: set[Cell]
    equations: list[Equation]
    found: dict[Cell, Fraction] = field(default_factory=dict)

    def solve(self) -> dict[Cell, Fraction]:
        """Every hidden figure that follows."""
        while True:
            fresh = {**self._eliminated(), **self._bounded()}
            if not fresh:
                return self.found
            self.found |= fresh
            self.known |= fresh
            self.unknown -= fresh.keys()

    def _eliminated(self) -> dict[Cell, Fraction]:
        """Gauss and Jordan, with fractions: a row with one unknown left says it."""
        rows = [({cell: Fraction(sign) for cell, sign in equation.items() if cell in self.unknown},
                 -sum((sign * self.known[cell] for cell, sign in equation.items() if cell in self.known), Fraction(0)))
                for equation in self.equations]
        pivots: list[tuple[dict[Cell, Fraction], Fraction]] = []
        for left, right in rows:
            for other, known in pivots:
                lead = next(iter(other))
                if factor := left.get(lead):
                    left, right = _less(left, other, factor), right - factor * known
            if left:
                lead = next(iter(left))
                left, right = ({cell: value / left[lead] for cell, value in left.items()}, right / left[lead])
                pivots = [(_less(other, left, factor), known - factor * right) if (factor := other.get(lead)) else
                          (other, known) for other, known in pivots]
                pivots.append((left, right))
        return {next(iter(left)): right for left, right in pivots if len(left) == 1}

    def _bounded(self) -> dict[Cell, Fraction]:
        """No figure is below zero: what the sums leave at most and at least, again and again."""
        least = {cell: Fraction(0) for cell in self.unknown}
        most: dict[Cell, Fraction | None] = dict.fromkeys(self.unknown)
        moved = True
        while moved:
            moved = False
            for equation in self.equations:
                for cell, sign in equation.items():
                    if cell in self.unknown:
                        low, high = self._left(equation, cell, sign, least, most)
                        if low is not None and low > least[cell]:
                            least[cell], moved = low, True
                        if high is not None and (most[cell] is None or high < most[cell]):
                            most[cell], moved = high, True
        return {cell: least[cell] for cell in self.unknown if most[cell] == least[cell]}

    def _left(self, equation: Equation, cell: Cell, sign: int, least: dict[Cell, Fraction],
              most: dict[Cell, Fraction | None]) -> tuple[Fraction | None, Fraction | None]:
        """The least and the most that the others of an equation leave for one."""
        low: Fraction | None = Fraction(0)
        high: Fraction | None = Fraction(0)
        for other, with_sign in equation.items():
            if other == cell:
                continue
            bottom, top = (self.known[other],) * 2 if other in self.known else (least[other], most[other])
            first, last = (bottom, top) if -with_sign * sign > 0 else (top, bottom)
            low = None if low is None or first is None else low - with_sign * sign * first
            high = None if high is None or last is None else high - with_sign * sign * last
        return low, high


def _less(row: dict[Cell, Fraction], other: dict[Cell, Fraction], factor: Fraction) -> dict[Cell, Fraction]:
    cells = dict.fromkeys((*row, *other))
    return {cell: value for cell in cells if (value := row.get(cell, Fraction(0)) - factor * other.get(cell, 0))}


def attacker(table: YearTable) -> Attacker:
    """Somebody in front of a table."""
    rows, columns = table.table.rows, table.table.columns
    equations = [{**{(row, column): 1 for column in columns}, (row, TOTAL): -1} for row in (*rows, TOTAL)]
    equations += [{**{(row, column): 1 for row in rows}, (TOTAL, column): -1} for column in (*columns, TOTAL)]
    known = {cell: Fraction(value) for cell, value in table.table.values.items() if cell not in table.table.hidden}
    return Attacker(known, set(table.table.hidden), equations)


def tables(district: District, who: Principal) -> Iterator[YearTable]:
    """Every table that somebody is shown."""
    with ScopedSession(district.database, who) as session:
        for year in YEARS:
            for key, measures in measures_in(session, year).items():
                service = session.get_one(Service, key)
                yield from (found for code in measures if (found := year_table(session, service, code, year)))


def people(district: District) -> list[Principal]:
    """The public, and a clerk of each municipality."""
    with ScopedSession(district.database, system("prova")) as session:
        ids = session.scalars(select(Municipality.id).order_by(Municipality.id)).all()
    return [PUBLIC, *(Principal(f"Comune {key}", frozenset({Role.MUNICIPALITY}), 1000 + key, frozenset({key}))
                      for key in ids)]


@pytest.fixture
def backend() -> str:
    """What is published does not depend on the engine."""
    return "sqlite"


def test_who_solves_all_published_tables_together_recovers_no_cell(
    lived_district: District, figure: Callable[[str, str], None]
) -> None:
    hidden = recovered = seen = 0
    for who in people(lived_district):
        for table in tables(lived_district, who):
            seen += 1
            hidden += len(table.table.hidden)
            recovered += len(attacker(table).solve())
    figure("soppressione", f"{recovered} celle ricavate su {hidden} nascoste, {seen} tabelle risolte")
    assert seen > 100
    assert hidden > 1000
    assert recovered == 0


def test_nobody_is_told_a_count_of_people_below_five(lived_district: District) -> None:
    with ScopedSession(lived_district.database, PUBLIC) as session:
        for service in session.scalars(select(Service)):
            for code, measure in measures_in(session, 2025).get(service.id, {}).items():
                table = year_table(session, service, code, 2025) if measure.counts_people else None
                if table is not None:
                    assert small_cells({cell: table.table.values[cell] for cell in table.table.values
                                        if TOTAL not in cell}) - {(TOTAL, TOTAL)} <= table.table.hidden


def test_hiding_the_small_figures_alone_gives_some_back(
    lived_district: District, figure: Callable[[str, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def alone(figures: tuple[tuple[Cell, Decimal], ...], small: frozenset[Cell]) -> object:
        return published(dict(figures), small, said=((TOTAL, TOTAL),), secondary=False)

    monkeypatch.setattr(outside, "_published", alone)
    found = [len(attacker(table).solve()) for table in tables(lived_district, PUBLIC)]
    figure("soppressione, solo delle cifre piccole", f"{sum(found)} celle ricavate dal controllo")
    assert sum(found) > 0
