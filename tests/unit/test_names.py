"""One folding of names for the whole program: what is the same to a person is the same to the search."""

import pytest

from core.ground.names import folded


@pytest.mark.parametrize("one, other", [
    ("Città", "citta"),
    ("Citta\N{COMBINING GRAVE ACCENT}", "città"),
    ("SAN DONATO MILANESE", "San Donato Milanese"),
    ("Sant’Angelo", "Sant'Angelo"),
    ("Santʼangelo", "sant`angelo"),
    ("San-Donato", "san donato"),
    ("A.S.S.E.M.I.", "a s s e m i"),
    ("  Comunità   ALLOGGIO «Perù» ", "comunita alloggio peru"),
    ("Sant‘Angelo", "Sant´Angelo"),
    ("San\N{NO-BREAK SPACE}Do\N{SOFT HYPHEN}nato\N{ZERO WIDTH SPACE}", "San Donato"),
])  # fmt: skip
def test_what_a_person_takes_for_the_same_is_the_same(one: str, other: str) -> None:
    assert folded(one) == folded(other)


def test_different_names_stay_different() -> None:
    assert len({folded(name) for name in ("Melegnano", "Melegnanello", "San Giuliano", "Sangiuliano")}) == 4


def test_folding_twice_changes_nothing() -> None:
    assert folded(folded("Sant’Àngelo L.")) == folded("Sant’Àngelo L.") == "sant angelo l"
