"""The lives of a notice of default, of a penalty and of a claim of damages, as tables.

The municipality contests and decides what it contested; the answer is the azienda's, which is heard (R101). Letters,
receipts and minutes are facts, which either side records. What disposes of the claim is the municipality's alone: the
azienda owes, and does not judge itself; its management records such an act only on the municipality's behalf, with its
document (``ON_BEHALF``), and the municipality may object. Some rows lead back to where they start: an act is recorded
and nothing else changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

CONTESTS = frozenset({Role.MUNICIPALITY, Role.MANAGEMENT, Role.SYSTEM})
AZIENDA = frozenset({Role.MANAGEMENT, Role.SYSTEM})
PAYS = frozenset({Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM})
ANYBODY = CONTESTS | PAYS
CREDITOR = frozenset({Role.MUNICIPALITY, Role.SYSTEM})
ON_BEHALF = frozenset({Role.MANAGEMENT})


class DefaultNoticeState(StrEnum):
    """Where a notice of default stands."""

    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"
    ANSWERED = "answered"
    SILENT = "silent"
    SUMMONED = "summoned"
    HEARD = "heard"
    DECIDED = "decided"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class PenaltyState(StrEnum):
    """Where a penalty stands."""

    DECIDED = "decided"
    REQUESTED = "requested"
    REDUCED = "reduced"
    PART_PAID = "part_paid"
    OVERDUE = "overdue"
    PAID = "paid"
    CONTESTED = "contested"
    CANCELLED = "cancelled"


class DamageClaimState(StrEnum):
    """Where a claim of damages stands."""

    OPEN = "open"
    SETTLED = "settled"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class BehalfState(StrEnum):
    """Where an act stands that was recorded on behalf of the municipality."""

    TOLD = "told"
    ACCEPTED = "accepted"
    OBJECTED = "objected"
    CONFIRMED = "confirmed"
    TAKEN_BACK = "taken_back"
    CORRECTED = "corrected"


N = DefaultNoticeState
P = PenaltyState
D = DamageClaimState
B = BehalfState
UNDECIDED = (N.DRAFT, N.SENT, N.RECEIVED, N.ANSWERED, N.SILENT, N.SUMMONED, N.HEARD)
DELIVERED = (N.RECEIVED, N.ANSWERED, N.SILENT, N.SUMMONED)
OVER = (N.CLOSED, N.WITHDRAWN)


def _of_notices() -> Iterator[Passage]:
    """The rows, in the order in which their buttons stand."""
    yield Passage(N.DRAFT, "send", N.SENT, CONTESTS, (Need.DOCUMENT,))
    yield Passage(N.SENT, "receive", N.RECEIVED, CONTESTS, (Need.RECEIVED,))
    yield Passage(N.RECEIVED, "answer", N.ANSWERED, AZIENDA, (Need.DOCUMENT,))
    yield Passage(N.SILENT, "answer", N.ANSWERED, AZIENDA, (Need.DOCUMENT,))  # late, after a silence was recorded
    yield Passage(N.SUMMONED, "answer", N.SUMMONED, AZIENDA, (Need.DOCUMENT,))
    yield Passage(N.RECEIVED, "note_silence", N.SILENT, CONTESTS)
    yield Passage(N.SUMMONED, "note_silence", N.SUMMONED, CONTESTS)
    for state in DELIVERED:
        yield Passage(state, "summon", N.SUMMONED, CONTESTS)
    yield Passage(N.SUMMONED, "hear", N.HEARD, CONTESTS, (Need.DOCUMENT,))
    yield Passage(N.HEARD, "decide", N.DECIDED, CONTESTS, (), ON_BEHALF)
    for state in (*DELIVERED, N.HEARD):
        yield Passage(state, "decide_early", N.DECIDED, CONTESTS, (Need.WHY,), ON_BEHALF)
    for state in (*DELIVERED, N.HEARD, N.DECIDED):
        yield Passage(state, "comply", state, CONTESTS, (Need.DOCUMENT,))
    yield Passage(N.DECIDED, "apply", N.DECIDED, CONTESTS, (Need.WHY,))  # a note: the act is the penalty's own
    yield Passage(N.DECIDED, "close", N.CLOSED, CONTESTS, (Need.WHY,), ON_BEHALF)
    for state in UNDECIDED:
        yield Passage(state, "withdraw", N.WITHDRAWN, CONTESTS, (Need.WHY,), ON_BEHALF)


NOTICE_LIFE = Life(*_of_notices())

# what is owed moves among these as money comes, goes back, or time passes: one verb for each state that is reached
VERBS = {
    P.DECIDED: "stand",
    P.REQUESTED: "reopen",
    P.REDUCED: "stand_reduced",
    P.PART_PAID: "part_pay",
    P.OVERDUE: "lapse",
    P.PAID: "settle",
}
MONEY = tuple(VERBS)
PAYABLE = (P.DECIDED, P.REQUESTED, P.REDUCED, P.PART_PAID, P.OVERDUE)


def _of_penalties() -> Iterator[Passage]:
    """The rows, in the order in which their buttons stand; what was applied on behalf comes back if it is confirmed."""
    for state in (P.DECIDED, P.CANCELLED):
        yield Passage(state, "apply", P.DECIDED, CONTESTS, (), ON_BEHALF)
    yield Passage(P.DECIDED, "request", P.REQUESTED, CONTESTS, (Need.DOCUMENT,))
    for state in (P.REDUCED, P.PART_PAID):
        yield Passage(state, "request", state, CONTESTS, (Need.DOCUMENT,))
    for state in (P.REQUESTED, P.REDUCED, P.PART_PAID, P.PAID, P.CONTESTED):
        yield Passage(state, "receive", state, CONTESTS, (Need.RECEIVED,))
    yield Passage(P.CONTESTED, "pay_reserved", P.CONTESTED, PAYS)
    for state in MONEY:
        yield Passage(state, "contest", P.CONTESTED, AZIENDA, (Need.WHY,))
    yield Passage(P.CONTESTED, "confirm", P.DECIDED, CONTESTS, (Need.WHY, Need.DOCUMENT))
    for state in (*MONEY, P.CONTESTED):
        yield Passage(state, "reduce", P.REDUCED, CONTESTS, (Need.WHY, Need.DOCUMENT), ON_BEHALF)
    for state in (*PAYABLE, P.CONTESTED):
        yield Passage(state, "cancel", P.CANCELLED, CONTESTS, (Need.WHY,), ON_BEHALF)
    for state in MONEY:
        for to in MONEY:
            if state is not to:
                yield Passage(state, VERBS[to], to, ANYBODY)


PENALTY_LIFE = Life(*_of_penalties())

DAMAGE_LIFE = Life(
    Passage(D.OPEN, "settle", D.SETTLED, CONTESTS, (Need.WHY,), ON_BEHALF),
    Passage(D.OPEN, "reject", D.REJECTED, CONTESTS, (Need.WHY,), ON_BEHALF),
    Passage(D.OPEN, "withdraw", D.WITHDRAWN, CONTESTS, (Need.WHY,), ON_BEHALF),
)

BEHALF_LIFE = Life(
    Passage(B.TOLD, "accept", B.ACCEPTED, CREDITOR),
    Passage(B.TOLD, "object", B.OBJECTED, CREDITOR, (Need.WHY,)),
    Passage(B.ACCEPTED, "object", B.OBJECTED, CREDITOR, (Need.WHY,)),
    Passage(B.OBJECTED, "confirm", B.CONFIRMED, CREDITOR),
    Passage(B.OBJECTED, "take_back", B.TAKEN_BACK, CREDITOR, (Need.WHY,)),
    Passage(B.TOLD, "correct", B.CORRECTED, AZIENDA, (Need.WHY,)),
)
