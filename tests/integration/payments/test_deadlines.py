"""What a municipality has paid beyond what was asked waits by a day, until it is used, paid back, or taken back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.deadlines.model import Deadline
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.payments import operations
from tests.integration.payments.test_operations import TODAY, asked, pay
from tests.ledger import ACCOUNTANT, Ledger

__all__ = ["asked"]


@pytest.fixture
def over(ledger: Ledger, asked: dict[tuple[str, str], int]) -> int:
    """Melegnano has paid 100.500 euros of an instalment of 100.000; the id of the payment."""
    with ledger.unit("regole") as session:
        install_rules(session)
    return pay(ledger, ledger.melegnano, "100500.00", {asked["Melegnano", "Primo acconto"]: "100000.00"})


def deadlines(ledger: Ledger, today: date = TODAY) -> list[tuple[date, str]]:
    with ledger.unit("notte") as session:
        follow(session, "payment", None, today=today)
        rows = session.scalars(select(Deadline).where(Deadline.subject == "payment").order_by(Deadline.id))
        return [(row.effective, row.state) for row in rows]


def test_what_came_beyond_has_its_day_and_its_reminders(ledger: Ledger, over: int) -> None:
    with ledger.unit("legge") as session:
        [row] = session.scalars(select(Deadline).where(Deadline.subject == "payment"))
        assert (row.subject_id, row.effective, row.state) == (over, date(2026, 3, 31), "open")
        assert [alert.days_before for alert in row.alerts] == [30, 7, 0]
    assert deadlines(ledger, date(2026, 4, 1)) == [(date(2026, 3, 31), "missed")]


def test_what_settles_all_of_itself_asks_nothing(ledger: Ledger, asked: dict[tuple[str, str], int], over: int) -> None:
    pay(ledger, ledger.dresano, "16666.67", {asked["Dresano", "Primo acconto"]: "16666.67"})
    assert len(deadlines(ledger)) == 1


def test_a_credit_that_is_paid_back_is_closed_and_open_again_if_that_was_a_mistake(ledger: Ledger, over: int) -> None:
    with ledger.unit("restituisce", ACCOUNTANT) as session:
        back = operations.refund(session, ledger.melegnano, source=f"p{over}", paid_on=TODAY, amount=Decimal("500.00"),
                                 method="bank_transfer", today=TODAY).id
    assert deadlines(ledger) == [(date(2026, 3, 31), "met")]
    with ledger.unit("storna", ACCOUNTANT) as session:
        operations.reverse(session, back, why="Conto sbagliato", on=TODAY, today=TODAY)
    assert deadlines(ledger) == [(date(2026, 3, 31), "open")]


def test_a_payment_that_is_taken_back_waits_for_nothing(ledger: Ledger, over: int) -> None:
    with ledger.unit("storna", ACCOUNTANT) as session:
        operations.reverse(session, over, why="Di un altro ente", on=TODAY, today=TODAY)
    assert deadlines(ledger) == [(date(2026, 3, 31), "cancelled")]
