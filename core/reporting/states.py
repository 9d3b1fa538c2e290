"""The life of a yearly report, as a table: sent, and received as the receipt of its letter proves."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM})


class ReportState(StrEnum):
    """Where a report stands."""

    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"


S = ReportState
LIFE = Life(
    Passage(S.DRAFT, "send", S.SENT, OFFICE, (Need.DOCUMENT,)),
    Passage(S.SENT, "receive", S.RECEIVED, OFFICE, (Need.RECEIVED,)),
)
