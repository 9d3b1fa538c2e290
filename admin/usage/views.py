"""The use of the services: the months, the grid in which one is recorded, closing it, correcting it."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.guard import policy
from admin.guard.session import db, today
from admin.usage import record, years
from admin.usage.forms import (
    correction_form,
    figures_of,
    month_asked,
    month_form,
    nothing_counted,
    offered_months,
    offered_services,
    typed_measures,
)
from admin.usage.passages import STEPS
from admin.web import formats
from admin.web.acts import ActPage, Passages, carry_out
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.downloads import give
from admin.web.filters import by_year
from admin.web.remarks import remark
from admin.web.searching import named, of_year
from admin.wording import labels
from core.catalogue.model import Service
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.usage import operations, sheets
from core.usage.model import UsageMonth
from core.usage.months import MonthFigures, month_figures
from core.usage.rules import UseMonth, require_begun
from core.usage.states import LIFE, MonthState


class Months(Passages, BaseView):
    """The months of the services: what each municipality had; it reads its own, the offices all."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "catalogue"
    title = lazy_gettext("Uso dei servizi")
    lead = lazy_gettext("Che cosa ogni Comune ha avuto da ogni servizio, mese per mese. Su queste cifre si possono "
                        "ripartire i costi; nessuna riguarda una singola persona.")
    empty = lazy_gettext("Nessun mese è stato ancora registrato.")
    begins = (Begin(lazy_gettext("Registra un mese"), ".choose_view"),
              Begin(lazy_gettext("Un anno a colpo d'occhio"), "use_year.index", "secondary"))
    life = LIFE
    steps = STEPS
    details_template = "usage/record.html"
    newest_first = True
    newest_by = ("year", "month")
    searched = (named(UsageMonth.service_id, Service.id), of_year)
    column_list = ("when", "service", "closed_on", "state")
    column_labels = {"when": lazy_gettext("Mese"), "service": lazy_gettext("Servizio")}
    sorted_by = {"when": UsageMonth.id}
    shown = {"when": lambda row: row.when}
    filtered = (
        Filter("servizio", lazy_gettext("Servizio"), offered_services, lambda key: UsageMonth.service_id == int(key)),
        by_year(UsageMonth.year),
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("usage_month", MonthState),
               lambda state: UsageMonth.state == state),
    )
    load = (joinedload(UsageMonth.service),)
    writing_pages = Passages.writing_pages | {"choose_view", "month_view", "correct_view", "workbook_view"}
    on_records = {"correct_view": lazy_gettext("Correggi una cifra")}

    def name_of(self, row: UsageMonth) -> str:
        """Service and month."""
        return str(row)

    def where_it_stands(self, row: UsageMonth) -> str:
        """Whether its figures count."""
        if row.state == MonthState.CLOSED:
            return _("Chiuso il %(day)s: le cifre valgono così, e si correggono con un motivo.",
                     day=formats.day(row.closed_on))
        return _("Aperto: le cifre possono cambiare finché il mese non si chiude.")

    def acts(self, row: UsageMonth) -> list[Act]:
        """Writing while it is open; correcting once it is closed."""
        if not self.may_change():
            return []
        if row.state == MonthState.CLOSED:
            return [self.button("correct_view", row, tint="primary"), *super().acts(row)]
        grid = self.get_url(".month_view", servizio=row.service_id, mese=UseMonth(row.year, row.month).code)
        return [*super().acts(row), Act(_("Cambia le cifre"), grid)]

    def context(self, row: UsageMonth) -> dict[str, Any]:
        """The figures, what was corrected, and the diary."""
        return {**record.sections(db(), row), **diary.context(db(), "usage_month", row.id)}

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/registra/")
    @policy.allow(policy.MONEY, policy.MONEY)
    def choose_view(self) -> str | Response:
        """Which service, which month."""
        return self._choose("")

    def _choose(self, refusal: Any) -> str:
        services = offered_services()
        return str(self.render("usage/choose.html", services=services, months=offered_months(), asked=request.args,
                               refusal=refusal or ("" if services else nothing_counted())))

    @expose("/mese/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def month_view(self) -> str | Response:
        """The figures of a month in a grid: municipalities down, measures across."""
        try:
            found = self._asked()
            require_begun(found.month, today())
        except RuleBroken as refusal:
            return self._choose(remark(refusal))
        if found.is_closed and found.row is not None:
            flash(_("Il mese è chiuso: le cifre si correggono una per volta, con il motivo."), "warning")
            return redirect(self.get_url(".details_view", id=found.row.id))
        form = month_form(found)
        page = ActPage(_("%(service)s, %(month)s", service=found.service.title, month=str(found.month)),
                       _("Registra le cifre"), self.get_url(".index_view"), str(self.title), lead=_(
            "Una casella vuota è una cifra che manca, e il mese allora non si chiude; se non c'è stato uso, scrivere "
            "0. Si passa da una casella all'altra con il tasto Tab."))

        def work(session: ScopedSession) -> int:
            return operations.record(session, found.service.id, found.month, figures_of(form, found),
                                     version=form.version.data or 0, today=today()).id

        return carry_out(self, "usage.record", form, page, work, self.after, _("Le cifre sono registrate."),
                         template="usage/month.html", month=found, measures=typed_measures(found),
                         workbook=self.get_url(".workbook_view", servizio=found.service.id, mese=found.month.code))

    @expose("/correggi/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def correct_view(self) -> str | Response:
        """Correct one figure of a closed month."""
        row = self.get_one(request.args.get("id"))
        found = month_figures(db(), row.service, UseMonth(row.year, row.month))
        form = correction_form(found, row.version)
        page = ActPage(_("Correggi una cifra: %(month)s", month=str(row)), _("Correggi"), self.after(row.id),
                       self.name_of(row), [
            _("Il mese resta chiuso; la cifra di prima, quella corretta e il motivo restano scritti."),
            _("Le quote già approvate non cambiano: il piano dice se ora verrebbero diverse."),
            _("Non parte alcuna lettera.")])
        return carry_out(self, "usage.correct", form, page, lambda session: operations.correct(
            session, row.id, form.municipality_id.data or 0, form.measure.data or "", form.value.data,
            why=form.why.data or "", version=form.version.data or 0, today=today()).id,
            done=_("La cifra è corretta."))

    @expose("/modello.xlsx")
    @policy.allow(policy.MONEY, policy.NOBODY)
    def workbook_view(self) -> str | Response:
        """The workbook of a month, made for the service: its rows are there, only the figures are to be filled in."""
        try:
            found = self._asked()
        except RuleBroken as refusal:
            return self._choose(remark(refusal))
        return give(sheets.month_workbook([found]), f"uso-{found.service.code}-{found.month.code}.xlsx")

    def _asked(self) -> MonthFigures:
        """The month of the service that the address names. RuleBroken for one that counts nothing; 404 for nonsense."""
        key = small(request.args.get("servizio"))
        service = None if key is None else db().scalars(select(Service).where(Service.id == key)).first()
        if service is None:
            abort(404)
        return month_figures(db(), service, month_asked(request.args.get("mese", "")))


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Months(UsageMonth, lazy_gettext("Uso dei servizi"), endpoint="usage_month", url="uso"), *years.views()]
