"""What names a file of the store says so: backups and the doctor hold files against rows by it."""

from __future__ import annotations

from core.ground.stored import MARK
from core.models import metadata


def test_a_column_that_names_a_file_is_marked():
    unmarked = [f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.columns
                if column.name.split("_")[-1] == "path" and MARK not in column.info]
    assert not unmarked, "info=names_file(\"<column of its SHA-256>\")"


def test_its_hash_is_a_column_of_the_same_table():
    marked = [(table, column) for table in metadata.tables.values() for column in table.columns if MARK in column.info]
    assert marked
    assert not [column.name for table, column in marked if column.info[MARK] and column.info[MARK] not in table.columns]
