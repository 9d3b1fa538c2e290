"""The account of a municipality: what it owed at the start, what was asked, what came, what it owes now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, Date, func, or_, select, type_coerce

from core.ground.access import ScopedSession
from core.ground.exercise import Exercise
from core.ground.exercises import exercises
from core.instalments.interest import Interest, Paid, Rate, interest
from core.instalments.model import Instalment
from core.instalments.rates import rates
from core.instalments.rules import State
from core.parties.model import Municipality
from core.payments.model import Payment, Settlement

NOT_ASKED = (State.PLANNED, State.CANCELLED)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Movement:
    """A line of the account, in euros: asked of the municipality, or paid by it; ``balance`` is what it owes after it.

    ``kind``: request, credit, payment, reversal or refund (a credit paid back, so a negative payment); ``code`` is the
    number of the instalment or of the payment, ``key`` its id.
    """

    on: date
    kind: str
    key: int
    code: str
    text: str
    asked: Decimal = ZERO
    paid: Decimal = ZERO
    balance: Decimal = ZERO


@dataclass(frozen=True)
class Account:
    """A year of a municipality: what it owed before, the movements in order, what it owes after; negative: a credit."""

    exercise: Exercise
    opening: Decimal
    movements: tuple[Movement, ...]

    @property
    def closing(self) -> Decimal:
        """What the municipality owes at the end."""
        return self.movements[-1].balance if self.movements else self.opening

    @property
    def asked(self) -> Decimal:
        """What was asked in the year, credits taken off."""
        return sum((one.asked for one in self.movements), ZERO)

    @property
    def paid(self) -> Decimal:
        """What came in the year, reversals and refunds taken off."""
        return sum((one.paid for one in self.movements), ZERO)


def balanced(opening: Decimal, movements: Iterable[Movement]) -> tuple[Movement, ...]:
    """The movements by day, requests before payments of the same day, each with what is owed after it."""
    balance, told = opening, []
    for one in sorted(movements, key=lambda m: (m.on, m.paid != 0, m.kind, m.key)):
        balance += one.asked - one.paid
        told.append(replace(one, balance=balance))
    return tuple(told)


def account(session: ScopedSession, municipality_id: int, year: int) -> Account:
    """The account of a municipality for a year. NotVisible for another's.

    A credit that is used up changes nothing here: it stands as a credit since the day on which it arose.
    """
    session.require(Municipality, municipality_id)
    exercise = exercises(session).named(year)
    first, after = exercise.starts_on, exercise.after
    opening = _asked(session, municipality_id, first) - _paid(session, municipality_id, first)
    movements = [*_requests(session, municipality_id, first, after), *_payments(session, municipality_id, first, after)]
    return Account(exercise, opening, balanced(opening, movements))


def with_account() -> ColumnElement[bool]:
    """The municipalities that have an account: members, of now or of once, and whoever was asked or paid anything."""
    return or_(Municipality.memberships.any(),
               select(Instalment.id).where(Instalment.municipality_id == Municipality.id).exists(),
               select(Payment.id).where(Payment.municipality_id == Municipality.id).exists())


def balances(session: ScopedSession, municipality_ids: Iterable[int]) -> dict[int, Decimal]:
    """What each municipality owes by all that was asked and paid, in two statements however many they are."""
    keys = list(municipality_ids)
    asked = select(Instalment.municipality_id, func.sum(Instalment.amount)).where(
        Instalment.municipality_id.in_(keys), Instalment.state.not_in(NOT_ASKED)).group_by(Instalment.municipality_id)
    paid = select(Payment.municipality_id, func.sum(Payment.amount)).where(
        Payment.municipality_id.in_(keys)).group_by(Payment.municipality_id)
    owed = dict.fromkeys(keys, ZERO)
    for key, amount in session.execute(asked):
        owed[key] += amount or ZERO
    for key, amount in session.execute(paid):
        owed[key] -= amount or ZERO
    return owed


def _asked_on() -> ColumnElement[date]:
    """A request counts from the day on which it was sent; a credit, never requested, from the day on which it arose."""
    return type_coerce(func.coalesce(Instalment.requested_on, Instalment.nominal), Date)


def _asked(session: ScopedSession, municipality_id: int, before: date) -> Decimal:
    total = select(func.sum(Instalment.amount)).where(
        Instalment.municipality_id == municipality_id, Instalment.state.not_in(NOT_ASKED), _asked_on() < before)
    return session.scalar(total) or ZERO


def _paid(session: ScopedSession, municipality_id: int, before: date) -> Decimal:
    total = select(func.sum(Payment.amount)).where(
        Payment.municipality_id == municipality_id, Payment.received_on < before)
    return session.scalar(total) or ZERO


def _requests(session: ScopedSession, municipality_id: int, first: date, after: date) -> Iterable[Movement]:
    rows = select(Instalment.id, Instalment.number, Instalment.year, Instalment.title, Instalment.amount,
                  _asked_on(), Instalment.invoice_number, Instalment.invoice_on)
    rows = rows.where(Instalment.municipality_id == municipality_id, Instalment.state.not_in(NOT_ASKED),
                      _asked_on() >= first, _asked_on() < after)
    for key, number, year, title, amount, on, invoice, invoiced_on in session.execute(rows):
        asked = amount or ZERO
        text = f"{title} – fattura n. {invoice} del {invoiced_on:%d/%m/%Y}" if invoice else title
        yield Movement(on, "credit" if asked < 0 else "request", key, f"{number}/{year}", text, asked=asked)


def _payments(session: ScopedSession, municipality_id: int, first: date, after: date) -> Iterable[Movement]:
    rows = select(Payment.id, Payment.number, Payment.year, Payment.reference, Payment.amount, Payment.received_on,
                  Payment.reverses_id)
    rows = rows.where(Payment.municipality_id == municipality_id, Payment.received_on >= first,
                      Payment.received_on < after)
    for key, number, year, reference, amount, on, reverses in session.execute(rows):
        kind = "reversal" if reverses is not None else "refund" if amount < 0 else "payment"
        yield Movement(on, kind, key, f"{number}/{year}", reference, paid=amount)


def interest_of(session: ScopedSession, row: Instalment, *, today: date) -> Interest:
    """The account of interest on delay of an instalment up to ``today``, where its contract provides for it.

    Nobody is late with what was not yet asked: of a request sent after the term it counts from the day after it was
    sent (artt. 1219, 1224 c.c.). Once the instalment is settled nothing more accrues after the day on which the last
    money for it arrived. RuleBroken if a rate is not registered. Empty for what is not asked for.
    """
    terms = row.contract.terms
    if terms.interest == "none" or row.effective is None or row.requested_on is None or (row.amount or 0) <= 0:
        return Interest()
    known = [Rate(held.valid_from, held.percent) for held in rates(session, terms.interest)]
    until = min(today, row.settled_on) if row.left == 0 and row.settled_on else today
    return interest(row.amount or ZERO, max(row.effective, row.requested_on), _arrived(session, row), until, known,
                    terms.interest_points or ZERO)


def _arrived(session: ScopedSession, row: Instalment) -> list[Paid]:
    """What an instalment holds of each payment; what was taken off it again, on the same day, was never there."""
    undone = select(Settlement.undoes_id).where(Settlement.undoes_id.is_not(None))
    held = (
        select(Payment.id, Payment.received_on, Payment.reverses_id, func.sum(Settlement.amount))
        .join(Payment, Settlement.payment_id == Payment.id)
        .where(Settlement.instalment_id == row.id, Settlement.undoes_id.is_(None), Settlement.id.not_in(undone))
        .group_by(Payment.id, Payment.received_on, Payment.reverses_id).order_by(Payment.received_on, Payment.id)
    )
    return [Paid(on, amount, key, reverses) for key, on, reverses, amount in session.execute(held)]
