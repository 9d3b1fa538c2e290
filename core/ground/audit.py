"""History that cannot be rewritten unseen.

Database triggers write one plain row for every insert, update and delete, bulk ones too. A separate sealing
step chains the committed rows by hash; the head is exported out of the database; one verifier serves both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    Connection,
    ForeignKey,
    Index,
    Table,
    Text,
    bindparam,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.ground import clock
from core.ground.access import Scoped, ScopedSession, as_system
from core.ground.db import Base, UtcDateTime

GENESIS = "0" * 64
SECRET = {"secret": True}  # for Column(info=...): the history says that it changed, never what it was
OPERATIONS = {"i": "INSERT", "u": "UPDATE", "d": "DELETE"}
SEAL_BATCH = 1000
LATE = 20_000  # entries back from the last sealed one, among which a slow transaction may still have left its own


class AuditEntry(Base, Scoped):
    """What the triggers write: who, in which act, which row, before and after (JSON text)."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_row", "table_name", "row_id"),)  # the history of one row at any size

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    actor: Mapped[str]
    act: Mapped[str]
    table_name: Mapped[str]
    row_id: Mapped[str]
    operation: Mapped[str]
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str | None] = mapped_column(Text)


class AuditSeal(Base, Scoped):
    """One link of the chain: its own number, the entry it seals, the hash over entry and previous hash."""

    __tablename__ = "audit_seal"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("audit_entry.id"), unique=True)
    hash: Mapped[str]


class AuditVoice(Base):
    """Who is writing now, on SQLite: one row, set and cleared inside the write lock (PostgreSQL has settings)."""

    __tablename__ = "audit_voice"

    id: Mapped[int] = mapped_column(primary_key=True)
    actor: Mapped[str] = mapped_column(default="")
    act: Mapped[str] = mapped_column(default="")


# not watched: the history itself, and whose turn it is to work, which is no news of the office
OWN_TABLES = frozenset({"audit_entry", "audit_seal", "audit_voice", "lease"})


def speak(session: ScopedSession, act: str) -> None:
    """Name the actor and the act for the triggers, until the transaction ends."""
    _set_voice(session, session.principal.name, act)


def fall_silent(session: ScopedSession) -> None:
    """Forget the voice, so that a change made from outside is never put in somebody's mouth."""
    _set_voice(session, "", "")


SETTINGS = select(func.set_config("patto.actor", bindparam("by"), True),
                  func.set_config("patto.act", bindparam("doing"), True))
VOICE = update(AuditVoice).values(actor=bindparam("by"), act=bindparam("doing")).execution_options(
    synchronize_session=False)  # nobody holds the row


def _set_voice(session: ScopedSession, actor: str, act: str) -> None:
    said = SETTINGS if session.get_bind().dialect.name == "postgresql" else VOICE
    as_system(session, said, {"by": actor, "doing": act}, reason="voce del registro")


# --- triggers ---------------------------------------------------------------------------------------------


def rebuild_triggers(connection: Connection, tables: Iterable[Table]) -> None:
    """Make the triggers of ``tables`` anew: after every migration, because a rebuilt table loses its own."""
    watched = [table for table in tables if table.name not in OWN_TABLES]
    if connection.dialect.name == "postgresql":
        connection.execute(text(_POSTGRES_FUNCTION))
        statements = (s for table in watched for s in _postgres_triggers(table))
    else:
        exists = connection.execute(text("SELECT 1 FROM audit_voice")).first()
        if exists is None:
            connection.execute(text("INSERT INTO audit_voice (id, actor, act) VALUES (1, '', '')"))
        statements = (s for table in watched for s in _sqlite_triggers(table))
    for statement in statements:
        connection.exec_driver_sql(statement)


def trigger_names(table: Table) -> list[str]:
    """The triggers that ``table`` must have: for the checks."""
    return [f"audit_{table.name}_{letter}" for letter in OPERATIONS]


def _told(table: Table) -> list[Column[object]]:
    """The columns that the history tells of."""
    return [c for c in table.columns if not c.info.get("derived")]


def _sqlite_triggers(table: Table) -> Iterator[str]:
    def picture(side: str) -> str:
        pairs = (f"'{c.name}', " + ("'***'" if c.info.get("secret") else f'{side}."{c.name}"') for c in _told(table))
        return "json_object(" + ", ".join(pairs) + ")"

    def changed() -> str:
        return " OR ".join(f'OLD."{c.name}" IS NOT NEW."{c.name}"' for c in _told(table))

    for letter, operation in OPERATIONS.items():
        side = "OLD" if letter == "d" else "NEW"
        key = " || ',' || ".join(f'{side}."{c.name}"' for c in table.primary_key)
        before = picture("OLD") if letter in "ud" else "NULL"
        after = picture("NEW") if letter in "iu" else "NULL"
        name = f"audit_{table.name}_{letter}"
        yield f"DROP TRIGGER IF EXISTS {name}"
        yield (
            f'CREATE TRIGGER {name} AFTER {operation} ON "{table.name}"'
            + (f" WHEN {changed()}" if letter == "u" else "")
            + " BEGIN INSERT INTO audit_entry (at, actor, act, table_name, row_id, operation, before, after)"
            " SELECT strftime('%Y-%m-%d %H:%M:%f000', 'now'), actor, act,"
            f" '{table.name}', {key}, '{letter}', {before}, {after} FROM audit_voice; END"
        )


