"""The pictures of the manual are the pages themselves, in a browser: ``make manual`` takes them anew."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from admin.guard import passwords
from admin.office.manual import PICTURES, pictured
from core.ground.access import Role, system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.users import operations as users
from tests.district import LIVED_UP_TO, District
from tests.e2e.conftest import served
from tests.ground import Application

TAKEN = os.environ.get("PATTO_MANUAL") == "1"
SIZE = {"width": 1024, "height": 640}
LARGEST = 90_000  # bytes of one picture
WORDS = "una frase che si ricorda"


@pytest.fixture
def backend() -> str:
    """The engine of the pages, in place of both."""
    return "sqlite"


@pytest.fixture
def address(lived_district: District, application: Application, cheap_passwords: None) -> Iterator[str]:
    """The demo district after its story, with somebody of the management."""
    district = lived_district
    with unit_of_work(district.database, system("prova"), act="persone") as session:
        users.invite(session, email="direzione@manuale.example", name="Direzione", roles=[Role.MANAGEMENT],
                     password=passwords.hash_password(WORDS))
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=LIVED_UP_TO)
    with served(application(settings, district.database)) as url:
        yield url


def test_every_chapter_has_its_picture_of_the_page_as_it_is(page: Any) -> None:
    page.set_viewport_size(SIZE)
    page.goto("/accesso/entra")
    page.fill("[name=email]", "direzione@manuale.example")
    page.fill("[name=password]", WORDS)
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/admin/**")
    for code, url in pictured().items():
        page.goto(url)
        assert page.locator("main h1").count() == 1, url
        if TAKEN:
            PICTURES.mkdir(exist_ok=True)
            page.screenshot(path=PICTURES / f"{code}.jpg", type="jpeg", quality=60)
        assert 0 < (PICTURES / f"{code}.jpg").stat().st_size < LARGEST, "make manual"
    page.goto("/admin/manuale/")
    assert page.locator("main img").count() == len(pictured())
    assert all(page.request.get(one.get_attribute("src")).ok for one in page.locator("main img").all())
