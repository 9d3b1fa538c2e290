"""The life of a control, as a table: the municipality asks, the management answers, both sign the minutes."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.MANAGEMENT, Role.SYSTEM})
EITHER = OFFICE | {Role.MUNICIPALITY}


class ControlState(StrEnum):
    """Where a control stands."""

    ASKED = "asked"
    ANSWERED = "answered"
    HELD = "held"
    CLOSED = "closed"
    NOTICE_OPENED = "notice_opened"
    CANCELLED = "cancelled"


S = ControlState
LIFE = Life(
    Passage(S.ASKED, "answer", S.ANSWERED, OFFICE),
    Passage(S.ASKED, "hold", S.HELD, EITHER),  # an inspection may come unannounced
    Passage(S.ANSWERED, "hold", S.HELD, EITHER),
    Passage(S.ANSWERED, "insist", S.ASKED, EITHER, (Need.WHY,)),
    *(Passage(state, "find", state, EITHER, (Need.WHY,)) for state in (S.ANSWERED, S.HELD)),
    *(Passage(state, "close", S.CLOSED, EITHER, (Need.WHY,)) for state in (S.ANSWERED, S.HELD)),
    # what was never answered may be contested too
    *(Passage(state, "open_notice", S.NOTICE_OPENED, EITHER) for state in (S.ASKED, S.ANSWERED, S.HELD)),
    Passage(S.ASKED, "cancel", S.CANCELLED, EITHER, (Need.WHY,)),
)
