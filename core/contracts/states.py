"""The life of a contract, as a table."""

from __future__ import annotations

from enum import StrEnum

from core.access import Role
from core.states import Life, Passage

OFFICE = frozenset({Role.MANAGEMENT, Role.SYSTEM})


class ContractState(StrEnum):
    """Where a contract stands."""

    DRAFT = "draft"
    CANCELLED = "cancelled"


LIFE = Life(
    Passage(ContractState.DRAFT, "cancel", ContractState.CANCELLED, OFFICE),
)
