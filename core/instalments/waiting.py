"""Requests of instalments that wait for the next hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.contracts.agreed import CountsFrom
from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, said_later
from core.instalments.model import Instalment, RequestRound
from core.instalments.states import PAYABLE, RoundState

ROUNDS = {
    RoundState.PREPARED: said_later("Le lettere sono pronte: leggerle e approvarle."),
    RoundState.APPROVED: said_later("Le lettere sono approvate: inviarle e registrare l'invio."),
}
BEGINS = {
    CountsFrom.RECEIPT: said_later("Chiesta, e la scadenza non si conta ancora: registrare quando l'ente ha "
                                   "ricevuto la richiesta."),
    CountsFrom.INVOICE: said_later("Chiesta, e la scadenza non si conta ancora: registrare la fattura."),
}


@waits_for(Role.MANAGEMENT)
def to_approve(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Letters that are prepared."""
    return _rounds(session, RoundState.PREPARED, Role.MANAGEMENT)


@waits_for(Role.ACCOUNTING)
def to_send(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Letters that are approved."""
    return _rounds(session, RoundState.APPROVED, Role.ACCOUNTING)


@waits_for(Role.ACCOUNTING)
def not_begun(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """What was asked for and has no due date: the receipt of the request, or the invoice, is not recorded yet."""
    query = select(Instalment).where(Instalment.state.in_(PAYABLE), Instalment.effective.is_(None)).options(
        joinedload(Instalment.rule)).order_by(Instalment.requested_on, Instalment.id)
    for row in session.scalars(query.limit(MOST)):
        if row.counts_from is not None:
            yield Waiting("instalment", row.id, f"{row}, {row.title}", Finding(BEGINS[CountsFrom(row.counts_from)]),
                          Role.ACCOUNTING)


def _rounds(session: ScopedSession, state: RoundState, role: Role) -> Iterator[Waiting]:
    """Requests of instalments that wait for the next hand: prepared, approved, sent."""
    query = select(RequestRound).where(RequestRound.state == state).order_by(RequestRound.due, RequestRound.id)
    for found in session.scalars(query.limit(MOST)):
        yield Waiting("round", found.id, found.title, Finding(ROUNDS[state]), role, found.due)
