"""Budgets: the list, the record with results, balances and indicators, and the acts on one."""

from __future__ import annotations

from itertools import count
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db
from admin.money.budgets import record
from admin.money.budgets.forms import FiguresForm, LinesForm, OpenForm, line_data, passed_by
from admin.money.budgets.passages import IN_THE_HISTORY, STEPS
from admin.parties.choices import municipalities
from admin.web import formats
from admin.web.acts import ActPage, Passages, act_form, attempt, carry_out
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.exercise import by_exercise, of_exercise, of_row, this_year
from admin.wording import labels
from core.catalogue.model import Service
from core.funding import operations, rules
from core.funding.model import Budget, BudgetLine
from core.funding.states import LIFE, BudgetState, Stage
from core.ground.access import ScopedSession

GENERAL = "tutti"  # in an address: the indirect costs of all services


class Budgets(Passages, BaseView):
    """The budgets of the years, stage by stage; members read those that are approved."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "money"
    aside = True
    life = LIFE
    steps = STEPS
    read_by = IN_THE_HISTORY
    for_good = frozenset({"cancel"})
    closed = lazy_gettext("Il bilancio non è più una bozza: si può leggere, non modificare.")
    title = lazy_gettext("Bilanci")
    lead = lazy_gettext("Ogni servizio chiude con il proprio risultato: i servizi non si compensano tra loro "
                        "(art. 12, c. 3).")
    empty = lazy_gettext("Nessun bilancio è ancora registrato.")
    begins = (
        Begin(lazy_gettext("Tre anni a confronto"), "share.years_view", "secondary"),
        Begin(lazy_gettext("Nuovo bilancio"), ".open_view"),
    )
    details_template = "money/budgets/record.html"
    newest_first = True
    newest_by = ("year",)
    searched = (of_exercise,)
    column_list = ("year", "stage", "state", "costs", "approved_on")
    column_labels = {"costs": lazy_gettext("Costi")}
    shown = {
        "year": of_row,
        "stage": lambda row: labels.choice("budget", "stage", row.stage),
        "costs": lambda row: formats.euro(rules.economic_balance(row.lines).spent),
    }
    filtered = (
        by_exercise(Budget.year),
        Filter("fase", lazy_gettext("Fase"), lambda: list(labels.CHOICES["budget.stage"].items()),
               lambda value: Budget.stage == value),
    )
    load = (selectinload(Budget.lines).options(joinedload(BudgetLine.service), joinedload(BudgetLine.source),
                                               selectinload(BudgetLine.funding_municipality)),
            joinedload(Budget.act))
    numeric = frozenset({"costs"})
    on_records = {"figures_view": lazy_gettext("Cassa e patrimonio"),
                  "allocation_plan.open_view": lazy_gettext("Nuovo piano di riparto")}

    def name_of(self, row: Budget) -> str:
        """Stage and year."""
        return budget_name(row)

    def where_it_stands(self, row: Budget) -> str:
        """With which act it was approved, or what waits."""
        if row.state == BudgetState.CANCELLED:
            return _("Annullato: il motivo è nella storia qui sotto.")
        return passed_by(row) or _("In preparazione: dopo il controllo si registra l'approvazione dell'Assemblea.")

    def may_take_back(self, row: Budget) -> bool:
        """An approval is taken back; what was cancelled stays so."""
        return row.state == BudgetState.APPROVED and super().may_take_back(row)

    def acts(self, row: Budget) -> list[Act]:
        """What may be done next, by the state table."""
        if not self.may_change() or row.state == BudgetState.CANCELLED:
            return []
        if row.state == BudgetState.APPROVED:
            return [self.button("allocation_plan.open_view", row, tint="primary", budget=row.id), *super().acts(row)]
        return [*super().acts(row), self.button("figures_view", row),
                self.button("allocation_plan.open_view", row, budget=row.id)]

    def context(self, row: Budget) -> dict[str, Any]:
        """The sections of the record."""
        editable = self.may_change() and row.state == BudgetState.DRAFT
        return record.sections(db(), row, editable=editable)

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/apri/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def open_view(self) -> str | Response:
        """Open the budget of a year at a stage."""
        others = db().scalars(select(Budget).where(Budget.state != BudgetState.CANCELLED)
                              .order_by(Budget.year.desc(), Budget.id)).all()
        there = {other.year for other in others if other.stage == Stage.BUDGET}
        missing = next(year for year in count(this_year()) if year not in there)
        form = act_form(OpenForm, year=missing, stage=Stage.BUDGET.value)
        form.copy_from.choices = [("", _("nessun bilancio: si comincia da zero")),
                                  *((other.id, self.name_of(other)) for other in others)]
        page = ActPage(_("Nuovo bilancio"), _("Apri il bilancio"), self.get_url(".index_view"), str(self.title))
        return carry_out(self, "budget.open", form, page, lambda session: operations.open_budget(
            session, form.year.data, form.stage.data, copy_from=form.copy_from.data).id,
            self.after, _("Il bilancio è aperto: registrare le voci di ogni servizio."))

    @expose("/voci/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def lines_view(self) -> str | Response:
        """All lines of one service in one form; without a service, the choice of one."""
        row = self.draft()
        if not request.args.get("servizio"):
            return self.render("money/budgets/services.html", row=row, services=record.services(db()), general=GENERAL,
                               counts=record.counts(row), back=self.after(row.id))
        service = self._service()
        key = service.id if service else None
        held = [line_data(line) for line in row.lines if line.service_id == key]
        form = act_form(LinesForm, row.version, lines=held)
        sources = record.sources(db())
        form.offer_sources(sources)
        names = municipalities()

        def work(session: ScopedSession) -> object:
            facts = form.facts(names)
            return operations.set_lines(session, row.id, key, facts, version=form.version.data or 0)

        answer = attempt("budget.lines", form, work)
        if answer is not None:
            flash(_("Le voci sono registrate."), "success")
            again = self.get_url(".lines_view", id=row.id, servizio=key or GENERAL)
            return redirect(again if form.go.data else self.after(row.id))
        form.room(sources)
        page = ActPage(service.title if service else _("Costi indiretti di tutti i servizi"), _("Salva"),
                       self.after(row.id), self.name_of(row), lead=_(
            "Tutte le voci del servizio. Un costo sociale dice chi lo finanzia (art. 12, c. 3); un finanziamento dice "
            "la sua fonte.") if service else _(
            "I costi che non sono di un servizio solo: si dividono tra i servizi. Qui si registrano soltanto costi "
            "indiretti."))
        return self.render("money/budgets/lines.html", form=form, page=page, municipalities=names)

    @staticmethod
    def _service() -> Service | None:
        """The service that the address names, None for all of them; 404 for nonsense."""
        wanted = request.args["servizio"]
        if wanted == GENERAL:
            return None
        key = small(wanted)
        service = None if key is None else db().get(Service, key)
        if service is None:
            abort(404)
        return service

    @expose("/cassa/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def figures_view(self) -> str | Response:
        """Cash and capital: what balances and indicators are made of (R63, R64)."""
        row = self.draft()
        form = act_form(FiguresForm, row=row)
        page = ActPage(_("Cassa e patrimonio: %(budget)s", budget=self.name_of(row)), _("Salva"), self.after(row.id),
                       self.name_of(row))
        return carry_out(self, "budget.figures", form, page, lambda session: operations.set_figures(
            session, row.id, form.figures(), version=form.version.data or 0),
            done=_("Le cifre sono registrate."))


def budget_name(row: Budget) -> str:
    """Stage and year."""
    return f"{labels.choice('budget', 'stage', row.stage)} {of_row(row)}"


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Budgets(Budget, lazy_gettext("Bilanci"), endpoint="budget", url="bilanci")]
