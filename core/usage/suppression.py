"""Small counts say who: which cells of a table the outside does not see, so that none can be worked out again. Pure.

A table has rows (municipalities), columns (months) and the totals of both. A count below five is hidden; then as many
others as it takes, the smallest first, that no hidden cell follows from what is shown: not for the public, and not for
a municipality that knows its own row. Whether one follows is decided exactly. Hidden cells hang on the sums of their
row and their column; a cell may have another value just if the cells can be changed by one all around a ring, each sum
staying as it is and none falling below zero. So there is a graph of rows and columns with an arrow for each change that
a cell allows, and a cell that lies on no ring is given away.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

SMALLEST_SHOWN = 5
WITHHELD = "non indicato"

Line = Hashable
Cell = tuple[Line, Line]


class _Total:
    """The line of the sums: the last column, and the last row."""

    def __repr__(self) -> str:
        return "totale"


TOTAL = _Total()


@dataclass(frozen=True)
class Published:
    """A table as the outside sees it: its lines, every figure with the totals, and the cells that are not said."""

    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    values: Mapping[Cell, Decimal]
    hidden: frozenset[Cell]

    def shown(self, row: Line, column: Line) -> Decimal | None:
        """A figure, None for one that is not said. TOTAL names the line of the sums."""
        return None if (row, column) in self.hidden else self.values[row, column]


def small_cells(figures: Mapping[Cell, Decimal | int]) -> frozenset[Cell]:
    """The cells of counts of people, totals among them, that say who."""
    values = _with_totals(_lines(figures, 0), _lines(figures, 1), figures)
    return frozenset(cell for cell, value in values.items() if value < SMALLEST_SHOWN)


def published(figures: Mapping[Cell, Decimal | int], small: Collection[Cell], *, said: Collection[Cell] = (),
              secondary: bool = True) -> Published:
    """What may be told of ``figures`` and of all their totals, by row and column; a cell that is not there is zero.

    ``small``: what is hidden for its own sake: of counts the ``small_cells``, of hours those of the people who had
    them. ``said``: what stands elsewhere and cannot be hidden here. ``secondary``: False hides the small alone, which
    protects nobody: for the proof.
    """
    rows, columns = _lines(figures, 0), _lines(figures, 1)
    values = _with_totals(rows, columns, figures)
    hidden = {cell for cell in small if cell in values} - set(said)
    if secondary and hidden:
        _Table(rows, columns, values, frozenset(said)).protect(hidden)
    return Published(rows, columns, values, frozenset(hidden))


def suppressed(figures: Mapping[Cell, int]) -> dict[Cell, str]:
    """Counts of people by row and column, and their totals, as other bodies may read them."""
    table = published(figures, small_cells(figures))
    return {cell: WITHHELD if cell in table.hidden else f"{value:f}" for cell, value in table.values.items()}


# --- the table --------------------------------------------------------------------------------------------


def _lines(figures: Mapping[Cell, object], place: int) -> tuple[Line, ...]:
    return tuple(dict.fromkeys(cell[place] for cell in figures))


def _with_totals(rows: tuple[Line, ...], columns: tuple[Line, ...],
                 figures: Mapping[Cell, Decimal | int]) -> dict[Cell, Decimal]:
    values = {(row, column): Decimal(figures.get((row, column), 0)) for row in rows for column in columns}
    nothing = Decimal(0)
    values |= {(row, TOTAL): sum((values[row, column] for column in columns), nothing) for row in rows}
    values |= {(TOTAL, column): sum((values[row, column] for row in rows), nothing) for column in (*columns, TOTAL)}
    return values


# --- what gives a cell away -------------------------------------------------------------------------------


def given_away(values: Mapping[Cell, Decimal], hidden: Collection[Cell], knows: Line | None = None) -> list[Cell]:
    """The hidden cells that follow from the others for one who also ``knows`` a row, in an order that does not change.
    """
    free = [cell for cell in hidden if cell[0] != knows]
    arrows = list(_arrows(values, free))
    ring = _rings(arrows)
    after: dict[Line, set[Line]] = {}
    for start, end, _cell in arrows:
        after.setdefault(start, set()).add(end)
    return sorted((cell for cell in free if not _may_change(cell, ring, after)), key=str)


def _arrows(values: Mapping[Cell, Decimal], free: Collection[Cell]) -> Iterator[tuple[Line, Line, Cell]]:
    """From a row to a column where a cell may grow, back where it may fall; a total counts against its line."""
    for cell in free:
        row, column = ("row", cell[0]), ("column", cell[1])
        if not _is_sum(cell) or values[cell] > 0:
            yield row, column, cell
        if _is_sum(cell) or values[cell] > 0:
            yield column, row, cell


def _may_change(cell: Cell, ring: Mapping[Line, int], after: Mapping[Line, set[Line]]) -> bool:
    """True if a ring leads through the cell that is not the cell to and fro."""
    row, column = ("row", cell[0]), ("column", cell[1])
    if ring.get(row) != ring.get(column):
        return False
    there, back = column in after.get(row, ()), row in after.get(column, ())
    return ((there and _reaches(column, row, after, ring)) or (back and _reaches(row, column, after, ring)))


def _reaches(start: Line, goal: Line, after: Mapping[Line, set[Line]], ring: Mapping[Line, int]) -> bool:
    """True if ``goal`` is reached from ``start`` otherwise than by the one step between them."""
    seen, waiting = {start}, [line for line in after.get(start, ()) if line != goal]
    while waiting:
        line = waiting.pop()
        if line in seen or ring.get(line) != ring.get(goal):
            continue
        seen.add(line)
        if goal in after.get(line, ()):
            return True
        waiting.extend(after.get(line, ()))
    return False


def _rings(arrows: list[tuple[Line, Line, Cell]]) -> dict[Line, int]:
    """To which strongly connected part each line belongs: a ring never leaves its part."""
    after: dict[Line, list[Line]] = {}
    before: dict[Line, list[Line]] = {}
    for start, end, _cell in arrows:
        after.setdefault(start, []).append(end)
        before.setdefault(end, []).append(start)
    order: list[Line] = []
    seen: set[Line] = set()
    for line in dict.fromkeys((*after, *before)):
        order += _finished(line, after, seen)
    part: dict[Line, int] = {}
    taken: set[Line] = set()
    for number, line in enumerate(reversed(order)):
        for member in _finished(line, before, taken):
            part[member] = number
    return part


def _finished(start: Line, after: Mapping[Line, list[Line]], seen: set[Line]) -> list[Line]:
    """The lines reached from ``start`` for the first time, each after those that it reaches."""
    if start in seen:
        return []
    seen.add(start)
    done: list[Line] = []
    path = [(start, iter(after.get(start, ())))]
    while path:
        line, others = path[-1]
        fresh = next((other for other in others if other not in seen), None)
        if fresh is None:
            done.append(line)
            path.pop()
        else:
            seen.add(fresh)
            path.append((fresh, iter(after.get(fresh, ()))))
    return done


# --- what is hidden beside ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Table:
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    values: Mapping[Cell, Decimal]
    said: frozenset[Cell]

    def protect(self, hidden: set[Cell]) -> None:
        """Hide more until nobody is told anything: the public, and each municipality that knows its own row."""
        insiders: list[Line | None] = [None, *(self.rows if len(self.rows) > 1 else ())]
        before = -1
        while before != len(hidden):  # what is hidden for one may itself be told to another
            before = len(hidden)
            for knows in insiders:
                while found := self._more(given_away(self.values, hidden, knows), hidden, knows):
                    hidden.update(found)

    def _more(self, told: list[Cell], hidden: Collection[Cell], knows: Line | None) -> set[Cell]:
        """For the first cell that is told, the cheapest ring around it by another row and another column."""
        for row, column in told:
            rings = [(len(more), sum(self.values[cell] for cell in more), str(sorted(map(str, more))), more)
                     for other in (*self.rows, TOTAL) if other not in (row, knows)
                     for beside in (*self.columns, TOTAL) if beside != column
                     and (more := self._around(row, column, other, beside) - set(hidden))]
            if rings:
                return min(rings, key=lambda ring: ring[:3])[3]
        return set()

    def _around(self, row: Line, column: Line, other: Line, beside: Line) -> set[Cell]:
        """The three cells that make a ring with one; none if they cannot change by one, or stand elsewhere."""
        ring = {(row, beside), (other, column), (other, beside)}
        first, second = ((row, column), (other, beside)), ((row, beside), (other, column))
        changes = any(all(self._grows(cell) for cell in up) and all(self._falls(cell) for cell in down)
                      for up, down in ((first, second), (second, first)))
        return ring if changes and not ring & self.said else set()

    def _grows(self, cell: Cell) -> bool:
        return not _is_sum(cell) or self.values[cell] > 0

    def _falls(self, cell: Cell) -> bool:
        return _is_sum(cell) or self.values[cell] > 0


def _is_sum(cell: Cell) -> bool:
    """True for what counts against its line: the sum of a row, or of a column."""
    return (cell[0] is TOTAL) != (cell[1] is TOTAL)
