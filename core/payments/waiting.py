"""What waits for accounting in the bank."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from core.deadlines.waiting import Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.payments.model import StatementLine
from core.payments.states import LineState


@waits_for(Role.ACCOUNTING)
def unmatched(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Credits of the bank that no instalment has taken yet."""
    query = select(func.count(StatementLine.id)).where(StatementLine.state == LineState.OPEN)
    count = session.scalar(query) or 0
    if count:
        what = Finding("Da abbinare a una rata: %(count)s. Confermare le proposte o scegliere la rata.",
                       {"count": count})
        yield Waiting("credit", 0, "Accrediti in banca", what, Role.ACCOUNTING)
