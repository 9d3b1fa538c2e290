"""What the page of a notice says, made ready for its template: where it stands, findings, terms, penalties, damages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from admin.guard.session import db, today
from admin.penalties.default_notices.forms import finding_days, kind_words
from admin.web import formats
from admin.web.formats import days_words
from admin.web.words import said
from admin.wording import labels
from core.ground.access import Role, as_system
from core.parties.model import Party
from core.penalties import procedure
from core.penalties.model import DefaultNotice, NoticeFinding, Penalty
from core.penalties.procedure import Turn
from core.penalties.states import DefaultNoticeState


@dataclass(frozen=True)
class FindingRow:
    """A finding as the page shows it."""

    number: int
    finding: NoticeFinding
    when: str
    kind: str
    badge: Any
    penalty: Penalty | None
    provider: str


def turn_words(turn: Turn | None) -> str:
    """Who must act, by which day and how long there is: "Comune, entro il 27/04/2026 (tra 3 giorni)"."""
    if turn is None:
        return ""
    who = str(labels.ROLES["municipality"]) if turn.role is Role.MUNICIPALITY else _("Azienda")
    if turn.due is None:
        return who
    return _("%(who)s, entro il %(day)s (%(left)s)", who=who, day=formats.day(turn.due),
             left=days_words((turn.due - today()).days))


def turn_sentence(turn: Turn | None) -> str:
    """Whose turn it is, for what, by when, as a sentence; empty when nothing waits."""
    if turn is None:
        return ""
    who = _("Tocca al Comune:") if turn.role is Role.MUNICIPALITY else _("Tocca all'azienda:")
    what = said(turn.what)
    if turn.due is None:
        return f"{who} {what[0].lower()}{what[1:]}"
    left = {"day": formats.day(turn.due), "left": days_words((turn.due - today()).days)}
    late = turn.due < today()
    by = _("Il termine è passato: era il %(day)s, %(left)s.", **left) if late else _(
        "Entro il %(day)s, %(left)s.", **left)
    return f"{who} {what[0].lower()}{what[1:]} {by}"


def stands(notice: DefaultNotice) -> str:
    """Where a notice stands, and who must act."""
    return f"{_state_words(notice)} {turn_sentence(procedure.turn(notice, today()))}".strip()


def _state_words(notice: DefaultNotice) -> str:
    upheld = sum(finding.outcome == procedure.UPHELD for finding in notice.findings)
    values: dict[str, Any] = {
        "sent": formats.day(notice.sending.sent_on) if notice.sending else "",
        "received": formats.day(notice.received_on), "reply": formats.day(notice.reply_due_effective),
        "answered": formats.day(notice.answered_on), "held": formats.day(notice.held_on),
        "summoned": formats.day(notice.summoned_for), "decided": formats.day(notice.decided_on),
        "closed": formats.day(notice.closed_on), "upheld": upheld, "count": len(notice.findings)}
    return {
        DefaultNoticeState.DRAFT: _("Bozza: non è ancora partita."),
        DefaultNoticeState.SENT: _("Inviata il %(sent)s; la ricevuta non è ancora registrata.", **values),
        DefaultNoticeState.RECEIVED: _("Ricevuta il %(received)s, con risposta entro il %(reply)s.", **values),
        DefaultNoticeState.ANSWERED: _("L'azienda ha risposto il %(answered)s.", **values),
        DefaultNoticeState.SILENT: _("L'azienda non ha risposto nel termine, finito il %(reply)s.", **values),
        DefaultNoticeState.SUMMONED: _("Parti convocate per il %(summoned)s.", **values),
        DefaultNoticeState.HEARD: _("Parti sentite il %(held)s.", **values),
        DefaultNoticeState.DECIDED: _("Decisa il %(decided)s: confermate %(upheld)s inadempienze su %(count)s.",
                                      **values),
        DefaultNoticeState.CLOSED: _("Chiusa il %(closed)s: confermate %(upheld)s inadempienze su %(count)s.",
                                     **values),
        DefaultNoticeState.WITHDRAWN: _("Ritirata il %(closed)s: il numero resta assegnato.", **values),
    }[DefaultNoticeState(notice.state)]


def finding_rows(notice: DefaultNotice) -> list[FindingRow]:
    """The findings, each with its outcome, its penalty that stands and the provider to which it was passed on."""
    names = _provider_names(notice)
    penalties = {penalty.finding_id: penalty for penalty in procedure.standing(notice.penalties)}
    return [
        FindingRow(number, finding, finding_days(finding), _kinds(notice, finding),
                   formats.badge(finding, finding.outcome),
                   penalties.get(finding.id), names.get(finding.provider_id or 0, ""))
        for number, finding in enumerate(notice.findings, start=1)
    ]


def _kinds(notice: DefaultNotice, finding: NoticeFinding) -> str:
    """The kind of a default, and the one that was contested where the decision found another."""
    contested = kind_words(notice.contract, finding.kind)
    if finding.decided_kind is None:
        return contested
    return _("%(found)s (contestata come: %(contested)s)", contested=contested,
             found=kind_words(notice.contract, finding.decided_kind))


def _provider_names(notice: DefaultNotice) -> dict[int, str]:
    """The names of the providers: who reads a notice may know to whom a part of it was passed on."""
    ids = {finding.provider_id for finding in notice.findings if finding.provider_id is not None}
    query = select(Party.id, Party.name).where(Party.id.in_(ids))
    return dict(row for row in as_system(db(), query, reason="gestori delle inadempienze")) if ids else {}


def record_of(notice: DefaultNotice) -> dict[str, Any]:
    """The terms, the sending, the answer and the hearing, as pairs of label and value."""
    return {
        "terms": _terms(notice),
        "sending": None if notice.sending is None else {
            "channel": labels.choice("sending", "channel", notice.sending.channel),
            "sent_on": notice.sending.sent_on, "protocol": notice.sending.protocol_number},
        "answer": labels.choice("default_notice", "answer", notice.answer) if notice.answer else "",
        "summons": _summons(notice),
        "penalties": [(penalty, url_for("penalty.details_view", id=penalty.id)) for penalty in notice.penalties],
    }


def _terms(notice: DefaultNotice) -> list[tuple[str, str, str]]:
    """Both terms: what, how it was set, by which day."""
    compliance = _("un giorno fissato nella diffida") if notice.compliance_by is not None else _(
        "%(days)s giorni dalla ricezione", days=notice.compliance_days)
    return [
        (_("Per rispondere"), _("%(days)s giorni dalla ricezione, dal contratto", days=notice.reply_days),
         moved(notice.reply_due_nominal, notice.reply_due_effective) or _("dopo la ricezione")),
        (_("Per adempiere"), compliance,
         moved(notice.compliance_due_nominal, notice.compliance_due_effective)
         or formats.day(notice.compliance_by) or _("dopo la ricezione")),
    ]


def moved(nominal: date | None, effective: date | None) -> str:
    """The end of a term, and from which day it was moved."""
    if effective is None or nominal == effective:
        return formats.day(effective)
    return _("%(due)s (il %(day)s non è un giorno utile)", due=formats.day(effective), day=formats.day(nominal))


def _summons(notice: DefaultNotice) -> str:
    if notice.summoned_for is None:
        return ""
    if notice.summoned_at is None:
        return _("%(day)s, %(place)s", day=formats.day(notice.summoned_for), place=notice.summoned_place)
    return _("%(day)s alle %(hour)s, %(place)s", day=formats.day(notice.summoned_for),
             hour=f"{notice.summoned_at:%H:%M}", place=notice.summoned_place)
