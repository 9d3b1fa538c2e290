"""The demo district behind a running application, and people who log in to it.

Pages stand on one engine: what differs between engines is the core's, and is tested there on both.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from core.contracts.model import Contract
from core.ground.settings import Settings
from core.parties.model import Municipality
from tests.district import District
from tests.ground import Application
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import PEOPLE, TODAY, House, invite


@pytest.fixture
def backend() -> str:
    """The engine of the pages, in place of both."""
    return "sqlite"


@pytest.fixture
def house(district: District, application: Application, cheap_passwords: None) -> Iterator[House]:
    """The demo district of one test, with the people of PEOPLE in it."""
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=TODAY)
    house = House(application(settings, district.database), district.database)
    with house.unit("persone") as session:
        ids = {row.slug: row.id for row in session.execute(select(Municipality.slug, Municipality.id))}
        for name, (role, slugs) in PEOPLE.items():
            invite(session, name, role, municipality_ids=[ids[slug] for slug in slugs])
    yield house
    assert house.database.reading.pool.checkedout() == 0, "a session was opened and never closed: its connection is out"


@pytest.fixture
def in_force(house: House) -> House:
    """The contracts of the district are in force."""
    with house.unit("firma") as session:
        for contract in session.scalars(select(Contract)):
            contract.state = "in_force"
    return house


@pytest.fixture
def somebody(house: House) -> Person:
    """A browser at the door."""
    return Person(house.app.test_client())


@pytest.fixture
def person(house: House) -> Enter:
    """``person("direzione")`` is that person, inside."""
    return house.person
