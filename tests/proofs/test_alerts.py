"""kill -9 at random instants of the worker's nights: every alert is told, whole, and none twice."""

from __future__ import annotations

import email
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from email.policy import default
from pathlib import Path

import pytest
from sqlalchemy import func, select

from admin.command import mail, worker
from core.deadlines.model import Alert
from core.ground import outbox
from core.ground.access import Role, ScopedSession, system
from core.ground.db import Database
from core.ground.outbox import OutboxMessage
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.parties.model import BankAccount
from tests.factories import filled, municipality
from tests.integration.deadlines.conftest import user

pytestmark = pytest.mark.proof
KILLS = 25
ACCOUNTS = 60
FIRST = date(2026, 3, 2)
DAYS = 24
PEOPLE = 5
ALERTS_EACH = 2  # three days before, and the day itself


@dataclass(frozen=True)
class Ground:
    """The database, and the folder with the mailbox."""

    url: str
    folder: Path

    def settings(self, day: date) -> Settings:
        """The installation as it plays ``day``."""
        return Settings(data_dir=self.folder, today=day, database_url=self.url, plugins=())

    def mails(self) -> list[str]:
        """The text of every mail that arrived; a broken one raises."""
        return [
            email.message_from_bytes(path.read_bytes(), policy=default).get_content()
            for path in (self.folder / mail.FOLDER).glob("*.eml")
        ]


@pytest.fixture
def ground(database: Database, tmp_path: Path) -> Ground:
    """Accounts opened one after the other, each to be communicated in seven days, and some accountants to be told."""
    with unit_of_work(database, system("prova"), act="arrivo") as session:
        own = municipality("Dresano")
        session.add_all([own, *(user(f"conti{n}", Role.ACCOUNTING) for n in range(PEOPLE))])
        session.flush()
        session.add_all([
            filled(BankAccount, party_id=own.id, iban=f"conto-{n:03}", opened_on=FIRST + timedelta(days=n % 14))
            for n in range(ACCOUNTS)
        ])
    ground = Ground(database.reading.url.render_as_string(hide_password=False), tmp_path)
    for _name, work in worker.day_of(ground.settings(FIRST), database, FIRST):
        work()
    database.dispose()
    return ground


def nights(ground: Ground, begin: int, send_at_once: bool, tell: int) -> None:
    """A child's work: the rounds of one day after another, each told to ``tell``, until it is killed."""
    worker.LEASE_SECONDS = 0  # whoever comes after the dead does not wait here
    if send_at_once:
        outbox.post_mail = _straight_into(ground)
    database = Database(ground.url)
    for day in range(begin, DAYS):
        worker.run_once(ground.settings(FIRST + timedelta(days=day)), database, new_day=False)
        os.write(tell, b".")


def _straight_into(ground: Ground) -> Callable[..., None]:
    """The control: the mail leaves before the alert is committed, under a new name each time."""

    def send(_session: ScopedSession, *, key: str, **words: str) -> None:
        mail.sender(ground.settings(FIRST))({**words, "key": f"{key} {os.urandom(8).hex()}"})
        time.sleep(0.05)

    return send


def kill_repeatedly(ground: Ground, *, send_at_once: bool) -> None:
    """Children begin, each a little later in the month, and die at a random instant of their second or third round."""
    rng = random.Random(20260302)
    for turn in range(KILLS):
        listen, tell = os.pipe()
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            try:
                nights(ground, turn * DAYS // KILLS, send_at_once, tell)
            finally:
                os._exit(1)
        os.close(tell)
        with os.fdopen(listen, "rb", buffering=0) as pipe:
            assert pipe.read(1), "the child died before its first round"
            time.sleep(rng.uniform(0, 2) * (time.monotonic() - started))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)


def finish(ground: Ground) -> None:
    """The nights that are left, and the mail that the dead had claimed, once its time to be tried again has come."""
    database = Database(ground.url)
    for day in range(DAYS):
        worker.run_once(ground.settings(FIRST + timedelta(days=day)), database)
    with unit_of_work(database, system("prova"), act="attesa") as session:
        for message in session.scalars(select(OutboxMessage).where(OutboxMessage.done_at.is_(None))):
            message.due_at, message.attempts = message.due_at - timedelta(days=1), 0
    worker.run_once(ground.settings(FIRST + timedelta(days=DAYS)), database)
    database.dispose()


def told(ground: Ground) -> Counter[str]:
    """How many mails tell of each account."""
    return Counter(f"conto-{n:03}" for text in ground.mails() for n in range(ACCOUNTS) if f"conto-{n:03}" in text)


@dataclass(frozen=True)
class Found:
    """What is there in the end: mails decided and arrived, alerts due and fired, accounts told too often or never."""

    decided: int
    arrived: int
    silent: int
    too_often: int
    never: int


def look(ground: Ground) -> Found:
    """Count what is left after the killing."""
    database = Database(ground.url)
    with ScopedSession(database, system("prova")) as session:
        mails = select(func.count(OutboxMessage.id)).where(OutboxMessage.kind == "mail")
        decided = session.scalar(mails) or 0
        last = FIRST + timedelta(days=DAYS - 1)
        due = select(func.count(Alert.id)).where(Alert.due_on <= last, Alert.fired_at.is_(None))
        silent = session.scalar(due) or 0
    database.dispose()
    counted = told(ground)
    often = sum(n > ALERTS_EACH * PEOPLE for n in counted.values())
    return Found(decided, len(ground.mails()), silent, often, ACCOUNTS - len(counted))


def test_alerts_survive_the_killing_of_their_worker(ground: Ground, backend: str, figure: Callable[..., None]) -> None:
    kill_repeatedly(ground, send_at_once=False)
    finish(ground)
    found = look(ground)
    figure(
        f"avvisi ({backend})",
        f"{KILLS} kill -9, {found.arrived} messaggi per {ACCOUNTS} scadenze: {found.decided - found.arrived} persi o "
        f"doppi, {found.too_often} scadenze avvisate due volte, {found.never} mai, {found.silent} avvisi muti",
    )
    assert found.decided == found.arrived > 0
    assert (found.silent, found.too_often, found.never) == (0, 0, 0)


def test_the_control_goes_red_when_the_mail_leaves_before_the_commit(
    ground: Ground, backend: str, figure: Callable[..., None]
) -> None:
    kill_repeatedly(ground, send_at_once=True)
    finish(ground)
    found = look(ground)
    figure(f"avvisi, controllo ({backend})", f"spediti prima di registrare: {found.too_often} avvisi doppi trovati")
    assert found.too_often > 0
