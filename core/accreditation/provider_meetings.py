"""Periodic meetings with several providers (R150): called once, held with presences and common minutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from core.accreditation.model import MeetingAttendance, ProviderMeeting
from core.accreditation.passages import DECIDE
from core.accreditation.rules import LONGEST
from core.accreditation.states import MEETING_LIFE, MeetingState
from core.cases.operations import keep_file
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.numbering import next_number
from core.ground.required import LONGEST_TITLE, require_past, require_text
from core.ground.states import Proof
from core.providers.model import Provider

SUBJECT = "provider_meeting"
T = MeetingState
FORGETS = {"call": ("called_on",), "hold": ("held_on", "minutes", "document_id"), "file_minutes": ("document_id",)}


@dataclass(frozen=True)
class Invitation:
    """What a meeting is about, when and where."""

    title: str
    agenda: str
    day: date
    hour: str = ""
    place: str = ""


@dataclass(frozen=True)
class Attendance:
    """Whether a provider came, and who for it."""

    came: bool
    people: str = ""


def prepare(
    session: ScopedSession, invitation: Invitation, provider_ids: Sequence[int], *, today: date
) -> ProviderMeeting:
    """Draft a meeting with those who are invited; its number is taken now, and no provider sees it yet.

    RuleBroken without a subject, an agenda or anybody to invite.
    """
    session.principal.require(*DECIDE)
    meeting = ProviderMeeting(year=today.year, number=next_number(session, SUBJECT, today.year), state=T.DRAFT,
                              title="", agenda="", day=invitation.day)
    _written(meeting, invitation)
    session.add(meeting)
    session.flush()
    _invite(session, meeting, provider_ids)
    return meeting


def edit(
    session: ScopedSession, meeting_id: int, invitation: Invitation, provider_ids: Sequence[int], *,
    version: int | None, today: date,
) -> ProviderMeeting:
    """Change a meeting before it is held: day, place, agenda, and who is invited."""
    session.principal.require(*DECIDE)
    meeting = _at(session, meeting_id, version)
    if meeting.state not in (T.DRAFT, T.CALLED):
        raise RuleBroken("L'incontro è concluso: non si modifica più.")
    if meeting.state == T.CALLED and invitation.day < today and invitation.day != meeting.day:
        raise RuleBroken("Il nuovo giorno dell'incontro è già passato: correggerlo.", field="day")
    _written(meeting, invitation)
    _invite(session, meeting, provider_ids)
    return touch(session, meeting)


def call(session: ScopedSession, meeting_id: int, *, version: int | None, today: date) -> ProviderMeeting:
    """Call the meeting: from now on each provider reads it. RuleBroken for a day that has passed."""
    meeting = _at(session, meeting_id, version)
    if meeting.day < today:
        raise RuleBroken("L'incontro del %(day)s è già passato: cambiare il giorno, poi convocare.",
                         day=f"{meeting.day:%d/%m/%Y}")
    meeting.called_on = today
    return _moved(session, meeting, "call", today, Proof())


def hold(
    session: ScopedSession, meeting_id: int, *, held_on: date, presences: Mapping[int, Attendance], minutes: str,
    file: Upload | None, version: int | None, today: date,
) -> ProviderMeeting:
    """Record that the meeting was held: who came, by provider, and the minutes that all of them read.

    RuleBroken for a day to come or before it was called, without minutes, or for a provider that was not invited.
    """
    meeting = _at(session, meeting_id, version)
    require_past(held_on, today, field="held_on")
    if meeting.called_on is not None and held_on < meeting.called_on:
        raise RuleBroken("Il %(day)s l'incontro non era ancora convocato: correggere la data.", field="held_on",
                         day=f"{held_on:%d/%m/%Y}")
    invited = {row.provider_id: row for row in _invited(session, meeting)}
    if unknown := presences.keys() - invited.keys():
        raise TypeError(f"not invited: {sorted(unknown)}")
    for provider_id, row in invited.items():
        said = presences.get(provider_id, Attendance(False))
        row.came, row.people = said.came, said.people.strip()[:LONGEST]
    meeting.held_on = held_on
    meeting.minutes = require_text(minutes, "Scrivere il verbale: che cosa è stato detto.", field="minutes",
                                   longest=20_000)
    kept = None if file is None else keep_file(session, SUBJECT, meeting.id, file=file, kind="minutes").id
    meeting.document_id = kept
    return _moved(session, meeting, "hold", held_on, Proof(document_id=kept))


def file_minutes(
    session: ScopedSession, meeting_id: int, *, file: Upload, version: int | None, today: date
) -> ProviderMeeting:
    """Keep the signed minutes of a meeting that was held: every provider that was invited reads them.

    RuleBroken where they are there already: who was wrong takes the last passage back.
    """
    meeting = _at(session, meeting_id, version)
    if meeting.document_id is not None:
        raise RuleBroken("Il verbale firmato c'è già: se è sbagliato, correggere prima l'ultimo passaggio.",
                         field="file")
    meeting.document_id = keep_file(session, SUBJECT, meeting.id, file=file, kind="minutes").id
    return _moved(session, meeting, "file_minutes", today, Proof(document_id=meeting.document_id))


def cancel(session: ScopedSession, meeting_id: int, *, why: str, version: int | None, today: date) -> ProviderMeeting:
    """Call the meeting off, with the reason; its number stays taken."""
    return _moved(session, _at(session, meeting_id, version), "cancel", today, Proof(why=why))


def undo(session: ScopedSession, meeting_id: int, *, why: str, version: int | None, today: date) -> ProviderMeeting:
    """Take back the last passage, with a reason; presences that were recorded are empty again."""
    meeting = _at(session, meeting_id, version)
    undone = MEETING_LIFE.undo(session, meeting, on=today, why=why, forgets=FORGETS)
    if undone.action == "hold":
        meeting.minutes = ""
        for row in _invited(session, meeting):
            row.came, row.people = None, ""
    return touch(session, meeting)


def _written(meeting: ProviderMeeting, invitation: Invitation) -> None:
    meeting.title = require_text(invitation.title, "Indicare l'oggetto dell'incontro.", field="title",
                                 longest=LONGEST_TITLE)
    meeting.agenda = require_text(invitation.agenda, "Scrivere l'ordine del giorno: un punto per riga.",
                                  field="agenda", longest=LONGEST)
    meeting.day, meeting.hour, meeting.place = invitation.day, invitation.hour.strip(), invitation.place.strip()


def _invite(session: ScopedSession, meeting: ProviderMeeting, provider_ids: Sequence[int]) -> None:
    wanted = set(provider_ids)
    if not wanted:
        raise RuleBroken("Scegliere almeno un gestore da invitare.", field="provider_ids")
    here = {row.provider_id: row for row in _invited(session, meeting)}
    for provider_id, row in here.items():
        if provider_id not in wanted:
            session.delete(row)
    for provider_id in sorted(wanted - here.keys()):
        session.add(MeetingAttendance(meeting_id=meeting.id, provider_id=session.require(Provider, provider_id).id))
    session.flush()
    session.expire(meeting, ["attendances"])


def _invited(session: ScopedSession, meeting: ProviderMeeting) -> Sequence[MeetingAttendance]:
    mine = select(MeetingAttendance).where(MeetingAttendance.meeting_id == meeting.id)
    return session.scalars(mine.order_by(MeetingAttendance.id)).all()


def _at(session: ScopedSession, meeting_id: int, version: int | None) -> ProviderMeeting:
    return at_version(session.require(ProviderMeeting, meeting_id), version)


def _moved(session: ScopedSession, meeting: ProviderMeeting, action: str, on: date, proof: Proof) -> ProviderMeeting:
    MEETING_LIFE.move(session, meeting, action, on=on, proof=proof)
    return touch(session, meeting)
