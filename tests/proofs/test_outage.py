"""A database that goes away under the served program, and a disk that fills: nobody sees a fault of ours, the log has a
line a minute, and work goes on by itself. Without the limit the log floods.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import select

from admin.command.demo_users import ensure
from bench import writers
from bench.served import Served, Visitor, serving
from core.ground import outbox
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.lease import Lease
from core.ground.outbox import OutboxMessage
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Municipality
from tests import postgres
from tests.district import TODAY, District
from tests.proofs.patto import MAIN

pytestmark = pytest.mark.proof
AWAY = 20  # seconds
QUICKLY = 5  # seconds in which /salute must say what is wrong
READERS = 8
PAGES = ("/admin/", "/admin/contratti/", "/albo", "/admin/scadenze/", "/accesso/entra", "/non-esiste")
EMAIL = "direzione@assemi.example"
ACTOR = system("prova di guasto")
ROOM = 96 * 2**20  # bytes beside what is there: with less, /salute would call it full


@dataclass
class Traffic:
    """What people were answered while something was wrong."""

    answers: Counter[int] = field(default_factory=Counter)
    over: threading.Event = field(default_factory=threading.Event)

    def read(self, browser: Visitor) -> None:
        """Page after page, until it is over."""
        for page in cycle(PAGES):
            if self.over.is_set():
                return
            self.answers[browser.get(page).code] += 1


def salute(house: Served) -> tuple[int, dict[str, str], float]:
    """The code of /salute, what it says of each thing, and after how long."""
    began = time.monotonic()
    try:
        with urllib.request.urlopen(f"{house.address}/salute", timeout=60) as came:
            code, told = came.status, json.load(came)
    except urllib.error.HTTPError as refused:
        code, told = refused.code, json.load(refused)
    return code, {one["what"]: one["state"] for one in told["checks"]}, time.monotonic() - began


def entered(house: Served, count: int = READERS) -> list[Visitor]:
    """So many people, logged in."""
    browsers = [Visitor(house.address) for _ in range(count)]
    for browser in browsers:
        assert browser.enter(EMAIL).code == 200
    return browsers


def wait_until(so: Callable[[], bool], seconds: float = 120) -> float:
    """After how many seconds it has come about. AssertionError if it does not."""
    began = time.monotonic()
    while not so():
        assert time.monotonic() - began < seconds
        time.sleep(0.1)
    return time.monotonic() - began


@contextmanager
def reading(browsers: Sequence[Visitor]) -> Iterator[Traffic]:
    """Everybody reads while the block runs."""
    traffic = Traffic()
    with ThreadPoolExecutor(len(browsers)) as pool:
        work = [pool.submit(traffic.read, browser) for browser in browsers]
        try:
            yield traffic
        finally:
            traffic.over.set()
    for one in work:
        one.result()


# --- PostgreSQL away ---------------------------------------------------------------------------------------


@pytest.fixture
def own_server(postgres_server: postgres.Server, made_districts: Callable[[str], District],
               tmp_path: Path) -> Iterator[tuple[postgres.Server, Database]]:
    """A server that may be stopped, with the district and its people in it."""
    original = made_districts("postgresql")
    postgres_server.dump(str(original.database.reading.url.database), tmp_path / "district.dump")
    with postgres.running() as server:
        folder = tmp_path / "data"
        shutil.copytree(original.folder, folder)
        database = Database(server.restore("outage", tmp_path / "district.dump"), folder)
        with unit_of_work(database, ACTOR, act="prova") as session:
            ensure(session)
        database.dispose()
        yield server, database


def served(database: Database, without: str = ""):
    """``patto serve`` on the data of ``database``."""
    environment = {"PATTO_DATABASE_URL": database.url, "PATTO_TODAY": TODAY.isoformat(), "PROOF_WITHOUT": without}
    assert database.folder is not None
    return serving(database.folder, main=MAIN, environment=environment)


def rounds(database: Database) -> object:
    """When the worker gave its lease back for the last time."""
    with ScopedSession(database, ACTOR) as session:
        return session.scalar(select(Lease.until))


@pytest.mark.parametrize("without", ["", "quiet"], ids=["limit", "control"])
def test_a_database_that_goes_away_for_a_while(own_server, figure, without):
    server, database = own_server
    with served(database, without) as house:
        browsers, before = entered(house), house.children()
        wait_until(lambda: rounds(database) is not None)
        with unit_of_work(database, ACTOR, act="prova") as session:
            outbox.post_mail(session, to="x@patto.example", subject="Prova", text="Dopo il guasto.", key="guasto")
        database.dispose()
        lines = len(house.log.read_text().splitlines())
        server.stop()
        with reading(browsers) as traffic:
            time.sleep(AWAY / 2)
            code, states, seconds = salute(house)
            time.sleep(AWAY / 2)
        lines = len(house.log.read_text().splitlines()) - lines
        server.start()
        back = wait_until(lambda: browsers[0].get("/admin/").code == 200)

        def left() -> bool:
            with ScopedSession(database, ACTOR) as session:
                return session.scalar(select(OutboxMessage.done_at).where(OutboxMessage.key == "guasto")) is not None

        worked = wait_until(left)
        healthy = salute(house)
        same = house.children() == before and not house.deaths()
        database.dispose()
    told = f"{sum(traffic.answers.values())} risposte in {AWAY} s, {traffic.answers[503]} volte 503, " \
           f"{sum(traffic.answers.values()) - traffic.answers[503]} altre, {lines} righe nel registro"
    if without:
        figure("guasto del database, controllo", f"senza il limite: {told}: rosso")
        assert lines > traffic.answers[503] / 2
        return
    figure("guasto del database", f"{told}; /salute {code} in {seconds:.1f} s; risposte di nuovo dopo {back:.1f} s, "
                                  f"il lavoro in sottofondo dopo {worked:.0f} s")
    assert set(traffic.answers) == {503} and traffic.answers[503] > 100
    assert lines == 1
    assert code == 503 and states["database"] == "fault" and seconds < QUICKLY
    assert healthy[0] == 200 and healthy[1]["worker"] == "ok"
    assert same, "nobody died of it"


def test_a_locked_database_leaves_a_thread_that_says_so(own_server, figure):
    _server, database = own_server
    with served(database) as house:
        browsers = entered(house, 2 * READERS)
        with database.writing.connect() as other, ThreadPoolExecutor(len(browsers)) as pool:
            other.exec_driver_sql("BEGIN")
            other.exec_driver_sql('LOCK TABLE "user", lease IN ACCESS EXCLUSIVE MODE')
            asked = [pool.submit(browser.get, "/admin/") for browser in browsers]
            time.sleep(2)
            code, states, seconds = salute(house)
            other.exec_driver_sql("ROLLBACK")
            answers = Counter(one.result().code for one in asked)
        database.dispose()
    figure("database bloccato", f"{len(browsers)} persone in attesa, /salute {code} in {seconds:.1f} s, poi "
                                f"{answers[200]} risposte")
    assert code == 503 and states["database"] == "fault" and seconds < QUICKLY
    assert set(answers) == {200}


# --- a disk that fills -------------------------------------------------------------------------------------


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[bool]:
    """A disk of so many bytes at ``folder``; False where this machine does not let us make one."""
    folder.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=False,
                          capture_output=True).returncode == 0
    try:
        yield made
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_fills_up(made_districts, tmp_path, figure):
    original = made_districts("sqlite").folder
    size = sum(path.stat().st_size for path in original.rglob("*") if path.is_file())
    folder = tmp_path / "data"
    with small_disk(folder, size + ROOM) as made:
        if not made:
            figure("disco pieno", "qui non si può montare un disco piccolo: provato soltanto dai test")
            return
        shutil.copytree(original, folder, dirs_exist_ok=True)
        database = Database(f"sqlite:///{folder / 'patto.sqlite3'}", folder)
        with unit_of_work(database, ACTOR, act="prova") as session:
            ensure(session)
        with ScopedSession(database, ACTOR) as session:
            party = session.scalars(select(Municipality.id).order_by(Municipality.id)).first()
        save, counting = writers.RECORDS["notes"]
        log = tmp_path / "log"
        with serving(folder, environment={"PATTO_TODAY": TODAY.isoformat()}, log=log) as house:
            [browser] = entered(house, 1)
            assert save(browser, party, 0).saved
            filler = folder / "altro"
            with filler.open("wb", buffering=0) as file:  # what a buffer still holds would fail again at the closing
                written = 0
                try:
                    while True:
                        written += file.write(bytes(2**16))
                except OSError:
                    pass
            lines, answers = len(log.read_text().splitlines()), Counter()
            confirmed = 1
            for number in range(1, 200):
                answer = save(browser, party, number)
                confirmed += answer.saved
                answers[answer.code] += 1
            code, states, _seconds = salute(house)
            pages = Counter(browser.get(page).code for page in PAGES[:4])
            lines = len(log.read_text().splitlines()) - lines
            filler.unlink()
            assert save(browser, party, 500).saved
            deaths = house.deaths()
        with ScopedSession(database, ACTOR) as session:
            kept = session.scalar(counting)
        database.dispose()
    figure("disco pieno", f"{sum(answers.values())} scritture: {answers[503]} volte 503, {answers[500]} volte 500, "
                          f"{confirmed + 1} confermate e {kept} registrate; {pages[200]} pagine su "
                          f"{sum(pages.values())} lette, {lines} righe nel registro, /salute {code}")
    assert answers[503] and set(answers) <= {200, 503}
    assert kept == confirmed + 1 and not deaths
    assert code == 503 and states["disk"] == "fault"
    assert lines <= 3, log.read_text()[-6000:]
