"""The invitation to a meeting with several providers: one letter for each, which stays with the office."""

from __future__ import annotations

from datetime import date

from core.accreditation.context import MeetingInvitation
from core.accreditation.model import MeetingAttendance, ProviderMeeting
from core.accreditation.provider_meetings import SUBJECT
from core.accreditation.states import DECIDES, MeetingState
from core.cases.letters import Asks, Given, Offer, letters_of, lines
from core.documents.letters import Letter, addressee, sender
from core.documents.words import date_short
from core.ground.access import ScopedSession
from core.parties.azienda import the_azienda

INVITATION = "provider_meeting_invitation"
ASKS: Asks = {INVITATION: ()}


def offers(session: ScopedSession, case: ProviderMeeting, _today: date) -> list[Offer]:
    """An invitation for each provider, until the meeting is held; nobody reads whom else it goes to."""
    if case.state not in (MeetingState.DRAFT, MeetingState.CALLED):
        return []
    azienda_id = the_azienda(session).id
    return [Offer(INVITATION, met.id, met.provider.name, awaited=False, roles=DECIDES, sender_id=azienda_id,
                  addressee_id=met.provider_id, private=True) for met in case.attendances]


def written(session: ScopedSession, case: ProviderMeeting, offer: Offer, _given: Given, today: date) -> Letter:
    """The data of an invitation. RuleBroken if nobody signs for the azienda."""
    provider = session.require(MeetingAttendance, offer.row_id).provider
    return MeetingInvitation(
        sender=sender(the_azienda(session), today), day=today,
        addressee=addressee(provider, noun="Gestore",
                            care=(f"alla cortese attenzione di {provider.legal_representative}",)),
        subject=f"incontro con i gestori del {date_short(case.day)}", title=case.title, held_for=case.day,
        hour=case.hour, place=case.place, agenda=lines(case.agenda))


letters_of(SUBJECT, ASKS, offers, written)
