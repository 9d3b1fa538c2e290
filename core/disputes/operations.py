"""What changes damaging events and the azienda's own contestations; arbitrations stand in ``arbitrations``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.cases.model import Sending
from core.cases.operations import keep_file, on_receipt, record_receipt, record_sending
from core.cases.rules import require_receipt
from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import Contract
from core.controls.under_contract import contract_under, require_in_contract, require_since_start
from core.deadlines.operations import follow
from core.disputes import rules
from core.disputes.model import Contestation, DamagingEvent
from core.disputes.states import CONTESTATION_LIFE, DAMAGE_LIFE, OFFICE, ContestationState
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import NotAllowed, Place, RuleBroken
from core.ground.files import Upload
from core.ground.numbering import next_number
from core.ground.required import LONGEST, LONGEST_TITLE, require_order, require_past, require_text
from core.ground.states import Proof
from core.parties.model import Azienda

DAMAGE_FORGETS = {
    "tell": ("told_on", "sending_id"),
    "tell_last": ("told_on", "sending_id"),
    "insure": ("insurer_told_on", "claim_number"),
    "insure_first": ("insurer_told_on", "claim_number"),
    "close": ("outcome", "compensation"),
}
CONTESTATION_FORGETS = {
    "send": ("sent_on", "sending_id"),
    "formalise": ("formalised_on",),
    "reply": ("answer", "answered_on"),
    "settle": ("outcome",),
}


@dataclass(frozen=True)
class LetterDispatch:
    """A letter that leaves: its file, how and when, under which protocol number."""

    file: Upload
    channel: str
    sent_on: date
    protocol_number: str = ""


# --- damaging events (R95, R97) ---------------------------------------------------------------------------


def record_damage(
    session: ScopedSession,
    contract_id: int,
    municipality_id: int,
    *,
    title: str,
    text: str,
    injured: str,
    happened_on: date,
    known_on: date,
    service_id: int | None = None,
    insurance_policy_id: int | None = None,
    today: date,
) -> DamagingEvent:
    """Record a damaging event: from ``known_on`` runs the term within which the municipality is told (R95).

    RuleBroken for a day that has not come or outside the contract, known before it happened, a policy of other days.
    """
    session.principal.require(*OFFICE)
    contract = contract_under(session, contract_id, municipality_id, service_id)
    require_past(happened_on, today, field="happened_on")
    require_past(known_on, today, field="known_on")
    rules.require_known(happened_on, known_on)
    require_in_contract(contract, happened_on, field="happened_on")
    event = DamagingEvent(
        year=today.year, number=next_number(session, "damaging_event", today.year), contract_id=contract.id,
        municipality_id=municipality_id, service_id=service_id, happened_on=happened_on, known_on=known_on,
        title=require_text(title, "Indicare in breve che cosa è successo.", field="title", longest=LONGEST_TITLE),
        text=require_text(text, "Descrivere il fatto.", field="text", longest=LONGEST), injured=injured.strip(),
        insurance_policy_id=_policy(session, contract, insurance_policy_id, happened_on),
    )
    session.add(event)
    session.flush()
    follow(session, "damaging_event", [event.id], today=today)
    return event


def _policy(session: ScopedSession, contract: Contract, policy_id: int | None, happened_on: date) -> int | None:
    if policy_id is None:
        return None
    policy = session.require(InsurancePolicy, policy_id)
    if policy.contract_id not in (None, contract.id):
        raise RuleBroken("La polizza %(policy)s è di un altro contratto: sceglierne una di questo, o nessuna.",
                         field="insurance_policy_id", policy=str(policy))
    rules.require_covered(policy.valid_from, policy.valid_to, happened_on, str(policy))
    return policy.id


def tell_municipality(
    session: ScopedSession, event_id: int, letter: LetterDispatch, *, version: int | None, today: date
) -> DamagingEvent:
    """Tell the municipality by a letter (R95): from now on it sees the event. RuleBroken before it was known."""
    event = _event(session, event_id, version)
    require_order(event.known_on, letter.sent_on, RuleBroken(
        "La comunicazione (%(after)s) viene prima del giorno in cui il fatto è stato conosciuto "
        "(%(before)s): correggere la data.", field="sent_on"))
    sending_id, document_id = _send(session, event, f"Comunicazione di evento dannoso n. {event.code}", letter, today)
    event.sending_id, event.told_on = sending_id, letter.sent_on
    action = "tell" if event.insurer_told_on is None else "tell_last"
    return _move_event(session, event, action, letter.sent_on, today, Proof(document_id=document_id))


def tell_insurer(
    session: ScopedSession,
    event_id: int,
    *,
    policy_id: int,
    told_on: date,
    claim_number: str = "",
    document_id: int | None = None,
    version: int | None,
    today: date,
) -> DamagingEvent:
    """Tell the insurer (R97; art. 1913 c.c.), before the municipality or after it.

    RuleBroken for a policy that does not cover that day, or a day before the event was known.
    """
    event = _event(session, event_id, version)
    require_past(told_on, today, field="told_on")
    require_order(event.known_on, told_on, RuleBroken(
        "La denuncia (%(after)s) viene prima del giorno in cui il fatto è stato conosciuto "
        "(%(before)s): correggere la data.", field="told_on"))
    if event.insurer_told_on is not None:
        raise RuleBroken("L'assicurazione è già stata avvisata, il %(day)s.", field="told_on",
                         day=f"{event.insurer_told_on:%d/%m/%Y}")
    event.insurance_policy_id = _policy(session, event.contract, policy_id, event.happened_on)
    event.insurer_told_on, event.claim_number = told_on, claim_number.strip()
    action = "insure" if event.told_on is not None else "insure_first"
    return _move_event(session, event, action, told_on, today, Proof(document_id=document_id))


def record_restoration(
    session: ScopedSession, event_id: int, *, text: str, on: date, version: int | None, today: date
) -> DamagingEvent:
    """Record what was done at once to put things right (art. 21 c. 1); a later line is added below the earlier ones."""
    event = _event(session, event_id, version)
    require_past(on, today, field="on")
    require_order(event.happened_on, on, RuleBroken(
        "Il ripristino (%(after)s) viene prima del fatto (%(before)s): correggere la data.", field="on"))
    done = require_text(text, "Scrivere che cosa è stato fatto.", field="text", longest=LONGEST)
    event.restoration = f"{event.restoration}\n\n{_restored(on, done)}".strip()
    return _move_event(session, event, "restore", on, today, Proof(why=done))


def close_damage(
    session: ScopedSession, event_id: int, *, outcome: str, compensation: Decimal | None, version: int | None,
    today: date,
) -> DamagingEvent:
    """Close an event with its outcome and what was paid, in euros; None if no sum is known."""
    event = _event(session, event_id, version)
    rules.require_compensation(compensation)
    event.outcome, event.compensation = outcome.strip(), compensation
    return _move_event(session, event, "close", today, today, Proof(why=outcome))


def undo_damage(session: ScopedSession, event_id: int, *, why: str, version: int | None, today: date) -> DamagingEvent:
    """Take back the last passage of an event, with a reason; the letter that was sent stays in the diary."""
    event = _event(session, event_id, version)
    last = DAMAGE_LIFE.last(session, event)
    if last is not None and last.action == "restore":
        event.restoration = event.restoration.removesuffix(_restored(last.on, last.why)).strip()
    DAMAGE_LIFE.undo(session, event, on=today, why=why, forgets=DAMAGE_FORGETS)
    touch(session, event)
    follow(session, "damaging_event", [event.id], today=today)
    return event


def _restored(on: date, done: str) -> str:
    return f"{on:%d/%m/%Y}: {done}"


def _event(session: ScopedSession, event_id: int, version: int | None) -> DamagingEvent:
    return at_version(session.require(DamagingEvent, event_id), version)


def _move_event(
    session: ScopedSession, event: DamagingEvent, action: str, on: date, today: date, proof: Proof
) -> DamagingEvent:
    DAMAGE_LIFE.move(session, event, action, on=on, proof=proof)
    touch(session, event)
    follow(session, "damaging_event", [event.id], today=today)
    return event


def _send(
    session: ScopedSession, case: DamagingEvent | Contestation, title: str, letter: LetterDispatch, today: date
) -> tuple[int, int]:
    """Record a letter of the azienda to the municipality; its id, and that of its file."""
    subject = case.__tablename__
    azienda = session.scalars(select(Azienda)).first()
    if azienda is None:
        raise RuleBroken("Mancano i dati dell'azienda, che è il mittente: completarli prima.").mended(
            Place("azienda.record", 0))
    kept = keep_file(session, subject, case.id, file=letter.file, kind="letter")
    sending = record_sending(
        session, subject, case.id, title=title, sender_id=azienda.id, addressee_id=case.municipality_id,
        channel=letter.channel, sent_on=letter.sent_on, protocol_number=letter.protocol_number, document_id=kept.id,
        today=today)
    return sending.id, kept.id


# --- the azienda's own contestations (R96) ----------------------------------------------------------------


def contest_delay(
    session: ScopedSession,
    contract_id: int,
    municipality_id: int,
    *,
    title: str,
    text: str,
    since: date,
    effects: str = "",
    answer_by: date | None = None,
    service_id: int | None = None,
    today: date,
) -> Contestation:
    """Draft a contestation of a municipality's delay (R96): nothing leaves and nothing counts yet.

    RuleBroken for a delay that has not begun or began before the contract, no facts, a term that has passed.
    """
    session.principal.require(*OFFICE)
    contract = contract_under(session, contract_id, municipality_id, service_id)
    require_past(since, today, field="since")
    require_since_start(contract, since, field="since")
    rules.require_answer_term(answer_by, today)
    contestation = Contestation(
        year=today.year, number=next_number(session, "contestation", today.year), contract_id=contract.id,
        municipality_id=municipality_id, service_id=service_id, since=since, answer_by=answer_by,
        title=require_text(title, "Indicare che cosa l'ente non ha fatto in tempo.",
                           field="title", longest=LONGEST_TITLE),
        text=require_text(text, "Scrivere i fatti: che cosa era dovuto, da chi, entro quando.",
                          field="text", longest=LONGEST),
        effects=effects.strip(),
    )
    session.add(contestation)
    session.flush()
    return contestation


def send_contestation(
    session: ScopedSession, contestation_id: int, letter: LetterDispatch, *, version: int | None, today: date
) -> Contestation:
    """Send a contestation: the municipality sees it, but it counts only once its receipt is proved.

    RuleBroken for a letter sent before the delay began, or whose term for the answer was then over.
    """
    contestation = _contestation(session, contestation_id, version)
    require_order(contestation.since, letter.sent_on, RuleBroken(
        "La lettera (%(after)s) viene prima del ritardo che contesta (%(before)s): correggere la "
        "data.", field="sent_on"))
    rules.require_answer_term(contestation.answer_by, letter.sent_on)
    sending_id, document_id = _send(session, contestation, f"Contestazione n. {contestation.code}: "
                                    f"{contestation.title}", letter, today)
    contestation.sending_id, contestation.sent_on = sending_id, letter.sent_on
    return _move_contestation(session, contestation, "send", letter.sent_on, today, Proof(document_id=document_id))


def formalise(
    session: ScopedSession,
    contestation_id: int,
    *,
    received_on: date,
    receipt: Upload | None,
    version: int | None,
    today: date,
) -> Contestation:
    """Record the receipt that proves it (R96), a file name with its content: from this day the contestation counts.

    RuleBroken for a receipt before the letter left, on another day than the one recorded with the letter, or without
    its file where the diary does not hold it yet.
    """
    contestation = _contestation(session, contestation_id, version)
    sending = contestation.sending
    if contestation.state != ContestationState.DISPATCHED or sending is None:
        raise RuleBroken("La contestazione non è ancora partita, o è già formalizzata: ricaricare la pagina.")
    require_receipt(sending.sent_on, received_on, today)
    if sending.received_on not in (None, received_on):
        raise RuleBroken("Con la lettera è già registrato il ricevimento del %(day)s: indicare lo stesso giorno.",
                         field="received_on", day=f"{sending.received_on:%d/%m/%Y}")
    kept = sending.receipt_id
    if receipt is not None:
        kept = keep_file(session, "contestation", contestation.id, file=receipt, kind="receipt").id
    if kept is None:
        raise RuleBroken("Allegare la ricevuta: senza la prova la contestazione non conta.", field="file")
    if sending.received_on is None:
        record_receipt(session, sending.id, received_on=received_on, document_id=kept, today=today)
    if contestation.state != ContestationState.DISPATCHED:  # by the receipt itself
        return contestation
    return _formalised(session, contestation, received_on, kept, today)


def _formalised(
    session: ScopedSession, contestation: Contestation, received_on: date, receipt_id: int, today: date
) -> Contestation:
    contestation.formalised_on = received_on
    return _move_contestation(session, contestation, "formalise", received_on, today,
                              Proof(document_id=receipt_id, received_on=received_on))


def _on_receipt(session: ScopedSession, sending: Sending, today: date) -> None:
    """The receipt of its letter formalises a contestation, from whichever page it was recorded.

    Without the file, or by somebody whose task it is not, it waits for the management.
    """
    waiting = select(Contestation).where(Contestation.sending_id == sending.id,
                                         Contestation.state == ContestationState.DISPATCHED)
    contestation = session.scalars(waiting).first()
    if contestation is None or sending.received_on is None or sending.receipt_id is None:
        return
    if CONTESTATION_LIFE.allows(contestation.state, "formalise", session.principal):
        _formalised(session, contestation, sending.received_on, sending.receipt_id, today)


def _on_correction(session: ScopedSession, sending: Sending, _today: date) -> None:
    """The contestation was received on another day: it counts from there."""
    contestation = session.scalars(select(Contestation).where(Contestation.sending_id == sending.id)).first()
    if contestation is None or sending.received_on is None or contestation.formalised_on is None:
        return
    if not CONTESTATION_LIFE.entrusts("formalise", session.principal):
        raise NotAllowed("Questo passaggio spetta ad altri ruoli.")
    if contestation.answered_on is not None:
        require_order(sending.received_on, contestation.answered_on, RuleBroken(
            "La risposta è del %(after)s: la contestazione non può essere stata ricevuta dopo, il %(before)s.",
            field="received_on"))
    contestation.formalised_on = sending.received_on
    touch(session, contestation)


on_receipt("contestation", _on_receipt, corrected=_on_correction)


def reply(
    session: ScopedSession, contestation_id: int, *, text: str, answered_on: date, document_id: int | None = None,
    version: int | None, today: date,
) -> Contestation:
    """Record what the municipality answers; it may do so itself."""
    contestation = _contestation(session, contestation_id, version)
    require_past(answered_on, today, field="answered_on")
    if contestation.formalised_on is not None:
        require_order(contestation.formalised_on, answered_on, RuleBroken(
            "La risposta (%(after)s) viene prima del ricevimento della contestazione "
            "(%(before)s): correggere la data.", field="answered_on"))
    contestation.answer = require_text(text, "Scrivere la risposta, anche in breve: il resto può stare nel file.",
                                       field="text", longest=LONGEST)
    contestation.answered_on = answered_on
    return _move_contestation(session, contestation, "reply", answered_on, today, Proof(document_id=document_id))


def settle(
    session: ScopedSession, contestation_id: int, *, outcome: str, version: int | None, today: date
) -> Contestation:
    """Close a contestation with how it ended; it still counts at a hearing."""
    contestation = _contestation(session, contestation_id, version)
    contestation.outcome = outcome.strip()
    return _move_contestation(session, contestation, "settle", today, today, Proof(why=outcome))


def retract(
    session: ScopedSession, contestation_id: int, *, why: str, version: int | None, today: date
) -> Contestation:
    """Withdraw a contestation: it counts no more."""
    return _move_contestation(session, _contestation(session, contestation_id, version), "retract", today, today,
                              Proof(why=why))


def undo_contestation(
    session: ScopedSession, contestation_id: int, *, why: str, version: int | None, today: date
) -> Contestation:
    """Take back the last passage of a contestation, with a reason; letters and receipts stay in the diary."""
    contestation = _contestation(session, contestation_id, version)
    CONTESTATION_LIFE.undo(session, contestation, on=today, why=why, forgets=CONTESTATION_FORGETS)
    touch(session, contestation)
    follow(session, "contestation", [contestation.id], today=today)
    return contestation


def contestations_of(
    session: ScopedSession, contract_id: int, municipality_id: int | None = None
) -> list[Contestation]:
    """What the azienda contested under a contract, for the hearing of a notice (R96): those that count come first.

    Drafts and retracted ones are left out; of one municipality where several sign.
    """
    query = select(Contestation).where(
        Contestation.contract_id == contract_id,
        Contestation.state.not_in((ContestationState.DRAFT, ContestationState.RETRACTED)))
    if municipality_id is not None:
        query = query.where(Contestation.municipality_id == municipality_id)
    rows = session.scalars(query.options(joinedload(Contestation.sending)).order_by(Contestation.since,
                                                                                     Contestation.id))
    return sorted(rows, key=lambda row: not row.counts)


def _contestation(session: ScopedSession, contestation_id: int, version: int | None) -> Contestation:
    return at_version(session.require(Contestation, contestation_id), version)


def _move_contestation(
    session: ScopedSession, contestation: Contestation, action: str, on: date, today: date, proof: Proof
) -> Contestation:
    CONTESTATION_LIFE.move(session, contestation, action, on=on, proof=proof)
    touch(session, contestation)
    follow(session, "contestation", [contestation.id], today=today)
    return contestation
