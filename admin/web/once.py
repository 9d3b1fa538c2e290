"""A form that a person may send twice acts once: its key and its answer are kept in the transaction of the act."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from admin.guard.session import act
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import answered, remember

KEY = re.compile(r"[A-Za-z0-9_-]{20,60}")


def new_key() -> str:
    """A key for a form that is being shown: it travels in a hidden field."""
    return secrets.token_urlsafe(24)


def once(name: str, key: str, work: Callable[[ScopedSession], str]) -> str:
    """Do the act ``name`` and give its answer; for a key that was carried out before, only the answer it had then.

    RuleBroken for a key that is none of ours, and whatever ``work`` raises.
    """
    if not KEY.fullmatch(key):
        raise RuleBroken("Il modulo non è completo: ricaricare la pagina e inviarlo di nuovo.")
    key = f"{name} {key}"
    with act(name) as session:
        answer = answered(session, key)
        if answer is None:
            answer = work(session)
            remember(session, key, answer)
    return answer
