"""The ground of every table: Base, naming convention, engines and column types."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from copy import copy
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    Dialect,
    Engine,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    create_engine,
    event,
    literal,
    make_url,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import NullPool
from sqlalchemy.sql.compiler import InsertmanyvaluesSentinelOpts, SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator

from core.ground import order
from core.ground.errors import RuleBroken
from core.ground.files import FileStore
from core.ground.money import exact_cents
from core.ground.outage import Trouble, unavailable

if TYPE_CHECKING:
    from filelock import FileLock

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
BUSY_SECONDS = 60
CONNECT_SECONDS = 10
# how a connection to a machine that has gone is known to be cut: seconds, and milliseconds for what was sent
WIRE = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000}
CACHE_KIB = 500  # of pages at most, for each connection: what a list of thousands of rows goes through twice
TURN_MILLISECONDS = 10  # how often one asks whether it is its turn


class Base(DeclarativeBase):
    """Every table, of the core and of plugins, stands on one metadata."""

    metadata = MetaData(naming_convention=NAMING)

    def __init_subclass__(cls, **options: Any) -> None:
        """TypeError for a plugin's class that is a kind of one of the core's, and would change a table that is not its
        own, or is called as one: the core could not name its own any more.
        """
        if not cls.__module__.startswith("core."):
            ours = {one.class_ for one in Base.registry.mappers if one.class_.__module__.startswith("core.")}
            if theirs := [base.__name__ for base in cls.__mro__[1:] if base in ours]:
                raise TypeError(f"{cls.__name__} cannot inherit {theirs[0]}, a table of Patto: point to its key")
            if cls.__name__ in {one.__name__ for one in ours}:
                raise TypeError(f"the core has a table {cls.__name__} already: call the class otherwise")
        super().__init_subclass__(**options)


def seldom(table: str, column: str) -> Index:
    """The index of a ``column`` that few rows fill. Over all rows it would tell the database that any one value stands
    in most of them, and it would read the table instead."""
    filled = text(f"{column} IS NOT NULL")
    return Index(f"ix_{table}_{column}", column, sqlite_where=filled, postgresql_where=filled)


class Versioned:
    """A row that people edit in forms: its version travels in the form, and a stale one is refused."""

    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}


class Euro(TypeDecorator[Decimal]):
    """Euros as ``Decimal`` in Python, whole cents in the column; more than two decimals is an error."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Cents for the column."""
        return None if value is None else int(exact_cents(value) * 100)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Euros for Python."""
        return None if value is None else Decimal(value).scaleb(-2)


class _Thousandths(TypeDecorator[Decimal]):
    """Three decimals as ``Decimal`` in Python, thousandths in the column; a finer value is refused."""

    impl: Any = BigInteger
    cache_ok = True

    def too_fine(self, value: Decimal) -> RuleBroken:
        """What is said of a value with more decimals."""
        raise NotImplementedError

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Thousandths for the column."""
        if value is None:
            return None
        scaled = value * 1000
        if scaled != int(scaled):
            raise self.too_fine(value)
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """The value for Python, without idle zeros."""
        return None if value is None else Decimal(value).scaleb(-3).normalize() + 0


class Percent(_Thousandths):
    """A percentage: 50 means 50 %."""

    impl = Integer
    cache_ok = True

    def too_fine(self, value: Decimal) -> RuleBroken:
        """In words."""
        return RuleBroken("La percentuale %(value)s ha più di tre decimali.", value=value)


class Quantity(_Thousandths):
    """A measured quantity: hours, places, residents."""

    cache_ok = True

    def too_fine(self, value: Decimal) -> RuleBroken:
        """In words."""
        return RuleBroken("La quantità %(value)s ha più di tre decimali.", value=value)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: always with its zone in Python, always UTC in the column."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for the column; an instant without a zone is a programming error."""
        if value is not None and value.tzinfo is None:
            raise TypeError("an instant needs its time zone")
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC for Python; SQLite forgets the zone, so it is given back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class instant(FunctionElement[datetime]):  # noqa: N801 - it stands in statements beside func.now
    """This instant by the database's clock, or so many seconds after it: what several machines agree on.

    Not the beginning of the transaction, as ``now()`` of PostgreSQL is.
    """

    type = UtcDateTime()
    inherit_cache = True

    def __init__(self, after: int = 0) -> None:
        super().__init__(literal(after, Integer))


@compiles(instant, "postgresql")
def _instant_of_postgresql(element: instant, compiler: SQLCompiler, **options: Any) -> str:
    return f"clock_timestamp() + make_interval(secs => {compiler.process(element.clauses, **options)})"


@compiles(instant, "sqlite")
def _instant_of_sqlite(element: instant, compiler: SQLCompiler, **options: Any) -> str:
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f000', 'now', {seconds} || ' seconds')"  # as the column is written


class DayOfYear(TypeDecorator[str]):
    """A day that comes back every year, kept as 07-31."""

    impl = String
    cache_ok = True


