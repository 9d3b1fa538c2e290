"""When the platform does not do its part: pages and forms say so, answer 503, and lose nothing that was typed."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event

from admin.app import create_app
from admin.guard import errors
from core.ground.db import Database
from core.parties.model import Act
from tests.integration.admin.browser import Person, pdf
from tests.integration.admin.house import House

ACT = {"body_kind": "council", "kind": "Deliberazione", "number": "7", "date": "2026-01-15", "title": "Prova di guasto",
       "recalled_text": "Visto l'atto. " * 800}  # more than the pages that are there have room for


@pytest.fixture
def hasty(house: House) -> Iterator[House]:
    """The house with a database that does not wait for long."""
    database = Database(house.settings.url, house.settings.data_dir, patience=0)
    yield House(create_app(house.settings, database=database, registry=house.registry), database, house.reach)
    database.dispose()


def refused(inside: Person, words: str) -> str:
    """The page of an answer that is none for now."""
    assert words in inside.page
    return inside.page


def typed(house: House, inside: Person) -> int:
    """The status of the form of an act, sent."""
    inside.get(f"/admin/atti/new/?party_id={house.id_of('dresano')}")
    return inside.send(**ACT).status_code


@contextmanager
def locked(house: House) -> Iterator[None]:
    """Somebody else writes, and does not come to an end."""
    other = sqlite3.connect(house.settings.data_dir / "patto.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def full(house: House) -> Iterator[None]:
    """The file of the database may not grow, and has no page to spare."""
    with sqlite3.connect(house.settings.data_dir / "patto.sqlite3") as held:
        held.execute("VACUUM")

    def stay(connection: sqlite3.Connection, *_about: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {connection.execute('PRAGMA page_count').fetchone()[0]}")

    event.listen(house.database.reading, "checkout", stay)
    try:
        yield
    finally:
        event.remove(house.database.reading, "checkout", stay)
        house.database.dispose()


@contextmanager
def closed(house: House) -> Iterator[None]:
    """The database may be read and not written."""

    def read_only(connection: sqlite3.Connection, *_about: object) -> None:
        connection.execute("PRAGMA query_only = ON")

    event.listen(house.database.reading, "checkout", read_only)
    try:
        yield
    finally:
        event.remove(house.database.reading, "checkout", read_only)
        house.database.dispose()


@pytest.mark.parametrize(("trouble", "words"), [
    (locked, "occupato da un&#39;altra operazione"), (full, "non c&#39;è più spazio"),
    (closed, "non si riesce a leggere o a scrivere"),
])
def test_a_form_that_cannot_be_saved_now_keeps_what_was_typed(hasty, trouble, words, caplog):
    inside, before = hasty.person("direzione"), hasty.count(Act)
    with trouble(hasty):
        assert typed(hasty, inside) == 503
        assert "Prova di guasto" in refused(inside, words)
        assert inside.get("/admin/atti/").status_code == 200, "what can be read is read"
    assert hasty.count(Act) == before
    assert inside.get(f"/admin/atti/new/?party_id={hasty.id_of('dresano')}").status_code == 200
    assert inside.send(**ACT).status_code == 200 and hasty.count(Act) == before + 1
    assert not [record for record in caplog.records if record.exc_info], "one line, and no traceback"


def test_a_database_that_is_away_has_a_page_of_its_own(hasty):
    inside = hasty.person("direzione")
    data = Path(hasty.settings.data_dir)
    away = data.with_name("altrove")
    hasty.database.dispose()
    data.rename(away)
    try:
        for page in ("/admin/", "/admin/contratti/", "/albo", "/non-esiste", "/accesso/entra"):
            answer = inside.get(page)
            assert answer.status_code == 503 and int(answer.headers["Retry-After"]) == errors.ASK_AGAIN
            assert "Patto si è fermato per poco" in inside.page and "Traceback" not in inside.page
        assert inside.get("/static/patto.css").status_code == 200, "a stylesheet asks nothing of a database"
    finally:
        away.rename(data)
    assert inside.get("/admin/").status_code == 200


def test_a_file_for_which_there_is_no_room_is_refused_whole(hasty, in_force):
    inside, files = hasty.person("direzione"), set(hasty.settings.data_dir.rglob("*"))
    inside.get("/admin/casi/contract/1/file/")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limits[1]))
    try:
        answer = inside.send(title="Una scansione", file=pdf(content=b"%PDF-1.7\n" + bytes(300_000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert answer.status_code == 503 and "Una scansione" in inside.page
    left = {path for path in set(hasty.settings.data_dir.rglob("*")) - files if path.is_file()}
    assert not left, "nothing half written"
