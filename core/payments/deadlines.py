"""What happens to money that arrived beyond what was asked for, as the deadline engine reads it: a credit waits."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import aliased

from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession
from core.ground.articles import after
from core.parties.model import Municipality
from core.payments.model import Payment, Settlement


def living_payments(_today: date) -> Select[int]:
    """The payments of which something is left, and that were not taken back."""
    return select(Payment.id).where(_arrived(), ~_taken_back(), _left() > Decimal(0))


def payment_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """The payments behind ``ids``: their credit begins with the money and ends when it is used, or paid back."""
    for row in session.execute(_asked(), {"ids": list(ids)}):
        title = f"Pagamento n. {row.number}/{row.year} {after('di', row.name)}"
        yield Case("payment", row.id, title, tuple(_happenings(row, today)),
                   municipality_ids=frozenset({row.owner}))


@cache
def _asked() -> Select[*tuple[Any, ...]]:
    """The question of ``payment_cases``, put together once: every payment asks it."""
    rows = select(Payment.id, Payment.number, Payment.year, Payment.received_on, Municipality.id.label("owner"),
                  Municipality.name, _left().label("left"), _taken_back().label("taken_back"))
    return rows.join(Municipality, Municipality.id == Payment.municipality_id).where(
        Payment.id.in_(bindparam("ids", expanding=True)), _arrived())


def _happenings(row: Any, today: date) -> Iterator[Happening]:
    if row.taken_back:
        return
    yield Happening("payment.beyond", row.received_on)
    if row.left <= 0:
        yield Happening("payment.used_up", max(today, row.received_on))


def _arrived() -> ColumnElement[bool]:
    """Money that came: no refund, and nothing that only takes another back."""
    return and_(Payment.amount > Decimal(0), Payment.reverses_id.is_(None))


def _left() -> ColumnElement[Decimal]:
    """What of a payment settles nothing and was not paid back, in euros."""
    back, taken = aliased(Payment), aliased(Payment)
    settled = select(func.coalesce(func.sum(Settlement.amount), Decimal(0))).where(
        Settlement.payment_id == Payment.id).correlate(Payment).scalar_subquery()
    refunded = select(func.coalesce(func.sum(back.amount), Decimal(0))).where(
        back.refunds_id == Payment.id, ~select(taken.id).where(taken.reverses_id == back.id).correlate(back).exists(),
    ).correlate(Payment).scalar_subquery()
    return Payment.amount + refunded - settled


def _taken_back() -> ColumnElement[bool]:
    taken = aliased(Payment)
    return select(taken.id).where(taken.reverses_id == Payment.id).correlate(Payment).exists()


source_of("payment", living_payments, payment_cases)
rules_beside(__file__)
