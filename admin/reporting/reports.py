"""The yearly reports (R99): the figures of an exercise with the way to their rows, one report to each municipality."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import abort, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin.cases import diary
from admin.cases import letters as letter_pages
from admin.cases.passages import undo_step
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, office, today
from admin.parties.choices import by_municipality
from admin.reporting.staff import asked_year, kind_of, years_offered
from admin.standards import words as standards
from admin.web import formats
from admin.web.acts import ActForm, ActPage, Passages, Step, act_form, carry_out, doing
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.exercise import ExerciseField, by_exercise, exercise, of_exercise, of_row
from admin.web.fields import day_field, file_field
from admin.web.forms import SHORT, OneField, Sentence, clean, picks
from admin.web.workbooks import KINDS, stream
from admin.wording import labels
from core.documents.reading import blocks_of
from core.reporting import reports
from core.reporting.context import NOT_RECORDED
from core.reporting.investments import total_of
from core.reporting.model import YearlyReport
from core.reporting.states import LIFE, ReportState
from core.reporting.yearly import ServiceReport, YearReport, report_of_year


class ReportYearForm(ActForm):
    """Of which exercise."""

    year = ExerciseField(lazy_gettext("Esercizio"), [Sentence()], render_kw={"inputmode": "numeric"})


class SendForm(ActForm):
    """How a report left, when, under which number; the signed file where there is one."""

    file = file_field(lazy_gettext("Relazione firmata"), lazy_gettext(
        "Il file che è partito. Vuoto se è partito quello preparato qui."), needed=False)
    channel = OneField(lazy_gettext("Mezzo"), [Sentence()], choices=lambda: picks(
        labels.CHOICES["sending.channel"].items()))
    sent_on = day_field(lazy_gettext("Inviata il"))
    protocol_number = StringField(lazy_gettext("Numero di protocollo"), [Length(max=SHORT)], filters=[clean])


STEPS: dict[str, Step] = {
    "send": Step(
        lazy_gettext("Registra l'invio"), lazy_gettext("L'invio è registrato."),
        doing(reports.send, "channel", "sent_on", "protocol_number", "file"), SendForm, tint="primary",
        proposed=lambda _row: {"sent_on": today()},
        happens=lambda row: (
            _("La relazione si registra come inviata a %(name)s, che da ora la legge qui.", name=row.municipality.name),
            _("Le sue cifre non cambiano più; nulla parte da qui, la lettera si invia prima."),
            _("Il ricevimento si registra accanto alla lettera, con la ricevuta."))),
    "undo": undo_step(LIFE, reports.undo, lazy_gettext("Il passaggio è corretto.")),
}


class YearlyReports(Passages, BaseView):
    """One report to each municipality: the offices prepare and send it, the municipality reads the one sent to it."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "catalogue"
    title = lazy_gettext("Relazione annuale")
    lead = lazy_gettext("Con il bilancio d'esercizio l'azienda riferisce a ogni Comune sul livello dei servizi, sul "
                        "personale, sui beneficiari residenti e sugli investimenti (art. 22, c. 3).")
    empty = lazy_gettext("Nessuna relazione è ancora preparata.")
    begins = (Begin(lazy_gettext("I dati di un esercizio"), ".year_view", "secondary"),
              Begin(lazy_gettext("Prepara le relazioni"), ".prepare_view"))
    life = LIFE
    steps = STEPS
    details_template = "reporting/report.html"
    newest_first = True
    newest_by = ("year",)
    searched = (of_exercise,)
    column_list = ("municipality", "year", "sent_on", "received_on", "state")
    column_labels = {"municipality": lazy_gettext("Comune")}
    shown = {"year": of_row, "municipality": lambda row: row.municipality.name}
    filtered = (
        by_exercise(YearlyReport.year),
        by_municipality(YearlyReport.municipality_id),
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("yearly_report", ReportState),
               lambda state: YearlyReport.state == state),
    )
    load = (joinedload(YearlyReport.municipality), joinedload(YearlyReport.contract), joinedload(YearlyReport.budget),
            joinedload(YearlyReport.sending))

    def name_of(self, row: YearlyReport) -> str:
        """Year and municipality."""
        return _("Relazione annuale %(year)s, %(name)s", year=of_row(row), name=row.municipality.name)

    def where_it_stands(self, row: YearlyReport) -> str:
        """Whether it was sent, and received."""
        values = {"sent": formats.day(row.sent_on), "received": formats.day(row.received_on)}
        return {
            ReportState.DRAFT: _("Preparata, da inviare: il Comune non la vede ancora."),
            ReportState.SENT: _("Inviata il %(sent)s: manca la ricevuta, che si registra accanto alla lettera.",
                                **values),
            ReportState.RECEIVED: _("Inviata il %(sent)s, ricevuta il %(received)s.", **values),
        }[ReportState(row.state)]

    def acts(self, row: YearlyReport) -> list[Act]:
        """Its sending, its letter."""
        return [*super().acts(row), *(letter_pages.buttons(db(), "yearly_report", row) if self.may_change() else [])]

    def context(self, row: YearlyReport) -> dict[str, Any]:
        """What was sent, as it was sent; the deadlines and the diary."""
        sent = row.sending.document if row.sending is not None else None
        blocks = blocks_of(db().files.get(sent.path)) if sent is not None and sent.template is not None else []
        return {"blocks": [(type(block).__name__, block) for block in blocks],
                "deadlines": case_deadlines("yearly_report", row.id), **diary.context(db(), "yearly_report", row.id)}

    # --- the exercise -----------------------------------------------------------------------------------------

    @expose("/anno/")
    @policy.allow(policy.MONEY_STAFF)
    def year_view(self) -> str:
        """All figures of an exercise, each with the way to its rows; what is missing says so."""
        year = asked_year()
        told = report_of_year(db(), year, office().registry)
        return self.render("reporting/year.html", told=told, year=year, kind_of=kind_of, words=standards,
                           years=years_offered(YearlyReport.year, year), accounts=reports.accounts_of(db(), year),
                           total=total_of(told.investments), lacking=[one for one in told.services if one.lacks])

    @expose("/scarica/<kind>")
    @policy.allow(policy.MONEY_STAFF)
    def year_file(self, kind: str) -> Response:
        """The same as a file."""
        if kind not in KINDS:
            abort(404)
        year = asked_year()
        columns = [_("Servizio"), _("Parte"), _("Voce"), _("Comune"), _("Previsto"), _("Effettivo"), _("Unità")]
        told = report_of_year(db(), year, office().registry)
        return stream(_("Relazione annuale %(year)s", year=exercise(year)), columns, list(_rows(told)), kind)

    @expose("/prepara/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def prepare_view(self) -> str | Response:
        """Make the reports of an exercise, each with its letter."""
        form = act_form(ReportYearForm, year=small(request.args.get("id")) or asked_year())
        page = ActPage(_("Prepara le relazioni"), _("Prepara le relazioni"), self.get_url(".index_view"),
                       str(self.title), [
            _("Nasce una relazione per ogni Comune che in quell'esercizio ha affidato servizi con un contratto."),
            _("Ognuna ha la sua lettera Word con le cifre di oggi: dei beneficiari dice solo quelli del Comune."),
            _("Nulla parte: si controlla, si invia, e l'invio si registra Comune per Comune.")])
        return carry_out(self, "report.prepare", form, page, lambda session: len(reports.prepare(
            session, form.year.data, today=today())), lambda _count: self.get_url(".index_view", anno=form.year.data),
            _("Le relazioni sono preparate."))


def _rows(told: YearReport) -> Iterator[Sequence[Any]]:
    for one in told.services:
        yield from _service_rows(one)
    for row in told.investments:
        yield (row.service.title if row.service else _("tutta l'azienda"), _("Investimenti"), row.title, "",
               _known(row.planned), _known(row.made), "€")


def _service_rows(one: ServiceReport) -> Iterator[Sequence[Any]]:
    title = one.service.title
    for row in one.standards:
        yield (title, _("Livello del servizio"), row.standard.title, "", standards.promised(row),
               standards.measured(row, row.periods), "")
    for line in one.quantities:
        yield (title, _("Livello del servizio"), line.what, line.slug, _known(line.planned), _known(line.actual),
               line.unit)
    for use in one.use:
        for key, name in use.names.items():
            yield (title, _("Beneficiari residenti") if use.of_people else _("Prestazioni"),
                   use.measure.title, name, "", _known(use.figures.get(key)), use.measure.unit)
    for person in one.staff.lines if one.staff else ():
        yield (title, _("Personale"), f"{person.profession} ({kind_of(person.kind)})", "", _known(person.planned),
               _known(person.people), _("persone"))
    for word in one.lacks:
        yield (title, word, NOT_RECORDED, "", "", "", "")


def _known(value: Any) -> Any:
    return NOT_RECORDED if value is None else value


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [YearlyReports(YearlyReport, lazy_gettext("Relazione annuale"), endpoint="yearly_report",
                          url="relazione-annuale")]
