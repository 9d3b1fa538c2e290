"""An event of the office's own was recorded, corrected or taken back: what waits for it has its day, or waits again."""

from __future__ import annotations

from datetime import date

from sqlalchemy import or_, select

from core.cases.events import has_changed
from core.deadlines.kinds import BY_YEAR
from core.deadlines.model import CaseEvent
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.instalments.model import Instalment
from core.instalments.operations import recompute
from core.instalments.rules import State


@has_changed
def _follow_event(session: ScopedSession, event: CaseEvent, today: date) -> None:
    """The terms follow. RuleBroken where one was asked for, or is being asked for, by the day that would change."""
    waiting = select(Instalment).where(Instalment.event == event.kind.code, Instalment.state != State.CANCELLED)
    if event.subject != BY_YEAR:
        waiting = waiting.where(Instalment.contract_id == event.subject_id)
    if event.occurrence:
        waiting = waiting.where(Instalment.year == int(event.occurrence))
    asked = or_(Instalment.requested_on.is_not(None), Instalment.round_id.is_not(None))
    first = session.scalars(waiting.where(asked).order_by(Instalment.id).limit(1)).first()
    if first is not None:
        raise RuleBroken("Da questo giorno si conta la scadenza della rata n. %(code)s, che è già chiesta o in corso "
                         "di richiesta: ritirare prima la richiesta.", field="on", code=first.code).mended(
            Place("instalment", first.id))
    planned = session.scalars(waiting.where(Instalment.state == State.PLANNED))
    recompute(session, today, sorted({(row.year, row.municipality_id) for row in planned}))
