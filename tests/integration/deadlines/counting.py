"""How many statements a piece of work sends."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from core.ground.db import Database


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """The statements that the database is asked while the work goes on."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(database.reading, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(database.reading, "before_cursor_execute", note)
