"""What the report of an exercise says (R99): service by service, made of rows, with nothing guessed where none are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.catalogue import sheets
from core.catalogue.model import Service
from core.catalogue.rules import sheet_of
from core.contracts.model import Conferral
from core.ground.access import ScopedSession
from core.plugins.loading import Registry
from core.plugins.schema import MeasureKind, UseMeasure
from core.reporting.investments import investments_of
from core.reporting.model import Investment
from core.reporting.staff import StaffOfService, staff_of_year
from core.standards.years import StandardOfYear, standards_of_year
from core.usage.measures import measures_in, told
from core.usage.rules import UseMonth
from core.usage.years import year_use


@dataclass(frozen=True)
class QuantityDone:
    """A quantity of a sheet: planned and done, in all or for the municipality that ``slug`` names."""

    what: str
    unit: str
    slug: str
    planned: Decimal | None
    actual: Decimal | None


@dataclass(frozen=True)
class UseDone:
    """What was used of a service by a measure: the figure of each municipality, and of how many months there is one.

    Of people it is the month with most of them: who is followed all year is one person, and months are not added up.
    """

    measure: UseMeasure
    figures: Mapping[int, Decimal]
    months: Mapping[int, int]
    names: Mapping[int, str]
    of_months: int

    @property
    def of_people(self) -> bool:
        """True where people are counted, whom one may count again the month after."""
        return self.measure.kind is MeasureKind.PERSONS

    @property
    def total(self) -> Decimal | None:
        """What all had together; None for people, whose busiest months need not be the same, and where there is none.
        """
        if self.of_people or not self.figures:
            return None
        return sum(self.figures.values(), Decimal(0))


@dataclass(frozen=True)
class ServiceReport:
    """A service in the report: what was promised, done and used, and by whose work."""

    service: Service
    standards: tuple[StandardOfYear, ...]
    quantities: tuple[QuantityDone, ...]
    use: tuple[UseDone, ...]
    staff: StaffOfService | None

    @property
    def lacks(self) -> tuple[str, ...]:
        """What nobody has recorded of it, in words."""
        found = (("livello del servizio", self.standards or self.quantities),
                 ("personale", self.staff is not None and self.staff.row is not None),
                 ("beneficiari", any(one.figures for one in self.use)))
        return tuple(word for word, there in found if not there)


@dataclass(frozen=True)
class YearReport:
    """The report of an exercise: its services in the order of the catalogue, its investments."""

    year: int
    services: tuple[ServiceReport, ...]
    investments: tuple[Investment, ...]


def report_of_year(session: ScopedSession, year: int, registry: Registry, *, municipality_id: int | None = None,
                   service_ids: Iterable[int] | None = None) -> YearReport:
    """What there is to tell of the exercise that begins in ``year``; its standards as they were kept for all
    municipalities, or for one.

    ``service_ids``: only these services, all where None. For who sees everybody's rows.
    """
    wanted = None if service_ids is None else set(service_ids)
    standards: dict[int, list[StandardOfYear]] = defaultdict(list)
    for one in standards_of_year(session, year, registry, municipality_id=municipality_id):
        for service in one.services:
            standards[service.id].append(one)
    staff = {one.service.id: one for one in staff_of_year(session, year)}
    measures = measures_in(session, year)
    query = select(Service).options(selectinload(Service.sheets)).order_by(Service.order, Service.id)
    services = tuple(
        ServiceReport(service, tuple(standards[service.id]), tuple(_quantities(service, year)),
                      tuple(_use(session, service, measures.get(service.id, {}), year)),
                      staff.get(service.id))
        for service in session.scalars(query) if wanted is None or service.id in wanted)
    rows = investments_of(session, year)
    return YearReport(year, services, tuple(
        row for row in rows if wanted is None or row.service_id is None or row.service_id in wanted))


def services_conferred(session: ScopedSession, contract_id: int, municipality_id: int) -> set[int]:
    """The keys of the services that a municipality confers by a contract, also those that have ended."""
    return set(session.scalars(select(Conferral.service_id).where(
        Conferral.contract_id == contract_id, Conferral.municipality_id == municipality_id)))


def _quantities(service: Service, year: int) -> Iterator[QuantityDone]:
    for row in sheets.read(sheet_of(service, year)).get("quantities") or ():
        yield QuantityDone(row["what"], row["unit"] or "", row["municipality"] or "", row["planned"], row["actual"])


def _use(session: ScopedSession, service: Service, measures: Mapping[str, UseMeasure], year: int
         ) -> Iterator[UseDone]:
    for code, measure in told(measures).items():
        used = year_use(session, service, code, year)
        if used is None:
            continue
        cells: dict[int, dict[UseMonth, Decimal]] = defaultdict(dict)
        for (key, month), value in used.cells.items():
            cells[key][month] = value
        most = measure.kind is MeasureKind.PERSONS
        yield UseDone(measure, {key: max(months.values()) if most else sum(months.values(), Decimal(0))
                                for key, months in cells.items()},
                      {key: len(months) for key, months in cells.items()}, used.names, len(used.months))
