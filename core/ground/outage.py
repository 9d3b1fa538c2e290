"""What it means when the platform does not do its part: the database is away, locked, damaged, or a disk is full.

People read a sentence and may try again; the log gets one line a minute for the whole program, however many ask.
"""

from __future__ import annotations

import errno
import logging
import sqlite3
import threading
import time
from enum import StrEnum
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from core.ground.errors import Unavailable

log = logging.getLogger("patto.outage")
QUIET_SECONDS = 60
LONG_AGO = -QUIET_SECONDS


class Trouble(StrEnum):
    """What is wrong."""

    DOWN = "down"
    OCCUPIED = "occupied"
    FULL = "full"
    CLOSED = "closed"
    DAMAGED = "damaged"


# by code or class of codes: SQLSTATE of PostgreSQL, primary result code of SQLite, number of the operating system
POSTGRESQL = {
    "08": Trouble.DOWN, "57P": Trouble.DOWN, "53300": Trouble.DOWN, "53200": Trouble.DOWN,
    "40P01": Trouble.OCCUPIED, "40001": Trouble.OCCUPIED, "55P03": Trouble.OCCUPIED, "57014": Trouble.OCCUPIED,
    "53100": Trouble.FULL, "25006": Trouble.CLOSED, "58": Trouble.CLOSED, "XX001": Trouble.DAMAGED,
    "XX002": Trouble.DAMAGED,
}
SQLITE = {
    sqlite3.SQLITE_BUSY: Trouble.OCCUPIED, sqlite3.SQLITE_LOCKED: Trouble.OCCUPIED, sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_READONLY: Trouble.CLOSED, sqlite3.SQLITE_PERM: Trouble.CLOSED, sqlite3.SQLITE_IOERR: Trouble.CLOSED,
    sqlite3.SQLITE_CANTOPEN: Trouble.CLOSED, sqlite3.SQLITE_CORRUPT: Trouble.DAMAGED,
    sqlite3.SQLITE_NOTADB: Trouble.DAMAGED,
}
SYSTEM = {errno.ENOSPC: Trouble.FULL, errno.EDQUOT: Trouble.FULL, errno.EFBIG: Trouble.FULL,
          errno.EROFS: Trouble.CLOSED, errno.EACCES: Trouble.CLOSED, errno.EIO: Trouble.CLOSED}


def unavailable(trouble: Trouble) -> Unavailable:
    """What is said of ``trouble`` to whoever asked."""
    if trouble is Trouble.OCCUPIED:
        return Unavailable("Il database è occupato da un'altra operazione: riprovare tra qualche secondo.")
    if trouble is Trouble.FULL:
        return Unavailable("Sul disco non c'è più spazio e non è stato registrato nulla: avvisare l'amministratore, "
                           "poi riprovare.")
    if trouble is Trouble.CLOSED:
        return Unavailable("Sul disco dei dati non si riesce a leggere o a scrivere, e non è stato registrato nulla: "
                           "avvisare l'amministratore, poi riprovare.")
    if trouble is Trouble.DAMAGED:
        return Unavailable("Il database è rovinato, o è di un altro programma: avvisare l'amministratore, che può "
                           "recuperare un salvataggio.")
    return Unavailable("Il database non risponde e non è stato registrato nulla. Patto riprende da solo appena torna: "
                       "riprovare tra qualche minuto.")


def trouble_of(error: BaseException) -> Trouble | None:
    """What the platform did not do; None for an error of another kind."""
    if isinstance(error, DBAPIError):
        return _of_database(error)
    return SYSTEM.get(error.errno or 0) if isinstance(error, OSError) else None


def _of_database(error: DBAPIError) -> Trouble | None:
    code: Any = getattr(error.orig, "sqlstate", None)
    if code is not None:
        return next((POSTGRESQL[code[:size]] for size in (5, 3, 2) if code[:size] in POSTGRESQL), None)
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return SQLITE.get(code & 0xFF)
    # without a code there was nobody to give one: no connection, or it broke off
    lost = error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return Trouble.DOWN if lost else None


def meant(error: BaseException) -> Unavailable | None:
    """The sentence behind an error of the platform; None for an error of another kind."""
    if isinstance(error, Unavailable):
        return error
    if (trouble := trouble_of(error)) is None:
        return None
    refusal = unavailable(trouble)
    refusal.__cause__ = error
    return refusal


# --- the log ----------------------------------------------------------------------------------------------


class _Moment:
    """When the log was last told, in the seconds of ``time.monotonic``."""

    value = LONG_AGO


_last: Any = _Moment()
_lock = threading.Lock()


def share(moment: Any) -> None:
    """Tell the log together with other processes: ``moment`` has its ``value`` in memory that they all see."""
    global _last
    _last = moment


def told(error: BaseException) -> bool:
    """True if the platform is at fault: the log has it then, with one line a minute. False for another kind of error.
    """
    if (refusal := meant(error)) is None:
        return False
    with _lock:
        now = time.monotonic()
        if now - _last.value < QUIET_SECONDS:
            return True
        _last.value = now
    root = refusal.__cause__ or refusal
    reason = " ".join(str(getattr(root, "orig", None) or root).split())
    log.error("the platform does not do its part (said once a minute): %s", reason)
    return True
