"""Who looks decides what exists: pages, rows, searches; and who may write."""

from __future__ import annotations

import itertools
import re

import pytest
from flask import Flask

from admin.app import create_app
from admin.guard import policy
from core.ground.access import Principal, Role
from core.ground.db import Database
from core.ground.settings import Settings
from core.plugins.loading import Registry
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import PEOPLE, House

LISTS = ("/admin/comuni/", "/admin/firmatari/", "/admin/atti/", "/admin/conti/", "/admin/delegati/",
         "/admin/popolazione/", "/admin/adesioni/", "/admin/contratti/", "/admin/cerca/?q=Melegnano",
         "/admin/cerca/?q=5/2026", "/admin/", "/admin/azienda/details/?id=1")
LINK = re.compile(r'href="([^"]*)"')
SECRETS = ("Melegnano", "Marchiondi")


def test_an_application_with_a_route_that_declares_nothing_does_not_start() -> None:
    bare = Flask("bare")
    bare.add_url_rule("/aperta", "aperta", lambda: "a tutti")
    with pytest.raises(RuntimeError, match="aperta"):
        policy.enforce(bare, [], {"static": policy.Policy(policy.PUBLIC)})


def test_every_page_answers_those_whom_it_admits_and_nobody_else(house: House, person: Enter) -> None:
    declared = policy.policies(house.app)
    for name, (role, _slugs) in PEOPLE.items():
        inside, caller = person(name), Principal(name, frozenset({role}), user_id=1)
        for rule in house.app.url_map.iter_rules():
            if "GET" not in rule.methods or rule.arguments or rule.endpoint.startswith("security."):
                continue
            code = inside.get(rule.rule).status_code
            expected = {200, 302, 404} if declared[rule.endpoint].read.admits(caller) else {403}
            assert code in expected, (name, rule.rule, code)


def test_the_public_finds_only_the_door(house: House, somebody: Person) -> None:
    for rule in house.app.url_map.iter_rules():
        if rule.rule.startswith("/admin") and rule.endpoint != "admin.static" and not rule.arguments:
            method = "get" if "GET" in rule.methods else "post"
            assert getattr(somebody.client, method)(rule.rule).status_code in {302, 400}, rule.rule
    assert somebody.get("/salute").json["checks"][0]["what"] == "database"


def test_the_menu_is_that_of_who_reads_it_in_their_language(person: Enter) -> None:
    def menu(who: Person) -> str:
        return "".join(who.get(url).text.split("</details>", 1)[0] for url in ("/admin/rate/", "/admin/storia/"))

    office, town = person("direzione"), person("dresano")
    assert ">Rate<" in menu(office) and ">Le nostre rate<" not in menu(office)
    assert ">Le nostre rate<" in menu(town)
    assert "/admin/importa/" in menu(office) and "/admin/importa/" not in menu(town)
    town.get("/lingua/en")
    assert ">Le nostre rate<" not in menu(town) and ">Rate<" in menu(office)


@pytest.mark.parametrize("page", LISTS)
def test_a_municipality_reads_nothing_of_another(person: Enter, page: str) -> None:
    text = person("dresano").get(page, follow_redirects=True).text
    shown = re.sub("(Consiglio|Giunta) comunale di Melegnano", "", text.split("<main", 1)[1])  # which bodies there are
    assert not [secret for secret in SECRETS if secret in shown]
    assert "Marchiondi" in person("melegnano").get("/admin/firmatari/").text  # the secret exists


def test_another_municipality_is_not_forbidden_it_is_not_there(house: House, person: Enter) -> None:
    inside, foreign = person("dresano"), house.id_of("melegnano")
    assert inside.get(f"/admin/comuni/details/?id={foreign}").status_code == 404
    assert inside.get(f"/admin/comuni/details/?id={house.id_of('dresano')}").status_code == 200
    assert inside.get(f"/admin/contratti/details/?id={house.contract_of('melegnano')}").status_code == 404
    assert inside.get(f"/admin/contratti/details/?id={house.contract_of('dresano')}").status_code == 200


def test_an_auditor_reads_everything_and_changes_nothing(house: House, person: Enter) -> None:
    auditor, key = person("revisore"), house.id_of("dresano")
    for page in ("/admin/comuni/", f"/admin/comuni/details/?id={key}", "/admin/storia/", "/admin/utenti/",
                 "/admin/sistema/", "/admin/contratti/"):
        assert auditor.get(page).status_code == 200
    for page in (f"/admin/comuni/edit/?id={key}", "/admin/comuni/new/", "/admin/servizi/copertura/?id=1"):
        assert auditor.get(page).status_code == 403
        assert auditor.post(page, {"name": "Altro"}).status_code == 403
    assert "Modifica</a>" not in auditor.get(f"/admin/comuni/details/?id={key}").text


def test_a_municipality_cannot_change_its_own_records_either(house: House, person: Enter) -> None:
    inside, key = person("dresano"), house.id_of("dresano")
    assert inside.post(f"/admin/comuni/edit/?id={key}", {"name": "Altro"}).status_code == 403


BAD = ("?id=", "?id=x", "?id=1,2", "?id=-1", "?id=99999999999999999999999", "?id=0", "?id=%00", "?id=1&id=2",
       "?page=99999999999999999999&sort=77&desc=x&stato=boh&anno=x&area=uno&party_id=x",
       "?page=-5&search=%00%25_'\";--&tipo=%00&socio=5&q=%00&url=//altrove.example",
       "?from=ieri&to=2026-99-99&before=x&subject=boh&row=x")


def test_nonsense_in_the_address_never_breaks_a_page(house: House, person: Enter) -> None:
    declared = policy.policies(house.app)
    left = [rule for rule in house.app.url_map.iter_rules()
            if rule.rule.startswith("/admin/") and "GET" in rule.methods and not rule.arguments]
    for name in ("direzione", "sistema"):  # each page once, by the first who may read it
        inside, caller = person(name), Principal(name, frozenset({PEOPLE[name][0]}), user_id=1)
        mine = [rule for rule in left if declared[rule.endpoint].read.admits(caller)]
        left = [rule for rule in left if rule not in mine]
        assert mine
        for rule, bad in itertools.product(mine, BAD):
            assert inside.get(rule.rule + bad).status_code in {200, 302, 404}, rule.rule + bad


def test_no_page_leads_out_of_the_house_after_saving(house: House, person: Enter) -> None:
    inside, key = person("direzione"), house.id_of("dresano")
    for url in ("//altrove.example", "https://altrove.example", "/\\altrove.example", "/accesso/entra"):
        page = inside.get(f"/admin/popolazione/new/?municipality_id={key}&url={url}").text
        assert not [link for link in LINK.findall(page) if "altrove" in link]


def test_a_broken_plugin_does_not_stop_the_house(house: House, tmp_path: object) -> None:
    settings = house.settings
    registry = Registry(broken={"rotto": "ImportError: non c'è"})
    app = create_app(Settings(data_dir=settings.data_dir, database_url=settings.url),
                     database=Database(settings.url, settings.data_dir), registry=registry)
    inside = Person(app.test_client())
    inside.enter("sistema")
    page = inside.get("/admin/sistema/").text
    assert "rotto" in page
    assert "non c&#39;è" in page
    assert inside.get("/admin/schede/").status_code == 200


def test_roles_add_up(house: House) -> None:
    both = Principal("x", frozenset({Role.AUDITOR, Role.MANAGEMENT}), user_id=1)
    with house.app.app_context():
        assert policy.may(both, "history.index")
        assert policy.may(both, "municipality.edit_view", "POST")
