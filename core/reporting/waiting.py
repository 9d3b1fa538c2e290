"""What waits in the account of a year: accounts that are approved and of which no municipality was told yet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import exists, select

from core.deadlines.waiting import MOST, Waiting, waits_for
from core.funding.model import Budget
from core.funding.states import BudgetState, Stage
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding
from core.ground.exercises import exercise_of
from core.reporting.model import YearlyReport
from core.reporting.reports import contracts_of


@waits_for(Role.MANAGEMENT)
def to_prepare(session: ScopedSession, _today: date) -> Iterator[Waiting]:
    """Accounts without a report to any municipality (R99)."""
    query = select(Budget).where(
        Budget.stage == Stage.ACCOUNTS, Budget.state == BudgetState.APPROVED,
        ~exists().where(YearlyReport.year == Budget.year)).order_by(Budget.year.desc()).limit(MOST)
    for row in session.scalars(query):
        if contracts_of(session, row.year):
            yield Waiting("yearly_reports", row.year, f"Relazione annuale {exercise_of(row)}", Finding(
                "Il bilancio d'esercizio è approvato: preparare la relazione ai Comuni (art. 22, c. 3)."),
                Role.MANAGEMENT)
