"""The steps of a notice of default, from the draft to its closing, one operation each (R101-R103, X24, X26).

The municipality contests and decides, or the management records it on its behalf; the answer is the azienda's. What a
mistaken step is taken back by stands in ``undoing``; the penalties stand in ``penalties``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from sqlalchemy import select

from core.cases.model import Sending
from core.cases.operations import add_file, on_receipt, record_receipt, record_sending
from core.contracts.model import Contract
from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.edits import at_version, take, touch
from core.ground.errors import NotAllowed, Place, RuleBroken
from core.ground.files import Upload
from core.ground.numbering import next_number
from core.ground.required import require_text
from core.ground.states import NO_PROOF, NOTHING, Proof, Said
from core.parties.azienda import the_azienda
from core.parties.model import Municipality
from core.penalties import procedure
from core.penalties.model import DefaultNotice, NoticeFinding, OnBehalf
from core.penalties.states import AZIENDA, CONTESTS, NOTICE_LIFE, DefaultNoticeState
from core.providers.model import Provider

NOTICE = frozenset({"addressee", "conflict_note", "facts", "compliance_by", "compliance_days"})
FINDING = frozenset({"service_id", "kind", "happened_on", "happened_to", "facts"})
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What was decided of one finding, and why; ``kind`` if what was found is another kind than was contested of it."""

    upheld: bool
    reasons: str
    kind: str | None = None


# --- the draft --------------------------------------------------------------------------------------------


def open_notice(
    session: ScopedSession, contract_id: int, municipality_id: int, facts: Facts, findings: Sequence[Facts], *,
    today: date,
) -> DefaultNotice:
    """Draft a notice of a municipality on one of its contracts, with its findings; its number is taken here.

    RuleBroken for what ``procedure.require_notice`` refuses, for a municipality that is not a party, and for a finding
    that another notice contests already.
    """
    session.principal.require(*CONTESTS)
    contract = session.require(Contract, contract_id)
    municipality = session.require(Municipality, municipality_id)
    if municipality_id not in {member.party_id for member in contract.municipality_parties}:
        raise RuleBroken("L'ente non è parte del contratto n. %(code)s: scegliere un suo contratto.",
                         field="contract_id", code=contract.code)
    # taken first: who opens another one meanwhile waits here, and then sees what this one contests
    number = next_number(session, "default_notice", today.year)
    notice = DefaultNotice(contract=contract, municipality=municipality, municipality_id=municipality.id, number=number,
                           opened_on=today, year=today.year, state=DefaultNoticeState.DRAFT,
                           reply_days=contract.terms.reply_days)
    with session.no_autoflush:
        _written(session, notice, facts, findings, today)
    session.add(notice)
    session.flush()
    follow(session, "default_notice", [notice.id], today=today)
    return notice


def edit_notice(
    session: ScopedSession, notice_id: int, facts: Facts, findings: Sequence[Facts], *, version: int | None, today: date
) -> DefaultNotice:
    """Correct a draft, its findings too. RuleBroken once it was sent, for a stale form, or as for a new one."""
    session.principal.require(*CONTESTS)
    notice = _notice(session, notice_id, version)
    if notice.state != DefaultNoticeState.DRAFT:
        raise RuleBroken("La diffida è già partita: non si modifica più. Se è sbagliata si ritira e se ne apre "
                         "un'altra.")
    with session.no_autoflush:
        _written(session, notice, facts, findings, today)
    return touch(session, notice)


def _written(
    session: ScopedSession, notice: DefaultNotice, facts: Facts, findings: Sequence[Facts], today: date
) -> None:
    take(notice, facts, NOTICE)
    for name in ("addressee", "conflict_note", "facts"):
        setattr(notice, name, (getattr(notice, name) or "").strip())
    replaced, notice.findings = list(notice.findings), [take(NoticeFinding(), row, FINDING) for row in findings]
    for row in replaced:
        session.delete(row)  # said outright: an orphan would count as a row that its writer may not see any more
    procedure.require_notice(notice, today)
    for finding in notice.findings:
        require_new(session, notice, finding)


