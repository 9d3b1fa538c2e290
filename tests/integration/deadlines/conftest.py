"""A municipality with a dedicated account to communicate within seven days: the smallest case with a term."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.deadlines.alerts import fire_alerts
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.ground.access import Role
from core.ground.outbox import OutboxMessage
from core.parties.model import BankAccount
from core.users.model import MunicipalityGrant, RoleGrant, User
from core.users.operations import people
from tests.conftest import UnitFactory
from tests.factories import filled
from tests.ground import Reach

OPENED = date(2026, 3, 2)
TERM = date(2026, 3, 9)


def user(name: str, role: Role, *municipality_ids: int) -> User:
    """A person who can be written to."""
    return filled(User, name=name, email=f"{name}@patto.example", grants=[RoleGrant(role=role.value)],
                  municipality_grants=[MunicipalityGrant(municipality_id=key) for key in municipality_ids])


@pytest.fixture
def account(unit: UnitFactory, two_municipalities: tuple[int, int], reach: Reach) -> int:
    """The id of the account of Dresano, opened on 2 March 2026 and not yet communicated; rules and people are there."""
    key: int = reach("account", lambda: _open(unit, two_municipalities[0]))
    return key


def _open(unit: UnitFactory, own: int) -> int:
    with unit("arrivo") as session:
        install_rules(session)
        rule = session.scalars(select(DeadlineRule).where(DeadlineRule.code == "account_communication")).one()
        rule.amount = 7  # an installation that counts by itself, and not by the terms of its contracts
        row = filled(BankAccount, iban="IT60X0542811101000000123456", party_id=own, opened_on=OPENED)
        session.add_all([row, user("conti", Role.ACCOUNTING), user("dresano", Role.MUNICIPALITY, own)])
        session.flush()
        return row.id


class Engine:
    """The engine at work on one account, a day at a time."""

    def __init__(self, unit: UnitFactory, account: int) -> None:
        self.unit, self.account = unit, account

    def night(self, today: date) -> int:
        """What the worker does of a night: follow, then fire; how many mails it made."""
        with self.unit("notte") as session:
            follow(session, "bank_account", None, today=today)
            return fire_alerts(session, people(session), today)

    def move(self, **facts: date | None) -> None:
        """Correct the facts of the account."""
        with self.unit("correzione") as session:
            row = session.require(BankAccount, self.account)
            for name, value in facts.items():
                setattr(row, name, value)

    def deadline(self) -> Deadline:
        """The one deadline, with its changes and alerts."""
        with self.unit("lettura") as session:
            [row] = session.scalars(select(Deadline)).all()
            assert row.changes is not None and row.alerts is not None and row.rule is not None
            return row

    def mails(self) -> list[dict[str, str]]:
        """The mails so far, oldest first."""
        with self.unit("lettura") as session:
            query = select(OutboxMessage).where(OutboxMessage.kind == "mail").order_by(OutboxMessage.id)
            return [row.payload for row in session.scalars(query)]

    def rule(self) -> DeadlineRule:
        """The rule of the account's deadline."""
        with self.unit("lettura") as session:
            query = select(DeadlineRule).where(DeadlineRule.code == "account_communication")
            return session.scalars(query).one()


@pytest.fixture
def engine(unit: UnitFactory, account: int) -> Engine:
    """The engine over the account of Dresano."""
    return Engine(unit, account)


