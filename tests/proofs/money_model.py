"""A year of money on one page: what two municipalities are asked for, pay and get back, in integer cents. Pure.

It knows nothing of the product: the proof plays the same acts on both and compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

ADVANCES = (("Primo acconto", 50, date(2026, 1, 31)), ("Secondo acconto", 40, date(2026, 7, 31)))
BALANCE = "Saldo"
SOON = timedelta(days=15)
Key = tuple[str, str]  # municipality, title


class Refused(Exception):
    """The act is not possible."""


@dataclass
class Row:
    """An instalment: cents asked and paid, when it was asked for, by when it is due."""

    amount: int | None = None
    paid: int = 0
    due: date | None = None
    asked_on: date | None = None

    def state(self, today: date) -> str:
        """Where it stands."""
        if self.asked_on is None or self.amount is None:
            return "planned"
        if self.paid == self.amount:
            return "paid"
        if self.amount < 0:
            return "credited"
        if self.due is not None and today > self.due:
            return "overdue"
        if self.paid:
            return "part_paid"
        return "due" if self.due is not None and today >= self.due - SOON else "requested"

    def left(self) -> int:
        """Cents still to pay; negative for a credit."""
        return (self.amount or 0) - self.paid

    def payable(self, today: date) -> bool:
        """True for what was asked and is not settled."""
        return self.state(today) in ("requested", "due", "part_paid", "overdue")


@dataclass
class Payment:
    """Cents that arrived, or moved from a credit (0), and what they settle."""

    who: str
    amount: int
    settles: dict[Key, int]
    reversal: bool = False
    reversed: bool = False

    def over(self) -> int:
        """What is left to the municipality's credit."""
        return 0 if self.reversal or self.reversed else self.amount - sum(self.settles.values())


@dataclass
class Books:
    """The year 2026 of the municipalities, whose shares of 2025 are known."""

    previous: Mapping[str, int]
    budget: dict[str, tuple[int, date]] = field(default_factory=dict)
    final: dict[str, tuple[int, date]] = field(default_factory=dict)
    rows: dict[Key, Row] = field(default_factory=dict)
    payments: list[Payment] = field(default_factory=list)

    def plan(self) -> None:
        """Write down the three rows of each; both days of the advances are working days."""
        for who in self.previous:
            self.rows |= {(who, title): Row(due=due) for title, _percent, due in ADVANCES} | {(who, BALANCE): Row()}
        self.compute()

    def compute(self) -> None:
        """Bring what was not asked up to the shares."""
        for who in self.previous:
            for title, percent, nominal in ADVANCES:
                row = self.rows[who, title]
                if row.asked_on is None:
                    amount, approved = self.budget.get(who, (0, date.max))
                    base = amount if approved <= nominal else self.previous[who]
                    row.amount = (base * percent + 50) // 100
            row = self.rows[who, BALANCE]
            if who in self.final and row.asked_on is None:
                row.amount = self.final[who][0] - sum(self.rows[who, title].amount or 0 for title, _p, _d in ADVANCES)
                row.due = self.final[who][1]

    def ask(self, title: str, today: date) -> None:
        """Ask everybody for one row of the plan; for the balance, once it is known."""
        rows = [row for (_who, name), row in self.rows.items() if name == title and row.asked_on is None]
        rows = [row for row in rows if row.amount is not None]
        if not rows:
            raise Refused
        for row in rows:
            row.asked_on = today

    def pay(self, who: str, amount: int, parts: Mapping[Key, int], today: date) -> None:
        """Record money and settle ``parts`` with it."""
        for key, part in parts.items():
            if key[0] != who or not self.rows[key].payable(today) or not 0 < part <= self.rows[key].left():
                raise Refused
        if amount <= 0 or sum(parts.values()) > amount:
            raise Refused
        self._settle(Payment(who, amount, dict(parts)))

    def credits(self, who: str, today: date) -> list[Payment | Key]:
        """What a municipality has to its credit: over-payments, then a negative balance."""
        over: list[Payment | Key] = [payment for payment in self.payments if payment.who == who and payment.over() > 0]
        return over + [key for key, row in self.rows.items() if key[0] == who and row.state(today) == "credited"]

    def use(self, key: Key, source: Payment | Key, amount: int, today: date) -> None:
        """Settle an instalment with a credit of its municipality."""
        has = source.over() if isinstance(source, Payment) else -self.rows[source].left()
        if not self.rows[key].payable(today) or not 0 < amount <= min(has, self.rows[key].left()):
            raise Refused
        if isinstance(source, Payment):
            source.settles[key] = source.settles.get(key, 0) + amount
            self.rows[key].paid += amount
        else:
            self._settle(Payment(key[0], 0, {source: -amount, key: amount}))

    def reverse(self, payment: Payment) -> None:
        """Take back a payment."""
        if payment.reversal or payment.reversed:
            raise Refused
        payment.reversed = True
        taken = {key: -part for key, part in payment.settles.items()}
        self._settle(Payment(payment.who, -payment.amount, taken, reversal=True))

    def take_back(self, key: Key) -> None:
        """Undo a request by which nothing was paid."""
        row = self.rows[key]
        if row.asked_on is None or row.paid:
            raise Refused
        row.asked_on = None

    def _settle(self, payment: Payment) -> None:
        self.payments.append(payment)
        for key, part in payment.settles.items():
            self.rows[key].paid += part
