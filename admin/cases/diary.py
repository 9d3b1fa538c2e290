"""The diary of a case: passages as sentences, notes, files and letters, the newest first; and what may be added.

Any case has one: a page includes ``cases/diary.html`` with what ``context`` gives.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin.guard import policy
from admin.guard.session import principal
from admin.web import formats
from admin.web.base_view import Act
from admin.wording import labels
from core.cases.corrections import is_addressee
from core.cases.events import recordable
from core.cases.model import CaseFile, Note, Sending
from core.cases.operations import is_case, may_add
from core.deadlines.kinds import may_record
from core.deadlines.model import CaseEvent
from core.documents.model import Document
from core.ground.access import ScopedSession, as_system, asked_once, held
from core.ground.states import STOP, UNDO, PassageLog, passages_of
from core.ground.walls import closed_to, writes
from core.parties.model import Act as BodyAct
from core.parties.model import Party


@dataclass(frozen=True)
class Event:
    """One line of a diary: ``at`` is when it was recorded; what has only a legal day has ``on`` alone. ``acts``: what
    may be done with it."""

    at: datetime | None
    who: str
    text: str
    note: str = ""
    url: str | None = None
    file: str = ""
    on: date | None = None
    badge: str = ""
    acts: tuple[Act, ...] = ()

    @property
    def when(self) -> datetime:
        """For the order of the diary: what has a day only stands at its end."""
        return self.at or datetime.combine(self.on or date.min, time.max, UTC)


def context(session: ScopedSession, subject: str, subject_id: int) -> dict[str, Any]:
    """What ``cases/diary.html`` and ``cases/letters.html`` want."""
    return {"events": events(session, subject, subject_id), "diary_acts": acts(session, subject, subject_id),
            "letters": letters(session, subject, subject_id), "closed": closed_to(principal(), subject)}


@asked_once
def events(session: ScopedSession, subject: str, subject_id: int) -> list[Event]:
    """What happened to a case, as far as who asks may know it, the newest first; its passage tells of a file, once."""
    files = session.scalars(_of(CaseFile, subject, subject_id).options(joinedload(CaseFile.document))).all()
    passages = list(_passages(session, subject, subject_id, {row.document_id: row.title for row in files}))
    told = {event.url for event in passages if event.url}
    kept = (*_files(files), *_letters(session, subject, subject_id))
    return in_order([*passages, *_notes(session, subject, subject_id), *_own_events(session, subject, subject_id),
                     *(event for event in kept if event.url is None or event.url not in told)])


def in_order(found: list[Event]) -> list[Event]:
    """Events in the order of a diary, the newest first; of two of one instant, the one that came later."""
    return sorted(found, key=lambda event: event.when)[::-1]


def acts(session: ScopedSession, subject: str, subject_id: int) -> list[Act]:
    """What who asks may add to the diary of a case; nothing where the rows of ``subject`` are none, but have passages.
    """
    if not is_case(subject):
        return []
    who = principal()
    pages = (("case_event.record_view", _("Registra un evento"), bool(recordable(session, subject, who))),
             ("case.note_view", _("Aggiungi una nota"), writes(who, subject)),
             ("case.file_view", _("Aggiungi un file"), may_add(subject, who)),
             ("case.letter_view", _("Registra una lettera"), may_add(subject, who)))
    return [Act(label, url_for(page, subject=subject, subject_id=subject_id)) for page, label, allowed in pages
            if allowed and policy.may(who, page, "POST")]


def page_of(subject: str, subject_id: int) -> str:
    """The page of a case; the first page where it has none of its own."""
    if subject == "azienda":  # its data are another page
        return url_for("case_event.azienda_view")
    page = f"{subject}.details_view"
    return url_for(page, id=subject_id) if page in current_app.view_functions else url_for("admin.index")


def file_url(document_id: int | None, subject: str = "") -> str | None:
    """Where a file of a case is downloaded; None where ``subject`` says of which kind and who asks does not read it."""
    if document_id is None or (subject and closed_to(principal(), subject)):
        return None
    return url_for("case.document_view", document_id=document_id)


# --- passages ---------------------------------------------------------------------------------------------


def _passages(session: ScopedSession, subject: str, subject_id: int, titles: Mapping[int, str]) -> Iterator[Event]:
    rows = passages_of(session, subject, subject_id)
    undone = {row.undoes_id: row for row in rows if row.undoes_id is not None}
    cited = {row.act_id for row in rows if row.act_id}
    by_id = held(session, BodyAct, cited)
    if others := cited - by_id.keys():
        seen = select(BodyAct).where(BodyAct.id.in_(others)).options(joinedload(BodyAct.party))
        by_id |= {act.id: act for act in session.scalars(seen)}
    by_row = {row.id: row for row in rows}
    names = _file_names(session, rows)
    for row in rows:
        taken_back = by_row.get(row.undoes_id) if row.undoes_id is not None else None
        text = _undoing(subject, taken_back, row) if row.action in (UNDO, STOP) else sentence(subject, row)
        act = by_id.get(row.act_id) if row.act_id is not None else None
        notes = [act_words(act) if act else "", row.why]
        proof = row.document_id or 0
        yield Event(row.at, row.actor, text, "\n".join(note for note in notes if note), file_url(row.document_id),
                    _proof_name(titles.get(proof), names.get(proof)),
                    badge=_badge(row, names.get(proof, ""), undone.get(row.id)))


def _badge(row: PassageLog, file: str, taken_back: PassageLog | None) -> str:
    """What sets a passage apart: who recorded it for whom, and that it does not stand any more."""
    words = []
    if row.on_behalf:
        words.append(_("registrato dall'azienda per conto del Comune, con il documento %(file)s", file=file))
    if taken_back is not None:
        words.append(_("fermato in seguito") if taken_back.action == STOP else _("corretto in seguito"))
    return "; ".join(words)


def _proof_name(title: str | None, name: str | None) -> str:
    if title and name:
        return _("%(title)s (%(name)s)", title=title, name=name)
    return _("File che lo prova: %(name)s", name=name) if name else _("File che lo prova")


def sentence(subject: str, row: PassageLog) -> str:
    """A passage as a sentence."""
    words = labels.PASSAGES.get(subject, {}).get(row.action)
    if words is not None:
        return str(words) % {"day": formats.day(row.on)}
    state = labels.state(subject, row.to_state)
    return _("Passato nello stato «%(state)s» il %(day)s.", state=state, day=formats.day(row.on))


def _undoing(subject: str, undone: PassageLog | None, row: PassageLog) -> str:
    state = labels.state(subject, row.to_state)
    if undone is not None and row.action == STOP:
        return _("Fermato il passaggio «%(passage)s»: lo stato torna «%(state)s».", state=state,
                 passage=sentence(subject, undone).rstrip("."))
    if undone is None:
        return _("Corretto un passaggio: lo stato torna «%(state)s».", state=state)
    return _("Corretto il passaggio «%(passage)s»: lo stato torna «%(state)s».", state=state,
             passage=sentence(subject, undone).rstrip("."))


def act_words(act: BodyAct) -> str:
    """An act as people quote it: whose, number and day."""
    body = act.body or labels.choice("act", "body_kind", act.body_kind)
    whose = _("%(body)s, %(party)s", body=body, party=act.party.name) if act.party is not None else str(body)
    if act.number and act.date:
        return _("%(whose)s: atto n. %(number)s del %(day)s", whose=whose, number=act.number,
                 day=formats.day(act.date))
    return f"{whose}: {act.title}"


def _file_names(session: ScopedSession, rows: Iterable[PassageLog | CaseEvent]) -> dict[int, str]:
    """What the files are called that prove what happened."""
    proofs = {row.document_id for row in rows if row.document_id is not None}
    names = {key: document.file_name for key, document in held(session, Document, proofs).items()}
    if others := proofs - names.keys():
        names |= dict(session.execute(select(Document.id, Document.file_name).where(Document.id.in_(others))).all())
    return names


# --- notes, files, letters --------------------------------------------------------------------------------


def _notes(session: ScopedSession, subject: str, subject_id: int) -> Iterator[Event]:
    for row in session.scalars(_of(Note, subject, subject_id)):
        yield Event(row.at, row.actor, _("Nota."), row.text,
                    badge="" if row.shared or not principal().sees_all else _("solo per l'ufficio"))


def _files(rows: Iterable[CaseFile]) -> Iterator[Event]:
    for row in rows:
        if row.document is not None:
            yield Event(row.document.made_at, row.document.made_by, _("File: %(title)s.", title=row.title),
                        url=file_url(row.document_id), file=row.document.file_name,
                        badge="" if row.shared or not principal().sees_all else _("solo per l'ufficio"))


def _own_events(session: ScopedSession, subject: str, subject_id: int) -> Iterator[Event]:
    """What the office has defined itself and recorded, with what may be done with it."""
    rows = session.scalars(_of(CaseEvent, subject, subject_id).options(joinedload(CaseEvent.kind))).all()
    names, who = _file_names(session, rows), principal()
    for row in rows:
        mends = not row.withdrawn and writes(who, subject) and may_record(row.kind, who)
        yield Event(
            row.at, row.actor, _("«%(title)s»: avvenuto il %(day)s.", title=row.title, day=formats.day(row.on)),
            row.note, file_url(row.document_id), names.get(row.document_id or 0, ""),
            badge=_("annullato in seguito") if row.withdrawn else "",
            acts=(Act(_("Correggi la data"), url_for("case_event.correct_view", event_id=row.id)),
                  Act(_("Annulla"), url_for("case_event.withdraw_view", event_id=row.id))) if mends else ())


def _letters(session: ScopedSession, subject: str, subject_id: int) -> Iterator[Event]:
    for letter in letters(session, subject, subject_id):
        yield Event(None, "", _("Inviata la lettera «%(title)s» da %(sender)s a %(addressee)s (%(channel)s).",
                                title=letter.title, sender=letter.sender, addressee=letter.addressee,
                                channel=letter.channel),
                    letter.protocol and _("Protocollo n. %(number)s", number=letter.protocol), letter.url,
                    _("Lettera"), on=letter.sent_on)
        if letter.received_on is not None:
            yield Event(None, "", _("Ricevuta da %(addressee)s la lettera «%(title)s».", title=letter.title,
                                    addressee=letter.addressee),
                        url=letter.receipt_url, file=_("Ricevuta"), on=letter.received_on)


@dataclass(frozen=True)
class Letter:
    """A letter as the pages show it; ``receive_url`` is where its receipt is recorded, while it is awaited, and
    ``correct_url`` where the day of the receipt is put right.
    """

    title: str
    sender: str
    addressee: str
    channel: str
    protocol: str
    sent_on: date
    received_on: date | None
    url: str | None
    receipt_url: str | None
    receive_url: str | None
    correct_url: str | None


@asked_once
def letters(session: ScopedSession, subject: str, subject_id: int) -> list[Letter]:
    """The letters of a case, the first one first."""
    rows = session.scalars(_of(Sending, subject, subject_id)).all()
    if not rows:
        return []
    ids = {row.sender_id for row in rows} | {row.addressee_id for row in rows}
    names: dict[int, str] = dict(as_system(  # who reads a letter may know between whom
        session, select(Party.id, Party.name).where(Party.id.in_(ids)), reason="mittenti e destinatari"))
    adds = policy.may(principal(), "case.receipt_view", "POST") and may_add(subject, principal())
    return [
        Letter(
            title=row.title, sender=names[row.sender_id], addressee=names[row.addressee_id],
            channel=str(labels.choice("sending", "channel", row.channel)), protocol=row.protocol_number,
            sent_on=row.sent_on, received_on=row.received_on, url=file_url(row.document_id),
            receipt_url=file_url(row.receipt_id),
            receive_url=url_for("case.receipt_view", sending_id=row.id) if adds and row.received_on is None else None,
            correct_url=url_for("case.correct_view", sending_id=row.id)
            if adds and row.received_on and not is_addressee(principal(), row) else None,
        )
        for row in rows
    ]


def _of(entity: Any, subject: str, subject_id: int) -> Any:
    return select(entity).where(entity.subject == subject, entity.subject_id == subject_id).order_by(entity.id)
