"""What the letters of other cases say of a dispute."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.disputes.model import Contestation
from core.ground.access import ScopedSession
from core.penalties.context import DelayLine
from core.penalties.letters import delays_by
from core.penalties.model import DefaultNotice


@delays_by
def delays(session: ScopedSession, case: DefaultNotice, by: date) -> tuple[DelayLine, ...]:
    """The delays of the municipality that the azienda had formalised by the hearing (R96)."""
    shown = select(Contestation).where(
        Contestation.contract_id == case.contract_id, Contestation.municipality_id == case.municipality_id,
        Contestation.formalised_on <= by, Contestation.state != "retracted").order_by(Contestation.id)
    return tuple(DelayLine(f"{row.number}/{row.year}", row.title, row.formalised_on)
                 for row in session.scalars(shown) if row.formalised_on is not None)
