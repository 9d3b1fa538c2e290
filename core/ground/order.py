"""One alphabetical order, the Italian one, for every list and on every database: accents and capitals come after the
letter itself, what is empty comes last.

PostgreSQL has it by ICU, under a name of ours; SQLite asks a function that weighs a text in the same way, for what is
written in Latin letters. A table of many rows keeps that weight beside each column of words that lists are sorted by
(``Weighed``), and an index has it. What is made from other columns (``DERIVED``) is sorted as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    String,
    Table,
    Text,
    UnaryExpression,
    bindparam,
    event,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Mapper, mapped_column
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

COLLATION = "patto_it"
FUNCTION = "patto_order"
DERIVED = {"derived": True}  # for Column(info=...): made from other columns; sorted as it is, and not in the history
FIRST = 200  # letters that are weighed for an index, which takes no long texts: beyond them words are in no order
# the signs in the order of the Unicode collation (CLDR root, of which Italian is no exception); then figures, letters
SIGNS = "\t\n\v\f\r _-‐‑‒–—,;:!¡?¿.·'‘’‚‹›\"“”„«»()[]{}§¶@*/\\&#%‰†‡•`´˜^¨°©®+±÷×<=>¬|¦~¤¢$£¥€"
MARKS = "\u0301\u0300\u0306\u0302\u030c\u030a\u0308\u030b\u0303\u0307\u0328\u0327\u0304"  # acute, grave, ...
SAME, OVER = "\x02", "\x01"  # the weight of what is plain; what parts letters, accents and capitals


class _Table(dict[int, str]):
    """What stands for each character: asked once for one that is not named."""

    def __init__(self, named: Mapping[int, str], other: Callable[[str], str]) -> None:
        super().__init__(named)
        self._other = other

    def __missing__(self, code: int) -> str:
        self[code] = self._other(chr(code))
        return self[code]


def _itself(sign: str) -> str:
    """One that is not among ours comes after all that are; one that nobody sees does not count."""
    return "" if unicodedata.category(sign) in ("Mn", "Me", "Cf", "Cc") else sign


_letters = _Table({ord(sign): chr(0x10 + place) for place, sign in enumerate(SIGNS)}
                  | {ord(sign): chr(0x70 + place) for place, sign in enumerate("0123456789")}
                  | {ord(sign): chr(0x80 + place) for place, sign in enumerate("abcdefghijklmnopqrstuvwxyz")}, _itself)
_accents = _Table({ord(mark): chr(0x03 + place) for place, mark in enumerate(MARKS)}, lambda _sign: SAME)
_capitals = _Table({ord(mark): "" for mark in MARKS}, lambda sign: "\x04" if sign.isupper() else SAME)
for one, apart, over in (("ß", "ss", f"{SAME}\x7f{SAME}"), ("…", "...", SAME * 3)):  # signs that stand for several
    _letters[ord(one)], _accents[ord(one)], _capitals[ord(one)] = apart.translate(_letters), over, "\x03" * len(apart)


@lru_cache(maxsize=4096)
def weighed(words: str | None) -> str | None:
    """A text by which texts are sorted; None for an empty one."""
    if not words:
        return None
    parted = words if words.isascii() else unicodedata.normalize("NFD", words)
    accents = "" if parted.isascii() else parted.translate(_accents).rstrip(SAME)
    capitals = parted.translate(_capitals).rstrip(SAME)
    return OVER.join((parted.lower().translate(_letters), accents, capitals))


def alphabetical(words: object) -> tuple[bool, str]:
    """The key by which Python sorts what is called so: the empty comes last."""
    weight = weighed("" if words is None else str(words))
    return weight is None, weight or ""


# --- the weight that a table keeps ------------------------------------------------------------------------


class Weighed:
    """A table of many rows that are sorted by words: beside each such column stands its weight, written with the row.

    ``name_weight: Mapped[str] = weight_of("name")``, and an index of it; ``str | None`` where words may be missing.
    Whoever sorts says ``in_order(name)`` as of any other column.
    """


def weight_of(column: str) -> Any:
    """The column in which the weight of ``column`` is kept; a row that is written past the ORM gets it too."""
    return mapped_column(Text, info=DERIVED | {"weighs": column},
                         default=lambda context: kept_weight(context.get_current_parameters().get(column)))


def kept_weight(words: str | None) -> str | None:
    """The weight of ``words`` as it is kept; None if they say nothing."""
    return weighed((words or "")[:FIRST])


@event.listens_for(Weighed, "before_insert", propagate=True)
@event.listens_for(Weighed, "before_update", propagate=True)
def _weigh(mapper: Mapper[Any], _connection: object, row: Weighed) -> None:
    for weight, words in _weights(mapper):
        if getattr(row, weight) != (kept := kept_weight(getattr(row, words))):
            setattr(row, weight, kept)


@cache
def _weights(mapper: Mapper[Any]) -> Sequence[tuple[str, str]]:
    """The weights of a kind of rows, each with the column that it weighs."""
    return [(one.key, one.columns[0].info["weighs"]) for one in mapper.column_attrs
            if isinstance(one.columns[0], Column) and "weighs" in one.columns[0].info]


def weigh(connection: Connection, tables: Iterable[Table]) -> None:
    """Write the weights of the rows that were there before the column was: after every migration."""
    held = {name: {one["name"] for one in inspect(connection).get_columns(name)}
            for name in inspect(connection).get_table_names()}
    for table in tables:
        for weight in (one for one in table.c if "weighs" in one.info and one.name in held.get(table.name, ())):
            words = table.c[weight.info["weighs"]]
            lacking = select(table.c.id, words).where((weight == "") | weight.is_(None), words != "")
            said = [{"of": key, "kept": kept_weight(word)} for key, word in connection.execute(lacking)]
            if said:
                connection.execute(update(table).where(table.c.id == bindparam("of")).values(
                    {weight: bindparam("kept")}), said)


# --- how a statement sorts --------------------------------------------------------------------------------


class _Weighed(FunctionElement[str]):
    """A column by its weight."""

    type = String()
    inherit_cache = True


@compiles(_Weighed, "postgresql")
def _weighed_by_postgresql(element: _Weighed, compiler: SQLCompiler, **options: Any) -> str:
    return f"(NULLIF({compiler.process(element.clauses, **options)}, '') COLLATE {COLLATION})"


@compiles(_Weighed, "sqlite")
def _weighed_by_sqlite(element: _Weighed, compiler: SQLCompiler, **options: Any) -> str:
    return f"{FUNCTION}({compiler.process(element.clauses, **options)})"


def sortable(column: Any) -> ColumnElement[Any]:
    """What a column is sorted by: words by their weight, kept or made now, anything else by itself."""
    plain: ColumnElement[Any] = getattr(column, "expression", column)
    if not isinstance(plain.type, String):
        return plain
    if not isinstance(plain, Column):
        return _Weighed(plain)
    if "derived" in plain.info:
        return plain
    return next((one for one in plain.table.c if one.info.get("weighs") == plain.name), _Weighed(plain))


def in_order(column: Any, *, descending: bool = False) -> UnaryExpression[Any]:
    """For ``order_by``: words alphabetically, anything else by its value; what is empty comes last, both ways."""
    return directed(sortable(column), descending=descending)


def directed(by: ColumnElement[Any], *, descending: bool) -> UnaryExpression[Any]:
    """For ``order_by``: what is ``sortable`` up or down, what is empty last."""
    one_way = by.desc() if descending else by.asc()
    always_there = isinstance(by, Column) and not by.nullable
    return one_way if always_there else one_way.nulls_last()


# --- what the databases need ------------------------------------------------------------------------------

HAS_ICU = text("SELECT 1 FROM pg_collation WHERE collprovider = 'i' LIMIT 1")
OURS = text("SELECT collprovider FROM pg_collation WHERE collname = :name").bindparams(name=COLLATION)
BYTES = text("SELECT table_name, column_name, collation_name FROM information_schema.columns "
             "WHERE table_schema = current_schema()")


def teach(connection: Any) -> None:
    """Give a connection of SQLite the function by which it sorts."""
    connection.create_function(FUNCTION, 1, weighed, deterministic=True)


def prepare(connection: Connection, tables: Sequence[Table]) -> None:
    """What sorting wants: the weights; on PostgreSQL the Italian order, and weights that are compared byte by byte.

    Where the server was built without ICU the order is that of the characters, and ``patto db check`` says so.
    """
    weigh(connection, tables)
    if connection.dialect.name != "postgresql":
        return
    if connection.scalar(OURS) is None:
        italian = "(provider = icu, locale = 'it')" if connection.scalar(HAS_ICU) else 'FROM "C"'
        connection.exec_driver_sql(f"CREATE COLLATION {COLLATION} {italian}")
    for name, column in _not_bytewise(connection, tables):
        connection.exec_driver_sql(f'ALTER TABLE "{name}" ALTER COLUMN {column} TYPE text COLLATE "C"')


def missing(connection: Connection, tables: Iterable[Table]) -> Iterator[str]:
    """What the check says of the order."""
    if connection.dialect.name != "postgresql":
        return
    provider = connection.scalar(OURS)
    if provider is None:
        yield f"manca l'ordinamento {COLLATION}: eseguire «patto db upgrade»"
    elif provider != "i":
        yield ("il server PostgreSQL non ha ICU: gli elenchi non sono in ordine alfabetico italiano. Usare un server "
               "con ICU, come quello di Debian")
    for name, column in _not_bytewise(connection, tables):
        yield f"la colonna {name}.{column} ha un altro ordinamento: eseguire «patto db upgrade»"


def _not_bytewise(connection: Connection, tables: Iterable[Table]) -> list[tuple[str, str]]:
    held = {(row.table_name, row.column_name): row.collation_name for row in connection.execute(BYTES)}
    folded = ((table.name, column.name) for table in tables for column in table.columns
              if "derived" in column.info and isinstance(column.type, String))
    return [key for key in folded if key in held and held[key] != "C"]
