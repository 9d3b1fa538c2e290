"""A periodic meeting with several providers is one record; each sees its own presence and the common minutes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.accreditation import provider_meetings
from core.accreditation.model import MeetingAttendance, ProviderMeeting
from core.accreditation.provider_meetings import Attendance, Invitation
from core.cases.model import Note
from core.cases.operations import add_note
from core.deadlines.waiting import waiting
from core.documents.model import Document
from core.ground.errors import NotAllowed, RuleBroken
from core.providers import operations as providers
from tests.integration.accreditation.conftest import OFFICER, PDF, TODAY, Place, provider_of
from tests.integration.providers.conftest import provider_facts

DAY = TODAY + timedelta(days=10)
INVITED = Invitation("Standard del primo semestre", "Monitoraggi\nTariffe", DAY, "9:30", "In sede")


@pytest.fixture
def others(unit, place: Place) -> tuple[int, int]:
    """A second provider that is invited, and a third that is not."""
    with unit("arrivo", OFFICER) as session:
        return tuple(providers.add_provider(session, provider_facts(name=name)).id
                     for name in ("La Seconda", "La Terza"))


def test_each_provider_sees_its_own_presence_and_the_common_minutes(unit, place: Place, others):
    second, third = others
    with unit("ufficio", OFFICER) as session:
        key = provider_meetings.prepare(session, INVITED, [place.provider, second], today=TODAY).id
    for who in (place.person, provider_of(second)):
        with unit("lettura", who) as session:
            assert session.get(ProviderMeeting, key) is None  # a draft is the office's own
    with unit("ufficio", OFFICER) as session:
        provider_meetings.call(session, key, version=None, today=TODAY)
    with unit("lettura", provider_of(second)) as session:
        [mine] = [item for item in waiting(session, TODAY) if item.kind == "provider_meeting"]
        assert (mine.key, mine.due) == (key, DAY)
    with unit("ufficio", OFFICER) as session:
        add_note(session, "provider_meeting", key, text="Sentire la Seconda.", shared=True)
        provider_meetings.hold(session, key, held_on=DAY, minutes="Si è parlato di formazione.", file=PDF, presences={
            place.provider: Attendance(True, "Rosa Bianchi"), second: Attendance(False)}, version=None, today=DAY)
    for who, came, people in ((place.person, True, "Rosa Bianchi"), (provider_of(second), False, "")):
        with unit("lettura", who) as session:
            meeting = session.get_one(ProviderMeeting, key)
            [own] = session.scalars(select(MeetingAttendance)).all()
            assert (own.came, own.people, meeting.minutes) == (came, people, "Si è parlato di formazione.")
            assert session.get(Document, meeting.document_id) is not None
            assert session.scalars(select(Note)).all() == []  # the diary is the office's
    with unit("lettura", provider_of(third)) as session:
        assert session.get(ProviderMeeting, key) is None and session.scalars(select(MeetingAttendance)).all() == []


def test_the_signed_minutes_are_read_by_who_was_invited_and_come_once(unit, place: Place, others):
    with unit("ufficio", OFFICER) as session:
        key = provider_meetings.prepare(session, INVITED, [place.provider, others[0]], today=TODAY).id
        provider_meetings.call(session, key, version=None, today=TODAY)
        provider_meetings.hold(session, key, held_on=DAY, minutes="Si è parlato di formazione.", file=None, presences={
            place.provider: Attendance(True, "Rosa Bianchi")}, version=None, today=DAY)
    with unit("ufficio", OFFICER) as session:
        provider_meetings.file_minutes(session, key, file=PDF, version=None, today=DAY)
        with pytest.raises(RuleBroken, match="c'è già"):
            provider_meetings.file_minutes(session, key, file=PDF, version=None, today=DAY)
    for who, reads in ((place.person, True), (provider_of(others[0]), True), (provider_of(others[1]), False)):
        with unit("lettura", who) as session:
            assert bool(session.scalars(select(Document.id)).all()) is reads
    with unit("ufficio", OFFICER) as session:
        meeting = provider_meetings.undo(session, key, why="Era quello di un altro.", version=None, today=DAY)
        assert (meeting.state, meeting.document_id, meeting.minutes) == ("held", None, "Si è parlato di formazione.")


def test_a_meeting_is_called_before_its_day_held_after_it_and_taken_back(unit, place: Place):
    with pytest.raises(RuleBroken, match="almeno un gestore"), unit("ufficio", OFFICER) as session:
        provider_meetings.prepare(session, INVITED, [], today=TODAY)
    with pytest.raises(NotAllowed), unit("ufficio", place.person) as session:
        provider_meetings.prepare(session, INVITED, [place.provider], today=TODAY)
    with unit("ufficio", OFFICER) as session:
        meeting = provider_meetings.prepare(session, INVITED, [place.provider], today=TODAY)
        assert meeting.code == "1/2026"
        with pytest.raises(RuleBroken, match="è già passato"):
            provider_meetings.call(session, meeting.id, version=None, today=DAY + timedelta(days=1))
        provider_meetings.call(session, meeting.id, version=None, today=TODAY)
        with pytest.raises(RuleBroken, match="non è ancora arrivato"):
            provider_meetings.hold(session, meeting.id, held_on=DAY, minutes="x", file=None, presences={}, version=None,
                                   today=TODAY)
        provider_meetings.hold(session, meeting.id, held_on=DAY, minutes="Nessuno.", file=None, presences={},
                               version=None, today=DAY)
        provider_meetings.undo(session, meeting.id, why="Verbale di un altro incontro.", version=None, today=DAY)
        assert (meeting.state, meeting.minutes, meeting.held_on) == ("called", "", None)
        assert [row.came for row in session.scalars(select(MeetingAttendance))] == [None]
        provider_meetings.edit(session, meeting.id, Invitation("Altro", "Uno", DAY + timedelta(days=5)),
                               [place.provider], version=None, today=DAY)
        provider_meetings.cancel(session, meeting.id, why="Rinviato.", version=None, today=DAY)
        with pytest.raises(RuleBroken, match="è concluso"):
            provider_meetings.edit(session, meeting.id, INVITED, [place.provider], version=None, today=date(2026, 5, 1))
