"""The worker: sends what waits in the outbox, seals the history and exports its head out of the database."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from core import audit
from core.access import system
from core.db import Database
from core.outbox import Handler, deliver_due
from core.settings import Settings
from core.unit_of_work import unit_of_work

log = logging.getLogger("patto.worker")
HEADS = "audit_heads.jsonl"
ROUND_SECONDS = 30
HANDLERS: dict[str, Handler] = {}


def run_once(settings: Settings, database: Database) -> None:
    """One round: deliver, then seal."""
    deliver_due(database, HANDLERS)
    seal(settings, database)


def run_until_stopped(settings: Settings, database: Database, stop: threading.Event | None = None) -> None:
    """Rounds until stopped; a round that fails is logged and the next one tries again."""
    stop = stop or threading.Event()
    while not stop.wait(ROUND_SECONDS):
        try:
            run_once(settings, database)
        except Exception:
            log.exception("a round of the worker failed")


@contextmanager
def in_background(settings: Settings, database: Database) -> Iterator[None]:
    """The worker beside the web server, on embedded defaults."""
    stop = threading.Event()
    thread = threading.Thread(target=run_until_stopped, args=(settings, database, stop), daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=5)


def seal(settings: Settings, database: Database) -> audit.Head:
    """Seal what is committed and append the head to a file outside the database, if it has moved."""
    with unit_of_work(database, system("sigillo"), act="audit.seal") as session:
        head = audit.seal(session)
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
