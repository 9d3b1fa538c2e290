"""What is added to the diary of a case: notes, files, letters and their receipts. Nothing of it is ever changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import literal, select

from core.cases import rules
from core.cases.model import CaseFile, Note, Sending
from core.deadlines.operations import follow
from core.documents.model import Document
from core.documents.operations import keep
from core.ground import clock
from core.ground.access import Principal, Role, ScopedSession, as_system
from core.ground.db import Base
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.ground.files import Upload
from core.ground.owners import CASES, PROVIDER_CASES, WRITERS
from core.ground.required import require_text
from core.ground.walls import another_office, closed_to, writes
from core.parties.model import Party

LONGEST_NOTE = 20_000
# what the rows of a subject do when a letter of one of its cases was received: (session, letter, today)
OnReceipt = Callable[[ScopedSession, Sending, date], None]
ON_RECEIPT: dict[str, OnReceipt] = {}
# the same when the day of a receipt was wrong, and stands corrected in the letter
ON_CORRECTION: dict[str, OnReceipt] = {}


def on_receipt(subject: str, done: OnReceipt, *, corrected: OnReceipt) -> None:
    """Register what the receipt of a letter does to a case of the table ``subject``, and what its correction does."""
    ON_RECEIPT[subject], ON_CORRECTION[subject] = done, corrected


def is_case(subject: str) -> bool:
    """True if notes, files and letters are kept of the rows of the table ``subject``."""
    return subject in CASES or subject in PROVIDER_CASES


def case_of(session: ScopedSession, subject: str, subject_id: int) -> Any:
    """The row that a case is. NotVisible if it is not there, is another's, or ``subject`` is no case."""
    if not is_case(subject):
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
    entity = next(m.class_ for m in Base.registry.mappers if m.class_.__tablename__ == subject)
    return session.require(entity, subject_id)


def require_open(session: ScopedSession, subject: str) -> None:
    """NotVisible for an office before whose eyes the papers of such cases are not laid."""
    if closed_to(session.principal, subject):
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


def add_note(session: ScopedSession, subject: str, subject_id: int, *, text: str, shared: bool) -> Note:
    """Write a note; the municipality or provider reads it if it is ``shared``.

    RuleBroken for an empty one, NotAllowed for who is none of the offices that write in such a case.
    """
    if not writes(session.principal, subject):
        raise _refusal(session.principal)
    case_of(session, subject, subject_id)
    if not text.strip() or len(text) > LONGEST_NOTE:
        raise RuleBroken("Scrivere la nota, al massimo 20.000 caratteri.", field="text")
    note = Note(subject=subject, subject_id=subject_id, text=text.strip(), shared=shared, at=clock.now(),
                actor=session.principal.name)
    session.add(note)
    session.flush()
    return note


def add_file(
    session: ScopedSession, subject: str, subject_id: int, *, title: str, file: Upload, field: str = "file"
) -> CaseFile:
    """Keep a file in the diary, which the municipality or provider sees too. RuleBroken for no title or an unsafe file.

    Whoever the case is of may add one where the case is open to them (``WRITERS``).
    """
    require_may_add(session, subject, subject_id)
    require_text(title, "Indicare che cos'è il file.", field="title")
    rules.require_safe_file(file, field=field)
    # one flush for both: a municipality or a provider sees a document through what holds it, and not before
    document = _kept(session, subject, subject_id, file, "case_file")
    held = CaseFile(subject=subject, subject_id=subject_id, title=title.strip(), document=document)
    session.add(held)
    session.flush()
    return held


def keep_file(
    session: ScopedSession, subject: str, subject_id: int, *, file: Upload, kind: str = "case_file",
    field: str = "file",
) -> Document:
    """Keep a file that belongs to a case: a proof, a letter, a receipt. RuleBroken, on ``field``, if it is not safe.

    Whoever calls ties it to what it proves; until then nobody but the offices sees it.
    """
    document = prepare_file(session, subject, subject_id, file=file, kind=kind, field=field)
    session.flush()
    return document


def prepare_file(
    session: ScopedSession, subject: str, subject_id: int, *, file: Upload, kind: str = "case_file",
    field: str = "file",
) -> Document:
    """The same as ``keep_file`` before it is written: who sees a document only through what holds it adds both at once.

    Nothing may be flushed between this and that.
    """
    rules.require_safe_file(file, field=field)
    return _kept(session, subject, subject_id, file, kind)


