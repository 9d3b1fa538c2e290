"""kill -9 at random instants of reading bank statements: each is whole or was never there, and none comes in twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.documents.operations import keep
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.db import Database
from core.ground.files import Upload, sha256
from core.ground.unit_of_work import unit_of_work
from core.payments import matching
from core.payments.model import BankStatement, StatementLine
from core.payments.statements.reading import read
from tests.factories import filled
from tests.ledger import ACCOUNTANT, AZIENDA_IBAN, Ledger, ledger
from tests.unit.payments.test_statements import camt, entry

__all__ = ["ledger"]  # a fixture that lives elsewhere
pytestmark = pytest.mark.proof
KILLS = 25
CREDITS = 120  # of each statement
FIRST = date(2026, 1, 1)


@dataclass(frozen=True)
class Ground:
    """The database and the folder of the files."""

    url: str
    folder: Path


def statement(number: int) -> bytes:
    """The statement of a day: some credits, two of them alike, and a debit."""
    day = (FIRST + timedelta(days=number)).isoformat()
    credits = [entry(f"{100 + place % (CREDITS - 1)}.10", day=day, ref="") for place in range(CREDITS)]
    return camt(*credits, entry(sign="DBIT", day=day))


def at_once(ground: Ground, database: Database, number: int) -> None:
    """The house's way: the file, the statement and its credits in one unit of work."""
    with unit_of_work(database, ACCOUNTANT, act="statement.take_in") as session:
        matching.take_in(session, Upload(f"conto-{number}.xml", statement(number)), iban=None, today=date(2026, 3, 2))


def in_pieces(ground: Ground, database: Database, number: int) -> None:
    """The control: the statement first, then its credits a few at a time, whether they are here or not."""
    content = statement(number)
    with unit_of_work(database, ACCOUNTANT, act="statement") as session:
        document = keep(session, Upload(f"{number}-{os.getpid()}.xml", content), kind="bank_statement",
                        folder="pieces")
        kept = filled(BankStatement, iban=AZIENDA_IBAN, imported_at=clock.now(), document=document)
        session.add(kept)
        session.flush()
        key = kept.id
    credits = read("conto.xml", content)[0].lines
    for start in range(0, len(credits), 20):
        with unit_of_work(database, ACCOUNTANT, act="lines") as session:
            session.add_all([
                filled(StatementLine, statement_id=key, key=os.urandom(16).hex(), booked_on=credit.booked_on,
                       amount=credit.amount) for credit in credits[start : start + 20]
            ])


Reader = Callable[[Ground, Database, int], None]


def kill_repeatedly(ground: Ground, reader: Reader) -> int:
    """Children read one statement after another and die; each begins after the last one acknowledged: how many."""
    rng, following = random.Random(20260131), 0
    for _ in range(KILLS):
        listen, tell = os.pipe()
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            _read_until_killed(ground, reader, following, tell)
        os.close(tell)
        with os.fdopen(listen, "rb", buffering=0) as pipe:
            assert pipe.read(1), "the child died before its first statement"
            time.sleep(rng.uniform(0, 1.5) * (time.monotonic() - started))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            following += 1 + len(pipe.read())
    return following


def _read_until_killed(ground: Ground, reader: Reader, number: int, tell: int) -> None:
    try:
        database = Database(ground.url, ground.folder)
        while True:
            reader(ground, database, number)
            os.write(tell, b".")
            number += 1
    finally:
        os._exit(1)


@dataclass(frozen=True)
class Damage:
    """What the detector looks for."""

    lost: int
    halves: int
    doubles: int
    broken_files: int

    @property
    def any(self) -> bool:
        """True if anything at all is wrong."""
        return bool(self.lost or self.halves or self.doubles or self.broken_files)


def inspect(ground: Ground, acknowledged: int) -> tuple[int, Damage]:
    """How many statements there are, and the damage."""
    database = Database(ground.url, ground.folder)
    with ScopedSession(database, ACCOUNTANT) as session:
        kept = session.scalars(select(BankStatement)).all()
        halves = sum(len(one.lines) != CREDITS for one in kept)
        each_day = select(func.count(StatementLine.id)).group_by(StatementLine.booked_on)
        days = session.scalars(each_day).all()
        broken = sum(sha256(session.files.get(one.document.path)) != one.document.sha256 for one in kept)
    database.dispose()
    damage = Damage(max(acknowledged - len(days), 0), halves, sum(max(n - CREDITS, 0) for n in days), broken)
    return len(kept), damage


@pytest.fixture
def ground(ledger: Ledger, database: Database) -> Ground:
    """An azienda with its dedicated account, and nothing read yet."""
    database.reading.connect().close()  # it is made when somebody connects: the children know its address only
    database.dispose()
    return Ground(database.reading.url.render_as_string(hide_password=False), database.files.root)


def test_a_killed_reading_is_whole_or_was_never_there(
    ground: Ground, backend: str, figure: Callable[..., None]
) -> None:
    acknowledged = kill_repeatedly(ground, at_once)
    count, damage = inspect(ground, acknowledged)
    figure(
        f"estratti conto ({backend})",
        f"{KILLS} kill -9, {count} estratti da {CREDITS} accrediti: {damage.lost} perduti, {damage.halves} a metà, "
        f"{damage.doubles} accrediti doppi, {damage.broken_files} file rotti",
    )
    assert not damage.any
    database = Database(ground.url, ground.folder)
    for number in range(count + 1):  # all of them again, and one that is new
        at_once(ground, database, number)
    database.dispose()
    again, damage = inspect(ground, count + 1)
    assert (again, damage.any) == (count + 1, False), "the same file twice changes nothing"


def test_the_control_goes_red_when_a_statement_comes_in_pieces(
    ground: Ground, backend: str, figure: Callable[..., None]
) -> None:
    acknowledged = kill_repeatedly(ground, in_pieces)
    database = Database(ground.url, ground.folder)
    in_pieces(ground, database, 0)
    database.dispose()
    _count, damage = inspect(ground, acknowledged)
    figure(f"estratti conto, controllo ({backend})",
           f"a pezzi: {damage.halves} estratti a metà, {damage.doubles} accrediti doppi trovati")
    assert damage.halves
    assert damage.doubles
