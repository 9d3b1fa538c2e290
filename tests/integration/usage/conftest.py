"""Two municipalities and a service that counts people and hours each month."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.ground.access import Principal, ScopedSession
from core.parties.model import Membership
from core.plugins import rows
from core.plugins.schema import MeasureKind, SheetSchema, UseMeasure
from core.usage import operations
from core.usage.model import UsageMonth
from core.usage.rules import UseMonth
from tests import factories
from tests.unit.catalogue import making

UnitFactory = Callable[..., AbstractContextManager[ScopedSession]]
TODAY = date(2026, 3, 10)
JANUARY, FEBRUARY = UseMonth(2026, 1), UseMonth(2026, 2)
SCHEMA = SheetSchema(measures=(
    UseMeasure("people", "Persone seguite", "persone", MeasureKind.PERSONS, counts_people=True),
    UseMeasure("hours", "Ore di assistenza", "ore", MeasureKind.HOURS)))


@dataclass(frozen=True)
class Used:
    """The keys of what is there, and what is done with it."""

    unit: UnitFactory
    service: int
    dresano: int
    melegnano: int
    pantigliate: int

    def record(self, month: UseMonth = FEBRUARY, *, who: Principal | None = None, version: int | None = None,
               today: date = TODAY, **figures: str) -> None:
        """Record figures given as ``dresano_people="12"``; an empty one takes the figure away."""
        entries = {(getattr(self, place), code): Decimal(value) if value else None
                   for name, value in figures.items() for place, _dash, code in (name.partition("_"),)}
        with self.unit("uso", *([who] if who else [])) as session:
            operations.record(session, self.service, month, entries, version=version, today=today)

    def whole(self, month: UseMonth = FEBRUARY, people: str = "12", hours: str = "96.5") -> None:
        """A month with all its figures."""
        self.record(month, dresano_people=people, dresano_hours=hours, melegnano_people="40", melegnano_hours="300")

    def row(self, month: UseMonth = FEBRUARY) -> UsageMonth:
        """The row of a month."""
        with self.unit("legge") as session:
            return session.scalars(select(UsageMonth).where(UsageMonth.year == month.year,
                                                            UsageMonth.month == month.month)).one()

    def close(self, month: UseMonth = FEBRUARY, *, today: date = TODAY) -> None:
        """Close a month."""
        row = self.row(month)
        with self.unit("chiude") as session:
            operations.close(session, row.id, version=row.version, today=today)

    def reopen(self, why: str, month: UseMonth = FEBRUARY) -> None:
        """Take a close back."""
        row = self.row(month)
        with self.unit("riapre") as session:
            operations.reopen(session, row.id, why=why, version=row.version, today=TODAY)

    def correct(self, municipality: int, measure: str, value: str, why: str, month: UseMonth = FEBRUARY) -> None:
        """Correct a figure of a closed month."""
        row = self.row(month)
        with self.unit("corregge") as session:
            operations.correct(session, row.id, municipality, measure, Decimal(value), why=why, version=row.version,
                               today=TODAY)


@pytest.fixture
def used(unit: UnitFactory) -> Used:
    """Dresano and Melegnano are members, Pantigliate is not; the service covers all members."""
    with unit("prova") as session:
        made = {name: factories.municipality(name) for name in ("Dresano", "Melegnano", "Pantigliate")}
        for name in ("Dresano", "Melegnano"):
            made[name].memberships.append(Membership(valid_from=date(2009, 5, 21)))
        sheet = making.sheet("home_help", schema=rows.keep({"plugin": SCHEMA}))
        service: Service = making.service("home_help", title="Assistenza domiciliare", entry="Assistenza",
                                          sheets=(sheet,))
        session.add_all([*made.values(), service])
        session.flush()
        return Used(unit, service.id, *(made[name].id for name in ("Dresano", "Melegnano", "Pantigliate")))
