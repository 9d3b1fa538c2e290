"""What waits for the municipality in notices of default and penalties."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import and_, or_, select

from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.penalties import behalf, procedure
from core.penalties.model import DefaultNotice, Penalty
from core.penalties.states import DefaultNoticeState, PenaltyState


@waits_for(Role.MUNICIPALITY)
def unanswered(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Notices that wait for the municipality without a term; one whose penalty is open is told by its penalty."""
    still = (DefaultNoticeState.DRAFT, DefaultNoticeState.DECIDED)
    notices = select(DefaultNotice).where(DefaultNotice.state.in_(still)).order_by(DefaultNotice.id).limit(MOST)
    for row in session.scalars(notices).all():
        turn = procedure.turn(row, today)
        told = not procedure.unpunished(row) and any(procedure.is_open(penalty) for penalty in row.penalties)
        if turn is not None and turn.role is Role.MUNICIPALITY and not told:
            yield Waiting("default_notice", row.id, str(row), turn.what, turn.role, turn.due)


@waits_for(Role.MUNICIPALITY)
def unsettled(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Penalties that wait for the municipality without a term: what has one is among the deadlines."""
    asked = and_(Penalty.requested_on.is_not(None), Penalty.request_received_on.is_(None))
    contested = Penalty.state == PenaltyState.CONTESTED
    penalties = select(Penalty).where(or_(asked, contested)).order_by(Penalty.id).limit(MOST)
    for row in session.scalars(penalties).all():
        turn = procedure.turn_of_penalty(row)
        if turn is not None and turn.role is Role.MUNICIPALITY:
            yield Waiting("penalty", row.id, str(row), turn.what, turn.role, turn.due)


@waits_for(Role.MUNICIPALITY)
def recorded_for_it(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Acts that the azienda recorded on the municipality's behalf, until it takes note; those to which it objects."""
    for row, case, what in behalf.waiting_for(session, MOST):
        yield Waiting("on_behalf", row.id, case, what, Role.MUNICIPALITY)
