"""What waits in contestations and arbitrations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import and_, or_, select

from core.deadlines.waiting import MOST, Waiting, waits_for
from core.disputes.model import Arbitration, Contestation
from core.disputes.states import ArbitrationState, ContestationState
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding


@waits_for(Role.MUNICIPALITY)
def to_answer(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """What the azienda contests without a term for the answer; with one it stands among the deadlines."""
    query = select(Contestation).where(Contestation.state == ContestationState.FORMALISED,
                                       Contestation.answer_by.is_(None))
    for row in session.scalars(query.order_by(Contestation.id).limit(MOST)):
        yield Waiting("contestation", row.id, f"{row}, {row.title}",
                      Finding("L'azienda contesta un ritardo: leggere e rispondere."), Role.MUNICIPALITY)


@waits_for(Role.MANAGEMENT, Role.MUNICIPALITY)
def arbitrations(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Arbitrations that wait for the consent of who asks, or for an arbitrator."""
    office = session.principal.sees_all
    agreed = Arbitration.azienda_agreed_on if office else Arbitration.municipality_agreed_on
    named = Arbitration.azienda_arbitrator if office else Arbitration.municipality_arbitrator
    consent = and_(Arbitration.state == ArbitrationState.PROPOSED, agreed.is_(None))
    seat = and_(Arbitration.state == ArbitrationState.AGREED, named == "")
    query = select(Arbitration).where(or_(consent, seat)).order_by(Arbitration.id)
    for row in session.scalars(query.limit(MOST)):
        proposed = row.state == ArbitrationState.PROPOSED
        what = (Finding("È proposto un arbitrato: accettare o abbandonare.") if proposed
                else Finding("L'arbitrato è concordato: nominare il proprio arbitro."))
        yield Waiting("arbitration", row.id, f"{row}, {row.title}", what,
                      Role.MANAGEMENT if office else Role.MUNICIPALITY)
