"""Requests of instalments that wait for the next hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select

from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.instalments.model import RequestRound
from core.instalments.states import RoundState

ROUNDS = {
    RoundState.PREPARED: "Le lettere sono pronte: leggerle e approvarle.",
    RoundState.APPROVED: "Le lettere sono approvate: inviarle e registrare l'invio.",
}


@waits_for(Role.MANAGEMENT)
def to_approve(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Letters that are prepared."""
    return _rounds(session, RoundState.PREPARED, Role.MANAGEMENT)


@waits_for(Role.ACCOUNTING)
def to_send(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Letters that are approved."""
    return _rounds(session, RoundState.APPROVED, Role.ACCOUNTING)


def _rounds(session: ScopedSession, state: RoundState, role: Role) -> Iterator[Waiting]:
    """Requests of instalments that wait for the next hand: prepared, approved, sent."""
    query = select(RequestRound).where(RequestRound.state == state).order_by(RequestRound.due, RequestRound.id)
    for found in session.scalars(query.limit(MOST)):
        yield Waiting("round", found.id, found.title, Finding(ROUNDS[state]), role, found.due)