def _kept(session: ScopedSession, subject: str, subject_id: int, file: Upload, kind: str) -> Document:
    return keep(session, Upload(_plain(file.name), file.content), kind=kind, subject=subject,
                folder=f"documents/cases/{subject}/{subject_id}")


def record_sending(
    session: ScopedSession, subject: str, subject_id: int, *, title: str, sender_id: int, addressee_id: int,
    channel: str, sent_on: date, protocol_number: str = "", document_id: int | None = None, today: date,
) -> Sending:
    """Record a letter that left or came: by PEC, registered post or by hand (R102), with its number in the register.

    RuleBroken for no subject, the same party twice, an unknown channel or a day that has not come.
    """
    require_may_add(session, subject, subject_id)
    rules.require_sending(title, sender_id, addressee_id, channel, sent_on, today)
    for party_id in (sender_id, addressee_id):
        session.require(Party, party_id)
    sending = Sending(
        subject=subject, subject_id=subject_id, title=title.strip(), sender_id=sender_id, addressee_id=addressee_id,
        channel=channel, protocol_number=protocol_number.strip(), sent_on=sent_on, document_id=document_id,
    )
    session.add(sending)
    session.flush()
    return sending


def record_receipt(
    session: ScopedSession, sending_id: int, *, received_on: date, document_id: int | None = None, today: date
) -> Sending:
    """Record when a letter was received, with the receipt that proves it: from here its terms run.

    RuleBroken before the day on which it was sent, in the future, or if the receipt is recorded already.
    """
    sending = session.require(Sending, sending_id)
    require_may_add(session, sending.subject, sending.subject_id)
    if sending.received_on is not None:
        raise RuleBroken("Il ricevimento è già registrato, il %(day)s.", field="received_on",
                         day=f"{sending.received_on:%d/%m/%Y}")
    rules.require_receipt(sending.sent_on, received_on, today)
    sending.received_on, sending.receipt_id = received_on, document_id
    session.flush()
    if sending.subject in ON_RECEIPT:
        ON_RECEIPT[sending.subject](session, sending, today)
    follow(session, sending.subject, [sending.subject_id], today=today)
    return sending


def may_add(subject: str, who: Principal) -> bool:
    """True if ``who`` may add files and letters to cases of this kind: its offices, and whoever it is open to."""
    return writes(who, subject) or who.has(*WRITERS.get(subject, ()))


def require_may_add(session: ScopedSession, subject: str, subject_id: int) -> None:
    """NotAllowed for who adds nothing to this case, NotVisible for a case that is another's."""
    if not may_add(subject, session.principal):
        raise _refusal(session.principal)
    case_of(session, subject, subject_id)
    if not (writes(session.principal, subject) or _is_own(session, subject, subject_id)):
        raise NotAllowed("A questo fascicolo aggiunge qualcosa soltanto l'ente a cui appartiene.")


def _refusal(who: Principal) -> NotAllowed:
    if who.writes_all:
        return another_office()
    return NotAllowed("Questo atto non è tra i compiti assegnati a %(name)s.", name=who.name)


def _is_own(session: ScopedSession, subject: str, subject_id: int) -> bool:
    """True if the case is their own in the role that may write: who works for two sees more than they may add to."""
    who = session.principal
    kinds = ((Role.MUNICIPALITY, CASES, who.municipality_ids), (Role.PROVIDER, PROVIDER_CASES, who.provider_ids))
    for role, ids_of, owners in kinds:
        if role in WRITERS.get(subject, ()) and who.has(role) and subject in ids_of:
            own = select(literal(1)).where(literal(subject_id).in_(ids_of[subject](sorted(owners))))
            if as_system(session, own, reason="fascicolo proprio"):
                return True
    return False


def _plain(file_name: str) -> str:
    """A file name that every system takes: no folders, nothing that is not a letter, a digit, a dot or a dash."""
    name = re.sub(r"[^\w.\- ]", "_", file_name.replace("\\", "/").rpartition("/")[2]).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    return f"{stem[:80] or 'file'}{dot}{suffix}"
