"""Before an act against a provider: what it is told, its days to answer, its hearing (L. 241/1990, arts. 7-10-bis).

A refusal, of the accreditation or of more time, has its notice of the reasons, which stops the term of the decree or of
the answer; a suspension and a revocation have the communication that their procedure begins. Each is a case of its own,
with its letter, its receipt and its diary.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select

from core.accreditation import law
from core.accreditation.model import Accreditation, Forewarning, Observation
from core.accreditation.passages import (
    DECIDE,
    OFFICE,
    WITH_PROVIDER,
    accreditation_at,
    changed,
    extension_asked_on,
)
from core.accreditation.rules import LONGEST
from core.accreditation.states import (
    DECIDED,
    FOREWARNING_LIFE,
    LIVING,
    PENDING,
    AccreditationState,
    ForewarningState,
)
from core.accreditation.term import DECREE_RULE, EXTENSION_RULE, Stretch, correct_clock, resume_clock, suspend_clock
from core.accreditation.unmet import unmet
from core.cases.model import Sending
from core.cases.operations import add_file, keep_file, on_receipt, record_receipt, record_sending
from core.deadlines.operations import follow
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import NotAllowed, Place, RuleBroken
from core.ground.files import Upload
from core.ground.required import require_past, require_text
from core.ground.states import NO_PROOF, Proof
from core.parties.model import Azienda

A, F = AccreditationState, ForewarningState
SUBJECT = "forewarning"
REFUSAL, EXTENSION, SUSPENSION, REVOCATION = "refusal", "extension", "suspension", "revocation"
KINDS = (REFUSAL, EXTENSION, SUSPENSION, REVOCATION)
# notices of the reasons (art. 10-bis), each with the term that it stops
STOPS = {REFUSAL: DECREE_RULE, EXTENSION: EXTENSION_RULE}
# in which states of an accreditation it may be told
TIMELY: dict[str, tuple[str, ...]] = {
    REFUSAL: (A.EXAMINED,), EXTENSION: LIVING, SUSPENSION: (A.ACCREDITED,), REVOCATION: (*DECIDED, *LIVING)}
MOST_DAYS = 180
STOPPED = "Comunicati i motivi che ostano all'accoglimento (L. 241/1990, art. 10-bis)."
GOES_ON = "Sono passati i giorni delle osservazioni (L. 241/1990, art. 10-bis)."
GIVEN_UP = "Il preavviso di rigetto è ritirato."
OBSERVED = "Sono arrivate osservazioni in tempo: i giorni si contano da quelle."
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ActDispatch:
    """How a signed act left: by PEC, registered post or by hand, when, with its number in the register."""

    file: Upload
    channel: str
    sent_on: date
    protocol_number: str = ""


# --- the draft and its sending ----------------------------------------------------------------------------


def open_forewarning(
    session: ScopedSession, accreditation_id: int, *, kind: str, reasons: str, days: int | None = None,
    version: int | None, today: date,
) -> Forewarning:
    """Draft what the provider is told before a refusal, a suspension or a revocation: it does not see it yet.

    ``days`` for memoirs are the office's to fix, never fewer than its least; for observations they are the law's.
    RuleBroken beside another one that is not concluded, or where the accreditation stands elsewhere.
    """
    session.principal.require(*DECIDE)
    row = accreditation_at(session, accreditation_id, version)
    if kind not in KINDS:
        raise RuleBroken("Scegliere quale provvedimento si prepara.", field="kind")
    if row.state not in TIMELY[kind]:
        raise RuleBroken("Nello stato attuale dell'accreditamento questo non è previsto: ricaricare la pagina.")
    require_none(session, row, kind)
    if kind == EXTENSION and extension_asked_on(session, row) is None:
        raise RuleBroken("Il gestore non ha chiesto una proroga, o ha già avuto risposta: non c'è nulla da rifiutare.")
    found = Forewarning(
        accreditation_id=row.id, kind=kind, state=F.DRAFT, opened_on=today, days=_days(kind, days),
        reasons=require_text(reasons, "Scrivere i motivi: il gestore deve poter rispondere a ciascuno.",
                             field="reasons", longest=LONGEST))
    session.add(found)
    changed(session, row, today)
    return found


def edit_forewarning(
    session: ScopedSession, forewarning_id: int, *, reasons: str, days: int | None, version: int | None, today: date
) -> Forewarning:
    """Correct a draft. RuleBroken once it was sent: then it is withdrawn, and another one is written."""
    session.principal.require(*DECIDE)
    found = _at(session, forewarning_id, version)
    if found.state != F.DRAFT:
        raise RuleBroken("La comunicazione è già partita: non si modifica più. Se è sbagliata si ritira e se ne "
                         "prepara un'altra.")
    found.days = _days(found.kind, days)
    found.reasons = require_text(reasons, "Scrivere i motivi: il gestore deve poter rispondere a ciascuno.",
                                 field="reasons", longest=LONGEST)
    return _moved(session, found, today)


def _days(kind: str, wanted: int | None) -> int:
    if kind in STOPS:
        return law.observation_days()
    least = law.least_memoir_days()
    days = least if wanted is None else wanted
    if not least <= days <= MOST_DAYS:
        raise RuleBroken("Il termine per le memorie va da %(least)s a %(most)s giorni.", field="days", least=least,
                         most=MOST_DAYS)
    return days


def send(
    session: ScopedSession, forewarning_id: int, letter: ActDispatch, *, version: int | None, today: date
) -> Forewarning:
    """Record that the signed act left: the provider reads its reasons, but its days run from the receipt only.

    Which requirements are not met is written down as it is on this day.
    """
    found = _at(session, forewarning_id, version)
    require_past(letter.sent_on, today, field="sent_on")
    row = found.accreditation
    azienda_id = session.scalars(select(Azienda.id)).first()
    if azienda_id is None:
        raise RuleBroken("Mancano i dati dell'azienda, che è il mittente: completarli prima.").mended(
            Place("azienda.record", 0))
    first = row.complete_on if found.kind == REFUSAL else \
        extension_asked_on(session, row) if found.kind == EXTENSION else row.decided_on
    if first is not None and letter.sent_on < first:
        raise RuleBroken("La comunicazione del %(day)s precede il procedimento a cui si riferisce (%(first)s): "
                         "correggere la data.", field="sent_on", day=f"{letter.sent_on:%d/%m/%Y}",
                         first=f"{first:%d/%m/%Y}")
    signed = keep_file(session, SUBJECT, found.id, file=letter.file, kind="letter").id
    sending = record_sending(
        session, SUBJECT, found.id, title=f"{found}, accreditamento n. {row.code}", sender_id=azienda_id,
        addressee_id=row.unit.provider_id, channel=letter.channel, sent_on=letter.sent_on,
        protocol_number=letter.protocol_number, document_id=signed, today=today)
    found.sending_id, found.sent_on = sending.id, letter.sent_on
    if found.kind == REFUSAL:
        found.unmet = unmet(session, row, letter.sent_on)
    FOREWARNING_LIFE.move(session, found, "send", on=letter.sent_on, proof=Proof(document_id=signed))
    return _moved(session, found, today)


# --- the receipt and its days -----------------------------------------------------------------------------


def receive(
    session: ScopedSession, forewarning_id: int, *, received_on: date, paper: Upload | None, version: int | None,
    today: date,
) -> Forewarning:
    """Record when the provider received it, with the receipt: from here its days run, and a refusal's term stops.

    RuleBroken before it was sent, or on a day to come.
    """
    found = _at(session, forewarning_id, version)
    if found.sending_id is None:
        raise RuleBroken("La comunicazione non è ancora partita: registrare prima l'invio.", field="received_on")
    proof = None if paper is None else add_file(
        session, SUBJECT, found.id, title=f"Ricevuta: {found}", file=paper).document_id
    record_receipt(session, found.sending_id, received_on=received_on, document_id=proof, today=today)
    return found


def _on_receipt(session: ScopedSession, sending: Sending, today: date) -> None:
    """The receipt of its letter starts its days, from whichever page it was recorded."""
    found = session.scalars(select(Forewarning).where(Forewarning.sending_id == sending.id)).first()
    if found is None or sending.received_on is None or found.state != F.SENT:
        return
    found.received_on = sending.received_on
    found.due_on = clock.term(sending.received_on, found.days).effective
    FOREWARNING_LIFE.move(session, found, "receive", on=sending.received_on, by_rule=True,
                          proof=Proof(document_id=sending.receipt_id, received_on=sending.received_on))
    keep_clock(session, found, today)
    _moved(session, found, today)


def _on_correction(session: ScopedSession, sending: Sending, today: date) -> None:
    """The letter was received on another day: the days to answer run from there.

    A term that a notice of the reasons has stopped stands still from the right day, and goes on as it would have.
    RuleBroken once the act was taken.
    """
    found = session.scalars(select(Forewarning).where(Forewarning.sending_id == sending.id)).first()
    if found is None or sending.received_on is None or found.received_on is None:
        return
    if not FOREWARNING_LIFE.entrusts("receive", session.principal):
        raise NotAllowed("Questo passaggio spetta ad altri ruoli.")
    if found.state != F.RECEIVED:
        raise RuleBroken("Il procedimento è concluso: il giorno in cui il gestore ha ricevuto la comunicazione non si "
                         "corregge più.", field="received_on")
    stood = _stretch(found.received_on, found.resumed_on)
    found.received_on = sending.received_on
    found.due_on = clock.term(sending.received_on, found.days).effective
    if found.kind in STOPS:
        found.resumed_on = resumes_on(found, today)
        correct_clock(session, found.accreditation, stood, _stretch(found.received_on, found.resumed_on), today,
                      STOPPED, STOPS[found.kind])
    _moved(session, found, today)


on_receipt(SUBJECT, _on_receipt, corrected=_on_correction)


def stands_until(found: Forewarning) -> date | None:
    """The last day on which the term that it stops stands still (art. 10-bis): the tenth after observations that came
    in time, or the provider's last one to send any. None while its days do not run.

    The tenth day is nobody's to act on, and is not moved by a holiday; the provider's last one is.
    """
    if found.due_on is None:
        return None
    in_time = [said.on for said in found.observations if said.on <= found.due_on]
    return max(in_time) + timedelta(days=law.resume_days()) if in_time else found.due_on


def resumes_on(found: Forewarning, today: date) -> date | None:
    """The first day that counts again, once it has come: the one after the last that stood still."""
    last = stands_until(found)
    return last + ONE_DAY if last is not None and last < today else None


def _stretch(received_on: date, resumed_on: date | None) -> Stretch:
    """As the term knows it: neither the day on which it stops nor the last that stands still is counted twice
    (art. 2963 c.c.), so that what is given back are the days in between and the last."""
    return received_on, None if resumed_on is None else resumed_on - ONE_DAY


def keep_clock(session: ScopedSession, found: Forewarning, today: date) -> bool:
    """Let the term that it stops stand still and go on as the notice of the reasons says; True if that has changed.

    Observations in time of which one hears later move what went on already. What a provider does is kept by the night:
    it does not see the office's own deadlines.
    """
    if found.kind not in STOPS or found.received_on is None or not session.principal.has(*DECIDE):
        return False
    row, rule, goes_on = found.accreditation, STOPS[found.kind], resumes_on(found, today)
    if found.resumed_on is None:
        suspend_clock(session, row, found.received_on, today, STOPPED, rule)
    if goes_on == found.resumed_on:
        return False
    stood, stands = _stretch(found.received_on, found.resumed_on), _stretch(found.received_on, goes_on)
    if found.resumed_on is None and stands[1] is not None:
        resume_clock(session, row, stands[1], today, GOES_ON, rule)
    else:
        correct_clock(session, row, stood, stands, today, STOPPED, rule, OBSERVED)
    found.resumed_on = goes_on
    session.flush()
    return True


def stopping(session: ScopedSession) -> Sequence[Forewarning]:
    """The notices by which a term stands still, or went on and their act is still awaited."""
    return session.scalars(select(Forewarning).where(
        Forewarning.state == F.RECEIVED, Forewarning.kind.in_(STOPS)).order_by(Forewarning.id)).all()


# --- the provider's answer --------------------------------------------------------------------------------


def observe(
    session: ScopedSession, forewarning_id: int, *, text: str, file: Upload | None = None, asks_hearing: bool = False,
    on: date | None = None, version: int | None, today: date,
) -> Observation:
    """The provider's observations or memoir (arts. 10 and 10-bis), as often as it likes until the decision.

    ``on`` is the office's to say, of a paper that came otherwise; what a provider's own person sends comes today.
    """
    session.principal.require(*WITH_PROVIDER)
    found = _at(session, forewarning_id, version)
    day = on if on is not None and session.principal.has(*OFFICE) else today
    require_past(day, today, field="on")
    if found.sent_on is not None and day < found.sent_on:
        raise RuleBroken("Il %(day)s la comunicazione non era ancora partita: correggere la data.", field="on",
                         day=f"{day:%d/%m/%Y}")
    said = require_text(text, "Scrivere le osservazioni.", field="text", longest=LONGEST)
    FOREWARNING_LIFE.move(session, found, "observe", on=day)
    kept = None if file is None else add_file(
        session, SUBJECT, found.id, title=f"Osservazioni del {day:%d/%m/%Y}", file=file).document_id
    added = Observation(accreditation_id=found.accreditation_id, forewarning_id=found.id, on=day, text=said,
                        asks_hearing=asks_hearing and found.kind not in STOPS, document_id=kept,
                        actor=session.principal.name)
    session.add(added)
    session.flush()
    session.expire(found, ["observations"])
    keep_clock(session, found, today)
    _moved(session, found, today)
    return added


def hear(
    session: ScopedSession, forewarning_id: int, *, held_on: date, present: str, minutes: str, file: Upload | None,
    version: int | None, today: date,
) -> Forewarning:
    """Record the hearing of the provider; that it did not come is written in the minutes too."""
    found = _at(session, forewarning_id, version)
    require_past(held_on, today, field="held_on")
    if found.sent_on is not None and held_on < found.sent_on:
        raise RuleBroken("Il %(day)s la comunicazione non era ancora partita: correggere la data.", field="held_on",
                         day=f"{held_on:%d/%m/%Y}")
    found.present = require_text(present, "Indicare chi era presente.", field="present", longest=LONGEST)
    found.minutes = require_text(minutes, "Scrivere che cosa è stato detto.", field="minutes", longest=20_000)
    found.held_on = held_on
    kept = None if file is None else add_file(
        session, SUBJECT, found.id, title=f"Verbale dell'audizione del {held_on:%d/%m/%Y}", file=file).document_id
    FOREWARNING_LIFE.move(session, found, "hear", on=held_on, proof=Proof(why=found.minutes, document_id=kept))
    return _moved(session, found, today)


def withdraw(
    session: ScopedSession, forewarning_id: int, *, why: str, version: int | None, today: date
) -> Forewarning:
    """Give the procedure up, with the reason: the term of a decree that stood still goes on from today."""
    found = _at(session, forewarning_id, version)
    FOREWARNING_LIFE.move(session, found, "withdraw", on=today, proof=Proof(why=why))
    if found.kind in STOPS and found.received_on is not None and found.resumed_on is None:
        resume_clock(session, found.accreditation, today, today, GIVEN_UP, STOPS[found.kind])
        found.resumed_on = today + ONE_DAY
    return _moved(session, found, today)


# --- what an act asks of it -------------------------------------------------------------------------------


def pending(session: ScopedSession, row: Accreditation, *kinds: str) -> Forewarning | None:
    """The last one that awaits its act."""
    mine = select(Forewarning).where(Forewarning.accreditation_id == row.id, Forewarning.state.in_(PENDING),
                                     Forewarning.kind.in_(kinds or KINDS))
    return session.scalars(mine.order_by(Forewarning.id.desc()).limit(1)).first()


def require_none(session: ScopedSession, row: Accreditation, *kinds: str) -> None:
    """RuleBroken while one of these kinds awaits its act."""
    if (found := pending(session, row, *kinds)) is not None:
        raise RuleBroken("È in corso: %(what)s. Prima si decide, o si ritira con il motivo.", what=str(found)).mended(
            Place(SUBJECT, found.id))


def _untold(kind: str) -> RuleBroken:
    """What is said of an act of which the provider was not told."""
    if kind == REFUSAL:
        return RuleBroken("Prima di un diniego si comunicano al gestore i motivi, con %(days)s giorni per le "
                          "osservazioni (L. 241/1990, art. 10-bis): preparare il preavviso di rigetto.",
                          days=law.observation_days())
    if kind == EXTENSION:
        return RuleBroken("Prima di rifiutare una proroga si comunicano al gestore i motivi, con %(days)s giorni per "
                          "le osservazioni (L. 241/1990, art. 10-bis): preparare il preavviso.",
                          days=law.observation_days())
    if kind == SUSPENSION:
        return RuleBroken("Prima di sospendere si comunica al gestore l'avvio del procedimento, con il termine per le "
                          "memorie (L. 241/1990, art. 7): prepararlo. Se non si può attendere, indicare il motivo "
                          "dell'urgenza.")
    return RuleBroken("Prima di revocare si comunica al gestore l'avvio del procedimento, con il termine per le "
                      "memorie (L. 241/1990, art. 7): prepararlo. Se non si può attendere, intanto si sospende "
                      "d'urgenza.")


def require_heard(session: ScopedSession, row: Accreditation, kinds: Sequence[str], on: date) -> Forewarning:
    """What was told before an act of the day ``on``, with its days over. RuleBroken, in words, until then.

    The first of ``kinds`` is that of the act; a procedure that could end in more may end in less.
    """
    found = pending(session, row, *kinds)
    if found is None:
        raise _untold(kinds[0]).mended(Place(f"forewarning.{kinds[0]}", row.id))
    if found.state == F.DRAFT:
        raise _untold(kinds[0]).mended(Place(SUBJECT, found.id))
    if found.due_on is None:
        raise RuleBroken("Manca la ricevuta della comunicazione al gestore: registrarla, perché da quel giorno "
                         "corrono i suoi %(days)s giorni.", days=found.days).mended(Place(SUBJECT, found.id))
    if on <= found.due_on:
        raise RuleBroken("Il gestore può rispondere fino al %(day)s: il provvedimento si prende dal giorno dopo.",
                         field="on", day=f"{found.due_on:%d/%m/%Y}")
    if found.held_on is None and any(said.asks_hearing for said in found.observations):
        raise RuleBroken("Il gestore ha chiesto di essere sentito: registrare prima l'audizione, anche se non si è "
                         "presentato.").mended(Place(SUBJECT, found.id))
    return found


def require_answer(found: Forewarning | None, answer: str) -> str:
    """What an act says to the observations. RuleBroken for nothing, where there are some (arts. 10 and 10-bis)."""
    if found is None or not found.observations:
        return answer.strip()
    return require_text(answer, "Il gestore ha mandato osservazioni: il provvedimento deve dire perché non si "
                        "accolgono, o in che parte.", field="answer", longest=LONGEST)


def close(session: ScopedSession, row: Accreditation, *kinds: str, on: date, today: date) -> None:
    """What awaited an act awaits it no more: it was taken, or there is nothing left to act upon."""
    while (found := pending(session, row, *kinds)) is not None:
        FOREWARNING_LIFE.move(session, found, "conclude", on=on, proof=NO_PROOF, by_rule=True)
        _moved(session, found, today)


def reopen(session: ScopedSession, row: Accreditation, since: int, today: date) -> None:
    """The act was a mistake: what it had concluded, by a passage after ``since``, awaits it again."""
    mine = select(Forewarning).where(Forewarning.accreditation_id == row.id, Forewarning.state == F.CONCLUDED)
    for found in session.scalars(mine).all():
        last = FOREWARNING_LIFE.last(session, found)
        if last is not None and last.id > since:
            FOREWARNING_LIFE.undo(session, found, on=today, by_rule=True, why="Corretto il provvedimento.")
            _moved(session, found, today)


def _at(session: ScopedSession, forewarning_id: int, version: int | None) -> Forewarning:
    return at_version(session.require(Forewarning, forewarning_id), version)


def _moved(session: ScopedSession, found: Forewarning, today: date) -> Forewarning:
    touch(session, found)
    follow(session, SUBJECT, [found.id], today=today)
    return found