def require_new(session: ScopedSession, notice: DefaultNotice, finding: NoticeFinding) -> None:
    """RuleBroken if another notice that stands contests the same default of the same service on the same day."""
    query = select(DefaultNotice).join(NoticeFinding, NoticeFinding.notice_id == DefaultNotice.id).where(
        DefaultNotice.contract_id == notice.contract.id, DefaultNotice.municipality_id == notice.municipality.id,
        DefaultNotice.state != DefaultNoticeState.WITHDRAWN, NoticeFinding.service_id == finding.service_id,
        NoticeFinding.kind == finding.kind, NoticeFinding.happened_on == finding.happened_on)
    for other in session.scalars(query):
        if other.id != notice.id:
            raise RuleBroken("Questa inadempienza è già contestata con la diffida n. %(code)s: non si contesta due "
                             "volte.", field="findings", code=other.code).mended(Place("default_notice", other.id))


# --- sending and receipt ----------------------------------------------------------------------------------


def send(
    session: ScopedSession, notice_id: int, *, channel: str, sent_on: date, protocol_number: str, paper: Upload,
    version: int | None, today: date,
) -> DefaultNotice:
    """Record that the notice left, by PEC or registered post, with the file that proves it (R102).

    The days for answering are those of the contract's terms now. RuleBroken for what a notice lacks, another channel,
    no number in the register, a day before the facts or to come.
    """
    notice = _notice(session, notice_id, version)
    procedure.require_notice(notice, today)
    procedure.require_sending(notice, channel, sent_on, protocol_number)
    sent = _kept(session, notice, f"Diffida n. {notice.code} inviata", paper)
    letter = record_sending(
        session, "default_notice", notice.id, title=f"Diffida n. {notice.code}", sender_id=notice.municipality_id,
        addressee_id=the_azienda(session).id, channel=channel, sent_on=sent_on,
        protocol_number=protocol_number, document_id=sent, today=today)
    notice.sending_id = letter.id
    notice.reply_days = notice.contract.terms.reply_days
    return _move(session, notice, "send", sent_on, today, Proof(document_id=sent))


def receive(
    session: ScopedSession, notice_id: int, *, received_on: date, paper: Upload | None, version: int | None, today: date
) -> DefaultNotice:
    """Record when the notice was received, with its receipt: both terms start (R102, X26).

    RuleBroken before it was sent, or on a day to come.
    """
    notice = _notice(session, notice_id, version)
    if notice.sending_id is None:
        raise RuleBroken("La diffida non è ancora partita: registrare prima l'invio.", field="received_on")
    proof = None if paper is None else _kept(session, notice, f"Ricevuta della diffida n. {notice.code}", paper)
    record_receipt(session, notice.sending_id, received_on=received_on, document_id=proof, today=today)
    return notice


def _on_receipt(session: ScopedSession, sending: Sending, _today: date) -> None:
    """The receipt of the notice itself starts its clock, from whichever page it was recorded."""
    notice = session.scalars(select(DefaultNotice).where(DefaultNotice.sending_id == sending.id)).first()
    if notice is None or sending.received_on is None or notice.state != DefaultNoticeState.SENT:
        return
    procedure.start_clock(notice, sending.received_on)
    NOTICE_LIFE.move(session, notice, "receive", on=sending.received_on,
                     proof=Proof(document_id=sending.receipt_id, received_on=sending.received_on))
    touch(session, notice)


def _on_correction(session: ScopedSession, sending: Sending, today: date) -> None:
    """The receipt of the notice was of another day: both terms run anew from there."""
    notice = session.scalars(select(DefaultNotice).where(DefaultNotice.sending_id == sending.id)).first()
    if notice is None or sending.received_on is None or notice.received_on is None:
        return
    if not NOTICE_LIFE.entrusts("receive", session.principal):
        raise NotAllowed("Questo passaggio spetta ad altri ruoli.")
    procedure.start_clock(notice, sending.received_on)
    procedure.require_fits_receipt(notice, today)
    touch(session, notice)


on_receipt("default_notice", _on_receipt, corrected=_on_correction)


