"""From one kind of database into the other: the rows of every table, as PostgreSQL writes them, poured into new tables.

Both know the same kinds of value, and write all but a few alike: truth, instants and hours are turned where they come
in. What was text stays as it was to the letter, so the sealed history is the same chain on both sides.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, inspect, select, text

from admin.command.backup.postgres import Row
from core.ground.errors import RuleBroken
from migrations.runner import VERSION

Tables = Iterable[tuple[str, list[str], Iterator[Row]]]
BATCH = 1000
FOREIGN_KEYS = """
SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
"""
SEQUENCES = """
SELECT quote_ident(table_name), quote_ident(column_name), pg_get_serial_sequence(quote_ident(table_name), column_name)
FROM information_schema.columns
WHERE table_schema = current_schema() AND pg_get_serial_sequence(quote_ident(table_name), column_name) IS NOT NULL
"""


def tables_of(connection: Any) -> list[str]:
    """The tables that hold rows, of the driver's connection to an SQLite file: the search makes its own."""
    return sorted(name for schema, name, kind, *_rest in connection.execute("PRAGMA table_list")
                  if schema == "main" and kind == "table" and not name.startswith("sqlite_"))


def rows_of(path: Path) -> Tables:
    """Every table of an SQLite file: its name, its columns, its rows."""
    connection = sqlite3.connect(path)
    try:
        for table in tables_of(connection):
            found = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - a name that the file itself gave
            yield table, [column[0] for column in found.description], (_as_text(row) for row in found)
    finally:
        connection.close()


def _as_text(row: Iterable[object]) -> Row:
    return [None if value is None else str(value) for value in row]


def pour(connection: Connection, tables: Tables) -> None:
    """Fill the empty tables of ``connection``. RuleBroken if one is not there: a plugin that is not here keeps it."""
    put = _into_postgres if connection.dialect.name == "postgresql" else _into_sqlite
    here = set(inspect(connection).get_table_names())
    with _poured_freely(connection):
        for name, columns, rows in tables:
            if name.startswith(VERSION):
                continue  # the migrations have written it
            if name not in here:
                raise RuleBroken("Il salvataggio contiene la tabella %(name)s, che qui non c'è: è di un plugin che non "
                                 "è installato. Installarlo e ripetere.", name=name)
            put(connection, name, columns, rows)


# --- into SQLite ------------------------------------------------------------------------------------------


def _into_sqlite(connection: Connection, table: str, columns: list[str], rows: Iterator[Row]) -> None:
    types = {held["name"]: type(held["type"]).__name__ for held in inspect(connection).get_columns(table)}
    turns = [TURNED.get(types[name], _same) for name in columns]
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    driver = connection.connection.driver_connection
    assert driver is not None
    while batch := list(islice(rows, BATCH)):
        driver.executemany(
            f'INSERT INTO "{table}" ({names}) VALUES ({marks})',  # noqa: S608 - names of our own tables
            [[None if value is None else turn(value) for turn, value in zip(turns, row, strict=True)] for row in batch])


def _same(value: str) -> object:
    return value


def _instant(value: str) -> str:
    return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"


TURNED: dict[str, Callable[[str], object]] = {
    "BOOLEAN": lambda value: int(value == "t"),
    "INTEGER": int,
    "BIGINT": int,
    "DATETIME": _instant,
    "TIME": lambda value: time.fromisoformat(value).isoformat("microseconds"),
}


# --- into PostgreSQL --------------------------------------------------------------------------------------


def _into_postgres(connection: Connection, table: str, columns: list[str], rows: Iterator[Row]) -> None:
    names = ", ".join(f'"{name}"' for name in columns)
    driver = connection.connection.driver_connection
    assert driver is not None
    with driver.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row(row)


@contextmanager
def _poured_freely(connection: Connection) -> Iterator[None]:
    """On PostgreSQL: no table waits for another, and every key is checked at the end; what was numbered goes on.

    SQLite looks at no key while tables are made (``runner``), and numbers by what is there.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    connection.execute(text("SET LOCAL TIME ZONE 'UTC'"))  # SQLite's instants are written so
    keys = connection.execute(text(FOREIGN_KEYS)).all()
    for table, name, _rule in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    yield
    for table, name, rule in keys:
        connection.exec_driver_sql(f"ALTER TABLE {table} ADD CONSTRAINT {name} {rule}")
    for table, column, sequence in connection.execute(text(SEQUENCES)).all():
        highest = connection.exec_driver_sql(f"SELECT max({column}) FROM {table}").scalar()  # noqa: S608 - its own names
        if highest is not None:
            connection.execute(select(func.setval(sequence, highest)))
