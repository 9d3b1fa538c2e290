"""What waits for a municipality in its controls."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import and_, select

from core.controls.model import Control
from core.controls.states import ControlState
from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding

CONTROLS = {
    ControlState.ANSWERED: Finding("L'azienda ha risposto: leggere, poi chiudere o chiedere ancora."),
    ControlState.HELD: Finding("Il verbale c'è: resta da chiudere il controllo, o da contestare."),
}


@waits_for(Role.MUNICIPALITY)
def answered(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """The municipality's own controls that wait for its word: a visit that is fixed waits for its day."""
    fixed = and_(Control.state == ControlState.ANSWERED, Control.planned_on.is_not(None))
    query = select(Control).where(Control.state.in_(CONTROLS), ~fixed).order_by(Control.id)
    for row in session.scalars(query.limit(MOST)):
        yield Waiting("control", row.id, f"{row}, {row.title}", CONTROLS[ControlState(row.state)],
                      Role.MUNICIPALITY)
