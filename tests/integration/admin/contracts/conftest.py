"""The demo district behind a running application; people who log in and fill in forms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from admin.command import demo_users
from core.ground.access import Principal, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from tests.district import District
from tests.ground import Application

TODAY = date(2026, 3, 2)
MANAGER, AUDITOR, MELEGNANO, DRESANO, ACCOUNTANT = (
    "direzione@assemi.example", "revisore@assemi.example", "ufficio@melegnano.example", "ufficio@dresano.example",
    "contabilita@assemi.example",
)


@dataclass(frozen=True)
class House:
    """The application of one test, and its database seen from behind."""

    app: Flask
    database: Database
    data_dir: Path

    def session(self, principal: Principal | None = None) -> ScopedSession:
        """Everything as it stands now."""
        return ScopedSession(self.database, principal or system("prova"))


@pytest.fixture
def house(district: District, application: Application, cheap_passwords: None) -> House:
    """The demo district of one test, with the people of the demo in it."""
    with unit_of_work(district.database, system("prova"), act="persone") as session:
        demo_users.ensure(session)
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=TODAY)
    return House(application(settings, district.database), district.database, district.folder)


class Browser:
    """A person at the screen: follows links, fills in the form that the page shows, presses its button."""

    def __init__(self, client: FlaskClient, email: str) -> None:
        self.client = client
        self.page = self.url = self.query = ""
        self.open("/accesso/entra")
        assert self.send(email=email, password=demo_users.PASSWORD).status_code == 200

    def open(self, url: str) -> TestResponse:
        """Go to a page of ours."""
        answer = self.client.get(url, follow_redirects=True)
        self.page = answer.text if answer.mimetype == "text/html" else ""
        self.url, self.query = answer.request.path, answer.request.query_string.decode()
        return answer

    def form(self) -> lxml.html.FormElement:
        """The main form of the page: the last one in its main part."""
        page = lxml.html.fromstring(self.page)
        return page.xpath("//main//form[@method='post']")[-1]

    def fields(self) -> MultiDict[str, object]:
        """What the form would send if nothing were touched."""
        return MultiDict(self.form().form_values())

    def fields_of_page(self) -> MultiDict[str, object]:
        """The fields of the first form on the page that is sent: the way out stands on every page."""
        return MultiDict(lxml.html.fromstring(self.page).xpath("//form[@method='post']")[0].form_values())

    def send(self, to: str = "", without: tuple[str, ...] = (), **typed: object) -> TestResponse:
        """Type into the form and send it; lists are ticked boxes."""
        fields = self.fields()
        for name, value in typed.items():
            fields.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
        for name in without:
            fields.poplist(name)
        answer = self.client.post(to or self.form().get("action") or self.url_now(), data=fields,
                                  follow_redirects=True, content_type="multipart/form-data")
        self.page = answer.text
        self.url, self.query = answer.request.path, answer.request.query_string.decode()
        return answer

    def url_now(self) -> str:
        """The address of the page on the screen."""
        return self.url + (f"?{self.query}" if self.query else "")

    def text(self) -> str:
        """The words on the screen."""
        return " ".join(lxml.html.fromstring(self.page).text_content().split())


@pytest.fixture
def enter(house: House) -> Callable[[str], Browser]:
    """``enter(MANAGER)`` logs a person in."""
    return lambda email: Browser(house.app.test_client(), email)


@pytest.fixture
def manager_screen(enter: Callable[[str], Browser]) -> Browser:
    """The manager at the screen."""
    return enter(MANAGER)
