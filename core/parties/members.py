"""Who belongs to the azienda on a day: the assembly in which they vote (X1)."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, or_, select

from core.ground.access import ScopedSession
from core.parties.model import Membership


def members_on(session: ScopedSession, day: date) -> int:
    """How many municipalities are members on ``day``, of those that the principal sees."""
    holding = select(func.count(Membership.municipality_id.distinct())).where(
        Membership.valid_from <= day, or_(Membership.valid_to.is_(None), Membership.valid_to >= day))
    return session.scalar(holding) or 0
