"""The demo district behind a running application: what a test of pages knows of it from behind."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from flask import Flask
from sqlalchemy import func, select

from admin.guard import passwords
from core.contracts.model import ContractParty
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.plugins.loading import Registry
from core.users import operations as users
from tests.ground import Reach
from tests.integration.admin.browser import PASSWORD, Person

TODAY = date(2026, 3, 2)
PEOPLE = {
    "direzione": (Role.MANAGEMENT, ()),
    "contabilita": (Role.ACCOUNTING, ()),
    "accreditamento": (Role.ACCREDITATION, ()),
    "revisore": (Role.AUDITOR, ()),
    "sistema": (Role.ADMINISTRATOR, ()),
    "dresano": (Role.MUNICIPALITY, ("dresano",)),
    "melegnano": (Role.MUNICIPALITY, ("melegnano",)),
}


@dataclass(frozen=True)
class House:
    """The application of one test, and its database seen from behind."""

    app: Flask
    database: Database
    reach: Reach

    @property
    def settings(self) -> Settings:
        """What the application was made with."""
        return self.app.extensions["patto"].settings

    @property
    def registry(self) -> Registry:
        """The plugins that are loaded."""
        return self.app.extensions["patto"].registry

    def person(self, name: str) -> Person:
        """Somebody of the house, inside."""
        someone = Person(self.app.test_client())
        assert someone.enter(name).status_code == 302
        return someone

    def session(self) -> ScopedSession:
        """Everything as it stands now."""
        return ScopedSession(self.database, system("prova"))

    def unit(self, act: str = "prova", principal: Principal | None = None) -> AbstractContextManager[ScopedSession]:
        """``with house.unit("act") as session`` does one act, as the program itself or as ``principal``."""
        return unit_of_work(self.database, principal or system("prova"), act=act)

    def id_of(self, slug: str) -> int:
        """The key of a municipality."""
        with self.session() as session:
            return session.scalars(select(Municipality.id).where(Municipality.slug == slug)).one()

    def contract_of(self, slug: str) -> int:
        """The key of a municipality's contract."""
        party = select(ContractParty.contract_id).join(Municipality, Municipality.id == ContractParty.party_id)
        with self.session() as session:
            return session.scalars(party.where(Municipality.slug == slug).order_by(ContractParty.contract_id)).first()

    def count(self, entity: type) -> int:
        """How many rows there are."""
        with self.session() as session:
            return session.scalar(select(func.count()).select_from(entity)) or 0

    def last(self, entity: type, *conditions: object) -> int:
        """The key of the newest row, or 0."""
        with self.session() as session:
            return session.scalars(select(entity.id).where(*conditions).order_by(entity.id.desc())).first() or 0


def invite(session: ScopedSession, name: str, role: Role, **whose: object) -> None:
    """Somebody who may enter, with ``municipality_ids`` or ``provider_ids``."""
    users.invite(session, email=f"{name}@patto.example", name=f"Persona {name}", roles=[role],
                 password=passwords.hash_password(PASSWORD), **whose)
