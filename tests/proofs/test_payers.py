"""Eight people record payments of the same instalments at once: no cent is lost, and nothing is settled twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from core.documents.model import Document
from core.ground.access import ScopedSession, as_system, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.instalments.model import Instalment
from core.payments import matching, operations
from core.payments.model import BankStatement, Payment, Settlement, StatementLine
from tests.factories import filled
from tests.ledger import ACCOUNTANT, Ledger, ledger

__all__ = ["ledger"]  # a fixture that lives elsewhere
pytestmark = pytest.mark.proof
PAYERS = 8
PAYMENTS_EACH = 40
INSTALMENTS = 12
AMOUNT = Decimal("1000.00")
CREDITS = 40
DAY = date(2026, 1, 30)
ACTOR = system("prova dei pagamenti")


@dataclass(frozen=True)
class Ground:
    """The database, the municipality that pays, its instalments, and the credits of a statement."""

    url: str
    municipality_id: int
    instalment_ids: tuple[int, ...]
    line_ids: tuple[int, ...]


# a payer does its work and tells the euros that were accepted, by instalment
Payer = Callable[[Ground, random.Random], dict[int, Decimal]]


def by_the_book(ground: Ground, chance: random.Random) -> dict[int, Decimal]:
    """The house's way: two instalments at a time, in any order, each with its row held."""
    database, accepted = Database(ground.url), dict[int, Decimal]()
    for _ in range(PAYMENTS_EACH):
        parts = {key: _euros(chance) for key in chance.sample(ground.instalment_ids, 2)}
        try:
            with unit_of_work(database, ACCOUNTANT, act="payment.record") as session:
                operations.record(session, ground.municipality_id, received_on=DAY,
                                  amount=sum(parts.values(), Decimal()), method="bank_transfer", parts=parts,
                                  again=True, today=DAY)
        except RuleBroken:
            continue
        for key, part in parts.items():
            accepted[key] = accepted.get(key, Decimal()) + part
    database.dispose()
    return accepted


def from_memory(ground: Ground, chance: random.Random) -> dict[int, Decimal]:
    """The control: what was paid is read first and written later, with nothing held in between."""
    database, accepted = Database(ground.url), dict[int, Decimal]()
    for _ in range(PAYMENTS_EACH):
        key, part = chance.choice(ground.instalment_ids), _euros(chance)
        with ScopedSession(database, ACTOR) as session:
            amount, seen = session.execute(select(Instalment.amount, Instalment.paid).where(Instalment.id == key)).one()
        if seen + part > amount:
            continue
        time.sleep(0.001)  # somebody checks the form
        with unit_of_work(database, ACTOR, act="payment.record") as session:
            payment = filled(Payment, municipality_id=ground.municipality_id, number=chance.getrandbits(30),
                             amount=part)
            session.add(payment)
            session.flush()
            session.add(Settlement(payment_id=payment.id, instalment_id=key, amount=part))
            later = update(Instalment).where(Instalment.id == key).values(paid=seen + part)
            as_system(session, later, reason="prova")
        accepted[key] = accepted.get(key, Decimal()) + part
    database.dispose()
    return accepted


def by_the_statement(ground: Ground, chance: random.Random) -> dict[int, Decimal]:
    """Everybody confirms every credit of the statement, each in an order of their own: one of them is the first."""
    database, accepted = Database(ground.url), dict[int, Decimal]()
    for line_id in chance.sample(ground.line_ids, len(ground.line_ids)):
        key = ground.instalment_ids[line_id % len(ground.instalment_ids)]
        try:
            with unit_of_work(database, ACCOUNTANT, act="statement.confirm") as session:
                amount = session.require(StatementLine, line_id).amount
                matching.confirm(session, line_id, municipality_id=ground.municipality_id, parts={key: amount},
                                 versions={}, version=1, today=DAY)
        except RuleBroken:
            continue
        accepted[key] = accepted.get(key, Decimal()) + amount
    database.dispose()
    return accepted


def _euros(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(100, 15000)) / 100


