"""What waits on units and on their notices of operation."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.deadlines.waiting import MOST, Waiting, figure_of, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.ground.order import in_order
from core.providers.model import OperatingNotice, Provider, ServiceUnit
from core.providers.states import OperatingNoticeState, UnitState


@waits_for(Role.ACCREDITATION)
def to_examine(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Notices that nobody has looked at."""
    look = Finding("Esaminare la comunicazione: vale dal giorno dichiarato.", source="R50")
    return _notices(session, OperatingNoticeState.RECEIVED, look, Role.ACCREDITATION)


@waits_for(Role.PROVIDER)
def to_complete(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Notices of which something is missing."""
    mend = Finding("Completare la comunicazione: nel diario c'è che cosa manca.", source="R50")
    return _notices(session, OperatingNoticeState.TO_COMPLETE, mend, Role.PROVIDER)


def _notices(session: ScopedSession, state: OperatingNoticeState, what: Finding, role: Role) -> Iterator[Waiting]:
    """Notices of operation that wait for the next hand; their day comes all the same (R146)."""
    query = select(OperatingNotice).join(ServiceUnit).where(OperatingNotice.state == state)
    load = joinedload(OperatingNotice.unit)
    rows = query.options(load).order_by(OperatingNotice.effective_from, OperatingNotice.id).limit(MOST)
    for found in session.scalars(rows):
        yield Waiting("operating_notice", found.id, f"{found}, {found.unit}", what, role, found.effective_from)


@waits_for(Role.PROVIDER)
def to_open(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Units that are planned and have no notice yet."""
    planned = select(ServiceUnit.id, ServiceUnit.name).where(ServiceUnit.state == UnitState.PLANNED,
                                                             ~ServiceUnit.notices.any())
    for key, name in session.execute(planned.order_by(in_order(ServiceUnit.name)).limit(MOST)):
        yield Waiting("service_unit", key, name, Finding("Prima di cominciare, comunicare l'avvio.", source="R146"),
                      Role.PROVIDER)


@figure_of("providers")
def providers(session: ScopedSession, _today: date) -> int:
    """The providers of the registry."""
    return session.scalar(select(func.count(Provider.id))) or 0


@figure_of("units")
def units(session: ScopedSession, _today: date) -> int:
    """The units at work."""
    operating = select(func.count(ServiceUnit.id)).where(ServiceUnit.state == UnitState.OPERATING)
    return session.scalar(operating) or 0


@figure_of("notices")
def notices(session: ScopedSession, _today: date) -> int:
    """The notices still to be looked through."""
    received = select(func.count(OperatingNotice.id)).where(OperatingNotice.state == OperatingNoticeState.RECEIVED)
    return session.scalar(received) or 0
