"""What a budget says, told as accounting would tell it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from core.funding import rules
from core.funding.model import Budget, BudgetLine, FundingSource
from core.funding.rules import LineFacts
from core.ground.errors import Level, RuleBroken

D = Decimal
OWN = FundingSource(code="municipal_resources", title="Risorse proprie dei Comuni")
FUND = FundingSource(code="fsr", title="Fondo Sociale Regionale")


def line(kind: str, amount: str, service: int | None = 1, **fields: object) -> BudgetLine:
    return BudgetLine(kind=kind, amount=D(amount), service_id=service, title="Voce", **{"social": False, "funder": "",
                                                                                       **fields})


LINES = [
    line("direct_cost", "900.00"), line("user_fee", "100.00"), line("source", "50.00", source=FUND, source_id=2),
    line("source", "800.00", source=OWN, source_id=1),
    line("direct_cost", "100.00", 2), line("revenue", "160.00", 2),
    line("indirect_cost", "100.00", None),
]


def test_each_service_closes_with_its_own_result_loss_or_gain() -> None:
    found = rules.results(LINES)
    assert found[1].general == D("90.00")
    assert found[1].result == D("-40.00")
    assert found[2].result == D("50.00")


def test_what_the_municipalities_pay_is_no_income_of_the_service_itself() -> None:
    assert rules.results(LINES)[1].own_income == D("150.00")


def test_the_economic_balance_sets_revenues_against_costs() -> None:
    balance = rules.economic_balance(LINES)
    assert (balance.received, balance.spent, balance.left) == (D("1110.00"), D("1100.00"), D("10.00"))


def test_the_indicators_come_with_the_figures_and_not_before() -> None:
    budget = Budget(year=2025, stage="accounts", lines=LINES)
    assert rules.indicators(budget).liquidity is None
    budget.current_assets, budget.current_debts, budget.equity, budget.total_assets = D(300), D(200), D(50), D(400)
    found = rules.indicators(budget)
    assert (found.profitability, found.liquidity, found.solidity) == (D("0.9"), D("1.50"), D("12.5"))
    budget.current_debts = D(0)
    assert rules.indicators(budget).liquidity is None


def test_a_social_cost_names_who_funds_it() -> None:
    budget = Budget(year=2026, stage="budget", lines=[line("direct_cost", "10.00", social=True)])
    assert [finding.source for finding in rules.findings(budget) if finding.level is Level.ERROR] == ["R65"]
    budget.lines[0].funder = "Prefettura"
    assert rules.findings(budget) == []


def test_the_accounts_ask_for_balances_and_indicators() -> None:
    budget = Budget(year=2025, stage="accounts", lines=LINES)
    assert [finding.source for finding in rules.findings(budget)] == ["R63"]


def test_an_empty_budget_cannot_be_approved() -> None:
    assert rules.findings(Budget(year=2026, stage="budget"))[0].level is Level.ERROR


FACTS = LineFacts("direct_cost", "Educatori", D("10.00"))


@pytest.mark.parametrize(
    ("facts", "service", "word"),
    [
        (replace(FACTS, amount=D("-1.00")), 1, "negativo"),
        (replace(FACTS, amount=D("1.234")), 1, "più di due decimali"),
        (replace(FACTS, title=" "), 1, "descrizione"),
        (replace(FACTS, kind="gift"), 1, "tipo"),
        (FACTS, None, "solo costi indiretti"),
        (replace(FACTS, kind="source"), 1, "fonte"),
        (replace(FACTS, kind="revenue", social=True), 1, "costo sociale"),
    ],
)
def test_a_line_that_cannot_be_is_refused_in_words(facts: LineFacts, service: int | None, word: str) -> None:
    with pytest.raises(RuleBroken, match=word):
        rules.check_line(facts, service)
