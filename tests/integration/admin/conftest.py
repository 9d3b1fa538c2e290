"""The demo district behind a running application, and people who log in to it.

Pages stand on one engine: what differs between engines is the core's, and is tested there on both.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin.guard import passwords
from core.contracts.model import ContractParty
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.users import operations as users
from tests.district import District
from tests.ground import Application

TODAY = date(2026, 3, 2)
PASSWORD = "una frase che si ricorda"
PEOPLE = {
    "direzione": (Role.MANAGEMENT, ()),
    "contabilita": (Role.ACCOUNTING, ()),
    "revisore": (Role.AUDITOR, ()),
    "sistema": (Role.ADMINISTRATOR, ()),
    "dresano": (Role.MUNICIPALITY, ("dresano",)),
    "melegnano": (Role.MUNICIPALITY, ("melegnano",)),
}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class House:
    """The application of one test, and its database seen from behind."""

    app: Flask
    database: Database

    def session(self) -> ScopedSession:
        """Everything as it stands now."""
        return ScopedSession(self.database, system("prova"))

    def id_of(self, slug: str) -> int:
        """The key of a municipality."""
        with self.session() as session:
            return session.scalars(select(Municipality.id).where(Municipality.slug == slug)).one()

    def contract_of(self, slug: str) -> int:
        """The key of a municipality's contract."""
        party = select(ContractParty.contract_id).join(Municipality, Municipality.id == ContractParty.party_id)
        with self.session() as session:
            return session.scalars(party.where(Municipality.slug == slug).order_by(ContractParty.contract_id)).first()


@pytest.fixture
def backend() -> str:
    """The engine of the pages, in place of both."""
    return "sqlite"


@pytest.fixture
def house(district: District, application: Application, cheap_passwords: None) -> House:
    """The demo district of one test, with the people above in it."""
    office = system("prova")
    with unit_of_work(district.database, office, act="persone") as session:
        ids = {row.slug: row.id for row in session.execute(select(Municipality.slug, Municipality.id))}
        for name, (role, slugs) in PEOPLE.items():
            users.invite(session, email=f"{name}@patto.example", name=f"Persona {name}", roles=[role],
                         municipality_ids=[ids[s] for s in slugs], password=passwords.hash_password(PASSWORD))
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=TODAY)
    return House(application(settings, district.database), district.database)


class Person:
    """A browser with somebody in front of it: fills in forms with their hidden token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.token = ""

    def get(self, url: str, **options: object) -> TestResponse:
        """Open a page."""
        return self.client.get(url, **options)

    def post(self, url: str, data: dict[str, object] | None = None, *, page: str = "/admin/",
             **options: object) -> TestResponse:
        """Send a form, with the token that ``page`` showed at the first one: it lasts as long as the session."""
        if not self.token and (token := TOKEN.search(self.client.get(page).text)):
            self.token = token[1]
        return self.client.post(url, data={"csrf_token": self.token, **(data or {})}, **options)

    def enter(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Fill in the log-in page."""
        return self.post("/accesso/entra", {"email": f"{name}@patto.example", "password": password},
                         page="/accesso/entra")

    def fields(self, url: str) -> dict[str, str]:
        """What a form holds when it is opened, as a browser would send it back."""
        import lxml.html

        [form] = [f for f in lxml.html.fromstring(self.client.get(url).text).forms
                  if f.method == "POST" and "sheet-form" in (f.get("class") or "")]
        return dict(form.form_values())


@pytest.fixture
def somebody(house: House) -> Person:
    """A browser at the door."""
    return Person(house.app.test_client())


@pytest.fixture
def person(house: House) -> Callable[[str], Person]:
    """``person("direzione")`` is that person, inside."""

    def enter(name: str) -> Person:
        someone = Person(house.app.test_client())
        assert someone.enter(name).status_code == 302
        return someone

    return enter
