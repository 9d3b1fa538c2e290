"""A figure that a sheet gives: what may be written, and what it comes to."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from core.ground.errors import RuleBroken
from core.plugins.figures import parse, rounded

SHEET: dict[str, Any] = {
    "hours": Decimal("12.5"), "days": 0, "open": True, "name": "Sportello", "steps": ("Ascolto", "Risposta"),
    "empty": (), "unsaid": None,
    "team": (
        {"role": "Educatore", "count": 4, "lead": False, "form": "staff"},
        {"role": "Coordinatrice", "count": 1, "lead": True, "form": "staff"},
        {"role": "Psicologo", "count": 2, "lead": None, "form": "outside"},
    ),
}


@pytest.mark.parametrize(("written", "figure"), [
    ("hours", "12.5"),
    ("days", "0"),
    ("12", "12"),
    ("count(team)", "3"),
    ("count(steps)", "2"),
    ("sum(team.count)", "7"),
    ("sum(team.count where lead)", "1"),
    ("sum(team.count where form=staff)", "5"),
    ("count(team where form=outside)", "1"),
    ("mean(team.count)", "2.33"),
    ("hours / count(team)", "4.17"),
    ("12 / sum(team.count)", "1.71"),
])
def test_a_figure_is_reckoned_exactly_and_shown_at_two_decimals(written: str, figure: str) -> None:
    assert rounded(parse(written).reckon(SHEET)) == Decimal(figure)


@pytest.mark.parametrize("written", ["unsaid", "count(empty)", "sum(empty.count)", "hours / unsaid", "hours / days",
                                     "nowhere", "open", "name"])
def test_what_the_sheet_does_not_say_in_numbers_is_no_figure(written: str) -> None:
    assert parse(written).reckon(SHEET) is None


@pytest.mark.parametrize("written", ["", "hours + 1", "hours / days / 2", "max(team.count)", "count(team", "Ore",
                                     "sum(team.count where lead and form)", "__import__('os')"])
def test_what_is_no_figure_is_refused_with_examples(written: str) -> None:
    with pytest.raises(RuleBroken, match=r"count\(sites\)"):
        parse(written)


def test_a_third_is_not_rounded_before_it_is_compared() -> None:
    thirds = parse("1 / 3").reckon(SHEET)
    assert thirds is not None and thirds * 3 == 1 and rounded(thirds) == Decimal("0.33")
