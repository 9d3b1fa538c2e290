"""What a budget says: the result of each service, the two balances, the three indicators, the remarks. Pure.

Amounts are euros. Services are never netted one against the other (R65): each closes with its own result.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from core.funding.model import Budget, BudgetLine
from core.funding.results import ZERO, ServiceResult, spread_by
from core.funding.states import Stage
from core.ground import money
from core.ground.errors import Finding, Level, Place, RuleBroken
from core.ground.required import require_text

TENTH = Decimal("0.1")
MUNICIPAL = "municipal_resources"  # the code of R66: what the municipalities pay, and the allocation plan shares
YEARS = range(2000, 2101)
FIGURES = ("cash_in", "cash_out", "current_assets", "current_debts", "equity", "total_assets")


class LineKind(StrEnum):
    """What a line of a budget is."""

    DIRECT_COST = "direct_cost"
    INDIRECT_COST = "indirect_cost"
    USER_FEE = "user_fee"
    REVENUE = "revenue"
    SOURCE = "source"


COSTS = frozenset({LineKind.DIRECT_COST, LineKind.INDIRECT_COST})


@dataclass(frozen=True)
class LineFacts:
    """A line as a form or a file says it; ``amount`` in euros."""

    kind: str
    title: str
    amount: Decimal
    source_id: int | None = None
    social: bool = False
    funder_id: int | None = None
    funder: str = ""


def check_line(line: LineFacts, service_id: int | None) -> None:
    """RuleBroken in words for a line that no budget can hold; ``service_id`` None: it is of all services."""
    if line.kind not in set(LineKind):
        raise RuleBroken("Scegliere il tipo della voce.", field="kind")
    require_text(line.title, "Ogni voce ha una descrizione: completarla.", field="title")
    if money.exact_cents(line.amount, field="amount") < 0:
        raise RuleBroken("«%(title)s»: un importo non può essere negativo. Un costo si scrive tra i costi, un ricavo "
                         "tra i ricavi.", field="amount", title=line.title)
    if service_id is None and line.kind != LineKind.INDIRECT_COST:
        raise RuleBroken("«%(title)s»: senza un servizio si registrano solo costi indiretti. I servizi non si "
                         "compensano tra loro (art. 12, c. 3): scegliere il servizio.", field="kind",
                         title=line.title)
    if line.kind == LineKind.SOURCE and line.source_id is None:
        raise RuleBroken("«%(title)s»: indicare quale fonte di finanziamento.", field="source_id", title=line.title)
    if line.social and line.kind not in COSTS:
        raise RuleBroken("«%(title)s»: solo un costo può essere un costo sociale.", field="social", title=line.title)


def check_year(year: int) -> None:
    """RuleBroken for a year that no budget is made for."""
    if year not in YEARS:
        raise RuleBroken("L'anno %(year)s non va bene: indicare un anno tra %(first)s e %(last)s.", field="year",
                         year=year, first=YEARS[0], last=YEARS[-1])


# --- the result of each service ---------------------------------------------------------------------------


FIELD_OF = {LineKind.DIRECT_COST: "direct", LineKind.INDIRECT_COST: "indirect", LineKind.USER_FEE: "fees",
            LineKind.REVENUE: "revenues", LineKind.SOURCE: "sources"}


def results(lines: Sequence[BudgetLine]) -> dict[int, ServiceResult]:
    """The result of each service by its id, in the order of the lines.

    The indirect costs of all services are spread by direct costs, exact to the cent; by equal parts if no service has
    any, and nowhere if there is no service.
    """
    sums: dict[int, dict[str, Decimal]] = {}
    for line in lines:
        if line.service_id is not None:
            of_service, name = sums.setdefault(line.service_id, {}), column_of(line)
            of_service[name] = of_service.get(name, ZERO) + line.amount
    spread = spread_by({str(key): found.get("direct", ZERO) for key, found in sums.items()}, general_costs(lines))
    return {key: ServiceResult(**found, general=spread[str(key)]) for key, found in sums.items()}


def column_of(line: BudgetLine) -> str:
    """The figure of ``ServiceResult`` that a line belongs to; what the municipalities pay stands apart (R66)."""
    if line.kind == LineKind.SOURCE and line.source is not None and line.source.code == MUNICIPAL:
        return "municipal"
    return FIELD_OF[LineKind(line.kind)]


def general_costs(lines: Sequence[BudgetLine]) -> Decimal:
    """The indirect costs of all services together."""
    return sum((line.amount for line in lines if line.service_id is None), ZERO)


# --- balances and indicators ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """Two sums that stand against each other, and what is left; None while a figure is missing."""

    received: Decimal | None
    spent: Decimal | None

    @property
    def left(self) -> Decimal | None:
        """Received less spent."""
        return None if self.received is None or self.spent is None else self.received - self.spent


def economic_balance(lines: Sequence[BudgetLine]) -> Balance:
    """Revenues against costs of the whole azienda (R63)."""
    costs = sum((line.amount for line in lines if line.kind in COSTS), ZERO)
    return Balance(sum((line.amount for line in lines if line.kind not in COSTS), ZERO), costs)


def financial_balance(budget: Budget) -> Balance:
    """Money in against money out (R63)."""
    return Balance(budget.cash_in, budget.cash_out)


@dataclass(frozen=True)
class Indicators:
    """The three indicators of the notes to the accounts (R64); None where a figure is missing or would divide by zero.

    ``profitability``: economic result in percent of revenues. ``liquidity``: current assets over current debts; below 1
    the debts of the year exceed what can pay them. ``solidity``: equity in percent of total assets.
    """

    profitability: Decimal | None
    liquidity: Decimal | None
    solidity: Decimal | None


def indicators(budget: Budget) -> Indicators:
    """The three indicators of a budget, to one decimal; liquidity to two."""
    economic = economic_balance(budget.lines)
    return Indicators(
        profitability=_ratio(economic.left, economic.received, 100, TENTH),
        liquidity=_ratio(budget.current_assets, budget.current_debts, 1, money.CENT),
        solidity=_ratio(budget.equity, budget.total_assets, 100, TENTH),
    )


def _ratio(part: Decimal | None, whole: Decimal | None, times: int, step: Decimal) -> Decimal | None:
    if part is None or not whole:
        return None
    return (part * times / whole).quantize(step, rounding="ROUND_HALF_UP")


# --- remarks ----------------------------------------------------------------------------------------------


def findings(budget: Budget) -> list[Finding]:
    """Everything to be said of a budget, errors first: these stop its approval."""
    found = [*(replace(finding, at=Place("budget.lines", budget.id)) for finding in _of_lines(budget.lines)),
             *(replace(finding, at=Place("budget.figures", budget.id)) for finding in _of_accounts(budget))]
    return sorted(found, key=lambda finding: finding.level is not Level.ERROR)


def _of_lines(lines: Sequence[BudgetLine]) -> Iterator[Finding]:
    if not any(line.amount for line in lines):
        yield Finding("Il bilancio non ha ancora voci: registrarle per ogni servizio.", level=Level.ERROR)
    for line in lines:
        if line.social and not (line.funder_id or line.funder.strip()):
            yield Finding("«%(title)s» è un costo sociale e non dice chi lo finanzia: indicarlo (art. 12, c. 3).",
                          {"title": line.title}, Level.ERROR, source="R65")
        if line.kind == LineKind.SOURCE and line.source_id is None:
            yield Finding("«%(title)s» è un finanziamento senza la sua fonte: indicarla.", {"title": line.title},
                          Level.ERROR, source="R66")
    if general_costs(lines) and not any(line.service_id for line in lines):
        yield Finding("Ci sono costi indiretti di tutti i servizi, ma nessun servizio che li sostenga.",
                      level=Level.ERROR)


def _of_accounts(budget: Budget) -> Iterator[Finding]:
    if budget.stage == Stage.ACCOUNTS and any(getattr(budget, name) is None for name in FIGURES):
        yield Finding("Con il bilancio d'esercizio si presentano l'equilibrio finanziario e gli indicatori di "
                      "redditività, liquidità e solidità: mancano alcune cifre.", source="R63")