# --- the answer -------------------------------------------------------------------------------------------


def answer(
    session: ScopedSession, notice_id: int, *, kind: str, answered_on: date, text: str, paper: Upload,
    version: int | None, today: date,
) -> DefaultNotice:
    """Record the azienda's answer with its document: rebuttal, or compliance (R103). A late one is recorded too.

    RuleBroken before the receipt, in the future, without a summary, or if there is an answer already.
    """
    notice = _notice(session, notice_id, version)
    if kind not in procedure.ANSWERS:
        raise RuleBroken("Scegliere se l'azienda risponde con deduzioni o adempie.", field="kind")
    procedure.require_after_receipt(notice, answered_on, today, field="answered_on")
    if notice.answer in procedure.ANSWERS:
        raise RuleBroken("La risposta è già registrata: quello che si aggiunge si carica tra i file del diario.")
    require_text(text, "Riassumere la risposta in poche righe.", field="text")
    title = "Deduzioni sulla" if kind == "rebuttal" else "Adempimento della"
    kept = _kept(session, notice, f"{title} diffida n. {notice.code}", paper)
    notice.answer, notice.answered_on, notice.answer_text = kind, answered_on, text.strip()
    if kind == "compliance" and notice.complied_on is None:
        notice.complied_on = answered_on
    return _move(session, notice, "answer", answered_on, today, Proof(document_id=kept))


def note_silence(session: ScopedSession, notice_id: int, *, version: int | None, today: date) -> DefaultNotice:
    """Record that the azienda has not answered within the term (R103). RuleBroken while it runs, or after an answer."""
    notice = _notice(session, notice_id, version)
    if notice.answer is not None:
        raise RuleBroken("La risposta è già registrata: ricaricare la pagina.")
    if notice.reply_due_effective is None or not procedure.reply_over(notice, today):
        raise RuleBroken("Il termine per rispondere non è ancora passato: il silenzio si registra dopo.")
    notice.answer = procedure.SILENCE
    return _move(session, notice, "note_silence", today, today)


def comply(
    session: ScopedSession, notice_id: int, *, complied_on: date, paper: Upload, version: int | None, today: date
) -> DefaultNotice:
    """Record that the azienda has complied with what the notice asks, with the document that proves it (X26)."""
    notice = _notice(session, notice_id, version)
    procedure.require_after_receipt(notice, complied_on, today, field="complied_on")
    if notice.complied_on is not None:
        raise RuleBroken("L'adempimento è già registrato, il %(day)s.", field="complied_on",
                         day=f"{notice.complied_on:%d/%m/%Y}")
    kept = _kept(session, notice, f"Adempimento della diffida n. {notice.code}", paper)
    notice.complied_on = complied_on
    return _move(session, notice, "comply", complied_on, today, Proof(document_id=kept))


# --- the hearing ------------------------------------------------------------------------------------------


def summon(
    session: ScopedSession, notice_id: int, *, summoned_for: date, at: time | None, place: str, version: int | None,
    today: date,
) -> DefaultNotice:
    """Summon both sides to the hearing, or to another day (R101). RuleBroken without place, or before the receipt."""
    notice = _notice(session, notice_id, version)
    procedure.require_after_receipt(notice, summoned_for, today, field="summoned_for", future=True)
    require_text(place, "Indicare dove si tiene il contraddittorio.", field="place")
    notice.summoned_for, notice.summoned_at, notice.summoned_place = summoned_for, at, place.strip()
    return _move(session, notice, "summon", today, today)


def hear(
    session: ScopedSession, notice_id: int, *, held_on: date, present: Sequence[str], minutes: str, paper: Upload,
    version: int | None, today: date,
) -> DefaultNotice:
    """Record the hearing of both sides with its minutes (R101).

    RuleBroken before the receipt, in the future, without who was there or without what was said.
    """
    notice = _notice(session, notice_id, version)
    procedure.require_after_receipt(notice, held_on, today, field="held_on")
    names = tuple(name.strip() for name in present if name.strip())
    if not names:
        raise RuleBroken("Indicare chi era presente, per l'ente e per l'azienda.", field="present")
    require_text(minutes, "Riassumere che cosa hanno detto le parti.", field="minutes")
    kept = _kept(session, notice, f"Verbale del contraddittorio, diffida n. {notice.code}", paper)
    notice.held_on, notice.present, notice.minutes = held_on, names, minutes.strip()
    return _move(session, notice, "hear", held_on, today, Proof(document_id=kept))


