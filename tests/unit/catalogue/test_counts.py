"""Small counts are never shown to others."""

from __future__ import annotations

from core.catalogue.counts import suppressed


def test_a_count_below_five_is_not_said() -> None:
    assert suppressed({"Dresano": 4, "Colturano": 0, "Melegnano": 5}) == {
        "Dresano": "meno di 5", "Colturano": "meno di 5", "Melegnano": "5"}


def test_one_hidden_count_cannot_be_worked_out_from_the_total() -> None:
    assert suppressed({"Dresano": 3, "Carpiano": 40, "Melegnano": 12}) == {
        "Dresano": "meno di 5", "Carpiano": "40", "Melegnano": "non indicato"}


def test_nothing_to_hide_is_nothing_hidden() -> None:
    assert suppressed({"Dresano": 5, "Melegnano": 12}) == {"Dresano": "5", "Melegnano": "12"}
    assert suppressed({}) == {}
