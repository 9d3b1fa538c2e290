"""The worker: lets the days pass, warns of deadlines, sends what waits in the outbox, seals the history.

One at a time works, under a lease; all that it does may be cut off anywhere and done again.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date
from functools import partial
from typing import Any, NoReturn

from admin.command import mail
from core.deadlines import facts
from core.deadlines.alerts import fire_alerts
from core.deadlines.operations import CHUNK, FOLLOW, follow
from core.ground import audit, clock, lease
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.outbox import Handler, deliver_due
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.night import NIGHT, Night

log = logging.getLogger("patto.worker")
HEADS = "audit_heads.jsonl"
ROUND_SECONDS = 30
LEASE = "worker"
LEASE_SECONDS = 300
Work = Callable[[], None]


def run_once(settings: Settings, database: Database, *, new_day: bool = True) -> bool:
    """One round, if no other worker is at it: what a new day asks for, alerts, mail, the seal.

    False if another worker has its turn, or something of the new day is left for the next round.
    """
    holder = f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"
    today, complete = clock.today(settings.today), True
    with lease.held(database, LEASE, holder, LEASE_SECONDS) as mine:
        if not mine:
            return False
        if new_day:
            for name, work in day_of(database, today):
                complete &= _attempt(name, work)
                lease.take(database, LEASE, holder, LEASE_SECONDS)  # a long day is renewed as it goes
        _attempt("alerts", lambda: _alert(database, today))
        deliver_due(database, handlers(settings, database))
        seal(settings, database, whole=new_day)
    return complete


def day_of(database: Database, today: date) -> Iterator[tuple[str, Work]]:
    """What a day asks for, in small pieces that each stand alone and may be done again."""
    for act, night in NIGHT:
        yield act, partial(_let_pass, database, act, night, today)
    for subject in facts.SOURCES:
        with ScopedSession(database, system("scadenze")) as session:
            ids = facts.living_ids(session, subject, today)
        for start in range(0, len(ids), CHUNK):
            cases = {"subject": subject, "ids": ids[start : start + CHUNK]}
            yield f"follow {subject}", partial(_follow, database, cases, today)


def _attempt(name: str, work: Work) -> bool:
    """Do one piece; one that fails is logged and does not stop the others."""
    try:
        work()
    except Exception:
        log.exception("the worker failed at: %s", name)
        return False
    return True


def _let_pass(database: Database, act: str, night: Night, today: date) -> None:
    with unit_of_work(database, system("passare dei giorni"), act=act) as session:
        night(session, today)


def _alert(database: Database, today: date) -> None:
    with unit_of_work(database, system("avvisi"), act="deadline.alerts") as session:
        fire_alerts(session, today)


def _follow(database: Database, cases: dict[str, Any], today: date) -> None:
    with unit_of_work(database, system("scadenze"), act="deadline.follow") as session:
        follow(session, cases["subject"], cases["ids"], today=today)


def handlers(settings: Settings, database: Database) -> dict[str, Handler]:
    """Who deals with each kind of message in the outbox."""
    return {
        "mail": mail.sender(settings),
        FOLLOW: lambda cases: _follow(database, cases, clock.today(settings.today)),
    }


def run_until_stopped(settings: Settings, database: Database) -> NoReturn:
    """Rounds until the process is asked to end; a round that fails is logged and the next one tries again."""
    done = None
    while True:
        today = clock.today(settings.today)
        try:
            if run_once(settings, database, new_day=done != today):
                done = today
        except Exception:
            log.exception("a round of the worker failed")
        time.sleep(ROUND_SECONDS)


def seal(settings: Settings, database: Database, *, whole: bool = True) -> audit.Head:
    """Seal what is committed and append the head to a file outside the database, if it has moved."""
    with unit_of_work(database, system("sigillo"), act="audit.seal") as session:
        head = audit.seal(session, whole=whole)
    last = exported_heads(settings)[-1:]
    if last != [head] and head.number:
        with (settings.data_dir / HEADS).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"at": audit.stamp(), **asdict(head)}) + "\n")
    return head


def exported_heads(settings: Settings) -> list[audit.Head]:
    """The heads exported so far, oldest first."""
    path = settings.data_dir / HEADS
    if not path.exists():
        return []
    rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line)
    return [audit.Head(row["number"], row["hash"]) for row in rows]
