"""A small district behind a running application, on both databases, and people who log in to it."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from admin import passwords
from admin.app import create_app
from core.access import Role, ScopedSession, system
from core.contracts import operations as contracts
from core.contracts.model import ContractTerms
from core.db import Database
from core.parties.model import Municipality
from core.registry import Registry
from core.settings import Settings
from core.unit_of_work import unit_of_work
from core.users import operations as users
from demo.load import load
from migrations import runner
from tests.conftest import BACKENDS

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
_serial = itertools.count(1)


@dataclass(frozen=True)
class District:
    """A loaded database, to be copied."""

    backend: str
    folder: Path
    url: str


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 at its lowest cost: these tests log in a thousand times."""
    before = dict(passwords.COST)
    passwords.COST.update(time_cost=1, memory_cost=64, parallelism=1)
    yield
    passwords.COST.update(before)


@pytest.fixture(scope="session", params=BACKENDS)
def loaded(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, registry: Registry,
           cheap_passwords: None) -> District:
    """The demo district with one draft contract each for Dresano and Melegnano."""
    folder = tmp_path_factory.mktemp(f"admin-{request.param}")
    url = f"sqlite:///{folder / 'patto.sqlite3'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres_server")
        server.command("CREATE DATABASE district_of_admin")
        url = server.url("district_of_admin")
    database = Database(url)
    runner.upgrade(database, registry)
    office = system("prova")
    with unit_of_work(database, office, act="carico") as session:
        load(session, registry)
        ids = {row.slug: row.id for row in session.execute(select(Municipality.slug, Municipality.id))}
        terms = session.scalars(select(ContractTerms.id)).first()
        for name, (role, slugs) in PEOPLE.items():
            users.invite(session, email=f"{name}@patto.example", name=f"Persona {name}", roles=[role], actor=office,
                         municipality_ids=[ids[s] for s in slugs], password=passwords.hash_password(PASSWORD))
        for slug in ("dresano", "melegnano"):
            contracts.draft(session, [ids[slug]], starts_on=date(2026, 1, 1), ends_on=date(2027, 12, 31),
                            terms_id=terms, today=TODAY, actor=office)
    database.dispose()
    return District(request.param, folder, url)


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


@pytest.fixture
def house(loaded: District, tmp_path: Path, registry: Registry, request: pytest.FixtureRequest) -> Iterator[House]:
    """A copy of the district for one test."""
    url, name, server = f"sqlite:///{tmp_path / 'patto.sqlite3'}", f"admin_{next(_serial)}", None
    if loaded.backend == "postgresql":
        server = request.getfixturevalue("postgres_server")
        server.command(f"CREATE DATABASE {name} TEMPLATE district_of_admin")
        url = server.url(name)
    else:
        shutil.copy(loaded.folder / "patto.sqlite3", tmp_path / "patto.sqlite3")
    database = Database(url)
    app = create_app(Settings(data_dir=tmp_path, database_url=url, today=TODAY), database=database, registry=registry)
    yield House(app, database)
    database.dispose()
    if server:
        server.command(f"DROP DATABASE {name} WITH (FORCE)")


class Person:
    """A browser with somebody in front of it: fills in forms with their hidden token."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, url: str, **options: object) -> TestResponse:
        """Open a page."""
        return self.client.get(url, **options)

    def post(self, url: str, data: dict[str, object] | None = None, *, page: str = "/admin/",
             **options: object) -> TestResponse:
        """Send a form, with the token of ``page``."""
        token = TOKEN.search(self.client.get(page).text)
        return self.client.post(url, data={"csrf_token": token[1] if token else "", **(data or {})}, **options)

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
