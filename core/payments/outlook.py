"""What the home pages show of the money: the next payment, the cash of a year by month, the shares over the years.

Each asks a bounded number of statements and gives a bounded number of rows, whatever lies behind.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, extract, func, select
from sqlalchemy.orm import selectinload

from core.allocation.model import YearShare
from core.ground.access import ScopedSession
from core.ground.exercises import exercises
from core.ground.order import alphabetical, in_order, sortable
from core.instalments.model import Instalment
from core.instalments.rules import State
from core.instalments.states import PAYABLE
from core.parties.model import Azienda, BankAccount, Municipality
from core.payments.model import Payment

MOST_MUNICIPALITIES = 15
SOON = timedelta(days=30)
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Month:
    """A month of an exercise: what is due in it and what came in it, in euros."""

    year: int
    month: int
    expected: Decimal
    received: Decimal


def cash_by_month(session: ScopedSession, year: int) -> list[Month]:
    """The months of the exercise that begins in ``year``: the instalments by their due date, planned ones too, and the
    payments by day. Twelve, or thirteen where it begins within a month: the days before it are not of it."""
    exercise = exercises(session).named(year)
    first, last = exercise.starts_on, exercise.ends_on
    expected = select(*_month(Instalment.effective), func.sum(Instalment.amount)).where(
        Instalment.effective >= first, Instalment.effective <= last, Instalment.amount > ZERO,
        Instalment.state != State.CANCELLED).group_by(*_month(Instalment.effective))
    received = select(*_month(Payment.received_on), func.sum(Payment.amount)).where(
        Payment.received_on >= first, Payment.received_on <= last).group_by(*_month(Payment.received_on))
    due, came = ({(int(one), int(month)): amount or ZERO for one, month, amount in session.execute(query)}
                 for query in (expected, received))
    return [Month(*month, due.get(month, ZERO), came.get(month, ZERO)) for month in exercise.months()]


def _month(day: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    return extract("year", day), extract("month", day)


@dataclass(frozen=True)
class Shares:
    """The shares of the greatest municipalities over some years; None where a year has no share."""

    years: tuple[int, ...]
    rows: tuple[tuple[str, tuple[Decimal | None, ...]], ...]


def shares_by_year(session: ScopedSession, years: Sequence[int]) -> Shares:
    """What each municipality owes for each of ``years``: the final share if there is one, else that of the budget.

    At most ``MOST_MUNICIPALITIES``, those with the greatest amounts.
    """
    of_years = YearShare.year.in_(years)
    greatest = (select(YearShare.municipality_id, Municipality.name)
                .join(Municipality, YearShare.municipality_id == Municipality.id).where(of_years)
                .group_by(YearShare.municipality_id, Municipality.name, sortable(Municipality.name))
                .order_by(func.max(YearShare.amount).desc(), in_order(Municipality.name)).limit(MOST_MUNICIPALITIES))
    names = {row.municipality_id: row.name for row in session.execute(greatest)}
    rows = select(YearShare.municipality_id, YearShare.year, YearShare.kind, YearShare.amount).where(
        of_years, YearShare.municipality_id.in_(names), YearShare.kind.in_(("budget", "final"))).order_by(YearShare.id)
    newest = {(key, year, kind): amount for key, year, kind, amount in session.execute(rows)}

    def share(key: int, year: int) -> Decimal | None:
        final: Decimal | None = newest.get((key, year, "final"))
        return final if final is not None else newest.get((key, year, "budget"))

    told = ((name, tuple(share(key, year) for year in years)) for key, name in names.items())
    return Shares(tuple(years), tuple(sorted(told, key=lambda row: alphabetical(row[0]))))


@dataclass(frozen=True)
class Money:
    """What is still to be paid: how many instalments and how many euros."""

    count: int
    amount: Decimal


def overdue(session: ScopedSession, today: date) -> Money:
    """What should have come already."""
    return _still_to_pay(session, Instalment.effective < today)


def due_soon(session: ScopedSession, today: date) -> Money:
    """What falls due within a month."""
    return _still_to_pay(session, Instalment.effective >= today, Instalment.effective <= today + SOON)


def _still_to_pay(session: ScopedSession, *when: ColumnElement[bool]) -> Money:
    query = select(func.count(Instalment.id), func.sum(Instalment.amount), func.sum(Instalment.paid))
    count, amount, paid = session.execute(query.where(Instalment.state.in_(PAYABLE), *when)).one()
    return Money(count, (amount or ZERO) - (paid or ZERO))


def next_payments(session: ScopedSession, most: int = 5) -> list[Instalment]:
    """The instalments that the principal's municipalities still have to pay, the earliest first."""
    query = select(Instalment).where(Instalment.state.in_(PAYABLE)).options(selectinload(Instalment.municipality))
    ordered = query.order_by(Instalment.effective.nulls_last(), Instalment.year, Instalment.number)
    return list(session.scalars(ordered.limit(most)).unique())


def where_to_pay(session: ScopedSession) -> BankAccount | None:
    """The azienda's dedicated account (L. 136/2010): the treasury's if there is one."""
    own = select(BankAccount).join(Azienda, BankAccount.party_id == Azienda.id)
    return session.scalars(own.order_by(BankAccount.treasury.desc(), BankAccount.id).limit(1)).first()
