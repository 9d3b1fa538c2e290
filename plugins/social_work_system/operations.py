"""Calling a meeting, and counting who came. None of these commits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from core.plugin_api import (
    Role,
    RuleBroken,
    ScopedSession,
    at_version,
    covered_municipalities,
    require_text,
    touch,
)
from plugins.social_work_system.model import KINDS, WorkersCame, WorkMeeting

CODE, TABLE = "social_work_system", "social_work_system_meeting"
WRITERS = (Role.MANAGEMENT, Role.SYSTEM)
MOST_HOURS, MOST_WORKERS, LONGEST = 12, 200, 2000


def call(session: ScopedSession, *, kind: str, on: date, hours: int, place: str, about: str) -> WorkMeeting:
    """Call a meeting of the social workers. RuleBroken for a kind, hours or texts that cannot be."""
    session.principal.require(*WRITERS)
    if kind not in KINDS:
        raise RuleBroken("Scegliere che incontro è, tra quelli elencati.", field="kind")
    if not 1 <= hours <= MOST_HOURS:
        raise RuleBroken("Indicare quante ore dura l'incontro: da 1 a %(most)s.", field="hours", most=MOST_HOURS)
    row = WorkMeeting(
        kind=kind, on=on, hours=hours,
        place=require_text(place, "Indicare dove si tiene l'incontro.", field="place", longest=LONGEST),
        about=require_text(about, "Indicare di che cosa si parla.", field="about", longest=LONGEST))
    session.add(row)
    session.flush()
    return row


def invited(session: ScopedSession, on: date) -> dict[int, str]:
    """The municipalities whose social workers are invited to a meeting on a day: those that the service covers then."""
    return covered_municipalities(session, CODE, on, on)


def count(session: ScopedSession, meeting_id: int, workers: Mapping[int, int], *, version: int | None,
          today: date) -> WorkMeeting:
    """Say how many social workers of each municipality came; a second time corrects the first.

    RuleBroken before the meeting, for a municipality that was not invited, for numbers that cannot be, if nobody came,
    for a stale page.
    """
    session.principal.require(*WRITERS)
    row = at_version(session.require(WorkMeeting, meeting_id), version)
    if row.on > today:
        raise RuleBroken("L'incontro è il %(day)s: chi ha partecipato si registra dopo.", day=f"{row.on:%d/%m/%Y}")
    if set(workers) - set(invited(session, row.on)):
        raise RuleBroken("A questo incontro sono invitati soltanto i Comuni che il servizio copriva quel giorno.")
    for key, number in workers.items():
        if not 0 <= number <= MOST_WORKERS:
            raise RuleBroken("Indicare quanti operatori hanno partecipato: da 0 a %(most)s.", field=f"workers-{key}",
                             most=MOST_WORKERS)
    if not any(workers.values()):
        raise RuleBroken("Indicare almeno un operatore che ha partecipato; un incontro saltato non ha ore da contare.")
    held = {came.municipality_id: came
            for came in session.scalars(select(WorkersCame).where(WorkersCame.meeting_id == meeting_id))}
    for key, number in workers.items():
        came = held.get(key)
        if came is None:
            session.add(WorkersCame(meeting_id=meeting_id, municipality_id=key, workers=number))
        else:
            came.workers = number
    return touch(session, row, "hours")
