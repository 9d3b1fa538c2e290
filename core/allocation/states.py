"""The life of an allocation plan, as a table."""

from __future__ import annotations

from enum import StrEnum

from core.funding.states import OFFICE
from core.ground.states import Life, Need, Passage


class PlanState(StrEnum):
    """Where an allocation plan stands."""

    DRAFT = "draft"
    APPROVED = "approved"


LIFE = Life(
    Passage(PlanState.DRAFT, "approve", PlanState.APPROVED, OFFICE, (Need.ACT,)),
)
