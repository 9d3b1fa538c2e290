"""A chart and its table say the same figures; the drawing brings neither script nor style."""

from __future__ import annotations

from decimal import Decimal

import lxml.html
import pytest
from flask import Flask

from admin.web import charts, formats


@pytest.fixture
def page():
    """A page that is being made: formats ask it for the language."""
    from flask_babel import Babel

    app = Flask("prova")
    app.config["BABEL_DEFAULT_LOCALE"] = "it"
    Babel(app)
    formats.init_app(app)
    with app.test_request_context():
        yield app


AMOUNTS = [("2025", [Decimal("1234.56"), None]), ("2026 <b>", [Decimal("-10.00"), Decimal(0)])]


@pytest.mark.parametrize("draw", [charts.bars, charts.lines])
def test_a_drawing_brings_no_style_no_script_and_nothing_from_elsewhere(page, draw) -> None:
    drawn = draw("Quote <per> comune", ["Dresano", "Colturano <i>"], AMOUNTS, source="piani").svg
    tree = lxml.html.fromstring(drawn)
    assert not tree.xpath("//*[@style] | //style | //script | //defs | //*[local-name()='b' or local-name()='i']")
    assert not tree.xpath("//@href | //@src | //*[local-name()='image' or local-name()='use']")
    assert tree.get("role") == "img"
    assert tree.get_element_by_id(tree.get("aria-labelledby")).text == "Quote <per> comune"


def test_the_table_says_the_same_figures_as_people_write_them(page) -> None:
    chart = charts.bars("Quote", ["Dresano", "Colturano"], AMOUNTS, source="piani")
    assert chart.rows == [
        ("Dresano", [("2025", "€\N{NO-BREAK SPACE}1.234,56"), ("2026 <b>", "€\N{NO-BREAK SPACE}-10,00")]),
        ("Colturano", [("2025", "–"), ("2026 <b>", "€\N{NO-BREAK SPACE}0,00")]),
    ]


def test_a_unit_stands_after_a_measure(page) -> None:
    assert charts.figure(Decimal("1250.5"), "ore") == "1.250,5 ore"


def test_two_drawings_of_a_page_have_names_of_their_own(page) -> None:
    one, two = (charts.bars("Quote", ["a"], [("b", [Decimal(n)])], source="x") for n in (1, 2))
    named = [lxml.html.fromstring(chart.svg).get("aria-labelledby") for chart in (one, two)]
    assert named[0] != named[1]


def test_a_series_has_a_figure_for_every_name() -> None:
    with pytest.raises(ValueError, match="one figure"):
        charts.bars("Quote", ["a", "b"], [("c", [Decimal(1)])], source="x")


def test_a_chart_without_figures_is_empty(page) -> None:
    assert charts.bars("Quote", ["a"], [("b", [None])], source="x").is_empty
    assert charts.lines("Quote", [], [], source="x").is_empty
