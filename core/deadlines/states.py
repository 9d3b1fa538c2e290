"""The states of a deadline, and what people may say of one. What the facts decide is in ``rules``."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage


class DeadlineState(StrEnum):
    """Where a deadline stands."""

    OPEN = "open"
    MET = "met"
    MISSED = "missed"
    SUSPENDED = "suspended"
    CANCELLED = "cancelled"


class ChangeKind(StrEnum):
    """What a person says of a deadline; the last word on each matter holds."""

    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENDED = "extended"
    MET = "met"
    REOPENED = "reopened"


PENDING = (DeadlineState.OPEN, DeadlineState.MISSED, DeadlineState.SUSPENDED)
ALERTING = (DeadlineState.OPEN, DeadlineState.MISSED)
HANDS = frozenset({Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION, Role.SYSTEM})
OPEN, MET, MISSED, SUSPENDED = DeadlineState.OPEN, DeadlineState.MET, DeadlineState.MISSED, DeadlineState.SUSPENDED

# Where these passages lead in truth the facts decide: an extended term may still be missed.
LIFE = Life(
    Passage(OPEN, ChangeKind.MET, MET, HANDS, (Need.WHY,)),
    Passage(OPEN, ChangeKind.EXTENDED, OPEN, HANDS, (Need.WHY,)),
    Passage(OPEN, ChangeKind.SUSPENDED, SUSPENDED, HANDS, (Need.WHY,)),
    Passage(MISSED, ChangeKind.MET, MET, HANDS, (Need.WHY,)),
    Passage(MISSED, ChangeKind.EXTENDED, OPEN, HANDS, (Need.WHY,)),
    Passage(MISSED, ChangeKind.SUSPENDED, SUSPENDED, HANDS, (Need.WHY,)),
    Passage(SUSPENDED, ChangeKind.RESUMED, OPEN, HANDS, (Need.WHY,)),
    Passage(SUSPENDED, ChangeKind.MET, MET, HANDS, (Need.WHY,)),
    Passage(MET, ChangeKind.REOPENED, OPEN, HANDS, (Need.WHY,)),
)
