"""The demo district, made once for each backend and copied for each test."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest

from core.db import Database
from core.documents.store import FileStore
from core.registry import Registry
from demo import job
from migrations import runner
from tests import postgres

TODAY = date(2026, 2, 10)
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


@pytest.fixture
def district(
    request: pytest.FixtureRequest, backend: str, made_districts: Callable[[str], District], tmp_path: Path
) -> Iterator[District]:
    """A copy of the demo district that the test may do anything to."""
    original = made_districts(backend)
    folder = tmp_path / "data"
    shutil.copytree(original.folder, folder)
    if backend == "sqlite":
        database = Database(f"sqlite:///{folder / 'patto.sqlite3'}")
    else:
        server: postgres.Server = request.getfixturevalue("postgres_server")
        name = f"district_{next(_serial)}"
        server.command(f"CREATE DATABASE {name} TEMPLATE {original.database.reading.url.database}")
        database = Database(server.url(name))
    yield District(database, folder, original.report, original.registry)
    database.dispose()
    if backend == "postgresql":
        server.command(f"DROP DATABASE {name} WITH (FORCE)")


def _url(request: pytest.FixtureRequest, backend: str, folder: Path) -> str:
    if backend == "sqlite":
        return f"sqlite:///{folder / 'patto.sqlite3'}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    server.command("CREATE DATABASE district_original")
    return server.url("district_original")
