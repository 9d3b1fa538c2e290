"""What the page of a budget says, made ready for its template: results, lines, balances, indicators, chart, plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from admin.cases import diary
from admin.web import charts
from admin.web.exercise import of_row
from admin.wording import labels
from core.allocation.model import AllocationPlan
from core.catalogue.model import Service
from core.funding import rules
from core.funding.model import Budget, BudgetLine, FundingSource
from core.funding.results import ZERO, ServiceResult
from core.ground.access import ScopedSession
from core.ground.errors import Finding

CHARTED = 10
FIGURE_COLUMNS = ("direct", "indirect", "general", "fees", "revenues", "sources", "municipal")


@dataclass(frozen=True)
class ServiceRow:
    """A service of the budget: its figures and its lines; ``url`` leads to their form."""

    key: int | None
    title: str
    figures: ServiceResult
    lines: tuple[BudgetLine, ...]
    url: str | None


def sections(session: ScopedSession, row: Budget, *, editable: bool) -> dict[str, Any]:
    """Everything below the title of a budget."""
    rows = service_rows(row, editable)
    return {
        "rows": rows,
        "general": general_row(row, editable),
        "totals": totals(rows),
        "columns": column_titles(),
        "economic": rules.economic_balance(row.lines),
        "financial": rules.financial_balance(row),
        "indicators": rules.indicators(row),
        "remarks": remarks(row),
        "chart": chart(row, rows),
        "plans": plans_of(session, row),
        "lines_url": url_for("budget.lines_view", id=row.id) if editable else None,
        "kind_of": lambda line: labels.choice("budget_line", "kind", line.kind),
        "funder_of": funder,
        "events": diary.events(session, "budget", row.id),
        "diary_acts": (),
    }


def service_rows(row: Budget, editable: bool) -> list[ServiceRow]:
    """A row for each service with its result, in the order of the catalogue."""
    services = {line.service_id: line.service for line in row.lines if line.service is not None}
    found = rules.results(row.lines)
    return [
        ServiceRow(key, services[key].title, found[key], lines_of(row, key), lines_url(row, key) if editable else None)
        for key in sorted(found, key=lambda key: (services[key].order, key))
    ]


def general_row(row: Budget, editable: bool) -> ServiceRow | None:
    """The indirect costs of all services: they stand apart, because the services bear them."""
    lines = lines_of(row, None)
    url = url_for("budget.lines_view", id=row.id, servizio="tutti") if editable else None
    figures = ServiceResult(general=rules.general_costs(row.lines))
    return ServiceRow(None, _("Costi indiretti di tutti i servizi"), figures, lines, url) if lines or editable else None


def lines_of(row: Budget, key: int | None) -> tuple[BudgetLine, ...]:
    """The lines of one service, or of all of them."""
    return tuple(line for line in row.lines if line.service_id == key)


def lines_url(row: Budget, key: int) -> str:
    """Where the lines of a service are edited."""
    return url_for("budget.lines_view", id=row.id, servizio=key)


def totals(rows: Sequence[ServiceRow]) -> dict[str, Decimal]:
    """The sum of each column; of the results there is none: services are not netted (R65)."""
    return {name: sum((getattr(row.figures, name) for row in rows), ZERO) for name in FIGURE_COLUMNS}


def column_titles() -> dict[str, str]:
    """The headings of the figures."""
    return {
        "direct": _("Costi diretti"), "indirect": _("Costi indiretti propri"),
        "general": _("Costi indiretti comuni"), "fees": _("Utenti"), "revenues": _("Altri ricavi"),
        "sources": _("Fonti"), "municipal": _("Risorse dei Comuni"),
    }


def funder(line: BudgetLine) -> str:
    """Who funds a social cost; another body's name is not shown to a municipality."""
    if line.funding_municipality is not None:
        return line.funding_municipality.name
    return line.funder or (_("un altro Comune") if line.funder_id else _("non indicato"))


def remarks(row: Budget) -> list[Finding]:
    """The remarks of the check, those that stop the approval first."""
    return rules.findings(row) if row.state == "draft" else []


def chart(row: Budget, rows: Sequence[ServiceRow]) -> charts.Chart:
    """Costs and coverage of the services that cost most."""
    biggest = sorted(rows, key=lambda entry: entry.figures.costs, reverse=True)[:CHARTED]
    return charts.bars(
        _("Costi e coperture dei servizi che costano di più") if len(rows) > CHARTED else _("Costi e coperture"),
        [entry.title for entry in biggest],
        [(_("Costi"), [entry.figures.costs for entry in biggest]),
         (_("Utenti, ricavi e fonti"), [entry.figures.own_income for entry in biggest]),
         (_("Risorse dei Comuni"), [entry.figures.municipal for entry in biggest])],
        source=f"{labels.choice('budget', 'stage', row.stage)} {of_row(row)}",
    )


def plans_of(session: ScopedSession, row: Budget) -> list[AllocationPlan]:
    """The allocation plans that rest on a budget, as far as they can be seen."""
    query = select(AllocationPlan).where(AllocationPlan.budget_id == row.id).order_by(AllocationPlan.id)
    return list(session.scalars(query))


# --- what the forms offer ---------------------------------------------------------------------------------


def services(session: ScopedSession) -> list[Service]:
    """Every service of the catalogue, in its order."""
    return list(session.scalars(select(Service).order_by(Service.order, Service.id)))


def counts(row: Budget) -> dict[int | None, int]:
    """How many lines each service has."""
    found: dict[int | None, int] = {}
    for line in row.lines:
        found[line.service_id] = found.get(line.service_id, 0) + 1
    return found


def sources(session: ScopedSession) -> list[tuple[Any, str]]:
    """The funding sources, as the options of a field."""
    return [(row.id, row.title) for row in session.scalars(select(FundingSource).order_by(FundingSource.order))]
