"""Every form and every act can be sent again: after *back* and *save*, by a second press. None does it twice."""

from __future__ import annotations

import inspect
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.cases.model import Note
from core.catalogue.model import Coverage
from core.deadlines.model import DeadlineRule
from core.ground import clock
from core.parties.model import Act, Delegate, Signatory
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

ONCE = ("carry_out(", "attempt(", "once(", "remember(")  # what goes through the key of the form
# what is harmless sent again, and why
BY_ITSELF = {
    "edit_view": "at the version that the form showed, or sets the same values",
    "delete_view": "what was taken away is not there any more",
    "site_removal_view": "what was taken away is not there any more",
    "coverage_removal_view": "what was taken away is not there any more",
    "remove_view": "what was taken away is not there any more",
}
OF_ONE = {
    "contract_form.step_view": "each step at the version that it showed; the first one begins with a key",
    "contract_codes.codes_view": "at the version that the form showed",
    "attachment.standard_view": "asks only for what is not asked for yet",
    "deadline.feed_view": "one's own address, made anew each time it is asked for",
    "azienda.logo_view": "the same image is the same file",
    "ipa.index": "only compares",
    "own_access.begin_view": "a telephone counts from its first code on",
    "own_access.codes_view": "a code is used once",
    "own_access.telephone_view": "a code is used once",
    "imports.upload": "only checks; the file is kept once",
    "requirement_set.import_view": "only checks",
    "user.door_view": "opens or closes, as the button said",
    "user.link_view": "a new link each time it is asked for, and the old one ends",
    "plugins.read": "what was read is not there any more",
    "second_factor.code": "a code is used once",
    "second_factor.enrol": "a telephone is confirmed once",
    "system.retry": "a message that is being tried again is not tried twice",
    "voucher_entry.index": "the figures of a month are set, not added",
}
LIBRARY = frozenset({"security.login", "security.logout", "security.forgot_password", "security.reset_password",
                     "security.change_password"})
LATELY = "Lo stesso modulo, con lo stesso contenuto, è già stato inviato alle"


def source(view: type[Any], name: str, seen: frozenset[str] = frozenset()) -> str:
    """The text of a page, and of the methods and functions of its module that it calls."""
    function = inspect.unwrap(getattr(view, name))
    text, module = inspect.getsource(function), inspect.getmodule(function)
    for called in {*re.findall(r"(?:self|super\(\))\.(_\w+)\(", text), *re.findall(r"[^.\w](_\w+)\(", text)} - seen:
        if hasattr(view, called):
            text += source(view, called, seen | {called})
        elif inspect.isfunction(getattr(module, called, None)):
            text += inspect.getsource(getattr(module, called))
    return text


def test_every_page_that_writes_acts_once(house: House) -> None:
    views = {view.endpoint: view for view in house.app.extensions["admin"][0]._views}
    twice = []
    for rule in house.app.url_map.iter_rules():
        endpoint, _dot, name = rule.endpoint.partition(".")
        if "POST" not in (rule.methods or ()) or rule.endpoint in LIBRARY | OF_ONE.keys() or name in BY_ITSELF:
            continue
        if not any(word in source(type(views[endpoint]), name) for word in ONCE):
            twice.append(rule.endpoint)
    assert twice == [], "carried out again when sent again: use carry_out or attempt, or say why it is harmless"
    known = {rule.endpoint for rule in house.app.url_map.iter_rules()}
    assert known >= OF_ONE.keys() | LIBRARY


def test_every_form_for_something_new_carries_a_key(house: House, person: Enter) -> None:
    people = {name: person(name) for name in ("direzione", "contabilita", "accreditamento", "sistema")}
    seen = 0
    for view in house.app.extensions["admin"][0]._views:
        if not any(name == "create_view" for _url, name, _methods in view._urls):
            continue
        for inside in people.values():
            answer = inside.get(f"{view.url}/new/?id=1")
            if answer.status_code == 200:
                assert inside.fields()["request_key"], view.endpoint
                seen += 1
                break
        else:
            pytest.fail(f"nobody opens {view.endpoint}")
    assert seen >= 20


