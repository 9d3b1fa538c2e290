"""What stands beside the core: the invitations, the table of hours to take away, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.plugin_api import (
    Finding,
    LetterKind,
    Role,
    RowsExport,
    ScopedSession,
    Task,
    WrittenLetter,
    date_short,
)
from plugins.social_work_system.model import WorkersCame, WorkMeeting
from plugins.social_work_system.operations import TABLE, WRITERS, invited


def invitations(session: ScopedSession, key: int, today: date) -> Sequence[WrittenLetter]:
    """One to each municipality, until the day of the meeting."""
    meeting = session.get(WorkMeeting, key)
    if meeting is None or meeting.on < today:
        return ()
    facts = (("Incontro", meeting.kind_words), ("Giorno", date_short(meeting.on)), ("Durata", f"{meeting.hours} ore"),
             ("Luogo", meeting.place))
    text = (
        "Gli assistenti sociali dell'ente sono invitati all'incontro che il sistema distrettuale del servizio sociale "
        "professionale ha convocato per il giorno indicato qui sotto.",
        f"Argomento: {meeting.about}",
        "Si chiede di comunicare quanti operatori parteciperanno. L'incontro non tratta dati che permettano di "
        "riconoscere le persone seguite.",
    )
    return [WrittenLetter(party, f"invito: {meeting.kind_words.lower()} del {date_short(meeting.on)}", text, facts)
            for party in invited(session, meeting.on)]


def rows(session: ScopedSession, year: int | None) -> Iterator[Sequence[Any]]:
    """Each municipality at each meeting, with the hours that its workers spent there."""
    came = select(WorkersCame).join(WorkersCame.meeting).order_by(WorkMeeting.on, WorkMeeting.id, WorkersCame.id)
    for row in session.scalars(came.options(selectinload(WorkersCame.meeting), selectinload(WorkersCame.municipality))):
        if year in (None, row.meeting.on.year):
            yield (row.meeting.on, row.meeting.kind_words, row.municipality.name, row.workers,
                   row.workers * row.meeting.hours)


def waits(session: ScopedSession, today: date) -> Iterable[Task]:
    """Meetings that have been held and of which nobody has counted who came."""
    if not session.principal.has(*WRITERS, Role.AUDITOR):
        return
    held = select(WorkMeeting).where(WorkMeeting.on < today, ~WorkMeeting.came.any()).order_by(WorkMeeting.on)
    for meeting in session.scalars(held):
        yield Task(f"{TABLE}.details_view", meeting.id, str(meeting),
                   Finding("Registrare quanti operatori hanno partecipato.", source="R145"), Role.MANAGEMENT,
                   meeting.on)


LETTERS = (LetterKind(TABLE, "social_work_system_invitation", "Invito all'incontro", invitations),)
EXPORTS = (RowsExport(
    "social_work_system_hours", "Formazione e supervisione",
    "Per ogni incontro e Comune quanti operatori hanno partecipato e per quante ore: nessun nome.",
    ("Giorno", "Incontro", "Comune", "Operatori", "Ore"), rows),)
