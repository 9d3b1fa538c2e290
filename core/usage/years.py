"""What was used in an exercise, by municipality: added up over its months, with what is not there said aloud."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from core.catalogue.model import Service
from core.catalogue.operations import covered_municipalities
from core.documents.words import number
from core.ground.access import ScopedSession
from core.ground.errors import Finding
from core.ground.exercises import exercises
from core.plugins.schema import UseMeasure
from core.usage.measures import measures_in, measures_of
from core.usage.model import UsageMonth, UseCorrection, UseFigure
from core.usage.months import within
from core.usage.rules import UseMonth, months_of
from core.usage.states import MonthState

NOTHING = Decimal(0)
Cells = Mapping[tuple[int, UseMonth], Decimal]


@dataclass(frozen=True)
class YearUse:
    """The use of an exercise by one measure: the figure of each municipality and month, as far as there is one.

    ``covered``: the municipalities of the service in each month; ``closed``: the months that count for good;
    ``corrected``: for each municipality what was corrected after the close, in words.
    """

    service: Service
    measure: UseMeasure
    exercise: str
    months: tuple[UseMonth, ...]
    cells: Cells
    covered: Mapping[UseMonth, Mapping[int, str]]
    closed: frozenset[UseMonth]
    corrected: Mapping[int, tuple[str, ...]]

    @property
    def totals(self) -> dict[int, Decimal]:
        """The sum of the months by municipality: those that have a figure."""
        sums: dict[int, Decimal] = defaultdict(Decimal)
        for (municipality, _month), value in self.cells.items():
            sums[municipality] += value
        return dict(sums)

    @property
    def names(self) -> dict[int, str]:
        """The municipalities that the service covers in some month, by name."""
        every = {key: name for covered in self.covered.values() for key, name in covered.items()}
        return dict(sorted(every.items(), key=lambda pair: (pair[1].casefold(), pair[0])))

    def counted(self, municipality: int) -> int:
        """Of how many months a municipality has a figure."""
        return sum((municipality, month) in self.cells for month in self.months)

    def findings(self) -> Iterator[Finding]:
        """What is not there, or may still change: nothing is guessed in its place."""
        holes = {month: [name for key, name in self.covered[month].items() if (key, month) not in self.cells]
                 for month in self.months if self.covered[month]}
        values = {"title": self.measure.title, "service": self.service.title, "year": self.exercise}
        empty = [month for month, names in holes.items() if len(names) == len(self.covered[month])]
        if empty:
            yield Finding("Uso di «%(service)s», %(title)s, %(year)s: non registrato in %(months)s. Questi mesi "
                          "contano zero finché non c'è una cifra.", {**values, "months": _listed(empty)}, source="R28")
        for month, names in holes.items():
            if names and month not in empty:
                yield Finding("Uso di «%(service)s», %(title)s, %(month)s: manca la cifra di %(names)s.",
                              {**values, "month": month, "names": ", ".join(names)}, source="R28")
        if open_ := [month for month in self.months if month not in self.closed and month not in empty]:
            yield Finding("Uso di «%(service)s», %(title)s, %(year)s: ancora da chiudere %(months)s. Le cifre possono "
                          "cambiare.", {**values, "months": _listed(open_)}, source="R28")


def year_use(session: ScopedSession, service: Service, code: str, year: int) -> YearUse | None:
    """The use of a service in the exercise that begins in ``year``, by a measure; None if it does not count it.

    Figures of municipalities that the session does not see are not in it.
    """
    measure = measures_of(session, service.id, year).get(code)
    if measure is None:
        return None
    exercise = exercises(session).named(year)
    months = months_of(exercise)
    mine = (UseFigure.service_id == service.id, UseFigure.measure == code, within(UseFigure, months))
    cells = {(key, UseMonth(y, m)): value for key, y, m, value in session.execute(
        select(UseFigure.municipality_id, UseFigure.year, UseFigure.month, UseFigure.value).where(*mine))}
    closed = {UseMonth(y, m) for y, m in session.execute(select(UsageMonth.year, UsageMonth.month).where(
        UsageMonth.service_id == service.id, UsageMonth.state == MonthState.CLOSED, within(UsageMonth, months)))}
    covered = {month: covered_municipalities(session, service.code, month.first, month.last) for month in months}
    corrected: dict[int, list[str]] = defaultdict(list)
    for key, y, m, old, new, why in session.execute(
            select(UseFigure.municipality_id, UseFigure.year, UseFigure.month, UseCorrection.before,
                   UseCorrection.after, UseCorrection.why)
            .join(UseFigure, UseFigure.id == UseCorrection.figure_id).where(*mine).order_by(UseCorrection.id)):
        before = "senza cifra" if old is None else number(old)
        corrected[key].append(f"{UseMonth(y, m)} corretto da {before} a {number(new)} ({why})")
    return YearUse(service, measure, str(exercise), months, cells, covered, frozenset(closed),
                   {key: tuple(said) for key, said in corrected.items()})


def year_measures(session: ScopedSession, year: int) -> Iterator[tuple[str, Service, UseMeasure]]:
    """Every measure by which a cost of that year can be shared, as ``service.measure``.

    What is counted to hold a promise against it tells how well a service went, not who used it.
    """
    found = measures_in(session, year)
    for service in session.scalars(select(Service).where(Service.id.in_(found)).order_by(Service.order, Service.id)):
        for measure in (each for each in found[service.id].values() if not each.counts_for):
            yield f"{service.code}.{measure.code}", service, measure


def _listed(months: Iterable[UseMonth]) -> str:
    return ", ".join(str(month) for month in months)