def typed(house: House, entity: type) -> tuple[str, dict[str, object]]:
    """A page on which a row is made, and what is typed there."""
    own = str(house.id_of("dresano"))
    person = {"given_name": "Maria", "family_name": "Rossi", "sex": "F", "birth_place": "Roma",
              "birth_date": "1980-01-01", "tax_code": "RSSMRA80A41H501Y", "role": "Vicesindaca"}
    with house.session() as session:
        account = session.scalars(select(Delegate.account_id)).first()
    return {
        Signatory: ("/admin/firmatari/new/", {**person, "party_id": own, "valid_from": "2026-03-01"}),
        Act: ("/admin/atti/new/", {"party_id": own, "body_kind": "giunta", "kind": "resolution", "number": "12",
                                   "date": "2026-02-01", "title": "Prelievo"}),
        Delegate: ("/admin/delegati/new/", {**person, "account_id": str(account)}),
        Note: (f"/admin/casi/contract/{house.contract_of('dresano')}/nota/", {"text": "Telefonato."}),
    }[entity]


@pytest.mark.parametrize("entity", [Signatory, Act, Delegate, Note])
def test_after_back_and_save_there_is_one(house: House, person: Enter, entity: type) -> None:
    inside, before = person("direzione"), house.count(entity)
    page, facts = typed(house, entity)
    fields = {**inside.fields(page), **facts}
    answers = [inside.post(page, fields) for _press in range(3)]
    assert [answer.status_code for answer in answers] == [302, 302, 302], inside.text()
    assert len({answer.location for answer in answers}) == 1, "each press leads to what the first one made"
    assert house.count(entity) == before + 1


@pytest.mark.parametrize("entity", [Signatory, Act, Delegate, Note])
def test_the_same_from_a_fresh_page_asks_first(house: House, person: Enter, entity: type) -> None:
    inside, before = person("direzione"), house.count(entity)
    page, facts = typed(house, entity)
    inside.fill(page, **facts)
    inside.fill(page, **facts)
    assert LATELY in inside.text()
    assert house.count(entity) == before + 1
    inside.send()
    assert LATELY not in inside.text()
    assert house.count(entity) == before + 2, "said once more it is another one, and meant to be"


def test_another_person_another_word_and_another_day_are_not_asked(
    house: House, person: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    (page, facts), before = typed(house, Signatory), house.count(Signatory)
    person("direzione").fill(page, **facts)
    person("direzione").fill(page, **{**facts, "role": "Assessora"})
    person("dresano").fill(page, **facts)
    assert house.count(Signatory) == before + 3
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(hours=25))
    person("direzione").fill(page, **facts)
    assert house.count(Signatory) == before + 4


def test_a_coverage_and_a_rule_are_made_once(house: House, person: Enter) -> None:
    inside, coverages, rules = person("direzione"), house.count(Coverage), house.count(DeadlineRule)
    page = "/admin/servizi/copertura/?id=1"
    facts = {**inside.fields(page), "municipality_ids": str(house.id_of("pantigliate")), "valid_from": "2031-01-01"}
    assert [inside.post(page, facts).status_code for _press in range(2)] == [302, 302]
    assert house.count(Coverage) == coverages + 1
    page = "/admin/regole-scadenze/new/"
    inside.get(page)
    facts = {**inside.fields(), "title": "Verifica", "code": "verifica_annuale", "subject": "contract",
             "event": "contract.signed", "expected": "contract.closed", "amount": "1", "unit": "months",
             "owner_role": "management", "text": "Verificare."}
    answers = [inside.post(page, facts) for _press in range(2)]
    assert {answer.status_code for answer in answers} == {302}, inside.text()[900:2500]
    assert house.count(DeadlineRule) == rules + 1
