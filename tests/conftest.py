"""What every test may ask for: a migrated database on both backends, principals, and units of work."""

from __future__ import annotations

import gc
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

import core.registrations  # noqa: F401 - the engines know the subjects by it
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins import loading as plugins
from core.plugins.loading import Registry
from migrations import runner
from tests import factories, postgres
from tests.district import (
    cheap_passwords,
    district,
    later,
    lived_district,
    lived_districts,
    made_districts,
    original_at,
)
from tests.ground import SQLITE, Ground, Reach, application, ground, original

# fixtures that live beside this file
__all__ = ["application", "cheap_passwords", "district", "ground", "later", "lived_district",
           "lived_districts", "made_districts", "original_at"]  # fmt: skip
BACKENDS = os.environ.get("PATTO_TEST_BACKENDS", "sqlite,postgresql").split(",")
hypothesis_settings.register_profile("patto", deadline=None)  # two shared cores: a slow example is no failure
hypothesis_settings.load_profile("patto")

# what is compiled is kept, whatever the machine says: the tests of one run start Python dozens of times
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

COLLECTED = 25_000, 20, 20  # objects more than were let go, and how often a younger collection comes before an older

Migrated = Callable[[str, Registry], tuple[Database, Path]]
MakeDatabase = Callable[..., Database]
UnitFactory = Callable[..., AbstractContextManager[ScopedSession]]


def pytest_collection_finish() -> None:
    """What has been loaded stays until the end: no collection of garbage looks through it again. The others come when
    a page or two have been made and not several times within one, as a house that serves collects after an answer."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECTED)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """A PostgreSQL server of our own; without one, the tests that want it skip and say why."""
    try:
        with postgres.running() as server:
            yield server
    except postgres.NoPostgres as reason:
        pytest.skip(f"PostgreSQL is not here: {reason}")


@pytest.fixture(scope="session")
def registry() -> Registry:
    """The plugins of this checkout, loaded strictly."""
    return plugins.load(Settings(), strict=True)


@pytest.fixture(scope="session")
def migrated(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Migrated:
    """An empty database of a backend and its folder, migrated once for each set of plugins, to be copied."""
    made: dict[tuple[str, ...], tuple[Database, Path]] = {}

    def template(backend: str, registry: Registry) -> tuple[Database, Path]:
        codes = backend, *sorted(registry.plugins)
        if codes not in made:
            folder = tmp_path_factory.mktemp("template")
            url = original(request, backend, folder, f"template_{len(made)}")
            made[codes] = Database(url, folder), folder
            runner.upgrade(made[codes][0], registry)
            made[codes][0].dispose()
        return made[codes]

    return template


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    """``make_database(backend, registry=None)`` gives a migrated database of its own; all are closed at the end."""
    made: list[Database] = []

    def make(backend: str, registry: Registry | None = None) -> Database:
        template, files = request.getfixturevalue("migrated")(backend, registry or Registry())
        if backend == "sqlite":
            url = f"sqlite:///{shutil.copy(files / SQLITE, tmp_path / f'patto{len(made)}.sqlite3')}"
        else:
            server: postgres.Server = request.getfixturevalue("postgres_server")
            url = server.clone(template.reading.url.database, f"test_{len(made)}")
        made.append(Database(url, tmp_path))
        return made[-1]

    yield make
    for database in made:
        database.dispose()


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """``sqlite``, then ``postgresql``."""
    name: str = request.param
    return name


@pytest.fixture
def database(request: pytest.FixtureRequest, ground: Ground, migrated: Migrated, backend: str) -> Database:
    """An empty database with the tables of the core."""
    return ground.copy("core", *migrated(backend, Registry()), lazily="reach" in request.fixturenames)[0]


@pytest.fixture
def reach(ground: Ground, database: Database) -> Reach:
    """``reach("step", play)``: what ``play`` gives, and ``database`` as it leaves it; see ``Ground.reach``."""
    return partial(ground.reach, database)


@pytest.fixture
def full_database(ground: Ground, migrated: Migrated, backend: str, registry: Registry) -> Database:
    """An empty database with the tables of the core and of the plugins of this checkout."""
    return ground.copy("plugins", *migrated(backend, registry))[0]


@pytest.fixture
def unit(database: Database) -> UnitFactory:
    """``with unit("act") as session`` does one act on ``database``, as the program itself or as ``principal``."""

    def open_unit(act: str = "prova", principal: Principal | None = None) -> AbstractContextManager[ScopedSession]:
        return unit_of_work(database, principal or system("prova"), act=act)

    return open_unit


@pytest.fixture
def session(database: Database) -> Iterator[ScopedSession]:
    """A writing session of the program itself; what is not committed is forgotten."""
    with ScopedSession(database, system("prova"), writing=True) as session:
        yield session


@pytest.fixture
def manager() -> Principal:
    """The azienda's management."""
    return Principal("Marta Gestione", frozenset({Role.MANAGEMENT}), user_id=1)


@pytest.fixture
def auditor() -> Principal:
    """Reads everything, changes nothing."""
    return Principal("Ugo Revisore", frozenset({Role.AUDITOR}), user_id=2)


@pytest.fixture
def two_municipalities(unit: UnitFactory, reach: Reach) -> tuple[int, int]:
    """The ids of two municipalities that know nothing of each other: Dresano and Melegnano."""
    ids: tuple[int, int] = reach("two municipalities", lambda: _join(unit))
    return ids


def _join(unit: UnitFactory) -> tuple[int, int]:
    with unit("arrivo") as session:
        rows = [factories.municipality("Dresano"), factories.municipality("Melegnano")]
        session.add_all(rows)
        session.flush()
        return rows[0].id, rows[1].id


@pytest.fixture
def municipality_user(two_municipalities: tuple[int, int]) -> Principal:
    """A clerk of the first of the two municipalities."""
    own, _foreign = two_municipalities
    return factories.clerk_of(own)
