"""The letters of a meeting with several providers: an invitation for each of them, then the minutes to be signed.

They stay with the office: an invitation tells nobody whom else it goes to, and the minutes are read once they are
signed.
"""

from __future__ import annotations

from datetime import date

from core.accreditation.context import MeetingInvitation, MeetingMinutes, PresenceLine
from core.accreditation.model import MeetingAttendance, ProviderMeeting
from core.accreditation.provider_meetings import SUBJECT
from core.accreditation.states import DECIDES, MeetingState
from core.cases.letters import Asks, Given, Offer, known, letters_of, lines
from core.documents.letters import Letter, addressee, sender
from core.documents.words import date_long, of_day
from core.ground.access import ScopedSession
from core.parties.azienda import the_azienda
from core.parties.model import Azienda

INVITATION, MINUTES = "provider_meeting_invitation", "provider_meeting_minutes"
ASKS: Asks = {INVITATION: (), MINUTES: ()}


def offers(session: ScopedSession, case: ProviderMeeting, _today: date) -> list[Offer]:
    """An invitation for each provider until the meeting is held, then its minutes."""
    azienda_id = the_azienda(session).id
    if case.state == MeetingState.HELD:
        return [Offer(MINUTES, awaited=case.document_id is None, roles=DECIDES, sender_id=azienda_id,
                      addressee_id=azienda_id, private=True)]
    if case.state == MeetingState.CANCELLED:
        return []
    return [Offer(INVITATION, met.id, met.provider.name, awaited=False, roles=DECIDES, sender_id=azienda_id,
                  addressee_id=met.provider_id, private=True) for met in case.attendances]


def written(session: ScopedSession, case: ProviderMeeting, offer: Offer, _given: Given, today: date) -> Letter:
    """The data of an invitation, or of the minutes. RuleBroken if nobody signs for the azienda."""
    azienda = the_azienda(session)
    if offer.code == MINUTES:
        return _minutes(case, azienda, today)
    provider = session.require(MeetingAttendance, offer.row_id).provider
    return MeetingInvitation(
        sender=sender(azienda, today), day=today,
        addressee=addressee(provider, noun="Gestore",
                            care=(f"alla cortese attenzione di {provider.legal_representative}",)),
        subject=f"incontro {of_day(date_long(case.day))} con i gestori – {provider.name}", title=case.title,
        held_for=case.day, hour=case.hour, place=case.place, agenda=lines(case.agenda))


def _minutes(case: ProviderMeeting, azienda: Azienda, today: date) -> MeetingMinutes:
    """What was recorded of the meeting; of one held on another day the hour is not known."""
    held_on = known(case.held_on, "il giorno dell'incontro")
    return MeetingMinutes(
        sender=sender(azienda, today), day=today, addressee=addressee(azienda),
        subject=f"verbale dell'incontro n. {case.code} con i gestori", title=case.title, held_on=held_on,
        hour=case.hour if held_on == case.day else "", place=case.place, agenda=lines(case.agenda),
        presences=tuple(PresenceLine(met.provider.name, bool(met.came), met.people) for met in case.attendances),
        minutes=lines(case.minutes))


letters_of(SUBJECT, ASKS, offers, written)
