"""The worker: lets the days pass, warns of deadlines, sends what waits in the outbox, seals the history.

One at a time works, under a lease; all that it does may be cut off anywhere and done again.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import time
from collections.abc import Iterator
from datetime import date
from functools import partial
from typing import Any, NoReturn

import core.registrations  # noqa: F401 - the engines know the subjects by it
from admin.command import heads, mail
from admin.command.backup import nightly
from core.catalogue.plugin_setups import in_use
from core.deadlines.operations import FOLLOW, follow
from core.ground import clock, health, lease, outage
from core.ground.access import system
from core.ground.db import Database
from core.ground.outbox import Handler, deliver_due
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.night import ALERTS, NIGHT, Work, following, merging, pieces
from core.plugins import faults
from core.plugins.bound import bind
from core.plugins.loading import load, settled, standing

log = logging.getLogger("patto.worker")
ROUND_SECONDS = 30
LEASE = health.WORKER
LEASE_SECONDS = 300


def new_holder() -> str:
    """The name of a worker: what it holds is its own again at once when a round of its was cut off."""
    return f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}"


def run_once(settings: Settings, database: Database, *, new_day: bool = True, holder: str = "") -> bool:
    """One round, if no other worker is at it: what a new day asks for, alerts, mail, the seal.

    False if another worker has its turn, or something of the new day is left for the next round. Where the platform
    does not do its part the round ends with that error.
    """
    holder = holder or new_holder()
    today, complete = clock.today(settings.today), True
    with lease.held(database, LEASE, holder, LEASE_SECONDS) as mine:
        if not mine:
            return False
        renew = _renewing(database, holder)
        if new_day:
            for name, work in day_of(settings, database, today):
                complete &= _attempt(name, work)
                renew()
        for name, work in pieces(database, [ALERTS], today):
            _attempt(name, work)
            renew()
        renew()
        deliver_due(database, handlers(settings, database))
        heads.seal(settings, database, whole=new_day)
        _attempt("heads", partial(heads.night, settings, database, renew))
        _attempt("backup", partial(nightly.night, settings, renew))
        faults.keep(database)
    return complete


def day_of(settings: Settings, database: Database, today: date) -> Iterator[tuple[str, Work]]:
    """What a day asks for, in small pieces that each stand alone and may be done again."""
    registry = in_use(standing(settled(load(settings)), database), database)
    bind(database, registry)
    return pieces(database, (merging(registry), *NIGHT, *following(database)), today)


def _renewing(database: Database, holder: str) -> Work:
    """Renews the lease once a part of its time has passed: a long day keeps it as it goes."""
    since = time.monotonic()

    def renew() -> None:
        nonlocal since
        if time.monotonic() - since >= LEASE_SECONDS / 5:
            lease.take(database, LEASE, holder, LEASE_SECONDS)
            since = time.monotonic()

    return renew


def _attempt(name: str, work: Work) -> bool:
    """Do one piece; one that fails is logged and does not stop the others, unless none of them can be done."""
    try:
        work()
    except Exception as error:
        if outage.meant(error) is not None:
            raise
        log.exception("the worker failed at: %s", name)
        return False
    return True


def _follow(database: Database, cases: dict[str, Any], today: date) -> None:
    with unit_of_work(database, system("scadenze"), act="deadline.follow") as session:
        follow(session, cases["subject"], cases["ids"], today=today)


def handlers(settings: Settings, database: Database) -> dict[str, Handler]:
    """Who deals with each kind of message in the outbox."""
    return {
        FOLLOW: lambda cases: _follow(database, cases, clock.today(settings.today)),
        "mail": mail.sender(settings),
    }


def run_until_stopped(settings: Settings, database: Database) -> NoReturn:
    """Rounds until the process is asked to end; a round that fails is logged and the next one tries again."""
    done, holder = None, new_holder()
    while True:
        today = clock.today(settings.today)
        try:
            if run_once(settings, database, new_day=done != today, holder=holder):
                done = today
        except Exception as error:
            if not outage.told(error):
                log.exception("a round of the worker failed")
        time.sleep(ROUND_SECONDS)
