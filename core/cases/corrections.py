"""The day on which a letter was received, put right: with a reason, in sight of both sides; terms run from there."""

from __future__ import annotations

from datetime import date

from core.cases import rules
from core.cases.model import Note, Sending
from core.cases.operations import ON_CORRECTION, require_may_add
from core.deadlines.operations import follow
from core.ground import clock
from core.ground.access import Principal, ScopedSession
from core.ground.edits import at_version
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.required import LONGEST_TITLE, require_text
from core.ground.upward import Upward

# what stands above says whether a letter was sent to the azienda by somebody with people in the program: the azienda
# then does not move the day from which its own term runs to a later one
sender_is_here: Upward[[ScopedSession, Sending], bool] = Upward()


def correct_receipt(
    session: ScopedSession, sending_id: int, *, received_on: date, why: str, version: int | None, today: date
) -> Sending:
    """Put right the day on which a letter was received; the old day, the new one and the reason stay in the diary.

    What the receipt had started is counted anew from the new day, and the deadlines follow. RuleBroken without a
    reason, for the day that is recorded already, before the day on which it was sent or in the future, where what
    happened since does not fit, and for a stale page. NotAllowed for who may not record the receipt either, and for the
    municipality or the provider that received it: a term that runs for it is not its own to move. The azienda moves
    its own to an earlier day only, where the sender is in the program and can say which is right.
    """
    sending = at_version(session.require(Sending, sending_id), version)
    require_may_add(session, sending.subject, sending.subject_id)
    if is_addressee(session.principal, sending):
        raise _of_the_sender()
    before = sending.received_on
    if before is None:
        raise RuleBroken("Il ricevimento non è ancora registrato: non c'è una data da correggere.", field="received_on")
    if received_on == before:
        raise RuleBroken("È già registrato il ricevimento del %(day)s: indicare il giorno giusto.", field="received_on",
                         day=f"{before:%d/%m/%Y}")
    if received_on > before and session.principal.writes_all and any(sender_is_here.tell(session, sending)):
        raise _of_the_sender()
    rules.require_receipt(sending.sent_on, received_on, today)
    reason = require_text(why, "Indicare il motivo: resta nel diario.", field="why", longest=LONGEST_TITLE)
    sending.received_on = received_on
    session.flush()
    if sending.subject in ON_CORRECTION:
        ON_CORRECTION[sending.subject](session, sending, today)
    session.add(_told(session, sending, before, reason))
    session.flush()
    follow(session, sending.subject, [sending.subject_id], today=today)
    return sending


def _of_the_sender() -> NotAllowed:
    return NotAllowed("Il giorno in cui si è ricevuta una lettera lo corregge chi l'ha inviata: scrivergli qual è "
                      "quello giusto.")


def is_addressee(who: Principal, sending: Sending) -> bool:
    """True if the letter was sent to those for whom ``who`` works, and not to the azienda."""
    return sending.addressee_id in who.municipality_ids | who.provider_ids and not who.writes_all


def _told(session: ScopedSession, sending: Sending, before: date, reason: str) -> Note:
    """The correction in the diary: who wrote the letter and who received it both read it."""
    text = (f"Corretta la data di ricevimento di «{sending.title}»: non il {before:%d/%m/%Y} ma il "
            f"{sending.received_on:%d/%m/%Y}. Motivo: {reason}")
    return Note(subject=sending.subject, subject_id=sending.subject_id, text=text, shared=True, at=clock.now(),
                actor=session.principal.name)
