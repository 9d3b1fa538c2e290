"""The rates of interest, as dated rows with their source: legal (art. 1284 c.c.) and commercial (D.lgs. 231/2002)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.ground.required import require_text
from core.instalments.model import InterestRate

EDITORS = (Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM)
RATE = frozenset({"kind", "valid_from", "percent", "source"})
KINDS = frozenset({"legal", "commercial"})


def rates(session: ScopedSession, kind: str) -> list[InterestRate]:
    """The rates of a kind, the oldest first: each holds from its first day until the next, or the end of its year."""
    mine = select(InterestRate).where(InterestRate.kind == kind)
    return list(session.scalars(mine.order_by(InterestRate.valid_from)))


def add_rate(session: ScopedSession, facts: Mapping[str, Any]) -> InterestRate:
    """Add a yearly rate in percent: ``kind``, ``valid_from``, ``percent``, ``source``.

    RuleBroken for a negative rate, more than three decimals, no source, or a day that this kind has already.
    """
    session.principal.require(*EDITORS)
    if unknown := facts.keys() - RATE:
        raise TypeError(f"an interest rate does not take {sorted(unknown)}")
    rate = InterestRate(**facts)
    _require_sound(rate)
    if any(held.valid_from == rate.valid_from for held in rates(session, rate.kind)):
        raise RuleBroken("C'è già un tasso che decorre dal %(day)s: toglierlo prima di registrarne un altro.",
                         field="valid_from", day=f"{rate.valid_from:%d/%m/%Y}")
    session.add(rate)
    return rate


def remove_rate(session: ScopedSession, rate_id: int) -> None:
    """Take away a rate that was entered by mistake; the history keeps it."""
    session.principal.require(*EDITORS)
    session.delete(session.require(InterestRate, rate_id))


def _require_sound(rate: InterestRate) -> None:
    if rate.kind not in KINDS:
        raise RuleBroken("Scegliere se il tasso è legale o delle transazioni commerciali.", field="kind")
    thousandths = rate.percent * 1000
    if not Decimal(0) <= rate.percent <= 100 or thousandths != int(thousandths):
        raise RuleBroken("Il tasso va da 0 a 100, con al massimo tre decimali: «%(percent)s» non va bene.",
                         field="percent", percent=rate.percent)
    require_text(rate.source, "Indicare da dove viene il tasso: il decreto, o il comunicato.", field="source")
