"""Which columns name files of the store: what is saved with the rows, and held against them, follows from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Connection, Table, inspect, literal, select

MARK = "stored"


def names_file(sha256: str = "") -> dict[str, str]:
    """For Column(info=...): the column names a file; its SHA-256, if it is kept, stands in the column ``sha256``."""
    return {MARK: sha256}


def named_files(connection: Connection, tables: Iterable[Table]) -> Iterator[tuple[str, str]]:
    """Path and SHA-256 (empty if it was not kept) of every file that a row names; an older database lacks some."""
    reflected = inspect(connection)
    present = set(reflected.get_table_names())
    for table in tables:
        marked = [column for column in table.columns if MARK in column.info]
        if not marked or table.name not in present:
            continue
        here = {held["name"] for held in reflected.get_columns(table.name)}
        for column in marked:
            if column.name in here:
                hashed = table.c[column.info[MARK]] if column.info[MARK] else literal("")
                rows = select(column, hashed).where(column.is_not(None)).execution_options(yield_per=1000)
                yield from ((path, sha256 or "") for path, sha256 in connection.execute(rows))
