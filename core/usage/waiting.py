"""What waits in the use of the services: months that are over, and not recorded or not closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import func, select

from core.catalogue.model import Service
from core.catalogue.operations import is_open
from core.deadlines.waiting import MOST, Waiting, waits_for
from core.ground.access import Role, ScopedSession
from core.ground.clock import add_months
from core.ground.errors import Finding, Place
from core.usage.model import UsageMonth
from core.usage.rules import UseMonth, month_of
from core.usage.states import MonthState

NAMED = 3


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
    """The month that is over, and the services that record their use and have nothing of it: one thing to do.

    A service that never began waits for nothing: which services an office counts, it decides.
    """
    month = month_of(add_months(today.replace(day=1), -1))
    newest = func.max(UsageMonth.year * 100 + UsageMonth.month)
    late = session.execute(select(Service.id, Service.title).join(UsageMonth, UsageMonth.service_id == Service.id)
                           .where(is_open(month.first)).group_by(Service.id, Service.title, Service.order)
                           .having(newest < month.code).order_by(Service.order, Service.id)).all()
    if late:
        named = [title for _key, title in late[:NAMED]]
        what = Finding("Manca l'uso di %(month)s: %(services)s. Registrarlo, o importarlo.",
                       {"month": month, "services": "; ".join([*named, *([f"e altri {len(late) - NAMED}"]
                                                                           if len(late) > NAMED else [])])},
                       source="R28", at=Place("usage.month", late[0][0], part=month.code))
        yield Waiting("usage", late[0][0], "Uso dei servizi", what, Role.MANAGEMENT)