# --- the decision -----------------------------------------------------------------------------------------


def decide(
    session: ScopedSession, notice_id: int, outcomes: Mapping[int, Outcome], *, decided_on: date,
    override_why: str = "", paper: Upload | None = None, version: int | None, today: date,
) -> DefaultNotice:
    """Decide every finding: upheld or not, with reasons (R101-R104), of its kind or of another that was contested.

    It is the municipality's act; whoever records it on its behalf adds its document. RuleBroken without a reason for
    one, for a kind that the notice does not contest, and before the term for answering has passed or without hearing,
    unless ``override_why`` says why it is decided all the same.
    """
    notice = _notice(session, notice_id, version)
    session.principal.require(*CONTESTS)
    kept = _filed(session, notice, f"Decisione sulla diffida n. {notice.code}", paper)
    return _decided(session, notice, outcomes, decided_on, override_why, kept, today)


def _decided(
    session: ScopedSession, notice: DefaultNotice, outcomes: Mapping[int, Outcome], decided_on: date,
    override_why: str, document_id: int | None, today: date,
) -> DefaultNotice:
    procedure.require_after_receipt(notice, decided_on, today, field="decided_on")
    verdict = procedure.too_early(notice, decided_on)
    procedure.require_in_order(verdict, override_why)
    for finding in notice.findings:
        _settle(finding, outcomes.get(finding.id))
    _require_distinct(notice)
    notice.decided_on = decided_on
    notice.override_why = override_why.strip() if verdict.early else ""
    proof = Proof(why=notice.override_why, document_id=document_id)
    said = {str(key): [outcome.upheld, outcome.reasons, outcome.kind] for key, outcome in outcomes.items()}
    action = "decide_early" if verdict.early else "decide"
    return _move(session, notice, action, decided_on, today, proof, {"outcomes": said})


def _settle(finding: NoticeFinding, outcome: Outcome | None) -> None:
    if outcome is None or not outcome.reasons.strip():
        raise RuleBroken("Ogni inadempienza ha bisogno del suo esito e dei motivi.", field=f"reasons_{finding.id}")
    kind = outcome.kind or finding.kind
    procedure.require_found_kind(finding, kind, field=f"kind_{finding.id}")
    finding.outcome = procedure.UPHELD if outcome.upheld else procedure.NOT_UPHELD
    finding.decided_kind = kind if outcome.upheld and kind != finding.kind else None
    finding.reasons = outcome.reasons.strip()


def _require_distinct(notice: DefaultNotice) -> None:
    """One fact is punished once: two findings of one service and day are not upheld as the same kind."""
    seen: set[tuple[int, str, date]] = set()
    for finding in notice.findings:
        same = (finding.service_id, finding.found_kind, finding.happened_on)
        if finding.outcome == procedure.UPHELD and same in seen:
            raise RuleBroken("Due inadempienze dello stesso servizio e giorno sarebbero confermate come lo stesso "
                             "tipo: confermarne una.", field=f"kind_{finding.id}")
        if finding.outcome == procedure.UPHELD:
            seen.add(same)


def decide_again(session: ScopedSession, notice: DefaultNotice, row: OnBehalf, today: date) -> None:
    """The municipality confirms a decision that was recorded on its behalf and stopped: it is taken as its own."""
    outcomes = {int(key): Outcome(*said) for key, said in row.said["outcomes"].items()}
    _decided(session, notice, outcomes, row.passage.on, row.passage.why, row.passage.document_id, today)


