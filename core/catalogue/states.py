"""The life of an edition of a sheet, as a table (R1, R76)."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.MANAGEMENT, Role.SYSTEM})


class EditionState(StrEnum):
    """Where an edition stands. A superseded one stays the annex of the contracts of its years."""

    DRAFT = "draft"
    APPROVED = "approved"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


LIFE = Life(
    Passage(EditionState.DRAFT, "approve", EditionState.APPROVED, OFFICE, (Need.ACT,)),
    Passage(EditionState.DRAFT, "cancel", EditionState.CANCELLED, OFFICE, (Need.WHY,)),
    # nobody does it: it follows from the approval of a later edition
    Passage(EditionState.APPROVED, "supersede", EditionState.SUPERSEDED, frozenset({Role.SYSTEM})),
)
