"""Recording the staff of a service, and the investments. None commits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from core.catalogue.model import Service
from core.funding.model import FundingSource
from core.funding.rules import check_year
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, lay, stale, take, touch
from core.ground.exercises import exercises
from core.ground.names import folded
from core.ground.required import LONGEST_TITLE, require_text
from core.parties.model import Act
from core.reporting import rules
from core.reporting.model import Investment, ServiceStaff, StaffFigure
from core.reporting.rules import StaffFacts

OFFICE = (Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM)
STAFF_COLUMNS = ("profession", "kind", "people", "full_time")
INVESTMENT_COLUMNS = ("year", "service_id", "title", "planned", "made", "source_id", "act_id")


def record_staff(session: ScopedSession, service_id: int, year: int, rows: Sequence[StaffFacts], *,
                 version: int | None, today: date) -> ServiceStaff | None:
    """Set the staff of a service in an exercise, row by row; without any rows what was recorded is taken away (None).

    RuleBroken for an exercise that has not begun, rows that cannot be, a stale form (``version``: 0 where nothing was
    recorded yet). NotVisible, NotAllowed.
    """
    session.principal.require(*OFFICE)
    service = session.require(Service, service_id)
    check_year(year)
    rules.require_begun(exercises(session).named(year), today, field="rows")
    row = session.scalars(select(ServiceStaff).where(
        ServiceStaff.service_id == service.id, ServiceStaff.year == year)).first()
    if version is not None and (row.version if row else 0) != version:
        raise stale()
    if row is not None and not rows:
        session.delete(row)
        session.flush()
        return None
    checked = rules.require_staff(rows)
    if row is None:
        row = ServiceStaff(service_id=service.id, year=year)
        session.add(row)
    wanted = [StaffFigure(profession=one.profession, kind=one.kind, people=one.people, full_time=one.full_time)
              for one in checked]
    lay(row.figures, wanted, STAFF_COLUMNS, lambda one: (folded(one.profession), one.kind),
        lambda one: folded(one.profession))
    return touch(session, row, "year")


# --- investments ------------------------------------------------------------------------------------------


def add_investment(session: ScopedSession, facts: Mapping[str, Any]) -> Investment:
    """Record an investment, planned or made. RuleBroken as ``rules.require_amounts``, without a title, for no year."""
    session.principal.require(*OFFICE)
    row = _laid(session, Investment(), facts)
    session.add(row)
    session.flush()
    return row


def edit_investment(session: ScopedSession, investment_id: int, facts: Mapping[str, Any], *, version: int | None
                    ) -> Investment:
    """Change an investment. RuleBroken as ``add_investment``, and for a stale version."""
    session.principal.require(*OFFICE)
    row = _laid(session, at_version(session.require(Investment, investment_id), version), facts)
    session.flush()
    return row


def remove_investment(session: ScopedSession, investment_id: int) -> None:
    """Take away an investment that was recorded by mistake; the history keeps it."""
    session.principal.require(*OFFICE)
    session.delete(session.require(Investment, investment_id))
    session.flush()


def _laid(session: ScopedSession, row: Investment, facts: Mapping[str, Any]) -> Investment:
    told = {**{name: getattr(row, name) for name in INVESTMENT_COLUMNS}, **facts}
    check_year(told["year"])
    title = require_text(told["title"], "Indicare in breve l'investimento.", field="title", longest=LONGEST_TITLE)
    rules.require_amounts(told["planned"], told["made"])
    for entity, key in ((Service, told["service_id"]), (FundingSource, told["source_id"]), (Act, told["act_id"])):
        if key is not None:
            session.require(entity, key)
    return take(row, {**told, "title": title}, INVESTMENT_COLUMNS)
