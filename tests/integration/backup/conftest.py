"""An office that has lived a little, on either database, and empty places to restore it into."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from admin.command.backup import age
from core.ground.db import Database
from core.ground.settings import Settings
from core.plugins.loading import Registry
from tests.backups import live_in
from tests.ground import Ground

Place = Callable[[str], Settings]


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys that cost nothing."""
    monkeypatch.setattr(age, "WORK", 4)


@pytest.fixture
def office(full_database: Database) -> Settings:
    """An installation with rows, documents, a key and a sealed history."""
    settings = Settings(data_dir=full_database.folder, database_url=full_database.url)
    live_in(settings)
    return settings


@pytest.fixture
def small_office(ground: Ground, migrated: Callable[..., Any], registry: Registry) -> Settings:
    """The same on SQLite alone, where nothing depends on the database."""
    database, folder = ground.copy("small", *migrated("sqlite", registry))
    database.dispose()
    live_in(Settings(data_dir=folder))
    return Settings(data_dir=folder)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """``place("postgresql")`` is an installation that is not there yet: no folder, an empty database."""
    numbers = itertools.count(1)

    def empty(engine: str) -> Settings:
        folder = tmp_path / f"posto{next(numbers)}"
        if engine == "sqlite":
            return Settings(data_dir=folder)
        server = request.getfixturevalue("postgres_server")
        return Settings(data_dir=folder, database_url=server.clone("template1", folder.name))

    return empty
