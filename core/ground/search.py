"""Search by any part of a word, at any size: one column of folded text, and beside it an index of its trigrams.

A table whose rows people search is ``Searched`` and names the columns that they know it by. The text is written with
the row. On SQLite the index is an FTS5 table over that column, kept by triggers; on PostgreSQL it is GIN with pg_trgm.
Where a server does not have pg_trgm the search is right and slow, and ``patto db check`` says so.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, ClassVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Connection,
    Inspector,
    Select,
    Table,
    Text,
    bindparam,
    column,
    event,
    func,
    inspect,
    literal_column,
    select,
    table,
    text,
    true,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.ground.access import as_system, asked_once
from core.ground.db import Base
from core.ground.names import folded
from core.ground.order import DERIVED

log = logging.getLogger("patto.search")
INSTALLED = "SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'"
MANY = 1000  # rows that hold a word: of more, walking finds the first ones sooner
COUNTING = "quante righe hanno una parola"
TRIGRAM = 3  # letters: a shorter word is looked for in every row


class Searched:
    """A table that people search by its words: ``KNOWN_BY`` names them."""

    KNOWN_BY: ClassVar[Sequence[str]] = ("name",)
    FEW: ClassVar[bool] = False  # some thousand rows at most: reading each is quicker than the index of a larger table

    searched: Mapped[str] = mapped_column(Text, default="", info=DERIVED)

    def words(self) -> str:
        """What is written into ``searched``."""
        return self.words_of(*(getattr(self, name) for name in self.KNOWN_BY))

    @classmethod
    def words_of(cls, *known_by: object) -> str:
        """The text of a row by its columns ``KNOWN_BY``; a table whose names are written in several ways adds them."""
        return said(known_by)


def said(words: Iterable[object]) -> str:
    """Folded text of ``words``, of which some may be missing."""
    return folded(" ".join(str(word) for word in words if word))


@event.listens_for(Searched, "before_insert", propagate=True)
@event.listens_for(Searched, "before_update", propagate=True)
def _write_words(_mapper: object, _connection: object, row: Searched) -> None:
    if row.searched != (words := row.words()):
        row.searched = words


def holds(session: Session, entity: Any, typed: str, *, walking: bool = False) -> ColumnElement[bool]:
    """The rows of ``entity`` that hold every word of what was ``typed``, whole or in part.

    A word that few rows hold is asked of the index; one that many hold, or any if ``walking``, of each row: the first
    ones are soon found.
    """
    condition: ColumnElement[bool] = true()
    for word in folded(typed).split():
        rows = None if walking or entity.FEW or len(word) < TRIGRAM else _indexed(session, entity, word)
        condition &= entity.searched.contains(word, autoescape=True) if rows is None else entity.id.in_(rows)
    return condition


def _indexed(session: Session, entity: Any, word: str) -> Select[Any] | None:
    """What the index says of a word; None if it is there for many rows, or if the database asks its index by itself."""
    if session.get_bind().dialect.name == "postgresql":
        return None
    return _rows_with(entity, _quoted(word)) if _few(session, entity, word) else None


@asked_once
def _few(session: Session, entity: Any, word: str) -> bool:
    """True if the index holds a word for few rows: several lists and several ways of one look into the same."""
    [(count,)] = as_system(session, _counted_with(entity), {"word": _quoted(word)}, reason=COUNTING)
    return bool(count <= MANY)


@asked_once
def few_hold(session: Session, entity: Any, typed: str) -> bool:
    """True if few rows of ``entity`` hold what was typed: many lists find their own rows by those of the same table."""
    return are_few(session, select(entity.id).where(holds(session, entity, typed)))


@cache
def _counted_with(entity: Any) -> Select[Any]:
    """The question how many rows the index has for a ``word``, put together once: one search asks it of every table."""
    return _counted(_rows_with(entity, bindparam("word", type_=Text)))


def _quoted(word: str) -> str:
    return f'"{word}"'


def _rows_with(entity: Any, quoted: str | BindParameter[str]) -> Select[Any]:
    searched, own = entity.searched.property.columns[0].table, inspect(entity).local_table
    index = index_name(searched)
    key: ColumnElement[int] = literal_column(f"{index}.rowid")
    kind = table(index) if own is searched else table(index).join(own, own.c.id == key)  # of several kinds, this one
    rows: Select[Any] = select(key).select_from(kind).where(column(index).match(quoted))
    return rows


def is_common(session: Session, entity: Any, typed: str) -> bool:
    """True for one word that many rows of ``entity`` hold, whoever may see them: the index knows, none is read."""
    words = folded(typed).split()
    if entity.FEW or len(words) != 1 or len(words[0]) < TRIGRAM:
        return False
    if session.get_bind().dialect.name == "postgresql":
        return not are_few(session, select(entity.id).where(holds(session, entity, typed)))
    return _indexed(session, entity, words[0]) is None


def are_few(session: Session, rows: Select[Any]) -> bool:
    """True for ``rows`` that may be gathered before they are sorted; counted as the program sees them."""
    [(count,)] = as_system(session, _counted(rows), reason=COUNTING)
    return bool(count <= MANY)


def _counted(rows: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(rows.limit(MANY + 1).subquery())


# --- the indexes ------------------------------------------------------------------------------------------


def index_name(searched: Table) -> str:
    """What the index of a table is called: an FTS5 table on SQLite."""
    return f"{searched.name}_words"


def searched_tables(tables: Iterable[Table]) -> list[Table]:
    """Those of ``tables`` that people search."""
    return [one for one in tables if "searched" in one.c]


def rebuild_indexes(connection: Connection, tables: Iterable[Table]) -> None:
    """Make the indexes of ``tables`` anew: after every migration, because a rebuilt table loses its triggers."""
    reflected = inspect(connection)
    here = [one for one in tables if "searched" not in one.c or "searched" in _columns(reflected, one)]
    _fill(connection, here)
    if connection.dialect.name == "postgresql" and not _has_trigrams(connection):
        return
    for one in searched_tables(here):
        for statement in _statements(connection, one):
            connection.exec_driver_sql(statement)


def _columns(reflected: Inspector, one: Table) -> set[str]:
    return {held["name"] for held in reflected.get_columns(one.name)}


def _has_trigrams(connection: Connection) -> bool:
    """True if the database has pg_trgm, or may be given it: a server without it, or who may not ask for it, goes on."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DBAPIError:
        log.warning("pg_trgm is not there and cannot be made: searches read every row")
    return connection.scalar(text(INSTALLED)) is not None


