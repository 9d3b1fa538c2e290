"""The whole examination of the history: its chain, the heads from outside, the rows and the files that it tells of.

It only reads. What it finds is said in sentences: which entry, which table and row, which day. What happened after the
newest head that lies outside can be rewritten by who has the database, the files and the keys, and nobody would know.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, func, or_, select
from sqlalchemy.orm import Session

from core.ground import audit
from core.ground.access import InsertOnly, as_system
from core.ground.audit import AuditEntry, AuditSeal, Fault, Head, Link
from core.ground.clock import ROME
from core.ground.db import Base
from core.ground.errors import Finding
from core.ground.heads import SignedHead, over_files
from core.ground.stored import MARK
from core.ground.untold import picture_of, untold

MOST = 100  # remarks of one kind
SLOWEST = timedelta(days=1)  # that a transaction may take between writing an entry and being seen
NAMED = 10  # entries from outside that are named, the newest
REASON = "esame della storia"
Alive = Callable[[], None]
Files = dict[tuple[str, str, str], tuple[str, str]]  # path and hash, by table, row and column


@dataclass(frozen=True)
class Shown:
    """A head that is held against the history: what it says, and where it was found."""

    head: SignedHead
    where: str


@dataclass(frozen=True)
class Examined:
    """What was found: the last sealed entry, how many wait for the seal, the newest head that agrees, what is wrong,
    and what is only to be known.
    """

    head: Head
    unsealed: int
    agreed: SignedHead | None
    wrong: tuple[Finding, ...]
    notes: tuple[Finding, ...]


def examine(
    session: Session, tables: Collection[Table], shown: Collection[Shown] = (), *, near: Iterable[Head] = (),
    absent: Collection[str] = (), folder: Path | None = None, alive: Alive = lambda: None,
) -> Examined:
    """Examine the history of ``tables`` against heads from outside (``shown``) and those written ``near`` the database;
    and the files in ``folder``, if one is given. ``absent``: those of the tables that are not there.
    """
    there = [table for table in tables if table.name not in absent]
    chain = _Chain(session, shown, near, alive)
    wrong = list(islice(_readable(chain.faults()), MOST))
    alive()
    newest = max((one.head for one in shown if one.head.number <= chain.end.number), default=None,
                 key=lambda head: (head.number, head.at))
    if newest is not None:
        wrong += islice(_readable(_documents(session, tables, absent, newest)), MOST)
    alive()
    wrong += islice(_readable(untold(session, tables, absent)), MOST)
    alive()
    if folder is not None:
        wrong += islice(_readable(_files(session, there, folder, alive)), MOST)
    notes = list(_readable(_from_outside(session)))
    if chain.agreed is not None:
        notes += _readable(_backdated(session, chain.agreed))
    return Examined(chain.end, audit.waiting(session, chain.end.number), chain.agreed, tuple(wrong), tuple(notes))


def _readable(found: Iterator[Finding]) -> Iterator[Finding]:
    """What is found, up to a value that somebody has made unreadable: that is a finding too, and not the end."""
    try:
        yield from found
    except (ValueError, TypeError) as error:
        yield Finding("Nel database c'è un valore che il programma non può avere scritto (%(reason)s): è stato messo "
                      "da fuori, e da lì in poi la verifica non ha potuto guardare.", {"reason": str(error)})


# --- the chain --------------------------------------------------------------------------------------------


class _Chain:
    """The chain walked through once, held against every head."""

    def __init__(self, session: Session, shown: Iterable[Shown], near: Iterable[Head], alive: Alive) -> None:
        self.session = session
        self.alive = alive
        self.shown = sorted(shown, key=lambda one: (one.head.number, one.head.at))
        self.near = {head.number: head.hash for head in near}
        self.end = Head(0, audit.GENESIS)
        self.agreed: SignedHead | None = None

    def faults(self) -> Iterator[Finding]:
        """What is wrong with links, then with the heads that do not agree: only the first of them, where it begins."""
        asked = {one.head.number for one in self.shown} | self.near.keys()
        found = {0: audit.GENESIS}
        for link in audit.links(self.session):
            if link.fault is not None:
                yield _fault(link, self.end.number)
            self.end = Head(link.number, link.hash)
            if link.number in asked:
                found[link.number] = link.hash
            if link.number % audit.SEAL_BATCH == 0:
                self.alive()
        yield from self._against_outside(found)
        yield from self._against_near(found)

    def _against_outside(self, found: dict[int, str]) -> Iterator[Finding]:
        agreed = 0
        for one in self.shown:
            head = one.head
            if found.get(head.number) == head.hash:
                agreed, self.agreed = head.number, head
                continue
            values = {"day": head.day, "where": one.where, "number": head.number}
            if head.number > self.end.number:
                yield Finding("La storia è stata accorciata: finisce alla voce %(end)s, e la testa del %(day)s "
                              "(%(where)s) arriva alla voce %(number)s.", {**values, "end": self.end.number})
            else:
                yield Finding("La storia è stata riscritta: non è quella che la testa del %(day)s (%(where)s) "
                              "attesta. Qualcosa è cambiato dalla voce %(first)s alla voce %(number)s, o ne è stato "
                              "tolto; prima è quella di allora.", {**values, "first": agreed + 1})
            return

    def _against_near(self, found: dict[int, str]) -> Iterator[Finding]:
        for number, known in sorted(self.near.items()):
            if number > self.end.number:
                yield Finding("La storia finisce alla voce %(end)s, e la testa scritta accanto al database arriva alla "
                              "voce %(number)s: mancano delle voci, o è stato ripristinato un database più vecchio.",
                              {"end": self.end.number, "number": number})
                return
            if found.get(number) != known:
                yield Finding("La storia fino alla voce %(number)s non è quella della testa scritta accanto al "
                              "database: qualcuno ha modificato i dati da fuori.", {"number": number})
                return


def _fault(link: Link, before: int) -> Finding:
    if link.fault is Fault.GAP:
        return Finding("Dalla storia mancano i sigilli da %(first)s a %(last)s.",
                       {"first": before + 1, "last": link.number - 1})
    if link.entry is None:
        return Finding("La voce del sigillo %(number)s è stata cancellata dalla storia.", {"number": link.number})
    entry = link.entry
    return Finding("La voce %(entry)s della storia (sigillo %(number)s; tabella «%(table)s», riga %(row)s, del "
                   "%(day)s) o il suo sigillo sono stati modificati.",
                   {"entry": entry.id, "number": link.number, "table": entry.table_name, "row": entry.row_id,
                    "day": f"{entry.at.astimezone(ROME):%d/%m/%Y}"})


# --- the documents ----------------------------------------------------------------------------------------


def files_told(session: Session, tables: Iterable[Table], number: int) -> Files:
    """Every file that a row named when ``number`` entries were sealed, as the history tells it."""
    naming = {table.name: _marked(table) for table in tables if _marked(table)}
    entries = (
        select(AuditEntry.table_name, AuditEntry.row_id, AuditEntry.after)
        .join(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditEntry.table_name.in_(naming), AuditSeal.number <= number)
        .order_by(AuditEntry.id)
    )
    rows: dict[tuple[str, str], str | None] = {}
    for table, row, after in as_system(session, entries, reason=REASON):
        rows[table, row] = after
    told: Files = {}
    for (table, row), after in rows.items():
        picture = picture_of(after) or {}
        for column, hashed in naming[table].items():
            if picture.get(column):
                told[table, row, column] = picture[column], picture.get(hashed) or ""
    return told


def _marked(table: Table) -> dict[str, str]:
    """The columns that name files, and those with their hashes."""
    return {column.name: column.info[MARK] for column in table.columns if MARK in column.info}


def _documents(
    session: Session, tables: Collection[Table], absent: Collection[str], head: SignedHead
) -> Iterator[Finding]:
    """The files that the history told when ``head`` was made: it must still tell them so, and so must the rows."""
    told = files_told(session, tables, head.number)
    if (len(told), over_files(told.values())) != (head.documents, head.documents_hash):
        yield Finding("I file che la storia racconta fino alla testa del %(day)s non sono quelli che la testa attesta "
                      "(%(told)s invece di %(known)s, o con impronte diverse).",
                      {"day": head.day, "told": len(told), "known": head.documents})
    never_changed = {mapper.local_table.name for mapper in Base.registry.mappers  # type: ignore[attr-defined]
                     if issubclass(mapper.class_, InsertOnly)}
    asked = (table for table in tables if table.name in never_changed and table.name not in absent)
    here = {key: file for table in asked for key, file in _named(session, table)}
    for key, (path, sha256) in sorted(told.items()):
        if key[0] in never_changed and here.get(key) != (path, sha256):
            yield Finding("Il documento %(path)s (riga %(row)s della tabella «%(table)s») non è più quello che era "
                          "alla testa del %(day)s, e un documento non cambia mai.",
                          {"path": path, "row": key[1], "table": key[0], "day": head.day})


def _named(session: Session, table: Table) -> Iterator[tuple[tuple[str, str, str], tuple[str, str]]]:
    """The files that the rows of ``table`` name."""
    for column, hashed in _marked(table).items():
        wanted = [*table.primary_key, table.c[column], *([table.c[hashed]] if hashed else [])]
        keys = len(table.primary_key)
        for row in as_system(session, select(*wanted).where(table.c[column].is_not(None)), reason=REASON):
            sha256 = row[keys + 1] if hashed else ""
            yield (table.name, ",".join(str(key) for key in row[:keys]), column), (row[keys], sha256 or "")


def _files(session: Session, tables: Iterable[Table], folder: Path, alive: Alive) -> Iterator[Finding]:
    """Every file that a row names: it must be there, with its hash."""
    for table in tables:
        for (name, row, _column), (path, sha256) in _named(session, table):
            alive()
            values: dict[str, object] = {"path": path, "row": row, "table": name}
            place = folder / path
            if not place.is_file():
                yield Finding("Il file %(path)s, che la riga %(row)s della tabella «%(table)s» nomina, non c'è più.",
                              values)
            elif sha256 and _sha256(place) != sha256:
                yield Finding("Il file %(path)s (riga %(row)s della tabella «%(table)s») è stato cambiato: non ha più "
                              "l'impronta con cui fu registrato.", values)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# --- what nobody of the program did -----------------------------------------------------------------------


def _from_outside(session: Session) -> Iterator[Finding]:
    """What the triggers told, and no act of the program: somebody with a tool of their own, or an update of Patto."""
    nobodys = or_(AuditEntry.actor == "", AuditEntry.act == "")
    count, named = _counted(session, select(AuditEntry.id).where(nobodys))
    if count:
        yield Finding("%(count)s voci della storia raccontano cambiamenti fatti da fuori del programma, o da un suo "
                      "aggiornamento. Le ultime: %(named)s.", {"count": count, "named": named})


def _backdated(session: Session, head: SignedHead) -> Iterator[Finding]:
    """What says to be older than a head, and was not in the history then: forged, or written by a clock set back."""
    later = (select(AuditEntry.id).outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
             .where(or_(AuditSeal.number.is_(None), AuditSeal.number > head.number),
                    AuditEntry.at < head.instant - SLOWEST))
    count, named = _counted(session, later)
    if count:
        yield Finding("%(count)s voci dicono di essere più vecchie della testa del %(day)s, e allora non c'erano: sono "
                      "state retrodatate da fuori, o l'orologio era indietro. Le ultime: %(named)s.",
                      {"count": count, "named": named, "day": head.day})


def _counted(session: Session, which: Select[Any]) -> tuple[int, str]:
    """How many entries, and the newest of them by name."""
    [(count,)] = as_system(session, select(func.count()).select_from(which.subquery()), reason=REASON)
    newest = which.add_columns(AuditEntry.at, AuditEntry.table_name, AuditEntry.row_id).order_by(AuditEntry.id.desc())
    rows = as_system(session, newest.limit(NAMED), reason=REASON) if count else []
    return count, "; ".join(f"{number} ({table} {row}, {at.astimezone(ROME):%d/%m/%Y})"
                            for number, at, table, row in rows)
