"""Lists: what is searched for is counted, sorted and cut into pages, whether few rows are found or many."""

from __future__ import annotations

import re

import pytest

from admin.web import base_view
from core.ground import search
from core.providers.model import Provider
from tests import factories
from tests.factories import filled
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

ROWS = 47


@pytest.fixture
def providers(house: House) -> House:
    """Forty-seven cooperatives that a word finds, in no order, and one that it does not."""
    with house.unit("prova") as session:
        for turn in [*range(1, ROWS, 2), *range(0, ROWS, 2)]:
            session.add(filled(Provider, name=f"Cooperativa Aurora {turn:02}", tax_code=factories.body_tax_code(),
                               kind="provider"))
        session.add(filled(Provider, name="Fondazione Sola", tax_code=factories.body_tax_code(), kind="provider"))
    return house


@pytest.fixture(params=[base_view.COUNTED, 20], ids=["few", "many"])
def _counted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the office had few rows, or more than are counted."""
    monkeypatch.setattr(base_view, "COUNTED", request.param)


def names(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"Cooperativa Aurora \d\d", page)))


@pytest.mark.usefixtures("_counted")
@pytest.mark.parametrize("descending", [False, True])
def test_the_first_page_of_a_search_has_the_first_rows_in_the_order_asked_for(
    providers: House, person: Enter, descending: bool
) -> None:
    page = person("direzione").get(f"/admin/gestori/?search=aurora&sort=0{'&desc=1' * descending}").text
    wanted = [f"Cooperativa Aurora {turn:02}" for turn in range(ROWS)]
    assert names(page) == (wanted[::-1] if descending else wanted)[:base_view.PAGE]
    assert "Fondazione Sola" not in page


def test_the_pages_of_a_search_make_it_up_and_beyond_them_there_is_none(providers: House, person: Enter) -> None:
    inside = person("direzione")
    pages = [names(inside.get(f"/admin/gestori/?search=aurora&page={number}").text) for number in range(3)]
    assert [len(page) for page in pages] == [20, 20, 7]
    assert [name for page in pages for name in page] == [f"Cooperativa Aurora {turn:02}" for turn in range(ROWS)]
    beyond = inside.get("/admin/gestori/?search=aurora&page=9")
    assert beyond.status_code == 200 and names(beyond.text) == []


def test_of_more_than_are_counted_the_page_says_so_and_leafs_through_the_first(
    providers: House, person: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = person("direzione")
    assert "Più di" not in inside.get("/admin/gestori/?search=aurora").text
    monkeypatch.setattr(base_view, "COUNTED", 1000)
    monkeypatch.setattr(search, "MANY", 30)  # a word that the index knows to be common is not counted
    pages = [inside.get(f"/admin/gestori/?search=aurora&page={number}").text for number in range(3)]
    assert all("Più di 1.000 voci" in page for page in pages)
    assert [name for page in pages for name in names(page)] == [f"Cooperativa Aurora {turn:02}" for turn in range(ROWS)]


def test_coded_words_are_filtered_and_not_sorted(providers: House, person: Enter) -> None:
    page = person("direzione").get("/admin/gestori/").text
    assert "sort=0" in page and "sort=3" in page  # name and seat
    assert "sort=1" not in page and "sort=2" not in page  # legal form and tax code


def test_what_nobody_has_finds_nothing(providers: House, person: Enter) -> None:
    assert "Nessun" in person("direzione").get("/admin/gestori/?search=zzzzqq").text
