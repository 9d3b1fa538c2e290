"""Damages beyond the penalty, on their own account (R108; art. 1382 c.c.): claimed, settled, rejected or withdrawn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import RuleBroken
from core.ground.money import exact_cents
from core.ground.required import require_past, require_text
from core.ground.states import Proof
from core.penalties.model import DamageClaim, DefaultNotice
from core.penalties.states import CONTESTS, DAMAGE_LIFE, DamageState, NoticeState


def claim(
    session: ScopedSession, notice_id: int, *, description: str, amount: Decimal | None, claimed_on: date, today: date
) -> DamageClaim:
    """Claim a damage with a notice, in euros or still to be measured.

    RuleBroken where the contract leaves no room beside the penalty (art. 1382 c.c.), for a draft, or without words.
    """
    session.principal.require(*CONTESTS)
    notice = session.require(DefaultNotice, notice_id)
    if not notice.contract.terms.further_damages:
        raise RuleBroken("Le condizioni del contratto non prevedono danni oltre la penale (art. 1382 c.c.).")
    if notice.state in (NoticeState.DRAFT, NoticeState.WITHDRAWN):
        raise RuleBroken("La diffida è una bozza o è stata ritirata: i danni si chiedono con una diffida inviata.")
    require_text(description, "Descrivere il danno.", field="description")
    if amount is not None and exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo del danno è maggiore di zero; vuoto se è ancora da quantificare.", field="amount")
    require_past(claimed_on, today, field="claimed_on")
    damage = DamageClaim(notice=notice, municipality=notice.municipality, description=description.strip(),
                         amount=amount, claimed_on=claimed_on, state=DamageState.OPEN)
    session.add(damage)
    session.flush()
    return damage


def settle(
    session: ScopedSession, damage_id: int, *, amount: Decimal, on: date, why: str, version: int | None, today: date
) -> DamageClaim:
    """Record what was agreed or judged, in euros. RuleBroken for nothing, or before the claim."""
    damage = at_version(session.require(DamageClaim, damage_id), version)
    if exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo riconosciuto è maggiore di zero: se non è dovuto nulla il danno si respinge.",
                         field="amount")
    _end(session, damage, "settle", on, why, today)
    damage.settled_amount = amount
    session.flush()
    return damage


def reject(
    session: ScopedSession, damage_id: int, *, on: date, why: str, version: int | None, today: date
) -> DamageClaim:
    """Record that the damage is not owed, with the reason."""
    return _end(session, at_version(session.require(DamageClaim, damage_id), version), "reject", on, why, today)


def withdraw(
    session: ScopedSession, damage_id: int, *, on: date, why: str, version: int | None, today: date
) -> DamageClaim:
    """Withdraw the claim, with the reason."""
    return _end(session, at_version(session.require(DamageClaim, damage_id), version), "withdraw", on, why, today)


def _end(session: ScopedSession, damage: DamageClaim, action: str, on: date, why: str, today: date) -> DamageClaim:
    if not damage.claimed_on <= on <= today:
        raise RuleBroken("Il giorno va dalla richiesta del danno (%(claimed)s) a oggi: correggere la data.", field="on",
                         claimed=f"{damage.claimed_on:%d/%m/%Y}")
    DAMAGE_LIFE.move(session, damage, action, on=on, proof=Proof(why=why))
    damage.settled_on = on
    session.flush()
    return damage
