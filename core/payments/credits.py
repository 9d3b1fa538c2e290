"""What the payments answer to the instalments below them: which credits are open; a correction is used at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from core.ground.access import ScopedSession
from core.instalments.credits import OpenCredit, credit_arisen, open_credits
from core.instalments.model import Instalment
from core.instalments.states import PAYABLE
from core.payments.operations import credits_of, use_credit


@open_credits
def open_ones(session: ScopedSession, municipality_id: int) -> Sequence[OpenCredit]:
    """The over-payments and the negative balances of a municipality, the oldest first."""
    return [OpenCredit(held.name, held.amount) for held in credits_of(session, municipality_id)]


@credit_arisen
def use_at_once(session: ScopedSession, row: Instalment, today: date) -> None:
    """A correction to the municipality's credit lowers what is still open of the instalment that it corrects.

    What is left of it stays a credit; the set-off has its number among the payments and may be taken back as any.
    """
    corrected = row.corrects
    if corrected is None or corrected.state not in PAYABLE:
        return
    amount = min(-row.left, corrected.left)
    if amount > Decimal(0):
        use_credit(session, corrected.id, source=f"i{row.id}", amount=amount, version=corrected.version, today=today)
