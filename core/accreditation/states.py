"""The lives of an accreditation, of a forewarning, of a period of monitoring and of a meeting, as tables."""

from __future__ import annotations

from enum import StrEnum

from core.ground.access import Role
from core.ground.states import Life, Need, Passage

OFFICE = frozenset({Role.ACCREDITATION, Role.SYSTEM})
DECIDES = frozenset({Role.ACCREDITATION, Role.MANAGEMENT, Role.SYSTEM})
WITH_PROVIDER = OFFICE | {Role.PROVIDER}


class AccreditationState(StrEnum):
    """Where an accreditation stands."""

    DRAFT = "draft"
    FILED = "filed"
    TO_COMPLETE = "to_complete"
    EXAMINED = "under_examination"
    GRANTED = "granted"
    GRANTED_WITH_PRESCRIPTIONS = "granted_with_prescriptions"
    REFUSED = "refused"
    ACCREDITED = "accredited"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    RENOUNCED = "renounced"
    EXPIRED = "expired"
    RENEWED = "renewed"
    CANCELLED = "cancelled"


A = AccreditationState
DECIDED = (A.GRANTED, A.GRANTED_WITH_PRESCRIPTIONS)
LIVING = (A.ACCREDITED, A.SUSPENDED)
ASKED = (A.DRAFT, A.FILED, A.TO_COMPLETE, A.EXAMINED)
UNDER_WAY = (*ASKED, *DECIDED)
ENDED = (A.EXPIRED, A.RENEWED, A.REVOKED, A.RENOUNCED)
FINED = (*DECIDED, *LIVING, A.REVOKED, A.RENOUNCED, A.EXPIRED)

LIFE = Life(
    Passage(A.DRAFT, "file", A.FILED, WITH_PROVIDER),
    Passage(A.DRAFT, "cancel", A.CANCELLED, WITH_PROVIDER, (Need.WHY,)),
    Passage(A.FILED, "ask_completion", A.TO_COMPLETE, OFFICE, (Need.WHY,)),
    Passage(A.EXAMINED, "ask_completion", A.TO_COMPLETE, OFFICE, (Need.WHY,)),
    Passage(A.TO_COMPLETE, "complete", A.FILED, WITH_PROVIDER),
    Passage(A.FILED, "find_complete", A.EXAMINED, OFFICE),
    Passage(A.EXAMINED, "grant", A.GRANTED, DECIDES, (Need.DOCUMENT,)),
    Passage(A.EXAMINED, "grant_with_prescriptions", A.GRANTED_WITH_PRESCRIPTIONS, DECIDES, (Need.DOCUMENT,)),
    Passage(A.EXAMINED, "refuse", A.REFUSED, DECIDES, (Need.WHY, Need.DOCUMENT)),
    *(Passage(state, "cancel", A.CANCELLED, WITH_PROVIDER, (Need.WHY,))
      for state in (A.FILED, A.TO_COMPLETE, A.EXAMINED)),
    *(Passage(state, "sign_pact", A.ACCREDITED, OFFICE, (Need.DOCUMENT,)) for state in DECIDED),
    *(Passage(state, "renounce", A.RENOUNCED, WITH_PROVIDER, (Need.WHY,)) for state in (*DECIDED, *LIVING)),
    *(Passage(state, "revoke", A.REVOKED, DECIDES, (Need.WHY, Need.DOCUMENT)) for state in (*DECIDED, *LIVING)),
    Passage(A.ACCREDITED, "suspend", A.SUSPENDED, DECIDES, (Need.WHY, Need.DOCUMENT)),
    Passage(A.SUSPENDED, "readmit", A.ACCREDITED, DECIDES, (Need.WHY, Need.DOCUMENT)),
    *(Passage(state, "ask_extension", state, WITH_PROVIDER, (Need.WHY,)) for state in LIVING),
    *(Passage(state, "extend", state, DECIDES, (Need.WHY,)) for state in LIVING),
    *(Passage(state, "refuse_extension", state, DECIDES, (Need.WHY, Need.DOCUMENT)) for state in LIVING),
    *(Passage(state, "adapt", state, DECIDES, (Need.WHY,)) for state in LIVING),
    *(Passage(state, "fine", state, DECIDES, (Need.WHY,)) for state in FINED),
    *(Passage(state, "expire", A.EXPIRED, OFFICE) for state in LIVING),
    *(Passage(state, "renew", A.RENEWED, OFFICE) for state in (*LIVING, A.EXPIRED)),
)


class ForewarningState(StrEnum):
    """Where a forewarning stands."""

    DRAFT = "draft"
    SENT = "sent"
    RECEIVED = "received"
    CONCLUDED = "concluded"
    WITHDRAWN = "withdrawn"


F = ForewarningState
PENDING = (F.DRAFT, F.SENT, F.RECEIVED)
# the provider's own word is never taken back by another: ``observe`` and ``hear`` only add
FOREWARNING_LIFE = Life(
    Passage(F.DRAFT, "send", F.SENT, DECIDES, (Need.DOCUMENT,)),
    Passage(F.SENT, "receive", F.RECEIVED, DECIDES, (Need.RECEIVED,)),
    *(Passage(state, "observe", state, WITH_PROVIDER) for state in (F.SENT, F.RECEIVED)),
    *(Passage(state, "hear", state, DECIDES, (Need.WHY,)) for state in (F.SENT, F.RECEIVED)),
    *(Passage(state, "withdraw", F.WITHDRAWN, DECIDES, (Need.WHY,)) for state in PENDING),
    *(Passage(state, "conclude", F.CONCLUDED, DECIDES) for state in PENDING),
)


class MonitoringState(StrEnum):
    """Where a period of monitoring stands."""

    DRAFT = "draft"
    SENT = "sent"
    LATE = "late"
    SKIPPED = "skipped"


M = MonitoringState
MONITORING_LIFE = Life(
    Passage(M.DRAFT, "send", M.SENT, WITH_PROVIDER),
    Passage(M.DRAFT, "fall_late", M.LATE, OFFICE),
    Passage(M.LATE, "send", M.SENT, WITH_PROVIDER),
    Passage(M.DRAFT, "skip", M.SKIPPED, OFFICE, (Need.WHY,)),
    Passage(M.LATE, "skip", M.SKIPPED, OFFICE, (Need.WHY,)),
    *(Passage(state, "reopen", M.DRAFT, OFFICE, (Need.WHY,)) for state in (M.SENT, M.SKIPPED)),
)


class MeetingState(StrEnum):
    """Where a meeting with several providers stands."""

    DRAFT = "draft"
    CALLED = "called"
    HELD = "held"
    CANCELLED = "cancelled"


T = MeetingState
MEETING_LIFE = Life(
    Passage(T.DRAFT, "call", T.CALLED, DECIDES),
    Passage(T.CALLED, "hold", T.HELD, DECIDES),
    Passage(T.HELD, "file_minutes", T.HELD, DECIDES, (Need.DOCUMENT,)),
    *(Passage(state, "cancel", T.CANCELLED, DECIDES, (Need.WHY,)) for state in (T.DRAFT, T.CALLED)),
)
