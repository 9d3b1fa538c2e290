"""Import of the use of the services: one row for each municipality, month and measure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.catalogue.model import Service
from core.ground.access import Role
from core.ground.errors import RuleBroken
from core.ground.names import folded
from core.imports import finding
from core.imports.operations import Desk, Import
from core.usage import rules
from core.usage.months import MonthFigures, month_figures
from core.usage.operations import IMPORTED, lay, month_row
from core.usage.rules import UseMonth
from core.usage.sheets import USE

NAMED = ("service", "year", "month", "municipality", "measure")


def apply(desk: Desk, facts: Mapping[str, Any]) -> str:
    """Lay in one figure, in place of the one that is there; an empty cell brings none.

    RuleBroken for a service, a municipality or a measure that nobody knows, another unit, a figure that cannot be, a
    month that has not begun or is closed, a municipality that the service does not cover in it, a row that stands
    twice.
    """
    if desk.known("twice", lambda: _twice(desk), lasting=True)[_place(facts)] > 1:
        raise RuleBroken("Questo Comune compare due volte per la stessa misura e lo stesso mese: lasciare una riga.",
                         field="municipality")
    found = _month(desk, facts)
    place = finding.municipality(desk, facts["municipality"])
    code = _measure(found, facts["measure"])
    measure = found.require(place, code, where="municipality")
    if measure.computed:
        raise RuleBroken("«%(title)s» la calcola il plugin del servizio dai suoi dati: togliere la riga.",
                         field="measure", title=measure.title)
    rules.require_unit(measure, facts["unit"], field="unit")
    if facts["value"] is not None:
        lay(desk.session, found, place, code, rules.require_figure(measure, facts["value"], field="value"), IMPORTED)
        found.require_within(place, complete=False)
        month_row(desk.session, found)
    return f"{found.service.title}, {found.month}, {found.covered[place]}"


def _month(desk: Desk, facts: Mapping[str, Any]) -> MonthFigures:
    """The month of a row, asked once for all its rows."""
    wanted = folded(facts["service"])
    services = desk.known("services", lambda: {
        folded(text): row for row in desk.session.scalars(select(Service)) for text in (row.title, row.code)})
    if wanted not in services:
        raise RuleBroken("«%(name)s» non è un servizio del catalogo: scriverne il codice o il titolo.",
                         field="service", name=facts["service"])
    service, month = services[wanted], rules.month_called(facts["year"], facts["month"])
    found: MonthFigures = desk.known(f"use of {service.id} in {month.code}", lambda: _begun(desk, service, month))
    return found


def _begun(desk: Desk, service: Service, month: UseMonth) -> MonthFigures:
    rules.require_begun(month, desk.today)
    found = month_figures(desk.session, service, month)
    found.require_open()
    return found


def _measure(found: MonthFigures, name: str) -> str:
    """The code of the measure that ``name`` means; ``name`` itself, which the month then refuses, for none."""
    wanted = folded(name)
    return next((code for code, measure in found.measures.items() if wanted in (folded(measure.title), folded(code))),
                name)


def _twice(desk: Desk) -> Counter[tuple[str, ...]]:
    return Counter(_place(row) for row in desk.rows[USE.name])


def _place(facts: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(folded(str(facts[name])) for name in NAMED)


USAGE = Import(
    "usage", "Uso dei servizi",
    "Quanto ogni Comune ha avuto di ogni servizio in un mese, secondo le misure della scheda.",
    (USE,), {USE.name: apply}, "usage_month", roles=(Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM),
)
