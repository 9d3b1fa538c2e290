"""Restoring a backup into an empty place: all of it is read first, built aside, looked at, and moved into place last.

A database of the same kind is taken as it is; of the other kind, its rows are poured into new tables. What was made by
an older version is brought to this one. On PostgreSQL all rows come in one transaction, and are taken away again if
what came of it is not what was saved.
"""

from __future__ import annotations

import gzip
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, inspect

import core.registrations  # noqa: F401 - the tables of every subject are known by it
from admin.command.backup import across, archive, postgres
from admin.command.backup.archive import BLOCK, DATA, Manifest
from admin.command.backup.make import ACTOR, DUMP, SQLITE, count, registry_of, require_whole
from admin.command.backup.place import NOT_WRITTEN, alone, at_work, found, sqlite_file
from admin.command.heads import near
from core.ground import audit
from core.ground.access import ScopedSession
from core.ground.audit import HistoryVerdict
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.files import settle_folder
from core.ground.refusals import reason_of
from core.ground.settings import Settings, ensure_data_dir
from core.ground.stored import named_files
from core.models import metadata
from core.plugins.loading import Registry
from migrations import runner

ASIDE = ".ripristino"  # the folder in the data directory where one builds
NO_DATA = {"lost+found"}  # what a disk has by itself
MOST_NAMED = 5


@dataclass(frozen=True)
class Restored:
    """What was restored: what the backup said of itself, its revisions if they are older, the history as found."""

    file: Path
    manifest: Manifest
    older: dict[str, str]
    chain: HistoryVerdict


def restore(settings: Settings, source: Path, *, key: str = "") -> Restored:
    """Restore ``source`` into the data directory and the database of ``settings``, which must be empty.

    RuleBroken in words, and the place as empty as before, if it cannot be done.
    """
    source = found(source)
    _require_empty(settings, source)
    manifest = archive.read(source, key)
    registry = registry_of(settings, manifest.schema)
    _require_known(registry, manifest)
    ensure_data_dir(settings)
    with _in_words(settings.data_dir), alone(settings.data_dir), at_work(settings.data_dir / ASIDE) as aside:
        _require_empty(settings, source)
        archive.read(source, key, folder=aside)
        (aside / DATA).mkdir(exist_ok=True)
        with _target(settings, aside / DATA) as database:
            _build(database, registry, manifest, aside)
            chain = _looked_at(database, manifest)
            database.dispose()
            _into_place(settings, aside / DATA)
    return Restored(source, manifest, runner.older(registry, manifest.schema), chain)


@contextmanager
def _in_words(folder: Path) -> Iterator[None]:
    try:
        yield
    except NOT_WRITTEN as error:
        raise RuleBroken("In %(path)s non si può ripristinare: %(reason)s. Non è rimasto nulla: liberare spazio, o "
                         "scegliere un'altra cartella, e ripetere.", path=folder, reason=reason_of(error)) from error


# --- before -----------------------------------------------------------------------------------------------


def _require_empty(settings: Settings, source: Path) -> None:
    """RuleBroken if anything is there that a restored installation would stand beside, or over."""
    own = {path.resolve() for path in (source, settings.backup_dir) if path}
    entries = settings.data_dir.iterdir() if settings.data_dir.is_dir() else ()
    there = [path for path in entries if path.name[0] != "." and path.name not in NO_DATA
             and not any(one.is_relative_to(path.resolve()) for one in own)]
    file = sqlite_file(settings)
    if file is not None and file.exists() and file.stat().st_size:
        there.append(file)
    if there:
        raise RuleBroken("In %(path)s c'è già qualcosa (%(what)s): un ripristino non sovrascrive nulla. Indicare una "
                         "cartella vuota con --data-dir o PATTO_DATA_DIR, o spostare altrove ciò che c'è.",
                         path=settings.data_dir, what=", ".join(sorted({path.name for path in there})[:MOST_NAMED]))
    if file is None:
        database = Database(settings.url)
        with database.reading.connect() as connection:
            tables = inspect(connection).get_table_names()
        database.dispose()
        if tables:
            raise RuleBroken("La banca dati di PATTO_DATABASE_URL contiene già %(count)s tabelle: un ripristino non "
                             "sovrascrive nulla. Indicarne una vuota; se le ha lasciate un ripristino interrotto, "
                             "svuotarla.", count=len(tables))


def _require_known(registry: Registry, manifest: Manifest) -> None:
    for owner, revision in runner.newer(registry, manifest.schema).items():
        raise RuleBroken("Il salvataggio è di una versione di Patto più recente di questa (%(owner)s: revisione "
                         "%(revision)s, che qui non c'è): aggiornare il programma e ripetere.",
                         owner=owner, revision=revision)


