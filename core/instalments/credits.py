"""What the instalments ask of the payments, which stand above them: the credits of a municipality, and their use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.ground.access import ScopedSession
from core.ground.upward import Upward
from core.instalments.model import Instalment


@dataclass(frozen=True)
class OpenCredit:
    """What a municipality has to its credit, in euros, and where it comes from."""

    name: str
    amount: Decimal


# the open credits of a municipality, the oldest first
open_credits: Upward[[ScopedSession, int], Sequence[OpenCredit]] = Upward()
# a correction became a credit, on a day: what is still open of the instalment that it corrects is settled with it
credit_arisen: Upward[[ScopedSession, Instalment, date], None] = Upward()


def credits_of(session: ScopedSession, municipality_id: int) -> list[OpenCredit]:
    """All open credits of a municipality."""
    return [credit for found in open_credits.tell(session, municipality_id) for credit in found]
