"""What the outside does not see of counts of people: no small one, and none that follows from the others."""

from __future__ import annotations

from decimal import Decimal

from core.usage.suppression import TOTAL, WITHHELD, given_away, published, small_cells, suppressed

THREE = {("Dresano", "gennaio"): 3, ("Dresano", "febbraio"): 12, ("Melegnano", "gennaio"): 40,
         ("Melegnano", "febbraio"): 38, ("Vizzolo", "gennaio"): 9, ("Vizzolo", "febbraio"): 11}


def test_a_count_below_five_is_not_said_and_does_not_follow_from_any_sum() -> None:
    table = published(THREE, small_cells(THREE))
    assert table.shown("Dresano", "gennaio") is None
    assert table.shown(TOTAL, TOTAL) is not None or table.shown("Melegnano", TOTAL) is not None
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
