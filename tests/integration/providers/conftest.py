"""The types of the region, a cooperative and a nido that is planned in Dresano."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.deadlines.standard import install_rules
from core.ground.access import Principal, Role
from core.providers import operating_notices, operations, types
from core.providers.model import OperatingNotice, UnitType
from core.providers.operating_notices import Given
from tests.conftest import UnitFactory
from tests.factories import body_tax_code
from tests.ground import Reach

TODAY = date(2026, 3, 2)
OFFICER = Principal("Ada Accredita", frozenset({Role.ACCREDITATION}), user_id=7)
SEAT = {"address": "Via Roma, 3", "postal_code": "20070", "city": "Dresano", "province": "MI"}


@dataclass(frozen=True)
class Registry:
    """What stands in the registry: keys only."""

    provider: int
    unit: int
    municipality: int
    elsewhere: int
    types: dict[str, int]


def provider_facts(**own: Any) -> dict[str, Any]:
    """A cooperative of the third sector."""
    return {"name": "Il Melograno", "legal_form": "social_cooperative", "tax_code": body_tax_code(),
            "vat_number": None, "third_sector": "social_enterprise", "runts": "12345", "pec": "melograno@pec.example",
            "legal_representative": "Rosa Bianchi", "email": None, "phone": "", "website": "", **SEAT, **own}


def unit_facts(type_id: int, **own: Any) -> dict[str, Any]:
    """A nido with thirty places."""
    return {"name": "Nido La Chiocciola", "type_id": type_id, "municipality_id": None, "capacity": 30,
            "min_age_months": 3, "max_age_months": 36, "manager": "Anna Verdi", "phone": "", "email": None, **SEAT,
            **own}


def provider_of(*provider_ids: int) -> Principal:
    """A person of one or more providers."""
    return Principal("Piera Gestore", frozenset({Role.PROVIDER}), user_id=9, provider_ids=frozenset(provider_ids))


@pytest.fixture
def registry_of(unit: UnitFactory, two_municipalities: tuple[int, int], reach: Reach) -> Registry:
    """Il Melograno and its nido, planned in Dresano."""
    registered: Registry = reach("registry", lambda: _register(unit, two_municipalities))
    return registered


def _register(unit: UnitFactory, two_municipalities: tuple[int, int]) -> Registry:
    with unit("arrivo", OFFICER) as session:
        types.install_types(session)
        install_rules(session)
        ids = {row.code: row.id for row in session.scalars(select(UnitType))}
        provider = operations.add_provider(session, provider_facts())
        nido = operations.add_unit(session, provider.id,
                                   unit_facts(ids["nido"], municipality_id=two_municipalities[0]),
                                   today=TODAY)
        return Registry(provider.id, nido.id, *two_municipalities, ids)


File = Callable[..., int]


@pytest.fixture
def give(unit: UnitFactory, registry_of: Registry) -> File:
    """``give("capacity", day, capacity=40)`` takes in a notice of the nido and gives its key."""

    def giving(kind: str, day: date, *, received: date = TODAY, on: date = TODAY, actor: Principal = OFFICER,
               unit_id: int | None = None, **declared: Any) -> int:
        with unit("operating_notice.file", actor) as session:
            made: OperatingNotice = operating_notices.file_notice(
                session, unit_id or registry_of.unit, Given(kind, received, day, declared), today=on)
            return made.id

    return giving
