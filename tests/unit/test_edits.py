"""Rows that stand for what is wanted of them change in their place; what came and went is as little as can be."""

from __future__ import annotations

from dataclasses import dataclass

from core.ground.edits import lay


@dataclass
class Line:
    """A row of money."""

    title: str
    amount: int


def name(line: Line) -> object:
    return line.title


def laid(rows: list[Line], *wanted: Line, by_place: bool = False) -> list[Line]:
    """The rows after it, the same objects where they stayed."""
    lay(rows, wanted, ("title", "amount"), name, by_place=by_place)
    return rows


def test_a_row_that_is_called_alike_changes_in_its_place():
    staff, rent = Line("Personale", 502_000), Line("Affitto", 9)
    rows = laid([staff, rent], Line("Personale", 262_000), Line("Affitto", 9))
    assert rows == [Line("Personale", 262_000), Line("Affitto", 9)]
    assert rows[0] is staff and rows[1] is rent


def test_what_is_not_wanted_goes_and_what_is_new_comes():
    rent = Line("Affitto", 9)
    rows = laid([Line("Personale", 5), rent], Line("Luce", 1), Line("Affitto", 9))
    assert rows == [rent, Line("Luce", 1)]


def test_by_its_place_a_row_may_take_another_name():
    staff = Line("Personale", 5)
    assert laid([staff], Line("Educatori", 5), by_place=True)[0] is staff
    assert laid([staff], Line("Custodi", 5))[0] is not staff


def test_two_that_are_called_alike_are_two():
    first, second = Line("Fondo", 1), Line("Fondo", 2)
    rows = laid([first, second], Line("Fondo", 3), Line("Fondo", 4), Line("Fondo", 5))
    assert [row.amount for row in rows] == [3, 4, 5] and rows[0] is first and rows[1] is second
