"""Monitoring of an accredited unit: periods generated from its first day, forms frozen with the answer (R150, R157)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from core.accreditation import rules
from core.accreditation.follow_up import open_findings, take_back
from core.accreditation.model import Accreditation, Monitoring, Requirement
from core.accreditation.passages import WITH_PROVIDER, changed
from core.accreditation.states import LIVING, MONITORING_LIFE, MonitoringState
from core.ground.access import ScopedSession
from core.ground.clock import add_months
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, Level, RuleBroken
from core.ground.states import Proof

M = MonitoringState
KINDS = {"half_year": 6, "year": 12}  # months
ANSWERS = (rules.MET, rules.NOT_MET, rules.NOT_APPLICABLE)
UNSENT = (M.DRAFT, M.LATE)
Line = Mapping[str, Any]
Begun = set[tuple[str, date]]


# --- periods and forms: pure ------------------------------------------------------------------------------


def periods(kind: str, first: date, last: date, today: date) -> Iterator[tuple[date, date]]:
    """The periods of a kind that have begun by ``today``: first and last day, the last one cut at the end."""
    months, start, number = KINDS[kind], first, 0
    while start <= min(last, today):
        number += 1
        following = add_months(first, months * number)
        yield start, min(following - timedelta(days=1), last)
        start = following


def form_of(requirements: list[Requirement], measures: Mapping[str, Line], kind: str) -> list[dict[str, Any]]:
    """The form of a period as plain data: the requirements that it asks for again, with what they count."""
    return [
        {"code": row.code, "title": row.title, "text": row.text, "kind": row.kind, "source": row.legal_source,
         "verified": row.verified, "limit": None if row.limit is None else f"{row.limit:f}",
         "measure": row.measure, "per": row.per,
         "figures": [{"code": code, "title": measures.get(code, {}).get("title", code),
                      "whole": measures.get(code, {}).get("whole", True)}
                     for code in (row.measure, row.per) if code and row.kind in rules.NUMERIC]}
        for row in rules.leaves(requirements) if kind in row.monitored.split(",")
    ]


def lacking(form: list[dict[str, Any]], answers: Mapping[str, Any]) -> list[Finding]:
    """What an answer still lacks: an outcome, a figure, the reason of what is not met."""
    found = []
    for line in form:
        answer: Line = answers.get(line["code"], {})
        values: dict[str, object] = {"title": line["title"]}
        if answer.get("answer") not in ANSWERS:
            found.append(Finding("Manca la risposta a «%(title)s».", values, Level.ERROR, line["code"]))
        elif answer["answer"] != rules.MET and not answer.get("note", "").strip():
            found.append(Finding("«%(title)s»: scrivere in una nota perché.", values, Level.ERROR, line["code"]))
        if answer.get("answer") != rules.NOT_APPLICABLE:
            told = answer.get("figures", {})
            found += [Finding("Manca il dato «%(title)s».", {"title": figure["title"]}, Level.ERROR, line["code"])
                      for figure in line["figures"] if rules.number(told.get(figure["code"])) is None]
    return found


# --- operations -------------------------------------------------------------------------------------------


def begun(session: ScopedSession, ids: Collection[int]) -> dict[int, Begun]:
    """Kind and first day of the periods that are there, by accreditation."""
    here = select(Monitoring.accreditation_id, Monitoring.kind, Monitoring.first_day)
    found: dict[int, Begun] = {key: set() for key in ids}
    for key, kind, first_day in session.execute(here.where(Monitoring.accreditation_id.in_(ids))):
        found[key].add((kind, first_day))
    return found


def generate(
    session: ScopedSession, row: Accreditation, today: date, present: Begun | None = None
) -> list[Monitoring]:
    """Add the periods that have begun and are not there yet (``present``, if the caller has looked: see ``begun``)."""
    if row.state not in LIVING or row.valid_from is None or row.runs_to is None:
        return []
    if present is None:
        present = begun(session, [row.id])[row.id]
    added = [
        Monitoring(accreditation_id=row.id, kind=kind, first_day=first, last_day=last, answers={},
                   due_on=last + timedelta(days=row.set.monitoring_days))
        for kind in row.set.monitoring.split(",") if kind
        for first, last in periods(kind, row.valid_from, row.runs_to, today) if (kind, first) not in present
        if any(kind in requirement.monitored.split(",") for requirement in row.set.requirements)
    ]
    session.add_all(added)
    session.flush()
    return added


def asked_form(monitoring: Monitoring) -> list[dict[str, Any]]:
    """The form of a period: the one that was frozen with the answer, else what the set asks for."""
    the_set = monitoring.accreditation.set
    return monitoring.form if monitoring.form is not None else form_of(
        the_set.requirements, the_set.measures, monitoring.kind)


def save(
    session: ScopedSession, monitoring_id: int, answers: Mapping[str, Mapping[str, Any]], *, version: int | None
) -> Monitoring:
    """Keep answers that are not finished yet. ``answers``: by code, answer, note, figures (measure to Decimal)."""
    session.principal.require(*WITH_PROVIDER)
    monitoring = _at(session, monitoring_id, version)
    if monitoring.state not in UNSENT:
        raise RuleBroken("Il monitoraggio è già stato inviato o saltato: non si modifica più.")
    form, kept = asked_form(monitoring), {}
    if unknown := answers.keys() - {line["code"] for line in form}:
        raise TypeError(f"the form does not ask for {sorted(unknown)}")
    for line in form:
        answer = answers.get(line["code"], {})
        measures = {figure["code"]: figure for figure in line["figures"]}
        figures: dict[str, Decimal | None] = {
            code: value for code, value in answer.get("figures", {}).items() if code in measures}
        note = answer.get("note", "") or ""
        if len(note) > 5000:
            raise RuleBroken("La nota è troppo lunga: al massimo 5.000 caratteri.", field=line["code"])
        kept[line["code"]] = {"answer": answer.get("answer") or "", "note": note.strip(),
                              "figures": rules.declared_figures(measures, figures)}
    monitoring.answers = kept
    session.flush()
    return monitoring


def send(session: ScopedSession, monitoring_id: int, *, version: int | None, today: date) -> Monitoring:
    """Send the answers of a period: its form is frozen with them, and what is out of limits opens its follow-up.

    RuleBroken before its end or with what is lacking.
    """
    monitoring = _at(session, monitoring_id, version)
    if today < monitoring.last_day:
        raise RuleBroken("Il periodo finisce il %(day)s: si invia da quel giorno. Intanto le risposte si possono "
                         "registrare.", day=f"{monitoring.last_day:%d/%m/%Y}")
    form = asked_form(monitoring)
    if lacks := lacking(form, monitoring.answers):
        raise RuleBroken("Il monitoraggio non è completo: %(lacks)s", lacks=" ".join(map(str, lacks[:4])))
    monitoring.form, monitoring.sent_on = form, today
    open_findings(session, monitoring, form)
    return _move(session, monitoring, "send", today)


def skip(session: ScopedSession, monitoring_id: int, *, why: str, version: int | None, today: date) -> Monitoring:
    """Ask for no answer in a period, with the reason."""
    monitoring = _at(session, monitoring_id, version)
    monitoring.why = why.strip()
    return _move(session, monitoring, "skip", today, Proof(why=why))


def reopen(session: ScopedSession, monitoring_id: int, *, why: str, version: int | None, today: date) -> Monitoring:
    """Give a sent answer back to be corrected: the answers stay, the form is asked again."""
    monitoring = _at(session, monitoring_id, version)
    _move(session, monitoring, "reopen", today, Proof(why=why))
    take_back(session, monitoring)
    monitoring.form, monitoring.sent_on, monitoring.why = None, None, why.strip()
    return touch(session, monitoring)


def close_unsent(session: ScopedSession, row: Accreditation, why: str, today: date) -> None:
    """Skip what nobody will answer any more, because the accreditation has ended."""
    unsent = select(Monitoring).where(Monitoring.accreditation_id == row.id, Monitoring.state.in_(UNSENT))
    for monitoring in session.scalars(unsent).all():
        monitoring.why = why
        MONITORING_LIFE.move(session, monitoring, "skip", on=today, proof=Proof(why=why), by_rule=True)
    session.flush()


def reopen_unsent(session: ScopedSession, row: Accreditation, why: str, today: date) -> None:
    """Ask again for what ``close_unsent`` skipped for this reason: the end of the accreditation was a mistake."""
    skipped = select(Monitoring).where(Monitoring.accreditation_id == row.id, Monitoring.state == M.SKIPPED,
                                       Monitoring.why == why)
    for monitoring in session.scalars(skipped).all():
        monitoring.why = ""
        MONITORING_LIFE.undo(session, monitoring, on=today, by_rule=True,
                             why="Corretto il passaggio che chiudeva l'accreditamento.")
    session.flush()


def falling_late(today: date) -> ColumnElement[bool]:
    """The drafts whose day has passed."""
    return and_(Monitoring.state == M.DRAFT, Monitoring.due_on < today)


def fall_late(session: ScopedSession, today: date, ids: Collection[int]) -> int:
    """The drafts of these accreditations whose day has passed are late; the worker says so every day. Their count."""
    late = select(Monitoring).where(falling_late(today), Monitoring.accreditation_id.in_(ids)).order_by(Monitoring.id)
    found = session.scalars(late).all()
    for monitoring in found:
        MONITORING_LIFE.move(session, monitoring, "fall_late", on=today)
    session.flush()
    return len(found)


def _at(session: ScopedSession, monitoring_id: int, version: int | None) -> Monitoring:
    return at_version(session.require(Monitoring, monitoring_id), version)


def _move(session: ScopedSession, monitoring: Monitoring, action: str, today: date,
          proof: Proof | None = None) -> Monitoring:
    MONITORING_LIFE.move(session, monitoring, action, on=today, proof=proof or Proof())
    touch(session, monitoring)
    changed(session, monitoring.accreditation, today)
    return monitoring
