"""The decree that ends the examination, the pact that follows it, and the period that begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from core.accreditation import rules
from core.accreditation.forewarnings import REFUSAL, close, require_answer, require_heard
from core.accreditation.model import Accreditation, RequirementCheck
from core.accreditation.monitoring import generate
from core.accreditation.operations import require_operating
from core.accreditation.passages import (
    DECIDE,
    accreditation_at,
    changed,
    checks_of,
    findings_of,
    has_renewed,
    judged,
    kept,
    lacking,
    move,
    needed,
    papers_of,
    placed,
    require_alone,
)
from core.accreditation.rules import LONGEST, Judgement
from core.accreditation.set_terms import last_day_of
from core.accreditation.states import ASKED, LIVING, AccreditationState
from core.ground.access import ScopedSession
from core.ground.clock import add_months
from core.ground.errors import Finding, Level, Place, RuleBroken, said_later
from core.ground.files import Upload
from core.ground.required import require_past, require_text
from core.ground.states import Proof
from core.parties.traceability import the_cig

A = AccreditationState


@dataclass(frozen=True)
class DecidingAct:
    """The act that decides: its number, its day, its reasons, its signed file; a refusal answers the observations."""

    number: str
    on: date
    reasons: str
    file: Upload | None
    answer: str = ""


def grant(
    session: ScopedSession, accreditation_id: int, decree: DecidingAct, *, with_prescriptions: bool = False,
    version: int | None, today: date,
) -> Accreditation:
    """Accredit the unit. RuleBroken before completeness, with an unmet or unverified mandatory requirement, a finding
    left open or a paper that is over on the day of the decree; prescriptions with a term cover unmet requirements.
    """
    row = _to_decide(session, accreditation_id, version)
    require_operating(row.unit, decree.on)
    said = judged(session, row, decree.on)
    rules.require_no(stops(session, row, said, decree.on, with_prescriptions=with_prescriptions))
    action = "grant_with_prescriptions" if with_prescriptions else "grant"
    return _decide(session, row, action, decree, said, today)


def refuse(
    session: ScopedSession, accreditation_id: int, decree: DecidingAct, *, version: int | None, today: date
) -> Accreditation:
    """Refuse the accreditation, with its reasons and what it answers to the provider's observations (R147).

    RuleBroken without the notice of the reasons, before the provider's days are over, or with observations that it does
    not answer (L. 241/1990, art. 10-bis).
    """
    session.principal.require(*DECIDE)
    row = _to_decide(session, accreditation_id, version)
    require_text(decree.reasons, "Scrivere le ragioni del diniego: stanno nel provvedimento.", field="reasons",
                 longest=LONGEST)
    told = require_heard(session, row, (REFUSAL,), decree.on) if row.state == A.EXAMINED else None
    row.decree_answer = require_answer(told, decree.answer)
    return _decide(session, row, "refuse", decree, judged(session, row, decree.on), today)


def stops(
    session: ScopedSession, row: Accreditation, said: list[Judgement], day: date, *, with_prescriptions: bool
) -> list[Finding]:
    """Everything that stands in the way of a favourable decree on ``day``."""
    # said already where it is computed; a person's word that names no last day does not make an expired paper hold
    shown = {judgement.requirement.paper for judgement in said if judgement.requirement.kind == rules.PAPER
             and (judgement.expired or (not judgement.computed and judgement.expires_on is not None))}
    papers = [
        Finding("Il documento del gestore «%(kind)s» è scaduto il %(day)s: registrare quello nuovo.",
                {"kind": PAPER_NAMES.get(kind, kind), "day": f"{end:%d/%m/%Y}"}, Level.ERROR, kind,
                at=Place("provider_paper.new", row.unit.provider_id))
        for kind, end in rules.expired_papers(papers_of(session, row), rules.ALWAYS_VALID, row.unit_id, day)
        if kind not in shown
    ]
    expired = {judgement.requirement.code for judgement in said
               if judgement.requirement.kind == rules.PAPER and judgement.expired}  # what is missing names them already
    found = rules.obstacles(said, findings_of(session, row), with_prescriptions=with_prescriptions)
    return [*lacking(row, said), *placed(row, (f for f in found if f.where not in expired)), *papers]


PAPER_NAMES = {"insurance": "Polizza assicurativa", "durc": "DURC"}


def _to_decide(session: ScopedSession, accreditation_id: int, version: int | None) -> Accreditation:
    row = accreditation_at(session, accreditation_id, version)
    if row.state in ASKED and row.state != A.EXAMINED:
        raise RuleBroken("La domanda n. %(code)s non è ancora riconosciuta completa: prima si verifica la completezza, "
                         "poi si decide.", code=row.code).mended(Place("accreditation", row.id))
    return row


def _decide(
    session: ScopedSession, row: Accreditation, action: str, decree: DecidingAct, said: list[Judgement], today: date
) -> Accreditation:
    require_text(decree.number, "Indicare il numero del provvedimento.", field="number")
    require_past(decree.on, today, field="on")
    rules.require_not_before(decree.on, row.complete_on, "la completezza della domanda", field="on")
    signed = needed(decree.file, said_later("Allegare il provvedimento firmato."))
    row.decree_id = kept(session, row, signed, kind="decree", title="Provvedimento")
    row.decided_on, row.decree_number = decree.on, decree.number.strip()
    row.decree_reasons = decree.reasons.strip()
    _freeze(session, row, said)
    move(session, row, action, on=decree.on, today=today, proof=Proof(why=decree.reasons, document_id=row.decree_id))
    close(session, row, REFUSAL, on=decree.on, today=today)
    return row


def _freeze(session: ScopedSession, row: Accreditation, said: list[Judgement]) -> None:
    """Write down what was computed for the decree: later figures and papers do not change it."""
    checks = checks_of(session, row)
    for judgement in said:
        if judgement.computed:
            check = checks.get(judgement.requirement.id)
            if check is None:
                check = RequirementCheck(accreditation_id=row.id, requirement_id=judgement.requirement.id)
                session.add(check)
            check.computed, check.outcome, check.expires_on = True, judgement.outcome, judgement.expires_on


# --- the pact ---------------------------------------------------------------------------------------------


def first_day(session: ScopedSession, row: Accreditation, signed_on: date) -> date:
    """The first day of the period: that of the pact, or the day after the accreditation that is renewed."""
    renewed = session.get(Accreditation, row.renews_id) if row.renews_id else None
    if renewed is None or renewed.runs_to is None or renewed.state not in LIVING:
        return signed_on
    return max(signed_on, renewed.runs_to + timedelta(days=1))


def sign_pact(
    session: ScopedSession, accreditation_id: int, *, signed_on: date, valid_from: date, file: Upload | None,
    cig: str = "", version: int | None, today: date,
) -> Accreditation:
    """Record the pact: the accreditation begins, for the months of its set or to the one end of all, and its
    monitoring with it. ``cig``: of a pact by which money is paid (L. 136/2010, art. 3); empty for none.

    RuleBroken for a CIG that is none, days that cannot be, no signed file, a unit that has closed meanwhile, or a
    period that meets another accreditation of the unit.
    """
    row = accreditation_at(session, accreditation_id, version)
    require_past(signed_on, today, field="signed_on")
    rules.require_not_before(signed_on, row.decided_on, "il provvedimento", field="signed_on")
    rules.require_not_before(valid_from, signed_on, "la firma del patto", field="valid_from")
    if valid_from > add_months(signed_on, row.set.months):
        raise RuleBroken("L'accreditamento comincia troppo tardi rispetto al patto: correggere la data.",
                         field="valid_from")
    last = last_day_of(row.set, valid_from)
    require_alone(session, row, valid_from, last, field="valid_from")
    require_operating(row.unit, valid_from)
    signed = needed(file, said_later("Allegare il patto firmato."))
    document_id = kept(session, row, signed, kind="pact", title="Patto di accreditamento")
    row.pact_signed_on, row.valid_from, row.cig = signed_on, valid_from, the_cig(cig)
    row.valid_to = row.runs_to = last
    move(session, row, "sign_pact", on=signed_on, today=today, proof=Proof(document_id=document_id))
    generate(session, row, today)
    renewed = session.get(Accreditation, row.renews_id) if row.renews_id else None
    if renewed is not None and renewed.state == A.EXPIRED and valid_from <= today:
        pass_on(session, renewed, row, today)
    return changed(session, row, today)


def pass_on(session: ScopedSession, old: Accreditation, new: Accreditation, today: date) -> None:
    """The renewed accreditation gives way to the one that follows it, from its first day, and so it does in the
    register.
    """
    assert new.valid_from is not None
    move(session, old, "renew", on=new.valid_from, today=today)
    has_renewed.tell(session, old, new, today)
