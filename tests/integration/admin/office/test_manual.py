"""The manual speaks of every page, leads to it and is led to from it; its pictures are those that the stories take."""

from __future__ import annotations

import re

import lxml.html
import pytest

from admin.office.manual import FIRST, SPOKEN_OF, help_url
from admin.web.static import FOLDERS
from core.ground.paths import MANUAL, ROOT
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

PICTURE, PLACE = re.compile(r"!\[[^\]]+\]\(([^)]+)\.png\)"), re.compile(r"\]\(page:(\w+)\)")
TEXTS = {path.stem: path.read_text(encoding="utf-8") for path in MANUAL.glob("*.md")}


def test_every_page_has_its_text_and_every_text_its_page(house: House) -> None:
    [admin] = house.app.extensions["admin"]
    in_menu = {view.endpoint for view in admin._views if view.in_menu} | set(FIRST)
    others = {view.endpoint for view in admin._views} - in_menu
    assert set(TEXTS) == in_menu
    assert set(SPOKEN_OF) == others
    assert set(SPOKEN_OF.values()) <= in_menu


def test_what_a_text_names_is_there() -> None:
    named = {name for text in TEXTS.values() for name in PICTURE.findall(text)}
    stories = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests/e2e").glob("*.py"))
    assert named == set(re.findall(r'picture\(page, "([^"]+)"\)', stories))
    assert named == {path.stem for path in (FOLDERS["static"] / "manual").iterdir()}
    assert {name for text in TEXTS.values() for name in PLACE.findall(text)} <= set(TEXTS)


@pytest.mark.parametrize("url, leads", [
    ("/admin/contratti/", "/admin/manuale/work/#contract"),
    ("/admin/contratti/bozza/", "/admin/manuale/work/#contract"),
    ("/admin/", "/admin/manuale/#admin"),
])
def test_a_page_leads_to_its_place_in_the_manual(person: Enter, url: str, leads: str) -> None:
    inside = person("direzione")
    inside.get(url)
    [help_link] = lxml.html.fromstring(inside.page).xpath("//header//a[.='Aiuto']/@href")
    assert help_link == leads
    chapter, _, anchor = leads.partition("#")
    inside.get(chapter)
    assert lxml.html.fromstring(inside.page).get_element_by_id(anchor) is not None


def test_who_does_not_open_a_page_does_not_read_of_it(person: Enter, house: House) -> None:
    inside = person("dresano")
    assert "Utenti" not in inside.read("/admin/manuale/")
    assert inside.get("/admin/manuale/altro/").status_code == 404
    with house.app.test_request_context():
        assert help_url("user") == "/admin/manuale/#user"


def test_pictures_and_links_have_the_addresses_of_today(person: Enter) -> None:
    inside = person("direzione")
    inside.get("/admin/manuale/work/")
    page = lxml.html.fromstring(inside.page)
    for source in page.xpath("//section[@class='manual']//img/@src"):
        assert inside.get(source).status_code == 200
    assert not page.xpath("//a[starts-with(@href, 'page:')]")
