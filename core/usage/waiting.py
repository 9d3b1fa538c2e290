"""What waits in the use of the services: months that are over, and not recorded or not closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.clock import add_months
from core.ground.errors import Finding, Place
from core.usage.measures import services_with
from core.usage.model import UsageMonth
from core.usage.rules import UseMonth, month_of
from core.usage.states import MonthState


@waits_for(Role.MANAGEMENT, Role.ACCOUNTING)
def not_closed(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Months that are over and still open."""
    query = select(UsageMonth).where(UsageMonth.state == MonthState.OPEN).order_by(
        UsageMonth.year, UsageMonth.month, UsageMonth.service_id).limit(MOST)
    for row in session.scalars(query):
        if UseMonth(row.year, row.month).last < today:
            what = Finding("Il mese è finito e le sue cifre sono ancora da chiudere.", source="R28")
            yield Waiting("usage_month", row.id, str(row), what, Role.MANAGEMENT)


@waits_for(Role.MANAGEMENT, Role.ACCOUNTING)
def not_recorded(session: ScopedSession, today: date) -> Iterator[Waiting]:
    """Services that have begun to record their use, and the last month of which nothing is there.

    A service that never began waits for nothing: which services an office counts, it decides.
    """
    month = month_of(add_months(today.replace(day=1), -1))
    begun = dict(session.execute(select(UsageMonth.service_id, func.max(UsageMonth.year * 100 + UsageMonth.month))
                                 .group_by(UsageMonth.service_id)).all())
    for service in services_with(session, month.year) if begun else ():
        newest = begun.get(service.id)
        if newest is not None and newest < month.code:
            what = Finding("Manca l'uso di %(month)s: registrarlo, o importarlo.", {"month": month}, source="R28",
                           at=Place("usage.month", service.id, part=month.code))
            yield Waiting("usage", service.id, service.title, what, Role.MANAGEMENT)
