"""The lives of a damaging event, of the azienda's contestation and of an arbitration, as tables."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.MANAGEMENT, Role.SYSTEM})
EITHER = OFFICE | {Role.MUNICIPALITY}


class DamagingEventState(StrEnum):
    """Where a damaging event stands."""

    RECORDED = "recorded"
    TOLD = "told"
    WITH_INSURER = "with_insurer"
    CLOSED = "closed"


D = DamagingEventState
DAMAGE_LIFE = Life(
    Passage(D.RECORDED, "tell", D.TOLD, OFFICE, (Need.DOCUMENT,)),
    Passage(D.RECORDED, "tell_last", D.WITH_INSURER, OFFICE, (Need.DOCUMENT,)),  # the insurer knows already
    Passage(D.RECORDED, "insure_first", D.RECORDED, OFFICE),
    Passage(D.TOLD, "insure", D.WITH_INSURER, OFFICE),
    *(Passage(state, "restore", state, OFFICE, (Need.WHY,)) for state in (D.RECORDED, D.TOLD, D.WITH_INSURER)),
    Passage(D.TOLD, "close", D.CLOSED, OFFICE, (Need.WHY,)),
    Passage(D.WITH_INSURER, "close", D.CLOSED, OFFICE, (Need.WHY,)),
)


class ContestationState(StrEnum):
    """Where a contestation stands."""

    DRAFT = "draft"
    DISPATCHED = "dispatched"
    FORMALISED = "formalised"
    REPLIED = "replied"
    SETTLED = "settled"
    RETRACTED = "retracted"


C = ContestationState
CONTESTATION_LIFE = Life(
    Passage(C.DRAFT, "send", C.DISPATCHED, OFFICE, (Need.DOCUMENT,)),
    Passage(C.DISPATCHED, "formalise", C.FORMALISED, OFFICE, (Need.RECEIVED, Need.DOCUMENT)),
    Passage(C.FORMALISED, "reply", C.REPLIED, EITHER),
    *(Passage(state, "settle", C.SETTLED, OFFICE, (Need.WHY,)) for state in (C.FORMALISED, C.REPLIED)),
    *(Passage(state, "retract", C.RETRACTED, OFFICE, (Need.WHY,))
      for state in (C.DRAFT, C.DISPATCHED, C.FORMALISED, C.REPLIED)),
)


class ArbitrationState(StrEnum):
    """Where an arbitration stands."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    APPOINTED = "appointed"
    AWARDED = "awarded"
    DROPPED = "dropped"


A = ArbitrationState
ARBITRATION_LIFE = Life(
    Passage(A.PROPOSED, "agree", A.PROPOSED, EITHER, (Need.DOCUMENT,)),
    Passage(A.PROPOSED, "agree_last", A.AGREED, EITHER, (Need.DOCUMENT,)),
    Passage(A.AGREED, "name", A.AGREED, EITHER),
    Passage(A.AGREED, "appoint", A.APPOINTED, EITHER),
    Passage(A.APPOINTED, "replace", A.APPOINTED, OFFICE, (Need.WHY,)),
    Passage(A.APPOINTED, "award", A.AWARDED, OFFICE, (Need.DOCUMENT,)),
    *(Passage(state, "drop", A.DROPPED, EITHER, (Need.WHY,)) for state in (A.PROPOSED, A.AGREED, A.APPOINTED)),
)
