"""The investments of an exercise, with their sums: what is planned, what was made, and how much of that is not said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.catalogue.model import Service
from core.ground.access import ScopedSession
from core.reporting.model import Investment

NOTHING = Decimal(0)
WHOLE = "tutta l'azienda"  # what an investment of no single service is for


@dataclass(frozen=True)
class InvestmentSums:
    """The investments for one service, or for the azienda (None): euros. ``unsaid``: of how many nobody has said yet
    what was made."""

    service: Service | None
    planned: Decimal
    made: Decimal
    unsaid: int

    @property
    def title(self) -> str:
        """For which service they are."""
        return self.service.title if self.service else WHOLE


def investments_of(session: ScopedSession, year: int) -> list[Investment]:
    """The investments of the exercise that begins in ``year``: those of the azienda, then service by service."""
    rows = session.scalars(select(Investment).where(Investment.year == year).order_by(Investment.id).options(
        joinedload(Investment.service), joinedload(Investment.source), joinedload(Investment.act)))
    return sorted(rows, key=lambda row: (row.service is not None, row.service.order if row.service else 0, row.id))


def sums_of(rows: Sequence[Investment]) -> list[InvestmentSums]:
    """The sums by service, in the order of the rows."""
    services = {row.service_id: row.service for row in rows}
    return [_sum(service, [row for row in rows if row.service_id == key]) for key, service in services.items()]


def total_of(rows: Sequence[Investment]) -> InvestmentSums:
    """The sum of all."""
    return _sum(None, rows)


def _sum(service: Service | None, rows: Sequence[Investment]) -> InvestmentSums:
    return InvestmentSums(service, sum((row.planned or NOTHING for row in rows), NOTHING),
                          sum((row.made or NOTHING for row in rows), NOTHING), sum(row.made is None for row in rows))
