"""Every answer of a plugin is asked here, and nowhere else: whatever goes wrong in it is one fault with its name.

A plugin answers in a thread of its own, so that one that never answers can be left, and one that calls for the end of
the process ends nothing. What it left half done in the session is taken back. A refusal in words (``RuleBroken``) is an
answer like any other, and a database that is out of order is not the plugin's fault.
"""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from sysconfig import get_path
from traceback import walk_stack, walk_tb
from types import FrameType
from typing import Any, TypeVar, cast

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from core.ground import clock, outage
from core.ground.errors import RuleBroken, Unavailable, said_later
from core.ground.paths import ROOT

log = logging.getLogger("patto.plugins")
Answer = TypeVar("Answer")
SECONDS = 5  # for an answer that a person waits for
GRACE_SECONDS = 1  # in which one that is late can stop by itself
MOST_KEPT = 200
NOT_THEIRS = (str(ROOT / "core"), str(ROOT / "admin"), f"{get_path('stdlib')}/")


@dataclass(frozen=True)
class AnswerFault:
    """What went wrong in a plugin: which, in answering what, when, in which words, in which line."""

    plugin: str
    hook: str
    at: datetime
    message: str
    where: str = ""


class PluginFailed(RuleBroken):
    """A plugin did not answer; the fault has been kept."""

    fault: AnswerFault


class TooLate(BaseException):
    """Raised inside a plugin whose time is over; no ``except Exception`` of its own holds it up."""


_untold: deque[AnswerFault] = deque(maxlen=MOST_KEPT)


def ask(plugin: str, hook: str, question: Callable[[], Answer], *, seconds: int = SECONDS,
        session: Session | None = None) -> Answer:
    """The answer of ``plugin`` to ``question``, which says in ``hook`` what is asked: ``check``, ``patto_service``.

    With ``session``, what it wrote is kept whole or not at all. PluginFailed if it raises, ends the process, or takes
    more than ``seconds``; RuleBroken as the plugin says it.
    """
    with _whole(session):
        answer, error, where = _answered(question, seconds, session)
        if error is None:
            return cast(Answer, answer)
        if isinstance(error, RuleBroken) or _of_the_database(error):
            raise error
        raise failed(plugin, hook, error, where) from error


def ask_or(plugin: str, hook: str, question: Callable[[], Answer], otherwise: Answer, *, strict: bool,
           seconds: int = SECONDS, session: Session | None = None) -> Answer:
    """The same where the core goes on without the plugin: ``otherwise`` in place of an answer, unless ``strict``.

    A refusal of the plugin is a fault here: who asks so lets no plugin stop what the core does.
    """
    try:
        return ask(plugin, hook, question, seconds=seconds, session=session)
    except PluginFailed:
        if strict:
            raise
    except RuleBroken as error:
        if strict or isinstance(error, Unavailable):
            raise
        failed(plugin, hook, error, _line_of_theirs(_frames_of(error)))
    return otherwise


def failed(plugin: str, hook: str, error: BaseException, where: str = "") -> PluginFailed:
    """Keep a fault that was found in another way, and give what is said of it."""
    fault = AnswerFault(plugin, hook, clock.now(), _reason(error), where)
    _untold.append(fault)
    log.error("plugin %s, %s: %s (%s)", plugin, hook, fault.message, where,
              exc_info=None if isinstance(error, RuleBroken) else error)  # words need no trace
    refusal = PluginFailed(said_later("Il plugin «%(plugin)s» si è interrotto (%(hook)s, %(reason)s): avvisare chi lo "
                                      "cura."), plugin=plugin, hook=hook, reason=fault.message)
    refusal.fault = fault
    return refusal


def untold() -> list[AnswerFault]:
    """The faults of this process that nobody has kept yet, the oldest first; whoever asks keeps them."""
    found = []
    while _untold:
        found.append(_untold.popleft())
    return found


def _answered(question: Callable[[], Any], seconds: int,
              session: Session | None) -> tuple[Any, BaseException | None, str]:
    """The answer, or the error and where it was: exactly one thread works with the session at a time."""
    told: list[Any] = []
    raised: list[BaseException] = []

    def work() -> None:
        try:
            answer = question()
            told.append(tuple(answer) if isinstance(answer, Iterator) else answer)  # what is drawn later fails later
        except BaseException as error:
            raised.append(error)

    thread = threading.Thread(target=copy_context().run, args=(work,), daemon=True, name="plugin")
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        stack = walk_stack(sys._current_frames().get(_ident(thread)))
        where = _line_of_theirs(reversed([frame for frame, _line in stack]))
        _leave(thread, session)
        return None, TooLate(seconds), where
    if raised:
        [error] = raised
        return None, error, _line_of_theirs(_frames_of(error))
    return told[0], None, ""


def _leave(thread: threading.Thread, session: Session | None) -> None:
    """Stop one that is late: between two steps of its own it ends at once.

    One that waits outside Python ends when it comes back, before it can do anything; the database is told to let go.
    """
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(_ident(thread)), ctypes.py_object(TooLate))
    thread.join(GRACE_SECONDS)
    if thread.is_alive() and session is not None and session.in_transaction():
        driver: Any = Session.connection(session).connection.driver_connection
        (driver.cancel if hasattr(driver, "cancel") else driver.interrupt)()  # psycopg's word, and that of sqlite3
        thread.join(GRACE_SECONDS)


def _of_the_database(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and outage.meant(error) is not None


def _ident(thread: threading.Thread) -> int:
    assert thread.ident is not None
    return thread.ident


@contextmanager
def _whole(session: Session | None) -> Iterator[None]:
    """What is written inside is kept whole or taken back; a reading session that the database gave up begins anew."""
    if session is None:
        yield
    elif getattr(session, "writing", True):
        with session.begin_nested():
            yield
    else:
        try:
            yield
        except PluginFailed as error:
            if isinstance(error.__cause__, DBAPIError | TooLate):
                session.rollback()
            raise


def _reason(error: BaseException) -> str:
    if isinstance(error, TooLate):
        return f"nessuna risposta in {error.args[0]} secondi"
    if isinstance(error, SystemExit):
        return "voleva chiudere il programma (SystemExit)"
    return f"{type(error).__name__}: {error}"


def _line_of_theirs(frames: Iterable[FrameType]) -> str:
    """The line of the plugin in which it happened, from frames that begin with who asked.

    The first that is neither ours nor Python's is the plugin; the last in its folder is the line. Without one, the
    last of all.
    """
    lines = [(frame.f_code.co_filename, frame.f_lineno) for frame in frames]
    folder = next((Path(file).parent for file, _number in lines if not _is_ours(file)), None)
    theirs = [line for line in lines if folder is not None and Path(line[0]).is_relative_to(folder)]
    for file, number in [*lines, *theirs][-1:]:
        path = Path(file)
        return f"{path.relative_to(ROOT) if path.is_relative_to(ROOT) else path}:{number}"
    return ""


def _is_ours(file: str) -> bool:
    return file.startswith((*NOT_THEIRS, "<")) and "site-packages" not in file


def _frames_of(error: BaseException) -> list[FrameType]:
    return [frame for frame, _line in walk_tb(error.__traceback__)]
