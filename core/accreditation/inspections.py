"""Inspections of a unit: appointment, minutes, findings; prescriptions answered by the provider, then verified.

(R149, R150.)
"""

from __future__ import annotations

from datetime import date, timedelta

from core.accreditation import rules
from core.accreditation.model import Accreditation, Inspection, InspectionFinding, Requirement
from core.accreditation.passages import OFFICE, WITH_PROVIDER, changed, kept
from core.accreditation.rules import LONGEST
from core.accreditation.states import DECIDED, LIVING, AccreditationState
from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import Place, RuleBroken
from core.ground.files import Upload
from core.ground.required import require_past, require_text

A = AccreditationState
PURPOSES = ("requirements", "prescriptions", "monitoring", "complaint")
INSPECTED = (A.FILED, A.TO_COMPLETE, A.EXAMINED, *DECIDED, *LIVING)
OPEN, ANSWERED, SATISFIED, NOT_SATISFIED, NOTED = "open", "answered", "satisfied", "not_satisfied", "noted"
FARTHEST = timedelta(days=5 * 366)


def appoint(
    session: ScopedSession, accreditation_id: int, *, purpose: str, appointed_for: date, inspectors: str = "",
    today: date,
) -> Inspection:
    """Fix the day of an inspection, which the provider reads too. RuleBroken for a draft or an ended accreditation."""
    session.principal.require(*OFFICE)
    row = session.require(Accreditation, accreditation_id)
    if row.state not in INSPECTED:
        raise RuleBroken("In questo stato non si fissano sopralluoghi: la domanda non è presentata, o il procedimento "
                         "è concluso.")
    if purpose not in PURPOSES:
        raise RuleBroken("Scegliere lo scopo del sopralluogo.", field="purpose")
    if not today - FARTHEST <= appointed_for <= today + FARTHEST:
        raise RuleBroken("Il giorno del sopralluogo è troppo lontano: controllare la data.", field="appointed_for")
    inspection = Inspection(accreditation_id=row.id, purpose=purpose, appointed_for=appointed_for,
                            inspectors=inspectors.strip()[:500])
    session.add(inspection)
    session.flush()
    changed(session, row, today)
    return inspection


def move_appointment(
    session: ScopedSession, inspection_id: int, *, appointed_for: date, inspectors: str, version: int | None,
    today: date,
) -> Inspection:
    """Give another day to an inspection that has not been held."""
    inspection = _inspection_at(session, inspection_id, version)
    if inspection.held_on is not None:
        raise RuleBroken("Il sopralluogo è già stato fatto, il %(day)s.", day=f"{inspection.held_on:%d/%m/%Y}")
    if not today - FARTHEST <= appointed_for <= today + FARTHEST:
        raise RuleBroken("Il giorno del sopralluogo è troppo lontano: controllare la data.", field="appointed_for")
    inspection.appointed_for, inspection.inspectors = appointed_for, inspectors.strip()[:500]
    session.flush()
    changed(session, _of(session, inspection), today)
    return inspection


def hold(
    session: ScopedSession, inspection_id: int, *, held_on: date, inspectors: str, minutes: str, file: Upload | None,
    version: int | None, today: date,
) -> Inspection:
    """Record that an inspection was held: who went, the minutes, their signed file if there is one."""
    inspection = _inspection_at(session, inspection_id, version)
    row = _of(session, inspection)
    require_past(held_on, today, field="held_on")
    rules.require_not_before(held_on, row.filed_on, "la presentazione della domanda", field="held_on")
    inspection.inspectors = require_text(inspectors, "Indicare chi ha fatto il sopralluogo.", field="inspectors",
                                               longest=500)
    inspection.minutes = require_text(minutes, "Scrivere il verbale: che cosa si è visto.", field="minutes",
                                            longest=20_000)
    inspection.held_on = held_on
    if file is not None:
        inspection.document_id = kept(session, row, file, kind="minutes", title="Verbale di sopralluogo")
    session.flush()
    changed(session, row, today)
    return inspection


