"""A notice of default and an accreditation, with people who sign, and letters prepared from them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.cases import letters
from core.cases.model import CaseFile
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.ground.access import Principal, ScopedSession
from core.ground.db import Database
from core.parties.model import Azienda, BankAccount, Municipality, Signatory
from tests.conftest import UnitFactory
from tests.factories import filled
from tests.ground import Reach
from tests.integration.accreditation.conftest import Place, Procedure, place, procedure
from tests.integration.penalties.conftest import Quarrel, quarrel

__all__ = ["Place", "Procedure", "Quarrel", "place", "procedure", "quarrel"]
IN_OFFICE = date(2024, 1, 1)


def signs(party_id: int, name: str, role: str) -> Signatory:
    """Somebody in office for a party."""
    return filled(Signatory, party_id=party_id, title="", given_name=name, family_name="Rossi & Figli", sex="F",
                  role=role, valid_from=IN_OFFICE, valid_to=None)


@pytest.fixture
def signed(unit: UnitFactory, quarrel: Quarrel, reach: Reach) -> Quarrel:
    """The quarrel of two bodies for which somebody signs; Dresano has an account."""
    reach("signed", lambda: _come_into_office(unit, quarrel))
    return quarrel


def _come_into_office(unit: UnitFactory, quarrel: Quarrel) -> None:
    with unit("firmatari") as session:
        azienda = session.scalars(select(Azienda)).one()
        dresano = session.get_one(Municipality, quarrel.municipality)
        azienda.postal_code, azienda.province, azienda.address, azienda.city = "20097", "MI", "via Uno 1", "San Donato"
        dresano.postal_code, dresano.province, dresano.address, dresano.city = "20070", "MI", "via Due 2", "Dresano"
        azienda.short_name = "A.S."
        session.add_all([signs(azienda.id, "Marta", "Direttrice"), signs(dresano.id, "Anna", "Sindaca"),
                         filled(BankAccount, party_id=dresano.id, iban="IT34J0199933400000000556602")])


@pytest.fixture
def office(unit: UnitFactory, place: Place, reach: Reach) -> Place:
    """An azienda that signs, beside the provider of the nido."""
    reach("office", lambda: _found(unit))
    return place


def _found(unit: UnitFactory) -> None:
    with unit("azienda") as session:
        azienda = filled(Azienda, kind="azienda", name="Azienda Sociale", tax_code="90000000015", postal_code="20097",
                         province="MI", city="San Donato", address="via Uno 1", short_name="A.S.")
        session.add(azienda)
        session.flush()
        session.add(signs(azienda.id, "Marta", "Direttrice"))


Writes = Callable[..., int]


@pytest.fixture
def write(unit: UnitFactory) -> Writes:
    """``write(subject, id, key, actor, today, **given)`` prepares a letter; gives the id of its document."""

    def prepare(subject: str, subject_id: int, key: str, actor: Principal, today: date,
                **given: Any) -> int:
        with unit("lettera", actor) as session:
            held = letters.prepare(session, subject, subject_id, key, given, today=today)
            return held.document_id

    return prepare


def text_of(database: Database, document_id: int, reader: Principal) -> str:
    """A prepared letter as ``reader`` opens it."""
    with ScopedSession(database, reader) as session:
        document = session.get_one(Document, document_id)
        return " ".join(" ".join(read_text(session.files.get(document.path))).split())


def titles(database: Database, subject: str, subject_id: int, reader: Principal) -> list[str]:
    """The letters in the diary of a case, as ``reader`` sees them."""
    with ScopedSession(database, reader) as session:
        rows = session.scalars(select(CaseFile).join(Document).where(
            CaseFile.subject == subject, CaseFile.subject_id == subject_id, Document.kind == letters.KIND,
        ).order_by(CaseFile.id))
        return [row.title for row in rows]
