"""Making a backup while people work: the database in one state, then the files that its rows name, then one name.

A file is written before its row and never changes, so what is copied after the database holds all that its rows name.
The exported heads of the history are read before it, because they only grow: none may be ahead of the history.
"""

from __future__ import annotations

import gzip
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import Connection, func, inspect, select
from sqlalchemy import table as table_called

import core.registrations  # noqa: F401 - the tables of every subject are known by it
from admin.command.backup import archive, postgres
from admin.command.backup.across import tables_of
from admin.command.backup.archive import BLOCK, DATA, FORMAT, PLAIN, SECRET, Alive, Manifest, Writer
from admin.command.backup.place import alone, at_work, in_words, named, sqlite_file, written
from admin.command.heads import NEAR, near
from core.ground import audit, backups, chosen
from core.ground.access import ScopedSession, system
from core.ground.audit import GENESIS, AuditSeal, Head
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.heads import FOLDER
from core.ground.settings import Settings
from core.ground.stored import named_files
from core.imports import rehearsal
from core.models import metadata
from core.plugins.loading import Registry, in_tree, known, load
from migrations import runner

SQLITE, DUMP = "database.sqlite3.gz", "database.dump"
WORK = ".salvataggio"  # the folder in the data directory where one works
PASSING = (chosen.FOLDER, rehearsal.FOLDER)  # files that are kept for a while
ACTOR = system("salvataggio")


@dataclass(frozen=True)
class Made:
    """A backup that was made: where it lies, how large it is, what it says of itself."""

    file: Path
    size: int
    manifest: Manifest


@dataclass(frozen=True)
class State:
    """A database in one state: the file that holds it, and what is known of that very state."""

    file: Path
    version: str
    schema: dict[str, str]
    rows: dict[str, int]
    head: tuple[int, str]
    broken: int | None
    named: dict[str, str]  # SHA-256 by path, of the files that rows name


def make(settings: Settings, target: Path, *, key: str = "", alive: Alive = lambda: None) -> Made:
    """Back the installation up to ``target``, to which an ending is added; encrypted with ``key`` if there is one.

    RuleBroken in words, and nothing under the name, if it cannot be done.
    """
    final = named(target, key)
    _require_installation(settings)
    with alone(settings.data_dir), in_words(final), at_work(settings.data_dir / WORK) as work, \
            written(final, settings.data_dir) as file:
        heads = _keep_heads(settings, work)
        state = _saved(settings, work, near(work), alive)
        with archive.writing(file, key, alive) as backup:
            _put(backup, state.file.name, state.file)
            for name in heads:
                _put(backup, f"{DATA}/{name}", work / name)
            for name, path in files_of(settings, final.parent):
                with suppress(FileNotFoundError):  # what is kept for a while only may go meanwhile
                    _put(backup, f"{DATA}/{name}", path)
            manifest = _manifest(state, backup.files)
            backup.finish(manifest)
    with suppress(OSError):  # the backup is there, whether or not that can be written down
        backups.succeeded(settings.data_dir, final)
    return Made(final, final.stat().st_size, manifest)


def _manifest(state: State, files: dict[str, str]) -> Manifest:
    kept = {name.removeprefix(f"{DATA}/"): found for name, found in files.items() if name.startswith(f"{DATA}/")}
    return Manifest(
        format=FORMAT, program=version("patto"), made_at=audit.stamp(),
        engine="postgresql" if state.file.name == DUMP else "sqlite", engine_version=state.version,
        schema=state.schema, rows=state.rows, head=state.head, broken=state.broken, files=dict(files),
        missing=sorted(path for path in state.named if path not in kept),
        changed=sorted(path for path, known in state.named.items() if known and kept.get(path, known) != known),
    )


# --- the database -----------------------------------------------------------------------------------------


def _require_installation(settings: Settings) -> None:
    """RuleBroken where there is nothing to save: opening an SQLite file that is not there would make one."""
    file = sqlite_file(settings)
    if not settings.data_dir.is_dir() or (file is not None and not file.is_file()):
        raise RuleBroken("In %(path)s non c'è un'installazione di Patto: non c'è nulla da salvare. Controllare "
                         "PATTO_DATA_DIR e PATTO_DATABASE_URL.", path=settings.data_dir)


def _saved(settings: Settings, work: Path, heads: Iterable[Head], alive: Alive) -> State:
    database = Database(settings.url, settings.data_dir)
    saved = _saved_postgres if database.reading.dialect.name == "postgresql" else _saved_sqlite
    try:
        return saved(settings, database, work, heads, alive)
    finally:
        database.dispose()