def _postgres_triggers(table: Table) -> Iterator[str]:
    keys = ",".join(c.name for c in table.primary_key)
    secrets = ",".join(c.name for c in table.columns if c.info.get("secret"))
    derived = ",".join(c.name for c in table.columns if c.info.get("derived"))
    for letter, operation in OPERATIONS.items():
        name = f"audit_{table.name}_{letter}"
        when = " WHEN (OLD *<> NEW)" if letter == "u" else ""  # byte by byte: plain json knows no equality
        yield f'DROP TRIGGER IF EXISTS {name} ON "{table.name}"'
        yield (
            f'CREATE TRIGGER {name} AFTER {operation} ON "{table.name}" FOR EACH ROW{when}'
            f" EXECUTE FUNCTION patto_audit('{letter}', '{keys}', '{secrets}', '{derived}')"
        )


_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION patto_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    derived text[] := string_to_array(TG_ARGV[3], ',');
    old_row jsonb := CASE WHEN TG_ARGV[0] IN ('u', 'd') THEN to_jsonb(OLD) - derived END;
    new_row jsonb := CASE WHEN TG_ARGV[0] IN ('i', 'u') THEN to_jsonb(NEW) - derived END;
    hidden text;
BEGIN
    IF TG_ARGV[3] <> '' AND TG_ARGV[0] = 'u' AND old_row = new_row THEN
        RETURN NULL;
    END IF;
    FOREACH hidden IN ARRAY string_to_array(TG_ARGV[2], ',') LOOP
        old_row := jsonb_set(old_row, ARRAY[hidden], '"***"', false);
        new_row := jsonb_set(new_row, ARRAY[hidden], '"***"', false);
    END LOOP;
    INSERT INTO audit_entry (at, actor, act, table_name, row_id, operation, before, after)
    VALUES (clock_timestamp(), coalesce(current_setting('patto.actor', true), ''),
            coalesce(current_setting('patto.act', true), ''), TG_TABLE_NAME,
            (SELECT string_agg(coalesce(new_row, old_row) ->> k, ',') FROM unnest(string_to_array(TG_ARGV[1], ',')) k),
            TG_ARGV[0], old_row::text, new_row::text);
    RETURN NULL;
