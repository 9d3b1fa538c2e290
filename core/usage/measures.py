"""What is counted of a service each month: what its sheet of that year asks, and what the office has added since."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select, true

from core.catalogue.model import OperationalSheet, OwnFields, Service, SheetService
from core.ground.access import ScopedSession, asked_once
from core.plugins import rows
from core.plugins.schema import UseMeasure

Measures = Mapping[str, UseMeasure]


@asked_once
def measures_in(session: ScopedSession, year: int) -> dict[int, dict[str, UseMeasure]]:
    """The measures of each service that has some, by the key of the service and then by code.

    Those of the sheet are kept with its edition: that of ``year``, or else of the year nearest before it; the first one
    for years before all. What the office adds by itself holds at once.
    """
    return _found(session, year, true())


def measures_of(session: ScopedSession, service_id: int, year: int) -> dict[str, UseMeasure]:
    """The measures of one service, by code; none for a service that counts nothing."""
    return _found(session, year, Service.id == service_id).get(service_id, {})


def _found(session: ScopedSession, year: int, which: ColumnElement[bool]) -> dict[int, dict[str, UseMeasure]]:
    query = (select(Service.id, OperationalSheet.edition, OperationalSheet.schema)
             .join(SheetService, SheetService.service_id == Service.id)
             .join(OperationalSheet, OperationalSheet.id == SheetService.sheet_id)
             .where(which).order_by(OperationalSheet.edition, OperationalSheet.id))
    chosen: dict[int, tuple[int, Any]] = {}
    for service, edition, schema in session.execute(query):
        if service not in chosen or edition <= year:
            chosen[service] = edition, schema
    parts = {service: list((schema or {}).values()) for service, (_edition, schema) in chosen.items()}
    own = select(OwnFields.service_id, OwnFields.content).join(Service, Service.id == OwnFields.service_id)
    for service, content in session.execute(own.where(which)):
        parts.setdefault(service, []).append(content)
    found = {service: {measure.code: measure for measure in rows.measures(each)} for service, each in parts.items()}
    return {service: measures for service, measures in found.items() if measures}


def services_with(session: ScopedSession, year: int) -> list[Service]:
    """The services that count something, in the order of the catalogue."""
    keys = measures_in(session, year).keys()
    return list(session.scalars(select(Service).where(Service.id.in_(keys)).order_by(Service.order, Service.id)))


def people_of(measures: Measures) -> frozenset[str]:
    """The codes of the measures that count people; what is counted for a promise has rules of its own."""
    return frozenset(code for code, measure in measures.items() if measure.counts_people and not measure.counts_for)


def told(measures: Measures) -> dict[str, UseMeasure]:
    """Those whose figures are told by themselves: what is counted for a promise is told as the promise it measures."""
    return {code: measure for code, measure in measures.items() if not measure.counts_for}
