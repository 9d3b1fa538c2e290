"""The manual has a line for every page of the menu, and every page leads to its chapter."""

from __future__ import annotations

from admin.office import manual, pages
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House


def test_every_page_of_the_menu_has_its_line(house: House) -> None:
    [admin] = house.app.extensions["admin"]
    menu = {(view.group, view.endpoint) for view in admin._views if view.in_menu}
    assert {(code, page) for code in pages.SUBJECTS for page in manual.written()[code]["pages"]} == menu


def test_a_page_leads_to_the_chapter_of_its_subject(person: Enter) -> None:
    inside = person("direzione")
    for page, chapter in (("/admin/contratti/", "work"), ("/admin/pagamenti/", "money"), ("/admin/utenti/", "")):
        if inside.get(page).status_code == 200:
            assert f'href="/admin/manuale/?argomento={chapter}">Aiuto' in inside.page, page
    assert 'href="/admin/manuale/">Aiuto' in inside.get("/admin/").text
    assert "Preparare un contratto" in inside.read("/admin/manuale/?argomento=work")
    assert inside.get("/admin/manuale/?argomento=altro").status_code == 404


def test_one_reads_only_of_the_pages_that_one_may_open(person: Enter) -> None:
    assert "Le persone che entrano" in person("sistema").read("/admin/manuale/")
    text = person("dresano").read("/admin/manuale/")
    assert "Le persone che entrano" not in text
    assert "Le nostre rate" in text  # under the names that they have on the screen
