"""What the page of an accreditation says, ready for its template: where it stands, the checklist, what followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from admin.accreditation.passages import lacks, ratio_words, stops
from admin.cases import diary
from admin.cases.diary import Event, file_url
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.formats import day, euro
from admin.web.searching import below, named, numbered
from admin.web.words import decimal
from admin.wording import labels
from core.accreditation import rules
from core.accreditation.model import (
    Accreditation,
    AccreditationExtension,
    Forewarning,
    Inspection,
    InspectionFinding,
    Measure,
    Meeting,
    Monitoring,
    RequirementSet,
)
from core.accreditation.passages import judged, lacking, standing_extensions, standing_measures
from core.accreditation.rules import Judgement, Node
from core.accreditation.states import ASKED, AccreditationState, ForewarningState
from core.accreditation.term import DECREE_RULE
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.states import DeadlineState
from core.ground.access import Role, ScopedSession
from core.providers.model import Provider, ServiceUnit

A = AccreditationState
WRITERS = policy.ACCREDITATION_AND_PROVIDERS


@dataclass(frozen=True)
class RequirementLine:
    """A requirement of the checklist as the page shows it."""

    code: str
    title: str
    text: str
    hint: str
    source: str
    to_verify: bool
    mandatory: bool
    outcome: str
    computed: bool
    figure: str
    note: str
    expires_on: date | None
    expired: bool
    file_url: str | None
    url: str | None


@dataclass(frozen=True)
class Branch:
    """A heading of the checklist: how much of it is settled, its requirements, its own headings."""

    code: str
    title: str
    settled: int
    total: int
    lines: tuple[RequirementLine, ...]
    branches: tuple[Branch, ...]
    url: str | None


# --- where it stands --------------------------------------------------------------------------------------


def stands(row: Accreditation) -> str:
    """Where an accreditation stands, in a sentence or two."""
    values = {"filed": day(row.filed_on), "complete": day(row.complete_on), "decided": day(row.decided_on),
              "number": row.decree_number, "due": day(row.completion_due), "first": day(row.valid_from),
              "last": day(row.runs_to)}
    match A(row.state):
        case A.DRAFT:
            return _missing(row, _("La domanda è pronta: si può presentare."))
        case A.FILED:
            return _("Presentata il %(filed)s: si guarda se è completa.", **values) + " " + _missing(
                row, _("Sembra che non manchi nulla."))
        case A.TO_COMPLETE:
            return _("Da completare entro il %(due)s.", **values) + " " + _missing(
                row, _("Non manca più nulla: si può inviare."))
        case A.EXAMINED:
            return _examined(row)
        case A.GRANTED | A.GRANTED_WITH_PRESCRIPTIONS:
            return _("Concesso il %(decided)s con il provvedimento n. %(number)s: manca la firma del patto.", **values)
        case A.REFUSED:
            return _("Non concesso, con il provvedimento n. %(number)s del %(decided)s.", **values)
        case A.ACCREDITED:
            return _("Accreditata dal %(first)s al %(last)s.", **values) + _open_prescriptions(row) + _forewarned(row)
        case A.SUSPENDED:
            return _suspended(row) + _forewarned(row)
        case A.REVOKED:
            return _("Revocato: l'ultimo giorno è stato il %(last)s.", **values) if row.runs_to else _("Revocato.")
        case A.RENOUNCED:
            return _("Il gestore ha rinunciato: l'ultimo giorno è stato il %(last)s.", **values) if row.runs_to else \
                _("Il gestore ha rinunciato prima del patto.")
        case A.EXPIRED:
            return _("Scaduto il %(last)s: l'unità non è più accreditata.", **values)
        case A.RENEWED:
            return _("Valeva fino al %(last)s: poi continua con il rinnovo.", **values)
    return _("Ritirata: il numero resta assegnato.")


def _missing(row: Accreditation, otherwise: str) -> str:
    found = lacking(row, judged(db(), row, today()))
    if not found:
        return otherwise
    return ngettext("Manca ancora %(num)s cosa.", "Mancano ancora %(num)s cose.", len(found))


def _examined(row: Accreditation) -> str:
    due = db().scalars(select(Deadline).join(DeadlineRule).where(
        DeadlineRule.code == DECREE_RULE, Deadline.subject == "accreditation", Deadline.subject_id == row.id)).first()
    said = judged(db(), row, today())
    open_ones = [one for one in said if not one.settled]
    unmet = [one.requirement.code for one in said
             if one.settled and not one.favourable and one.requirement.mandatory]
    told = _("Completa dal %(day)s, in esame.", day=day(row.complete_on))
    if due is not None and due.state == DeadlineState.SUSPENDED:
        told += " " + _("Il termine per il provvedimento è sospeso.")
    elif due is not None:
        told += " " + _("Il provvedimento è atteso entro il %(day)s.", day=day(due.effective))
    told += _forewarned(row) + " "
    told += ngettext("Resta da verificare %(num)s requisito.", "Restano da verificare %(num)s requisiti.",
                     len(open_ones)) if open_ones else _("I requisiti sono tutti verificati.")
    return told + " " + ngettext("Non è rispettato %(num)s requisito: %(codes)s.",
                                 "Non sono rispettati %(num)s requisiti: %(codes)s.", len(unmet),
                                 codes=", ".join(unmet)) if unmet else told


def _forewarned(row: Accreditation) -> str:
    """That an act against the provider is announced, and whether it may still answer or has answered."""
    found = announced(db(), row)
    if found is None:
        return ""
    values = {"what": {
        "refusal": _("È stato comunicato un preavviso di rigetto"),
        "extension": _("È stato comunicato un preavviso di diniego della proroga"),
        "suspension": _("È avviato il procedimento di sospensione"),
        "revocation": _("È avviato il procedimento di revoca")}[found.kind], "day": day(found.due_on)}
    if found.due_on is None:
        return " " + _("%(what)s: manca la ricevuta, da cui corrono i giorni per rispondere.", **values)
    if found.due_on >= today():
        return " " + _("%(what)s: il gestore può rispondere fino al %(day)s.", **values)
    if found.observations:
        return " " + _("%(what)s: il gestore ha risposto, e ora si decide.", **values)
    return " " + _("%(what)s: il gestore poteva rispondere fino al %(day)s, e ora si decide.", **values)


def announced(session: ScopedSession, row: Accreditation) -> Forewarning | None:
    """What was sent to the provider before an act that is not taken yet, the last one."""
    return next((told for told in reversed(told_before(session, row)) if told.state in (
        ForewarningState.SENT, ForewarningState.RECEIVED)), None)


def _suspended(row: Accreditation) -> str:
    last = next((m for m in reversed(standing_measures(db(), row)) if m.kind == "suspension"), None)
    if last is None:
        return _("Sospesa.")
    if last.until:
        return _("Sospesa dal %(first)s al %(last)s: %(reasons)s", first=day(last.effective_on), last=day(last.until),
                 reasons=last.reasons)
    return _("Sospesa dal %(first)s, finché non si riammette: %(reasons)s", first=day(last.effective_on),
             reasons=last.reasons)


def _open_prescriptions(row: Accreditation) -> str:
    count = len(rules.prescribed(findings(db(), row)))
    return " " + ngettext("Resta aperta %(num)s prescrizione.", "Restano aperte %(num)s prescrizioni.", count) \
        if count else ""


# --- the checklist ----------------------------------------------------------------------------------------


def checklist(row: Accreditation) -> list[Branch]:
    """The requirements as a tree, each with what is said of it; what stands alone is under one heading."""
    said = {judgement.requirement.id: judgement for judgement in judged(db(), row, today())}
    return branches(row, rules.tree(row.set.requirements), said)


def branches(row: Accreditation, nodes: Sequence[Node], said: dict[int, Judgement]) -> list[Branch]:
    """The headings among ``nodes``; requirements without a heading come first, under none."""
    loose = [node for node in nodes if node.requirement.kind != rules.GROUP]
    found = [_branch(row, "", _("Requisiti"), loose, said)] if loose else []
    return found + [_branch(row, node.requirement.code, node.requirement.title, node.children, said)
                    for node in nodes if node.requirement.kind == rules.GROUP]


def _branch(row: Accreditation, code: str, title: str, nodes: Sequence[Node], said: dict[int, Judgement]) -> Branch:
    lines = tuple(line(row, said[node.requirement.id]) for node in nodes if node.requirement.id in said)
    below = tuple(_branch(row, n.requirement.code, n.requirement.title, n.children, said)
                  for n in nodes if n.requirement.kind == rules.GROUP)
    mine = [said[node.requirement.id] for node in nodes if node.requirement.id in said]
    examines = row.state in ASKED and row.state != A.DRAFT and policy.ACCREDITATION.admits(principal())
    return Branch(code, title, sum(j.settled for j in mine) + sum(b.settled for b in below),
                  len(mine) + sum(b.total for b in below), lines, below,
                  url_for("accreditation.examine_view", id=row.id, titolo=code) if examines and mine else None)


def line(row: Accreditation, said: Judgement) -> RequirementLine:
    """One requirement with what is said of it."""
    asked = said.requirement
    opens = row.state in ASKED and WRITERS.admits(principal())
    return RequirementLine(
        code=asked.code, title=asked.title, text=asked.text, hint=asked.hint, source=asked.legal_source,
        to_verify=not asked.verified, mandatory=asked.mandatory, outcome=said.outcome,
        computed=said.computed, figure=figure_words(row.set, said), note=said.note, expires_on=said.expires_on,
        expired=said.expired, file_url=file_url(said.document_id),
        url=url_for("accreditation.requirement_view", id=row.id, requisito=asked.id) if opens else None)


def figure_words(the_set: RequirementSet, said: Judgement) -> str:
    """The figures of a numeric requirement in words: what was declared, the ratio, the limit."""
    figure, asked = said.figure, said.requirement
    if figure is None:
        return ""
    told = [f"{title_of(the_set, code)}: {ratio_words(value)}"
            for code, value in ((asked.measure, figure.value), (asked.per, figure.per)) if code]
    if asked.kind == "ratio":
        told.append(_("uno ogni %(ratio)s", ratio=ratio_words(figure.result)))
    if figure.limit is None:
        told.append(_("senza un limite stabilito"))
    elif asked.kind == "at_least":
        told.append(_("almeno %(limit)s", limit=ratio_words(figure.limit)))
    else:
        told.append(_("al massimo %(limit)s", limit=ratio_words(figure.limit)))
    return "; ".join(told)


def title_of(the_set: RequirementSet, code: str) -> str:
    """What a measure is called."""
    return str(the_set.measures.get(code, {}).get("title", code))


# --- the sections -----------------------------------------------------------------------------------------


def sections(session: ScopedSession, row: Accreditation) -> dict[str, Any]:
    """What ``accreditation/record.html`` wants."""
    office = principal().has(Role.ACCREDITATION, Role.MANAGEMENT, Role.AUDITOR)
    renewed = session.get(Accreditation, row.renews_id) if row.renews_id else None
    renewals = session.scalars(select(Accreditation).where(Accreditation.renews_id == row.id)).all()
    return {
        "examining": row.state in ASKED, "facts": facts(row),
        "declared": declared(row), "branches": checklist(row), "progress": progress(row),
        "lacks": lacks(row) if row.state in (A.DRAFT, A.FILED, A.TO_COMPLETE) else [],
        "stops": stops(row) if office and row.state == A.EXAMINED else [],
        "mismatches": [*rules.mismatches(row), *(rules.unread(row.set) if office else ())]
                      if row.state in ASKED else [],
        "visits": visits(session, row), "meetings": meetings(session, row), "extensions": extensions(session, row),
        "measures": acts(session, row), "forewarnings": told_before(session, row),
        "monitorings": monitorings(session, row),
        "findings": [finding for finding in findings(session, row) if finding.monitoring_id is not None],
        "renewed": renewed, "renewals": renewals, "file_url": file_url, "choice": labels.choice,
        **diary.context(session, "accreditation", row.id), "events": events(session, row),
    }


def facts(row: Accreditation) -> list[tuple[Any, Any, str | None]]:
    """What it is about: label, value, page."""
    unit = row.unit
    return [
        (_("Unità"), unit.name, url_for("service_unit.details_view", id=unit.id)),
        (_("Gestore"), unit.provider.name, url_for("provider.details_view", id=unit.provider_id)),
        (_("Tipo"), unit.type.name, None),
        (_("Requisiti"), str(row.set), url_for("requirement_set.details_view", id=row.set_id)),
        (_("Presentata il"), day(row.filed_on), None),
        (_("Completa dal"), day(row.complete_on), None),
        *([(_("Responsabile del procedimento"), row.responsible, None)] if row.responsible else []),
        *([(_("Provvedimento"), _("n. %(number)s del %(day)s", number=row.decree_number, day=day(row.decided_on)),
            file_url(row.decree_id))] if row.decided_on else []),
        *([(_("Motivazioni"), row.decree_reasons, None)] if row.decree_reasons else []),
        *([(_("Risposta alle osservazioni"), row.decree_answer, None)] if row.decree_answer else []),
        *([(_("Contributo"), fee_words(row), None)] if row.set.fee else []),
        *([(_("CIG"), row.cig, None)] if row.cig else []),
        *([(_("Patto firmato il"), day(row.pact_signed_on), None),
           (_("Periodo"), _("dal %(first)s al %(last)s", first=day(row.valid_from), last=day(row.runs_to)), None)]
          if row.pact_signed_on else []),
    ]


def fee_words(row: Accreditation) -> str:
    """The fee of an application, and whether it is paid."""
    if row.fee_paid_on is None:
        return _("%(amount)s, da pagare", amount=euro(row.set.fee))
    return _("%(amount)s, pagato il %(day)s (%(reference)s)", amount=euro(row.set.fee), day=day(row.fee_paid_on),
             reference=row.fee_reference)


def declared(row: Accreditation) -> list[tuple[str, str]]:
    """What the application declares: title and figure."""
    asked = dict.fromkeys([*row.set.measures])
    return [(title_of(row.set, code), decimal(value) if (value := rules.number(row.declared.get(code))) is not None
             else "") for code in asked]


def progress(row: Accreditation) -> str:
    """How much of the examination is done, in words."""
    said = judged(db(), row, today())
    done = sum(judgement.settled for judgement in said)
    return _("%(done)s requisiti su %(total)s verificati.", done=done, total=len(said))


def findings(session: ScopedSession, row: Accreditation) -> Sequence[InspectionFinding]:
    """What its inspections found, with requirements and answers."""
    mine = select(InspectionFinding).where(InspectionFinding.accreditation_id == row.id)
    return session.scalars(mine.order_by(InspectionFinding.id).options(
        joinedload(InspectionFinding.requirement), joinedload(InspectionFinding.answer_file))).all()


def visits(session: ScopedSession, row: Accreditation) -> Sequence[Inspection]:
    """Its inspections with what they found, the first one first."""
    mine = select(Inspection).where(Inspection.accreditation_id == row.id).order_by(Inspection.id)
    return session.scalars(mine.options(selectinload(Inspection.findings).options(
        joinedload(InspectionFinding.requirement), joinedload(InspectionFinding.answer_file)))).all()


def meetings(session: ScopedSession, row: Accreditation) -> Sequence[Meeting]:
    """Its meetings, the first one first."""
    return session.scalars(select(Meeting).where(Meeting.accreditation_id == row.id).order_by(Meeting.id)).all()


def extensions(session: ScopedSession, row: Accreditation) -> list[tuple[AccreditationExtension, bool]]:
    """The extensions, each with whether it was taken back."""
    standing = {extension.id for extension in standing_extensions(session, row)}
    rows = session.scalars(select(AccreditationExtension).where(
        AccreditationExtension.accreditation_id == row.id, AccreditationExtension.undoes_id.is_(None)).order_by(
        AccreditationExtension.id))
    return [(extension, extension.id not in standing) for extension in rows]


def acts(session: ScopedSession, row: Accreditation) -> list[tuple[Measure, str, bool]]:
    """The measures, each with its words and whether it was taken back."""
    standing = {measure.id for measure in standing_measures(session, row)}
    rows = session.scalars(select(Measure).where(
        Measure.accreditation_id == row.id, Measure.undoes_id.is_(None)).order_by(Measure.id))
    return [(measure, measure_words(measure), measure.id not in standing) for measure in rows]


def told_before(session: ScopedSession, row: Accreditation) -> Sequence[Forewarning]:
    """What the provider was told before an act, the first one first."""
    mine = select(Forewarning).where(Forewarning.accreditation_id == row.id).order_by(Forewarning.id)
    return session.scalars(mine.options(selectinload(Forewarning.observations))).all()


def measure_words(measure: Measure) -> str:
    """What a measure is, with its amount and its last day."""
    told = str(labels.choice("accreditation_measure", "kind", measure.kind))
    if measure.amount is not None:
        kind = labels.choice("accreditation_measure", "fine_kind", measure.fine_kind)
        told += f": {euro(measure.amount)}, {str(kind).lower()}"
    return f"{told} ({_('fino al %(day)s', day=day(measure.until))})" if measure.until else told


def monitorings(session: ScopedSession, row: Accreditation) -> Sequence[Monitoring]:
    """Its periods of monitoring, the last one first."""
    mine = select(Monitoring).where(Monitoring.accreditation_id == row.id)
    return session.scalars(mine.order_by(Monitoring.last_day.desc(), Monitoring.id.desc())).all()


# --- the diary --------------------------------------------------------------------------------------------


def events(session: ScopedSession, row: Accreditation) -> list[Event]:
    """What happened: beside what every case has, inspections, findings and meetings by their day."""
    before = [event for told in told_before(session, row)
              for event in reversed(diary.events(session, "forewarning", told.id))]
    return diary.in_order([*reversed(diary.events(session, "accreditation", row.id)), *before, *_visits(session, row),
                           *_meetings(session, row)])


def _visits(session: ScopedSession, row: Accreditation) -> Iterator[Event]:
    for visit in visits(session, row):
        if visit.held_on is not None:
            yield Event(None, visit.inspectors, _("Sopralluogo fatto."), url=file_url(visit.document_id),
                        file=_("Verbale"), on=visit.held_on)
        for finding in visit.findings:
            if finding.answered_on is not None:
                yield Event(None, "", _("Risposta a una prescrizione."), finding.answer, file_url(finding.answer_id),
                            _("File della risposta"), finding.answered_on)


def _meetings(session: ScopedSession, row: Accreditation) -> Iterator[Event]:
    for meeting in meetings(session, row):
        yield Event(None, meeting.actor, _("%(kind)s.", kind=labels.choice("meeting", "kind", meeting.kind)),
                    meeting.text, on=meeting.on)


LOAD = (joinedload(Accreditation.unit).options(selectinload(ServiceUnit.provider), joinedload(ServiceUnit.type)),
        joinedload(Accreditation.set).selectinload(RequirementSet.requirements))


OF_PROVIDER = below(Accreditation.unit_id, ServiceUnit.id, (named(ServiceUnit.provider_id, Provider.id),))
OF_UNIT = (numbered, named(Accreditation.unit_id, ServiceUnit.id), OF_PROVIDER)  # how a procedure is called
