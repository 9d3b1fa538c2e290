"""What changes a control: it is asked, answered, held with its minutes, closed, or leads to a notice of default."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from core.controls import rules
from core.controls.model import Control, ControlFinding
from core.controls.states import EITHER, LIFE
from core.controls.under_contract import contract_under, require_since_start
from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import RuleBroken
from core.ground.numbering import next_number
from core.ground.required import LONGEST, LONGEST_TITLE, require_order, require_past, require_text
from core.ground.states import Proof
from core.penalties.model import DefaultNotice

FORGETS = {
    "answer": ("answer", "answered_on", "planned_on"),
    "hold": ("held_on", "present", "minutes"),
    "open_notice": ("notice_id",),
}


def ask(
    session: ScopedSession,
    contract_id: int,
    municipality_id: int,
    *,
    kind: str,
    title: str,
    text: str,
    service_id: int | None = None,
    asked_on: date,
    answer_by: date,
    today: date,
) -> Control:
    """Ask for information, a visit or an inspection (R76, R86, R98); the term for the answer is set by who asks.

    The municipality asks itself, or the management records what it asked. RuleBroken for a day that has not come or
    before the contract, a term that ends before it begins, a service that is not in the contract, no subject.
    """
    session.principal.require(*EITHER)
    contract = contract_under(session, contract_id, municipality_id, service_id)
    if kind not in rules.KINDS:
        raise RuleBroken("Scegliere se è una richiesta, una visita o un'ispezione.", field="kind")
    require_past(asked_on, today, field="asked_on")
    require_since_start(contract, asked_on, field="asked_on")
    rules.require_term(asked_on, answer_by)
    control = Control(
        year=today.year, number=next_number(session, "control", today.year), contract_id=contract.id,
        municipality_id=municipality_id, service_id=service_id, kind=kind, asked_on=asked_on, answer_by=answer_by,
        title=require_text(title, "Indicare l'oggetto del controllo.", field="title", longest=LONGEST_TITLE),
        text=require_text(text, "Scrivere che cosa si chiede o che cosa si vuole vedere.",
                          field="text", longest=LONGEST),
    )
    session.add(control)
    session.flush()
    follow(session, "control", [control.id], today=today)
    return control


def answer(
    session: ScopedSession,
    control_id: int,
    *,
    text: str,
    answered_on: date,
    planned_on: date | None = None,
    document_id: int | None = None,
    version: int | None,
    today: date,
) -> Control:
    """Answer a request, or agree to a visit and fix its day (R98). RuleBroken for an answer before it was asked."""
    control = _at(session, control_id, version)
    require_past(answered_on, today, field="answered_on")
    require_order(control.asked_on, answered_on, RuleBroken(
        "La risposta (%(after)s) viene prima della richiesta (%(before)s): correggere la data.", field="answered_on"))
    rules.require_planned(control.kind, planned_on, answered_on)
    control.answer = require_text(text, "Scrivere la risposta, anche in breve: il resto può stare nel file.",
                                  field="text", longest=LONGEST)
    control.answered_on = answered_on
    control.planned_on = planned_on if control.on_site else None
    return _move(session, control, "answer", answered_on, today, Proof(control.answer, document_id=document_id))


def insist(
    session: ScopedSession, control_id: int, *, why: str, answer_by: date, version: int | None, today: date
) -> Control:
    """Say that the answer is not enough: the control is asked again, with a new term."""
    control = _at(session, control_id, version)
    rules.require_term(today, answer_by)
    control.answer_by = answer_by
    return _move(session, control, "insist", today, today, Proof(why=why))


def hold(
    session: ScopedSession,
    control_id: int,
    *,
    held_on: date,
    present: str,
    minutes: str,
    findings: Sequence[str] = (),
    serious: Sequence[str] = (),
    document_id: int | None = None,
    version: int | None,
    today: date,
) -> Control:
    """Record a visit or an inspection with its minutes and what was found, one finding a line.

    RuleBroken for a request, a day that has not come or before it was asked, no minutes.
    """
    control = _at(session, control_id, version)
    rules.require_on_site(control.kind)
    require_past(held_on, today, field="held_on")
    require_order(control.asked_on, held_on, RuleBroken(
        "La visita (%(after)s) viene prima della richiesta (%(before)s): correggere la data.", field="held_on"))
    control.present = require_text(present, "Indicare chi c'era per le due parti.", field="present", longest=LONGEST)
    control.minutes = require_text(minutes, "Scrivere il verbale, anche in breve: il resto può stare nel file.",
                                   field="minutes", longest=LONGEST)
    control.held_on = held_on
    _find(control, rules.findings_of(findings, serious))
    return _move(session, control, "hold", held_on, today, Proof(document_id=document_id))


def add_finding(
    session: ScopedSession, control_id: int, *, text: str, serious: bool, version: int | None, today: date
) -> Control:
    """Add what was found in an answer, or came out after the visit. RuleBroken for one that is there already."""
    control = _at(session, control_id, version)
    found = require_text(text, "Scrivere che cosa si rileva.", field="text", longest=LONGEST)
    if found in {finding.text for finding in control.findings}:
        raise RuleBroken("Questo rilievo c'è già.", field="text")
    _find(control, [(found, serious)])
    return _move(session, control, "find", today, today, Proof(why=found))


def close(session: ScopedSession, control_id: int, *, why: str, version: int | None, today: date) -> Control:
    """Close a control, with what came of it."""
    return _move(session, _at(session, control_id, version), "close", today, today, Proof(why=why))


def cancel(session: ScopedSession, control_id: int, *, why: str, version: int | None, today: date) -> Control:
    """Take back what was asked, before any answer."""
    return _move(session, _at(session, control_id, version), "cancel", today, today, Proof(why=why))


def open_notice(
    session: ScopedSession, control_id: int, notice_id: int, *, version: int | None = None, today: date
) -> Control:
    """Tie a control to the notice of default that it led to. RuleBroken for a notice of another contract or comune."""
    control = _at(session, control_id, version)
    notice = session.require(DefaultNotice, notice_id)
    if (notice.contract_id, notice.municipality_id) != (control.contract_id, control.municipality_id):
        raise RuleBroken("La diffida n. %(code)s riguarda un altro contratto o un altro ente: sceglierne una di "
                         "questo controllo.", field="notice_id", code=notice.code)
    control.notice_id = notice.id
    return _move(session, control, "open_notice", today, today, Proof(why=f"Diffida n. {notice.code}"))


def undo(session: ScopedSession, control_id: int, *, why: str, version: int | None, today: date) -> Control:
    """Take back the last passage, with a reason; minutes taken back leave their findings and files.

    NotAllowed if it was another role's.
    """
    control = _at(session, control_id, version)
    last = LIFE.last(session, control)
    if last is not None and last.action == "find":
        _drop(session, control, last.why)
    LIFE.undo(session, control, on=today, why=why, forgets=FORGETS)
    touch(session, control)
    follow(session, "control", [control.id], today=today)
    return control


def _at(session: ScopedSession, control_id: int, version: int | None) -> Control:
    return at_version(session.require(Control, control_id), version)


def _find(control: Control, found: list[tuple[str, bool]]) -> None:
    known = {finding.text for finding in control.findings}
    control.findings += [ControlFinding(text=text, serious=serious) for text, serious in found if text not in known]


def _drop(session: ScopedSession, control: Control, text: str) -> None:
    for finding in control.findings:
        if finding.text == text:
            session.delete(finding)
    session.flush()
    session.expire(control, ["findings"])


def _move(session: ScopedSession, control: Control, action: str, on: date, today: date, proof: Proof) -> Control:
    LIFE.move(session, control, action, on=on, proof=proof)
    touch(session, control)
    follow(session, "control", [control.id], today=today)
    return control
