"""``patto serve``: web processes on one socket and the worker beside them; one that dies is started again.

Processes gain where threads do not, as Python computes in one thread at a time; the worker has one of its own, so that
neither waits for the other nor falls with it. The socket stays with the process that keeps the others: while one is
started again, who asks waits and is answered. What they count and what the log was told of is in memory that all see.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from multiprocessing.connection import wait
from multiprocessing.sharedctypes import RawArray, RawValue
from typing import Any, NoReturn

import core.registrations  # noqa: F401 - the engines know the subjects by it
from admin.command.worker import run_until_stopped
from admin.guard import figures
from core.ground import garbage, outage
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.refusals import reason_of
from core.ground.settings import Settings
from core.plugins.loading import load

log = logging.getLogger("patto.serve")
THREADS = 6
CONNECTIONS = 500  # of browsers, most of which are idle
BREATH_SECONDS = 1  # before another is started: one that cannot live must not fill the log
GRACE_SECONDS = 10  # for an answer that is being written when the end is asked for
ENDINGS = (signal.SIGINT, signal.SIGTERM)


@dataclass(frozen=True)
class Duty:
    """What one process is there for. ``row``: where it counts, beside others of its kind."""

    name: str
    work: Callable[..., None]
    about: tuple[Any, ...]
    row: int = 0


@dataclass(frozen=True)
class Shared:
    """Memory of all processes: the figures of the web processes, and when the log was last told of an outage."""

    cells: Any
    moment: Any


def run(settings: Settings, listener: socket.socket, processes: int, *, worker: bool = True) -> NoReturn:
    """Answer on ``listener`` with so many web processes, and let the worker work, until somebody asks to end."""
    web = [Duty("web", _web, (settings, listener), row) for row in range(processes)]
    keep_alive(web + [Duty("worker", _worker, (settings,))] * worker)


def listen(host: str, port: int) -> socket.socket:
    """The socket on which every web process answers. RuleBroken in words if it cannot be had."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise RuleBroken(
            "Non si può rispondere su %(host)s:%(port)s (%(reason)s): un altro programma usa la porta? "
            "Sceglierne un'altra con --port.",
            host=host, port=port, reason=reason_of(error),
        ) from error


def keep_alive(roles: Iterable[Duty]) -> NoReturn:
    """Start a process for each of ``roles``, and another when one dies; all have ended when this leaves."""
    end_when_asked()
    running: dict[Any, tuple[Duty, Any]] = {}
    roles = tuple(roles)
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")  # of the C library: one for each thread would keep what it once had
    # without locks: one that is killed while it holds one would stop the others
    shared = Shared(RawArray("d", figures.ROW * len(roles)), RawValue("d", outage.LONG_AGO))
    try:
        for role in roles:
            _start(role, shared, running)
        while True:
            for gone in wait(list(running)):
                role, process = running.pop(gone)
                process.join()
                log.error("the %s process %s died (%s): another one starts", role.name, process.pid,
                          in_words(process.exitcode))
                time.sleep(BREATH_SECONDS)
                _start(role, shared, running)
    finally:
        _end(process for _role, process in running.values())


def in_words(code: int) -> str:
    """How a process ended."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def end_when_asked() -> None:
    """Ctrl+C and the system's polite request end this process once, by way of its ``finally``; asking again waits."""

    def end(*_about: object) -> NoReturn:
        for ending in ENDINGS:
            signal.signal(ending, signal.SIG_IGN)
        raise SystemExit

    for ending in ENDINGS:
        signal.signal(ending, end)


def _start(role: Duty, shared: Shared, running: dict[Any, tuple[Duty, Any]]) -> None:
    # a new interpreter, not a fork: what this one has open is nobody else's
    process = multiprocessing.get_context("spawn").Process(target=_live, args=(role, shared), name=role.name)
    process.start()
    running[process.sentinel] = role, process


def _end(processes: Iterable[Any]) -> None:
    ending = list(processes)
    for process in ending:
        process.terminate()
    until = time.monotonic() + GRACE_SECONDS
    for process in ending:
        process.join(max(0, until - time.monotonic()))
        process.kill()  # nothing happens to one that has ended
        process.join()


def _live(role: Duty, shared: Shared) -> None:
    """The life of a process of ``role``: it ends when asked, or when nobody keeps it any more."""
    end_when_asked()
    figures.share(shared.cells, role.row)
    outage.share(shared.moment)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    garbage.at_safe_points_only()
    role.work(*role.about)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _web(settings: Settings, listener: socket.socket) -> None:
    from waitress.server import create_server
    from werkzeug.wsgi import ClosingIterator

    from admin.app import create_app
    from admin.command.kept import Kept
    from admin.guard import contained, watched

    app = create_app(settings)
    contained.compile_pages(app)

    def answer(environ: Any, start_response: Any) -> ClosingIterator:
        return ClosingIterator(app(environ, start_response), garbage.collect_due)

    if settings.logs_access:
        _log_access()
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that somebody waits a moment is no news
    # who asks is told by a proxy of ours, which the application knows or does not: it must see what was said
    server = create_server(answer, sockets=[listener], threads=THREADS, connection_limit=CONNECTIONS,
                           clear_untrusted_proxy_headers=False)
    kept = Kept(server.task_dispatcher, (watched.HEALTH, watched.METRICS))
    server.task_dispatcher = kept  # type: ignore[assignment]  # the server asks it for these two things only
    server.run()


def _log_access() -> None:
    access = logging.getLogger("patto.answers")
    access.addHandler(logging.StreamHandler())
    access.setLevel(logging.INFO)
    access.propagate = False


def _worker(settings: Settings) -> None:
    load(settings)
    run_until_stopped(settings, Database(settings.url, settings.data_dir))
