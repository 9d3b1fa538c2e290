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


def acts_found(someone: Person, word: str) -> dict[str, str]:
    """The acts that a word finds, each with the page on which it is done."""
    someone.get("/admin/cerca/", query_string={"q": word})
    links = lxml.html.fromstring(someone.page).xpath("//main//ul[contains(@class, 'acts-found')]//a")
    return {" ".join(link.text_content().split()): str(link.get("href")) for link in links}


@pytest.mark.parametrize(("who", "word", "act"), [
    ("contabilita", "storna pagamento", "Storna il pagamento"), ("contabilita", "fattura", "Registra la fattura"),
    ("direzione", "cambia nome", "Cambia il nome"), ("contabilita", "segna fatto", "Segna come fatto"),
    ("direzione", "approva richieste", "Approva le richieste"), ("accreditamento", "rinnovo", "Apri il rinnovo"),
    ("sistema", "azzera", "Azzera la verifica in due passaggi"),
])
def test_what_is_done_on_the_page_of_a_record_is_found_by_its_name(
    lived: House, who: str, word: str, act: str
) -> None:
    someone = lived.person(who)
    [address] = [url for name, url in acts_found(someone, word).items() if name.startswith(act)]
    assert someone.get(address).status_code in (200, 302)
    assert not [name for name in acts_found(lived.person("revisore"), word) if name.startswith(act)]


def test_every_such_act_says_on_which_records_it_can_be_done_now(lived: House) -> None:
    [admin] = lived.app.extensions["admin"]
    people = [lived.person(name) for name in ("direzione", "contabilita", "accreditamento", "sistema")]
    pages = [(view.endpoint, page) for view in admin._views for page in getattr(view, "on_records", {})]
    assert len(pages) > 30
    open_to = {one: [who for who in people if who.get(
        f"/admin/fare/?pagina={one[0]}&atto={one[1]}").status_code == 200] for one in pages}
    assert not [one for one, who in open_to.items() if not who]
    payer = lived.person("contabilita")
    rows = lxml.html.fromstring(payer.get("/admin/fare/?pagina=payment&atto=reverse_view").text).xpath(
        "//main//li/a/@href")
    assert rows and all("/admin/pagamenti/storno/" in str(row) for row in rows)
    assert payer.get(str(rows[0])).status_code == 200


# pages that do something and are not found by a name of their own, each with why
PARTS_OF_A_RECORD = {  # a row within a record: the record is found, its rows stand there
    "contract_form.step_view", "case.correct_view", "case.file_view", "case.note_view", "case.receipt_view",
    "case_event.correct_view", "case_event.record_view", "case_event.withdraw_view", "default_notice.apply_view",
    "default_notice.claim_view", "default_notice.end_claim_view", "default_notice.pass_on_view",
    "penalty.reverse_view", "accreditation.examine_view", "accreditation.requirement_view",
    "inspection.answer_view", "inspection.close_finding_view", "inspection.finding_view", "inspection.hold_view",
    "inspection.meeting_view", "inspection.move_view", "inspection.prescribe_view", "inspection.verify_view",
    "provider_paper.change_view", "service_unit.site_removal_view", "service_unit.site_view",
    "requirement_draft.part_view", "requirement_draft.remove_view", "attachment.list_view",
    "attachment.receive_view", "attachment.remove_view", "attachment.standard_view", "amendment.coordinated_view",
    "allocation_plan.remove_group_view", "budget.lines_view", "payment.release_view",
    "statement_line.confirm_view", "statement_line.recognise_view", "service.coverage_removal_view",
    "retention.rule_view", "plugins.attach", "plugins.detach", "plugins.read", "plugins.settings",
}
# by the kind of letter, from its case
LETTERS = {"case.letter_view", "letters.letter_view", "plugin_letters.letter_view"}
BY_ANOTHER_PAGE = {  # the next step of a page that is found, or the page of a passage of the state table
    "default_notice.decide_view", "provider_meeting.minutes_view", "deadline.change_view", "contract.acts_view",
    "requirement_set.confirm_view", "imports.confirm", "imports.upload", "ipa.compared_view", "ipa.new_view",
    "user.link_view", "login_record.roles_view", "system.retry", "beginning.sets_view", "deadline.feed_view",
    "user.door_view", "usage_month.month_view", "service_staff.write_view",
}
OF_ONES_OWN = {"own_access.begin_view", "own_access.codes_view", "own_access.remove_view", "own_access.telephone_view"}
EVERY_VIEW = {"create_view", "edit_view", "delete_view", "passage_view", "together_view", "index", "index_view"}


def test_every_page_that_does_something_is_found_by_its_name_or_said_why_not(lived: House) -> None:
    [admin] = lived.app.extensions["admin"]
    views = {view.endpoint: view for view in admin._views}
    named = {page if "." in page else f"{view.endpoint}.{page}" for view in views.values()
             for key in getattr(view, "on_records", {}) for page in [key.partition("?")[0]]}
    named |= {begin.page if not begin.page.startswith(".") else f"{view.endpoint}{begin.page}"
              for view in views.values() for begin in getattr(view, "begins", ())}
    doing = {rule.endpoint for rule in lived.app.url_map.iter_rules() if "POST" in (rule.methods or ())
             and rule.endpoint.partition(".")[0] in views and rule.endpoint.partition(".")[2] not in EVERY_VIEW}
    said = PARTS_OF_A_RECORD | LETTERS | BY_ANOTHER_PAGE | OF_ONES_OWN
    assert doing - named - said == set(), "give it its word in on_records or begins, or say here why not"
    assert said - doing == set(), "this page is gone"
    assert said & named == set()


def test_an_act_on_the_page_of_another_view_is_found_and_says_on_which_records(lived: House) -> None:
    office = lived.person("direzione")
    for word, act in (("apri modifica", "Apri una modifica"),
                      ("procedimento revoca", "Avvia il procedimento di revoca"),
                      ("scrivi scheda", "Scrivi la scheda"), ("piano riparto", "Nuovo piano di riparto"),
                      ("CIG CUP", "Registra CIG e CUP"), ("sopralluogo", "Fissa un sopralluogo")):
        who = lived.person("accreditamento") if "sopralluogo" in word else office
        [address] = [url for name, url in acts_found(who, word).items() if name.startswith(act)]
        assert who.get(address).status_code == 200
    links = lxml.html.fromstring(office.get("/admin/fare/?pagina=contract&atto=amendment.open_view").text).xpath(
        "//main//li/a/@href")
    assert links and all(str(link).startswith("/admin/contratti/modifica/") for link in links)


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