def add_finding(
    session: ScopedSession, inspection_id: int, *, text: str, requirement_id: int | None = None,
    prescription: str = "", due_on: date | None = None, today: date,
) -> InspectionFinding:
    """Record what an inspection found; with a prescription and its term the provider must answer.

    RuleBroken before the inspection was held, for a prescription without a term or a term without a prescription.
    """
    inspection = _inspection_at(session, inspection_id, None)
    row = _of(session, inspection)
    if inspection.held_on is None:
        raise RuleBroken("Il sopralluogo non risulta ancora fatto: registrare prima il verbale.").mended(
            Place("inspection.hold", inspection.id))
    if requirement_id is not None:
        requirement = session.require(Requirement, requirement_id)
        if requirement.set_id != row.set_id:
            raise RuleBroken("Scegliere un requisito della domanda.", field="requirement_id")
    _require_prescription(prescription, due_on, inspection.held_on)
    finding = InspectionFinding(
        accreditation_id=row.id, inspection_id=inspection.id, requirement_id=requirement_id,
        text=require_text(text, "Scrivere che cosa si è rilevato.", field="text", longest=LONGEST),
        prescription=prescription.strip(), due_on=due_on, outcome=OPEN if due_on else NOTED,
    )
    session.add(finding)
    session.flush()
    changed(session, row, today)
    return finding


def answer(
    session: ScopedSession, finding_id: int, *, text: str, file: Upload | None, version: int | None, today: date
) -> InspectionFinding:
    """Answer a prescription, in words and with a file that shows it; by the provider, or by the office for it."""
    finding = _finding_at(session, finding_id, version)
    if finding.outcome not in (OPEN, NOT_SATISFIED, ANSWERED) or finding.due_on is None:
        raise RuleBroken("Questa prescrizione è già chiusa: non si risponde più.")
    row = session.require(Accreditation, finding.accreditation_id)
    said = require_text(text, "Scrivere che cosa è stato fatto.", field="text", longest=LONGEST)
    if file is not None:
        finding.answer_id = kept(session, row, file, kind="answer", title="Risposta a una prescrizione")
    finding.answer, finding.answered_on, finding.outcome = said, today, ANSWERED
    session.flush()
    changed(session, row, today)
    return finding


def verify(
    session: ScopedSession, finding_id: int, *, satisfied: bool, due_on: date | None = None, verified_on: date,
    version: int | None, today: date,
) -> InspectionFinding:
    """Say whether a prescription is carried out; if it is not, a new term may be given and it stays open."""
    finding = _finding_at(session, finding_id, version)
    session.principal.require(*OFFICE)
    if finding.outcome not in rules.UNSETTLED:
        raise RuleBroken("Questa prescrizione è già chiusa.")
    require_past(verified_on, today, field="verified_on")
    rules.require_not_before(verified_on, finding.found_on, "il rilievo", field="verified_on")
    if due_on is not None and not satisfied:
        if not verified_on < due_on <= verified_on + FARTHEST:
            raise RuleBroken("Il nuovo termine viene dopo la verifica: correggere la data.", field="due_on")
        finding.due_on = due_on
        finding.answered_on = None
    finding.outcome, finding.verified_on = (SATISFIED if satisfied else NOT_SATISFIED), verified_on
    session.flush()
    changed(session, session.require(Accreditation, finding.accreditation_id), today)
    return finding


def _require_prescription(prescription: str, due_on: date | None, held_on: date) -> None:
    if prescription.strip() and due_on is None:
        raise RuleBroken("Una prescrizione ha un termine: indicare entro quando il gestore vi adempie.", field="due_on")
    if due_on is not None and not prescription.strip():
        raise RuleBroken("Scrivere che cosa si prescrive, o togliere il termine.", field="prescription")
    if due_on is not None and not held_on < due_on <= held_on + FARTHEST:
        raise RuleBroken("Il termine della prescrizione viene dopo il sopralluogo del %(day)s.", field="due_on",
                         day=f"{held_on:%d/%m/%Y}")


def _inspection_at(session: ScopedSession, inspection_id: int, version: int | None) -> Inspection:
    session.principal.require(*OFFICE)
    return at_version(session.require(Inspection, inspection_id), version)


def _finding_at(session: ScopedSession, finding_id: int, version: int | None) -> InspectionFinding:
    session.principal.require(*WITH_PROVIDER)
    return at_version(session.require(InspectionFinding, finding_id), version)


def _of(session: ScopedSession, inspection: Inspection) -> Accreditation:
    return session.require(Accreditation, inspection.accreditation_id)
