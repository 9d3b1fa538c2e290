"""Eight writers take numbers of one register, and one act in twenty fails: none is missing, none is given twice."""

from __future__ import annotations

import multiprocessing
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import pytest
from sqlalchemy import create_engine, select, text

from core.contracts.model import Contract, ContractTerms
from core.ground.access import ScopedSession, as_system, system
from core.ground.db import Database
from core.ground.numbering import next_number
from core.ground.unit_of_work import unit_of_work
from tests.conftest import UnitFactory
from tests.factories import filled

pytestmark = pytest.mark.proof
WRITERS = 8
ACTS_EACH = 60
FAILURES = 0.05
ACTOR = system("prova dei numeri")

Writer = Callable[[str, int, random.Random], None]


class ChangedTheirMind(Exception):
    """The act is given up after it has taken its number."""


@dataclass(frozen=True)
class Flaws:
    """What the detector looks for in a register."""

    doubles: int
    gaps: int


def flaws(numbers: list[int]) -> Flaws:
    """Numbers given twice, and numbers missing below the highest."""
    doubles = sum(times - 1 for times in Counter(numbers).values())
    return Flaws(doubles, max(numbers, default=0) - len(set(numbers)))


def by_the_counter(url: str, terms_id: int, chance: random.Random) -> None:
    """The house's way: the number and its contract in one unit of work."""
    database = Database(url)
    for _ in range(ACTS_EACH):
        with suppress(ChangedTheirMind), unit_of_work(database, ACTOR, act="contract.draft") as session:
            number = next_number(session, "contract", 2026)
            session.add(filled(Contract, year=2026, number=number, terms_id=terms_id))
            session.flush()
            if chance.random() < FAILURES:
                raise ChangedTheirMind
    database.dispose()


def by_the_highest(url: str, _terms_id: int, chance: random.Random) -> None:
    """The control: the highest number plus one, in a transaction as the driver opens it."""
    engine = create_engine(url)
    for _ in range(ACTS_EACH):
        with suppress(ChangedTheirMind), engine.begin() as connection:
            number = (connection.scalar(text("SELECT max(number) FROM register")) or 0) + 1
            time.sleep(0.001)  # somebody checks the form
            connection.execute(text("INSERT INTO register VALUES (:number)"), {"number": number})
            if chance.random() < FAILURES:
                raise ChangedTheirMind
    engine.dispose()


def by_a_sequence(url: str, _terms_id: int, chance: random.Random) -> None:
    """The other control: a number taken in a transaction of its own, as a sequence does."""
    database = Database(url)
    for _ in range(ACTS_EACH):
        with unit_of_work(database, ACTOR, act="number") as session:
            number = next_number(session, "register", 2026)
        with suppress(ChangedTheirMind), unit_of_work(database, ACTOR, act="contract.draft") as session:
            if chance.random() < FAILURES:
                raise ChangedTheirMind
            as_system(session, text("INSERT INTO register VALUES (:n)").bindparams(n=number), reason="prova")
    database.dispose()


def let_them_write(writer: Writer, url: str, terms_id: int) -> float:
    """Run the writers at once, each in a process of its own; the seconds it took."""
    context = multiprocessing.get_context("fork")
    started = time.perf_counter()
    processes = [
        context.Process(target=writer, args=(url, terms_id, random.Random(seed))) for seed in range(WRITERS)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert all(process.exitcode == 0 for process in processes), "a writer died"
    return time.perf_counter() - started


@pytest.fixture
def ground(database: Database, unit: UnitFactory) -> tuple[str, int]:
    """The address of the database and the terms of every contract; a register that nothing guards stands by."""
    with unit() as session:
        terms = filled(ContractTerms)
        session.add(terms)
        session.flush()
        terms_id = terms.id
    with database.writing.begin() as connection:
        connection.execute(text("CREATE TABLE register (number INTEGER)"))
    database.dispose()
    return database.reading.url.render_as_string(hide_password=False), terms_id


def test_the_counter_gives_every_number_once(ground, database, backend, figure):
    seconds = let_them_write(by_the_counter, *ground)
    with ScopedSession(database, ACTOR) as session:
        numbers = list(session.scalars(select(Contract.number)))
    found = flaws(numbers)
    given_up = WRITERS * ACTS_EACH - len(numbers)
    figure(
        f"numerazione ({backend})",
        f"{WRITERS} scrittori, {len(numbers)} contratti e {given_up} rinunce in {seconds:.1f} s: "
        f"{found.doubles} doppioni, {found.gaps} buchi",
    )
    assert found == Flaws(0, 0)
    assert 0 < given_up < WRITERS * ACTS_EACH * 4 * FAILURES, "the acts that fail are part of the proof"


@pytest.mark.parametrize(
    ("writer", "flaw"), [(by_the_highest, "doubles"), (by_a_sequence, "gaps")], ids=["highest", "sequence"]
)
def test_the_detector_goes_red_without_the_counter(writer, flaw, ground, database, backend, figure):
    url, terms_id = ground
    let_them_write(writer, url, terms_id)
    with database.reading.connect() as connection:
        found = flaws([row[0] for row in connection.execute(text("SELECT number FROM register"))])
    figure(
        f"numerazione, controllo {writer.__name__} ({backend})", f"{found.doubles} doppioni, {found.gaps} buchi: rosso"
    )
    assert getattr(found, flaw) > 0
