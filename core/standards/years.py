"""What was promised and what was measured in an exercise: by service and standard, by period and by municipality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import selectinload

from core.catalogue import sheets
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.promises import answers, measuring
from core.catalogue.rules import sheets_in_use
from core.documents.words import month_name
from core.ground.access import ScopedSession, as_system
from core.ground.errors import RuleBroken
from core.ground.exercises import exercises
from core.parties.model import Municipality
from core.plugins.loading import Registry
from core.plugins.schema import Indicator, MeasuredBy, Promise, PromisePeriod, PromiseUnit, Standard
from core.standards.rules import Count, ToldRow, Verdict, WhySilent, judge, judge_beside, outcome
from core.usage.model import UsageMonth, UseFigure
from core.usage.months import within
from core.usage.outside import year_table
from core.usage.rules import UseMonth, months_of
from core.usage.states import MonthState
from core.usage.suppression import SMALLEST_SHOWN

Counted = Mapping[tuple[int, UseMonth], tuple[Decimal, Decimal]]  # by municipality and month: the part, and of how many
NOTHING = Decimal(0)
OTHERS = "others"  # the row of the municipalities that somebody does not see, together and without a name


@dataclass(frozen=True)
class StandardOfYear:
    """A standard of a sheet in an exercise, with one of its indicators or with none, of all services of the sheet.

    ``promise`` is None where no figure is promised. ``periods`` and ``municipalities`` hold the same cases by period
    and by municipality; their rows are called as ``names`` says, but for ``OTHERS``. ``open_months``: figures that may
    still change.
    """

    services: tuple[Service, ...]
    sheet: OperationalSheet
    standard: Standard
    indicator: Indicator | None
    promise: Promise | None
    periods: Verdict
    municipalities: Verdict
    names: Mapping[str, str]
    open_months: tuple[UseMonth, ...] = ()

    @property
    def key(self) -> str:
        """By what an address calls it."""
        return f"{self.sheet.id}.{self.standard.code}.{self.indicator.code if self.indicator else ''}"


def standards_of_year(session: ScopedSession, year: int, registry: Registry, *, service_id: int | None = None,
                      municipality_id: int | None = None) -> list[StandardOfYear]:
    """What the sheets of the exercise that begins in ``year`` promise, in the order of the catalogue.

    Of one service (and those that share its sheet) or of all, over all municipalities or one alone. Who does not see
    everybody reads their own exactly, and of the others what tells of nobody.
    """
    months = months_of(exercises(session).named(year))
    promised = list(_promised(session, year, registry, service_id))
    figures = _figures(session, months, promised)
    names, mine = _names(session), _own(session, municipality_id)
    closed = _closed(session, months) if figures else {}
    found = []
    for one in promised:
        counted = {} if one.codes is None else _paired([figures.get(each.id, {}) for each in one.services], *one.codes)
        if municipality_id is not None:
            counted = {cell: pair for cell, pair in counted.items() if cell[0] == municipality_id}
        done = set.intersection(*(closed.get(each.id, set()) for each in one.services))
        unsaid = frozenset() if mine is None else _unsaid(session, one, year)
        found.append(_of_year(one, counted, months, names, mine, done, unsaid))
    return found


# --- what is promised -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Promised:
    services: tuple[Service, ...]
    sheet: OperationalSheet
    standard: Standard
    indicator: Indicator | None
    promise: Promise | None
    said: Fraction | None
    codes: tuple[str, str] | None
    limit: int


def _promised(session: ScopedSession, year: int, registry: Registry, service_id: int | None) -> Iterator[_Promised]:
    query = select(Service).options(selectinload(Service.sheets)).order_by(Service.order, Service.id)
    for sheet, services in sheets_in_use(list(session.scalars(query)), year):
        asked = service_id is None or service_id in {service.id for service in services}
        if asked and any(part.get("standards") for part in (sheet.schema or {}).values()):
            yield from _of_sheet(tuple(services), sheet, registry)


def _of_sheet(services: tuple[Service, ...], sheet: OperationalSheet, registry: Registry) -> Iterator[_Promised]:
    schema, data = sheets.schema_of(sheet), sheets.read(sheet)
    try:
        said = sheets.measures(schema, data, registry.get(sheet.plugin or ""))
    except RuleBroken:  # the page of the sheet names the plugin; here it has not measured
        said = schema.measured(data)
    for standard in schema.standards:
        own: list[Indicator | None] = [each for each in measuring(schema, standard) if answers(schema, each)]
        for indicator in own or [None]:
            value = None if indicator is None else said.get(indicator.code)
            pair = None if indicator is None else schema.counted(indicator)
            codes = None if pair is None else (pair[0].code, pair[1].code)
            people = pair is not None and any(measure.counts_people for measure in pair)
            yield _Promised(services, sheet, standard, indicator, standard.promised(data), value, codes,
                            SMALLEST_SHOWN if people else 0)


# --- what was counted -------------------------------------------------------------------------------------


def _figures(session: ScopedSession, months: Sequence[UseMonth], promised: Iterable[_Promised]
             ) -> dict[int, dict[str, dict[tuple[int, UseMonth], Decimal]]]:
    """The figures that the indicators want, of all municipalities: by service, then measure, then cell."""
    wanted = {(service.id, code) for one in promised for service in one.services for code in one.codes or ()}
    found: dict[int, dict[str, dict[tuple[int, UseMonth], Decimal]]] = defaultdict(lambda: defaultdict(dict))
    if not wanted:
        return found
    query = select(UseFigure.service_id, UseFigure.measure, UseFigure.municipality_id, UseFigure.year, UseFigure.month,
                   UseFigure.value).where(tuple_(UseFigure.service_id, UseFigure.measure).in_(sorted(wanted)),
                                          within(UseFigure, months))
    rows: Iterable[Any] = session.execute(query) if session.principal.sees_all else as_system(
        session, query, reason="standards told without what tells of few")
    for service, measure, municipality, year, month, value in rows:
        found[service][measure][municipality, UseMonth(year, month)] = value
    return found


def _paired(of_services: Iterable[Mapping[str, Mapping[tuple[int, UseMonth], Decimal]]], part: str, of: str) -> Counted:
    """The cells of which both numbers are there: one alone says nothing, and nothing is guessed for the other."""
    sums: dict[tuple[int, UseMonth], tuple[Decimal, Decimal]] = {}
    for figures in of_services:
        parts, cases = figures.get(part, {}), figures.get(of, {})
        for cell in parts.keys() & cases.keys():
            before = sums.get(cell, (NOTHING, NOTHING))
            sums[cell] = before[0] + parts[cell], before[1] + cases[cell]
    return sums


def _of_year(one: _Promised, counted: Counted, months: Sequence[UseMonth], names: Mapping[int, str],
             mine: Collection[int] | None, closed: Collection[UseMonth], unsaid: frozenset[UseMonth]) -> StandardOfYear:
    periods = _periods(months, one.standard.period)
    cells = {cell: OTHERS if mine is not None and cell[0] not in mine else _row(cell[0]) for cell in counted}
    called = {code: label for code, label, _months in periods} | {_row(key): name for key, name in names.items()}
    by_period = _verdict(one, counted, mine, {(key, month): code for code, _label, parts in periods for month in parts
                                              for key in {cell[0] for cell in counted}}, [c for c, _l, _m in periods])
    if hidden := {code for code, _label, parts in periods if not unsaid.isdisjoint(parts)}:
        by_period = replace(by_period, rows=tuple(
            ToldRow(told.row, None, WhySilent.PROTECTS) if told.row in hidden and told.value is not None else told
            for told in by_period.rows))
    rows = sorted(set(cells.values()), key=lambda row: (row == OTHERS, called.get(row, "").casefold()))
    by_municipality = _verdict(one, counted, mine, cells, rows)
    still_open = tuple(sorted({month for _key, month in counted} - set(closed)))
    return StandardOfYear(one.services, one.sheet, one.standard, one.indicator, one.promise, by_period, by_municipality,
                          called, still_open)


def _unsaid(session: ScopedSession, one: _Promised, year: int) -> frozenset[UseMonth]:
    """The months whose use in all the tables of use do not say: what is divided by it says no more than they."""
    if one.indicator is None or one.indicator.by is not MeasuredBy.USE or one.codes is None:
        return frozenset()
    tables = [year_table(session, service, code, year) for service in one.services for code in one.codes]
    return frozenset(month for table in tables if table is not None for month in table.months
                     if table.figure(None, month) is None)


def _verdict(one: _Promised, counted: Counted, mine: Collection[int] | None, row_of: Mapping[tuple[int, UseMonth], str],
             rows: Sequence[str]) -> Verdict:
    """The cases by row; ``mine`` are one's own municipalities, None for who sees everybody's."""
    if one.codes is None:
        return Verdict(one.said, outcome(one.promise, one.said), ())
    unit = one.standard.unit or PromiseUnit.NUMBER
    every = _summed(counted, row_of, rows)
    if mine is None:
        return judge(one.promise, unit, every, suppress_below=0)
    own = _summed({cell: pair for cell, pair in counted.items() if cell[0] in mine}, row_of, rows)
    others = _summed({cell: pair for cell, pair in counted.items() if cell[0] not in mine}, row_of, rows)
    return judge_beside(one.promise, unit, {count.row: count for count in own}, others, suppress_below=one.limit)


def _summed(counted: Counted, row_of: Mapping[tuple[int, UseMonth], str], rows: Sequence[str]) -> list[Count]:
    sums = dict.fromkeys(rows, (NOTHING, NOTHING))
    for cell, (part, of) in counted.items():
        parts, cases = sums[row_of[cell]]
        sums[row_of[cell]] = parts + part, cases + of
    return [Count(row, part, of) for row, (part, of) in sums.items()]


def _periods(months: Sequence[UseMonth], period: PromisePeriod) -> list[tuple[str, str, Sequence[UseMonth]]]:
    """The periods of an exercise: code, words, months."""
    parts = [months[start:start + period.months] for start in range(0, len(months), period.months)]
    return [(str(part[0].code), _called(part[0], part[-1]), part) for part in parts]


def _called(first: UseMonth, last: UseMonth) -> str:
    if first == last:
        return str(first)
    within_a_year = last.code - first.code < 12  # of the calendar: an exercise may reach into the next
    return f"{month_name(first.month)}-{last}" if within_a_year else f"{first} - {last}"


def _row(municipality: int) -> str:
    return f"m{municipality:09}"


def _closed(session: ScopedSession, months: Sequence[UseMonth]) -> dict[int, set[UseMonth]]:
    found: dict[int, set[UseMonth]] = defaultdict(set)
    for service, year, month in session.execute(select(
            UsageMonth.service_id, UsageMonth.year, UsageMonth.month).where(
                UsageMonth.state == MonthState.CLOSED, within(UsageMonth, months))):
        found[service].add(UseMonth(year, month))
    return found


def _names(session: ScopedSession) -> dict[int, str]:
    return {row.id: row.name for row in session.execute(select(Municipality.id, Municipality.name))}


def _own(session: ScopedSession, municipality_id: int | None) -> Collection[int] | None:
    """Whose cases are read exactly; None: everybody's. RuleBroken for somebody else's municipality alone."""
    principal = session.principal
    if principal.sees_all:
        return None
    if municipality_id is not None and municipality_id not in principal.municipality_ids:
        raise RuleBroken("Da soli si leggono soltanto i dati del proprio Comune: scegliere il proprio, o tutti.",
                         field="comune")
    return principal.municipality_ids
