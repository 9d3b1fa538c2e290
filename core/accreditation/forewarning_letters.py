"""The letter before an act against a provider: the notice of the reasons, or that a procedure begins."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.accreditation import law
from core.accreditation.context import ProcedureOpening, RefusalForewarning
from core.accreditation.forewarnings import EXTENSION, REFUSAL, STOPS, SUBJECT
from core.accreditation.letters import in_common, unmet_lines
from core.accreditation.model import Forewarning
from core.accreditation.passages import extension_asked_on
from core.accreditation.states import DECIDES, ForewarningState
from core.accreditation.unmet import unmet
from core.cases.letters import Asks, Given, Offer, known, letters_of, lines
from core.deadlines.model import DeadlineRule
from core.documents.letters import Letter
from core.ground.access import ScopedSession
from core.parties.capacities import accreditor

F = ForewarningState
NOTICE, OPENING = "refusal_forewarning", "procedure_opening"
DECISION_RULE, LEAST_DECISION = "forewarning_decision", 30  # L. 241/1990, art. 2 c. 2, where no rule says otherwise
ASKS: Asks = {NOTICE: (), OPENING: ()}
ACTS = {REFUSAL: "refused", EXTENSION: "extension_refusal"}
WHAT = {"suspension": "sospensione", "revocation": "revoca"}


def offers(session: ScopedSession, case: Forewarning, today: date) -> list[Offer]:
    """The one letter of a forewarning, written from its rows; while it is a draft it stays with the office."""
    if case.state == F.WITHDRAWN:
        return []
    writes = accreditor(session, today, case.accreditation.unit.municipality)
    return [Offer(NOTICE if case.kind in STOPS else OPENING, awaited=case.state == F.DRAFT, roles=DECIDES,
                  sender_id=writes.id, addressee_id=case.accreditation.unit.provider_id,
                  private=case.state == F.DRAFT)]


def written(session: ScopedSession, case: Forewarning, _offer: Offer, _given: Given, today: date) -> Letter:
    """The data of the letter. RuleBroken if nobody signs for the azienda, or for what is missing."""
    row = case.accreditation
    told = case.unmet if case.state != F.DRAFT else unmet(session, row, today) if case.kind == REFUSAL else []
    common = {**in_common(session, row, today), "laws": law.laws(ACTS.get(case.kind, case.kind)),
              "responsible": row.responsible, "reasons": lines(case.reasons), "days": case.days,
              "unmet": unmet_lines(told)}
    if case.kind == EXTENSION:
        asked = known(extension_asked_on(session, row), "il giorno in cui la proroga è stata chiesta")
        return RefusalForewarning(
            **common, subject=f"comunicazione dei motivi che ostano alla proroga dell'accreditamento n. {row.code}",
            kind=EXTENSION, filed_on=asked, runs_to=row.runs_to, resume_days=law.resume_days())
    if case.kind == REFUSAL:
        return RefusalForewarning(
            **common, subject=f"comunicazione dei motivi che ostano all'accoglimento della domanda n. {row.code}",
            filed_on=known(row.filed_on, "il giorno della domanda"), resume_days=law.resume_days())
    return ProcedureOpening(
        **common, subject=f"avvio del procedimento di {WHAT[case.kind]} dell'accreditamento n. {row.code}",
        kind=case.kind, decided_on=known(row.decided_on, "il giorno del decreto"), number=row.decree_number,
        conclusion_days=_conclusion_days(session))


def _conclusion_days(session: ScopedSession) -> int:
    rule = select(DeadlineRule.amount).where(DeadlineRule.code == DECISION_RULE)
    return session.scalar(rule) or LEAST_DECISION


letters_of(SUBJECT, ASKS, offers, written)
