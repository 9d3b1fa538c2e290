"""The life of a budget, as a table, and the stages at which a year is counted."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.ACCOUNTING, Role.MANAGEMENT, Role.SYSTEM})


class Stage(StrEnum):
    """The stages of a year, in order; each is a budget of its own."""

    FORECAST = "forecast"
    BUDGET = "budget"
    PRE_CLOSING = "pre_closing"
    ACCOUNTS = "accounts"


class BudgetState(StrEnum):
    """Where a budget stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    CANCELLED = "cancelled"


LIFE = Life(
    Passage(BudgetState.DRAFT, "approve", BudgetState.APPROVED, OFFICE, (Need.ACT,)),
    Passage(BudgetState.DRAFT, "cancel", BudgetState.CANCELLED, OFFICE, (Need.WHY,)),
)