def close(
    session: ScopedSession, notice_id: int, *, why: str, paper: Upload | None = None, version: int | None, today: date
) -> DefaultNotice:
    """Close the notice with a reason. RuleBroken while one of its penalties is to be paid or contested.

    It is the municipality's act, which may leave a finding without penalty; recorded on its behalf with its document.
    """
    notice = _notice(session, notice_id, version)
    kept = _filed(session, notice, f"Chiusura della diffida n. {notice.code}", paper)
    return _closed(session, notice, Proof(why=why, document_id=kept), today)


def _closed(session: ScopedSession, notice: DefaultNotice, proof: Proof, today: date) -> DefaultNotice:
    for penalty in notice.penalties:
        if procedure.is_open(penalty):
            raise RuleBroken("La penale n. %(code)s non è ancora definita: la diffida si chiude dopo.",
                             code=penalty.code).mended(Place("penalty", penalty.id))
    notice.closed_on = today
    return _move(session, notice, "close", today, today, proof)


def withdraw(
    session: ScopedSession, notice_id: int, *, why: str, paper: Upload | None = None, version: int | None, today: date
) -> DefaultNotice:
    """Withdraw a notice before it is decided, with a reason; its number stays taken, no term runs any more.

    It is the municipality's act; whoever records it on its behalf adds its document.
    """
    notice = _notice(session, notice_id, version)
    kept = _filed(session, notice, f"Ritiro della diffida n. {notice.code}", paper)
    return _withdrawn(session, notice, Proof(why=why, document_id=kept), today)


def _withdrawn(session: ScopedSession, notice: DefaultNotice, proof: Proof, today: date) -> DefaultNotice:
    notice.closed_on = today
    return _move(session, notice, "withdraw", today, today, proof)


def end_again(session: ScopedSession, notice: DefaultNotice, row: OnBehalf, today: date) -> None:
    """The municipality confirms a closing or a withdrawal that was recorded on its behalf and stopped."""
    end = _closed if row.passage.action == "close" else _withdrawn
    end(session, notice, Proof(why=row.passage.why, document_id=row.passage.document_id), today)


# --- the provider that delivered the service --------------------------------------------------------------


def pass_on(
    session: ScopedSession, finding_id: int, *, provider_id: int, on: date, note: str, version: int | None, today: date
) -> NoticeFinding:
    """Pass a finding on to the provider that delivered the service; the azienda stays liable (R57).

    RuleBroken before the facts, in the future, or for a notice that has not been sent.
    """
    session.principal.require(*AZIENDA)
    finding = at_version(session.require(NoticeFinding, finding_id), version)
    session.require(Provider, provider_id)
    if finding.notice.state in (DefaultNoticeState.DRAFT, DefaultNoticeState.WITHDRAWN):
        raise RuleBroken("La diffida è una bozza o è stata ritirata: non c'è nulla da girare al gestore.")
    if not finding.happened_on <= on <= today:
        raise RuleBroken("Il giorno va da quello dei fatti (%(happened)s) a oggi: correggere la data.", field="on",
                         happened=f"{finding.happened_on:%d/%m/%Y}")
    finding.provider_id, finding.passed_on, finding.passed_note = provider_id, on, note.strip()
    session.flush()
    return finding


# --- the common part --------------------------------------------------------------------------------------


def _notice(session: ScopedSession, notice_id: int, version: int | None) -> DefaultNotice:
    return at_version(session.require(DefaultNotice, notice_id), version)


def _kept(session: ScopedSession, notice: DefaultNotice, title: str, paper: Upload) -> int:
    held = add_file(session, "default_notice", notice.id, title=title, file=paper)
    return held.document_id


def _filed(session: ScopedSession, notice: DefaultNotice, title: str, paper: Upload | None) -> int | None:
    return None if paper is None else _kept(session, notice, title, paper)


def _move(
    session: ScopedSession, notice: DefaultNotice, action: str, on: date, today: date, proof: Proof = NO_PROOF,
    said: Said = NOTHING,
) -> DefaultNotice:
    NOTICE_LIFE.move(session, notice, action, on=on, proof=proof, said=said)
    touch(session, notice)
    follow(session, "default_notice", [notice.id], today=today)
    return notice
