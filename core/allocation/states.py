"""The life of an allocation plan, as a table."""

from __future__ import annotations

from enum import StrEnum

from core.funding.states import OFFICE
from core.ground.states import Life, Need, Passage


class PlanState(StrEnum):
    """Where an allocation plan stands."""

    DRAFT = "draft"
    APPROVED = "approved"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"


READABLE = (PlanState.APPROVED, PlanState.CORRECTED)  # what members read, also when another has taken its place

LIFE = Life(
    Passage(PlanState.DRAFT, "approve", PlanState.APPROVED, OFFICE, (Need.ACT,)),
    Passage(PlanState.DRAFT, "cancel", PlanState.CANCELLED, OFFICE, (Need.WHY,)),
    Passage(PlanState.APPROVED, "correct", PlanState.CORRECTED, OFFICE, (Need.ACT,)),  # another took its place
)
