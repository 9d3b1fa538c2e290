"""The life of a line of a bank statement, as a table."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.ACCOUNTING, Role.MANAGEMENT, Role.SYSTEM})


class LineState(StrEnum):
    """Where a credit on a statement stands."""

    OPEN = "open"
    MATCHED = "matched"
    IGNORED = "ignored"


LINE_LIFE = Life(
    Passage(LineState.OPEN, "match", LineState.MATCHED, OFFICE),
    Passage(LineState.OPEN, "ignore", LineState.IGNORED, OFFICE, (Need.WHY,)),
    Passage(LineState.IGNORED, "reopen", LineState.OPEN, OFFICE),
    Passage(LineState.MATCHED, "reopen", LineState.OPEN, OFFICE, (Need.WHY,)),  # its payment was reversed
)