def _saved_sqlite(
    settings: Settings, database: Database, work: Path, heads: Iterable[Head], alive: Alive
) -> State:
    """By SQLite's online backup: one state, and nobody waits for it. What is known of it is asked of the copy."""
    copy = work / SQLITE.removesuffix(".gz")
    with database.reading.connect() as connection, closing(sqlite3.connect(copy)) as into:
        driver = connection.connection.driver_connection
        assert driver is not None
        driver.backup(into)
    alive()
    looked = Database(f"sqlite:///{copy}", work)
    try:
        with looked.reading.connect() as connection:
            require_whole(connection)
            state = _seen(settings, connection, work / SQLITE, sqlite3.sqlite_version)
        state = replace(state, broken=_broken(looked, heads))
    finally:
        looked.dispose()
    with closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")  # one file, whoever opens it
    with copy.open("rb") as plain, gzip.open(state.file, "wb", compresslevel=3) as packed:
        while block := plain.read(BLOCK):
            packed.write(block)
            alive()
    copy.unlink()
    return state


def _saved_postgres(
    settings: Settings, database: Database, work: Path, heads: Iterable[Head], alive: Alive
) -> State:
    """By ``pg_dump``, which sees the state that is counted here."""
    one_state = {"isolation_level": "REPEATABLE READ"}
    with database.reading.connect().execution_options(**one_state) as connection:
        told = postgres.dump(connection, work / DUMP, alive)
        state = _seen(settings, connection, work / DUMP, str(told))
    return replace(state, broken=_broken(database, heads))


def require_whole(connection: Connection) -> None:
    """RuleBroken for an SQLite file that is damaged: no copy of it is a good backup."""
    found = connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar()
    if found != "ok":
        raise RuleBroken("Il database è rovinato (%(reason)s): non è stato salvato, perché i salvataggi buoni restino "
                         "gli ultimi. Ripristinare il più recente in una cartella vuota.", reason=found)


def _seen(settings: Settings, connection: Connection, file: Path, told: str) -> State:
    """What is known of the state that ``connection`` sees; ``told`` is the version of what wrote the file."""
    schema = runner.revisions(connection)
    if runner.CORE not in schema:
        raise RuleBroken("Nel database non ci sono le tabelle di Patto: non c'è nulla da salvare.")
    runner.require_known(registry_of(settings, schema), schema)
    last = connection.execute(select(AuditSeal.number, AuditSeal.hash).order_by(AuditSeal.number.desc()).limit(1))
    head = last.first() or (0, GENESIS)
    named = dict(named_files(connection, metadata.sorted_tables))
    return State(file, told, schema, count(connection), (head[0], head[1]), None, named)


def registry_of(settings: Settings, schema: Iterable[str]) -> Registry:
    """The plugins that are enabled, and those that have tables and are here: their revisions and files are known by it.
    """
    enabled = in_tree() if settings.plugins is None else settings.plugins
    kept = [code for code in schema if code in known() and code not in enabled]
    return load(settings.with_options(plugins=(*enabled, *kept)), strict=False)


def count(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    if connection.dialect.name == "postgresql":
        tables = sorted(inspect(connection).get_table_names())
    else:
        tables = tables_of(connection.connection.driver_connection)
    rows = {name: connection.scalar(select(func.count()).select_from(table_called(name))) for name in tables}
    return {name: number or 0 for name, number in rows.items()}


def _broken(database: Database, heads: Iterable[Head]) -> int | None:
    """The first broken link of the history, if any."""
    with ScopedSession(database, ACTOR) as session:
        return audit.verify(session, heads).broken


# --- the files --------------------------------------------------------------------------------------------


def _keep_heads(settings: Settings, work: Path) -> list[str]:
    """The exported heads as they are now, in ``work``, by name: whole lines only, for one may be being written."""
    path, here = settings.data_dir / NEAR, settings.data_dir / FOLDER
    kept = []
    if path.exists():
        content = path.read_bytes()
        (work / NEAR).write_bytes(content[: content.rfind(b"\n") + 1])
        kept.append(NEAR)
    (work / FOLDER).mkdir()
    for signed in sorted(here.glob("testa-*")) if here.is_dir() else ():
        (work / FOLDER / signed.name).write_bytes(signed.read_bytes())
        kept.append(f"{FOLDER}/{signed.name}")
    return kept


def files_of(settings: Settings, *elsewhere: Path) -> Iterator[tuple[str, Path]]:
    """Name and place of what lies in the data directory: not the database, the heads of the history, what is kept for
    a while, backups (the folder of the settings and ``elsewhere``), nor what begins with a dot, which is being written.
    """
    root = settings.data_dir.resolve()
    database = sqlite_file(settings)
    backups_lie = {path.resolve() for path in (*elsewhere, settings.backup_dir) if path}
    apart = {root / name for name in (*PASSING, FOLDER)} | backups_lie - {root}
    for folder, folders, names in os.walk(root, followlinks=True):
        here = Path(folder)
        folders[:] = sorted(name for name in folders if name[0] != "." and (here / name).resolve() not in apart)
        for name in sorted(names):
            path = here / name
            is_database = database is not None and here == database.parent.resolve() and name.startswith(database.name)
            is_backup = here == root and name.endswith((PLAIN, SECRET))
            if name[0] != "." and path != root / NEAR and not is_database and not is_backup:
                yield path.relative_to(root).as_posix(), path


def _put(backup: Writer, name: str, path: Path) -> None:
    with path.open("rb") as file:
        backup.add(name, file, os.fstat(file.fileno()).st_size)
