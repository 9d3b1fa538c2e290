"""What records money: payments and what they settle, credits used and paid back, reversals. None of them commits.

What an instalment has received (``paid``) changes here and nowhere else, with its row held: of several who pay at once
none loses anything.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from core.cases.operations import add_note
from core.cases.rules import require_safe_file
from core.deadlines.operations import follow
from core.documents import words
from core.documents.model import Document
from core.documents.operations import keep
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.files import Upload
from core.ground.names import folded
from core.ground.numbering import next_number
from core.ground.required import require_text
from core.ground.states import Proof
from core.instalments.model import Instalment
from core.instalments.operations import lock, restate
from core.instalments.rules import State
from core.instalments.states import PAYABLE
from core.parties.model import Municipality
from core.payments import rules
from core.payments.model import Payment, Settlement, StatementLine
from core.payments.rules import OFFSET
from core.payments.states import LINE_LIFE, OFFICE


@dataclass(frozen=True)
class CreditSource:
    """What a municipality has to its credit, in euros: an over-payment, or a negative balance."""

    payment_id: int | None
    instalment_id: int | None
    name: str
    amount: Decimal

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"p{self.payment_id}" if self.payment_id is not None else f"i{self.instalment_id}"


def record(
    session: ScopedSession,
    municipality_id: int,
    *,
    received_on: date,
    amount: Decimal,
    method: str,
    parts: Mapping[int, Decimal],
    reference: str = "",
    versions: Mapping[int, int] | None = None,
    receipt: Upload | None = None,
    again: bool = False,
    today: date,
) -> Payment:
    """Record money that arrived and settle instalments with it: ``parts`` in euros by instalment id.

    What is beyond the parts stays to the municipality's credit. ``versions`` are those that the person saw.
    RuleBroken for other ways than banks and Poste (R112), a day to come, an instalment of another municipality or not
    asked for, more than is left of one, or one that has changed meanwhile; and for a payment that is recorded already
    (equal payer, day, amount and reference), unless a person says that it arrived ``again``.
    """
    session.principal.require(*OFFICE)
    session.require(Municipality, municipality_id)
    rules.require_payment(received_on, amount, method, today)
    rows = lock(session, parts.keys())
    rules.require_parts(amount, parts, {key: _left(row) for key, row in rows.items()}, municipality_id, versions or {})
    number = _number(session, received_on.year)  # from here on, whoever records another one of the year waits
    if not again:
        _require_new(session, municipality_id, received_on, amount, reference)
    payment = Payment(
        municipality_id=municipality_id, year=received_on.year, number=number,
        received_on=received_on, amount=amount, method=method, reference=reference.strip(),
        receipt=_kept(session, receipt, received_on.year),
    )
    session.add(payment)
    session.flush()
    _settle(session, payment.id, [(rows[key], part) for key, part in parts.items()], received_on, today)
    session.refresh(payment, ["settlements"])
    return payment


def standing() -> Select[Payment]:
    """The payments that arrived and were not taken back: no reversals, no refunds."""
    reversed_ones = select(Payment.reverses_id).where(Payment.reverses_id.is_not(None))
    return select(Payment).where(Payment.amount > Decimal(0), Payment.id.not_in(reversed_ones))


def _require_new(
    session: ScopedSession, municipality_id: int, received_on: date, amount: Decimal, reference: str
) -> None:
    same = standing().where(Payment.municipality_id == municipality_id, Payment.received_on == received_on,
                            Payment.amount == amount).order_by(Payment.id)
    for held in session.scalars(same):
        if folded(held.reference) == folded(reference):
            raise RuleBroken("C'è già il pagamento n. %(code)s, dello stesso giorno, con lo stesso importo e la stessa "
                             "causale: se ne è arrivato un altro uguale, spuntare la conferma.", field="again",
                             code=held.code).mended(Place("payment", held.id))


def credits_of(session: ScopedSession, municipality_id: int) -> list[CreditSource]:
    """What a municipality has to its credit, the oldest first: over-payments, then negative balances."""
    settled = func.coalesce(func.sum(Settlement.amount), Decimal(0))
    reversed_ones = select(Payment.reverses_id).where(Payment.reverses_id.is_not(None))
    back = aliased(Payment)
    refunded = func.coalesce(
        select(func.sum(back.amount)).where(back.refunds_id == Payment.id, back.id.not_in(reversed_ones))
        .correlate(Payment).scalar_subquery(), Decimal(0))
    over = (
        select(Payment.id, Payment.number, Payment.year, Payment.amount, settled, refunded)
        .outerjoin(Settlement, Settlement.payment_id == Payment.id)
        .where(Payment.municipality_id == municipality_id, Payment.reverses_id.is_(None),
               Payment.id.not_in(reversed_ones))
        .group_by(Payment.id, Payment.number, Payment.year, Payment.amount)
        .having(Payment.amount + refunded > settled).order_by(Payment.id)
    )
    found = [CreditSource(key, None, f"pagamento n. {number}/{year}", amount + back - used)
             for key, number, year, amount, used, back in session.execute(over)]
    balances = select(Instalment).where(
        Instalment.municipality_id == municipality_id, Instalment.state == State.CREDITED).order_by(Instalment.id)
    return found + [CreditSource(None, row.id, f"saldo, rata n. {row.code}", -row.left)
                    for row in session.scalars(balances)]


def use_credit(
    session: ScopedSession,
    instalment_id: int,
    *,
    source: str,
    amount: Decimal,
    version: int,
    today: date,
) -> None:
    """Settle an instalment, or a part of it, with what its municipality has to its credit (``CreditSource.key``).

    Euros. RuleBroken if the credit is gone or less, for more than is left, or a stale page.
    """
    session.principal.require(*OFFICE)
    target = session.require(Instalment, instalment_id)
    held = _held_credit(session, target.municipality_id, source, amount, field="source")
    rows = lock(session, {instalment_id, *([held.instalment_id] if held.instalment_id else [])})
    rules.require_parts(amount, {instalment_id: amount}, {instalment_id: _left(rows[instalment_id])},
                        target.municipality_id, {instalment_id: version})
    if held.payment_id is not None:
        _settle(session, held.payment_id, [(rows[instalment_id], amount)], today, today)
        return
    giving = rows[held.instalment_id or 0]
    offset = Payment(
        municipality_id=target.municipality_id, year=today.year, number=_number(session, today.year),
        received_on=today, amount=Decimal("0.00"), method=OFFSET,
        reference=f"Compensazione con il credito della rata n. {giving.code}",
    )
    session.add(offset)
    session.flush()
    _settle(session, offset.id, [(giving, -amount), (rows[instalment_id], amount)], today, today)


def refund(
    session: ScopedSession,
    municipality_id: int,
    *,
    source: str,
    paid_on: date,
    amount: Decimal,
    method: str,
    reference: str = "",
    receipt: Upload | None = None,
    today: date,
) -> Payment:
    """Record that a credit, or a part of it, was paid back to the municipality; used whole, it is closed.

    Euros, positive; ``source`` is a ``CreditSource.key``. RuleBroken if the credit is gone or less, for other ways than
    banks and Poste (R112), or for a day before the credit arose or to come. It is taken back like any payment.
    """
    session.principal.require(*OFFICE)
    session.require(Municipality, municipality_id)
    if (key := _payment_in(source)) is not None:  # whoever takes the payment back meanwhile is waited for
        session.scalars(select(Payment.id).where(Payment.id == key).with_for_update()).first()
    held = _held_credit(session, municipality_id, source, amount, field="amount")
    rows = lock(session, [held.instalment_id] if held.instalment_id else [])
    giving = rows[held.instalment_id] if held.instalment_id else None
    arose_on = giving.requested_on if giving else session.require(Payment, held.payment_id or 0).received_on
    rules.require_refund(paid_on, arose_on or paid_on, amount, method, today)
    back = Payment(
        municipality_id=municipality_id, year=paid_on.year, number=_number(session, paid_on.year), received_on=paid_on,
        amount=-amount, method=method, reference=reference.strip() or f"Restituzione del credito: {held.name}",
        refunds_id=held.payment_id, receipt=_kept(session, receipt, paid_on.year),
    )
    session.add(back)
    session.flush()
    if giving is not None:
        _settle(session, back.id, [(giving, -amount)], paid_on, today)
    if held.payment_id is not None:
        follow(session, "payment", [held.payment_id], today=today)
    session.refresh(back, ["settlements"])
    return back


def _payment_in(source: str) -> int | None:
    """The payment that a ``CreditSource.key`` names, None if it names another thing."""
    found = re.fullmatch(r"p([0-9]{1,9})", source)
    return int(found[1]) if found else None


def _held_credit(
    session: ScopedSession, municipality_id: int, source: str, amount: Decimal, *, field: str
) -> CreditSource:
    """The credit as it is now; whoever uses a credit of the same municipality waits."""
    session.scalars(select(Municipality.id).where(Municipality.id == municipality_id).with_for_update()).one()
    held = next((held for held in credits_of(session, municipality_id) if held.key == source), None)
    if held is None or amount > held.amount:
        raise RuleBroken("Il credito scelto è già stato usato, o è minore di quanto indicato: ricaricare la pagina.",
                         field=field)
    return held


def release(session: ScopedSession, settlement_id: int, *, why: str, today: date) -> None:
    """Take off an instalment what a payment, or the use of a credit, had settled of it; the payment itself stands.

    The money is again to the municipality's credit, and the reason stands in the diary of the instalment. RuleBroken
    without a reason, for what was taken off already, or for a reversed payment.
    """
    session.principal.require(*OFFICE)
    payment_id = session.require(Settlement, settlement_id).payment_id
    payment = session.scalars(select(Payment).where(Payment.id == payment_id).with_for_update(of=Payment)).one()
    if payment.method == OFFSET:
        reverse(session, payment.id, why=why, on=today, today=today)
        return
    _require_why(why)
    part = session.get_one(Settlement, settlement_id, populate_existing=True)
    if part.amount <= 0 or payment.amount <= 0 or not _stands(session, part):
        raise RuleBroken("Questo importo è già stato tolto dalla rata: ricaricare la pagina.")
    row = lock(session, [part.instalment_id])[part.instalment_id]
    _settle(session, payment.id, [(row, -part.amount)], today, today, undoes=part, why=why.strip())
    add_note(session, "instalment", row.id, shared=True, text=(
        f"Tolti dalla rata {words.euro(part.amount)} del pagamento n. {payment.code}, che restano a credito dell'ente. "
        f"{why.strip()}"))


def _stands(session: ScopedSession, part: Settlement) -> bool:
    """False for what was taken off already, or was of a payment that is reversed."""
    undone = select(Settlement.id).where(Settlement.undoes_id == part.id)
    reversal = select(Payment.id).where(Payment.reverses_id == part.payment_id)
    return session.scalars(undone).first() is None and session.scalars(reversal).first() is None


def reverse(session: ScopedSession, payment_id: int, *, why: str, on: date, today: date) -> Payment:
    """Take back a payment by a negative one, with its reason: what it had settled is open again.

    The line of the statement that it came from is open again too. RuleBroken without a reason, for a reversal or a
    payment already reversed, or for a day before the payment or to come.
    """
    session.principal.require(*OFFICE)
    payment = session.scalars(select(Payment).where(Payment.id == session.require(Payment, payment_id).id)
                              .with_for_update(of=Payment)).one()
    _require_reversible(session, payment, why, on, today)
    settled = _settled_by(session, payment.id)
    rows = lock(session, settled.keys())
    taken = Payment(
        municipality_id=payment.municipality_id, year=on.year, number=_number(session, on.year), received_on=on,
        amount=-payment.amount, method=payment.method, reference=payment.reference, reverses_id=payment.id,
        why=why.strip(),
    )
    session.add(taken)
    session.flush()
    _settle(session, taken.id, [(rows[key], -part) for key, part in settled.items()], on, today)
    follow(session, "payment", [payment.id, *([payment.refunds_id] if payment.refunds_id else [])], today=today)
    for line in session.scalars(select(StatementLine).where(StatementLine.payment_id == payment.id)):
        line.payment_id = None
        LINE_LIFE.move(session, line, "reopen", on=today, proof=Proof(why=why))
    session.flush()
    return taken


def _settled_by(session: ScopedSession, payment_id: int) -> dict[int, Decimal]:
    """What of a payment each instalment still holds, in euros."""
    held: dict[int, Decimal] = {}
    for part in session.scalars(select(Settlement).where(Settlement.payment_id == payment_id).order_by(Settlement.id)):
        held[part.instalment_id] = held.get(part.instalment_id, Decimal(0)) + part.amount
    return {key: part for key, part in held.items() if part}


def _require_why(why: str) -> None:
    require_text(why, "Indicare il motivo: resta accanto allo storno.", field="why")


def _require_reversible(session: ScopedSession, payment: Payment, why: str, on: date, today: date) -> None:
    _require_why(why)
    if payment.reverses_id is not None:
        raise RuleBroken("Uno storno non si storna: registrare di nuovo il pagamento.")
    if session.scalars(select(Payment.id).where(Payment.reverses_id == payment.id)).first() is not None:
        raise RuleBroken("Il pagamento n. %(code)s è già stato stornato.", code=payment.code)
    refunds = session.scalars(select(Payment).where(Payment.refunds_id == payment.id)).all()
    taken_back = set(session.scalars(select(Payment.reverses_id).where(
        Payment.reverses_id.in_([back.id for back in refunds]))))
    for back in refunds:
        if back.id not in taken_back:
            raise RuleBroken("Una parte del pagamento n. %(code)s è stata restituita all'ente: stornare prima la "
                             "restituzione n. %(back)s.", code=payment.code, back=back.code).mended(
                Place("payment", back.id))
    if not payment.received_on <= on <= today:
        raise RuleBroken("Lo storno non può precedere il pagamento né essere in un giorno futuro.", field="on")


def _settle(
    session: ScopedSession, payment_id: int, parts: list[tuple[Instalment, Decimal]], on: date, today: date, *,
    undoes: Settlement | None = None, why: str = "",
) -> None:
    """Write the settlements and bring each instalment, which is held, to where it now stands."""
    for row, part in parts:
        session.add(Settlement(payment_id=payment_id, instalment_id=row.id, amount=part,
                               undoes_id=undoes.id if undoes else None, why=why))
        row.paid += part
        restate(session, row, today=today, settled_on=max(on, _last_arrived(session, row) or on))
    session.flush()
    follow(session, "instalment", [row.id for row, _part in parts], today=today)
    follow(session, "payment", [payment_id], today=today)  # what is left of it is a credit, with its term


def _last_arrived(session: ScopedSession, row: Instalment) -> date | None:
    """When the last money that an instalment still holds arrived: the last recorded may have arrived before."""
    reversals = select(Payment.reverses_id).where(Payment.reverses_id.is_not(None))
    undone = select(Settlement.undoes_id).where(Settlement.undoes_id.is_not(None))
    arrived = select(func.max(Payment.received_on)).join(Settlement, Settlement.payment_id == Payment.id)
    return session.scalar(arrived.where(
        Settlement.instalment_id == row.id, Settlement.undoes_id.is_(None), Settlement.id.not_in(undone),
        Payment.reverses_id.is_(None), Payment.id.not_in(reversals)))


def _left(row: Instalment) -> rules.Left:
    return rules.Left(row.code, row.municipality_id, row.state in PAYABLE, row.left, row.version)


def _number(session: ScopedSession, year: int) -> int:
    return next_number(session, "payment", year)


def _kept(session: ScopedSession, receipt: Upload | None, year: int) -> Document | None:
    if receipt is None:
        return None
    require_safe_file(receipt, field="receipt")
    return keep(session, Upload(receipt.name.replace("\\", "/").rpartition("/")[2], receipt.content), kind="receipt",
                subject="payment", folder=f"documents/payments/{year}")
