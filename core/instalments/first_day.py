"""The first day of the exercise stays once something is reckoned by it."""

from __future__ import annotations

from sqlalchemy import select

from core.allocation.model import YearShare
from core.deadlines.model import CaseEvent
from core.funding.model import Budget
from core.funding.states import BudgetState
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.instalments.model import Instalment
from core.instalments.rules import State
from core.parties.azienda import exercise_changes

RECKONED = (
    select(Budget.id).where(Budget.state != BudgetState.CANCELLED),
    select(YearShare.id),
    select(Instalment.id).where(Instalment.state != State.CANCELLED),
    select(CaseEvent.id).where(CaseEvent.occurrence != "", ~CaseEvent.withdrawn),
)


@exercise_changes
def require_unused(session: ScopedSession) -> None:
    """RuleBroken if something is reckoned by the first day that holds: it would be of other twelve months unseen.

    Between two first days lies an exercise that is shorter or longer than a year: days of its plan come twice or never,
    and its shares would be of no year. It is not reckoned here (see decision 0051).
    """
    if any(session.scalar(query.limit(1)) is not None for query in RECKONED):
        raise RuleBroken("L'inizio dell'esercizio non si cambia più: ci sono già bilanci, quote, rate o eventi di un "
                         "anno, e sarebbero di altri dodici mesi. Si indica prima del primo bilancio.",
                         field="exercise_starts")
