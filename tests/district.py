"""The demo district, made once for each backend and copied for each test: as drafted, and after two years of life."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from admin import passwords
from core.db import Database
from core.documents.store import FileStore
from core.registry import Registry
from demo import job, story
from migrations import runner
from tests.ground import Ground, original

TODAY = date(2026, 2, 10)
LIVED_UP_TO = date(2026, 11, 15)  # the last day of the demo's story


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
            database = Database(original(request, backend, folder, "district_original"))
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
            drafted, folder = made_districts(backend), tmp_path_factory.mktemp(f"lived_{backend}") / "data"
            shutil.copytree(drafted.folder, folder)
            url = original(request, backend, folder, "district_lived", drafted.database.reading.url.database)
            lived = replace(drafted, database=Database(url), folder=folder)
            story.play(lived.database, lived.registry, lived.store, today=LIVED_UP_TO, progress=lambda *_: None)
            lived.database.dispose()
            made[backend] = lived
        return made[backend]

    return make


@pytest.fixture
def district(ground: Ground, backend: str, made_districts: Callable[[str], District]) -> District:
    """A copy of the demo district that the test may do anything to."""
    return _copy(ground, made_districts(backend), "drafted")


@pytest.fixture
def lived_district(ground: Ground, backend: str, lived_districts: Callable[[str], District]) -> District:
    """A copy of the demo district on 15 November 2026, with its two years of contracts and money."""
    return _copy(ground, lived_districts(backend), "lived")


def _copy(ground: Ground, lasting: District, place: str) -> District:
    database, folder = ground.copy(place, lasting.database, lasting.folder)
    return replace(lasting, database=database, folder=folder)
