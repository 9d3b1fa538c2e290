"""Under which address the program is reached: its links, the names it answers to, the proxies that it believes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy import select

from admin.app import create_app
from admin.command import mail
from admin.guard import policy
from admin.office.users import invite_link
from core.ground.settings import from_environment
from core.users.records import LoginRecord
from tests.integration.admin.browser import Person
from tests.integration.admin.house import House

PUBLIC = "https://patto.example.org"
Opened = Callable[..., Flask]


@pytest.fixture
def opened(house: House) -> Opened:
    """``opened(PATTO_PUBLIC_URL=...)``: the house under other settings."""

    def open_house(**environment: str) -> Flask:
        chosen = from_environment(environment)
        settings = replace(house.settings, public_url=chosen.public_url, trusted_hosts=chosen.trusted_hosts,
                           trusted_proxies=chosen.trusted_proxies)
        app = create_app(settings, database=house.database, registry=house.registry)
        app.add_url_rule("/prova/chi", "proof.who", lambda: f"{request.remote_addr} {request.scheme}")
        app.extensions["patto_policies"]["proof.who"] = policy.Policy(policy.PUBLIC)
        return app

    return open_house


def link_for(app: Flask, house: House) -> str:
    with house.unit() as session:
        return invite_link(app, session, email="prima@patto.example", name="Prima Persona", roles=["administrator"])


def test_the_first_administrator_s_link_works_as_it_is_printed(opened, house):
    app = opened(PATTO_PUBLIC_URL=f"{PUBLIC}/")
    link = link_for(app, house)
    assert link.startswith(f"{PUBLIC}/accesso/")
    page = app.test_client().get(link.removeprefix(PUBLIC), base_url=PUBLIC)
    assert page.status_code == 200 and "password" in page.text


def test_without_a_public_address_the_link_leads_where_the_program_answers(opened, house):
    assert link_for(opened(), house).startswith("http://127.0.0.1:8000/accesso/")


def test_what_leaves_the_program_bears_the_public_address(opened, house):
    client = opened(PATTO_PUBLIC_URL=PUBLIC).test_client()
    assert client.get("/albo.json", base_url="http://localhost").json["url"] == f"{PUBLIC}/albo.json"
    payload = {"key": "k", "to": "x@patto.example", "subject": "Scadenze", "text": "È ora."}
    letter = mail.message(payload, "ufficio@patto.example", PUBLIC)
    assert letter.get_content().splitlines()[-1] == f"Patto: {PUBLIC}/admin/"


@pytest.mark.parametrize(("environment", "host", "code"), [
    ({"PATTO_PUBLIC_URL": PUBLIC}, "patto.example.org", 302),
    ({"PATTO_PUBLIC_URL": PUBLIC}, "patto.example.org:8443", 302),
    ({"PATTO_PUBLIC_URL": PUBLIC}, "localhost:8000", 302),
    ({"PATTO_PUBLIC_URL": PUBLIC}, "altrove.example", 400),
    ({"PATTO_PUBLIC_URL": PUBLIC}, "patto.example.org.altrove.example", 400),
    ({"PATTO_PUBLIC_URL": PUBLIC, "PATTO_TRUSTED_HOSTS": "patto-web, altro"}, "patto-web:8000", 302),
    ({}, "altrove.example", 302),
])
def test_it_answers_to_its_own_names(opened, environment, host, code):
    answer = opened(**environment).test_client().get("/", headers={"Host": host})
    assert answer.status_code == code
    if code == 400:
        assert "PATTO_PUBLIC_URL" in answer.text and "altrove" not in answer.text


def seen(client: FlaskClient) -> str:
    headers = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https",
               "X-Forwarded-Host": "altrove.example"}
    return client.get("/prova/chi", headers=headers).text


@pytest.mark.parametrize(("proxies", "address"), [("", "127.0.0.1"), ("1", "198.51.100.7")])
def test_a_failed_log_in_is_counted_where_it_comes_from(opened, house, proxies, address):
    client = opened(PATTO_TRUSTED_PROXIES=proxies).test_client()
    client.environ_base["HTTP_X_FORWARDED_FOR"] = "203.0.113.9, 198.51.100.7"
    Person(client).enter("direzione", "sbagliata")
    with house.session() as session:
        assert session.scalars(select(LoginRecord.address)).all() == [address]


@pytest.mark.parametrize(("proxies", "who"), [
    ("", "127.0.0.1 http"), ("1", "198.51.100.7 https"), ("2", "203.0.113.9 https"),
])
def test_a_proxy_is_believed_when_it_is_ours(opened, proxies, who):
    assert seen(opened(PATTO_TRUSTED_PROXIES=proxies).test_client()) == who


def test_the_attempts_to_log_in_are_counted_by_who_stands_behind_the_proxy(opened):
    app = opened(PATTO_TRUSTED_PROXIES="1")
    codes = {}
    for address in ("198.51.100.7", "203.0.113.9"):
        somebody = Person(app.test_client())
        somebody.client.environ_base["HTTP_X_FORWARDED_FOR"] = address
        codes[address] = [somebody.enter("nessuno", "sbagliata ancora").status_code for _ in range(21)]
    assert all(answers[:20] == [200] * 20 and answers[20] == 429 for answers in codes.values())
