"""The life of a contract, as a table: what may happen to it, where it leads, and what proves it.

Some rows lead back to where they start: an act is recorded and nothing else changes. What the calendar brings
(``BY_CALENDAR``) is done by the worker when its day has come, and by the office if it wishes to be first.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.MANAGEMENT, Role.SYSTEM})
BY_CALENDAR = frozenset({"enter_force", "expire", "renew_tacitly", "renew"})


class ContractState(StrEnum):
    """Where a contract stands."""

    DRAFT = "draft"
    UNDER_APPROVAL = "under_approval"
    PARTLY_APPROVED = "partly_approved"
    APPROVED = "approved"
    SIGNED = "signed"
    IN_FORCE = "in_force"
    EXTENDED = "extended"
    EXPIRED = "expired"
    CONTINUITY = "continuity"
    RENEWED = "renewed"
    WITHDRAWN = "withdrawn"
    GROUND_ARISEN = "ground_arisen"
    TERMINATED = "terminated"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    MERGED = "merged"


S = ContractState
RUNNING = (S.IN_FORCE, S.EXTENDED)
WITHDRAWAL = (Need.ACT, Need.DOCUMENT, Need.RECEIVED, Need.WHY)
# Nobody has signed it: it is on its way, was given up, or is a working copy that has gone into its contract.
NOT_YET = frozenset({S.DRAFT, S.UNDER_APPROVAL, S.PARTLY_APPROVED, S.APPROVED, S.CANCELLED, S.MERGED})


def _passages() -> Iterator[Passage]:
    """The rows, in the order in which their buttons stand."""
    yield Passage(S.DRAFT, "submit", S.UNDER_APPROVAL, OFFICE)
    yield Passage(S.DRAFT, "cancel", S.CANCELLED, OFFICE, (Need.WHY,))
    for state in (S.UNDER_APPROVAL, S.PARTLY_APPROVED):
        yield Passage(state, "approve", S.PARTLY_APPROVED, OFFICE, (Need.ACT,))
        yield Passage(state, "approve_last", S.APPROVED, OFFICE, (Need.ACT,))
    yield Passage(S.APPROVED, "sign", S.SIGNED, OFFICE, (Need.DOCUMENT,))
    yield Passage(S.APPROVED, "approve", S.APPROVED, OFFICE, (Need.ACT,))
    for state in (S.UNDER_APPROVAL, S.PARTLY_APPROVED, S.APPROVED):
        yield Passage(state, "send_back", S.DRAFT, OFFICE, (Need.WHY,))
    yield Passage(S.SIGNED, "enter_force", S.IN_FORCE, OFFICE)
    yield Passage(S.SIGNED, "merge", S.MERGED, OFFICE)
    for state in RUNNING:
        yield Passage(state, "extend", S.EXTENDED, OFFICE, (Need.ACT, Need.DOCUMENT))
        yield Passage(state, "renew_tacitly", S.EXTENDED, OFFICE)
        yield Passage(state, "withdraw", S.WITHDRAWN, OFFICE, WITHDRAWAL)
        yield Passage(state, "leave", state, OFFICE, WITHDRAWAL)  # one of several: the others go on
        yield Passage(state, "ground", S.GROUND_ARISEN, OFFICE, (Need.WHY,))
    yield Passage(S.EXPIRED, "extend", S.EXTENDED, OFFICE, (Need.ACT, Need.DOCUMENT))  # and why, if there is a gap
    yield Passage(S.EXPIRED, "continue", S.CONTINUITY, OFFICE, (Need.WHY,))
    for state in (*RUNNING, S.EXPIRED):
        yield Passage(state, "assess", state, OFFICE, (Need.ACT,))
        yield Passage(state, "communicate", state, OFFICE, (Need.RECEIVED,))
    for state in (*RUNNING, S.EXPIRED, S.CONTINUITY):
        yield Passage(state, "prepare_renewal", state, OFFICE)
        yield Passage(state, "renew", S.RENEWED, OFFICE)
    yield Passage(S.GROUND_ARISEN, "declare", S.TERMINATED, OFFICE, (Need.ACT, Need.DOCUMENT, Need.RECEIVED))
    yield Passage(S.GROUND_ARISEN, "forgo", S.IN_FORCE, OFFICE, (Need.WHY,))
    yield Passage(S.GROUND_ARISEN, "forgo_extended", S.EXTENDED, OFFICE, (Need.WHY,))
    for state in (*RUNNING, S.GROUND_ARISEN):
        yield Passage(state, "expire", S.EXPIRED, OFFICE)
    for state in (S.EXPIRED, S.CONTINUITY, S.RENEWED, S.WITHDRAWN, S.TERMINATED):
        yield Passage(state, "close", S.CLOSED, OFFICE, (Need.WHY,))


LIFE = Life(*_passages())
