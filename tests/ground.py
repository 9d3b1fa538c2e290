"""Where the tests of one process stand: always at the same addresses, one test after the other.

What an engine has compiled and an application has built depends on the address, not on the rows: made for every test,
they took half of the time of a test of pages. Here each is made once; the rows are every test's own.
"""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, TypeVar

import pytest
from flask import Flask
from sqlalchemy import event

from admin.app import create_app
from core.ground.db import Database
from core.ground.settings import Settings
from core.plugins.loading import Registry
from tests import postgres

Application = Callable[..., Flask]
SQLITE = "patto.sqlite3"
UNMARKED = {f"{SQLITE}-shm"}  # who only reads writes there
STATEMENTS = 10_000  # that an engine remembers: all the pages together ask more than one process of an office does


@cache
def at(url: str, folder: Path) -> Database:
    """The database at an address: its engine stays warm when the rows behind it change."""
    return Database(url, folder, query_cache_size=STATEMENTS)


def original(
    request: pytest.FixtureRequest, backend: str, folder: Path, name: str, template: str | None = "template1"
) -> str:
    """The address of a new database to make copies of: a file of ``folder``, or one like ``template`` on the server."""
    if backend == "sqlite":
        return f"sqlite:///{folder / SQLITE}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.clone(str(template), name)


Result = TypeVar("Result")
Reach = Callable[[str, Callable[[], Any]], Any]


@dataclass
class Stage:
    """Where a copy stands: what was done with it since it was made, and by what one sees that nothing else was."""

    steps: tuple[object, ...]
    lazily: bool
    original: str = ""  # the database of PostgreSQL that it is to be made from, when somebody connects
    mark: object = None


class Ground:
    """Lends copies of an original, each at a place of its own: what a test leaves there stays until the next one.

    What many tests begin with is played once: see ``reach``.
    """

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder
        self._making = Lock()  # several threads may connect first
        self._stages: dict[str, Stage] = {}  # by the address of the copy
        self._reached: dict[tuple[object, ...], tuple[Database, object]] = {}

    def copy(
        self, place: str, original: Database, files: Path, *, lazily: bool = False
    ) -> tuple[Database, Path]:
        """A database like ``original``, and a folder like ``files``, in which SQLite keeps its own.

        ``lazily``: on PostgreSQL it is made when this database is first connected to, in vain for who knows its
        address only.
        """
        database = self._put(place, original, files, Stage((original.url,), lazily))
        return database, files_of(database)

    def reach(self, database: Database, step: str, play: Callable[[], Result]) -> Result:
        """What ``play`` gives, with the database as it leaves it: played for the first test of this process that comes
        to ``step`` from the same beginning, copied for the others.

        A copy that was written to meanwhile, or that is in use, is played on as it is. ``step`` tells apart what the
        same ``play`` does by other values; what it gives is plain.
        """
        stage = self._stages.get(database.url)
        if stage is None or database.reading.pool.checkedout() or not self._untouched(database, stage):
            return play()
        reached = Stage((*stage.steps, (step, play.__module__, play.__qualname__)), stage.lazily)
        if reached.steps in self._reached:
            kept, given = self._reached[reached.steps]
            self._put(files_of(database).name, kept, files_of(kept), reached)
        else:
            given = play()
            self._make(database)
            database.dispose()
            name = f"kept_{len(self._reached)}"
            kept = self._put(name, database, files_of(database), Stage(reached.steps, lazily=False))
            self._reached[reached.steps] = kept, given
            self._stages[database.url] = reached
            reached.mark = self._mark(database)
        return copy.deepcopy(given)

    def _put(self, place: str, original: Database, files: Path, stage: Stage) -> Database:
        """A copy at a place, in the place of whatever stood there; the same that nobody wrote to stays."""
        folder = self._folder / place
        sqlite = original.reading.dialect.name == "sqlite"
        database = at(f"sqlite:///{folder / SQLITE}" if sqlite else self._server.url(place), folder)
        standing, in_use = self._stages.get(database.url), database.reading.pool.checkedout()
        database.dispose()
        if standing and standing.steps == stage.steps and not in_use and self._untouched(database, standing):
            if not stage.lazily:
                self._make(database)
            return database
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(files, folder)
        if not sqlite:
            if database.url not in self._stages:
                event.listen(database.reading, "do_connect", lambda *_: self._make(database))
            stage.original = str(original.reading.url.database)
        self._stages[database.url] = stage
        if not stage.lazily:
            self._make(database)
        stage.mark = self._mark(database)
        return database

    def _make(self, database: Database) -> None:
        """Make the copy of PostgreSQL that stands at an address, if it is not there yet."""
        stage = self._stages[database.url]
        with self._making:
            if stage.original:  # empty on SQLite
                self._server.clone(stage.original, str(database.reading.url.database))
                stage.original = ""
                stage.mark = self._mark(database)

    def _untouched(self, database: Database, stage: Stage) -> bool:
        return self._mark(database) == stage.mark

    def _mark(self, database: Database) -> object:
        """By what one sees whether anything was written: the times of the files, with SQLite's own; the number of the
        next transaction of PostgreSQL that writes, whichever its database."""
        found = [(path, path.stat()) for path in sorted(files_of(database).rglob("*")) if path.name not in UNMARKED]
        times = [(path, stat.st_size, stat.st_mtime_ns) for path, stat in found if path.is_file() and stat.st_size]
        made = database.reading.dialect.name != "sqlite" and not self._stages[database.url].original
        return times, self._server.next_transaction() if made else None

    @property
    def _server(self) -> postgres.Server:
        server: postgres.Server = self._request.getfixturevalue("postgres_server")
        return server


def files_of(database: Database) -> Path:
    """The folder of a copy."""
    assert database.folder is not None
    return database.folder


@pytest.fixture(scope="session")
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The ground of this process, in memory where there is room: nothing of it has to outlive a power cut."""
    with TemporaryDirectory(prefix="patto-ground-", dir=postgres.roomy(), ignore_cleanup_errors=True) as folder:
        yield Ground(request, Path(folder))


@pytest.fixture(scope="session")
def application(registry: Registry) -> Application:
    """``application(settings, database)``: the application with these, on which nobody has knocked yet; with the
    plugins of this checkout, or with those of a third word.
    """
    made: dict[tuple[object, ...], Flask] = {}

    def open_house(settings: Settings, database: Database, plugins: Registry = registry) -> Flask:
        key = settings, database, *sorted(plugins.plugins)
        if key not in made:
            made[key] = create_app(settings, database=database, registry=plugins)
        for limiter in made[key].extensions["limiter"]:
            limiter.reset()
        made[key].extensions["patto"].looked_at = float("-inf")  # what another test decided about plugins is gone
        return made[key]

    return open_house
