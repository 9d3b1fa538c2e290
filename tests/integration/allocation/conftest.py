"""The demo district with a budget to share."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation import operations
from core.allocation.groups import GroupFacts, KeyFacts
from core.catalogue.model import Service
from core.funding import operations as funding
from core.funding.approval import Approval
from core.funding.model import FundingSource
from core.funding.rules import LineFacts
from core.ground.access import Principal, Role, ScopedSession
from core.ground.files import FileStore
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from core.plugins.loading import Registry
from tests.district import District
from tests.ground import Ground

TODAY = date(2026, 3, 2)
PASSED = Approval("5", date(2026, 2, 28), 7)
ACCOUNTANT = Principal("Tina Conti", frozenset({Role.ACCOUNTING}), user_id=7)
D = Decimal
Acting = Callable[..., AbstractContextManager[ScopedSession]]


@dataclass(frozen=True)
class Desk:
    """The district, the ids that a test names, and the plan to work on."""

    database: District
    services: dict[str, int]
    municipalities: dict[str, int]
    budget_id: int
    plan_id: int

    @property
    def registry(self) -> Registry:
        """The plugins."""
        return self.database.registry

    @property
    def store(self) -> FileStore:
        """The files."""
        return self.database.database.files

    def acting(self, act: str = "prova", who: Principal = ACCOUNTANT) -> AbstractContextManager[ScopedSession]:
        """One act of accounting, or of ``who``."""
        return unit_of_work(self.database.database, who, act=act)

    def group(self, title: str = "Minori", *keys: KeyFacts, services: tuple[str, ...] = ("neutral_space",),
              **more: object) -> GroupFacts:
        """A group of services, shared by residents unless ``keys`` say otherwise."""
        return GroupFacts(title, [self.services[code] for code in services],
                          list(keys) or [KeyFacts("residents", D(100))], **more)

    def approve_budget(self) -> None:
        """The assembly approves the budget."""
        with self.acting("bilancio") as session:
            funding.approve(session, self.budget_id, PASSED, today=TODAY)


@pytest.fixture
def desk(ground: Ground, district: District) -> Desk:
    """A budget of 2026 with two services and general costs, and an empty plan on it."""
    return Desk(district, *ground.reach(district.database, "desk", lambda: _budget(district)))


def _budget(district: District) -> tuple[dict[str, int], dict[str, int], int, int]:
    with unit_of_work(district.database, ACCOUNTANT, act="bilancio") as session:
        services = {row.code: row.id for row in session.scalars(select(Service))}
        municipalities = {row.slug: row.id for row in session.scalars(select(Municipality))}
        fund = session.scalars(select(FundingSource.id).where(FundingSource.code == "fsr")).one()
        budget = funding.open_budget(session, 2026, "budget")
        for code, cost in (("neutral_space", "60000.00"), ("access_desk", "30000.00")):
            lines = [LineFacts("direct_cost", "Personale", D(cost)), LineFacts("source", "Fondo", D("1000.00"), fund)]
            funding.set_lines(session, budget.id, services[code], lines, version=None)
        general = [LineFacts("indirect_cost", "Direzione", D("9000.01"))]
        funding.set_lines(session, budget.id, None, general, version=None)
        plan = operations.open_plan(session, budget.id)
        return services, municipalities, budget.id, plan.id
