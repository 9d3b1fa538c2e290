"""Damages beyond the penalty, on their own account (R108; art. 1382 c.c.): claimed, settled, rejected or withdrawn."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from core.cases.operations import add_file
from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.files import Upload
from core.ground.money import exact_cents
from core.ground.required import require_past, require_text
from core.ground.states import Proof
from core.penalties.behalf import KINDS, Kind
from core.penalties.model import DamageClaim, DefaultNotice, OnBehalf
from core.penalties.states import CONTESTS, DAMAGE_LIFE, DamageClaimState, DefaultNoticeState


def claim(
    session: ScopedSession, notice_id: int, *, description: str, amount: Decimal | None, claimed_on: date, today: date
) -> DamageClaim:
    """Claim a damage with a notice, in euros or still to be measured.

    RuleBroken where the contract leaves no room beside the penalty (art. 1382 c.c.), for a draft, or without words.
    """
    session.principal.require(*CONTESTS)
    notice = session.require(DefaultNotice, notice_id)
    if not notice.contract.terms.further_damages:
        raise RuleBroken("Le condizioni del contratto non prevedono danni oltre la penale (art. 1382 c.c.).").mended(
            Place("contract", notice.contract_id))
    if notice.state in (DefaultNoticeState.DRAFT, DefaultNoticeState.WITHDRAWN):
        raise RuleBroken("La diffida è una bozza o è stata ritirata: i danni si chiedono con una diffida inviata.")
    require_text(description, "Descrivere il danno.", field="description")
    if amount is not None and exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo del danno è maggiore di zero; vuoto se è ancora da quantificare.", field="amount")
    require_past(claimed_on, today, field="claimed_on")
    damage = DamageClaim(notice=notice, municipality=notice.municipality, description=description.strip(),
                         amount=amount, claimed_on=claimed_on, state=DamageClaimState.OPEN)
    session.add(damage)
    session.flush()
    return damage


def settle(
    session: ScopedSession, damage_id: int, *, amount: Decimal, on: date, why: str, paper: Upload | None = None,
    version: int | None, today: date,
) -> DamageClaim:
    """Record what was agreed or judged, in euros. RuleBroken for nothing, or before the claim.

    How a claim ends is the municipality's to say; whoever records it on its behalf adds its document.
    """
    damage = at_version(session.require(DamageClaim, damage_id), version)
    if exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo riconosciuto è maggiore di zero: se non è dovuto nulla il danno si respinge.",
                         field="amount")
    return _end(session, damage, "settle", on, _proof(session, damage, why, paper), today, amount)


def reject(
    session: ScopedSession, damage_id: int, *, on: date, why: str, paper: Upload | None = None, version: int | None,
    today: date,
) -> DamageClaim:
    """Record that the damage is not owed, with the reason."""
    damage = at_version(session.require(DamageClaim, damage_id), version)
    return _end(session, damage, "reject", on, _proof(session, damage, why, paper), today)


def withdraw(
    session: ScopedSession, damage_id: int, *, on: date, why: str, paper: Upload | None = None, version: int | None,
    today: date,
) -> DamageClaim:
    """Withdraw the claim, with the reason."""
    damage = at_version(session.require(DamageClaim, damage_id), version)
    return _end(session, damage, "withdraw", on, _proof(session, damage, why, paper), today)


def _end(
    session: ScopedSession, damage: DamageClaim, action: str, on: date, proof: Proof, today: date,
    amount: Decimal | None = None,
) -> DamageClaim:
    if not damage.claimed_on <= on <= today:
        raise RuleBroken("Il giorno va dalla richiesta del danno (%(claimed)s) a oggi: correggere la data.", field="on",
                         claimed=f"{damage.claimed_on:%d/%m/%Y}")
    said = {} if amount is None else {"amount": str(amount)}
    DAMAGE_LIFE.move(session, damage, action, on=on, proof=proof, said=said)
    damage.settled_on, damage.settled_amount = on, amount
    session.flush()
    return damage


def _proof(session: ScopedSession, damage: DamageClaim, why: str, paper: Upload | None) -> Proof:
    """The reason, and the document if there is one: it stands in the diary of the notice."""
    if paper is None:
        return Proof(why=why)
    held = add_file(session, "default_notice", damage.notice_id, title="Esito del danno oltre la penale", file=paper)
    return Proof(why=why, document_id=held.document_id)


def _stop(session: ScopedSession, damage: DamageClaim, row: OnBehalf, why: str, today: date) -> None:
    DAMAGE_LIFE.stop(session, damage, row.passage, DamageClaimState.OPEN, on=today, why=why, forgets=FORGETS)


def _end_again(session: ScopedSession, damage: DamageClaim, row: OnBehalf, today: date) -> None:
    passage, amount = row.passage, row.said.get("amount")
    proof = Proof(why=passage.why, document_id=passage.document_id)
    _end(session, damage, passage.action, passage.on, proof, today, None if amount is None else Decimal(amount))


FORGETS = dict.fromkeys(("settle", "reject", "withdraw"), ("settled_on", "settled_amount"))
KINDS.update({
    ("damage_claim", "settle"): Kind(Finding("la definizione del danno"), _stop, _end_again),
    ("damage_claim", "reject"): Kind(Finding("il rigetto del danno"), _stop, _end_again),
    ("damage_claim", "withdraw"): Kind(Finding("la rinuncia al danno"), _stop, _end_again),
})
