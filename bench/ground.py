"""A demo installation in a scratch folder, for the benchmarks to work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, select

from admin.command.demo_users import ensure
from bench.measure import median_seconds
from core.contracts.assemble import contract_document
from core.contracts.context import ContractContext
from core.contracts.model import Contract
from core.ground import clock
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry, load
from core.users.model import User
from demo.job import run
from migrations import runner

MORE = 5  # what a list asks beside its page where there is much: is there more than it counts, who has this name

def demo(folder: Path) -> tuple[Settings, Database, Registry]:
    """The demo district with its eight contracts and documents."""
    settings = Settings(data_dir=folder)
    registry, database = load(settings), Database(settings.url, folder)
    runner.upgrade(database, registry)
    run(database, registry, today=clock.today(), progress=lambda *_: None)
    return settings, database, registry


def contexts(database: Database, registry: Registry) -> list[ContractContext]:
    """The data of every contract's document."""
    with ScopedSession(database, system("prova di velocità")) as session:
        return [contract_document(session, contract, registry) for contract in session.query(Contract)]


@contextmanager
def counting(database: Database) -> Iterator[list[str]]:
    """The SQL statements that are read while the block runs."""
    statements: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(database.reading, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.reading, "before_cursor_execute", note)


def log_in(app: Any, database: Database) -> FlaskClient:
    """A browser in which the management is logged in."""
    with unit_of_work(database, system("prova di velocità"), act="bench.users") as session:
        ensure(session)
        cookie = session.scalars(select(User.fs_uniquifier).order_by(User.id).limit(1)).one()
    client: FlaskClient = app.test_client()
    with client.session_transaction() as kept:
        kept.update(_user_id=cookie, _fresh=True)
    return client


def measured(client: FlaskClient, database: Database, pages: dict[str, str]) -> dict[str, tuple[float, int]]:
    """Seconds and SQL statements of each page, by its name."""
    figures = {}
    for name, address in pages.items():
        with counting(database) as statements:
            assert client.get(address).status_code == 200, address
        figures[name] = (median_seconds(lambda address=address: client.get(address)), len(statements))
    return figures


def steady(small: dict[str, tuple[float, int]], large: dict[str, tuple[float, int]]) -> None:
    """AssertionError for a page that asks row by row; where there is much, one may ask a few times more."""
    growing = [name for name, (_seconds, asked) in large.items() if asked > small[name][1] + MORE]
    assert not growing, f"statements grow: {', '.join(growing)}"
