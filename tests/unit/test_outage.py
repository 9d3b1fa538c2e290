"""What the platform does not do is known by its code, said in words, and told to the log once a minute."""

from __future__ import annotations

import errno
import logging
import sqlite3

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError

from core.ground import outage
from core.ground.errors import RuleBroken, Unavailable
from core.ground.outage import Trouble, meant, trouble_of


def of_sqlite(code: int) -> OperationalError:
    """What SQLAlchemy makes of an error of SQLite."""
    error = sqlite3.OperationalError("prova")
    error.sqlite_errorcode = code
    return OperationalError("SELECT", {}, error)


@pytest.mark.parametrize(("error", "trouble"), [
    (OperationalError("SELECT", {}, psycopg.OperationalError("connection refused")), Trouble.DOWN),
    (OperationalError("SELECT", {}, psycopg.errors.CannotConnectNow()), Trouble.DOWN),
    (OperationalError("SELECT", {}, psycopg.errors.AdminShutdown()), Trouble.DOWN),
    (OperationalError("SELECT", {}, psycopg.errors.TooManyConnections()), Trouble.DOWN),
    (InterfaceError("SELECT", {}, psycopg.InterfaceError("the connection is closed")), Trouble.DOWN),
    (OperationalError("UPDATE", {}, psycopg.errors.LockNotAvailable()), Trouble.OCCUPIED),
    (OperationalError("UPDATE", {}, psycopg.errors.DiskFull()), Trouble.FULL),
    (InternalError("UPDATE", {}, psycopg.errors.ReadOnlySqlTransaction()), Trouble.CLOSED),
    (InternalError("SELECT", {}, psycopg.errors.DataCorrupted()), Trouble.DAMAGED),
    (of_sqlite(sqlite3.SQLITE_BUSY_SNAPSHOT), Trouble.OCCUPIED),
    (of_sqlite(sqlite3.SQLITE_FULL), Trouble.FULL),
    (of_sqlite(sqlite3.SQLITE_READONLY_DBMOVED), Trouble.CLOSED),
    (of_sqlite(sqlite3.SQLITE_CORRUPT), Trouble.DAMAGED),
    (OSError(errno.ENOSPC, "No space left on device"), Trouble.FULL),
    (OSError(errno.EROFS, "Read-only file system"), Trouble.CLOSED),
])
def test_the_platform_is_known_by_its_codes(error, trouble):
    assert trouble_of(error) is trouble
    refusal = meant(error)
    assert isinstance(refusal, Unavailable) and refusal.__cause__ is error
    assert "riprov" in str(refusal) or "salvataggio" in str(refusal), "it says what to do"


@pytest.mark.parametrize("error", [
    IntegrityError("INSERT", {}, psycopg.errors.UniqueViolation()),
    OperationalError("SELECT", {}, psycopg.errors.SyntaxError()),
    of_sqlite(sqlite3.SQLITE_ERROR),
    FileNotFoundError(errno.ENOENT, "No such file"),
    RuleBroken("Una regola."),
    ZeroDivisionError(),
])
def test_other_faults_are_not_laid_to_the_platform(error):
    assert meant(error) is None
    assert not outage.told(error)


def test_the_log_is_told_once_a_minute_however_many_ask(monkeypatch, caplog):
    now = 1000.0
    monkeypatch.setattr(outage.time, "monotonic", lambda: now)
    monkeypatch.setattr(outage, "_last", outage._Moment())
    error = OperationalError("SELECT", {}, psycopg.OperationalError("connection\nrefused"))
    with caplog.at_level(logging.ERROR, "patto.outage"):
        for second in range(125):
            now = 1000.0 + second
            assert outage.told(error) and outage.told(outage.unavailable(Trouble.FULL))
    assert [record.getMessage().rpartition(": ")[2] for record in caplog.records] == ["connection refused"] * 3
