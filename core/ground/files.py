"""Where the files lie: a folder, written whole or not at all. A file that is there never changes."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from core.ground.errors import NotVisible, Unavailable


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
        if target.exists():
            if target.read_bytes() != content:
                raise RuntimeError(f"{path} is taken by another content: a stored file never changes")
            return sha256(content)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self._write(target, content)
        except OSError as error:
            raise Unavailable("Il file non si può salvare in %(path)s: %(reason)s. Controllare spazio e permessi.",
                             path=target.parent, reason=error.strerror or error) from error
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

    def locate(self, path: str) -> Path:
        """Where ``path`` lies; NotVisible for a path that leads out of the folder."""
        target = (self.root / path).resolve()
        if not target.is_relative_to(self.root.resolve()):
            raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
        return target

    @staticmethod
    def _write(target: Path, content: bytes) -> None:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".in-scrittura-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(temporary).replace(target)
            _settle_folder(target.parent)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _settle_folder(folder: Path) -> None:
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
