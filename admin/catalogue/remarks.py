"""The remarks of the core's checks on services and sheets: asked here once, so that pages agree with each other."""

from __future__ import annotations

from datetime import date

from core.catalogue import rules
from core.catalogue.model import OperationalSheet, Service
from core.contracts.assemble import territory_on
from core.ground.access import ScopedSession
from core.ground.errors import Finding
from core.plugins.loading import Registry


def service_remarks(session: ScopedSession, service: Service, registry: Registry, day: date) -> list[Finding]:
    """The remarks on one service and on its sheet of the day."""
    return rules.findings([service], territory_on(session, day), registry)


def sheet_remarks(session: ScopedSession, sheet: OperationalSheet, registry: Registry, day: date) -> list[Finding]:
    """The remarks on one sheet."""
    return list(rules.sheet_findings(sheet, sheet.services, territory_on(session, day), registry))