def missing(connection: Connection, tables: Iterable[Table]) -> Iterator[str]:
    """What the check says of the search: indexes that are not there."""
    names = {index_name(one) for one in searched_tables(tables)}
    there = text("SELECT indexname FROM pg_indexes WHERE schemaname = current_schema()"
                 if connection.dialect.name == "postgresql" else "SELECT name FROM sqlite_master WHERE type = 'table'")
    absent = names - set(connection.scalars(there))
    if absent and connection.dialect.name == "postgresql" and not connection.scalar(text(INSTALLED)):
        yield ("alla banca dati manca l'estensione pg_trgm: le ricerche funzionano, ma con molti dati sono lente. "
               "Farla creare da chi amministra il server, poi eseguire «patto db upgrade»")
        return
    for name in sorted(absent):
        yield f"manca l'indice {name}: eseguire «patto db upgrade»"


def _statements(connection: Connection, searched: Table) -> Iterator[str]:
    name, words = searched.name, index_name(searched)
    if connection.dialect.name == "postgresql":
        yield f'CREATE INDEX IF NOT EXISTS {words} ON "{name}" USING gin (searched gin_trgm_ops)'
        return
    gone = f"INSERT INTO {words} ({words}, rowid, searched) VALUES ('delete', OLD.id, OLD.searched);"
    come = f"INSERT INTO {words} (rowid, searched) VALUES (NEW.id, NEW.searched);"
    yield (f"CREATE VIRTUAL TABLE IF NOT EXISTS {words} USING fts5"
           f"(searched, content='{name}', content_rowid='id', tokenize='trigram')")
    for letter, when, does in (("i", "INSERT", come), ("d", "DELETE", gone),
                               ("u", "UPDATE OF searched", f"{gone} {come}")):
        changed = " WHEN OLD.searched IS NOT NEW.searched" if letter == "u" else ""
        yield f"DROP TRIGGER IF EXISTS {words}_{letter}"
        yield f'CREATE TRIGGER {words}_{letter} AFTER {when} ON "{name}"{changed} BEGIN {does} END'
    yield f"INSERT INTO {words} ({words}) VALUES ('rebuild')"


def _fill(connection: Connection, tables: Sequence[Table]) -> None:
    """Write the text of the rows that were there before the column was: those of a subclass by its own words first."""
    kinds = [one for one in Base.registry.mappers if issubclass(one.class_, Searched) and set(one.tables) <= {*tables}]
    for mapper in sorted(kinds, key=lambda one: len(list(one.iterate_to_root())), reverse=True):
        row = (mapper.inherits or mapper).local_table.c
        wanted = select(row.id, *(mapper.columns[name] for name in mapper.class_.KNOWN_BY))
        empty = connection.execute(wanted.select_from(mapper.persist_selectable).where(row.searched == "")).all()
        texts = [{"of": key, "words": mapper.class_.words_of(*words)} for key, *words in empty]
        if texts:
            connection.execute(update(row.id.table).where(row.id == bindparam("of")).values(
                searched=bindparam("words")), texts)