# --- building ---------------------------------------------------------------------------------------------


@contextmanager
def _target(settings: Settings, folder: Path) -> Iterator[Database]:
    """The database that is built, with the folder of its files: an SQLite file beside its place, or PostgreSQL itself.

    If it comes to nothing, nothing of it stays.
    """
    file = sqlite_file(settings)
    built = None if file is None else _beside(file)
    database = Database(settings.url if built is None else f"sqlite:///{built}", folder)
    try:
        if built is not None:
            _discard(built)
        yield database
    except BaseException:
        if built is None:
            _empty(database)
        raise
    finally:
        database.dispose()
        if built is not None:
            _discard(built)


def _beside(file: Path) -> Path:
    return file.with_name(f".{file.name}{ASIDE}")


def _discard(built: Path) -> None:
    """Take away an SQLite file with all that stands beside it."""
    for path in built.parent.glob(f"{built.name}*"):
        path.unlink()


def _empty(database: Database) -> None:
    """Take the tables away that were made in an empty PostgreSQL database."""
    with database.writing.begin() as connection:
        for table in inspect(connection).get_table_names():
            connection.exec_driver_sql(f'DROP TABLE "{table}" CASCADE')
        connection.exec_driver_sql("DROP FUNCTION IF EXISTS patto_audit()")


def _build(database: Database, registry: Registry, manifest: Manifest, aside: Path) -> None:
    """The tables and rows of the backup, at the newest revision."""
    own_kind = manifest.engine == database.reading.dialect.name
    told = int(manifest.engine_version) if manifest.engine == "postgresql" else 0
    if manifest.engine == "sqlite":
        plain = Path(str(database.reading.url.database)) if own_kind else aside / SQLITE.removesuffix(".gz")
        with gzip.open(aside / SQLITE) as packed, plain.open("wb") as file:
            shutil.copyfileobj(packed, file, BLOCK)
        tables = across.rows_of(plain)
    else:
        tables = postgres.rows(aside / DUMP, told)
    if not own_kind:
        def fill(connection: Connection) -> None:
            across.pour(connection, tables)
            _require_rows(connection, manifest)

        runner.build(database, registry, manifest.schema, fill)
        return
    if manifest.engine == "postgresql":
        postgres.load(database.reading, aside / DUMP, told)
    with database.reading.connect() as connection:
        if manifest.engine == "sqlite":
            require_whole(connection)
        _require_rows(connection, manifest)
    runner.upgrade(database, registry)


def _require_rows(connection: Connection, manifest: Manifest) -> None:
    rows = count(connection)
    wrong = sorted(name for name in rows | manifest.rows if rows.get(name) != manifest.rows.get(name))
    if wrong:
        raise RuleBroken("Le tabelle %(names)s non hanno le righe che il salvataggio dice: non è stato ripristinato "
                         "nulla. Usare un altro salvataggio.", names=", ".join(wrong[:MOST_NAMED]))


def _looked_at(database: Database, manifest: Manifest) -> HistoryVerdict:
    """What the verifier finds in the history. RuleBroken if it, or a document, is not as it was when it was saved."""
    with ScopedSession(database, ACTOR) as session:
        chain = audit.verify(session, near(database.files.root))
    if chain.broken != manifest.broken or (chain.broken is None and chain.head != audit.Head(*manifest.head)):
        raise RuleBroken("La storia che il salvataggio contiene non è quella di quando è stato fatto (anello "
                         "%(link)s): è stato alterato, e non è stato ripristinato nulla. Usarne un altro.",
                         link=chain.broken or chain.head.number)
    said = {*manifest.missing, *manifest.changed}
    with database.reading.connect() as connection:
        for path, known in named_files(connection, metadata.sorted_tables):
            here = manifest.files.get(f"{DATA}/{path}", "")
            if path not in said and (not here or known not in ("", here)):
                raise RuleBroken("Il file %(path)s non è quello che il database del salvataggio nomina: è stato "
                                 "alterato, e non è stato ripristinato nulla. Usarne un altro.", path=path)
    return chain


def _into_place(settings: Settings, folder: Path) -> None:
    """Give everything its name, the database last: without it there is no installation. All or nothing."""
    if os.name == "posix":
        os.sync()
    file = sqlite_file(settings)
    moves = [(path, settings.data_dir / path.name) for path in sorted(folder.iterdir())]
    moves += [] if file is None else [(_beside(file), file)]
    done = []
    try:
        for built, place in moves:
            built.rename(place)
            done.append((built, place))
        for parent in {place.parent for _built, place in moves}:
            settle_folder(parent)
    except OSError:
        for built, place in done:
            place.rename(built)
        raise
