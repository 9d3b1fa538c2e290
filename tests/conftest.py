"""What every test may ask for: a migrated database on both backends, principals, and units of work."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import settings as hypothesis_settings

from core import registry as plugins
from core.access import Principal, Role, ScopedSession, system
from core.db import Database
from core.registry import Registry
from core.settings import Settings
from core.unit_of_work import unit_of_work
from migrations import runner
from tests import factories, postgres
from tests.district import cheap_passwords, district, lived_district, lived_districts, made_districts

# fixtures that live beside this file
__all__ = ["cheap_passwords", "district", "lived_district", "lived_districts", "made_districts"]
BACKENDS = os.environ.get("PATTO_TEST_BACKENDS", "sqlite,postgresql").split(",")
hypothesis_settings.register_profile("patto", deadline=None)  # two shared cores: a slow example is no failure
hypothesis_settings.load_profile("patto")

MakeDatabase = Callable[..., Database]
UnitFactory = Callable[..., AbstractContextManager[ScopedSession]]


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
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Registry], Path]:
    """A SQLite file, migrated once for each set of plugins, to be copied."""
    made: dict[tuple[str, ...], Path] = {}

    def template(registry: Registry) -> Path:
        codes = tuple(sorted(registry.plugins))
        if codes not in made:
            made[codes] = tmp_path_factory.mktemp("template") / "patto.sqlite3"
            _migrate(f"sqlite:///{made[codes]}", registry)
        return made[codes]

    return template


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: postgres.Server) -> Callable[[Registry], str]:
    """The name of a PostgreSQL database, migrated once for each set of plugins, to be cloned."""
    made: dict[tuple[str, ...], str] = {}

    def template(registry: Registry) -> str:
        codes = tuple(sorted(registry.plugins))
        if codes not in made:
            made[codes] = f"template_{len(made)}"
            postgres_server.command(f"CREATE DATABASE {made[codes]}")
            _migrate(postgres_server.url(made[codes]), registry)
        return made[codes]

    return template


@pytest.fixture
def make_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeDatabase]:
    """``make_database(backend, registry=None)`` gives a migrated database of its own; all are closed at the end."""
    made: list[Database] = []

    def make(backend: str, registry: Registry | None = None) -> Database:
        wanted = registry or Registry()
        if backend == "sqlite":
            path = tmp_path / f"patto{len(made)}.sqlite3"
            shutil.copy(request.getfixturevalue("migrated_sqlite")(wanted), path)
            url = f"sqlite:///{path}"
        else:
            server = request.getfixturevalue("postgres_server")
            name = f"test_{next(_serial)}"
            server.command(f'CREATE DATABASE {name} TEMPLATE {request.getfixturevalue("migrated_postgres")(wanted)}')
            url = server.url(name)
        made.append(Database(url))
        return made[-1]

    yield make
    for database in made:
        database.dispose()
        if database.reading.dialect.name == "postgresql":
            server = request.getfixturevalue("postgres_server")
            server.command(f"DROP DATABASE {database.reading.url.database} WITH (FORCE)")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """``sqlite``, then ``postgresql``."""
    name: str = request.param
    return name


@pytest.fixture
def database(make_database: MakeDatabase, backend: str) -> Database:
    """An empty database with the tables of the core."""
    return make_database(backend)


@pytest.fixture
def full_database(make_database: MakeDatabase, backend: str, registry: Registry) -> Database:
    """An empty database with the tables of the core and of the plugins of this checkout."""
    return make_database(backend, registry)


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
def two_municipalities(unit: UnitFactory) -> tuple[int, int]:
    """The ids of two municipalities that know nothing of each other: Dresano and Melegnano."""
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


_serial = itertools.count(1)


def _migrate(url: str, registry: Registry) -> None:
    database = Database(url)
    runner.upgrade(database, registry)
    database.dispose()
