"""Where the files lie: a folder, written whole or not at all. A file that is there never changes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from core.ground.errors import NotVisible, Unavailable
from core.ground.refusals import reason_of

STORE = ("documents", "logo")  # the folders of what rows name
WRITING = ".in-scrittura-"  # begins the name of a file that is not whole yet
CLEARING = ".da-togliere-"  # begins the name of one that is being taken away


@dataclass(frozen=True)
class Upload:
    """A file that somebody gives: its name and its content, as they came."""

    name: str
    content: bytes


class FileStore:
    """Files by relative path below one folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, path: str, content: bytes) -> str:
        """Keep ``content`` at ``path`` and give its SHA-256; on the disk before it returns.

        The same content twice is one file. Unavailable if the folder cannot be written; RuntimeError if another
        content already has this path.
        """
        target = self.root / path
        try:
            there = _seen_now(target)
            if there not in (None, content):
                raise RuntimeError(f"{path} is taken by another content: a stored file never changes")
            if there is None:
                target.parent.mkdir(parents=True, exist_ok=True)
                self._write(target, content)
        except OSError as error:
            raise Unavailable("Il file non si può salvare in %(path)s: %(reason)s. Controllare spazio e permessi.",
                             path=target.parent, reason=reason_of(error)) from error
        return sha256(content)

    def get(self, path: str) -> bytes:
        """The bytes at ``path``; NotVisible if the file is not there."""
        try:
            return self.locate(path).read_bytes()
        except FileNotFoundError as error:
            raise NotVisible("Il file non è più nella cartella dei dati: recuperarlo da un salvataggio.") from error

    def drop(self, path: str) -> None:
        """Take away what was kept for a while only: a document stays."""
        self.locate(path).unlink(missing_ok=True)

    def clear(self, path: str, before: datetime) -> bool:
        """Take away a file that no row names, unless somebody has kept it since ``before``.

        It gives up its name first and is looked at then: who keeps the same content meanwhile has either touched it,
        and it gets its name back, or finds nothing under the name and writes it again. True if it is gone.
        """
        target = self.locate(path)
        aside = target.with_name(f"{CLEARING}{target.name}")
        target.rename(aside)
        if aside.stat().st_mtime >= before.timestamp():
            aside.replace(target)
            return False
        aside.unlink()
        return True

    def locate(self, path: str) -> Path:
        """Where ``path`` lies; NotVisible for a path that leads out of the folder."""
        target = (self.root / path).resolve()
        if not target.is_relative_to(self.root.resolve()):
            raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
        return target

    @staticmethod
    def _write(target: Path, content: bytes) -> None:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=WRITING)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
            settle_folder(target.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _seen_now(target: Path) -> bytes | None:
    """The bytes of a file that is there, or None. It counts as kept just now: who clears looks at that (``clear``)."""
    try:
        os.utime(target)
        return target.read_bytes()
    except FileNotFoundError:
        return None


def settle_folder(folder: Path) -> None:
    """Put the folder's list of names on the disk; Windows does so by itself and opens no folder."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def sha256(content: bytes) -> str:
    """The fingerprint of a content, in hexadecimal."""
    return hashlib.sha256(content).hexdigest()
