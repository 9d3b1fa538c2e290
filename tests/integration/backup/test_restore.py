"""Nothing is restored over something, and nothing that is not, to the byte, what was saved by such a program."""

from __future__ import annotations

import gzip
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from admin.command.backup import archive
from admin.command.backup import restore as restoring
from admin.command.backup.make import SQLITE, make
from admin.command.backup.restore import restore
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from tests.backups import at_revision, files_in, made_again, path_in, rows_in

ENGINES = ("sqlite", "postgresql")


def refused(settings: Settings, source: Path, **how: object) -> str:
    """The sentence with which a restoring is refused; the place is as empty as before."""
    with pytest.raises(RuleBroken) as refusal:
        restore(settings, source, **how)
    assert not settings.data_dir.exists() or not list(settings.data_dir.iterdir())
    if settings.database_url:
        assert not tables_in(settings)
    return str(refusal.value)


def tables_in(settings: Settings) -> list[str]:
    database = Database(settings.url)
    with database.reading.connect() as connection:
        found = database.reading.dialect.get_table_names(connection)
    database.dispose()
    return found


@pytest.fixture
def saved(small_office: Settings, tmp_path: Path) -> Path:
    """A backup of the office."""
    return make(small_office, tmp_path / "salvataggio").file


def test_nothing_is_restored_over_a_living_installation(small_office, saved) -> None:
    rows, files = rows_in(small_office), files_in(small_office.data_dir)
    with pytest.raises(RuleBroken, match="non sovrascrive nulla"):
        restore(small_office, saved)
    assert (rows_in(small_office), files_in(small_office.data_dir)) == (rows, files)


@pytest.mark.parametrize("name", ["secret_key", "documents", "patto.sqlite3"])
def test_nor_into_a_folder_where_anything_is(saved, place, name) -> None:
    settings = place("sqlite")
    settings.data_dir.mkdir()
    (settings.data_dir / name).write_text("qualcosa")
    with pytest.raises(RuleBroken, match=name):
        restore(settings, saved)
    assert [path.name for path in settings.data_dir.iterdir()] == [name]


def test_nor_into_a_database_that_has_tables(saved, place) -> None:
    settings = place("postgresql")
    database = Database(settings.url)
    with database.writing.begin() as connection:
        connection.execute(text("CREATE TABLE letter (id INTEGER)"))
    database.dispose()
    with pytest.raises(RuleBroken, match="contiene già 1 tabelle"):
        restore(settings, saved)
    assert tables_in(settings) == ["letter"]


@pytest.mark.parametrize("into", ENGINES)
def test_what_was_cut_short_or_altered_is_not_restored(saved, place, into) -> None:
    settings, whole = place(into), saved.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:-1], whole[:5000] + b"x" + whole[5001:]):
        saved.write_bytes(content)
        assert "incompleto o è stato alterato" in refused(settings, saved)
    saved.write_bytes(whole)
    restore(settings, saved)


def test_what_is_not_there_or_no_backup_is_told_so(saved, place, tmp_path) -> None:
    assert "non c'è" in refused(place("sqlite"), tmp_path / "nessuno")
    (tmp_path / "lettera.tar").write_text("Gentile Sindaco")
    assert "non è un salvataggio" in refused(place("sqlite"), tmp_path / "lettera.tar")


@pytest.mark.parametrize("owner", ["core", "home_care_vouchers"])
def test_a_newer_version_asks_for_the_newer_program(saved, place, owner) -> None:
    newer = made_again(saved, schema={"core": "0001", owner: "0999"})
    assert "aggiornare il programma" in refused(place("sqlite"), newer)


@pytest.mark.parametrize("into", ENGINES)
def test_an_older_version_is_restored_and_brought_to_this_one(place, backend, into, tmp_path) -> None:
    old = place(backend)
    at_revision(old, "0005")
    saved = make(old, tmp_path / "vecchio").file
    new = place(into)
    done = restore(new, saved)
    assert done.older == {"core": "0005"}
    database = Database(new.url, new.data_dir)
    with database.reading.connect() as connection:
        assert connection.scalar(text("SELECT last FROM counter WHERE year = 2020")) == 7
        assert connection.scalar(text("SELECT count(*) FROM operating_notice")) == 0
    database.dispose()


# --- by who knows the format --------------------------------------------------------------------------------


def rewrite_history(contents: dict[str, bytes]) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(gzip.decompress(contents[SQLITE]))
        connection.execute("UPDATE audit_entry SET actor = 'Altri' WHERE id = 3")
        connection.commit()
        contents[SQLITE] = gzip.compress(connection.serialize())


def lose_a_row(contents: dict[str, bytes]) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.deserialize(gzip.decompress(contents[SQLITE]))
        connection.executescript("DROP TRIGGER audit_outbox_message_d; DELETE FROM outbox_message")
        connection.commit()
        contents[SQLITE] = gzip.compress(connection.serialize())


def rewrite_a_document(contents: dict[str, bytes]) -> None:
    name = next(name for name in contents if name.startswith(path_in("documents/")) and name.endswith(".docx"))
    contents[name] += b" "


@pytest.mark.parametrize("into", ENGINES)
@pytest.mark.parametrize(("change", "word"), [
    (rewrite_history, "La storia"), (lose_a_row, "outbox_message"), (rewrite_a_document, "documents/prova/"),
])
def test_rows_and_files_are_held_against_the_history_and_the_hashes_of_the_rows(
    saved, place, into, change, word
) -> None:
    assert word in refused(place(into), made_again(saved, change))


def test_a_history_that_was_broken_before_is_restored_as_it_was(small_office, place, tmp_path) -> None:
    database = Database(small_office.url)
    with database.writing.begin() as connection:
        connection.execute(text("UPDATE audit_entry SET actor = 'Altri' WHERE id = 3"))
    database.dispose()
    made = make(small_office, tmp_path / "uno")
    done = restore(place("sqlite"), made.file)
    assert done.chain.broken == made.manifest.broken is not None


# --- what interrupts ----------------------------------------------------------------------------------------


def test_what_one_that_was_killed_has_left_is_in_nobodys_way(saved, place) -> None:
    settings = place("sqlite")
    (settings.data_dir / ".ripristino" / "dati").mkdir(parents=True)
    (settings.data_dir / "lost+found").mkdir()
    (settings.data_dir / ".patto.sqlite3.ripristino").write_bytes(b"meta")
    restore(settings, saved)
    assert not list(settings.data_dir.glob(".*ripristino*"))


def test_a_backup_may_lie_in_the_folder_into_which_it_is_restored(saved, place) -> None:
    settings = place("sqlite")
    (settings.data_dir / "salvataggi").mkdir(parents=True)
    restore(settings, saved.rename(settings.data_dir / "salvataggi" / saved.name))


@pytest.mark.parametrize("into", ENGINES)
@pytest.mark.parametrize("where", ["_put_down", "_looked_at", "settle_folder"])
def test_a_disk_that_refuses_leaves_nothing(saved, place, monkeypatch, into, where) -> None:
    def full(*what: object) -> None:
        if what[-1] is not None:  # the first reading writes nothing
            raise OSError(28, "No space left on device")
        put_down(*what)

    put_down = archive._put_down
    monkeypatch.setattr(archive if where == "_put_down" else restoring, where, full)
    assert "il disco è pieno" in refused(place(into), saved)
