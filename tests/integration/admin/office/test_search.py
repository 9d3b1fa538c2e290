"""Every kind of record is found by a word, for who may read it, and for nobody else: ``found.toml`` says it by hand."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from sqlalchemy import select

from admin.office.kinds import KINDS, LOGS, PARTS
from admin.web.base_view import BaseView
from core.parties.model import Municipality, Signatory
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House
from tests.integration.admin.office.lived import OFFICES, lived

__all__ = ["lived"]

FOUND: dict[str, Any] = tomllib.loads(Path(__file__).with_name("found.toml").read_text("utf-8"))
EVERYBODY = (*OFFICES, "dresano", "melegnano", "girasole")


def kinds_found(house: House, someone: Person, word: str) -> set[str]:
    """The kinds of which something is found, by their pages."""
    assert someone.get("/admin/cerca/", query_string={"q": word}).status_code == 200
    page = lxml.html.fromstring(someone.page)
    links = page.xpath("//main//ul[contains(@class, 'found') and not(contains(@class, 'acts-found'))]/li[1]/a/@href")
    rules = house.app.url_map.bind("localhost")
    return {rules.match(str(link).split("?")[0])[0].split(".")[0] for link in links}


def test_every_kind_is_found_by_who_may_and_by_nobody_else(lived: House) -> None:
    people: dict[str, Person] = {name: lived.person(name) for name in EVERYBODY}
    found = {(word, name): kinds_found(lived, someone, word)
             for word in {row["word"] for row in FOUND.values()} for name, someone in people.items()}
    told = {kind: {name for name in EVERYBODY if kind in found[row["word"], name]} for kind, row in FOUND.items()}
    assert told == {kind: set(row["who"]) for kind, row in FOUND.items()}


@pytest.mark.parametrize("typed", ["città", "CITTA", "cittÀ"])
def test_accents_and_case_do_not_count(house: House, person: Enter, typed: str) -> None:
    with house.unit() as session:
        session.scalars(select(Municipality).where(Municipality.slug == "dresano")).one().name = "Città di Dresano"
    assert "municipality" in kinds_found(house, person("direzione"), typed)


def test_people_of_one_name_are_told_apart_by_what_they_do_and_for_whom(house: House, person: Enter) -> None:
    with house.session() as session:
        one = session.scalars(select(Signatory).join(Municipality, Municipality.id == Signatory.party_id)).first()
        role, name, town = one.role, one.family_name, one.party.name
    assert f"{role}, {town}" in person("direzione").read(f"/admin/cerca/?q={name}")


def test_a_word_of_endings_alone_finds_no_act(person: Enter) -> None:
    assert "Nulla corrisponde" in person("direzione").read(f"/admin/cerca/?q={'a' * 80}")


def test_two_letters_are_not_looked_for_and_the_page_says_what_is_found(person: Enter) -> None:
    text = person("direzione").read("/admin/cerca/?q=it")
    assert "Con quali parole" in text
    assert "Contratti di servizio" in text
    assert "Utenti" not in person("dresano").read("/admin/cerca/")  # the table too is that of who reads it


def test_every_kind_with_a_page_has_its_row(house: House) -> None:
    [admin] = house.app.extensions["admin"]
    views = {view.endpoint: view for view in admin._views if isinstance(view, BaseView)}
    plugins = {endpoint for endpoint, view in views.items() if type(view).__module__.startswith("plugins.")}
    assert set(views) - plugins == {*KINDS, *PARTS, *LOGS}, "give the kind its row in admin/office/kinds.py"
    assert {*FOUND} == {*KINDS}, "say in found.toml which word finds one, and who may"
    assert [kind for kind in KINDS if not views[kind].searched] == []
    assert [kind for kind in plugins if not views[kind].searched] == []
    assert set(PARTS.values()) <= set(KINDS)
