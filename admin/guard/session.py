"""What one request stands on: who asks, the session that sees what they may see, the day, the act."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

from flask import Flask, current_app, flash, g, session
from flask_babel import gettext as _
from flask_login import current_user

from core.catalogue.plugin_setups import in_use
from core.ground import clock
from core.ground.access import PUBLIC, Principal, ScopedSession
from core.ground.db import Database
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry

FRESH_SECONDS = 5.0  # for which a process knows what was decided about plugins


@dataclass
class Office:
    """What the application was wired with. ``registry``: the plugins as the office uses them.

    What is decided about one in one process is seen by the others within seconds.
    """

    settings: Settings
    database: Database
    loaded: Registry
    looked_at: float = -FRESH_SECONDS

    @property
    def registry(self) -> Registry:
        """The plugins as the office uses them, looked at anew from time to time."""
        if time.monotonic() - self.looked_at >= FRESH_SECONDS:
            self.look()
        return self.loaded

    def look(self) -> None:
        """Look at what the office decided; where the database does not say it, it stays as it was known."""
        self.looked_at = time.monotonic()
        self.loaded = in_use(self.loaded, self.database)


def office() -> Office:
    """The wiring of the running application."""
    wired: Office = current_app.extensions["patto"]
    return wired


def principal() -> Principal:
    """Who asks: the logged-in person, or the public."""
    return current_user.principal if current_user and current_user.is_authenticated else PUBLIC


def db() -> ScopedSession:
    """The request's reading session: made at the first call, closed when the request ends."""
    if "patto_session" not in g:
        g.patto_session = ScopedSession(office().database, principal())
    reading: ScopedSession = g.patto_session
    return reading


@contextmanager
def act(name: str) -> Iterator[ScopedSession]:
    """A unit of work in the name of who asks: call one operation inside. What was read before is read anew after."""
    with unit_of_work(office().database, principal(), act=name) as writing:
        yield writing
    close()


def turned_away() -> None:
    """Say to whoever had come in why they are outside again, once."""
    if session.pop("_user_id", None) is not None:
        flash(_("L'accesso si è chiuso: si è usciti da un'altra finestra, o sono cambiati la password o i compiti. "
                "Entrare di nuovo."), "warning")


def today() -> date:
    """The day in Rome, or the day that this installation plays."""
    return clock.today(office().settings.today)


def close(_error: BaseException | None = None) -> None:
    """End the reading session, if one was opened."""
    reading = g.pop("patto_session", None)
    if reading is not None:
        reading.close()


def init_app(app: Flask, wired: Office) -> None:
    """Give the application its wiring, and every request an end."""
    app.extensions["patto"] = wired
    app.teardown_appcontext(close)
