"""A backup is made while people work, appears whole or not at all, and comes back equal on either database."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from filelock import FileLock
from sqlalchemy import select

from admin.command.backup import postgres
from admin.command.backup.make import make
from admin.command.backup.place import LOCK
from admin.command.backup.restore import restore
from core.catalogue.model import Service
from core.ground import backups
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.settings import Settings
from migrations import runner
from tests.backups import act, files_in, members, rows_in, unkept

ENGINES = ("sqlite", "postgresql")


def refused(settings: Settings, target: Path, **how: object) -> str:
    """The sentence with which a backup is refused; nothing has its name and nothing is left beside it."""
    before = sorted(target.parent.iterdir()) if target.parent.is_dir() else []
    with pytest.raises(RuleBroken) as refusal:
        make(settings, target, **how)
    assert before == (sorted(target.parent.iterdir()) if target.parent.is_dir() else [])
    assert not list(settings.data_dir.glob(".salvataggio*"))
    return str(refusal.value)


@pytest.mark.parametrize("into", ENGINES)
def test_what_was_saved_comes_back_equal(office, place, tmp_path, registry, into) -> None:
    made = make(office, tmp_path / "salvataggio")
    new = place(into)
    done = restore(new, tmp_path / "salvataggio")
    assert (made.file, done.file) == (tmp_path / "salvataggio.tar",) * 2
    assert rows_in(new) == rows_in(office)
    assert files_in(new.data_dir) == files_in(office.data_dir)
    assert "secret_key" in files_in(new.data_dir) and not unkept(new)
    assert (done.chain.broken, done.chain.head.number > 0, done.chain.unsealed > 0) == (None, True, True)
    assert done.older == {}
    database = Database(new.url, new.data_dir)
    assert not any(runner.check(database, registry).values())
    before = {code: key for key, code in services(database)}
    act(database, "dopo")
    assert max(before.values()) < {code: key for key, code in services(database)}["dopo"], "the numbering goes on"
    assert search(database, "dopo"), "the search finds what is new"
    database.dispose()


def services(database: Database) -> list[tuple[int, str]]:
    with ScopedSession(database, system("prova")) as session:
        return [(row.id, row.code) for row in session.scalars(select(Service))]


def search(database: Database, word: str) -> bool:
    with ScopedSession(database, system("prova")) as session:
        return bool(session.scalars(select(Service).where(Service.title == word)).all())


def test_with_a_key_nobody_reads_it_without(small_office, place, tmp_path) -> None:
    made = make(small_office, tmp_path / "salvataggio", key="chiave")
    assert made.file.name == "salvataggio.tar.age"
    assert b"prova" not in made.file.read_bytes()
    new = place("sqlite")
    for key in ("", "un'altra"):
        with pytest.raises(RuleBroken):
            restore(new, made.file, key=key)
        assert not new.data_dir.exists()
    restore(new, made.file, key="chiave")
    assert rows_in(new) == rows_in(small_office)


def test_it_lies_beside_no_work_and_for_no_other_eyes(small_office, tmp_path) -> None:
    folder = tmp_path / "salvataggi"
    folder.mkdir()
    made = make(small_office, folder / "uno")
    assert [path.name for path in folder.iterdir()] == ["uno.tar"]
    assert made.file.stat().st_mode & 0o777 == 0o600
    assert not list(small_office.data_dir.glob(".salvataggio*"))
    assert backups.standing(small_office.data_dir).file == str(made.file)


def test_it_overwrites_nothing(small_office, tmp_path) -> None:
    make(small_office, tmp_path / "uno")
    assert "esiste già" in refused(small_office, tmp_path / "uno")
    assert f"per esempio {tmp_path / 'uno-2'}." in refused(small_office, tmp_path / "uno.tar")
    (tmp_path / "cartella").mkdir()
    assert "esiste già" in refused(small_office, tmp_path / "cartella")
    assert "esiste già" in refused(small_office, Path())
    assert "non c'è" in refused(small_office, tmp_path / "nessuna" / "uno")


def test_backups_that_lie_in_the_data_directory_are_not_saved_again(small_office, tmp_path) -> None:
    inside = small_office.data_dir / "salvataggi"
    inside.mkdir()
    first, second = make(small_office, inside / "uno"), make(small_office, inside / "due")
    small_office = small_office.with_options(backup_dir=inside)
    third, fourth = make(small_office, small_office.data_dir / "tre"), make(small_office, tmp_path / "quattro")
    assert len({tuple(members(made.file)) for made in (first, second, third, fourth)}) == 1


def test_where_nothing_is_nothing_is_saved_and_nothing_made(tmp_path) -> None:
    settings = Settings(data_dir=tmp_path / "dati")
    assert "non c'è nulla da salvare" in refused(settings, tmp_path / "uno")
    settings.data_dir.mkdir()
    assert "non c'è nulla da salvare" in refused(settings, tmp_path / "uno")
    assert not list(settings.data_dir.iterdir())


def test_an_empty_database_is_no_installation(place, backend, tmp_path) -> None:
    settings = place(backend)
    settings.data_dir.mkdir()
    if backend == "sqlite":
        with closing(sqlite3.connect(settings.data_dir / "patto.sqlite3")) as connection:
            connection.execute("CREATE TABLE letter (id INTEGER)")
    assert "non c'è nulla da salvare" in refused(settings, tmp_path / "uno")


def test_one_at_a_time(small_office, tmp_path) -> None:
    with FileLock(small_office.data_dir / LOCK), pytest.raises(RuleBroken, match="al lavoro"):
        make(small_office, tmp_path / "uno")
    make(small_office, tmp_path / "uno")


def test_a_document_that_is_missing_or_changed_stops_no_backup_and_is_told(small_office, place, tmp_path) -> None:
    gone, other = sorted((small_office.data_dir / "documents").rglob("*.docx"))[:2]
    gone.unlink()
    other.write_bytes(b"altro")
    said = make(small_office, tmp_path / "uno").manifest
    paths = [str(path.relative_to(small_office.data_dir)) for path in (gone, other)]
    assert (said.missing, said.changed) == (paths[:1], paths[1:])
    new = place("sqlite")
    assert restore(new, tmp_path / "uno").manifest == said
    assert sorted(unkept(new)) == paths


def test_a_damaged_database_is_not_saved_over_the_good_ones(ground, migrated, registry, tmp_path) -> None:
    database, folder = ground.copy("damaged", *migrated("sqlite", registry))
    database.dispose()
    with (folder / "patto.sqlite3").open("r+b") as file:
        file.seek(4096 * 5)
        file.write(b"\xff" * 4096)
    assert "rovinato" in refused(Settings(data_dir=folder), tmp_path / "uno")


def test_a_full_disk_is_told_and_nothing_has_the_name(ground, migrated, registry, tmp_path) -> None:
    """A process that may write no file over 300 KB: the copy of the database is larger."""
    database, folder = ground.copy("full", *migrated("sqlite", registry))
    database.dispose()
    within = ("import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000)); "
              "from admin.command.cli import main; sys.exit(main())")
    done = subprocess.run([sys.executable, "-c", within, "backup", tmp_path / "uno", "--data-dir", folder],
                          capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "non si può fare" in done.stderr and "Traceback" not in done.stderr
    assert not [path for path in (*tmp_path.iterdir(), *folder.glob(".salvataggio*")) if path.is_file()]


def test_a_tool_that_is_missing_is_named(office, backend, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(postgres, "FOLDERS", ())
    monkeypatch.setenv("PATH", str(tmp_path))
    if backend == "sqlite":
        make(office, tmp_path / "uno")
    else:
        assert "postgresql-client-" in refused(office, tmp_path / "uno")
