"""A month of a service as it stands: what is counted, whom it covers, what is recorded. What all verbs begin with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from sqlalchemy import ColumnElement, select, tuple_

from core.catalogue.model import Service
from core.catalogue.operations import covered_municipalities
from core.documents.words import number
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.plugins.schema import UseMeasure
from core.usage.measures import measures_of
from core.usage.model import UsageMonth, UseFigure
from core.usage.rules import UseMonth
from core.usage.states import MonthState

Key = tuple[int, str]  # a municipality and the code of a measure


@dataclass
class MonthFigures:
    """A month of a service: its measures by code, the covered municipalities by key, the figures that are there.

    ``row`` is None where nothing was recorded yet; ``held`` has the key and the value of each figure.
    """

    service: Service
    month: UseMonth
    measures: Mapping[str, UseMeasure]
    covered: Mapping[int, str]
    row: UsageMonth | None
    held: dict[Key, tuple[int, Decimal]] = field(default_factory=dict)

    @property
    def is_closed(self) -> bool:
        """True once it only takes corrections."""
        return self.row is not None and self.row.state == MonthState.CLOSED

    def missing(self) -> list[str]:
        """The municipalities of which a figure is not there, by name; what is counted for a promise may be empty."""
        return [name for key, name in self.covered.items() if any(
            (key, code) not in self.held for code, measure in self.measures.items() if not measure.counts_for)]

    def require_within(self, municipality_id: int, *, complete: bool = True) -> None:
        """RuleBroken for a part that is more than the whole: more good cases than cases.

        ``complete``: False while the whole may still come, as in an import that brings one figure after the other.
        """
        for code, measure in self.measures.items():
            part, whole = self.held.get((municipality_id, code)), self.held.get((municipality_id, measure.within))
            if not measure.within or part is None or (whole is None and not complete):
                continue
            if whole is None or part[1] > whole[1]:
                raise RuleBroken("«%(part)s» (%(number)s) è più di «%(whole)s» (%(most)s): correggere prima quello che "
                                 "è sbagliato.", field=f"{municipality_id}-{code}", part=measure.title,
                                 number=number(part[1]), whole=self.measures[measure.within].title,
                                 most="–" if whole is None else number(whole[1]))

    def require(self, municipality_id: int, code: str, *, where: str = "municipality_id",
                which: str = "measure") -> UseMeasure:
        """The measure, if the service counts it and covers the municipality in this month. RuleBroken otherwise."""
        if municipality_id not in self.covered:
            raise RuleBroken("In %(month)s «%(service)s» non copre il Comune indicato: togliere la cifra, o correggere "
                             "la copertura nel catalogo.", field=where, month=self.month, service=self.service.title)
        if code not in self.measures:
            raise RuleBroken("«%(service)s» non conta «%(code)s»: le sue misure sono %(known)s.", field=which,
                             service=self.service.title, code=code,
                             known=", ".join(m.title for m in self.measures.values()) or "nessuna")
        return self.measures[code]

    def require_open(self) -> None:
        """RuleBroken for a month that is closed."""
        if self.is_closed:
            raise RuleBroken("%(month)s di «%(service)s» è chiuso: una cifra si corregge una per volta, con il motivo.",
                             field="month", month=str(self.month).capitalize(), service=self.service.title)


def month_figures(session: ScopedSession, service: Service, month: UseMonth) -> MonthFigures:
    """The month of a service, as far as the session sees it. RuleBroken for a service that counts nothing."""
    measures = measures_of(session, service.id, month.year)
    if not measures:
        raise RuleBroken("«%(service)s» non conta alcun uso: aggiungere le misure ai campi della sua scheda.",
                         field="service", service=service.title)
    row = session.scalar(select(UsageMonth).where(
        UsageMonth.service_id == service.id, UsageMonth.year == month.year, UsageMonth.month == month.month))
    covered = covered_municipalities(session, service.code, month.first, month.last)
    held = {(key, code): (figure, value) for figure, key, code, value in session.execute(
        select(UseFigure.id, UseFigure.municipality_id, UseFigure.measure, UseFigure.value).where(of(service, month)))}
    return MonthFigures(service, month, measures, covered, row, held)


def within(entity: type[UseFigure] | type[UsageMonth], months: Iterable[UseMonth]) -> ColumnElement[bool]:
    """The rows of some months."""
    return tuple_(entity.year, entity.month).in_([(month.year, month.month) for month in months])


def of(service: Service, month: UseMonth) -> ColumnElement[bool]:
    """The figures of a month of a service."""
    return ((UseFigure.service_id == service.id) & (UseFigure.year == month.year) & (UseFigure.month == month.month))
