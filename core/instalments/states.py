"""The lives of an instalment and of a round of requests, as tables."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage
from core.instalments.rules import State

OFFICE = frozenset({Role.ACCOUNTING, Role.MANAGEMENT, Role.SYSTEM})
MANAGEMENT = frozenset({Role.MANAGEMENT, Role.SYSTEM})

# what was asked moves among these as money comes, goes back, or time passes: one verb for each state that is reached
VERBS = {
    State.REQUESTED: "reopen",
    State.DUE: "fall_due",
    State.PART_PAID: "part_pay",
    State.OVERDUE: "lapse",
    State.PAID: "settle",
    State.CREDITED: "credit_again",
}
PAYABLE = frozenset({State.REQUESTED, State.DUE, State.PART_PAID, State.OVERDUE})
ASKED = frozenset(VERBS)

LIFE = Life(
    Passage(State.PLANNED, "request", State.REQUESTED, OFFICE),
    Passage(State.PLANNED, "credit", State.CREDITED, OFFICE),
    Passage(State.PLANNED, "close", State.PAID, OFFICE),  # a balance of zero: nothing is asked, nothing is owed
    Passage(State.PLANNED, "cancel", State.CANCELLED, OFFICE, (Need.WHY,)),
    *(Passage(state, VERBS[to], to, OFFICE)
      for state in (*PAYABLE, State.PAID) for to in (*PAYABLE, State.PAID) if state != to),
    Passage(State.CREDITED, "use_up", State.PAID, OFFICE),
    Passage(State.PAID, VERBS[State.CREDITED], State.CREDITED, OFFICE),
)


class RoundState(StrEnum):
    """Where a round of requests stands."""

    PREPARED = "prepared"
    APPROVED = "approved"
    SENT = "sent"
    CANCELLED = "cancelled"


ROUND_LIFE = Life(
    Passage(RoundState.PREPARED, "approve", RoundState.APPROVED, MANAGEMENT),
    Passage(RoundState.APPROVED, "send", RoundState.SENT, OFFICE),
    Passage(RoundState.PREPARED, "dissolve", RoundState.CANCELLED, OFFICE, (Need.WHY,)),
    Passage(RoundState.APPROVED, "dissolve", RoundState.CANCELLED, OFFICE, (Need.WHY,)),
)
