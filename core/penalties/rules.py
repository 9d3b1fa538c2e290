"""When a penalty may be applied, and until when each side has time: pure, the terms are the contract's."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.contracts.agreed import Band
from core.ground import clock
from core.ground.clock import PatronDay, Roll, Term
from core.ground.errors import Finding, RuleBroken
from core.ground.money import exact_cents

TERM, HEARING = "term", "hearing"  # what the manager may override with a reason, and nothing else


@dataclass(frozen=True)
class Procedure:
    """What has happened so far; None has not happened. Days are calendar days (R103, R109)."""

    reply_days: int
    payment_days: int
    notice_received: date | None = None
    rebuttal_received: date | None = None
    hearing_held: date | None = None
    decided: date | None = None
    request_received: date | None = None


@dataclass(frozen=True)
class PenaltyVerdict:
    """Whether the penalty may be applied, every reason against it, and the two terms as far as they run."""

    reasons: tuple[Finding, ...]
    reply_due: Term | None
    payment_due: Term | None

    @property
    def allowed(self) -> bool:
        """True if nothing speaks against it."""
        return not self.reasons

    @property
    def early(self) -> tuple[Finding, ...]:
        """The reasons that a manager may override: the term that still runs, the hearing that was not held."""
        return tuple(reason for reason in self.reasons if reason.where in (TERM, HEARING))

    @property
    def final(self) -> tuple[Finding, ...]:
        """The reasons that nobody overrides."""
        return tuple(reason for reason in self.reasons if reason.where not in (TERM, HEARING))


def judge(
    bands: Sequence[Band],
    kind: str,
    amount: Decimal,
    procedure: Procedure,
    *,
    roll: Roll = Roll.HOLIDAY,
    patron: PatronDay | None = None,
) -> PenaltyVerdict:
    """Judge a penalty of ``amount`` euros for a default of ``kind`` (R101-R109).

    It needs a hearing of both sides, and a decision after the effective end of the reply term, even if a rebuttal
    came early. RuleBroken for an amount that is no amount, two bands of one kind, or negative days.
    """
    reply = _term(procedure.notice_received, procedure.reply_days, roll, patron)
    payment = _term(procedure.request_received, procedure.payment_days, roll, patron)
    reasons = (*_amount_reasons(bands, kind, exact_cents(amount, field="amount")), *_order_reasons(procedure, reply))
    return PenaltyVerdict(reasons, reply, payment)


def _term(start: date | None, days: int, roll: Roll, patron: PatronDay | None) -> Term | None:
    if days < 0:
        raise RuleBroken("Un termine non può essere negativo: %(amount)s. Indicare zero o un numero positivo.",
                         amount=days)
    return None if start is None else clock.term(start, days, roll=roll, patron=patron)


def _amount_reasons(bands: Sequence[Band], kind: str, amount: Decimal) -> Iterator[Finding]:
    if len({band.kind for band in bands}) != len(bands):
        raise RuleBroken("Due fasce hanno lo stesso tipo di inadempienza: lasciarne una.", field="bands")
    band = next((band for band in bands if band.kind == kind), None)
    if band is None:
        yield Finding("Per l'inadempienza «%(kind)s» il contratto non prevede una fascia di penale.", {"kind": kind},
                      where="kind")
    elif amount < band.minimum:
        yield Finding("L'importo è sotto il minimo della sua fascia (€ %(limit)s).", {"limit": band.minimum},
                      where="amount")
    elif amount > band.maximum:
        yield Finding("L'importo è sopra il massimo della sua fascia (€ %(limit)s).", {"limit": band.maximum},
                      where="amount")


def _order_reasons(procedure: Procedure, reply: Term | None) -> Iterator[Finding]:
    notice, hearing, decided = procedure.notice_received, procedure.hearing_held, procedure.decided
    if notice is None or reply is None:
        yield Finding("La diffida non risulta ricevuta: il termine per rispondere non è cominciato.")
    if hearing is None:
        yield Finding("Le parti non sono ancora state sentite in contraddittorio.", where=HEARING)
    if decided is None:
        yield Finding("Manca la decisione.")
    if notice and procedure.rebuttal_received and procedure.rebuttal_received < notice:
        yield Finding("Le deduzioni risultano ricevute prima della diffida: verificare le date.")
    if notice and hearing and hearing < notice:
        yield Finding("Il contraddittorio risulta tenuto prima della diffida: verificare le date.")
    if decided and hearing and decided < hearing:
        yield Finding("La decisione risulta presa prima del contraddittorio.")
    if decided and reply and decided <= reply.effective:
        yield Finding("La decisione è presa prima che scada il termine per rispondere (%(day)s).",
                      {"day": f"{reply.effective:%d/%m/%Y}"}, where=TERM)
    if decided and procedure.request_received and procedure.request_received < decided:
        yield Finding("La richiesta di pagamento risulta ricevuta prima della decisione: verificare le date.")
