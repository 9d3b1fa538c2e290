"""The staff of the services in an exercise: what their sheets plan, beside what the office has counted."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.catalogue import sheets
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.rules import sheet_of
from core.ground.access import ScopedSession
from core.reporting.model import ServiceStaff
from core.reporting.rules import StaffFacts, StaffLine, beside, planned_of, total


@dataclass(frozen=True)
class StaffOfService:
    """The staff of a service in an exercise; ``sheet`` plans it, ``row`` counts it, each None where it is not there."""

    service: Service
    sheet: OperationalSheet | None
    row: ServiceStaff | None
    lines: tuple[StaffLine, ...]

    @property
    def planned(self) -> int | None:
        """How many people the sheet plans, where it says it."""
        return total(line.planned for line in self.lines)

    @property
    def people(self) -> int | None:
        """How many there were, where somebody has counted them."""
        return total(line.people for line in self.lines)


def staff_of_year(session: ScopedSession, year: int) -> list[StaffOfService]:
    """The services that plan or had staff in the exercise that begins in ``year``, in the order of the catalogue."""
    rows = {row.service_id: row for row in session.scalars(
        select(ServiceStaff).where(ServiceStaff.year == year).options(selectinload(ServiceStaff.figures)))}
    query = select(Service).options(selectinload(Service.sheets)).order_by(Service.order, Service.id)
    found = (_of(service, year, rows.get(service.id)) for service in session.scalars(query))
    return [one for one in found if one.lines or one.row is not None]


def staff_of_service(session: ScopedSession, service: Service, year: int) -> StaffOfService:
    """The staff of one service."""
    row = session.scalars(select(ServiceStaff).where(ServiceStaff.service_id == service.id, ServiceStaff.year == year)
                          .options(selectinload(ServiceStaff.figures))).first()
    return _of(service, year, row)


def _of(service: Service, year: int, row: ServiceStaff | None) -> StaffOfService:
    sheet = sheet_of(service, year)
    team = sheets.read(sheet).get("team") or ()
    figures = [StaffFacts(one.profession, one.kind, one.people, one.full_time) for one in (row.figures if row else ())]
    return StaffOfService(service, sheet, row, tuple(beside(planned_of(team), figures)))
