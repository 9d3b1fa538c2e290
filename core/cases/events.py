"""Events of the office's own in the diary of a case: recorded, corrected, taken back; nothing of it is ever hidden."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.cases.model import Note
from core.cases.operations import case_of
from core.deadlines.facts import cases
from core.deadlines.kinds import kinds_of, may_record, standing
from core.deadlines.model import CaseEvent, EventKind
from core.deadlines.operations import follow
from core.ground import clock
from core.ground.access import Principal, ScopedSession
from core.ground.edits import at_version
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.required import LONGEST_TITLE, require_past, require_text
from core.ground.upward import Upward
from core.ground.walls import another_office, writes
from core.parties.model import Azienda

MOST_NOTE = 2_000
YEARS = range(1990, 2101)  # a year outside of these is a slip of the keyboard
# what stands above counts from such an event: it follows, or stops what would change a day that it has used
has_changed: Upward[[ScopedSession, CaseEvent, date], None] = Upward()


def recordable(session: ScopedSession, subject: str, who: Principal) -> list[EventKind]:
    """The kinds of event that ``who`` may record in a case of this table."""
    if not writes(who, subject):
        return []
    return [kind for kind in kinds_of(session, subject) if may_record(kind, who)]


def record(
    session: ScopedSession, subject: str, subject_id: int, *, kind_id: int, on: date, year: int | None = None,
    note: str = "", document_id: int | None = None, today: date,
) -> CaseEvent:
    """Record that an event happened in a case, on a day that has come, for its ``year`` where there is one for each.

    Its terms start to run. RuleBroken for a case that was called off, a kind out of use, a day to come or before the
    azienda was, a year that lacks or is none, for what is recorded already; NotAllowed for another office than that of
    the kind.
    """
    kind = session.get(EventKind, kind_id)
    if kind is None or kind.subject != subject:
        raise RuleBroken("Scegliere uno degli eventi che avvengono in questo fascicolo.", field="kind_id")
    _require_recorder(kind, session.principal)
    case_of(session, subject, subject_id)
    [case] = cases(session, subject, [subject_id], today)
    if case.called_off:  # nothing would ever be counted from it
        raise RuleBroken("In questo fascicolo non corrono termini: è annullato, o è una modifica, e allora l'evento si "
                         "registra nel fascicolo del contratto.", field="kind_id")
    if not kind.active:
        raise RuleBroken("«%(name)s» non è più in uso: non si registra.", field="kind_id", name=kind.name)
    _require_happened(session, on, today)
    occurrence = _occurrence(kind, year)
    held = standing(session, kind, subject_id, occurrence)
    if held is not None:
        raise RuleBroken("«%(title)s» è già registrato, il %(day)s: se la data è sbagliata, correggerla.",
                         field="kind_id", title=held.title, day=f"{held.on:%d/%m/%Y}")
    event = CaseEvent(kind=kind, subject=subject, subject_id=subject_id, occurrence=occurrence, on=on,
                      note=_note(note), document_id=document_id, withdrawn=False, at=clock.now(),
                      actor=session.principal.name)
    session.add(event)
    _tell(session, event, today)
    return event


def correct(
    session: ScopedSession, event_id: int, *, on: date, why: str, version: int | None, today: date
) -> CaseEvent:
    """Put right the day of an event: the old day, the new one and the reason stay in the diary, its terms move.

    RuleBroken without a reason, for the day that is recorded already, a day to come or before the azienda was, an
    event that was taken back, and for a stale page.
    """
    event = _standing(session, event_id, version)
    if on == event.on:
        raise RuleBroken("È già registrato il %(day)s: indicare il giorno giusto.", field="on",
                         day=f"{on:%d/%m/%Y}")
    _require_happened(session, on, today)
    reason = _reason(why)
    before, event.on = event.on, on
    _tell_diary(session, event, f"Corretta la data di «{event.title}»: non il {before:%d/%m/%Y} ma il {on:%d/%m/%Y}. "
                                f"Motivo: {reason}")
    _tell(session, event, today)
    return event


def withdraw(session: ScopedSession, event_id: int, *, why: str, version: int | None, today: date) -> CaseEvent:
    """Take back an event that did not happen: it stays in the diary, marked, and its terms do not run any more.

    RuleBroken without a reason, for one that was taken back already, and for a stale page.
    """
    event = _standing(session, event_id, version)
    reason = _reason(why)
    event.withdrawn = True
    _tell_diary(session, event, f"«{event.title}» del {event.on:%d/%m/%Y} non è avvenuto: registrazione annullata. "
                                f"Motivo: {reason}")
    _tell(session, event, today)
    return event


def _standing(session: ScopedSession, event_id: int, version: int | None) -> CaseEvent:
    event = at_version(session.require(CaseEvent, event_id), version)
    _require_recorder(event.kind, session.principal)
    if event.withdrawn:
        raise RuleBroken("Questa registrazione è già stata annullata: se l'evento è avvenuto, registrarlo di nuovo.")
    return event


def _require_recorder(kind: EventKind, who: Principal) -> None:
    if not writes(who, kind.subject):
        raise another_office()
    if not may_record(kind, who):
        raise NotAllowed("«%(name)s» lo registra l'ufficio indicato tra gli eventi dell'ufficio, o la direzione.",
                         name=kind.name)


def _require_happened(session: ScopedSession, on: date, today: date) -> None:
    require_past(on, today, field="on")
    founded = session.scalars(select(Azienda.founding_date).order_by(Azienda.id).limit(1)).first()
    if founded is not None and on < founded:
        raise RuleBroken("Il %(day)s l'azienda non c'era ancora: è costituita il %(founded)s. Controllare la data.",
                         field="on", day=f"{on:%d/%m/%Y}", founded=f"{founded:%d/%m/%Y}")


def _occurrence(kind: EventKind, year: int | None) -> str:
    if not kind.yearly:
        return ""
    if year is None:
        raise RuleBroken("«%(name)s» si ripete ogni anno: indicare di quale anno è.", field="year", name=kind.name)
    if year not in YEARS:
        raise RuleBroken("«%(year)s» non è un anno: scriverlo con quattro cifre, per esempio 2026.", field="year",
                         year=year)
    return str(year)


def _reason(why: str) -> str:
    return require_text(why, "Indicare il motivo: resta nel diario.", field="why", longest=LONGEST_TITLE)


def _note(note: str) -> str:
    said = note.replace("\x00", "").strip()
    return require_text(said, "Scrivere la nota.", field="note", longest=MOST_NOTE) if said else ""


def _tell_diary(session: ScopedSession, event: CaseEvent, text: str) -> None:
    """Who reads that it happened reads that it did not, too."""
    session.add(Note(subject=event.subject, subject_id=event.subject_id, text=text, shared=event.kind.shared,
                     at=clock.now(), actor=session.principal.name))


def _tell(session: ScopedSession, event: CaseEvent, today: date) -> None:
    session.flush()
    has_changed.tell(session, event, today)
    follow(session, event.subject, [event.subject_id], today=today)
