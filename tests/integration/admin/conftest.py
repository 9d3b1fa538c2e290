"""The demo district behind a running application, and people who log in to it.

Pages stand on one engine: what differs between engines is the core's, and is tested there on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from sqlalchemy import select

from core.contracts.model import Contract
from core.ground.access import system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from tests.district import District, Districts, Later, copied
from tests.ground import Application, Ground
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import PEOPLE, TODAY, House, invite


@pytest.fixture
def backend() -> str:
    """The engine of the pages, in place of both."""
    return "sqlite"


@pytest.fixture(scope="session")
def peopled_districts(later: Later, cheap_passwords: None) -> Districts:
    """The demo district with the people of PEOPLE in it."""

    def lives(district: District) -> None:
        with unit_of_work(district.database, system("prova"), act="persone") as session:
            ids = {row.slug: row.id for row in session.execute(select(Municipality.slug, Municipality.id))}
            for name, (role, slugs) in PEOPLE.items():
                invite(session, name, role, municipality_ids=[ids[slug] for slug in slugs])

    return later("peopled", lives)


@pytest.fixture
def district(ground: Ground, backend: str, peopled_districts: Districts) -> District:
    """A copy of the demo district with its people, that the test may do anything to."""
    return copied(ground, peopled_districts(backend), "drafted")


@pytest.fixture
def house(ground: Ground, district: District, application: Application) -> Iterator[House]:
    """The demo district of one test."""
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=TODAY)
    house = House(application(settings, district.database), district.database,
                  partial(ground.reach, district.database))
    yield house
    assert house.database.reading.pool.checkedout() == 0, "a session was opened and never closed: its connection is out"


@pytest.fixture
def in_force(house: House) -> House:
    """The contracts of the district are in force."""
    house.reach("in force", lambda: _sign_all(house))
    return house


def _sign_all(house: House) -> None:
    with house.unit("firma") as session:
        for contract in session.scalars(select(Contract)):
            contract.state = "in_force"


@pytest.fixture
def somebody(house: House) -> Person:
    """A browser at the door."""
    return Person(house.app.test_client())


@pytest.fixture
def person(house: House) -> Enter:
    """``person("direzione")`` is that person, inside."""
    return house.person
