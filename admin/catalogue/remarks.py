"""The remarks of the core's checks on services and sheets: asked here once, so that pages agree with each other."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.catalogue import rules
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.texts import Shelf, repeated
from core.contracts.assemble import territory_on
from core.ground.access import ScopedSession
from core.ground.errors import Finding
from core.plugins.loading import Registry


def service_remarks(session: ScopedSession, service: Service, registry: Registry, day: date) -> list[Finding]:
    """The remarks on one service and on its sheet of the day, read beside all others."""
    return rules.findings([service], territory_on(session, day), registry, _shelf(session, day))


def sheet_remarks(session: ScopedSession, sheet: OperationalSheet, registry: Registry, day: date) -> list[Finding]:
    """The remarks on one sheet, read beside all others."""
    shelf = _shelf(session, day, sheet)
    return [*rules.sheet_findings(sheet, sheet.services, territory_on(session, day), registry, shelf),
            *repeated([sheet], shelf)]


def _shelf(session: ScopedSession, day: date, sheet: OperationalSheet | None = None) -> Shelf:
    """The sheets of a day: of each the newest edition up to its year, and ``sheet`` in place of its own."""
    query = select(OperationalSheet).options(selectinload(OperationalSheet.services))
    newest = {held.code: held for held in session.scalars(
        query.where(OperationalSheet.edition <= day.year).order_by(OperationalSheet.edition))}
    if sheet is not None:
        newest[sheet.code] = sheet
    return Shelf(tuple(newest.values()))
