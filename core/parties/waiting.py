"""What waits on the municipalities."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import ColumnElement, and_, or_, select

from core.deadlines.waiting import MOST, Waiting, figure_of, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.ground.order import in_order
from core.parties.members import members_on
from core.parties.model import Membership, Municipality, Party, Signatory
from core.parties.signatories import LETTERS


@waits_for(Role.MANAGEMENT)
def without_signatory(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Members for whom nobody signs contracts."""
    members = Municipality.memberships.any(_holds(Membership, today))
    nobody = ~Party.signatories.any(and_(_holds(Signatory, today), Signatory.signs != LETTERS))
    query = select(Municipality.id, Municipality.name).where(members, nobody).order_by(in_order(Municipality.name))
    for key, name in session.execute(query.limit(MOST)):
        yield Waiting("municipality", key, name, Finding("Manca chi firma: registrare il firmatario in carica."),
                      Role.MANAGEMENT)


@figure_of("members")
def members(session: ScopedSession, today: date) -> int:
    """The municipalities that are members today."""
    return members_on(session, today)


def _holds(period: type[Membership] | type[Signatory], day: date) -> ColumnElement[bool]:
    return and_(period.valid_from <= day, or_(period.valid_to.is_(None), period.valid_to >= day))
