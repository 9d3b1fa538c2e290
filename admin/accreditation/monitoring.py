"""Monitoring: the periods of the accredited units, their forms as they were asked, the answers."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import TextAreaField
from wtforms.validators import Length, Optional

from admin.accreditation.passages import READ_BY_PROVIDER, ratio_words
from admin.accreditation.record import OF_UNIT
from admin.accreditation.views import READERS
from admin.cases import diary
from admin.cases.diary import file_url
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import ActForm, ActPage, Passages, Step, WhyForm, act_form, carry_out, doing
from admin.web.base_view import Act, BaseView, Filter
from admin.web.formats import day
from admin.web.forms import DecimalField, OneField, clean, picks
from admin.web.searching import below
from admin.web.together import Ticked
from admin.web.words import said
from admin.wording import labels
from core.accreditation import follow_up, monitoring, rules
from core.accreditation.model import Accreditation, Monitoring
from core.accreditation.states import MONITORING_LIFE, MonitoringState
from core.ground.access import Role
from core.ground.order import in_order
from core.parties.model import Party
from core.providers.model import ServiceUnit

M = MonitoringState
WRITERS = policy.roles(Role.ACCREDITATION, Role.PROVIDER)

STEPS: dict[str, Step] = {
    "send": Step(
        lazy_gettext("Invia il monitoraggio"), lazy_gettext("Il monitoraggio è inviato."),
        doing(monitoring.send),
        happens=lambda row: [
            *(said(finding) for finding in monitoring.lacking(monitoring.asked_form(row), row.answers)),
            *out_words(row),
            _("Domande e risposte restano come sono oggi, anche se i requisiti cambieranno."),
            _("Per correggerle dopo, le restituisce l'ufficio accreditamento.")], tint="primary"),
    "skip": Step(
        lazy_gettext("Salta questo periodo"), lazy_gettext("Il periodo è saltato."), doing(monitoring.skip, "why"),
        WhyForm, happens=lambda _row: [_("Per questo periodo il gestore non deve più rispondere.")], rare=True),
    "reopen": Step(
        lazy_gettext("Restituisci per correggere"), lazy_gettext("Il monitoraggio è di nuovo aperto."),
        doing(monitoring.reopen, "why"), WhyForm,
        happens=lambda _row: [_("Il gestore può di nuovo modificare le risposte, che restano.")], rare=True),
}


def out_words(row: Monitoring) -> list[str]:
    """What is out of limits, before it is sent: each opens a finding."""
    found = [_("%(code)s %(title)s: %(told)s", code=line["code"], title=line["title"], told=told)
             for line, told in follow_up.out_of_limits(monitoring.asked_form(row), row.answers)]
    return [_("È fuori dai limiti, e l'ufficio ne aprirà un rilievo:"), *found] if found else []


class Monitorings(Ticked, Passages, BaseView):
    """Half-yearly and yearly monitoring of declared standards (R150, R157)."""

    may_read = READERS
    may_write = WRITERS
    life = MONITORING_LIFE
    steps = STEPS
    each = ("send", "skip", "reopen")
    read_by = READ_BY_PROVIDER
    writing_pages = Passages.writing_pages | {"answers_view"}
    group = "accreditation"
    title = lazy_gettext("Monitoraggi")
    lead = lazy_gettext("Gli standard dichiarati si verificano ogni sei mesi e ogni anno: i periodi nascono dal patto.")
    empty = lazy_gettext("Nessun periodo è ancora cominciato: il primo nasce con la firma di un patto.")
    details_template = "accreditation/monitoring.html"
    newest_first = True
    newest_by = ("due_on",)
    searched = (below(Monitoring.accreditation_id, Accreditation.id, OF_UNIT),)
    column_list = ("unit", "kind", "first_day", "last_day", "due_on", "state")
    column_labels = {"unit": lazy_gettext("Unità")}
    shown = {"unit": lambda row: row.accreditation.unit.name}
    sorted_by: dict[str, Any] = {}
    load = (joinedload(Monitoring.accreditation).options(
        joinedload(Accreditation.unit).selectinload(ServiceUnit.provider), joinedload(Accreditation.set)),)
    left_out = frozenset()
    filtered = (
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("monitoring", M),
               lambda value: Monitoring.state == value),
        Filter("tipo", lazy_gettext("Monitoraggio"), lambda: list(labels.CHOICES["monitoring.kind"].items()),
               lambda value: Monitoring.kind == value),
        Filter("gestore", lazy_gettext("Gestore"), lambda: [(key, name) for key, name in db().execute(
            select(Party.id, Party.name).where(Party.id.in_(
                select(ServiceUnit.provider_id).join(Accreditation, Accreditation.unit_id == ServiceUnit.id)))
            .order_by(in_order(Party.name)).limit(500))],
            lambda value: Monitoring.accreditation_id.in_(select(Accreditation.id).join(ServiceUnit).where(
                ServiceUnit.provider_id == int(value)))),
    )
    numeric = frozenset()
    on_records = {"answers_view": lazy_gettext("Compila le risposte")}

    def name_of(self, row: Monitoring) -> str:
        """Kind, unit and period."""
        return _("Monitoraggio %(kind)s – %(unit)s", unit=row.accreditation.unit.name,
                 kind=str(labels.choice("monitoring", "kind", row.kind)).lower())

    def where_it_stands(self, row: Monitoring) -> str:
        """Which period, and what is awaited."""
        period = _("Periodo dal %(first)s al %(last)s.", first=day(row.first_day), last=day(row.last_day))
        if row.state == M.SENT:
            return f"{period} " + _("Inviato il %(day)s.", day=day(row.sent_on))
        if row.state == M.SKIPPED:
            return f"{period} " + _("Saltato: %(why)s", why=row.why)
        if today() < row.last_day:
            return f"{period} " + _("Si invia dal %(first)s al %(last)s; le risposte si possono già registrare.",
                                    first=day(row.last_day), last=day(row.due_on))
        if row.state == M.LATE:
            return f"{period} " + _("Andava inviato entro il %(day)s.", day=day(row.due_on))
        return f"{period} " + _("Da inviare entro il %(day)s.", day=day(row.due_on))

    def timely(self, row: Monitoring, action: str) -> bool:
        """A period is sent from its last day on."""
        return action != "send" or today() >= row.last_day

    def acts(self, row: Monitoring) -> list[Act]:
        """The answers first, then the passages."""
        found = super().acts(row)
        if row.state in monitoring.UNSENT and WRITERS.admits(principal()):
            found.insert(0, self.button("answers_view", row))
        return found

    def context(self, row: Monitoring) -> dict[str, Any]:
        """The form with its answers, and what happened."""
        return {
            "lines": [(line, row.answers.get(line["code"], {}), figures_words(line, row.answers.get(line["code"], {})),
                       follow_up.within(line, row.answers.get(line["code"], {})))
                      for line in monitoring.asked_form(row)],
            "findings": db().scalars(follow_up.of_monitoring(row.id)).all(), "file_url": file_url,
            "writes": policy.ACCREDITATION.admits(principal()), "answers": WRITERS.admits(principal()),
            "deadlines": [(d, w) for d, w in case_deadlines("accreditation", row.accreditation_id)
                          if d.rule.code == "accreditation_monitoring" and d.occurrence == str(row.id)],
            **diary.context(db(), "monitoring", row.id),
        }

    @expose("/risposte/", methods=("GET", "POST"))
    @policy.allow(WRITERS, WRITERS)
    def answers_view(self) -> str | Response:
        """Fill in the answers; they are sent apart."""
        row = self.get_one(request.args.get("id"))
        lines = monitoring.asked_form(row)
        form = act_form(answers_form(lines), row.version, **_proposed(lines, row.answers))
        page = ActPage(_("Risposte"), _("Registra le risposte"), self.after(row.id), self.name_of(row),
                       lead=_("Si può lasciare e riprendere: le risposte valgono dopo «Invia il monitoraggio»."))
        return carry_out(self, "monitoring.save", form, page, lambda session: monitoring.save(
            session, row.id, _answers(lines, form), version=form.version.data).id,
            done=_("Le risposte sono registrate."),
            template="accreditation/answers.html", lines=[(n, line) for n, line in enumerate(lines)])


def answers_form(lines: list[dict[str, Any]]) -> type[ActForm]:
    """For each line an answer, its figures and a note."""
    words = [("", "–"), *((code, labels.CHOICES["requirement_check.outcome"][code]) for code in monitoring.ANSWERS)]
    fields: dict[str, Any] = {}
    for number, line in enumerate(lines):
        for place, figure in enumerate(line["figures"]):
            fields[f"figure_{number}_{place}"] = DecimalField(figure["title"], [Optional()],
                                                              render_kw={"inputmode": "decimal"})
        fields[f"answer_{number}"] = OneField(lazy_gettext("Risposta"), [Optional()], choices=picks(words))
        fields[f"note_{number}"] = TextAreaField(
            lazy_gettext("Nota"), [Length(max=5000)], filters=[clean], description=lazy_gettext(
                "Necessaria se lo standard non è rispettato o non è pertinente. Niente nomi di persone seguite."))
    return type("AnswersForm", (ActForm,), fields)


def _proposed(lines: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for number, line in enumerate(lines):
        kept = answers.get(line["code"], {})
        found[f"answer_{number}"], found[f"note_{number}"] = kept.get("answer", ""), kept.get("note", "")
        for place, figure in enumerate(line["figures"]):
            found[f"figure_{number}_{place}"] = rules.number(kept.get("figures", {}).get(figure["code"]))
    return found


def _answers(lines: list[dict[str, Any]], form: Any) -> dict[str, dict[str, Any]]:
    return {line["code"]: {
        "answer": form[f"answer_{number}"].data or "", "note": form[f"note_{number}"].data or "",
        "figures": {figure["code"]: form[f"figure_{number}_{place}"].data
                    for place, figure in enumerate(line["figures"])},
    } for number, line in enumerate(lines)}


def figures_words(line: dict[str, Any], answer: dict[str, Any]) -> str:
    """The figures of an answer in words."""
    told = answer.get("figures", {})
    found = [f"{figure['title']}: {ratio_words(rules.number(told.get(figure['code'])))}" for figure in line["figures"]]
    if found and line["limit"] is not None:
        limit = ratio_words(rules.number(line["limit"]))
        found.append({"ratio": _("uno ogni %(limit)s al massimo", limit=limit),
                      "at_least": _("almeno %(limit)s", limit=limit)}.get(line["kind"])
                     or _("al massimo %(limit)s", limit=limit))
    return "; ".join(found)


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Monitorings(Monitoring, lazy_gettext("Monitoraggi"), endpoint="monitoring", url="monitoraggi")]
