"""The demo district, made once for each backend and copied for each test: as drafted, and after two years of life."""

from __future__ import annotations

import os
import pickle
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from admin.guard import passwords
from core.ground.db import Database
from core.ground.files import FileStore
from core.plugins.loading import Registry
from demo import job, story
from migrations import runner
from tests import postgres
from tests.ground import Ground, original

TODAY = date(2026, 2, 10)
LIVED_UP_TO = date(2026, 11, 15)  # the last day of the demo's story
MAKING_SECONDS = 600  # for a whole district on a busy machine


@dataclass(frozen=True)
class District:
    """A database of one's own with the demo district in it, its files, and what the main job reported."""

    database: Database
    folder: Path
    report: job.Report
    registry: Registry

    @property
    def store(self) -> FileStore:
        """The files of this district."""
        return self.database.files


Districts = Callable[[str], District]
Later = Callable[[str, Callable[[District], None]], Districts]


@dataclass(frozen=True)
class Place:
    """Where the originals of one kind lie, for all the processes of a run: one makes them, the others wait."""

    request: pytest.FixtureRequest
    backend: str
    folder: Path

    def address(self, template: str | None = "template1") -> str:
        """The address of a new database here."""
        return original(self.request, self.backend, self.folder, self.folder.name, template)

    def shared(self, make: Callable[[], District], registry: Registry) -> District:
        """What ``make`` makes, or what another process has made. PostgreSQL has a server for each process: the others
        take the database in from a file."""
        report, dump = self.folder.with_suffix(".report"), self.folder.with_suffix(".dump")
        try:
            self.folder.mkdir()
        except FileExistsError:
            wait_for(report)
            database = Database(self._taken_in(dump), self.folder)
            return District(database, self.folder, pickle.loads(report.read_bytes()), registry)
        try:
            made = make()
        except BaseException:
            report.with_suffix(".failed").touch()
            raise
        made.database.dispose()
        if self.backend != "sqlite":
            self._server.dump(self.folder.name, dump)
        draft = report.with_suffix(".draft")
        draft.write_bytes(pickle.dumps(made.report))
        draft.rename(report)  # whole, or not there
        return made

    def _taken_in(self, dump: Path) -> str:
        return self.address() if self.backend == "sqlite" else self._server.restore(self.folder.name, dump)

    @property
    def _server(self) -> postgres.Server:
        server: postgres.Server = self.request.getfixturevalue("postgres_server")
        return server


def wait_for(path: Path) -> None:
    """Until another process has written ``path``. TimeoutError if it never does, or could not make it."""
    patience = time.monotonic() + MAKING_SECONDS
    while not path.exists():
        if time.monotonic() > patience or path.with_suffix(".failed").exists():
            raise TimeoutError(f"{path.name}: the process that makes it has not come to an end")
        time.sleep(0.1)


@pytest.fixture(scope="session")
def original_at(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str, str], Place]:
    """``original_at(backend, name)`` in the folder that the processes of this run have in common."""
    own = tmp_path_factory.getbasetemp()
    common = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    return lambda backend, name: Place(request, backend, common / f"{name}_{backend}")


@pytest.fixture(scope="session")
def made_districts(registry: Registry, original_at: Callable[[str, str], Place]) -> Districts:
    """The original of each backend: made at the first call, never changed."""

    @cache
    def districts(backend: str) -> District:
        here = original_at(backend, "drafted")

        def make() -> District:
            database = Database(here.address(), here.folder)
            runner.upgrade(database, registry)
            report = job.run(database, registry, today=TODAY, progress=lambda *_: None)
            return District(database, here.folder, report, registry)

        return here.shared(make, registry)

    return districts


@pytest.fixture(scope="session")
def cheap_passwords() -> Iterator[None]:
    """Argon2 at its lowest cost: tests log in a thousand times."""
    before = dict(passwords.COST)
    passwords.COST.update(time_cost=1, memory_cost=64, parallelism=1)
    yield
    passwords.COST.update(before)


@pytest.fixture(scope="session")
def later(registry: Registry, made_districts: Districts, original_at: Callable[[str, str], Place]) -> Later:
    """``later(name, lives)``: the district of each backend after what ``lives`` does to it, at the first call."""

    def named(name: str, lives: Callable[[District], None]) -> Districts:
        @cache
        def districts(backend: str) -> District:
            here = original_at(backend, name)

            def make() -> District:
                drafted = made_districts(backend)
                shutil.copytree(drafted.folder, here.folder, dirs_exist_ok=True)
                url = here.address(drafted.database.reading.url.database)
                lived = replace(drafted, database=Database(url, here.folder), folder=here.folder)
                lives(lived)
                return lived

            return here.shared(make, registry)

        return districts

    return named


@pytest.fixture(scope="session")
def lived_districts(later: Later) -> Districts:
    """The district of each backend after its story."""
    return later("lived", lambda district: story.play(
        district.database, district.registry, today=LIVED_UP_TO, progress=lambda *_: None))


@pytest.fixture
def district(ground: Ground, backend: str, made_districts: Districts) -> District:
    """A copy of the demo district that the test may do anything to."""
    return copied(ground, made_districts(backend), "drafted")


@pytest.fixture
def lived_district(ground: Ground, backend: str, lived_districts: Districts) -> District:
    """A copy of the demo district on 15 November 2026, with its two years of contracts and money."""
    return copied(ground, lived_districts(backend), "lived")


def copied(ground: Ground, lasting: District, place: str) -> District:
    """A district like ``lasting``, of which one copy at a time stands at ``place``."""
    database, folder = ground.copy(place, lasting.database, lasting.folder)
    return replace(lasting, database=database, folder=folder)