def let_them_pay(payer: Payer, ground: Ground) -> tuple[dict[int, Decimal], float]:
    """Run the payers at once, each in a process of its own: what was accepted of them all, and the seconds."""
    started = time.perf_counter()
    with multiprocessing.get_context("fork").Pool(PAYERS) as pool:
        told = pool.starmap(payer, [(ground, random.Random(seed)) for seed in range(PAYERS)], chunksize=1)
    seconds = time.perf_counter() - started
    return {key: sum((one.get(key, Decimal()) for one in told), Decimal()) for key in ground.instalment_ids}, seconds


@dataclass(frozen=True)
class Found:
    """What the books say in the end, and how it differs from what was accepted."""

    payments: int
    paid: Decimal
    lost: int  # instalments whose ``paid`` is not the sum of their settlements, or not what was accepted
    over: int  # instalments that were settled for more than was asked


def look(ground: Ground, accepted: dict[int, Decimal]) -> Found:
    """Compare the three accounts of the same money."""
    database = Database(ground.url)
    with ScopedSession(database, ACTOR) as session:
        sums = select(Settlement.instalment_id, func.sum(Settlement.amount)).group_by(Settlement.instalment_id)
        settled: dict[int, Decimal] = dict(session.execute(sums).all())  # type: ignore[arg-type]
        rows = session.execute(select(Instalment.id, Instalment.amount, Instalment.paid)).all()
        payments = session.scalar(select(func.count(Payment.id))) or 0
    database.dispose()
    mine = [row for row in rows if row.id in accepted]
    return Found(
        payments,
        sum((row.paid for row in mine), Decimal()),
        sum(not row.paid == settled.get(row.id, Decimal()) == accepted[row.id] for row in mine),
        sum(settled.get(row.id, Decimal()) > row.amount for row in mine),
    )


@pytest.fixture
def ground(ledger: Ledger, database: Database) -> Ground:
    """Twelve instalments of 1.000 euros that Melegnano was asked for, and forty credits of one statement."""
    with ledger.unit("prova") as session:
        rows = [
            filled(Instalment, year=2026, number=number, contract_id=ledger.contract, municipality_id=ledger.melegnano,
                   kind="advance", state="requested", amount=AMOUNT, requested_on=date(2026, 1, 2),
                   effective=date(2026, 2, 28))
            for number in range(100, 100 + INSTALMENTS)
        ]
        statement = filled(BankStatement, document=filled(Document))
        statement.lines = [filled(StatementLine, booked_on=DAY, amount=Decimal("250.00")) for _ in range(CREDITS)]
        session.add_all([*rows, statement])
        session.flush()
        keys, lines = tuple(row.id for row in rows), tuple(line.id for line in statement.lines)
    database.dispose()
    return Ground(database.reading.url.render_as_string(hide_password=False), ledger.melegnano, keys, lines)


def test_eight_payers_at_once_lose_nothing(ground: Ground, backend: str, figure: Callable[..., None]) -> None:
    accepted, seconds = let_them_pay(by_the_book, ground)
    found = look(ground, accepted)
    figure(
        f"pagamenti ({backend})",
        f"{PAYERS} persone, {found.payments} pagamenti per € {found.paid} in {seconds:.1f} s: "
        f"{found.lost} rate con centesimi persi, {found.over} pagate due volte",
    )
    assert (found.lost, found.over) == (0, 0)
    assert 0 < found.payments < PAYERS * PAYMENTS_EACH, "those who are refused are part of the proof"


def test_eight_people_confirm_the_same_credits_once(ground: Ground, backend: str, figure: Callable[..., None]) -> None:
    accepted, seconds = let_them_pay(by_the_statement, ground)
    found = look(ground, accepted)
    figure(
        f"accrediti ({backend})",
        f"{PAYERS} persone confermano gli stessi {CREDITS} accrediti in {seconds:.1f} s: {found.payments} pagamenti, "
        f"{found.lost} rate con centesimi persi, {found.over} pagate due volte",
    )
    assert (found.payments, found.lost, found.over) == (CREDITS, 0, 0)


def test_the_control_goes_red_when_nothing_is_held(ground: Ground, backend: str, figure: Callable[..., None]) -> None:
    accepted, _seconds = let_them_pay(from_memory, ground)
    found = look(ground, accepted)
    figure(f"pagamenti, controllo ({backend})", f"senza tenere la riga: {found.lost} rate con centesimi persi trovate")
    assert found.lost > 0
