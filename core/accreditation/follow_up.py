"""What follows a period of monitoring that is out of limits: a finding for each line, prescribed, visited or closed.

(R150.)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from core.accreditation import rules
from core.accreditation.inspections import FARTHEST, NOTED, OPEN
from core.accreditation.model import Accreditation, InspectionFinding, Monitoring, Requirement
from core.accreditation.passages import OFFICE, changed
from core.accreditation.rules import LONGEST
from core.documents.words import number
from core.ground.access import ScopedSession
from core.ground.edits import at_version
from core.ground.errors import RuleBroken
from core.ground.required import require_text

PERIODS = {"half_year": "semestrale", "year": "annuale"}
Line = Mapping[str, Any]


def within(line: Line, answer: Line) -> bool | None:
    """True if the figures of an answer keep the limit of its line, None where nothing can be said."""
    if line["kind"] not in rules.NUMERIC:
        return None
    asked = Requirement(kind=line["kind"], measure=line["measure"], per=line["per"], limit=rules.number(line["limit"]))
    return rules.figure(asked, answer.get("figures", {})).within


def out_of_limits(form: Sequence[Line], answers: Mapping[str, Line]) -> Iterator[tuple[Line, str]]:
    """The lines of a period that are outside their limit or not met, each with what is told of it."""
    for line in form:
        answer = answers.get(line["code"], {})
        if answer.get("answer") == rules.NOT_APPLICABLE:
            continue
        outside = within(line, answer) is False
        if outside or answer.get("answer") == rules.NOT_MET:
            told = [_figures(line, answer)] if outside else []
            yield line, "; ".join([*told, *([answer["note"]] if answer.get("note") else [])]) or "non è rispettato"


def _figures(line: Line, answer: Line) -> str:
    told = answer.get("figures", {})
    found = [f"{figure['title']}: {number(value)}" for figure in line["figures"]
             if (value := rules.number(told.get(figure["code"]))) is not None]
    least = "almeno" if line["kind"] == "at_least" else "al massimo"
    return f"{', '.join(found)} (limite: {least} {number(rules.number(line['limit']) or 0)})"


def open_findings(session: ScopedSession, monitoring: Monitoring, form: Sequence[Line]) -> list[InspectionFinding]:
    """Open a finding for each line that is out of limits; the office prescribes, visits the unit or closes it."""
    ids = {row.code: row.id for row in monitoring.accreditation.set.requirements}
    found = [
        InspectionFinding(
            accreditation_id=monitoring.accreditation_id, monitoring_id=monitoring.id, outcome=OPEN,
            requirement_id=ids.get(line["code"]),
            text=f"Monitoraggio {PERIODS[monitoring.kind]} {monitoring}: {line['code']} {line['title']}, "
                 f"{told}"[:LONGEST])
        for line, told in out_of_limits(form, monitoring.answers)]
    session.add_all(found)
    session.flush()
    return found


def take_back(session: ScopedSession, monitoring: Monitoring) -> None:
    """The answers are given back to be corrected: findings on which nobody has acted yet go with them."""
    for finding in session.scalars(of_monitoring(monitoring.id)):
        if finding.outcome == OPEN and finding.due_on is None:
            session.delete(finding)
    session.flush()


def prescribe(
    session: ScopedSession, finding_id: int, *, prescription: str, due_on: date, version: int | None, today: date
) -> InspectionFinding:
    """Prescribe what a finding of a monitoring asks for, by a day: the provider answers, and the office verifies.

    RuleBroken for one that has its prescription or is closed, or for a day that is not to come.
    """
    session.principal.require(*OFFICE)
    finding = at_version(session.require(InspectionFinding, finding_id), version)
    if finding.monitoring_id is None or finding.due_on is not None or finding.outcome != OPEN:
        raise RuleBroken("Questo rilievo ha già la sua prescrizione, o è chiuso: ricaricare la pagina.")
    if not today < due_on <= today + FARTHEST:
        raise RuleBroken("Il termine della prescrizione è un giorno futuro.", field="due_on")
    finding.prescription = require_text(prescription, "Scrivere che cosa si prescrive.", field="prescription",
                                        longest=LONGEST)
    finding.due_on = due_on
    session.flush()
    changed(session, session.require(Accreditation, finding.accreditation_id), today)
    return finding


def close_finding(
    session: ScopedSession, finding_id: int, *, why: str, version: int | None, today: date
) -> InspectionFinding:
    """Close a finding of a monitoring without a prescription, with the reason, which the provider reads too."""
    session.principal.require(*OFFICE)
    finding = at_version(session.require(InspectionFinding, finding_id), version)
    if finding.monitoring_id is None or finding.due_on is not None or finding.outcome != OPEN:
        raise RuleBroken("Questo rilievo ha già la sua prescrizione, o è chiuso: ricaricare la pagina.")
    finding.prescription = require_text(why, "Scrivere perché si chiude: lo legge anche il gestore.", field="why",
                                        longest=LONGEST)
    finding.outcome, finding.verified_on = NOTED, today
    session.flush()
    changed(session, session.require(Accreditation, finding.accreditation_id), today)
    return finding


def of_monitoring(monitoring_id: int) -> Select[InspectionFinding]:
    """The findings of a period, in order."""
    return select(InspectionFinding).where(InspectionFinding.monitoring_id == monitoring_id).order_by(
        InspectionFinding.id)
