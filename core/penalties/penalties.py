"""The penalty of a finding that was upheld: decided, requested, paid, contested, reduced, cancelled (R104-R109).

What the municipality owes is never set off against it: the account of a penalty stands apart.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.cases.model import Sending
from core.cases.operations import add_file, on_receipt, record_receipt, record_sending
from core.deadlines.operations import follow
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, NotAllowed, Place, RuleBroken
from core.ground.files import Upload
from core.ground.numbering import next_number
from core.ground.required import require_text
from core.ground.states import NO_PROOF, NOTHING, Proof, Said
from core.instalments.interest import Interest, Paid, Rate, interest
from core.instalments.rates import rates
from core.parties.azienda import the_azienda
from core.payments.rules import METHODS
from core.penalties import procedure
from core.penalties.behalf import KINDS, Kind
from core.penalties.model import DefaultNotice, NoticeFinding, OnBehalf, Penalty, PenaltyPayment
from core.penalties.states import (
    CONTESTS,
    MONEY,
    NOTICE_LIFE,
    PAYS,
    PENALTY_LIFE,
    VERBS,
    DefaultNoticeState,
    PenaltyState,
)

# --- the decision -----------------------------------------------------------------------------------------


def apply(
    session: ScopedSession, finding_id: int, *, amount: Decimal, gravity: str, decided_on: date,
    override_why: str = "", paper: Upload | None = None, version: int | None, today: date,
) -> Penalty:
    """Apply the penalty of a finding that was upheld: euros within the band of its kind, by gravity (R104-R107, X8).

    It is the municipality's act; whoever records it on its behalf adds its document. RuleBroken out of the band, too
    early or without hearing (unless a reason was written, here or when the notice was decided), for facts of a day on
    which the contract did not hold, and for a finding that has its penalty: a new one is possible only once that is
    cancelled. ``version`` is the notice's.
    """
    session.principal.require(*CONTESTS)
    finding = session.require(NoticeFinding, finding_id)
    notice = at_version(finding.notice, version)
    _require_upheld(notice, finding)
    band = procedure.band_of(notice.contract, finding.found_kind)
    verdict = procedure.judged(finding, amount, decided_on)
    why = override_why.strip() or notice.override_why
    procedure.require_in_order(verdict, why)
    require_text(gravity, "Motivare l'importo con la gravità del fatto.", field="gravity")
    if band is None or notice.decided_on is None or not notice.decided_on <= decided_on <= today:
        raise RuleBroken("La penale si applica con la decisione sulla diffida o dopo, e non in un giorno futuro.",
                         field="decided_on")
    penalty = Penalty(
        year=today.year, number=next_number(session, "penalty", today.year), notice=notice, finding=finding,
        contract=notice.contract, municipality=notice.municipality, kind=finding.found_kind, minimum=band.minimum,
        maximum=band.maximum, amount=amount, gravity=gravity.strip(), decided_on=decided_on,
        override_why=why if verdict.early else "", payment_days=notice.contract.terms.penalty_payment_days,
        state=PenaltyState.DECIDED, paid=Decimal(0))
    session.add(penalty)
    session.flush()
    PENALTY_LIFE.move(session, penalty, "apply", on=decided_on, proof=Proof(document_id=_filed(
        session, penalty, f"Decisione sulla penale n. {penalty.code}", paper)))
    NOTICE_LIFE.move(session, notice, "apply", on=decided_on, proof=Proof(why=f"Penale n. {penalty.code}"))
    touch(session, notice)
    follow(session, "penalty", [penalty.id], today=today)
    follow(session, "default_notice", [notice.id], today=today)
    return penalty


def _require_upheld(notice: DefaultNotice, finding: NoticeFinding) -> None:
    if notice.state != DefaultNoticeState.DECIDED or finding.outcome != procedure.UPHELD:
        raise RuleBroken("La penale si applica a un'inadempienza confermata con la decisione sulla diffida.")
    procedure.require_in_force(notice.contract, finding.happened_on)
    _require_none(notice, finding)


def _require_none(notice: DefaultNotice, finding: NoticeFinding) -> None:
    for other in procedure.standing(notice.penalties):
        if other.finding_id == finding.id:
            raise RuleBroken("Per questa inadempienza c'è già la penale n. %(code)s: una nuova è possibile soltanto "
                             "dopo averla annullata.", code=other.code).mended(Place("penalty", other.id))


# --- the request ------------------------------------------------------------------------------------------


def request(
    session: ScopedSession, penalty_id: int, *, channel: str, sent_on: date, protocol_number: str, paper: Upload,
    version: int | None, today: date,
) -> Penalty:
    """Record that the payment was asked for, with the letter; the term runs from its receipt (R109).

    RuleBroken if it was asked for already, before the decision, or without a number in the register.
    """
    penalty = _penalty(session, penalty_id, version)
    if penalty.requested_on is not None:
        raise RuleBroken("Il pagamento è già stato chiesto, il %(day)s.", day=f"{penalty.requested_on:%d/%m/%Y}")
    procedure.require_since_decision(penalty, sent_on, today, field="sent_on")
    require_text(protocol_number, "Indicare il numero di protocollo della richiesta.", field="protocol_number")
    kept = _kept(session, penalty, f"Richiesta di pagamento della penale n. {penalty.code}", paper)
    letter = record_sending(
        session, "penalty", penalty.id, title=f"Richiesta di pagamento della penale n. {penalty.code}",
        sender_id=penalty.municipality_id, addressee_id=the_azienda(session).id, channel=channel,
        sent_on=sent_on, protocol_number=protocol_number, document_id=kept, today=today)
    penalty.request_id, penalty.requested_on = letter.id, sent_on
    return _move(session, penalty, "request", sent_on, today, Proof(document_id=kept))


def receive(
    session: ScopedSession, penalty_id: int, *, received_on: date, paper: Upload | None, version: int | None,
    today: date,
) -> Penalty:
    """Record when the request was received: the days for paying start (R109). RuleBroken before it was sent."""
    penalty = _penalty(session, penalty_id, version)
    if penalty.request_id is None:
        raise RuleBroken("Il pagamento non è ancora stato chiesto: registrare prima la richiesta.",
                         field="received_on")
    proof = None if paper is None else _kept(session, penalty, f"Ricevuta della richiesta, penale n. {penalty.code}",
                                             paper)
    record_receipt(session, penalty.request_id, received_on=received_on, document_id=proof, today=today)
    return penalty


def _on_receipt(session: ScopedSession, sending: Sending, today: date) -> None:
    """The receipt of the request starts the term for paying, from whichever page it was recorded."""
    penalty = session.scalars(select(Penalty).where(Penalty.request_id == sending.id)).first()
    if penalty is None or sending.received_on is None or penalty.state == PenaltyState.CANCELLED:
        return
    _start_term(session, penalty, sending.received_on)
    PENALTY_LIFE.move(session, penalty, "receive", on=sending.received_on,
                      proof=Proof(document_id=sending.receipt_id, received_on=sending.received_on))
    restate(session, penalty, today=today)
    touch(session, penalty)


def _on_correction(session: ScopedSession, sending: Sending, today: date) -> None:
    """The receipt of the request was of another day: the term for paying runs anew from there."""
    penalty = session.scalars(select(Penalty).where(Penalty.request_id == sending.id)).first()
    if penalty is None or sending.received_on is None or penalty.request_received_on is None:
        return
    if not PENALTY_LIFE.entrusts("receive", session.principal):
        raise NotAllowed("Questo passaggio spetta ad altri ruoli.")
    _start_term(session, penalty, sending.received_on)
    restate(session, penalty, today=today)
    touch(session, penalty)


def _start_term(session: ScopedSession, penalty: Penalty, received_on: date) -> None:
    """The days for paying run from the receipt of the request (R109), and with them the interest."""
    roll, patron = procedure.clock_of(penalty)
    due = clock.term(received_on, penalty.payment_days, roll=roll, patron=patron)
    penalty.request_received_on = received_on
    penalty.due_nominal, penalty.due_effective = due.nominal, due.effective
    _count(session, penalty)


on_receipt("penalty", _on_receipt, corrected=_on_correction)


# --- the money --------------------------------------------------------------------------------------------


def pay(
    session: ScopedSession, penalty_id: int, *, on: date, amount: Decimal, method: str, reference: str = "",
    version: int | None, today: date,
) -> PenaltyPayment:
    """Record what the azienda paid, in euros. A contested penalty is paid with reserve.

    What has accrued of interest by ``on`` is covered first, then the penalty (art. 1194 c.c.). RuleBroken for more than
    both, other ways than banks and Poste (R112), a day before the decision or to come, or a rate that is not known.
    """
    session.principal.require(*PAYS)
    penalty = _penalty(session, penalty_id, version)
    if penalty.state not in (*MONEY, PenaltyState.CONTESTED):
        raise RuleBroken("La penale è annullata: non si paga.")
    procedure.require_since_decision(penalty, on, today, field="on")
    _require_not_too_much(session, penalty, on, amount)
    if method not in METHODS:
        raise RuleBroken("Scegliere un modo di pagamento tracciabile: banca, tesoreria, Poste o pagoPA.",
                         field="method")
    row = PenaltyPayment(on=on, amount=amount, method=method, reference=reference.strip())
    return _booked(session, penalty, row, today)


def reverse(session: ScopedSession, payment_id: int, *, why: str, version: int | None, today: date) -> PenaltyPayment:
    """Take a payment back by a negative row, with a reason: a mistake, or money that came back. Once only."""
    session.principal.require(*PAYS)
    paid = session.require(PenaltyPayment, payment_id)
    penalty = at_version(paid.penalty, version)
    require_text(why, "Indicare il motivo: resta nel diario.", field="why")
    if paid.reverses_id is not None or any(row.reverses_id == paid.id for row in penalty.payments):
        raise RuleBroken("Questo pagamento è già stornato.")
    row = PenaltyPayment(on=paid.on, amount=-paid.amount, method=paid.method, reference=paid.reference,
                         reverses_id=paid.id, why=why.strip())
    return _booked(session, penalty, row, today)


def _booked(session: ScopedSession, penalty: Penalty, row: PenaltyPayment, today: date) -> PenaltyPayment:
    penalty.payments.append(row)
    _count(session, penalty)
    if penalty.state == PenaltyState.CONTESTED:
        PENALTY_LIFE.move(session, penalty, "pay_reserved", on=row.on, proof=Proof(why=row.why or ""))
    restate(session, penalty, today=today, settled_on=row.on)
    touch(session, penalty)
    follow(session, "penalty", [penalty.id], today=today)
    return row


def interest_of(session: ScopedSession, penalty: Penalty, *, today: date) -> Interest:
    """The account of legal interest up to ``today`` (artt. 1194, 1224, 1284 c.c.), from the day after the term.

    Nothing is earned while no term runs, on a cancelled penalty, or on what was paid in time. RuleBroken if a rate is
    missing.
    """
    if penalty.state == PenaltyState.CANCELLED:
        return Interest()
    return _account(session, penalty, _standing(penalty), today)


def _account(session: ScopedSession, penalty: Penalty, paid: Sequence[Paid], until: date) -> Interest:
    known = [Rate(held.valid_from, held.percent) for held in rates(session, procedure.INTEREST)]
    return interest(penalty.owed, penalty.due_effective or until, paid, until, known)


def _standing(penalty: Penalty) -> list[Paid]:
    """The payments that were not taken back: what was, on its own day, never arrived."""
    reversed_ones = {row.reverses_id for row in penalty.payments}
    return [Paid(row.on, row.amount, row.id) for row in penalty.payments
            if row.reverses_id is None and (row.id is None or row.id not in reversed_ones)]


def _count(session: ScopedSession, penalty: Penalty) -> None:
    """Bring ``paid`` to what the payments hold beyond the interest that had accrued on the day of each.

    Asked again whenever a payment, what is owed or the term changes: an earlier payment makes a later one cover less.
    """
    paid = _standing(penalty)
    last = max((one.on for one in paid), default=None)
    penalty.paid = Decimal(0) if last is None else penalty.owed - _account(session, penalty, paid, last).left


def _require_not_too_much(session: ScopedSession, penalty: Penalty, on: date, amount: Decimal) -> None:
    """RuleBroken for a payment of nothing, or of more than the penalty and the interest accrued by its day."""
    procedure.require_some(amount)
    paid = _standing(penalty)
    all_of_it = [*paid, Paid(on, amount)]
    if _account(session, penalty, all_of_it, max(one.on for one in all_of_it)).left < 0:
        before = _account(session, penalty, paid, max([on, *(one.on for one in paid)]))
        raise RuleBroken("Della penale restano € %(left)s, e € %(interest)s di interessi di ritardo: il pagamento è "
                         "di più, controllare l'importo e il giorno.", field="amount",
                         left=max(before.left, Decimal(0)), interest=before.due)


def turning(session: ScopedSession, today: date) -> Sequence[int]:
    """The penalties that were not paid within their term and do not say so yet."""
    late = select(Penalty.id).where(
        Penalty.state.in_((PenaltyState.REQUESTED, PenaltyState.REDUCED, PenaltyState.PART_PAID)),
        Penalty.due_effective < today)
    return session.scalars(late.order_by(Penalty.id)).all()


def turn(session: ScopedSession, today: date, keys: Collection[int]) -> None:
    """The daily round: of these penalties, what was not paid within its term is overdue."""
    for penalty in session.scalars(select(Penalty).where(Penalty.id.in_(keys)).order_by(Penalty.id)).all():
        restate(session, penalty, today=today)


def restate(session: ScopedSession, penalty: Penalty, *, today: date, settled_on: date | None = None) -> None:
    """Move a penalty that nobody contests to the state of its money and its term, with a passage in its diary."""
    if penalty.state not in MONEY:
        return
    wanted = procedure.state_of(penalty, today)
    penalty.settled_on = (settled_on or penalty.settled_on or today) if wanted is PenaltyState.PAID else None
    if wanted is not PenaltyState(penalty.state):
        PENALTY_LIFE.move(session, penalty, VERBS[wanted], on=today)


# --- contested, reduced, cancelled ------------------------------------------------------------------------


def contest(
    session: ScopedSession, penalty_id: int, *, kind: str, on: date, why: str, version: int | None, today: date
) -> Penalty:
    """Record that the azienda contests the penalty before arbitrators or the court (R115, R116).

    RuleBroken for arbitration where the contract has none, or a day before the decision or to come.
    """
    penalty = _penalty(session, penalty_id, version)
    if kind not in procedure.CONTESTS_BY:
        raise RuleBroken("Scegliere se la penale è contestata in arbitrato o davanti al tribunale.", field="kind")
    if kind == "arbitration" and not penalty.contract.terms.arbitration:
        raise RuleBroken("Le condizioni del contratto non prevedono l'arbitrato: la sede è il tribunale.", field="kind")
    procedure.require_since_decision(penalty, on, today, field="on")
    penalty.contest, penalty.contested_on = kind, on
    return _move(session, penalty, "contest", on, today, Proof(why=why))


def confirm(
    session: ScopedSession, penalty_id: int, *, on: date, why: str, paper: Upload, version: int | None, today: date
) -> Penalty:
    """Record that the contest ended and the penalty stands, with the document that says so."""
    penalty = _penalty(session, penalty_id, version)
    procedure.require_since_decision(penalty, on, today, field="on")
    kept = _kept(session, penalty, f"Esito della contestazione, penale n. {penalty.code}", paper)
    penalty.contest = penalty.contested_on = None
    return _move(session, penalty, "confirm", on, today, Proof(why=why, document_id=kept))


def reduce(
    session: ScopedSession, penalty_id: int, *, to: Decimal, by: str, on: date, why: str, paper: Upload,
    version: int | None, today: date,
) -> Penalty:
    """Record that the penalty is reduced, by agreement, by the arbitrators or by the judge (art. 1384 c.c.).

    The municipality gives up a part of what it is owed; whoever records it on its behalf does so with its document.
    RuleBroken for nothing or more than is owed, or a judgement on what was not contested there.
    """
    penalty = _penalty(session, penalty_id, version)
    procedure.require_reduction(penalty, to, by, on, today)
    kept = _kept(session, penalty, f"Riduzione della penale n. {penalty.code}", paper)
    return _reduced(session, penalty, to, by, on, today, Proof(why=why, document_id=kept))


def _reduced(
    session: ScopedSession, penalty: Penalty, to: Decimal, by: str, on: date, today: date, proof: Proof
) -> Penalty:
    before = {"to": _written(penalty.reduced_to), "by": penalty.reduced_by, "on": _written(penalty.reduced_on),
              "contest": penalty.contest, "contested_on": _written(penalty.contested_on)}
    penalty.reduced_to, penalty.reduced_by, penalty.reduced_on = to, by, on
    _count(session, penalty)
    penalty.contest = penalty.contested_on = None
    return _move(session, penalty, "reduce", on, today, proof, {"to": str(to), "by": by, "before": before})


def cancel(
    session: ScopedSession, penalty_id: int, *, why: str, paper: Upload | None = None, version: int | None, today: date
) -> Penalty:
    """Cancel a penalty, with a reason; its number stays taken. RuleBroken while money paid for it is not given back.

    It is the municipality's act; whoever records it on its behalf adds its document.
    """
    penalty = _penalty(session, penalty_id, version)
    procedure.require_unpaid(penalty)
    kept = _filed(session, penalty, f"Annullamento della penale n. {penalty.code}", paper)
    return _move(session, penalty, "cancel", today, today, Proof(why=why, document_id=kept))


# --- stopped and done again -------------------------------------------------------------------------------


def _stop_apply(session: ScopedSession, penalty: Penalty, row: OnBehalf, why: str, today: date) -> None:
    """Nothing is owed by a penalty that the municipality did not decide; what was paid for it is to be given back."""
    _require_notice_open(penalty)
    PENALTY_LIFE.stop(session, penalty, row.passage, PenaltyState.CANCELLED, on=today, why=why)
    follow(session, "penalty", [penalty.id], today=today)


def _apply_again(session: ScopedSession, penalty: Penalty, row: OnBehalf, today: date) -> None:
    _require_upheld(penalty.notice, penalty.finding)
    _move(session, penalty, "apply", row.passage.on, today, _same_proof(row))


def _stop_cancel(session: ScopedSession, penalty: Penalty, row: OnBehalf, why: str, today: date) -> None:
    _require_notice_open(penalty)
    _require_none(penalty.notice, penalty.finding)
    PENALTY_LIFE.stop(session, penalty, row.passage, row.passage.from_state, on=today, why=why)
    _stands(session, penalty, today)


def _cancel_again(session: ScopedSession, penalty: Penalty, row: OnBehalf, today: date) -> None:
    procedure.require_unpaid(penalty)
    _move(session, penalty, "cancel", today, today, _same_proof(row))


def _stop_reduce(session: ScopedSession, penalty: Penalty, row: OnBehalf, why: str, today: date) -> None:
    """What is owed is again what it was; so is the contest that the reduction had ended."""
    _require_notice_open(penalty)
    before = row.said["before"]
    penalty.reduced_to = None if before["to"] is None else Decimal(before["to"])
    penalty.reduced_by, penalty.reduced_on = before["by"], _day(before["on"])
    if penalty.contest is None:
        penalty.contest, penalty.contested_on = before["contest"], _day(before["contested_on"])
    _count(session, penalty)
    to = PenaltyState.CONTESTED if penalty.contest else procedure.state_of(penalty, today)
    PENALTY_LIFE.stop(session, penalty, row.passage, to, on=today, why=why)
    _stands(session, penalty, today)


def _reduce_again(session: ScopedSession, penalty: Penalty, row: OnBehalf, today: date) -> None:
    to, by, on = Decimal(row.said["to"]), row.said["by"], row.passage.on
    procedure.require_reduction(penalty, to, by, on, today)
    _reduced(session, penalty, to, by, on, today, _same_proof(row))


def _stands(session: ScopedSession, penalty: Penalty, today: date) -> None:
    restate(session, penalty, today=today)
    follow(session, "penalty", [penalty.id], today=today)


def _require_notice_open(penalty: Penalty) -> None:
    if penalty.notice.state != DefaultNoticeState.DECIDED:
        raise RuleBroken("La diffida n. %(code)s è chiusa: prima opporsi alla chiusura, o correggerla.",
                         code=penalty.notice.code).mended(Place("default_notice", penalty.notice_id))


def _same_proof(row: OnBehalf) -> Proof:
    return Proof(why=row.passage.why, document_id=row.passage.document_id)


def _written(value: Decimal | date | None) -> str | None:
    return None if value is None else str(value)


def _day(written: str | None) -> date | None:
    return None if written is None else date.fromisoformat(written)


KINDS.update({
    ("penalty", "apply"): Kind(Finding("la decisione sulla penale"), _stop_apply, _apply_again),
    ("penalty", "cancel"): Kind(Finding("l'annullamento della penale"), _stop_cancel, _cancel_again),
    ("penalty", "reduce"): Kind(Finding("la riduzione della penale"), _stop_reduce, _reduce_again),
})


# --- the common part --------------------------------------------------------------------------------------


def _penalty(session: ScopedSession, penalty_id: int, version: int | None) -> Penalty:
    return at_version(session.require(Penalty, penalty_id), version)


def _kept(session: ScopedSession, penalty: Penalty, title: str, paper: Upload) -> int:
    held = add_file(session, "penalty", penalty.id, title=title, file=paper)
    return held.document_id


def _filed(session: ScopedSession, penalty: Penalty, title: str, paper: Upload | None) -> int | None:
    return None if paper is None else _kept(session, penalty, title, paper)


def _move(
    session: ScopedSession, penalty: Penalty, action: str, on: date, today: date, proof: Proof = NO_PROOF,
    said: Said = NOTHING,
) -> Penalty:
    PENALTY_LIFE.move(session, penalty, action, on=on, proof=proof, said=said)
    restate(session, penalty, today=today)
    touch(session, penalty)
    follow(session, "penalty", [penalty.id], today=today)
    return penalty
