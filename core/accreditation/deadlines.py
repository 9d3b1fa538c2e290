"""What happens in an accreditation, as the deadline engine reads it: examination, prescriptions, period, monitoring."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import aliased

from core.accreditation.model import (
    Accreditation,
    Inspection,
    InspectionFinding,
    Measure,
    Monitoring,
    Requirement,
    RequirementCheck,
    RequirementSet,
)
from core.accreditation.set_terms import decision_due
from core.accreditation.states import DECIDED, ENDED, LIVING, UNDER_WAY, AccreditationState, MonitoringState
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession
from core.ground.states import PassageLog
from core.parties.model import Party
from core.providers.model import ServiceUnit

A, M = AccreditationState, MonitoringState
These = dict[str, list[int]]  # whose: the parameter of the questions
OVER = (A.CANCELLED, A.REFUSED, *ENDED)
# the questions of this file are put together once: every act on an accreditation asks them all
IDS: BindParameter[Any] = bindparam("ids", expanding=True)
UNDONE = select(PassageLog.undoes_id).where(PassageLog.undoes_id.is_not(None))
PASSAGES = select(PassageLog.subject_id, PassageLog.action, PassageLog.to_state, PassageLog.on).where(
    PassageLog.subject == "accreditation", PassageLog.subject_id.in_(IDS), PassageLog.undoes_id.is_(None),
    PassageLog.id.not_in(UNDONE)).order_by(PassageLog.id)
RENEWALS = select(Accreditation.renews_id, Accreditation.pact_signed_on).where(
    Accreditation.renews_id.in_(IDS), Accreditation.pact_signed_on.is_not(None))
CASES = (
    select(Accreditation.id, Accreditation.year, Accreditation.number, Accreditation.state, Accreditation.filed_on,
           Accreditation.completion_due, Accreditation.complete_on, Accreditation.decided_on,
           Accreditation.pact_signed_on, Accreditation.valid_from, Accreditation.runs_to,
           RequirementSet.examination_days, RequirementSet.windows, ServiceUnit.name, ServiceUnit.provider_id,
           Party.name.label("provider"))
    .join(RequirementSet, RequirementSet.id == Accreditation.set_id)
    .join(ServiceUnit, ServiceUnit.id == Accreditation.unit_id)
    .join(Party, Party.id == ServiceUnit.provider_id)
    .where(Accreditation.id.in_(IDS))
)
VISITS = select(Inspection.accreditation_id, Inspection.id, Inspection.appointed_for, Inspection.held_on).where(
    Inspection.accreditation_id.in_(IDS))
PRESCRIBED = (
    select(InspectionFinding.accreditation_id, InspectionFinding.id, InspectionFinding.due_on,
           InspectionFinding.answered_on, InspectionFinding.outcome, InspectionFinding.verified_on,
           func.coalesce(Inspection.held_on, Monitoring.sent_on).label("found_on"))
    .outerjoin(Inspection, Inspection.id == InspectionFinding.inspection_id)
    .outerjoin(Monitoring, Monitoring.id == InspectionFinding.monitoring_id)
    .where(InspectionFinding.accreditation_id.in_(IDS), InspectionFinding.due_on.is_not(None))
)
TAKEN_BACK = select(Measure.undoes_id).where(Measure.undoes_id.is_not(None))
SUSPENSIONS = select(Measure.accreditation_id, Measure.id, Measure.effective_on, Measure.until).where(
    Measure.accreditation_id.in_(IDS), Measure.kind == "suspension", Measure.until.is_not(None),
    Measure.undoes_id.is_(None), Measure.id.not_in(TAKEN_BACK))
DOCUMENTS = (
    select(RequirementCheck.accreditation_id, RequirementCheck.id, RequirementCheck.expires_on, Accreditation.filed_on)
    .join(Accreditation, Accreditation.id == RequirementCheck.accreditation_id)
    .join(Requirement, Requirement.id == RequirementCheck.requirement_id)
    .where(RequirementCheck.accreditation_id.in_(IDS), RequirementCheck.expires_on.is_not(None),
           RequirementCheck.document_id.is_not(None), Requirement.kind != "paper",
           Accreditation.state.in_((*UNDER_WAY, *LIVING)))
)
MONITORED = select(Monitoring).where(Monitoring.accreditation_id.in_(IDS)).order_by(Monitoring.id)


@cache
def _newer() -> Select[int, int, date, date | None]:
    """The editions that came after those by which somebody is accredited, with the day by which they adapt."""
    own, newer = aliased(RequirementSet), aliased(RequirementSet)
    rows = select(Accreditation.id, newer.id, newer.valid_from, newer.adapt_by).join(
        own, own.id == Accreditation.set_id).join(newer, newer.code == own.code)
    return rows.where(
        Accreditation.id.in_(IDS), Accreditation.state.in_(LIVING), newer.edition > own.edition,
        newer.valid_from <= bindparam("today"), newer.adapt_by.is_not(None), newer.adapt_by <= Accreditation.runs_to)


@dataclass
class AroundAccreditation:
    """What stands around an accreditation in other tables."""

    passages: list[tuple[str, str, date]] = field(default_factory=list)  # action, state it led to, day
    renewal_on: date | None = None
    below: list[Happening] = field(default_factory=list)

    def last(self, *actions: str) -> date | None:
        """The day of the last passage of one of ``actions``."""
        return next((day for action, _to, day in reversed(self.passages) if action in actions), None)


def living_accreditations(_today: date) -> Select[int]:
    """The procedures under way and the accreditations that hold."""
    return select(Accreditation.id).where(Accreditation.state.in_((*UNDER_WAY, *LIVING)))


def accreditation_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """The accreditations behind ``ids``: each belongs to its provider."""
    around = _around(session, ids, today)
    for row in session.execute(CASES, {"ids": list(ids)}):
        title = f"Accreditamento n. {row.number}/{row.year}, {row.name} ({row.provider})"
        below = () if row.state in OVER else around[row.id].below
        happenings = (*_examination(row, around[row.id]), *_period(row, around[row.id]), *below)
        yield Case("accreditation", row.id, title, happenings, provider_ids=frozenset({row.provider_id}),
                   called_off=row.state == A.CANCELLED)


def _examination(row: Any, beside: AroundAccreditation) -> Iterator[Happening]:
    """From the application to the pact: completion asked and sent, the clock of the decree, the pact."""
    if row.state == A.CANCELLED:
        return
    yield from _arrivals(beside)
    asked, sent = beside.last("ask_completion"), beside.last("complete")
    if row.completion_due and asked:
        round_number = str(sum(action == "ask_completion" for action, _to, _day in beside.passages))
        yield Happening("accreditation.completion_asked", asked, round_number, due=row.completion_due)
        if row.state != A.TO_COMPLETE:
            yield Happening("accreditation.completed", sent or asked, round_number)
    if row.complete_on:
        yield Happening("accreditation.complete", row.complete_on,
                        due=decision_due(row.windows, row.filed_on, row.complete_on, row.examination_days))
    if row.decided_on:
        yield Happening("accreditation.decided", row.decided_on)
        if row.state != A.REFUSED:
            yield Happening("accreditation.granted", row.decided_on)
    ended = row.pact_signed_on or (beside.last("revoke", "renounce") if row.state in ENDED else None)
    if ended:
        yield Happening("accreditation.pact_signed", ended)


def _arrivals(beside: AroundAccreditation) -> Iterator[Happening]:
    """The application came, or what was missing: each time the office looks whether it is complete."""
    came = 0
    for action, _to, day in beside.passages:
        if action in ("file", "complete"):
            came += 1
            yield Happening("accreditation.filed", day, str(came))
        elif came and action in ("ask_completion", "find_complete"):
            yield Happening("accreditation.looked_at", day, str(came))


def _period(row: Any, beside: AroundAccreditation) -> Iterator[Happening]:
    """The period and its end, a suspension to a day, more time that is asked."""
    if row.runs_to is None or row.valid_from is None:
        return
    if row.state in (*DECIDED, *LIVING, *ENDED):
        yield Happening("accreditation.runs", row.valid_from, due=row.runs_to, fixed=True)
    if row.state in ENDED or beside.renewal_on:
        over = beside.last("expire", "renew", "revoke", "renounce") if row.state in ENDED else beside.renewal_on
        yield Happening("accreditation.followed", min(over or row.runs_to, row.runs_to))


def _around(session: ScopedSession, ids: Collection[int], today: date) -> dict[int, AroundAccreditation]:
    """What stands around each accreditation: one question for each table."""
    found: dict[int, AroundAccreditation] = defaultdict(AroundAccreditation)
    these = {"ids": list(ids)}
    for key, action, to, day in session.execute(PASSAGES, these):
        found[key].passages.append((action, to, day))
    for renewed, signed in session.execute(RENEWALS, these):
        found[renewed or 0].renewal_on = signed
    for key in ids:
        _more_time(found[key])
    _inspections(session, these, found)
    _suspensions(session, these, found)
    _documents(session, these, found, today)
    _monitoring(session, these, found)
    _editions(session, these, found, today)
    return found


def _more_time(beside: AroundAccreditation) -> None:
    """Each time that the provider asked for more time, and the answer."""
    asked = 0
    for action, _to, day in beside.passages:
        if action == "ask_extension":
            asked += 1
            beside.below.append(Happening("accreditation.extension_asked", day, str(asked)))
        elif asked and action in ("extend", "refuse_extension", "revoke", "renounce", "expire", "renew"):
            beside.below.append(Happening("accreditation.extension_decided", day, str(asked)))


def _inspections(session: ScopedSession, these: These, found: dict[int, AroundAccreditation]) -> None:
    for key, visit, appointed, held in session.execute(VISITS, these):
        found[key].below.append(Happening("inspection.appointed", appointed, str(visit), due=appointed, fixed=True))
        if held:
            found[key].below.append(Happening("inspection.held", held, str(visit)))
    for row in session.execute(PRESCRIBED, these):
        below, occurrence = found[row.accreditation_id].below, str(row.id)
        below.append(Happening("finding.prescribed", row.found_on, occurrence, due=row.due_on))
        if row.answered_on:
            below.append(Happening("finding.answered", row.answered_on, occurrence))
        if row.verified_on and row.outcome in ("satisfied", "not_satisfied"):
            below.append(Happening("finding.verified", row.verified_on, occurrence))
            if row.outcome == "satisfied" and not row.answered_on:
                below.append(Happening("finding.answered", row.verified_on, occurrence))


def _suspensions(session: ScopedSession, these: These, found: dict[int, AroundAccreditation]) -> None:
    """A suspension to a day: by then it is lifted, or the accreditation ends."""
    for key, measure, since, until in session.execute(SUSPENSIONS, these):
        found[key].below.append(Happening("accreditation.suspended", since, str(measure), due=until, fixed=True))
        ends = [day for action, _to, day in found[key].passages
                if action in ("readmit", "revoke", "renounce", "expire") and day >= since]
        if ends:
            found[key].below.append(Happening("accreditation.suspension_over", min(ends), str(measure)))


def _documents(session: ScopedSession, these: These, found: dict[int, AroundAccreditation], today: date) -> None:
    """Documents of the checklist with a last day: a newer one takes their place, and the deadline moves with it."""
    for key, check, expires, filed in session.execute(DOCUMENTS, these):
        found[key].below.append(Happening("accreditation.document_ends", filed or today, str(check),
                                          due=expires, fixed=True))


def _editions(session: ScopedSession, these: These, found: dict[int, AroundAccreditation], today: date) -> None:
    """Newer editions of the requirements to which who is accredited adapts by a day; done when the office says so."""
    for key, edition, since, by in session.execute(_newer(), {**these, "today": today}):
        below, occurrence = found[key].below, str(edition)
        below.append(Happening("accreditation.edition_changed", since, occurrence, due=by, fixed=True))
        done = [day for action, _to, day in found[key].passages if action == "adapt" and day >= since]
        if done:
            below.append(Happening("accreditation.adapted", min(done), occurrence))


def _monitoring(session: ScopedSession, these: These, found: dict[int, AroundAccreditation]) -> None:
    for row in session.scalars(MONITORED, these):
        below, occurrence = found[row.accreditation_id].below, str(row.id)
        below.append(Happening("monitoring.began", row.first_day, occurrence, due=row.due_on))
        if row.state == M.SENT and row.sent_on:
            below.append(Happening("monitoring.sent", row.sent_on, occurrence))
        if row.state == M.SKIPPED:
            below.append(Happening("monitoring.skipped", row.first_day, occurrence))


source_of("accreditation", living_accreditations, accreditation_cases, diary=True)
rules_beside(__file__)
