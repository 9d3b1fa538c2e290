"""A budget that comes from a workbook: validated row by row, whole or not at all."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from core.funding.model import Budget, BudgetLine
from core.funding.rules import results
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from tests.integration.imports.conftest import Send

COST = {"year": 2027, "stage": "Bilancio preventivo", "service": "neutral_space", "kind": "Costo diretto",
        "title": "Educatori", "amount": "9.000,00"}
FUND = {**COST, "kind": "Fonte di finanziamento", "title": "Contributo", "amount": 4500, "source": "FSR"}
TRIP = {**COST, "title": "Gita", "amount": "100,00", "social": "sì", "funder": "dresano"}
GENERAL = {**COST, "service": None, "kind": "Costo indiretto", "title": "Direzione", "amount": "50,00"}


def test_a_budget_comes_whole_with_its_sources_and_funders(send: Send, database: Database) -> None:
    report = send("budgets", COST, FUND, TRIP, GENERAL)
    assert report.applied
    with ScopedSession(database, system("prova")) as session:
        budget = session.scalars(select(Budget)).one()
        [result] = results(budget.lines).values()
        assert result.result == Decimal("-4650.00")
        trip = session.scalars(select(BudgetLine).where(BudgetLine.social)).one()
        assert trip.funding_municipality is not None
        assert trip.funding_municipality.name == "Dresano"


def test_every_wrong_row_is_told_and_nothing_goes_in(send: Send, database: Database) -> None:
    report = send(
        "budgets", COST, {**COST, "amount": "-1,00"}, {**COST, "amount": "1.234"}, {**COST, "service": "circo"},
        {**FUND, "source": "lotteria"}, {**FUND, "source": None}, {**COST, "service": None},
        {**COST, "kind": "Regalo"}, {**COST, "year": 1815},
    )
    told = [str(row.findings[0]) for row in report.rows if row.findings]
    assert not report.applied
    for word, sentence in zip(
        ("negativo", "due decimali", "«circo»", "«lotteria»", "quale fonte", "solo costi indiretti", "«Regalo»",
         "1815"), told, strict=True,
    ):
        assert word in sentence
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(Budget)).all() == []


def test_a_budget_that_has_lines_is_not_filled_twice(send: Send) -> None:
    assert send("budgets", COST).applied
    again = send("budgets", COST)
    assert not again.applied
    assert "ha già le sue voci" in str(again.rows[0].findings[0])


def test_a_rehearsal_keeps_nothing(send: Send, database: Database) -> None:
    assert send("budgets", COST, FUND, rehearse=True).is_clean
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(Budget)).all() == []
