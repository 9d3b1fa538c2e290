"""The door: who comes in, who is kept out, and what an old cookie opens."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from admin.app import create_app
from core.ground import clock
from core.ground.settings import Settings
from core.users.model import User
from tests.integration.admin.browser import PASSWORD, Enter, Person
from tests.integration.admin.house import House


def user(house: House, name: str) -> User:
    with house.session() as session:
        return session.scalars(select(User).where(User.email == f"{name}@patto.example")).one()


def test_the_right_password_opens_the_door_and_leads_where_one_wanted_to_go(somebody: Person) -> None:
    turned_away = somebody.get("/admin/comuni/")
    assert turned_away.status_code == 302
    assert "/accesso/entra" in turned_away.headers["Location"]
    assert somebody.enter("direzione").headers["Location"].endswith("/admin/")
    assert somebody.get("/admin/comuni/").status_code == 200


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(somebody: Person) -> None:
    wrong, unknown = somebody.enter("direzione", "non è questa"), somebody.enter("nessuno")
    sentence = "o la password non sono giusti"
    assert sentence in wrong.text
    assert sentence in unknown.text


def test_five_wrong_passwords_close_the_door_for_a_quarter_of_an_hour(
    house: House, somebody: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(5):
        somebody.enter("direzione", "non è questa")
    refused = somebody.enter("direzione")
    assert refused.status_code == 200
    assert "riprovare tra 15 minuti" in refused.text
    later = clock.now() + timedelta(minutes=16)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert somebody.enter("direzione").status_code == 302


def test_too_many_tries_from_one_place_are_slowed_down(somebody: Person) -> None:
    codes = [somebody.enter("nessuno", "x").status_code for _ in range(22)]
    assert codes[-1] == 429


def test_a_cookie_kept_from_before_log_out_opens_nothing(house: House, person: Enter) -> None:
    inside = person("direzione")
    kept = inside.client.get_cookie("patto").value
    assert inside.post("/accesso/esci").status_code == 302
    thief = house.app.test_client()
    thief.set_cookie("patto", kept)
    assert thief.get("/admin/comuni/").status_code == 302


def test_a_disabled_person_is_out_at_the_next_click(house: House, person: Enter) -> None:
    inside, administrator = person("direzione"), person("sistema")
    assert administrator.post(f"/admin/utenti/porta/?id={user(house, 'direzione').id}&aperta=0").status_code == 302
    assert inside.get("/admin/").status_code == 302
    again = Person(house.app.test_client())
    assert again.enter("direzione").status_code == 200  # the door does not say why it stays closed


def test_changing_the_password_ends_the_other_sessions_and_keeps_this_one(house: House, person: Enter) -> None:
    here, elsewhere = person("direzione"), person("direzione")
    new = "un'altra frase da ricordare"
    answer = here.post("/accesso/password", {"password": PASSWORD, "new_password": new, "new_password_confirm": new},
                       page="/accesso/password")
    assert answer.status_code == 302
    assert here.get("/admin/").status_code == 200
    assert elsewhere.get("/admin/").status_code == 302


@pytest.mark.parametrize(("new", "sentence"), [
    ("corta", "meno di 12 caratteri"),
    ("direzione@patto.example", "contiene l&#39;indirizzo"),
    ("aaaaaaaaaaaaaa", "gli stessi caratteri"),
    ("Juventus-1897-!", "tra quelle più usate"),
])
def test_a_password_that_is_easy_to_guess_is_refused_in_words(person: Enter, new: str, sentence: str) -> None:
    data = {"password": PASSWORD, "new_password": new, "new_password_confirm": new}
    assert sentence in person("direzione").post("/accesso/password", data, page="/accesso/password").text


def test_an_invited_person_chooses_the_password_with_a_link_that_works_once(house: House, person: Enter) -> None:
    administrator = person("sistema")
    page = administrator.post("/admin/utenti/new/", {"name": "Nuova Persona", "email": "nuova@patto.example",
                                                     "roles": "accounting"}, page="/admin/utenti/new/")
    import lxml.html

    [link] = [code.text for code in lxml.html.fromstring(page.text).iter("code")]
    path = link.replace("http://localhost", "")
    guest = Person(house.app.test_client())
    chosen = guest.post(path, {"password": PASSWORD, "password_confirm": PASSWORD}, page=path)
    assert chosen.status_code == 302
    assert guest.enter("nuova").status_code == 302
    assert Person(house.app.test_client()).get(path).status_code == 302  # used: the page that says whom to ask


def test_a_form_without_its_token_is_refused(house: House, person: Enter) -> None:
    inside = person("direzione")
    assert inside.client.post("/admin/comuni/new/", data={"name": "Falso"}).status_code == 400
    assert inside.client.post("/accesso/esci").status_code == 400


def test_pages_carry_a_policy_that_lets_in_nothing_from_elsewhere(person: Enter) -> None:
    headers = person("direzione").get("/admin/").headers
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_a_browser_keeps_the_files_of_the_pages_until_they_change(person: Enter) -> None:
    somebody = person("direzione")
    somebody.get("/admin/")
    addresses = re.findall(r'<link [^>]*href="([^"]+)"', somebody.page)
    assert len(addresses) == 3
    for address in addresses:
        assert "max-age=31536000" in somebody.client.get(address).headers["Cache-Control"]
        assert "max-age" not in somebody.client.get(address.partition("?")[0]).headers["Cache-Control"]


def test_in_production_cookies_travel_only_over_https(house: House) -> None:
    settings = house.settings
    production = Settings(mode="production", secret_key="lunga e casuale", data_dir=settings.data_dir,
                          database_url=settings.url)
    app = create_app(production, database=house.database, registry=house.app.extensions["patto"].registry)
    guest = app.test_client()
    page = guest.get("/accesso/entra", base_url="https://localhost")
    assert "max-age" in page.headers["Strict-Transport-Security"]
    cookie = guest.get_cookie("patto")
    assert (cookie.secure, cookie.http_only, cookie.same_site) == (True, True, "Lax")
