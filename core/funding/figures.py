"""The rows of a year's budgets as plugins read them: frozen, within what who asks may see."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.catalogue.model import Service, ServiceSector
from core.funding.model import Budget, BudgetLine
from core.funding.operations import named_sources, plain
from core.funding.states import BudgetState
from core.ground.access import ScopedSession


@dataclass(frozen=True)
class BudgetFigure:
    """A row of a budget.

    ``stage``: forecast, budget, pre_closing or accounts; ``approved``: False while that budget is a draft. ``service``:
    its code, empty for what is of all services; ``title``: its name; ``sectors``: the codes of those in which it
    stands. ``kind``: direct_cost, indirect_cost, user_fee, revenue or source, which alone has a ``source``: its code.
    ``amount``: euros.
    """

    stage: str
    approved: bool
    service: str
    title: str
    sectors: frozenset[str]
    kind: str
    source: str
    amount: Decimal


def budget_figures(session: ScopedSession, year: int) -> Sequence[BudgetFigure]:
    """The rows of the budgets of an exercise that stand, in the order of the catalogue; a municipality sees those that
    are approved."""
    of_service = joinedload(BudgetLine.service).selectinload(Service.sectors).joinedload(ServiceSector.sector)
    query = select(Budget).where(Budget.year == year, Budget.state != BudgetState.CANCELLED).options(
        selectinload(Budget.lines).options(of_service, joinedload(BudgetLine.source)))
    found = [(line, budget) for budget in session.scalars(query) for line in budget.lines]
    found.sort(key=lambda pair: (pair[0].service is None, pair[0].service.order if pair[0].service else 0, pair[0].id))
    return [_figure(line, budget) for line, budget in found]


def _figure(line: BudgetLine, budget: Budget) -> BudgetFigure:
    service, source = line.service, line.source
    return BudgetFigure(
        stage=budget.stage, approved=budget.state == BudgetState.APPROVED,
        service=service.code if service else "", title=service.title if service else "",
        sectors=frozenset(place.sector.code for place in service.sectors) if service else frozenset(),
        kind=line.kind, source=source.code if source else "", amount=line.amount)


def budget_years(session: ScopedSession) -> Sequence[int]:
    """The exercises that have a budget, of what who asks may see, in their order."""
    stand = select(Budget.year).where(Budget.state != BudgetState.CANCELLED).distinct()
    return session.scalars(stand.order_by(Budget.year)).all()


def sources_called(session: ScopedSession, names: Iterable[str]) -> dict[str, str]:
    """The code of the funding source that each of some names means, by the names of other documents too (X23); a name
    that nobody has given to a source is left out."""
    known = named_sources(session)
    return {name: known[plain(name)].code for name in names if plain(name) in known}
