"""An installation to be saved, what it holds, and backups that somebody has tampered with."""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, time
from io import BytesIO
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import select, text

from admin.command import heads
from admin.command.backup import archive
from admin.command.backup.archive import DATA, MANIFEST, READ_ME, SEAL, Manifest
from core.catalogue.model import Service
from core.contracts.model import Contract, ContractTerms
from core.documents.model import Document
from core.documents.operations import keep
from core.ground import outbox
from core.ground.access import system
from core.ground.db import Database
from core.ground.files import Upload
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.models import metadata
from core.plugins.loading import Registry
from migrations import runner
from tests.factories import filled

ACTOR = system("prova")
AWKWARD = 'Con \\ e «"apici\'», una\ttabulazione,\nun a capo, \\N, \\., è, ✓'
UNTOLD = {"audit_voice", "lease"}  # who speaks and whose turn it is: not of the office
Contents = dict[str, bytes]


def live_in(settings: Settings) -> None:
    """Some rows of every kind of value, documents, a secret key, a sealed history with its head outside."""
    database = Database(settings.url, settings.data_dir)
    with unit_of_work(database, ACTOR, act="arrivo") as session:
        terms = filled(ContractTerms)
        session.add(terms)
        session.flush()
        session.add(filled(Contract, year=2026, number=1, starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31),
                           terms_id=terms.id, signed_at=time(10, 30), base={"a": [1, None, "è"]}, place=AWKWARD))
        outbox.post(session, "prova", {"text": AWKWARD}, key="prova")
    for number in range(3):
        act(database, f"arrivo-{number}")
    (settings.data_dir / "secret_key").write_text("una chiave")
    heads.seal(settings, database)
    act(database, "dopo-il-sigillo")
    database.dispose()


def act(database: Database, mark: str) -> None:
    """One act of the office, as the program does it: a row, a document with its file, a change."""
    with unit_of_work(database, ACTOR, act="service.add") as session:
        session.add(filled(Service, code=mark, title=AWKWARD))
        keep(session, Upload(f"{mark}.docx", mark.encode() * 50), kind="contract", folder="documents/prova",
             data=b"{}" + mark.encode())
        session.flush()
        session.scalars(select(Service).order_by(Service.id).limit(1).with_for_update()).one().title = mark


def rows_in(settings: Settings) -> dict[str, tuple[int, str]]:
    """Of each table how many rows, and a fingerprint of them all, the same on either database."""
    database = Database(settings.url, settings.data_dir)
    found = {}
    with database.reading.connect() as connection:
        for table in metadata.sorted_tables:
            if table.name not in UNTOLD:
                rows = [repr(tuple(row)) for row in connection.execute(select(table).order_by(*table.primary_key))]
                found[table.name] = len(rows), hashlib.sha256("\n".join(rows).encode()).hexdigest()
    database.dispose()
    return found


def files_in(folder: Path, database: str = "patto.sqlite3") -> Contents:
    """What lies in a data directory, but for the database and what begins with a dot."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and path.name[0] != "." and not path.name.startswith(database)}


def unkept(settings: Settings) -> list[str]:
    """Documents whose file is not there, or is not what was kept."""
    database = Database(settings.url, settings.data_dir)
    with database.reading.connect() as connection:
        rows = connection.execute(select(Document.path, Document.sha256)).all()
    database.dispose()
    files = files_in(settings.data_dir)
    return [path for path, known in rows if hashlib.sha256(files.get(path, b"")).hexdigest() != known]


def at_revision(settings: Settings, revision: str) -> None:
    """Make the tables that the core had at ``revision``, with one row."""
    settings.data_dir.mkdir(exist_ok=True)
    database = Database(settings.url, settings.data_dir)
    with database.writing.begin() as connection:
        [core] = runner.owners(Registry())
        command.upgrade(runner._config(connection, Registry(), core), revision)
        connection.execute(text("INSERT INTO counter (register, year, last) VALUES ('contract', 2020, 7)"))
    database.dispose()


# --- tampering --------------------------------------------------------------------------------------------


def members(path: Path) -> Contents:
    """What a backup that is not encrypted holds, by name."""
    with tarfile.open(path) as tar:
        return {member.name: tar.extractfile(member).read() for member in tar}


def made_again(path: Path, change: Callable[[Contents], None] = lambda _: None, **manifest: Any) -> Path:
    """The backup with other contents and another manifest, and every hash as it should be: by who knows the format."""
    found = members(path)
    said = json.loads(found[MANIFEST])
    change(found)
    forged = path.with_name(f"forged-{path.name}")
    with forged.open("wb") as file, archive.writing(file, "", lambda: None) as backup:
        for name, content in found.items():
            if name not in (READ_ME, MANIFEST, SEAL):
                backup.add(name, BytesIO(content), len(content))
        backup.finish(replace(Manifest(**{**said, "files": backup.files}), **manifest))
    return forged


def path_in(name: str) -> str:
    """Where a backup has what lay in the data directory."""
    return f"{DATA}/{name}"