END $$
"""


# --- reading ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class HistoryMark:
    """How far the history was: of each table, how many entries it told after ``since``.

    It begins a little before the last entry, because a slow transaction may still commit its own.
    """

    since: int
    told: dict[str, int]


def mark(session: Session, since: int | None = None) -> HistoryMark:
    """How far the history is now; with ``since`` of an older mark, to compare with it."""
    if since is None:
        [(last,)] = as_system(session, select(func.max(AuditEntry.id)), reason="stato della storia")
        since = max(0, (last or 0) - LATE)
    counted = select(AuditEntry.table_name, func.count()).where(AuditEntry.id > since).group_by(AuditEntry.table_name)
    return HistoryMark(since, dict(as_system(session, counted, reason="stato della storia")))


def told(session: Session, act: str, since: int) -> list[tuple[Any, ...]]:
    """What an act has written so far, in order: table, key of the row, operation, the row after it as JSON text."""
    columns = (AuditEntry.table_name, AuditEntry.row_id, AuditEntry.operation, AuditEntry.after)
    mine = select(*columns).where(AuditEntry.id > since, AuditEntry.act == act).order_by(AuditEntry.id)
    return as_system(session, mine, reason="che cosa ha scritto un atto")


# --- sealing ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Head:
    """The last link: how many entries are sealed, and the hash that stands for all of them."""

    number: int
    hash: str


class Fault(StrEnum):
    """What can be wrong with a link: those before it are missing, its entry is, or one of the two is another."""

    GAP = "gap"
    LOST = "lost"
    CHANGED = "changed"


@dataclass(frozen=True)
class Entry:
    """Which entry a link holds: number, instant, actor, table and row."""

    id: int
    at: datetime
    actor: str
    table_name: str
    row_id: str


@dataclass(frozen=True)
class Link:
    """One link as it was found; no entry if that is lost."""

    number: int
    hash: str
    fault: Fault | None
    entry: Entry | None


@dataclass(frozen=True)
class HistoryVerdict:
    """What the verifier found: the head it reached, entries not yet sealed, the first broken link if any."""

    head: Head
    unsealed: int
    broken: int | None
    reason: str = ""


def head(session: Session) -> Head:
    """The head of the chain; number 0 before the first seal."""
    last = select(AuditSeal.number, AuditSeal.hash).order_by(AuditSeal.number.desc()).limit(1)
    rows = as_system(session, last, reason="testa del registro")
    return Head(*rows[0]) if rows else Head(0, GENESIS)


def unsealed(session: Session, *, whole: bool = True) -> list[int]:
    """The committed entries that no seal holds, in order.

    Not ``whole``: look only from a little before the last sealed entry, which costs the same however long the history.
    """
    loose = (
        select(AuditEntry.id)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.entry_id.is_(None), AuditEntry.id > (0 if whole else _last_sealed(session) - LATE))
    )
    return [row[0] for row in as_system(session, loose.order_by(AuditEntry.id), reason="sigillo")]


def seal(session: ScopedSession, entries: Collection[int]) -> Head:
    """Chain ``entries``, a batch of them, under a lock; one that was sealed meanwhile stays as it is."""
    if session.get_bind().dialect.name == "postgresql":
        as_system(session, select(func.pg_advisory_xact_lock(func.hashtext("patto.seal"))), reason="sigillo")
    at = head(session)
    sealed = select(AuditSeal.entry_id).where(AuditSeal.entry_id.in_(entries))
    rows = select(*_SEALED_COLUMNS).where(AuditEntry.id.in_(entries), AuditEntry.id.not_in(sealed))
    for row in as_system(session, rows.order_by(AuditEntry.id), reason="sigillo"):
        at = Head(at.number + 1, _link(at.hash, row))
        session.add(AuditSeal(number=at.number, entry_id=row[0], hash=at.hash))
    session.flush()
    return at


def _last_sealed(session: Session) -> int:
    [(last,)] = as_system(session, select(func.max(AuditSeal.entry_id)), reason="sigillo")
    return last or 0


def verify(session: Session, exported: Iterable[Head] = ()) -> HistoryVerdict:
    """Recompute the whole chain, up to its first fault, and compare it with the heads that were exported."""
    expected = {h.number: h.hash for h in exported}
    at = Head(0, GENESIS)
    for link in links(session):
        if link.fault is Fault.GAP:
            return HistoryVerdict(at, 0, at.number + 1, "manca un anello della catena")
        if link.fault is not None or expected.get(link.number, link.hash) != link.hash:
            return HistoryVerdict(at, 0, link.number, "la voce o il suo sigillo sono stati modificati")
        at = Head(link.number, link.hash)
    if expected and max(expected) > at.number:
        return HistoryVerdict(at, 0, at.number + 1, "la catena è più corta della testa esportata")
    return HistoryVerdict(at, waiting(session, at.number), None)


def waiting(session: Session, sealed: int) -> int:
    """How many entries wait for the seal, where ``sealed`` have it."""
    entries: int = as_system(session, select(func.count(AuditEntry.id)), reason="verifica del registro")[0][0]
    return entries - sealed


def links(session: Session) -> Iterator[Link]:
    """Every link of the chain in order, each held against the one before: recomputed, or with what is wrong with it.

    After a fault the chain is taken up again, both from what is written there and from what should be, so that one
    tampering is told once.
    """
    last = 0
    believed: tuple[str, ...] = (GENESIS,)
    for number, sealed, *row in _sealed_rows(session):
        computed = [_link(previous, tuple(row)) for previous in believed]
        entry = None if row[0] is None else Entry(row[0], row[1], row[2], row[4], row[5])
        fault = None
        if number != last + 1:
            fault = Fault.GAP
        elif entry is None:
            fault = Fault.LOST
        elif sealed not in computed:
            fault = Fault.CHANGED
        yield Link(number, sealed, fault, entry)
        last, believed = number, (sealed,) if fault is None else (sealed, computed[0])


_SEALED_COLUMNS = (
    AuditEntry.id,
    AuditEntry.at,
    AuditEntry.actor,
    AuditEntry.act,
    AuditEntry.table_name,
    AuditEntry.row_id,
    AuditEntry.operation,
    AuditEntry.before,
    AuditEntry.after,
)


def _sealed_rows(session: Session) -> Iterator[tuple[Any, ...]]:
    """Number, hash and entry of every link in order, a batch at a time; a lost entry comes as empty values."""
    after: BindParameter[int] = bindparam("after", 0)
    batch = (
        select(AuditSeal.number, AuditSeal.hash, *_SEALED_COLUMNS)
        .outerjoin(AuditEntry, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.number > after)
        .order_by(AuditSeal.number)
        .limit(SEAL_BATCH)
    )
    last: object = 0
    while rows := as_system(session, batch.params(after=last), reason="verifica del registro"):
        yield from rows
        last = rows[-1][0]


def _link(previous: str, row: tuple[object, ...]) -> str:
    parts = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    return hashlib.sha256(json.dumps([previous, *parts]).encode()).hexdigest()


def stamp() -> str:
    """The instant of an exported head, as text."""
    return clock.now().isoformat(timespec="seconds")
