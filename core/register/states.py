"""The states that the register shows, and which of them lets a unit be chosen."""

from __future__ import annotations

from enum import StrEnum

from core.accreditation.states import AccreditationState


class PublicState(StrEnum):
    """What the public reads of a published unit."""

    ACCREDITED = "accredited"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    RENOUNCED = "renounced"
    EXPIRED = "expired"


LIVING = (PublicState.ACCREDITED, PublicState.SUSPENDED)
# what an accreditation's own state means to the public; a renewed one is told by the decree that follows it
TOLD = {
    AccreditationState.ACCREDITED: PublicState.ACCREDITED,
    AccreditationState.SUSPENDED: PublicState.SUSPENDED,
    AccreditationState.REVOKED: PublicState.REVOKED,
    AccreditationState.RENOUNCED: PublicState.RENOUNCED,
    AccreditationState.EXPIRED: PublicState.EXPIRED,
}
