"""The lives of a unit and of a notice of operation, as tables."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.ACCREDITATION, Role.MANAGEMENT, Role.SYSTEM})


class UnitState(StrEnum):
    """Where a unit stands."""

    PLANNED = "planned"
    OPERATING = "operating"
    CLOSED = "closed"


UNIT_LIFE = Life(
    Passage(UnitState.PLANNED, "open", UnitState.OPERATING, OFFICE),
    Passage(UnitState.OPERATING, "close", UnitState.CLOSED, OFFICE),
    Passage(UnitState.CLOSED, "open", UnitState.OPERATING, OFFICE),
    Passage(UnitState.PLANNED, "give_up", UnitState.CLOSED, OFFICE, (Need.WHY,)),
)


class OperatingNoticeState(StrEnum):
    """Where a notice of operation stands: received, to be completed, valid, in effect, without effect."""

    RECEIVED = "received"
    TO_COMPLETE = "to_complete"
    CHECKED = "checked"
    EFFECTIVE = "effective"
    VOID = "void"


N = OperatingNoticeState
# a notice needs nobody's consent (L.R. 3/2008 art. 15): on its day it takes effect, looked through by the office or not
NOTICE_LIFE = Life(
    Passage(N.RECEIVED, "ask_completion", N.TO_COMPLETE, OFFICE, (Need.WHY,)),
    Passage(N.TO_COMPLETE, "complete", N.RECEIVED, OFFICE | {Role.PROVIDER}),
    Passage(N.RECEIVED, "check", N.CHECKED, OFFICE),
    Passage(N.RECEIVED, "take_effect", N.EFFECTIVE, OFFICE),
    Passage(N.CHECKED, "take_effect", N.EFFECTIVE, OFFICE),
    Passage(N.RECEIVED, "void", N.VOID, OFFICE, (Need.WHY,)),
    Passage(N.TO_COMPLETE, "void", N.VOID, OFFICE, (Need.WHY,)),
    Passage(N.CHECKED, "void", N.VOID, OFFICE, (Need.WHY,)),
)
