"""The life of a month of use, as a table: it is recorded, then closed; a close that came too early is taken back."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Passage

OFFICE = frozenset({Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM})


class MonthState(StrEnum):
    """Where a month of a service stands."""

    OPEN = "open"
    CLOSED = "closed"


LIFE = Life(Passage(MonthState.OPEN, "close", MonthState.CLOSED, OFFICE))
