"""Coming in by a provider of identities, and all that must not let anybody in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
import requests
from joserfc.jwk import RSAKey
from sqlalchemy import func, select

from admin.app import create_app
from core.ground.settings import from_environment
from core.users.model import User
from core.users.records import LoginRecord
from tests import provider as providers
from tests.ground import Application
from tests.integration.admin.browser import Person
from tests.integration.admin.house import House


@pytest.fixture(scope="module")
def running() -> Iterator[providers.Provider]:
    with providers.running() as provider:
        yield provider


@pytest.fixture
def provider(running: providers.Provider) -> providers.Provider:
    """The provider, honest again."""
    fresh = providers.Provider(running.issuer, key=running.key)
    for name in ("email", "verified", "denies", "claims", "asked", "codes", "signs_with"):
        setattr(running, name, getattr(fresh, name))
    return running


@pytest.fixture
def open_house(house: House, provider: providers.Provider, application: Application) -> House:
    """The same house, with a provider in its settings."""
    settings = replace(house.settings, oidc_issuer=provider.issuer, oidc_client_id=providers.CLIENT,
                       oidc_client_secret=providers.SECRET,
                       oidc_second_factor=("https://www.spid.gov.it/SpidL2", "mfa"))
    return House(application(settings, house.database), house.database, house.reach)


def guest(house: House) -> Person:
    return Person(house.app.test_client())


def go(someone: Person, begin: str = "/accesso/identita") -> str:
    """To the provider and back; where the answer leads in the end, with its words."""
    there = someone.get(begin).headers["Location"]
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    return answered(someone, back)


def answered(someone: Person, back: str) -> str:
    parts = urlsplit(back)
    answer = someone.get(f"{parts.path}?{parts.query}")
    return answer.headers["Location"] if "/accesso/entra" not in answer.headers["Location"] else \
        someone.get(answer.headers["Location"]).text


def test_without_settings_there_is_no_such_door(house: House) -> None:
    someone = guest(house)
    assert someone.get("/accesso/identita").status_code == 404
    assert "identità digitale" not in someone.get("/accesso/entra").text


def test_who_has_an_access_comes_in_and_nobody_is_made(open_house: House, provider: providers.Provider) -> None:
    someone = guest(open_house)
    assert "identità digitale" in someone.get("/accesso/entra?next=/admin/comuni/").text
    assert go(someone, "/accesso/identita?next=/admin/comuni/") == "/admin/comuni/"
    assert someone.get("/admin/comuni/").status_code == 200
    [asked] = provider.asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["state"] and asked["nonce"]
    assert asked["acr_values"] == "https://www.spid.gov.it/SpidL2"
    with open_house.session() as session:
        people = session.scalar(select(func.count(User.id)))
        assert session.scalars(select(LoginRecord.how).where(LoginRecord.outcome == "entered")).all() == ["provider"]
    provider.email = "sconosciuta@patto.example"
    assert "non ha un accesso attivo" in go(guest(open_house))
    with open_house.session() as session:
        assert session.scalar(select(func.count(User.id))) == people


def test_the_door_leads_to_our_own_pages_only(open_house: House) -> None:
    assert go(guest(open_house), "/accesso/identita?next=https://altrove.example/") == "/admin/"
    assert go(guest(open_house), "/accesso/identita?next=/admin/%5C%5Caltrove") == "/admin/"


@pytest.mark.parametrize("verified", [False, None, "true", 1])
def test_an_address_that_is_not_verified_lets_nobody_in(open_house, provider, verified) -> None:
    provider.verified = verified
    assert "posta verificato" in go(guest(open_house))


def test_a_disabled_person_stays_outside(open_house: House) -> None:
    with open_house.unit() as session:
        session.scalars(select(User).where(User.email == "direzione@patto.example")).one().active = False
    assert "non ha un accesso attivo" in go(guest(open_house))


@pytest.mark.parametrize("lie", [
    {"nonce": "un altro"}, {"aud": "un altro programma"}, {"iss": "https://altrove.example"}, {"exp": 1_000_000},
])
def test_a_token_that_was_not_made_for_this_log_in_proves_nothing(open_house, provider, lie) -> None:
    provider.claims = lie
    someone = guest(open_house)
    assert "non prova chi sta entrando" in go(someone)
    assert someone.get("/admin/").status_code == 302


def test_a_token_that_another_signed_proves_nothing(open_house, provider) -> None:
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    assert "non prova chi sta entrando" in go(guest(open_house))


def test_an_answer_to_another_browser_or_sent_again_proves_nothing(open_house, provider) -> None:
    someone, thief = guest(open_house), guest(open_house)
    there = someone.get("/accesso/identita").headers["Location"]
    back = requests.get(there, allow_redirects=False, timeout=5).headers["Location"]
    thief.get("/accesso/identita")
    assert "non prova chi sta entrando" in answered(thief, back)
    assert answered(someone, back) == "/admin/"
    someone.post("/accesso/esci")
    assert "non prova chi sta entrando" in answered(someone, back)


def test_who_turns_back_and_a_provider_that_is_down_are_told_in_words(open_house, provider) -> None:
    provider.denies = True
    assert "è stato annullato" in go(guest(open_house))
    settings = replace(open_house.settings, oidc_issuer="http://127.0.0.1:9")
    nobody = House(create_app(settings, database=open_house.database, registry=open_house.registry),
                   open_house.database, open_house.reach)
    assert "non risponde" in guest(nobody).open("/accesso/identita").text


def test_the_second_factor_of_the_provider_counts_if_it_is_set(open_house, provider) -> None:
    with open_house.unit() as session:
        from core.users import second_factor

        second_factor.ask_of(session, ["management"])
    assert go(guest(open_house)) == "/accesso/telefono"
    provider.claims = {"amr": ["pwd", "mfa"]}
    assert go(guest(open_house)) == "/admin/"
    provider.claims = {"acr": "https://www.spid.gov.it/SpidL2"}
    assert go(guest(open_house)) == "/admin/"


@pytest.mark.parametrize(("given", "sentence"), [
    ({"ISSUER": "https://id.example"}, "mancano: PATTO_OIDC_CLIENT_ID, PATTO_OIDC_CLIENT_SECRET"),
    ({"ISSUER": "http://id.example", "CLIENT_ID": "a", "CLIENT_SECRET": "b"}, "https://"),
    ({"SECOND_FACTOR": "mfa"}, "mancano"),
])
def test_half_a_provider_is_refused_at_the_start(given, sentence) -> None:
    from core.ground.errors import RuleBroken

    with pytest.raises(RuleBroken) as refused:
        from_environment({f"PATTO_OIDC_{name}": value for name, value in given.items()})
    assert sentence in str(refused.value)
