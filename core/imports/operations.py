"""Carrying out an import: every row is tried in one transaction; if one is refused, or it was only a rehearsal, all of
it is taken back. The file that was sent stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.deadlines.operations import follow
from core.documents.model import Document
from core.documents.operations import keep
from core.documents.store import FileStore, sha256
from core.documents.wordfile import UNREADABLE
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, RuleBroken
from core.imports.rules import Row, Sheet, blamed
from core.imports.workbook import read

KEPT = "import"
STEPS = 20
MOST_FILES = 500
BIGGEST_FILES = 200 * 1024 * 1024


@dataclass
class Desk:
    """What an import works with: the session, the day, where files are kept, and those that came along.

    ``cache`` holds what many rows ask again; ``changed`` the cases, by subject, whose deadlines follow at the end.
    """

    session: ScopedSession
    today: date
    store: FileStore
    files: Mapping[str, bytes] = field(default_factory=dict)
    cache: dict[Any, Any] = field(default_factory=dict)
    changed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))


Apply = Callable[[Desk, Mapping[str, Any]], str]


@dataclass(frozen=True)
class Import:
    """A kind of import: its name on the command line, what people read of it, its sheets, who may do it.

    ``apply`` has for each sheet by name the function that lays a row in: it gives a short name of what it made, and
    raises RuleBroken (with the column as its field) for a row that cannot be.
    """

    name: str
    title: str
    about: str
    sheets: tuple[Sheet, ...]
    apply: Mapping[str, Apply]
    roles: tuple[Role, ...] = (Role.MANAGEMENT, Role.SYSTEM)
    with_files: bool = False


@dataclass(frozen=True)
class RowReport:
    """What became of a row: where it stands, what it made, what is wrong with it."""

    sheet: str
    number: int
    made: str = ""
    findings: tuple[Finding, ...] = ()

    @property
    def is_wrong(self) -> bool:
        """True if something must be corrected."""
        return bool(self.findings)


@dataclass(frozen=True)
class Report:
    """The rows of an import, and whether they went in: all of them, or none."""

    rows: tuple[RowReport, ...]
    applied: bool

    @property
    def wrong(self) -> tuple[RowReport, ...]:
        """The rows that must be corrected."""
        return tuple(row for row in self.rows if row.is_wrong)

    @property
    def is_clean(self) -> bool:
        """True if nothing must be corrected."""
        return not self.wrong


Steps = Generator[tuple[int, int], None, Report]


class _TakenBack(Exception):
    """Leaves the transaction of an import that is not to stay."""


class Rehearsed(FileStore):
    """A store for a rehearsal: it keeps nothing."""

    def put(self, path: str, content: bytes) -> str:
        """The fingerprint that the file would have."""
        return sha256(content)


def steps(
    session: ScopedSession, kind: Import, content: bytes, *, files: Mapping[str, bytes] | None = None,
    store: FileStore, today: date, rehearse: bool = False,
) -> Steps:
    """Lay in every row of the workbook ``content``, or none; with ``rehearse`` none in any case.

    Says from time to time how far it is (rows done, rows in all), the first time when the file has been read, and
    gives the report of each row at the end. RuleBroken for a file that cannot be read, NotAllowed for another's task.
    """
    session.principal.require(*kind.roles)
    rows = read(content, kind.sheets)
    yield 0, len(rows)
    desk = Desk(session, today, Rehearsed(store.root) if rehearse else store, files or {})
    told: list[RowReport] = []
    try:
        with session.begin_nested():
            for done, row in enumerate(rows, start=1):
                told.append(_laid(desk, kind, row))
                if done % max(1, len(rows) // STEPS) == 0:
                    yield done, len(rows)
            if rehearse or any(row.is_wrong for row in told):
                raise _TakenBack
            for subject, ids in desk.changed.items():
                follow(session, subject, ids, today=today)
    except _TakenBack:
        session.expire_all()
        return Report(tuple(told), applied=False)
    return Report(tuple(told), applied=True)


def run(
    session: ScopedSession, kind: Import, content: bytes, *, files: Mapping[str, bytes] | None = None,
    store: FileStore, today: date, rehearse: bool = False,
) -> Report:
    """The same as ``steps`` for who does not look on: only the report."""
    going = steps(session, kind, content, files=files, store=store, today=today, rehearse=rehearse)
    while True:
        try:
            next(going)
        except StopIteration as end:
            report: Report = end.value
            return report


def _laid(desk: Desk, kind: Import, row: Row) -> RowReport:
    """One row in a transaction of its own within the whole: its refusal leaves the others to be checked."""
    where = (row.sheet.title, row.number)
    if row.findings:
        return RowReport(*where, findings=row.findings)
    try:
        with desk.session.begin_nested():
            made = kind.apply[row.sheet.name](desk, row.values)
            desk.session.flush()
    except RuleBroken as refusal:
        return RowReport(*where, findings=(blamed(row.sheet, refusal),))
    except IntegrityError:
        twice = Finding("Un valore che deve essere unico esiste già, nel programma o più sopra nel file.")
        return RowReport(*where, findings=(twice,))
    return RowReport(*where, made=made)


def unpacked(content: bytes) -> dict[str, bytes]:
    """The files of a .zip by their bare names. RuleBroken for one that cannot be read or would fill the memory."""
    try:
        with ZipFile(BytesIO(content)) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            if len(members) > MOST_FILES or sum(member.file_size for member in members) > BIGGEST_FILES:
                raise RuleBroken("La cartella .zip ha troppi file, o troppo grandi: dividerla, al più %(most)s file.",
                                 field="files", most=MOST_FILES)
            return {member.filename.rpartition("/")[2]: packed.read(member) for member in members}
    except UNREADABLE as error:
        raise RuleBroken("I file si mandano in una cartella .zip leggibile e senza password.", field="files") from error


def keep_upload(session: ScopedSession, kind: Import, *, file_name: str, content: bytes, store: FileStore) -> Document:
    """Keep the file that was sent, once however often it is sent: the import is done from it."""
    mine = select(Document).where(Document.kind == KEPT, Document.sha256 == sha256(content))
    held = session.scalars(mine.order_by(Document.id).limit(1)).first()
    if held is not None:
        return held
    safe = "".join(char if char.isalnum() or char in "-_. " else "_" for char in file_name)[-80:]
    document = keep(session, store, kind=KEPT, folder=f"documents/imports/{kind.name}", file_name=safe,
                    content=content)
    session.flush()
    return document


def kept_upload(session: ScopedSession, document_id: int, store: FileStore) -> tuple[str, bytes]:
    """Name and bytes of a file that was sent for an import. NotVisible for any other document."""
    document = session.require(Document, document_id)
    if document.kind != KEPT:
        document = session.require(Document, 0)  # another kind of file is not there, as one that does not exist
    return document.file_name, store.get(document.path)
