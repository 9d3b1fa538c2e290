"""How the installation is, in a moment: the database, the worker, the clocks, the disk. For whoever watches over it.

It goes by a connection of its own with little patience: what it is asked about may be just what does not answer.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from core.ground import clock, outage
from core.ground.access import ScopedSession, as_system, system
from core.ground.audit import AuditEntry
from core.ground.db import Database, instant, is_there
from core.ground.errors import Finding, Unavailable
from core.ground.lease import Lease
from core.ground.outbox import OutboxMessage, given_up

PATIENCE = 2  # seconds for a connection, and for a lock
WORKER = "worker"  # the name of the worker's lease
LATE = timedelta(minutes=10)  # a worker begins a round every half minute
APART = timedelta(minutes=1)  # of two clocks that should agree
FULL, LITTLE = 64 * 2**20, 2**30  # bytes that are free


class Condition(StrEnum):
    """How something is: a note does not stop anybody's work, a fault does."""

    OK = "ok"
    NOTE = "note"
    FAULT = "fault"


@dataclass(frozen=True)
class Check:
    """What was looked at, how it is, and in which words."""

    what: str
    state: Condition
    says: Finding


@dataclass(frozen=True)
class Figures:
    """What is counted: seconds since the worker's last round (below zero in one), messages, free bytes; None if not
    known."""

    last_round: int | None = None
    waiting: int | None = None
    given_up: int | None = None
    free: int | None = None


def look(database: Database) -> list[Check]:
    """Everything there is to say; a database that is away costs some seconds at most."""
    try:
        with _hurried(database) as session:
            return [Check("database", Condition.OK, Finding("Il database risponde.")), *seen_from(session)]
    except (DBAPIError, Unavailable) as error:
        if (refusal := outage.meant(error)) is None:
            raise
        return [Check("database", Condition.FAULT, Finding(refusal.message)), disk(database.folder)]


def seen_from(session: ScopedSession) -> list[Check]:
    """What there is to say where the database answers."""
    return [worker(session), clocks(session), disk(session.database.folder)]


def count(database: Database) -> Figures:
    """The figures of this moment; of a database that does not answer none."""
    free = None if database.folder is None else shutil.disk_usage(database.folder).free
    unsent = select(func.count(OutboxMessage.id)).where(OutboxMessage.done_at.is_(None))
    try:
        with _hurried(database) as session:
            since = _since_last_round(session)
            return Figures(None if since is None else int(since.total_seconds()),
                           session.scalar(unsent.where(~given_up())), session.scalar(unsent.where(given_up())), free)
    except (DBAPIError, Unavailable) as error:
        if outage.meant(error) is None:
            raise
        return Figures(free=free)


def _hurried(database: Database) -> ScopedSession:
    if not is_there(database.url):
        raise outage.unavailable(outage.Trouble.CLOSED)
    return ScopedSession(database.in_a_hurry(PATIENCE), system("stato dell'installazione"))


def worker(session: ScopedSession) -> Check:
    """Whether somebody does what leaves after the commit."""
    since = _since_last_round(session)
    if since is None:
        return Check("worker", Condition.NOTE, Finding("Il lavoro in sottofondo non è mai partito: posta, scadenze e "
                                                   "sigilli aspettano «patto worker»."))
    if since > LATE:
        return Check("worker", Condition.NOTE, Finding(
            "Il lavoro in sottofondo è fermo da %(minutes)s minuti: posta, scadenze e sigilli aspettano. Guardare nel "
            "registro del programma perché, e riavviare «patto worker».", {"minutes": since // timedelta(minutes=1)}))
    return Check("worker", Condition.OK, Finding("Il lavoro in sottofondo gira."))


def clocks(session: ScopedSession) -> Check:
    """Whether the clocks of program and database agree, and none was set back behind what is recorded."""
    ours, theirs = clock.now(), _database_time(session)
    newest = session.scalar(select(AuditEntry.at).order_by(AuditEntry.id.desc()).limit(1))
    apart, back = abs(ours - theirs), timedelta(0) if newest is None else newest - theirs
    if apart > APART:
        return Check("clock", Condition.NOTE, Finding(
            "Gli orologi del programma e del database distano %(minutes)s minuti: le ore registrate non concordano. "
            "Regolarli sulla stessa ora di rete (NTP).", {"minutes": apart // timedelta(minutes=1)}))
    if back > APART:
        return Check("clock", Condition.NOTE, Finding(
            "L'orologio è indietro di almeno %(minutes)s minuti rispetto a quanto è già registrato: regolarlo sull'ora "
            "di rete (NTP).", {"minutes": back // timedelta(minutes=1)}))
    return Check("clock", Condition.OK, Finding("Gli orologi concordano."))


def disk(folder: Path | None) -> Check:
    """Whether the data directory can take more."""
    if folder is None:
        return Check("disk", Condition.OK, Finding("I file stanno altrove."))
    free = shutil.disk_usage(folder).free
    if not os.access(folder, os.W_OK) or free < FULL:
        return Check("disk", Condition.FAULT,
                     Finding("Nella cartella dei dati non c'è più spazio, o non si può scrivere."))
    if free < LITTLE:
        return Check("disk", Condition.NOTE, Finding("Nella cartella dei dati restano %(megabytes)s MB: fare spazio.",
                                                 {"megabytes": free // 2**20}))
    return Check("disk", Condition.OK, Finding("Nella cartella dei dati c'è spazio."))


def _since_last_round(session: ScopedSession) -> timedelta | None:
    """How long ago the worker gave its lease back, below zero while it holds it; None if there never was one."""
    until = session.scalar(select(Lease.until).where(Lease.name == WORKER))
    return None if until is None else _database_time(session) - until


def _database_time(session: ScopedSession) -> datetime:
    [(now,)] = as_system(session, select(instant()), reason="ora del database")
    found: datetime = now
    return found


def worst(checks: Iterable[Check]) -> Condition:
    """The state of the whole."""
    return max((check.state for check in checks), key=list(Condition).index)
