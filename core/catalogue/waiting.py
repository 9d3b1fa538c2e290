"""What waits in the catalogue."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core.catalogue.model import OperationalSheet, Service
from core.catalogue.states import EditionState
from core.deadlines.waiting import MOST, Waiting, figure_of, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.ground.order import in_order


@waits_for(Role.MANAGEMENT)
def without_cost(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Sheets, in their newest edition, that do not say what the service costs."""
    newer = aliased(OperationalSheet)
    replaced = select(newer.id).where(newer.code == OperationalSheet.code, newer.edition > OperationalSheet.edition,
                                      newer.state != EditionState.CANCELLED)
    query = select(OperationalSheet.id, OperationalSheet.title).where(
        OperationalSheet.cost_to_user == "", OperationalSheet.state != EditionState.CANCELLED)
    query = query.where(~replaced.exists())
    for key, title in session.execute(query.order_by(in_order(OperationalSheet.title)).limit(MOST)):
        what = Finding("La scheda non dice quanto costa il servizio agli utenti: completarla.", source="X11")
        yield Waiting("sheet", key, title, what, Role.MANAGEMENT)


@figure_of("services")
def services(session: ScopedSession, _today: date) -> int:
    """The services of the catalogue."""
    return session.scalar(select(func.count(Service.id))) or 0
