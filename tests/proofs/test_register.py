"""The public register under 200 readers at once while 50 states change: nothing unpublished, nothing untrue."""

from __future__ import annotations

import csv
import io
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from admin.app import create_app
from core.accreditation.model import Accreditation
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.providers.model import ServiceUnit
from core.register import operations, reading
from core.register.model import RegisterEntry
from tests.albo import accredited, becomes, published

pytestmark = pytest.mark.proof
READERS, CHANGES, UNITS, HIDDEN = 200, 50, 24, 6
PAUSE = 2  # seconds at most between two readings of one reader
TODAY = date(2026, 3, 2)
CANARY = "CANARINO"
ACTOR = system("prova dell'albo")
WORDS = {"Accreditata": "accredited", "Sospesa": "suspended", "Revocata": "revoked"}
ROW = re.compile(r'href="/albo/([a-z0-9-]+)">.*?badge-state badge-\w+">(\w+)<', re.DOTALL)
BADGE = re.compile(r'</h1><span class="badge-state badge-\w+">(\w+)<')


@dataclass
class Truth:
    """Which states were true and when: a state may have begun when its act was being written, not before."""

    spans: dict[str, list[tuple[str, float, float]]] = field(default_factory=lambda: defaultdict(list))

    def begins(self, slug: str, state: str, earliest: float, latest: float) -> None:
        """The state before has ended at ``latest`` at the latest; this one began at ``earliest`` at the earliest."""
        if self.spans[slug]:
            before, since, _end = self.spans[slug].pop()
            self.spans[slug].append((before, since, latest))
        self.spans[slug].append((state, earliest, float("inf")))

    def held(self, slug: str, state: str, start: float, end: float) -> bool:
        """True if the unit was in this state at some instant between ``start`` and ``end``."""
        return any(told == state and since <= end and until >= start for told, since, until in self.spans[slug])


@dataclass(frozen=True)
class Answer:
    """What one reader got, between which instants."""

    address: str
    status: int
    text: str
    start: float
    end: float


@dataclass
class Flaws:
    """What the detector counts in the answers."""

    refused: int = 0
    leaks: int = 0
    untrue: int = 0
    states: int = 0


def judge(answers: list[Answer], truth: Truth) -> Flaws:
    """Answers that are not 200, that show a canary, that tell a state which was never true while they were asked."""
    found = Flaws()
    for answer in answers:
        found.refused += answer.status != 200
        found.leaks += CANARY in answer.text
        for slug, state in told(answer):
            found.states += 1
            found.untrue += not truth.held(slug, state, answer.start, answer.end)
    return found


def told(answer: Answer) -> Iterator[tuple[str, str]]:
    """The states that an answer tells, by the address of the unit."""
    if answer.address.endswith(".csv"):
        yield from ((row["slug"], row["state"]) for row in csv.DictReader(io.StringIO(answer.text)))
    elif answer.address.endswith(".json"):
        yield from re.findall(r'"slug": "([a-z0-9-]+)".*?"state": "(\w+)"', answer.text)
    elif answer.address.startswith("/albo/"):
        yield from ((answer.address.removeprefix("/albo/"), WORDS[word]) for word in BADGE.findall(answer.text))
    else:
        yield from ((slug, WORDS[word]) for slug, word in ROW.findall(answer.text))


@dataclass
class Scene:
    """The published units, what was true of them, and the application that tells of them."""

    app: Flask
    database: Database
    slugs: dict[int, str]
    truth: Truth

    def read(self, client: FlaskClient, address: str) -> Answer:
        """One reading."""
        start = time.perf_counter()
        with client.get(address, buffered=True) as page:
            return Answer(address, page.status_code, page.get_data(as_text=True), start, time.perf_counter())

    def addresses(self) -> list[str]:
        """Where the register is read."""
        lists = ["/albo", "/albo?stampa=1", "/albo?stato=suspended", "/albo?page=1", "/albo.csv", "/albo.json"]
        return [*lists * 3, *(f"/albo/{slug}" for slug in self.slugs.values())]

    def change(self, chance: random.Random, place: int) -> None:
        """One measure of an accreditation, and an edit of a live unit that nobody approves."""
        with ScopedSession(self.database, ACTOR) as session:
            living = select(RegisterEntry).where(RegisterEntry.state != "revoked", RegisterEntry.id.in_(self.slugs))
            now = chance.choice(session.scalars(living.order_by(RegisterEntry.id)).all())
            state = "suspended" if now.state == "accredited" else chance.choice(("accredited", "revoked"))
            key = now.id
            accreditation_id, unit_id = now.accreditation_id, now.unit_id
        earliest = time.perf_counter()
        with unit_of_work(self.database, ACTOR, act="accreditation.measure") as session:
            held = session.get(Accreditation, accreditation_id)
            becomes(session, held, state, TODAY - timedelta(days=1), f"Provvedimento n. {place}")
        self.truth.begins(self.slugs[key], state, earliest, time.perf_counter())
        with unit_of_work(self.database, ACTOR, act="unit.edit") as session:
            unit = session.get(ServiceUnit, unit_id)
            unit.name = unit.address = unit.city = unit.phone = unit.email = f"{CANARY} {place}"
            unit.provider.name = unit.provider.website = f"{CANARY} gestore {place}"


