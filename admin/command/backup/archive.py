"""The file of a backup: a tar that any program opens, in which every byte is held against a hash; encrypted with a key.

Its members are a page that explains them, the database, the files of the data directory, and the manifest. The last
one holds the SHA-256 of all that stands before it and is itself known to the byte, as is the end of the tar: so a
changed byte is found wherever it is, and a backup that was cut short has no such end. Nothing is written anywhere
before all of it has been read.
"""

from __future__ import annotations

import hashlib
import io
import json
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, BinaryIO

from admin.command.backup.age import INTRO, Altered, Decrypting, Encrypting, WrongKey
from core.ground.errors import RuleBroken
from core.ground.refusals import reason_of

FORMAT = 1
PLAIN, SECRET = ".tar", ".tar.age"
READ_ME, MANIFEST, SEAL = "LEGGIMI.txt", "manifest.json", "sha256.txt"
DATA = "dati"  # the folder of what lay in the data directory
BLOCK = 1024 * 1024
BROKEN = (tarfile.TarError, Altered, EOFError, ValueError)
Alive = Callable[[], None]  # is called again and again while one works: the worker keeps its turn by it

EXPLAINED = """Questo è un salvataggio di Patto, il programma dell'azienda speciale consortile.

Si ripristina con «patto restore FILE» in un'installazione vuota, della stessa versione del programma o di una più
recente. Contiene tutti i dati dell'ufficio: va custodito come i documenti stessi. Le impostazioni (variabili PATTO_...)
non vi stanno.

  database.sqlite3.gz   il database, se era SQLite: si decomprime con gzip e si apre con sqlite3
  database.dump         il database, se era PostgreSQL: si legge con pg_restore
  dati/                 la cartella dei dati: documenti, chiavi, teste della storia
  manifest.json         versioni, numero delle righe di ogni tabella, SHA-256 di ogni file
  sha256.txt            SHA-256 di tutto ciò che precede
"""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. ``schema`` is the revision of each owner of tables; ``rows`` are counted by table;
    ``files`` are SHA-256 by name.

    ``head`` is the head of the sealed history, ``broken`` the first link that was already broken then. ``missing`` and
    ``changed`` are files that rows name, which were not there, or not as they were kept.
    """

    format: int
    program: str
    made_at: str
    engine: str
    engine_version: str
    schema: dict[str, str]
    rows: dict[str, int]
    head: tuple[int, str]
    broken: int | None
    files: dict[str, str]
    missing: list[str]
    changed: list[str]

    @property
    def kept(self) -> int:
        """How many files of the data directory it holds."""
        return sum(name.startswith(f"{DATA}/") for name in self.files)


class Writer:
    """Puts members into a backup, one after the other, and hashes what it writes."""

    def __init__(self, target: BinaryIO, alive: Alive) -> None:
        self._target, self._alive = target, alive
        self._sha, self._size = hashlib.sha256(), 0
        # the file is this object itself: it can say where it is, and takes what is written
        self._tar = tarfile.TarFile(fileobj=self, mode="w", format=tarfile.PAX_FORMAT)  # type: ignore[arg-type]
        self.files: dict[str, str] = {}

    def write(self, content: bytes) -> int:
        """For the tar: take what it writes."""
        self._alive()
        self._sha.update(content)
        self._size += len(content)
        return self._target.write(content)

    def tell(self) -> int:
        """For the tar: how much was written."""
        return self._size

    def add(self, name: str, file: BinaryIO, size: int) -> str:
        """Put in what ``file`` holds, ``size`` bytes of it; its SHA-256."""
        reading = _Hashing(file)
        member = tarfile.TarInfo(name)
        member.size, member.mode = size, 0o600
        self._tar.addfile(member, reading)
        self.files[name] = reading.sha256
        return reading.sha256

    def finish(self, manifest: Manifest) -> None:
        """Put in the manifest, which names all the others, and the seal."""
        content = json.dumps(asdict(manifest), indent=1, sort_keys=True).encode()
        self.add(MANIFEST, io.BytesIO(content), len(content))
        self._target.write(_end(self._sha.hexdigest()))


@contextmanager
def writing(target: BinaryIO, key: str, alive: Alive) -> Iterator[Writer]:
    """A backup that is written into ``target``, encrypted if there is a key."""
    into = Encrypting(target, key) if key else target
    writer = Writer(into, alive)  # type: ignore[arg-type]
    writer.add(READ_ME, io.BytesIO(EXPLAINED.encode()), len(EXPLAINED.encode()))
    yield writer
    if isinstance(into, Encrypting):
        into.finish()


def read(path: Path, key: str = "", *, folder: Path | None = None) -> Manifest:
    """Read a whole backup and hold every byte against its hash; into ``folder`` if given, else nothing is written.

    RuleBroken in words for what is no backup, was cut short or altered, is encrypted and the key is missing or another,
    or was made by a newer version.
    """
    try:
        with path.open("rb") as file:
            return _read(_opened(file, path, key), folder)
    except WrongKey as error:
        raise RuleBroken("La chiave non apre il salvataggio %(path)s: è stato cifrato con un'altra, o è stato "
                         "alterato. Indicare la chiave con --key-file o PATTO_BACKUP_KEY.", path=path) from error
    except BROKEN as error:
        raise RuleBroken("Il salvataggio %(path)s è incompleto o è stato alterato: non è stato ripristinato nulla. "
                         "Copiarlo di nuovo dall'originale, o usarne un altro.", path=path) from error
    except OSError as error:
        if folder is not None:
            raise  # it is the folder that refuses: all of the backup was read before
        raise RuleBroken("Il salvataggio %(path)s non si può leggere: %(reason)s.", path=path,
                         reason=reason_of(error)) from error


def _opened(file: BinaryIO, path: Path, key: str) -> BinaryIO:
    """The backup in clear, from its beginning. RuleBroken for what does not begin as one."""
    begins = file.read(512)
    file.seek(0)
    if begins.startswith(INTRO):
        if not key:
            raise RuleBroken("Il salvataggio %(path)s è cifrato: indicare la chiave con --key-file o PATTO_BACKUP_KEY.",
                             path=path)
        return io.BufferedReader(Decrypting(file, key), BLOCK)
    if not begins.startswith(READ_ME.encode()):
        raise RuleBroken("«%(path)s» non è un salvataggio di Patto: indicare un file fatto con «patto backup».",
                         path=path)
    return file


def _read(source: BinaryIO, folder: Path | None) -> Manifest:
    sealed = _Sealed(source)
    found: dict[str, str] = {}
    content = b""
    with tarfile.open(fileobj=sealed, mode="r|", bufsize=BLOCK) as tar:  # type: ignore[call-overload]
        for member in tar:
            file = tar.extractfile(member) if member.isreg() and _leads_inside(member.name) else None
            if file is None:
                raise Altered
            if member.name == MANIFEST:
                content = file.read()
                continue
            reading = _Hashing(file)
            _put_down(reading, folder / member.name if folder else None)
            found[member.name] = reading.sha256
    sealed.require_end()
    manifest = _manifest(content)
    _require_same(found, manifest.files)
    return manifest


def _require_same(found: dict[str, str], said: dict[str, str]) -> None:
    if found != said:
        raise Altered


def _put_down(file: _Hashing, target: Path | None) -> None:
    """Read a member to its end; into ``target`` if there is one."""
    if target is None:
        while file.read(BLOCK):
            pass
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as written:
        target.chmod(0o600)
        while block := file.read(BLOCK):
            written.write(block)


def _leads_inside(name: str) -> bool:
    """True for a name that cannot leave the folder into which it is put."""
    path = Path(name)
    return not path.anchor and ".." not in path.parts


def _manifest(content: bytes) -> Manifest:
    said = json.loads(content)
    if not isinstance(said, dict) or not isinstance(said.get("format"), int):
        raise Altered
    if said["format"] > FORMAT:
        raise RuleBroken("Il salvataggio è di una versione di Patto più recente (%(program)s): aggiornare il programma "
                         "e ripetere.", program=str(said.get("program", "")))
    if {field.name for field in fields(Manifest)} != said.keys():
        raise Altered
    return Manifest(**{**said, "head": tuple(said["head"])})


# --- hashes -----------------------------------------------------------------------------------------------


class _Hashing:
    """A file that is read, and its SHA-256 at the end."""

    def __init__(self, file: Any) -> None:
        self._file, self._sha = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """As of the file."""
        content: bytes = self._file.read(size)
        self._sha.update(content)
        return content

    @property
    def sha256(self) -> str:
        """Of what was read so far."""
        return self._sha.hexdigest()


class _Sealed:
    """What stands before the end of a backup, hashed as it is read; the end is held back, and asked for at last."""

    def __init__(self, source: BinaryIO) -> None:
        self._source, self._sha, self._ahead = source, hashlib.sha256(), b""

    def read(self, size: int) -> bytes:
        """The next bytes, never the end."""
        self._ahead += self._source.read(size + LENGTH - len(self._ahead))
        given, self._ahead = self._ahead[:-LENGTH], self._ahead[-LENGTH:]
        self._sha.update(given)
        return given

    def require_end(self) -> None:
        """Altered if what follows is not the end that belongs to all that was read."""
        while self.read(BLOCK):
            pass
        if self._ahead != _end(self._sha.hexdigest()):
            raise Altered


def _end(sha256: str) -> bytes:
    """The last member and the two empty blocks that end a tar."""
    content = f"{sha256}\n".encode()
    member = tarfile.TarInfo(SEAL)
    member.size = len(content)
    return member.tobuf(tarfile.USTAR_FORMAT) + content.ljust(tarfile.BLOCKSIZE, b"\0") + bytes(2 * tarfile.BLOCKSIZE)


LENGTH = len(_end(hashlib.sha256().hexdigest()))
