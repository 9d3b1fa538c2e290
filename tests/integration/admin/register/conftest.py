"""The register of a house, and who looks after it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.accreditation.model import Accreditation
from core.catalogue.model import Service
from core.parties.model import Municipality
from core.providers.model import ServiceUnit
from core.register.model import RegisterEntry
from tests.albo import accredited, becomes, published
from tests.integration.admin.browser import Enter, Person
from tests.integration.admin.house import House


class Register:
    """The register of one house, written from behind."""

    def __init__(self, house: House) -> None:
        self.house = house

    def publish(self, *names: str, town: str = "dresano", **fields: object) -> int:
        """Publish units of a municipality; the key of the last entry."""
        with self.house.unit("albo") as session:
            where = session.scalars(select(Municipality).where(Municipality.slug == town)).one()
            return [published(session, name, town=where, **fields).id for name in names][-1]

    def accredit(self, name: str, **fields: object) -> int:
        """A unit that has decree and pact and is not in the register."""
        with self.house.unit("albo") as session:
            return accredited(session, name, **fields).id

    def becomes(self, entry_id: int, state: str, on: object, act: str) -> None:
        """A measure of the accreditation."""
        with self.house.unit("albo") as session:
            entry = session.get(RegisterEntry, entry_id)
            becomes(session, session.get(Accreditation, entry.accreditation_id), state, on, act)

    def edit(self, entry_id: int, **live: object) -> None:
        """An edit of the live unit, which waits for approval."""
        with self.house.unit("unità") as session:
            row = session.get(ServiceUnit, session.get(RegisterEntry, entry_id).unit_id)
            for name, value in live.items():
                setattr(row, name, value)

    def entry(self, entry_id: int) -> RegisterEntry:
        """An entry as it stands now."""
        with self.house.session() as session:
            return session.get(RegisterEntry, entry_id)

    def service(self, code: str) -> int:
        """The key of a service of the catalogue."""
        with self.house.session() as session:
            return session.scalars(select(Service.id).where(Service.code == code)).one()


@pytest.fixture
def register(house: House) -> Register:
    """The register of the house."""
    return Register(house)


@pytest.fixture
def unit_of_accreditation(person: Enter) -> Person:
    """Somebody of the accreditation unit, inside."""
    return person("accreditamento")