class Lines(TypeDecorator[tuple[str, ...]]):
    """A short list of texts, one a line: the bullets of a sheet, the tasks of a sector."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:
        """One text a line."""
        return None if value is None else "\n".join(" ".join(line.split()) for line in value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...]:
        """The lines that say something."""
        return tuple(line for line in (value or "").split("\n") if line)


class Database:
    """One engine seen twice: plain for reading; with a write lock from the first word for writing.

    On SQLite a writing transaction begins with BEGIN IMMEDIATE: two that read and then write would
    otherwise lose each other's work without an error. ``folder`` is where the files of its rows lie. ``options``:
    those of ``make_engine``. ``beside``: the plugins that answer beside the core, see ``core.plugins.bound``.
    """

    def __init__(self, url: str, folder: Path | None = None, **options: Any) -> None:
        self.url = url
        self.folder = folder
        self.beside: object | None = None
        self.reading = make_engine(url, **options)
        self.writing = self.reading.execution_options(patto_writes=True)

    @property
    def files(self) -> FileStore:
        """Where the files lie. RuntimeError if the database was opened without its folder."""
        if self.folder is None:
            raise RuntimeError("the database was opened without a folder for its files")
        return FileStore(self.folder)

    def in_a_hurry(self, patience: int) -> Database:
        """The same by connections of their own, which wait ``patience`` seconds and are closed at once."""
        hurried = type(self)(self.url, self.folder, patience=patience, poolclass=NullPool)
        hurried.beside = self.beside
        return hurried

    def standing_still(self) -> Database:
        """The same, whose reading sessions see one state from their first word to their last, as SQLite's always do."""
        still = copy(self)
        if self.reading.dialect.name == "postgresql":
            still.reading = self.reading.execution_options(isolation_level="REPEATABLE READ")
        return still

    def dispose(self) -> None:
        """Close the pooled connections."""
        self.reading.dispose()


def is_there(url: str) -> bool:
    """False for an SQLite file that nobody has made: to open it would make it."""
    address = make_url(url)
    return not address.drivername.startswith("sqlite") or Path(str(address.database)).is_file()


@contextmanager
def made_whole(database: Database) -> Iterator[None]:
    """Make the tables of ``database`` within this: an SQLite file that was not there before, and could not be made to
    its end, is taken away again, as on a full disk."""
    new = not is_there(database.url)
    try:
        yield
    except BaseException:
        database.dispose()
        if new:
            path = str(make_url(database.url).database)
            for name in (path, *(f"{path}{more}" for more in ("-wal", "-shm", "-journal", "-turn"))):
                Path(name).unlink(missing_ok=True)
        raise


def dialect(session: Session) -> ModuleType:
    """The module whose ``insert`` speaks of conflicts, for the database of ``session``."""
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def make_engine(url: str, *, patience: int | None = None, **options: Any) -> Engine:
    """An engine with the house settings for its database; its connections are as many as the threads ask for.

    ``patience``: seconds that it waits for a lock, and for a connection at most; none said, as long as people would.
    """
    patience = BUSY_SECONDS if patience is None else patience
    if "poolclass" not in options:
        options = {"max_overflow": -1, **options}
    if not url.startswith("sqlite"):
        asked = make_url(url).query
        limits = WIRE | {"connect_timeout": max(2, min(int(patience), CONNECT_SECONDS))}  # libpq knows no less than 2
        known = {name: limit for name, limit in limits.items() if name not in asked}
        engine = create_engine(url, pool_pre_ping=True, connect_args=known, **options)
        event.listen(engine, "connect", partial(_prepare_postgresql, patience))
        return engine
    engine = create_engine(url, connect_args={"timeout": patience}, **options)
    # SQLite numbers the rows of one INSERT in their order, which a test holds: many go in by one statement
    engine.dialect.insertmanyvalues_implicit_sentinel = InsertmanyvaluesSentinelOpts.ANY_AUTOINCREMENT
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", partial(_begin_sqlite, turn=_turn_at(engine.url.database, patience)))
    return engine


def _prepare_postgresql(patience: int, connection: Any, _record: object) -> None:
    connection.autocommit = True  # for the session, not for a transaction that would be taken back
    connection.execute(f"SET lock_timeout = '{patience}s'")
    connection.autocommit = False


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN comes too late; ours is below
    order.teach(connection)
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL", f"cache_size=-{CACHE_KIB}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection, turn: FileLock | None) -> None:
    if not connection.get_execution_options().get("patto_writes"):
        connection.exec_driver_sql("BEGIN")
        return
    with _holding(turn):
        try:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        except OperationalError as error:
            if getattr(error.orig, "sqlite_errorcode", None) != sqlite3.SQLITE_BUSY_SNAPSHOT:
                raise
            # an answer that somebody began to read and left keeps its connection in the past until it is collected
            gc.collect()
            connection.exec_driver_sql("BEGIN IMMEDIATE")


def _turn_at(database: str | None, patience: int) -> FileLock | None:
    """Whoever holds it is the next to write, and the only one who asks SQLite for its lock; None if nobody else can.

    SQLite has no queue: who waits asks again, the longer the more rarely, and one who writes again and again, as a
    night or an import does, is back before the others have asked.
    """
    from filelock import FileLock  # wanted only where SQLite is

    if database in (None, "", ":memory:"):
        return None
    return FileLock(f"{database}-turn", timeout=patience, poll_interval=TURN_MILLISECONDS / 1000)


@contextmanager
def _holding(turn: FileLock | None) -> Iterator[None]:
    try:
        with turn or nullcontext():
            yield
    except TimeoutError as error:
        raise unavailable(Trouble.OCCUPIED) from error
