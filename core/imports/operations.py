"""Carrying out an import: every row is tried in one transaction; if one is refused, or it was only a rehearsal, all of
it is taken back. The file that was sent stays."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from typing import Any, TypeVar
from zipfile import ZipFile

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.deadlines.operations import follow, following_together
from core.documents.model import Document
from core.documents.operations import keep
from core.documents.wordfile import UNREADABLE
from core.ground import clock
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, RuleBroken
from core.ground.files import Upload, sha256
from core.ground.numbering import next_number, reserve_number
from core.ground.states import HasLife, PassageLog
from core.imports import rehearsal
from core.imports.rehearsal import Listening, Rehearsed, Result
from core.tables import readable
from core.tables.cells import Row, Sheet, blamed
from core.tables.workbook import read

KEPT = "import"
ZIPPED = b"PK"  # how every workbook begins
STEPS = 20
TOGETHER = 100
MOST_FILES = 500
BIGGEST_FILES = 200 * 1024 * 1024
K = TypeVar("K")


@dataclass
class Desk:
    """What an import works with: the session, the day, and the files that came along.

    ``cache`` holds what many rows ask again: it is asked anew after a refusal, which takes rows back; ``changed`` the
    cases, by subject, whose deadlines follow at the end; ``kept`` the rows that others will name, so that the session
    has them still. Some rows are laid in before anything is written (``put``): until then ``numbers`` given out,
    numbers ``borne`` by papers, ``checks`` to make on what is written, and ``passages`` for the diary wait here.
    ``rows`` are those of the whole file, by sheet: for a row that is made of several.
    """

    session: ScopedSession
    today: date
    files: Mapping[str, bytes] = field(default_factory=dict)
    cache: dict[str, Any] = field(default_factory=dict)
    before: dict[str, Any] = field(default_factory=dict)
    changed: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    kept: list[object] = field(default_factory=list)
    numbers: dict[tuple[str, int], int] = field(default_factory=dict)
    borne: dict[tuple[str, int], int] = field(default_factory=dict)
    checks: list[Callable[[], None]] = field(default_factory=list)
    passages: list[tuple[HasLife, PassageLog]] = field(default_factory=list)
    rows: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def known(self, what: str, ask: Callable[[], K], *, lasting: bool = False) -> K:
        """What many rows ask: asked of the database once. ``lasting``: as it was before this import, whatever happens.
        """
        held = self.before if lasting else self.cache
        if what not in held:
            held[what] = ask()
        found: K = held[what]
        return found

    def number(self, register: str, year: int) -> int:
        """The next number of a register, which this transaction holds from the first one on."""
        last = self.numbers.get((register, year))
        self.numbers[register, year] = next_number(self.session, register, year) if last is None else last + 1
        return self.numbers[register, year]

    def bear(self, register: str, year: int, number: int) -> None:
        """A number that a paper bears already: the register goes on after it."""
        self.borne[register, year] = max(number, self.borne.get((register, year), 0))

    def log(self, subject: HasLife, action: str, *, before: str, on: date, why: str = "") -> None:
        """A passage for the diary of what has not its id yet: to the state in which it is now."""
        self.passages.append((subject, PassageLog(
            subject=subject.__tablename__, action=action, from_state=before, to_state=subject.state, on=on,
            at=clock.now(), actor=self.session.principal.name, why=why)))

    def put(self) -> None:
        """Write what the rows so far have made, many rows in a statement."""
        self.session.flush()
        for check in self.checks:
            check()
        for (register, year), last in (self.numbers | self.borne).items():
            reserve_number(self.session, register, year, last)
        for subject, passage in self.passages:
            passage.subject_id = subject.id
            self.changed[subject.__tablename__].add(subject.id)
        self.session.add_all(passage for _subject, passage in self.passages)
        self.session.flush()
        self._empty()

    def take_back(self, *, laid: bool) -> None:
        """Forget what waited to be written; if a row that had been ``laid`` in is gone, ask what is there again."""
        if laid:
            self.cache.clear()
        self._empty()

    def _empty(self) -> None:
        for waiting in (self.numbers, self.borne, self.checks, self.passages):
            waiting.clear()


Apply = Callable[[Desk, Mapping[str, Any]], str]


@dataclass(frozen=True)
class Import:
    """A kind of import: its name on the command line, what people read of it, its sheets, the kind of case to which its
    files belong, who may do it.

    ``apply`` has for each sheet by name the function that lays a row in: it gives a short name of what it made, and
    raises RuleBroken (with the column as its field) for a row that cannot be. ``readable``: a TOML text is read too.
    """

    name: str
    title: str
    about: str
    sheets: tuple[Sheet, ...]
    apply: Mapping[str, Apply]
    subject: str
    roles: tuple[Role, ...] = (Role.MANAGEMENT, Role.SYSTEM)
    with_files: bool = False
    readable: bool = False


@dataclass(frozen=True)
class RowReport:
    """What became of a row: where it stands, what it made, what is wrong with it; ``lines`` as ``Row`` has them."""

    sheet: str
    number: int
    made: str = ""
    findings: tuple[Finding, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    def at(self, finding: Finding) -> int:
        """The row of the sheet, or the line of the file, at which a remark stands."""
        return self.lines.get(finding.where, self.number)

    @property
    def is_wrong(self) -> bool:
        """True if something must be corrected."""
        return bool(self.findings)


@dataclass(frozen=True)
class ImportReport:
    """The rows of an import, and whether they went in: all of them, or none. A clean rehearsal has its ``result``."""

    rows: tuple[RowReport, ...]
    applied: bool
    result: Result | None = None

    @property
    def wrong(self) -> tuple[RowReport, ...]:
        """The rows that must be corrected."""
        return tuple(row for row in self.rows if row.is_wrong)

    @property
    def is_clean(self) -> bool:
        """True if nothing must be corrected."""
        return not self.wrong


Steps = Generator[tuple[int, int], None, ImportReport]


class _TakenBack(Exception):
    """Leaves the transaction of an import that is not to stay."""


def steps(
    session: ScopedSession, kind: Import, content: bytes, *, files: Mapping[str, bytes] | None = None,
    today: date, rehearse: bool = False,
) -> Steps:
    """Lay in every row of the workbook ``content``, or none; with ``rehearse`` none in any case.

    Says from time to time how far it is (rows done, rows in all), the first time when the file has been read, and
    gives the report of each row at the end. RuleBroken for a file that cannot be read, NotAllowed for another's task.
    """
    session.principal.require(*kind.roles)
    rows = readable.read(content, kind.sheets) if kind.readable and not content.startswith(ZIPPED) else \
        read(content, kind.sheets)
    yield 0, len(rows)
    desk = Desk(session, today, files or {}, rows={
        sheet.name: [row.values for row in rows if row.sheet.name == sheet.name] for sheet in kind.sheets})
    told: list[RowReport] = []
    result: Result | None = None
    kept = session.files
    session.files = Rehearsed(kept) if rehearse else kept
    try:
        with session.begin_nested(), following_together(session, today=today) as desk.changed:
            listening = Listening(session) if rehearse else None
            some = max(TOGETHER, len(rows) // STEPS)
            for start in range(0, len(rows), some):
                told += _laid_together(desk, kind, rows[start : start + some])
                yield len(told), len(rows)
            clean = not any(row.is_wrong for row in told)
            if clean and listening is not None:
                result = _result(desk, kind, listening, told)
            if rehearse or not clean:
                raise _TakenBack
    except _TakenBack:
        session.expire_all()
        return ImportReport(tuple(told), applied=False, result=result)
    finally:
        session.files = kept
    return ImportReport(tuple(told), applied=True)


def _result(desk: Desk, kind: Import, listening: Listening, told: Sequence[RowReport]) -> Result:
    added, changed = listening.heard()
    files = desk.session.files.asked if isinstance(desk.session.files, Rehearsed) else {}
    return Result(kind.name, rehearsal.whose(desk.session), f"{desk.today:%Y-%m-%d}", listening.before,
                  [(row.sheet, row.number, row.made) for row in told], added, changed, files,
                  {subject: sorted(ids) for subject, ids in desk.changed.items()})


def confirmed(
    session: ScopedSession, kind: Import, result: Result, *, files: Mapping[str, bytes] | None = None, today: date
) -> Steps:
    """Write what a clean rehearsal came to, without trying it again: all of it or nothing.

    Says how far it is, as ``steps`` does. RuleBroken if anything it rests on was written since; NotAllowed.
    """
    session.principal.require(*kind.roles)
    rows = [RowReport(sheet, number, made) for sheet, number, made in result.rows]
    yield 0, len(rows)
    rehearsal.require_unchanged(session, result, today)
    size, done = sum(len(found) for found in (*result.added.values(), *result.changed.values())), 0
    for count in rehearsal.write(session, result, files or {}):
        done += count
        yield len(rows) * done // size, len(rows)
    for subject, ids in result.cases.items():
        follow(session, subject, ids, today=today)
    return ImportReport(tuple(rows), applied=True)


def run(
    session: ScopedSession, kind: Import, content: bytes, *, files: Mapping[str, bytes] | None = None,
    today: date, rehearse: bool = False,
) -> ImportReport:
    """The same as ``steps`` for who does not look on: only the report."""
    return to_the_end(steps(session, kind, content, files=files, today=today, rehearse=rehearse))


def to_the_end(going: Steps) -> ImportReport:
    """The report of an import whose steps nobody looks at."""
    while True:
        try:
            next(going)
        except StopIteration as end:
            report: ImportReport = end.value
            return report


def _laid_together(desk: Desk, kind: Import, rows: Sequence[Row]) -> list[RowReport]:
    """Some rows at once; if one of them is refused, each by itself, to say which and check the others."""
    if not any(row.findings for row in rows):
        try:
            with desk.session.begin_nested():
                made = [kind.apply[row.sheet.name](desk, row.values) for row in rows]
                desk.put()
        except (RuleBroken, IntegrityError):
            desk.take_back(laid=True)
        else:
            return [RowReport(row.sheet.title, row.number, made=name) for row, name in zip(rows, made, strict=True)]
    return [_laid(desk, kind, row) for row in rows]


def _laid(desk: Desk, kind: Import, row: Row) -> RowReport:
    """One row in a transaction of its own within the whole: its refusal leaves the others to be checked."""
    where, made = (row.sheet.title, row.number), ""
    if row.findings:
        return RowReport(*where, findings=row.findings, lines=row.lines)
    try:
        with desk.session.begin_nested():
            made = kind.apply[row.sheet.name](desk, row.values)
            desk.put()
    except RuleBroken as refusal:
        desk.take_back(laid=bool(made))
        return RowReport(*where, findings=(blamed(row.sheet, refusal),), lines=row.lines)
    except IntegrityError:
        desk.take_back(laid=True)
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


def keep_upload(session: ScopedSession, kind: Import, file: Upload) -> Document:
    """Keep the file that was sent, once however often it is sent: the import is done from it."""
    return keep_once(session, file, subject=kind.subject, name=kind.name)


def keep_once(session: ScopedSession, file: Upload, *, subject: str, name: str) -> Document:
    """Keep what somebody brought, with the day, as a file of a ``subject``; the same content again is the one there."""
    mine = select(Document).where(Document.kind == KEPT, Document.sha256 == sha256(file.content))
    held = session.scalars(mine.order_by(Document.id).limit(1)).first()
    if held is not None:
        return held
    safe = "".join(char if char.isalnum() or char in "-_. " else "_" for char in file.name)[-80:]
    document = keep(session, Upload(safe, file.content), kind=KEPT, subject=subject, folder=f"documents/imports/{name}")
    session.flush()
    return document


def kept_upload(session: ScopedSession, document_id: int) -> Upload:
    """A file that was sent for an import. NotVisible for any other document."""
    document = session.require(Document, document_id)
    if document.kind != KEPT:
        document = session.require(Document, 0)  # another kind of file is not there, as one that does not exist
    return Upload(document.file_name, session.files.get(document.path))
