"""What records money: payments and what they settle, credits used, reversals. None of them commits.

What an instalment has received (``paid``) changes here and nowhere else, with its row held: of several who pay at once
none loses anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select

from core.access import Principal, ScopedSession
from core.cases.rules import require_safe_file
from core.deadlines.operations import follow
from core.documents.model import Document
from core.documents.operations import keep
from core.documents.store import FileStore
from core.errors import RuleBroken
from core.instalments.model import Instalment
from core.instalments.operations import lock, restate
from core.instalments.rules import State
from core.instalments.states import PAYABLE
from core.numbering import next_number
from core.parties.model import Municipality
from core.payments import rules
from core.payments.model import Payment, Settlement, StatementLine
from core.payments.states import LINE_LIFE, OFFICE
from core.states import Proof


@dataclass(frozen=True)
class Upload:
    """A file as it came: its name and its bytes."""

    file_name: str
    content: bytes


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
    store: FileStore | None = None,
    today: date,
    actor: Principal,
) -> Payment:
    """Record money that arrived and settle instalments with it: ``parts`` in euros by instalment id.

    What is beyond the parts stays to the municipality's credit. ``versions`` are those that the person saw.
    RuleBroken for other ways than banks and Poste (R112), a day to come, an instalment of another municipality or not
    asked for, more than is left of one, or one that has changed meanwhile.
    """
    actor.require(*OFFICE)
    session.require(Municipality, municipality_id)
    rules.require_payment(received_on, amount, method, today)
    rows = lock(session, parts.keys())
    rules.require_parts(amount, parts, {key: _left(row) for key, row in rows.items()}, municipality_id, versions or {})
    payment = Payment(
        municipality_id=municipality_id, year=received_on.year, number=_number(session, received_on.year),
        received_on=received_on, amount=amount, method=method, reference=reference.strip(),
        receipt=_kept(session, receipt, store, received_on.year),
    )
    session.add(payment)
    session.flush()
    _settle(session, payment.id, [(rows[key], part) for key, part in parts.items()], received_on, today, actor)
    session.refresh(payment, ["settlements"])
    return payment


def credits_of(session: ScopedSession, municipality_id: int) -> list[CreditSource]:
    """What a municipality has to its credit, the oldest first: over-payments, then negative balances."""
    settled = func.coalesce(func.sum(Settlement.amount), Decimal(0))
    reversed_ones = select(Payment.reverses_id).where(Payment.reverses_id.is_not(None))
    over = (
        select(Payment.id, Payment.number, Payment.year, Payment.amount, settled)
        .outerjoin(Settlement, Settlement.payment_id == Payment.id)
        .where(Payment.municipality_id == municipality_id, Payment.reverses_id.is_(None),
               Payment.id.not_in(reversed_ones))
        .group_by(Payment.id, Payment.number, Payment.year, Payment.amount)
        .having(Payment.amount > settled).order_by(Payment.id)
    )
    found = [CreditSource(key, None, f"pagamento n. {number}/{year}", amount - used)
             for key, number, year, amount, used in session.execute(over)]
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
    actor: Principal,
) -> None:
    """Settle an instalment, or a part of it, with what its municipality has to its credit (``CreditSource.key``).

    Euros. RuleBroken if the credit is gone or less, for more than is left, or a stale page.
    """
    actor.require(*OFFICE)
    target = session.require(Instalment, instalment_id)
    session.scalars(select(Municipality.id).where(Municipality.id == target.municipality_id).with_for_update()).one()
    sources = {held.key: held for held in credits_of(session, target.municipality_id)}
    held = sources.get(source)
    if held is None or amount > held.amount:
        raise RuleBroken("Il credito scelto è già stato usato, o è minore di quanto indicato: ricaricare la pagina.",
                         field="source")
    rows = lock(session, {instalment_id, *([held.instalment_id] if held.instalment_id else [])})
    rules.require_parts(amount, {instalment_id: amount}, {instalment_id: _left(rows[instalment_id])},
                        target.municipality_id, {instalment_id: version})
    if held.payment_id is not None:
        _settle(session, held.payment_id, [(rows[instalment_id], amount)], today, today, actor)
        return
    giving = rows[held.instalment_id or 0]
    offset = Payment(
        municipality_id=target.municipality_id, year=today.year, number=_number(session, today.year),
        received_on=today, amount=Decimal("0.00"), method=rules.OFFSET,
        reference=f"Compensazione con il credito della rata n. {giving.code}",
    )
    session.add(offset)
    session.flush()
    _settle(session, offset.id, [(giving, -amount), (rows[instalment_id], amount)], today, today, actor)


def reverse(
    session: ScopedSession, payment_id: int, *, why: str, on: date, today: date, actor: Principal
) -> Payment:
    """Take back a payment by a negative one, with its reason: what it had settled is open again.

    The line of the statement that it came from is open again too. RuleBroken without a reason, for a reversal or a
    payment already reversed, or for a day before the payment or to come.
    """
    actor.require(*OFFICE)
    payment = session.scalars(select(Payment).where(Payment.id == session.require(Payment, payment_id).id)
                              .with_for_update(of=Payment)).one()
    _require_reversible(session, payment, why, on, today)
    settled = session.scalars(select(Settlement).where(Settlement.payment_id == payment.id)).all()
    rows = lock(session, {part.instalment_id for part in settled})
    taken = Payment(
        municipality_id=payment.municipality_id, year=on.year, number=_number(session, on.year), received_on=on,
        amount=-payment.amount, method=payment.method, reference=payment.reference, reverses_id=payment.id,
        why=why.strip(),
    )
    session.add(taken)
    session.flush()
    _settle(session, taken.id, [(rows[part.instalment_id], -part.amount) for part in settled], on, today, actor)
    for line in session.scalars(select(StatementLine).where(StatementLine.payment_id == payment.id)):
        line.payment_id = None
        LINE_LIFE.move(session, line, "reopen", actor=actor, on=today, proof=Proof(why=why))
    session.flush()
    return taken


def _require_reversible(session: ScopedSession, payment: Payment, why: str, on: date, today: date) -> None:
    if not why.strip():
        raise RuleBroken("Indicare il motivo: resta accanto allo storno.", field="why")
    if payment.reverses_id is not None:
        raise RuleBroken("Uno storno non si storna: registrare di nuovo il pagamento.")
    if session.scalars(select(Payment.id).where(Payment.reverses_id == payment.id)).first() is not None:
        raise RuleBroken("Il pagamento n. %(code)s è già stato stornato.", code=payment.code)
    if not payment.received_on <= on <= today:
        raise RuleBroken("Lo storno non può precedere il pagamento né essere in un giorno futuro.", field="on")


def _settle(
    session: ScopedSession, payment_id: int, parts: list[tuple[Instalment, Decimal]], on: date, today: date,
    actor: Principal,
) -> None:
    """Write the settlements and bring each instalment, which is held, to where it now stands."""
    for row, part in parts:
        session.add(Settlement(payment_id=payment_id, instalment_id=row.id, amount=part))
        row.paid += part
        restate(session, row, today=today, actor=actor, settled_on=max(on, _last_arrived(session, row) or on))
    session.flush()
    follow(session, "instalment", [row.id for row, _part in parts], today=today)


def _last_arrived(session: ScopedSession, row: Instalment) -> date | None:
    """When the last money that an instalment still holds arrived: the last recorded may have arrived before."""
    reversals = select(Payment.reverses_id).where(Payment.reverses_id.is_not(None))
    arrived = select(func.max(Payment.received_on)).join(Settlement, Settlement.payment_id == Payment.id)
    return session.scalar(arrived.where(Settlement.instalment_id == row.id, Payment.reverses_id.is_(None),
                                        Payment.id.not_in(reversals)))


def _left(row: Instalment) -> rules.Left:
    return rules.Left(row.code, row.municipality_id, row.state in PAYABLE, row.left, row.version)


def _number(session: ScopedSession, year: int) -> int:
    return next_number(session, "payment", year)


def _kept(session: ScopedSession, receipt: Upload | None, store: FileStore | None, year: int) -> Document | None:
    if receipt is None or store is None:
        return None
    require_safe_file(receipt.file_name, receipt.content, field="receipt")
    return keep(session, store, kind="receipt", folder=f"documents/payments/{year}",
                file_name=receipt.file_name.replace("\\", "/").rpartition("/")[2], content=receipt.content)
