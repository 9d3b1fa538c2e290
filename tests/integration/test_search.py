"""Search by any part of a word: the same on both databases, through the index, and right after every change."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from core.ground import search
from core.ground.access import ScopedSession, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.search import holds
from core.ground.unit_of_work import unit_of_work
from core.models import metadata
from core.parties.model import Body
from migrations import runner

US = system("prova")


@pytest.fixture
def bodies(database: Database) -> Database:
    """Three bodies with names that people write in many ways."""
    with unit_of_work(database, US, act="prova") as session:
        for code, name in (("a", "Città di Sant’Angelo"), ("b", "Comunità alloggio PERÙ"), ("c", "S. Donato 100%")):
            session.add(Body(code=f"prova_{code}", name=name, kind="table", owner="azienda"))
    return database


def found(database: Database, typed: str) -> set[str]:
    """The last letters of the codes of what is found, by the index and row by row."""
    answers = []
    for walking in (False, True):
        with ScopedSession(database, US) as session:
            asked = select(Body.code).where(holds(session, Body, typed, walking=walking), Body.code.like("prova%"))
            answers.append({code[-1] for code in session.scalars(asked)})
    assert answers[0] == answers[1]
    return answers[0]


@pytest.mark.parametrize("typed, codes", [
    ("citta", "a"), ("CITTÀ", "a"), ("sant'angelo", "a"), ("Sant`Angelo", "a"), ("ngel", "a"), ("peru", "b"),
    ("omunit allog", "b"), ("t", "abc"), ("do", "c"), ("s. donato", "c"), ("100%", "c"), ("%", "c"), ("_", "abc"),
    ("città donato", ""), ('"', "abc"), ("' OR 1=1", ""), ("*", ""),
])  # fmt: skip
def test_every_part_of_a_name_finds_it(bodies: Database, typed: str, codes: str) -> None:
    assert found(bodies, typed) == set(codes)


def test_a_changed_name_is_found_by_what_it_says_now_and_a_removed_one_no_more(bodies: Database) -> None:
    with unit_of_work(bodies, US, act="prova") as session:
        session.scalars(select(Body).where(Body.code == "prova_a")).one().name = "Tavolo zonale"
        session.delete(session.scalars(select(Body).where(Body.code == "prova_b")).one())
    assert found(bodies, "zonale") == {"a"}
    assert found(bodies, "angelo") == found(bodies, "peru") == set()


def test_the_history_tells_of_the_name_and_not_of_the_words_of_the_search(bodies: Database) -> None:
    with unit_of_work(bodies, US, act="parole") as session:
        session.scalars(select(Body).where(Body.code == "prova_a")).one().searched = "altro"
    with ScopedSession(bodies, US) as session:
        told = session.scalars(select(AuditEntry).where(AuditEntry.table_name == "body")).all()
    assert {entry.operation for entry in told if entry.act != "parole"} >= {"i"}
    assert not [entry for entry in told if entry.act == "parole" or "searched" in (entry.after or "")]


def test_the_index_is_asked_and_not_every_row(bodies: Database) -> None:
    with ScopedSession(bodies, US) as session:
        asked = select(Body.id).where(holds(session, Body, "angelo"))
    with bodies.reading.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        plan = "EXPLAIN " if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN "
        asked_sql = str(asked.compile(connection, compile_kwargs={"literal_binds": True}))
        said = "\n".join(str(row) for row in connection.execute(text(plan + asked_sql.replace(":", "\\:"))))
    assert "body_words" in said


def test_the_check_names_an_index_that_is_missing(database: Database, registry: object) -> None:
    with database.writing.begin() as connection:
        kind = "INDEX" if connection.dialect.name == "postgresql" else "TABLE"
        connection.exec_driver_sql(f"DROP {kind} body_words")
    assert any("body_words" in trouble for trouble in runner.check(database, registry)["core"])


def test_words_of_rows_that_were_there_before_are_written(bodies: Database) -> None:
    with bodies.writing.begin() as connection:
        connection.exec_driver_sql("UPDATE body SET searched = '' WHERE code = 'prova_a'")
    assert found(bodies, "angelo") == set()
    with bodies.writing.begin() as connection:
        search.rebuild_indexes(connection, metadata.sorted_tables)
    assert found(bodies, "angelo") == {"a"}
