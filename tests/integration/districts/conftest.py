"""The azienda of two districts, begun from its file."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.unit_of_work import unit_of_work
from core.imports.start import whole
from core.parties.model import District, Municipality
from tests.ground import Reach
from tests.integration.districts import two

TODAY = date(2026, 1, 12)
MANAGER = Principal("Marta Gestione", frozenset({Role.MANAGEMENT}), user_id=1)


@pytest.fixture
def valleys(database, reach: Reach):
    """The database of the azienda of two districts."""
    def begin() -> None:
        with unit_of_work(database, system("prova"), act="start.apply") as session:
            report = whole.begin(session, two.file().encode(), today=TODAY)
            assert report.applied, [str(finding) for row in report.wrong for finding in row.findings]
    reach("two_districts", begin)
    return database


def town(session: ScopedSession, name: str) -> Municipality:
    """A municipality by its name."""
    return session.scalars(select(Municipality).where(Municipality.name == name)).one()


def district(session: ScopedSession, code: str) -> District:
    """A district by its code."""
    return session.scalars(select(District).where(District.code == code)).one()
