"""An answer of SQLite that somebody began to read and left keeps nobody from writing on the same connection."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import select

from core.ground.access import system
from core.ground.unit_of_work import unit_of_work
from core.parties.model import Azienda


@pytest.mark.parametrize("backend", ["sqlite"])  # it alone reads an answer row by row
def test_an_answer_left_half_read_keeps_nobody_from_writing(database) -> None:
    with database.reading.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute("SELECT name FROM sqlite_master")
        cursor.fetchone()
        left = [cursor]
        left.append(left)  # as an error and the frame that raised it keep each other
        del cursor, left
    with sqlite3.connect(database.reading.url.database) as other:
        other.execute("CREATE TABLE prova (x)")
    with unit_of_work(database, system("prova"), act="prova") as session:
        assert session.scalars(select(Azienda)).first() is None
