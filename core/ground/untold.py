"""Rows that are not as the history told them last: somebody changed them while no trigger watched.

The history tells each row whole, before and after; so the last thing that it told of a row is the row. A column that is
kept secret, or made from others, is not told and not compared. What was told by one database is compared with what lies
in the other: they write instants, yes and no, and JSON in their own ways.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Select,
    Table,
    Text,
    Time,
    cast,
    func,
    literal,
    select,
    tuple_,
)
from sqlalchemy.orm import Session
from sqlalchemy.types import TypeDecorator

from core.ground.access import as_system
from core.ground.audit import OWN_TABLES, AuditEntry
from core.ground.clock import ROME
from core.ground.errors import Finding

BATCH = 500  # rows at a time
REASON = "confronto delle righe con la storia"
Picture = dict[str, Any]
Told = tuple[int, datetime, str | None]  # an entry: number, instant, the row after it; None if it was deleted


def untold(session: Session, tables: Iterable[Table], absent: Collection[str] = ()) -> Iterator[Finding]:
    """A remark for every row of ``tables`` that the history does not tell as it is; ``absent`` ones have no rows."""
    for table in tables:
        if table.name not in OWN_TABLES:
            there = set[str]()
            for rows in _rows(session, table) if table.name not in absent else ():
                told = _told_last(session, table, list(rows))
                for key, now in rows.items():
                    yield from _compared(table, key, now, told.get(key))
                there.update(rows)
            yield from _vanished(session, table, there)


def _vanished(session: Session, table: Table, there: Collection[str]) -> Iterator[Finding]:
    for key, at in _alive(session, table).items():
        if key not in there:
            yield Finding("La riga %(row)s della tabella «%(table)s» non c'è più, e la storia non ne racconta "
                          "l'eliminazione: l'ultima voce è del %(day)s. È stata tolta da fuori del programma.",
                          {"row": key, "table": table.name, "day": _day(at)})


def _compared(table: Table, key: str, now: Picture, told: Told | None) -> Iterator[Finding]:
    number, at, after = told or (0, None, None)
    before = picture_of(after)
    if at is None or before is None:
        yield Finding("La riga %(row)s della tabella «%(table)s» non è raccontata dalla storia: è stata scritta da "
                      "fuori del programma.", {"row": key, "table": table.name})
        return
    other = [c.name for c in _compared_columns(table)
             if c.name in now and c.name in before and _plain(c, now[c.name]) != _plain(c, before[c.name])]
    if other:
        yield Finding("La riga %(row)s della tabella «%(table)s» non è come la storia la racconta (voce %(entry)s del "
                      "%(day)s): è diverso %(columns)s. È stata cambiata da fuori del programma.",
                      {"row": key, "table": table.name, "entry": number, "day": _day(at), "columns": ", ".join(other)})


def picture_of(told: str | None) -> Picture | None:
    """A row as the history told it; None for nothing, and for what somebody has made unreadable."""
    try:
        picture = json.loads(told or "null")
    except ValueError:
        return None
    return picture if isinstance(picture, dict) else None


# --- what lies there --------------------------------------------------------------------------------------


def _rows(session: Session, table: Table) -> Iterator[dict[str, Picture]]:
    """The rows as the triggers would tell them now, by their key in the history, a batch at a time."""
    keys = list(table.primary_key)
    batch = _pictures(session, table).add_columns(*keys).order_by(*keys).limit(BATCH)
    rows = as_system(session, batch, reason=REASON)
    while rows:
        told = [json.loads(row[0]) for row in rows]
        yield {_key(table, picture): picture for picture in told}
        last = (literal(value, key.type) for key, value in zip(keys, rows[-1][1:], strict=True))
        after = tuple_(*keys) > tuple_(*last)
        rows = as_system(session, batch.where(after), reason=REASON) if len(rows) == BATCH else []


def _pictures(session: Session, table: Table) -> Select[Any]:
    if session.get_bind().dialect.name == "postgresql":
        return select(cast(func.to_jsonb(table.table_valued()), Text)).select_from(table)
    pairs = (part for column in _compared_columns(table) for part in (literal(column.name), column))
    return select(func.json_object(*pairs)).select_from(table)


def _compared_columns(table: Table) -> list[Column[Any]]:
    return [c for c in table.columns if not (c.info.get("derived") or c.info.get("secret"))]


def _key(table: Table, picture: Picture) -> str:
    return ",".join(str(picture[column.name]) for column in table.primary_key)


# --- what was told ----------------------------------------------------------------------------------------


def _told_last(session: Session, table: Table, keys: list[str]) -> dict[str, Told]:
    """The last entry of each row."""
    newest = (select(func.max(AuditEntry.id)).where(AuditEntry.table_name == table.name, AuditEntry.row_id.in_(keys))
              .group_by(AuditEntry.row_id))
    entries = select(AuditEntry.row_id, AuditEntry.id, AuditEntry.at, AuditEntry.after).where(AuditEntry.id.in_(newest))
    return {row_id: (number, at, after) for row_id, number, at, after in as_system(session, entries, reason=REASON)}


def _alive(session: Session, table: Table) -> dict[str, datetime]:
    """The rows that should be there, as the history tells, with the instant of their last entry."""
    newest = select(func.max(AuditEntry.id)).where(AuditEntry.table_name == table.name).group_by(AuditEntry.row_id)
    entries = select(AuditEntry.row_id, AuditEntry.at).where(AuditEntry.id.in_(newest), AuditEntry.operation != "d")
    return dict(as_system(session, entries, reason=REASON))


# --- the same, whichever database wrote it ----------------------------------------------------------------


def _plain(column: Column[Any], value: Any) -> Any:
    """What a value means; one that means nothing in its column is told as it stands."""
    try:
        return _meant(column, value)
    except (ValueError, TypeError):
        return value


def _meant(column: Column[Any], value: Any) -> Any:
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    if value is None:
        return None
    if isinstance(kind, Boolean):
        return bool(value)
    if isinstance(kind, DateTime):
        instant = datetime.fromisoformat(value)
        return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant
    if isinstance(kind, Time):
        return time.fromisoformat(value)
    if isinstance(kind, JSON) and isinstance(value, str):  # SQLite tells the text that it keeps, PostgreSQL the meaning
        return json.loads(value)
    return value


def _day(at: datetime) -> str:
    return f"{at.astimezone(ROME):%d/%m/%Y}"
