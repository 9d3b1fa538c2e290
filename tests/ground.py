"""Where the tests of one process stand: always at the same addresses, one test after the other.

What an engine has compiled and an application has built depends on the address, not on the rows: made for every test,
they took half of the time of a test of pages. Here each is made once; the rows are every test's own.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from admin.app import create_app
from core.ground.db import Database
from core.ground.settings import Settings
from core.plugins.loading import Registry
from tests import postgres

Application = Callable[[Settings, Database], Flask]
SQLITE = "patto.sqlite3"
at = cache(Database)  # the database at an address: its engine stays warm when the rows behind it change


def original(
    request: pytest.FixtureRequest, backend: str, folder: Path, name: str, template: str | None = "template1"
) -> str:
    """The address of a new database to make copies of: a file of ``folder``, or one like ``template`` on the server."""
    if backend == "sqlite":
        return f"sqlite:///{folder / SQLITE}"
    server: postgres.Server = request.getfixturevalue("postgres_server")
    return server.clone(str(template), name)


class Ground:
    """Lends copies of an original, each at a place of its own: what a test leaves there stays until the next one."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._request = request
        self._folder = folder

    def copy(self, place: str, original: Database, files: Path) -> tuple[Database, Path]:
        """A database like ``original``, and a folder like ``files``, in which SQLite keeps its own."""
        folder = self._folder / place
        if original.reading.dialect.name == "sqlite":
            url = f"sqlite:///{folder / SQLITE}"
            at(url, folder).dispose()
        else:
            server: postgres.Server = self._request.getfixturevalue("postgres_server")
            at(server.url(place), folder).dispose()
            url = server.clone(str(original.reading.url.database), place)
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(files, folder)
        return at(url, folder), folder


@pytest.fixture(scope="session")
def ground(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """The ground of this process."""
    return Ground(request, tmp_path_factory.mktemp("ground"))


@pytest.fixture(scope="session")
def application(registry: Registry) -> Application:
    """``application(settings, database)``: the application with these, on which nobody has knocked yet."""
    made: dict[tuple[Settings, Database], Flask] = {}

    def open_house(settings: Settings, database: Database) -> Flask:
        key = settings, database
        if key not in made:
            made[key] = create_app(settings, database=database, registry=registry)
        for limiter in made[key].extensions["limiter"]:
            limiter.reset()
        return made[key]

    return open_house
