"""The demo district with its contracts in force, and people who fill in the pages of controls and disputes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from sqlalchemy import select

from core.contracts.model import Contract
from core.ground.access import system
from core.ground.unit_of_work import unit_of_work
from tests.integration.admin.conftest import House, Person, house, person

__all__ = ["house", "person"]
PDF = b"%PDF-1.7 prova"


@pytest.fixture
def in_force(house: House) -> House:
    """The contracts of the district are in force."""
    with unit_of_work(house.database, system("prova"), act="firma") as session:
        for contract in session.scalars(select(Contract)):
            contract.state = "in_force"
    return house


@pytest.fixture
def party(in_force: House) -> Callable[[str], str]:
    """The contract of a municipality as the forms offer it."""
    return lambda slug: f"{in_force.contract_of(slug)}-{in_force.id_of(slug)}"


def fill(someone: Person, page: str, **typed: object) -> str:
    """Fill in a form as it is offered, with what is ``typed`` over it; the page that comes."""
    fields = {name: value for name, value in someone.fields(page).items() if value is not None}
    fields.update(typed)
    return someone.post(page, fields, page=page, follow_redirects=True, content_type="multipart/form-data").text


def pdf(name: str = "prova.pdf") -> tuple[BytesIO, str]:
    """A file to send."""
    return BytesIO(PDF), name
