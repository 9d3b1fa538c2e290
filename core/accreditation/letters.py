"""Which letters an accreditation can have now, and what each says: the azienda writes them to the provider."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.accreditation import law
from core.accreditation.context import (
    Appeal,
    CompletionRequest,
    Decree,
    ExaminationStep,
    ExtensionNotice,
    FindingLine,
    Heard,
    InspectionMinutes,
    InspectionNotice,
    MeasureNotice,
    MonitoringReminder,
    Pact,
    ServiceLine,
    UnitFacts,
    Unmet,
)
from core.accreditation.decree import first_day
from core.accreditation.forewarnings import REFUSAL, pending, require_answer
from core.accreditation.measures import fines
from core.accreditation.model import Accreditation, Forewarning, Inspection, InspectionFinding, Measure, Monitoring
from core.accreditation.passages import findings_of, judged, lacking, standing_extensions, standing_measures
from core.accreditation.set_terms import last_day_of
from core.accreditation.states import (
    ASKED,
    DECIDED,
    DECIDES,
    LIVING,
    OFFICE,
    PENDING,
    AccreditationState,
    ForewarningState,
    MonitoringState,
)
from core.accreditation.unmet import still_unmet
from core.cases.letters import Asked, Asks, Given, Offer, day, known, letters_of, lines, proposing, text
from core.documents.letters import Letter, addressee, sender, title_of
from core.documents.words import date_long, date_short, of_day
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.states import PassageLog
from core.parties.capacities import accreditor
from core.parties.model import Azienda
from core.parties.traceability import the_cig

A = AccreditationState
SUBJECT = "accreditation"
DECREE = "accreditation_decree"
OUTCOMES = ("granted", "granted_with_prescriptions", "refused")
OUTCOME_TITLES = {
    "granted": "accreditamento dell'unità d'offerta «{unit}»",
    "granted_with_prescriptions": "accreditamento con prescrizioni dell'unità d'offerta «{unit}»",
    "refused": "diniego dell'accreditamento dell'unità d'offerta «{unit}»",
}
PURPOSES = {
    "requirements": "verifica dei requisiti", "prescriptions": "verifica delle prescrizioni",
    "monitoring": "controllo periodico", "complaint": "verifica dopo una segnalazione",
}
MEETINGS = {"evaluation": "riunione di valutazione", "commission": "seduta della commissione"}
MEASURES = {
    "suspension": "sospensione dell'accreditamento", "readmission": "riammissione all'accreditamento",
    "revocation": "revoca dell'accreditamento", "cancellation": "cancellazione dell'accreditamento",
    "fine": "sanzione amministrativa – accreditamento",
}
EXTENSION_REFUSAL = "extension_refusal"
PRICED = {"hour": "ora", "day": "giorno", "month": "mese", "access": "accesso", "meal": "pasto", "voucher": "buono"}
PERIODS = {"half_year": "semestrale", "year": "annuale"}
CADENCES = {"half_year": "ogni sei mesi", "year": "ogni anno"}
ASKS: Asks = {
    "accreditation_completion": (Asked("missing", "text"), Asked("by", "day")),
    "inspection_notice": (Asked("hour", needed=False), Asked("inspectors"), Asked("papers", "text", needed=False)),
    "inspection_minutes": (Asked("present"),),
    DECREE: (Asked("outcome", "choice", options=OUTCOMES), Asked("number"), Asked("decided_on", "day"),
             Asked("reasons", "text", needed=False), Asked("answer", "text", needed=False)),
    "accreditation_pact": (Asked("valid_from", "day"), Asked("cig", needed=False)),
    "accreditation_extension": (),
    "accreditation_measure": (),
    "monitoring_reminder": (Asked("by", "day"),),
}


# --- which ------------------------------------------------------------------------------------------------


def offers(session: ScopedSession, case: Accreditation, today: date) -> list[Offer]:
    """The letters of an accreditation on ``today``, in the order of the procedure."""
    writes = accreditor(session, today, case.unit.municipality)
    found = [*_of_examination(session, case, today), *_of_inspections(case), *_of_decision(session, case, today),
             *_of_life(session, case, today)]
    adopted = case.state not in ASKED  # until then a decree is a draft of the office
    return [Offer(code, row_id, about, awaited, asks, roles, writes.id, case.unit.provider_id,
                  private=code == DECREE and not adopted)
            for code, row_id, about, awaited, asks, roles in found]


Found = tuple[str, int, str, bool, tuple[Asked, ...], frozenset[Any]]


def _of_examination(session: ScopedSession, case: Accreditation, today: date) -> Iterator[Found]:
    if case.state in (A.FILED, A.TO_COMPLETE):
        lacks = "\n".join(str(finding).rstrip(".") for finding in lacking(case, judged(session, case, today)))
        asks = proposing(ASKS["accreditation_completion"], missing=_asked_for(session, case) or lacks,
                         by=case.completion_due or today + timedelta(days=30))
        yield "accreditation_completion", 0, "", case.state == A.TO_COMPLETE, asks, OFFICE


def _of_inspections(case: Accreditation) -> Iterator[Found]:
    for row in case.inspections:
        if row.held_on is None and case.state != A.CANCELLED:
            asks = proposing(ASKS["inspection_notice"], inspectors=row.inspectors)
            yield "inspection_notice", row.id, date_short(row.appointed_for), True, asks, OFFICE
        elif row.held_on is not None:
            who = proposing(ASKS["inspection_minutes"],
                            present=f"{case.unit.provider.legal_representative}, legale rappresentante")
            yield "inspection_minutes", row.id, date_short(row.held_on), True, who, OFFICE


def _of_decision(session: ScopedSession, case: Accreditation, today: date) -> Iterator[Found]:
    if case.state == A.EXAMINED:
        told = pending(session, case, REFUSAL)
        proposed = "refused" if told else "granted_with_prescriptions" if _prescriptions(session, case) else "granted"
        yield DECREE, 0, "", True, proposing(ASKS[DECREE], outcome=proposed, decided_on=today,
                                             reasons=told.reasons if told else None), DECIDES
    elif case.decided_on is not None:
        yield DECREE, 0, "", case.state in DECIDED or case.state == A.REFUSED, (), DECIDES
    if case.state in DECIDED:
        first = first_day(session, case, today)
        yield "accreditation_pact", 0, "", True, proposing(ASKS["accreditation_pact"], valid_from=first), OFFICE
    elif case.valid_from is not None:
        yield "accreditation_pact", 0, "", False, (), OFFICE


def _of_life(session: ScopedSession, case: Accreditation, today: date) -> Iterator[Found]:
    for extension in standing_extensions(session, case):
        about = f"concessa, {date_short(extension.decided_on)}"
        yield "accreditation_extension", extension.id, about, True, (), DECIDES
    refusal = _refusal(session, case)
    if refusal is not None and case.runs_to is not None:
        yield "accreditation_extension", 0, f"rifiutata, {date_short(refusal.on)}", True, (), DECIDES
    for measure in standing_measures(session, case):
        if measure.kind == EXTENSION_REFUSAL:
            continue
        yield "accreditation_measure", measure.id, date_short(measure.on), True, (), DECIDES
    for period in case.monitorings if case.state in LIVING else ():
        late = period.state == MonitoringState.LATE or period.due_on < today
        if period.state in (MonitoringState.DRAFT, MonitoringState.LATE):
            asks = proposing(ASKS["monitoring_reminder"], by=today + timedelta(days=15)) if late else ()
            due = period.last_day < today
            about = f"{PERIODS[period.kind]}, {date_short(period.due_on)}"
            yield "monitoring_reminder", period.id, about, due, asks, OFFICE


def _asked_for(session: ScopedSession, case: Accreditation) -> str:
    """What the office wrote when it asked for what is missing; empty if it has not."""
    if case.state != A.TO_COMPLETE:
        return ""
    said = select(PassageLog.why).where(PassageLog.subject == SUBJECT, PassageLog.subject_id == case.id,
                                        PassageLog.action == "ask_completion").order_by(PassageLog.id.desc()).limit(1)
    return session.scalar(said) or ""


def _refusal(session: ScopedSession, case: Accreditation) -> Measure | None:
    """The last time that more time was refused; one that is taken back was not."""
    found = standing_measures(session, case)
    return next((measure for measure in reversed(found) if measure.kind == EXTENSION_REFUSAL), None)


# --- what they say ----------------------------------------------------------------------------------------


def written(session: ScopedSession, case: Accreditation, offer: Offer, given: Given, today: date) -> Letter:
    """The data of a letter. RuleBroken if nobody signs for the azienda, or for what is missing."""
    return WRITERS[offer.code](session, case, offer, given, in_common(session, case, today))


def in_common(session: ScopedSession, case: Accreditation, today: date) -> dict[str, Any]:
    """What every letter of an accreditation says. RuleBroken if nobody signs for the body that accredits."""
    return {
        "sender": sender(accreditor(session, today, case.unit.municipality), today),
        "day": today, "code": case.code, "unit": unit_facts(case),
        "addressee": addressee(case.unit.provider, noun="Gestore", care=(
            f"alla cortese attenzione di {case.unit.provider.legal_representative}",)),
        "requirements": str(case.set), "source": case.set.legal_source if case.set.verified else "",
    }


def ruled(session: ScopedSession, case: Accreditation, act: str) -> dict[str, Any]:
    """What every act names (L. 241/1990, art. 3 c. 4): its laws, who answers for the procedure, how it is appealed, and
    the act that set up the unit which accredits (R148).
    """
    found = law.remedy(act)
    return {"laws": law.laws(act), "responsible": case.responsible,
            "set_up_by": session.scalars(select(Azienda.accreditation_act)).first() or "",
            "appeal": Appeal(found.court, found.days, found.extraordinary, found.extraordinary_days)}


def heard(told: Forewarning | None, answer: str) -> Heard | None:
    """What went before an act, as the act tells it; None for nothing that the provider received."""
    if told is None or told.sent_on is None or told.received_on is None:
        return None
    observed = told.observations[-1].on if told.observations else None
    return Heard(told.sent_on, told.received_on, observed, told.held_on, lines(answer) if observed else ())


def unit_facts(case: Accreditation) -> UnitFacts:
    """The unit and its provider as the letters call them."""
    unit = case.unit
    return UnitFacts(
        name=unit.name, type=unit.type.name,
        seat=f"{unit.address}, {unit.postal_code} {unit.city} ({unit.province})",
        provider=unit.provider.name, tax_code=unit.provider.tax_code,
        representative=unit.provider.legal_representative, places=unit.capacity,
    )


def _completion(_session: ScopedSession, case: Accreditation, _offer: Offer, given: Given, common: Any) -> Letter:
    by = day(given["by"])
    if by is not None and by <= common["day"]:
        raise RuleBroken("Il termine per completare la domanda è un giorno futuro.", field="by")
    return CompletionRequest(
        **common, subject=f"richiesta di integrazione della domanda di accreditamento n. {case.code}",
        filed_on=known(case.filed_on, "il giorno della domanda"), missing=lines(given["missing"]),
        by=known(by, "il termine per completare"), examination_days=case.set.examination_days)


def _notice(session: ScopedSession, case: Accreditation, offer: Offer, given: Given, common: Any) -> Letter:
    row = session.require(Inspection, offer.row_id)
    return InspectionNotice(
        **common, subject=f"avviso di sopralluogo – accreditamento n. {case.code}", appointed_for=row.appointed_for,
        hour=text(given["hour"]), inspectors=text(given["inspectors"]), purpose=PURPOSES.get(row.purpose, row.purpose),
        papers=lines(given["papers"]))


def _minutes(session: ScopedSession, case: Accreditation, offer: Offer, given: Given, common: Any) -> Letter:
    row = session.require(Inspection, offer.row_id)
    held_on = known(row.held_on, "il giorno del sopralluogo")
    findings = _lines(row.findings)
    return InspectionMinutes(
        **common, subject=f"verbale del sopralluogo {of_day(date_long(held_on))} – accreditamento n. {case.code}",
        held_on=held_on, inspectors=row.inspectors, purpose=PURPOSES.get(row.purpose, row.purpose),
        present=text(given["present"]), minutes=lines(row.minutes), findings=findings,
        prescribed=any(finding.due for finding in findings))


def _decree(session: ScopedSession, case: Accreditation, _offer: Offer, given: Given, common: Any) -> Letter:
    outcome = text(given.get("outcome")) or (
        case.state if case.state in OUTCOMES else _decided(session, case))
    reasons = lines(given.get("reasons")) or lines(case.decree_reasons)
    if outcome == "refused" and not reasons:
        raise RuleBroken("Il diniego ha bisogno dei suoi motivi: scriverli.", field="reasons")
    told = _told(session, case) if outcome == "refused" else None
    answer = text(given.get("answer")) or case.decree_answer
    if told is not None:
        answer = require_answer(told, answer)
    prescriptions = _prescriptions(session, case) if outcome == "granted_with_prescriptions" else ()
    if outcome == "granted_with_prescriptions" and not prescriptions:
        raise RuleBroken("Non c'è alcuna prescrizione aperta con un termine: registrarla nel verbale di un "
                         "sopralluogo, oppure accreditare senza prescrizioni.", field="outcome").mended(
            Place("accreditation.inspections", case.id))
    return Decree(
        **common, **ruled(session, case, "refused" if outcome == "refused" else "granted"),
        subject=OUTCOME_TITLES[outcome].format(unit=case.unit.name), outcome=outcome, heard=heard(told, answer),
        number=text(given.get("number")) or case.decree_number,
        decided_on=known(day(given.get("decided_on")) or case.decided_on, "il giorno del decreto"),
        filed_on=known(case.filed_on, "il giorno della domanda"),
        complete_on=known(case.complete_on, "il giorno in cui la domanda è completa"), steps=_steps(case),
        reasons=reasons, prescriptions=prescriptions, months=case.set.months, ends_on=case.set.ends_on,
        unmet=unmet_lines(still_unmet(session, case, told.unmet, case.decided_on or common["day"])) if told else ())


def unmet_lines(rows: Sequence[Mapping[str, str]]) -> tuple[Unmet, ...]:
    """The requirements that are not met, as a letter lists them."""
    return tuple(Unmet(row["code"], row["title"], row["found"]) for row in rows)


def _pact(session: ScopedSession, case: Accreditation, _offer: Offer, given: Given, common: Any) -> Letter:
    valid_from = known(day(given.get("valid_from")) or case.valid_from, "il primo giorno dell'accreditamento")
    with_prescriptions = _decided(session, case) == "granted_with_prescriptions"
    return Pact(
        **common, subject=f"patto di accreditamento n. {case.code} – {case.unit.name}", number=case.decree_number,
        decided_on=known(case.decided_on, "il giorno del decreto"), valid_from=valid_from,
        valid_to=case.valid_to or last_day_of(case.set, valid_from), cig=the_cig(text(given.get("cig"))) or case.cig,
        services=tuple(ServiceLine(row["code"], row["title"], PRICED[row["unit"]], Decimal(row["price"]))
                       for row in case.set.services),
        monitoring=tuple(CADENCES[kind] for kind in case.set.monitoring.split(",") if kind in CADENCES),
        extensions=case.set.extensions, extension_months=case.set.extension_months,
        prescriptions=_prescriptions(session, case) if with_prescriptions else ())


def _extension(session: ScopedSession, case: Accreditation, offer: Offer, _given: Given, common: Any) -> Letter:
    given_time = next((row for row in standing_extensions(session, case) if row.id == offer.row_id), None)
    if given_time is not None:
        return ExtensionNotice(
            **common, **ruled(session, case, "extension"), subject=f"proroga dell'accreditamento n. {case.code}",
            granted=True, number=given_time.number, decided_on=given_time.decided_on, reasons=lines(given_time.why),
            runs_to=given_time.to_day, cig=case.cig)
    refusal = _refusal(session, case)
    assert refusal is not None  # else the letter is not offered
    return ExtensionNotice(
        **common, **ruled(session, case, EXTENSION_REFUSAL),
        subject=f"diniego della proroga dell'accreditamento n. {case.code}", granted=False, number=refusal.number,
        decided_on=refusal.on, reasons=lines(refusal.reasons), cig=case.cig,
        runs_to=known(case.runs_to, "l'ultimo giorno dell'accreditamento"),
        heard=heard(refusal.forewarning, refusal.answer))


def _measure(session: ScopedSession, case: Accreditation, offer: Offer, _given: Given, common: Any) -> Letter:
    row = session.require(Measure, offer.row_id)
    limits = fines().get(row.fine_kind)
    where = case.unit.municipality
    return MeasureNotice(
        **common, **ruled(session, case, row.kind), subject=f"{MEASURES[row.kind]} n. {case.code}", kind=row.kind,
        number=row.number, on=row.on, effective_on=row.effective_on, until=row.until, reasons=lines(row.reasons),
        amount=row.amount, breach=row.fine_kind, least=limits.least if limits else None,
        most=limits.most if limits else None, fined_by=title_of(where) if where is not None else "",
        urgent_why=row.urgent_why, heard=heard(row.forewarning, row.answer))


def _reminder(session: ScopedSession, case: Accreditation, offer: Offer, given: Given, common: Any) -> Letter:
    row = session.require(Monitoring, offer.row_id)
    by = day(given.get("by"))
    if by is not None and by <= common["day"]:
        raise RuleBroken("Il nuovo termine è un giorno futuro.", field="by")
    what = f"{'sollecito' if by else 'promemoria'} del monitoraggio {PERIODS[row.kind]}"
    return MonitoringReminder(
        **common, subject=f"{what} – accreditamento n. {case.code}", kind=row.kind, first_day=row.first_day,
        last_day=row.last_day, due=row.due_on, late=by is not None, by=by)


Writer = Callable[[ScopedSession, Accreditation, Offer, Given, Any], Letter]
WRITERS: Mapping[str, Writer] = {
    "accreditation_completion": _completion, "inspection_notice": _notice, "inspection_minutes": _minutes,
    DECREE: _decree, "accreditation_pact": _pact, "accreditation_extension": _extension,
    "accreditation_measure": _measure, "monitoring_reminder": _reminder,
}
letters_of(SUBJECT, ASKS, offers, written)


# --- the parts --------------------------------------------------------------------------------------------


def _decided(session: ScopedSession, case: Accreditation) -> str:
    """How the examination ended, by the passage that ended it: the state may have moved on since."""
    said = select(PassageLog.to_state).where(
        PassageLog.subject == SUBJECT, PassageLog.subject_id == case.id, PassageLog.to_state.in_(OUTCOMES),
    ).order_by(PassageLog.id.desc()).limit(1)
    return session.scalar(said) or "granted"


def _told(session: ScopedSession, case: Accreditation) -> Forewarning | None:
    """The notice of the reasons before a refusal: the one that awaits it, or that it concluded."""
    mine = select(Forewarning).where(Forewarning.accreditation_id == case.id, Forewarning.kind == REFUSAL,
                                     Forewarning.state.in_((*PENDING, ForewarningState.CONCLUDED)))
    return session.scalars(mine.order_by(Forewarning.id.desc()).limit(1)).first()


def _prescriptions(session: ScopedSession, case: Accreditation) -> tuple[FindingLine, ...]:
    """The prescriptions with a term that stood open on the day of the decree, or stand open now."""
    on = case.decided_on or date.max
    return _lines(row for row in findings_of(session, case)
                  if row.due_on is not None and (row.found_on or date.max) <= on
                  and (row.verified_on is None or row.verified_on > on or row.outcome == "not_satisfied"))


def _lines(findings: Any) -> tuple[FindingLine, ...]:
    return tuple(_line(number, row) for number, row in enumerate(findings, start=1))


def _line(number: int, row: InspectionFinding) -> FindingLine:
    return FindingLine(number, row.text, row.requirement.title if row.requirement else "", row.prescription, row.due_on)


def _steps(case: Accreditation) -> tuple[ExaminationStep, ...]:
    visits = [ExaminationStep(row.held_on, "sopralluogo") for row in case.inspections if row.held_on is not None]
    meetings = [ExaminationStep(row.on, MEETINGS.get(row.kind, "riunione")) for row in case.meetings]
    decided = case.decided_on or date.max
    return tuple(sorted((step for step in [*visits, *meetings] if step.day <= decided), key=lambda step: step.day))
