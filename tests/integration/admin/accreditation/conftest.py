"""The demo district with a nido in operation, and the persons of two providers."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.accreditation.sets import install_sets
from core.ground.access import Role
from core.providers import operations as providers
from core.providers.model import Provider, UnitType
from tests.integration.accreditation.conftest import OFFICER, Place, Procedure, add_paper, open_nido
from tests.integration.admin.house import TODAY, House, invite
from tests.integration.providers.conftest import provider_facts, unit_facts


@pytest.fixture
def house(house: House) -> House:
    """The house, with the requirement sets, two providers and a person of each."""
    house.reach("providers", lambda: _arrive(house))
    return house


def _arrive(house: House) -> None:
    with house.unit("arrivo") as session:
        install_sets(session)
        for person, facts in (("altro", provider_facts(name="L'Altra")), ("gestore", provider_facts())):
            invite(session, person, Role.PROVIDER, provider_ids=[providers.add_provider(session, facts).id])


@pytest.fixture
def procedure(house: House) -> Procedure:
    """The procedure of Il Melograno's nido, not opened yet."""
    return Procedure(house.unit, house.reach("place", lambda: _place(house)), house.reach)


def _place(house: House) -> Place:
    with house.unit(principal=OFFICER) as session:
        ids = {row.code: row.id for row in session.scalars(select(UnitType))}
        own = session.scalars(select(Provider).where(Provider.name == "Il Melograno")).one()
        nido = providers.add_unit(session, own.id, unit_facts(ids["nido"]), today=TODAY)
        planned = providers.add_unit(session, own.id, unit_facts(ids["nido"], name="Nido Nuovo"), today=TODAY)
        open_nido(session, nido.id)
        for kind in ("insurance", "durc"):
            add_paper(session, own.id, kind, TODAY.replace(year=2027))
        return Place(own.id, nido.id, planned.id, ids)
