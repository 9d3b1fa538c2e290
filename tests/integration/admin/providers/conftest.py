"""The demo district with a cooperative and its planned nido; the accreditation office, a municipality, the provider."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from admin.command import demo_users
from admin.guard.passwords import hash_password
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.providers import operations
from core.providers.model import UnitType
from core.users.operations import invite
from tests.district import District
from tests.ground import Application
from tests.integration.admin.contracts.conftest import Browser
from tests.integration.providers.conftest import provider_facts, unit_facts

TODAY = date(2026, 3, 2)
OFFICE, AUDITOR, DRESANO, MELEGNANO, ADMIN, PROVIDER, OTHER = (
    "accreditamento@assemi.example", "revisore@assemi.example", "ufficio@dresano.example",
    "ufficio@melegnano.example", "sistema@assemi.example", "melograno@patto.example", "rondine@patto.example",
)


@dataclass(frozen=True)
class Place:
    """The application of one test, its database seen from behind, and the keys of what it holds."""

    app: Flask
    database: Database
    district: District
    provider: int
    other: int
    unit: int
    types: dict[str, int]

    def session(self) -> ScopedSession:
        """Everything as it stands now."""
        return ScopedSession(self.database, system("prova"))


@pytest.fixture
def place(district: District, application: Application, cheap_passwords: None) -> Place:
    """Il Melograno with a nido planned in Dresano, and La Rondine with nothing."""
    with unit_of_work(district.database, system("prova"), act="persone") as session:
        demo_users.ensure(session)
        types = {row.code: row.id for row in session.scalars(select(UnitType))}
        dresano = session.scalars(select(Municipality.id).where(Municipality.slug == "dresano")).one()
        mine = operations.add_provider(session, provider_facts())
        other = operations.add_provider(session, provider_facts(name="La Rondine", legal_form="association",
                                                                third_sector="social_promotion"))
        nido = operations.add_unit(session, mine.id, unit_facts(types["nido"], municipality_id=dresano), today=TODAY)
        for email, key in ((PROVIDER, mine.id), (OTHER, other.id)):
            invite(session, email=email, name="Piera Gestore", roles=[Role.PROVIDER], provider_ids=[key],
                   password=hash_password(demo_users.PASSWORD))
        keys = mine.id, other.id, nido.id
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=TODAY)
    return Place(application(settings, district.database), district.database, district, *keys, types)


@pytest.fixture
def enter(place: Place) -> Callable[[str], Browser]:
    """``enter(OFFICE)`` logs a person in."""
    return lambda email: Browser(place.app.test_client(), email)
