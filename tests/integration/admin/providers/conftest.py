"""The demo district with a cooperative and its planned nido, and the persons of two providers."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from sqlalchemy import select

from core.ground.access import Role
from core.providers import operations
from core.providers.model import UnitType
from tests.integration.admin.house import TODAY, House, invite
from tests.integration.providers.conftest import provider_facts, unit_facts


@dataclass(frozen=True)
class Place:
    """The keys of what the house holds."""

    provider: int
    other: int
    unit: int
    types: dict[str, int]


@pytest.fixture
def place(house: House) -> Place:
    """Il Melograno with a nido planned in Dresano, and La Rondine with nothing."""
    placed: Place = house.reach("providers", lambda: _arrive(house))
    return placed


def _arrive(house: House) -> Place:
    with house.unit("arrivo") as session:
        types = {row.code: row.id for row in session.scalars(select(UnitType))}
        mine = operations.add_provider(session, provider_facts())
        other = operations.add_provider(session, provider_facts(name="La Rondine", legal_form="association",
                                                                third_sector="social_promotion"))
        facts = unit_facts(types["nido"], municipality_id=house.id_of("dresano"))
        nido = operations.add_unit(session, mine.id, facts, today=TODAY)
        for name, key in (("melograno", mine.id), ("rondine", other.id)):
            invite(session, name, Role.PROVIDER, provider_ids=[key])
        return Place(mine.id, other.id, nido.id, types)
