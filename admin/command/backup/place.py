"""Where backups lie and where one works: a name that appears at the end, one at a time, nothing left behind."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from filelock import FileLock, Timeout
from sqlalchemy.engine import make_url

from admin.command.backup.archive import PLAIN, SECRET
from core.ground.errors import RuleBroken
from core.ground.files import settle_folder
from core.ground.refusals import reason_of
from core.ground.settings import Settings

LOCK = ".salvataggio.lock"
NOT_WRITTEN = (OSError, sqlite3.Error)


def named(target: Path, key: str) -> Path:
    """The name of a new backup, with the ending that says what it is.

    RuleBroken if something has this name, with the ending or without, or if its folder is not there.
    """
    require_new(target)
    ending = SECRET if key else PLAIN
    final = target if target.name.endswith(ending) else target.with_name(f"{target.name.removesuffix(PLAIN)}{ending}")
    require_new(final)
    if not final.parent.is_dir():
        raise RuleBroken("La cartella %(path)s non c'è: crearla, o collegare il disco, e ripetere.", path=final.parent)
    return final


def require_new(path: Path) -> None:
    """RuleBroken if something has this name."""
    if path.exists():
        raise RuleBroken("«%(path)s» esiste già, e un salvataggio non si sovrascrive: indicare un nome nuovo, per "
                         "esempio %(other)s.", path=path, other=path.parent / f"{_bare(path.name) or 'salvataggio'}-2")


def _bare(name: str) -> str:
    """The name of a backup without the endings that are added to it."""
    return name.removesuffix(SECRET).removesuffix(PLAIN)


def found(source: Path) -> Path:
    """The backup of this name, to which an ending may have been added. RuleBroken if there is none."""
    for path in (source, *(source.with_name(f"{source.name}{ending}") for ending in (PLAIN, SECRET))):
        if path.is_file():
            return path
    raise RuleBroken("Il salvataggio %(path)s non c'è: controllare il nome e la cartella.", path=source)


def sqlite_file(settings: Settings) -> Path | None:
    """Where the SQLite database lies; None with PostgreSQL."""
    url = make_url(settings.url)
    return Path(url.database or "").absolute() if url.get_backend_name() == "sqlite" else None


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """RuleBroken if another backup of this installation, or its restoring, is at work."""
    try:
        with FileLock(folder / LOCK, timeout=0):
            try:
                yield
            finally:
                with suppress(OSError):  # nobody waits for it; Windows takes no open file away
                    (folder / LOCK).unlink()
    except Timeout as error:
        raise RuleBroken("Un altro salvataggio o ripristino di questa installazione è al lavoro: aspettare che "
                         "finisca, e ripetere.") from error


@contextmanager
def at_work(folder: Path) -> Iterator[Path]:
    """An empty folder to work in, for nobody else's eyes; what one that was killed has left goes first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def written(final: Path, installation: Path) -> Iterator[BinaryIO]:
    """A file that gets its name when all of it is on the disk, or is not there.

    Until then it has a name that this installation alone gives, and gives again: whoever is killed leaves one at most.
    """
    mark = sha256(str(installation.resolve()).encode()).hexdigest()[:8]
    aside = final.with_name(f".patto-{mark}.in-scrittura")
    try:
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        require_new(final)
        aside.rename(final)
        settle_folder(final.parent)
    finally:
        aside.unlink(missing_ok=True)


@contextmanager
def in_words(final: Path) -> Iterator[None]:
    """A disk that is full or refuses, said as one says it."""
    try:
        yield
    except NOT_WRITTEN as error:
        raise RuleBroken("Il salvataggio %(path)s non si può fare: %(reason)s. Con quel nome non è rimasto nulla, e i "
                         "salvataggi di prima sono intatti: liberare spazio, o scegliere un'altra cartella.",
                         path=final, reason=reason_of(error)) from error
