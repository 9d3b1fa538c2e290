"""The demo district, made once for each backend and copied for each test: as drafted, and after two years of life."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from admin import passwords
from core.db import Database
from core.documents.store import FileStore
from core.registry import Registry
from demo import job, story
from migrations import runner
from tests import postgres

TODAY = date(2026, 2, 10)
LIVED_UP_TO = date(2026, 11, 15)  # the last day of the demo's story
_serial = itertools.count(1)


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
        return FileStore(self.folder)


@pytest.fixture(scope="session")
def made_districts(
    request: pytest.FixtureRequest, registry: Registry, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], District]:
    """The original of each backend: made at the first call, never changed."""
    made: dict[str, District] = {}

    def make(backend: str) -> District:
        if backend not in made:
            folder = tmp_path_factory.mktemp(f"district_{backend}")
            database = Database(_url(request, backend, folder))
            runner.upgrade(database, registry)
            report = job.run(database, registry, FileStore(folder), today=TODAY, progress=lambda *_: None)
            database.dispose()
            made[backend] = District(database, folder, report, registry)
        return made[backend]

    return make


@pytest.fixture(scope="session")
def cheap_passwords() -> Iterator[None]:
    """Argon2 at its lowest cost: tests log in a thousand times."""
    before = dict(passwords.COST)
    passwords.COST.update(time_cost=1, memory_cost=64, parallelism=1)
    yield
    passwords.COST.update(before)


@pytest.fixture(scope="session")
def lived_districts(
    request: pytest.FixtureRequest, made_districts: Callable[[str], District],
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[str], District]:
    """The district of each backend after its story: played at the first call, never changed."""
    made: dict[str, District] = {}

    def make(backend: str) -> District:
        if backend not in made:
            folder = tmp_path_factory.mktemp(f"lived_{backend}") / "data"
            lived = _copy(request, backend, made_districts(backend), folder, "district_lived")
            story.play(lived.database, lived.registry, lived.store, today=LIVED_UP_TO, progress=lambda *_: None)
            lived.database.dispose()
            made[backend] = lived
        return made[backend]

    return make


@pytest.fixture
def district(
    request: pytest.FixtureRequest, backend: str, made_districts: Callable[[str], District], tmp_path: Path
) -> Iterator[District]:
    """A copy of the demo district that the test may do anything to."""
    yield from _lent(request, backend, made_districts(backend), tmp_path / "data")


@pytest.fixture
def lived_district(
    request: pytest.FixtureRequest, backend: str, lived_districts: Callable[[str], District], tmp_path: Path
) -> Iterator[District]:
    """A copy of the demo district on 15 November 2026, with its two years of contracts and money."""
    yield from _lent(request, backend, lived_districts(backend), tmp_path / "lived")


def _lent(request: pytest.FixtureRequest, backend: str, original: District, folder: Path) -> Iterator[District]:
    """A copy for one test, thrown away after it."""
    copy = _copy(request, backend, original, folder, f"district_{next(_serial)}")
    yield copy
    copy.database.dispose()
    if backend == "postgresql":
        server: postgres.Server = request.getfixturevalue("postgres_server")
        server.command(f"DROP DATABASE {copy.database.reading.url.database} WITH (FORCE)")


def _copy(request: pytest.FixtureRequest, backend: str, original: District, folder: Path, name: str) -> District:
    shutil.copytree(original.folder, folder)
    if backend == "sqlite":
        database = Database(f"sqlite:///{folder / 'patto.sqlite3'}")
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        server.command(f"CREATE DATABASE {name} TEMPLATE {original.database.reading.url.database}")
        database = Database(server.url(name))
    return District(database, folder, original.report, original.registry)


def _url(request: pytest.FixtureRequest, backend: str, folder: Path) -> str:
    if backend == "sqlite":
        return f"sqlite:///{folder / 'patto.sqlite3'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    server.command("CREATE DATABASE district_original")
    return server.url("district_original")
