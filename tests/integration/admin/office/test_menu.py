"""The menu is short, and what is to be done is found by the name of the act."""

from __future__ import annotations

import lxml.html
import pytest

from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import PEOPLE, House

MOST = 15


def links(someone: Person, path: str) -> list[str]:
    """The addresses of the links that ``path`` finds on the screen."""
    return [str(url) for url in lxml.html.fromstring(someone.page).xpath(path + "//a/@href")]


def menu(someone: Person) -> list[str]:
    """The links of the menu."""
    return links(someone, "(//nav[contains(@class, 'nav-side')])[1]")


def proposed(someone: Person, typed: str) -> dict[str, str]:
    """What the search proposes to do, by its name."""
    someone.get("/admin/cerca/", query_string={"q": typed})
    found = lxml.html.fromstring(someone.page).xpath("//ul[contains(@class, 'acts-found')]//a")
    return {" ".join(link.text_content().split()): link.get("href") for link in found}


@pytest.mark.parametrize("name", PEOPLE)
def test_on_every_page_the_menu_has_at_most_fifteen_links_and_no_page_is_lost(person: Enter, name: str) -> None:
    inside = person(name)
    inside.get("/admin/pagine/")
    pages = [url for url in links(inside, "//main//li") if not inside.page.count(f'class="begin" href="{url}"')]
    assert len(pages) > MOST
    for url in pages:
        inside.open(url)
        assert len(menu(inside)) <= MOST, url
        assert url in menu(inside), url  # the page that one is on stands in it, also where there is little room
    inside.get("/admin/")
    assert len(menu(inside)) <= MOST
    reached = set()
    for subject in menu(inside)[1:]:
        inside.get(subject)
        reached |= set(links(inside, "//main//li"))
    assert set(pages) <= reached


@pytest.mark.parametrize("name", PEOPLE)
def test_a_page_bears_the_name_that_leads_to_it_and_a_list_says_what_stands_there(person: Enter, name: str) -> None:
    inside = person(name)
    inside.get("/admin/pagine/")
    found = lxml.html.fromstring(inside.page).xpath("//main//li/a[not(contains(@class, 'begin'))]")
    others, silent = [], []
    for word, url in [(link.text_content().strip(), link.get("href")) for link in found]:
        inside.open(url)
        page = lxml.html.fromstring(inside.page)
        [title] = page.xpath("//main//h1")
        if not title.text_content().strip().startswith(word):
            others.append(url)
        if page.xpath("//form[@role='search' and contains(@class, 'filters')]") and not page.find_class("lead"):
            silent.append(url)
    assert (others, silent) == ([], [])


def test_a_subject_that_is_not_ones_own_is_no_page(person: Enter) -> None:
    assert person("dresano").get("/admin/pagine/?argomento=altro").status_code == 404


@pytest.mark.parametrize("typed, act, url", [
    ("nuovo contratto", "Nuovo contratto", "/admin/contratti/bozza/"),
    ("REGISTRA pagamenti", "Registra un pagamento", "/admin/pagamenti/nuovo/"),
    ("condizioni nuove", "Nuove condizioni", "/admin/condizioni/new/"),
])
def test_an_act_is_found_by_its_name(person: Enter, typed: str, act: str, url: str) -> None:
    inside = person("direzione")
    assert proposed(inside, typed)[act] == url
    assert inside.get(url).status_code == 200


def test_only_what_one_may_do_is_proposed(person: Enter) -> None:
    assert "Nuovo contratto" not in proposed(person("dresano"), "contratto")
    assert "Registra un pagamento" not in proposed(person("revisore"), "pagamento")
    assert "Sospendi l'accreditamento" not in proposed(person("contabilita"), "sospendi")


def test_an_act_on_a_record_leads_to_the_records_on_which_it_can_be_done_now(house: House, person: Enter) -> None:
    inside = person("direzione")
    url = proposed(inside, "approvazione")["Avvia l'approvazione"]
    inside.get(url)
    drafts = links(inside, "//main//li")
    assert len(drafts) == 8  # one of each municipality with services
    inside.get(drafts[0])
    assert "Avvia l'approvazione" in inside.text()
    inside.send()
    inside.get(url)
    assert links(inside, "//main//li") == drafts[1:]  # the first has gone on
    assert inside.get("/admin/fare/?pagina=contract&atto=altro").status_code == 404
    assert person("dresano").get(url).status_code == 404


def test_where_no_record_is_ready_the_list_is_offered(in_force: House, person: Enter) -> None:
    inside = person("direzione")
    inside.get(proposed(inside, "approvazione")["Avvia l'approvazione"])
    assert "Nessuna voce è ora al punto in cui si può fare" in inside.text()
    assert "/admin/contratti/" in links(inside, "//main")
