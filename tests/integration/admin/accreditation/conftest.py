"""The demo district with a nido in operation behind a running application: the offices, two providers' persons."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import select

from admin.app import create_app
from admin.guard import passwords
from core.accreditation.sets import install_sets
from core.deadlines.standard import install_rules
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.providers import operations as providers
from core.providers import types
from core.providers.model import UnitType
from core.users import operations as users
from tests.district import District
from tests.integration.accreditation.conftest import OFFICER, Place, Procedure, add_paper, open_nido
from tests.integration.admin.conftest import PASSWORD, TODAY, House, Person
from tests.integration.providers.conftest import provider_facts, unit_facts

PEOPLE = {"accreditamento": Role.ACCREDITATION, "direzione": Role.MANAGEMENT, "contabilita": Role.ACCOUNTING,
          "revisore": Role.AUDITOR}


@pytest.fixture
def house(district: District, cheap_passwords: None) -> House:
    """The demo district of one test, with the offices, one municipality and two providers' persons."""
    office = system("prova")
    with unit_of_work(district.database, office, act="persone") as session:
        types.install_types(session)
        install_rules(session)
        install_sets(session)
        other = providers.add_provider(session, provider_facts(name="L'Altra"))
        own = providers.add_provider(session, provider_facts())
        for name, role in PEOPLE.items():
            _invite(session, name, role)
        town = session.scalars(select(Municipality.id).where(Municipality.slug == "dresano")).one()
        users.invite(session, email="dresano@patto.example", name="Persona dresano", roles=[Role.MUNICIPALITY],
                     municipality_ids=[town], password=passwords.hash_password(PASSWORD))
        for name, provider in (("gestore", own), ("altro", other)):
            users.invite(session, email=f"{name}@patto.example", name=f"Persona {name}", roles=[Role.PROVIDER],
                         provider_ids=[provider.id], password=passwords.hash_password(PASSWORD))
    settings = Settings(data_dir=district.folder, database_url=district.database.url, today=TODAY)
    return House(create_app(settings, database=district.database, registry=district.registry), district.database)


def _invite(session: ScopedSession, name: str, role: Role) -> None:
    users.invite(session, email=f"{name}@patto.example", name=f"Persona {name}", roles=[role],
                 password=passwords.hash_password(PASSWORD))


@pytest.fixture
def procedure(house: House, district: District) -> Procedure:
    """The procedure of Il Melograno's nido, not opened yet."""
    def unit(act: str = "prova", principal: Principal | None = None) -> AbstractContextManager[ScopedSession]:
        return unit_of_work(house.database, principal or system("prova"), act=act)

    with unit(principal=OFFICER) as session:
        ids = {row.code: row.id for row in session.scalars(select(UnitType))}
        provider = providers.Provider
        own = session.scalars(select(provider).where(provider.name == "Il Melograno")).one()
        nido = providers.add_unit(session, own.id, unit_facts(ids["nido"]), today=TODAY)
        planned = providers.add_unit(session, own.id, unit_facts(ids["nido"], name="Nido Nuovo"), today=TODAY)
        open_nido(session, nido.id)
        for kind in ("insurance", "durc"):
            add_paper(session, own.id, kind, TODAY.replace(year=2027))
        place = Place(own.id, nido.id, planned.id, ids)
    return Procedure(unit, place)


@pytest.fixture
def person(house: House) -> Callable[[str], Person]:
    """``person("accreditamento")`` is that person, inside."""

    def enter(name: str) -> Person:
        someone = Person(house.app.test_client())
        assert someone.enter(name).status_code == 302
        return someone

    return enter