@pytest.fixture
def scene(full_database, registry, tmp_path) -> Iterator[Scene]:
    """Units in the register, and others that have everything but the publication."""
    truth, slugs = Truth(), {}
    with unit_of_work(full_database, ACTOR, act="scena") as session:
        for place in range(UNITS):
            entry = published(session, f"Unità {place:02}", today=TODAY)
            slugs[entry.id] = entry.slug
            truth.begins(entry.slug, "accredited", 0, 0)
        for place in range(HIDDEN):
            state = "granted" if place % 2 else "accredited"
            accredited(session, f"{CANARY} mai pubblicata {place}", state=state)
    settings = Settings(data_dir=tmp_path, database_url=str(full_database.url), secret_key="prova" * 8, today=TODAY)
    # a reader waits for a connection as long as it takes: two hundred in one process share fifteen
    readers = Database(full_database.url, max_overflow=10, pool_timeout=600)
    yield Scene(create_app(settings, database=readers, registry=registry), full_database, slugs, truth)
    readers.dispose()


def read_while(scene: Scene, write: Callable[[], None]) -> list[Answer]:
    """The readers, each with a browser of its own, from before the first change to after the last."""
    answers: list[list[Answer]] = [[] for _ in range(READERS)]
    over, ready = threading.Event(), threading.Barrier(READERS + 1)
    addresses = scene.addresses()

    def read(place: int) -> None:
        chance, client = random.Random(place), scene.app.test_client()
        ready.wait()
        while True:
            last = over.is_set()  # one more reading after the last change: what is told then is how it stays
            answers[place].append(scene.read(client, chance.choice(addresses)))
            if last:
                return
            time.sleep(chance.uniform(0.1, PAUSE))

    threads = [threading.Thread(target=read, args=(place,)) for place in range(READERS)]
    for thread in threads:
        thread.start()
    ready.wait()
    try:
        write()
    finally:
        over.set()
        for thread in threads:
            thread.join()
    return [answer for of_one in answers for answer in of_one]


def test_two_hundred_readers_see_nothing_unpublished_and_nothing_untrue(scene, backend, figure):
    chance = random.Random(2026)
    started = time.perf_counter()

    def write() -> None:
        for place in range(CHANGES):
            scene.change(chance, place)

    answers = read_while(scene, write)
    found = judge(answers, scene.truth)
    figure(
        f"albo pubblico ({backend})",
        f"{READERS} lettori, {len(answers)} risposte e {found.states} stati letti durante {CHANGES} cambi in "
        f"{time.perf_counter() - started:.1f} s: {found.leaks} dati non pubblicati, {found.untrue} stati non veri, "
        f"{found.refused} risposte mancate",
    )
    assert (found.refused, found.leaks, found.untrue) == (0, 0, 0)
    assert len(answers) >= 2 * READERS and found.states > 1000, "the readers were there all the while"
    with ScopedSession(scene.database, ACTOR) as session:
        waiting = session.scalars(operations.waiting_for_approval()).all()
    assert waiting, "there was something to leak"


def test_the_detector_goes_red_for_a_register_that_reads_the_live_tables(scene, backend, figure, monkeypatch):
    chance = random.Random(2026)

    def write() -> None:
        for place in range(3):
            scene.change(chance, place)

    def live_entries(*_asked: object) -> Iterator[RegisterEntry]:
        with ScopedSession(scene.database, ACTOR) as inside, inside.no_autoflush:
            for entry in inside.scalars(select(RegisterEntry)).all():
                for name, value in operations.live(inside, entry.unit_id).items():
                    setattr(entry, name, value)
                yield entry

    write()
    monkeypatch.setattr(reading, "entries", live_entries)
    client = scene.app.test_client()
    found = judge([scene.read(client, address) for address in ("/albo.csv", "/albo.json")], scene.truth)
    figure(f"albo pubblico, controllo: tabelle vive ({backend})", f"{found.leaks} risposte con dati non pubblicati: "
           "rosso")
    assert found.leaks == 2


def test_the_detector_goes_red_for_a_register_that_is_kept_for_a_while(scene, backend, figure):
    client = scene.app.test_client()
    kept = scene.read(client, "/albo.csv")
    key = min(scene.slugs)
    chance = random.Random(0)
    scene.slugs = {key: scene.slugs[key]}
    scene.change(chance, 0)
    now = time.perf_counter()
    found = judge([Answer(kept.address, kept.status, kept.text, now, now)], scene.truth)
    figure(f"albo pubblico, controllo: copia tenuta ({backend})", f"{found.untrue} stato non vero: rosso")
    assert found.untrue == 1
