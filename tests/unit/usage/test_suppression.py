"""What the outside does not see of counts of people: no small one, and none that follows from the others."""

from __future__ import annotations

from decimal import Decimal
from itertools import product
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from core.usage.suppression import (
    TOTAL,
    WITHHELD,
    Cell,
    Published,
    given_away,
    published,
    small_cells,
    suppressed,
)

THREE = {("Dresano", "gennaio"): 3, ("Dresano", "febbraio"): 12, ("Melegnano", "gennaio"): 40,
         ("Melegnano", "febbraio"): 38, ("Vizzolo", "gennaio"): 9, ("Vizzolo", "febbraio"): 11}


def test_a_count_below_five_is_not_said_and_does_not_follow_from_any_sum() -> None:
    table = published(THREE, small_cells(THREE))
    assert table.shown("Dresano", "gennaio") is None
    assert (table.shown("Dresano", TOTAL), table.shown(TOTAL, "gennaio"), table.shown(TOTAL, TOTAL)) == (15, 52, 113)
    assert given_away(table.values, table.hidden) == []


def test_hiding_the_small_one_alone_gives_it_away() -> None:
    table = published(THREE, small_cells(THREE), secondary=False)
    assert given_away(table.values, table.hidden) == [("Dresano", "gennaio")]


def test_a_municipality_that_knows_its_own_row_learns_nothing_of_the_others() -> None:
    table = published(THREE, small_cells(THREE))
    for row in table.rows:
        assert given_away(table.values, table.hidden, knows=row) == []


def test_two_zeros_whose_sum_is_said_are_known_so_a_third_is_hidden_with_them() -> None:
    counts = {("Dresano", "anno"): 0, ("Vizzolo", "anno"): 0, ("Melegnano", "anno"): 30, ("Carpiano", "anno"): 8}
    alone = published(counts, small_cells(counts), secondary=False)
    assert {("Dresano", "anno"), ("Vizzolo", "anno")} <= set(given_away(alone.values, alone.hidden))
    table = published(counts, small_cells(counts))
    assert given_away(table.values, table.hidden) == []


def test_nothing_to_hide_is_nothing_hidden() -> None:
    counts = {("Dresano", "gennaio"): 5, ("Melegnano", "gennaio"): 12}
    assert suppressed(counts) == {
        ("Dresano", "gennaio"): "5", ("Melegnano", "gennaio"): "12", ("Dresano", TOTAL): "5",
        ("Melegnano", TOTAL): "12", (TOTAL, "gennaio"): "17", (TOTAL, TOTAL): "17"}
    assert suppressed({}) == {(TOTAL, TOTAL): WITHHELD}


def test_what_stands_elsewhere_is_not_hidden_here() -> None:
    table = published(THREE, small_cells(THREE), said=[(TOTAL, TOTAL)])
    assert table.shown(TOTAL, TOTAL) == Decimal(113)
    assert all(given_away(table.values, table.hidden, knows) == [] for knows in (None, *table.rows))


# --- against every table that could be ----------------------------------------------------------------------


def possible(table: Published) -> list[dict[Cell, int]]:
    """Every table of whole numbers that shows what ``table`` shows: tried one after the other."""
    inner = [(row, column) for row in table.rows for column in table.columns]
    most = int(table.values[TOTAL, TOTAL]) + 6  # a hidden total may be anything: a little more is enough to differ
    ranges = [range(most + 1) if cell in table.hidden else [int(table.values[cell])] for cell in inner]
    found = []
    for values in product(*ranges):
        tried = with_totals(table, dict(zip(inner, values, strict=True)))
        if all(tried[cell] == table.values[cell] for cell in tried if cell not in table.hidden):
            found.append(tried)
    return found


def with_totals(table: Published, inner: dict[Cell, int]) -> dict[Cell, int]:
    sums = {(row, TOTAL): sum(inner[row, column] for column in table.columns) for row in table.rows}
    down = {(TOTAL, column): sum(inner[row, column] for row in table.rows) for column in table.columns}
    return {**inner, **sums, **down, (TOTAL, TOTAL): sum(sums.values())}


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(0, 7), min_size=4, max_size=4), st.sets(st.integers(0, 8), min_size=1, max_size=6))
def test_a_cell_is_given_away_just_if_every_possible_table_has_the_same(values: list[int], hides: set[int]) -> None:
    cells = [("a", 1), ("a", 2), ("b", 1), ("b", 2), ("a", TOTAL), ("b", TOTAL), (TOTAL, 1), (TOTAL, 2), (TOTAL, TOTAL)]
    counts = dict(zip(cells, values, strict=False))
    table = published(counts, [cells[place] for place in hides], secondary=False)
    tables = possible(table)
    known = {cell for cell in table.hidden if len({tried[cell] for tried in tables}) == 1}
    assert known == set(given_away(table.values, table.hidden))


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 6), st.integers(1, 6), st.randoms(use_true_random=False))
def test_whatever_the_counts_nobody_is_told_a_small_one(rows: int, columns: int, chance: Random) -> None:
    counts = {(f"c{row}", column): chance.choice([0, 0, 1, 3, 4, 6, 9, 30]) for row in range(rows)
              for column in range(columns)}
    table = published(counts, small_cells(counts))
    assert small_cells(counts) <= table.hidden
    assert given_away(table.values, table.hidden) == []
    if rows > 2:
        assert all(given_away(table.values, table.hidden, knows) == [] for knows in table.rows)
