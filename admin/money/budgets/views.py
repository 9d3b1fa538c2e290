"""Budgets: the list, the record with results, balances and indicators, and the acts on one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, redirect, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from admin.guard import policy
from admin.guard.session import act, db, principal, today
from admin.money.budgets import record
from admin.money.budgets.forms import ApprovalForm, FiguresForm, LinesForm, OpenForm, WhyForm, line_data, passed_by
from admin.web import formats
from admin.web.approved_view import ApprovedView
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.once import new_key, once
from admin.wording import labels
from core.catalogue.model import Service
from core.funding import operations, rules
from core.funding.model import Budget, BudgetLine
from core.funding.states import LIFE, BudgetState, Stage
from core.ground.access import ScopedSession

GENERAL = "tutti"  # in an address: the indirect costs of all services


class Budgets(ApprovedView):
    """The budgets of the years, stage by stage; members read those that are approved."""

    closed = lazy_gettext("Il bilancio è approvato: si può leggere, non modificare.")
    title = lazy_gettext("Bilanci")
    lead = lazy_gettext("Ogni servizio chiude con il proprio risultato: i servizi non si compensano tra loro "
                        "(art. 12, c. 3).")
    empty = lazy_gettext("Nessun bilancio è ancora registrato.")
    list_template = "money/budgets/list.html"
    details_template = "money/budgets/record.html"
    newest_first = True
    newest_by = ("year",)
    column_list = ("year", "stage", "state", "costs", "approved_on")
    column_labels = {"costs": lazy_gettext("Costi")}
    column_formatters = {
        "stage": lambda _v, _c, row, _n: labels.choice("budget", "stage", row.stage),
        "state": lambda _v, _c, row, _n: formats.badge(row),
        "costs": lambda _v, _c, row, _n: formats.euro(rules.economic_balance(row.lines).spent),
    }
    filtered = (
        Filter("anno", lazy_gettext("Anno"),
               lambda: [(y, y) for y in db().scalars(select(Budget.year).distinct().order_by(Budget.year.desc()))],
               lambda value: Budget.year == int(value)),
        Filter("fase", lazy_gettext("Fase"), lambda: list(labels.CHOICES["budget.stage"].items()),
               lambda value: Budget.stage == value),
    )
    load = (selectinload(Budget.lines).options(joinedload(BudgetLine.service), joinedload(BudgetLine.source),
                                               joinedload(BudgetLine.funding_municipality)),
            joinedload(Budget.act))

    def is_numeric(self, name: str) -> bool:
        """The costs stand at the right."""
        return name == "costs"

    def name_of(self, row: Budget) -> str:
        """Stage and year."""
        return budget_name(row)

    def state_of(self, row: Budget) -> str:
        """For the badge beside the title."""
        return row.state

    def where_it_stands(self, row: Budget) -> str:
        """With which act it was approved, or what waits."""
        return passed_by(row) or _("In preparazione: dopo il controllo si registra l'approvazione dell'Assemblea.")

    def acts(self, row: Budget) -> Sequence[Act]:
        """What may be done next, by the state table."""
        if not self.may_change():
            return ()
        if row.state == BudgetState.APPROVED:
            return (Act(_("Nuovo piano di riparto"), self.get_url("allocation_plan.open_view", budget=row.id),
                        tint="primary"),
                    Act(_("Riapri"), self.get_url(".reopen_view", id=row.id), tint="danger"))
        passing = [Act(_("Registra l'approvazione"), self.get_url(".approve_view", id=row.id), tint="primary")
                   for passage in LIFE.possible(row.state, principal()) if passage.action == "approve"]
        return (*passing, Act(_("Cassa e patrimonio"), self.get_url(".figures_view", id=row.id)),
                Act(_("Nuovo piano di riparto"), self.get_url("allocation_plan.open_view", budget=row.id)))

    def context(self, row: Budget) -> dict[str, Any]:
        """The sections of the record."""
        editable = self.may_change() and row.state == BudgetState.DRAFT
        return record.sections(db(), row, editable=editable)

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/apri/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def open_view(self) -> str | Response:
        """Open the budget of a year at a stage."""
        form = OpenForm(request.form or None, year=today().year + 1, stage=Stage.BUDGET.value, request_key=new_key())
        others = db().scalars(select(Budget).order_by(Budget.year.desc(), Budget.id)).all()
        form.copy_from.choices = [("", _("nessun bilancio: si comincia da zero")),
                                  *((other.id, self.name_of(other)) for other in others)]
        if request.method == "POST" and form.validate():
            with form.blaming():
                key = once("budget.open", form.request_key.data or "", lambda session: str(operations.open_budget(
                    session, form.year.data, form.stage.data, copy_from=form.copy_from.data).id))
                flash(_("Il bilancio è aperto: registrare le voci di ogni servizio."), "success")
                return self.record(int(key))
        return self.plain_form(form, _("Nuovo bilancio"), self.get_url(".index_view"), _("Apri il bilancio"))

    @expose("/voci/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def lines_view(self) -> str | Response:
        """All lines of one service in one form; without a service, the choice of one."""
        row = self.draft()
        if not request.args.get("servizio"):
            return self.render("money/budgets/services.html", row=row, services=record.services(db()), general=GENERAL,
                               counts=record.counts(row), back=self.address(row.id))
        service = self._service()
        key = service.id if service else None
        held = [line_data(line) for line in row.lines if line.service_id == key]
        form = LinesForm(request.form or None, lines=held, version=row.version)
        sources = record.sources(db())
        form.offer(sources)
        if request.method == "POST" and form.validate():
            with form.blaming():
                self._save_lines(row, key, form)
                flash(_("Le voci sono registrate."), "success")
                again = self.get_url(".lines_view", id=row.id, servizio=key or GENERAL)
                return redirect(again if form.go.data else self.address(row.id))  # type: ignore[return-value]
        form.room(sources)
        return self.render("money/budgets/lines.html", row=row, service=service, form=form, back=self.address(row.id),
                           municipalities=record.municipality_ids(db()))

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

    @staticmethod
    def _save_lines(row: Budget, key: int | None, form: LinesForm) -> None:
        facts = form.facts({name.casefold(): key for name, key in record.municipality_ids(db()).items()})
        with act("budget.lines") as session:
            operations.set_lines(session, row.id, key, facts, version=form.version.data or 0)

    @expose("/cassa/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def figures_view(self) -> str | Response:
        """Cash and capital: what balances and indicators are made of (R63, R64)."""
        row = self.draft()
        form = FiguresForm(request.form or None, obj=row)

        def work(session: ScopedSession) -> None:
            operations.set_figures(session, row.id, form.figures(), version=form.version.data or 0)

        return self.done(row, form, "budget.figures", work, _("Le cifre sono registrate.")) or self.plain_form(
            form, _("Cassa e patrimonio: %(budget)s", budget=self.name_of(row)), self.address(row.id), _("Salva"),
            [(_("Equilibrio finanziario"), ("cash_in", "cash_out")),
             (_("Indicatori"), ("current_assets", "current_debts", "equity", "total_assets"))])

    @expose("/approva/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def approve_view(self) -> str | Response:
        """Record the assembly's approval: says first what follows."""
        row = self.draft()
        form = ApprovalForm(request.form or None, version=row.version)

        def work(session: ScopedSession) -> None:
            operations.approve(session, row.id, form.approval(), version=form.version.data or 0, today=today())

        done = self.done(row, form, "budget.approve", work, _("Il bilancio è approvato."))
        return done or self.render("money/budgets/approve.html", row=row, form=form, back=self.address(row.id),
                                   remarks=record.remarks(row))

    @expose("/riapri/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def reopen_view(self) -> str | Response:
        """Undo an approval that was a mistake, with the reason."""
        row = self.get_one(request.args.get("id"))
        form = WhyForm(request.form or None)

        def work(session: ScopedSession) -> None:
            operations.reopen(session, row.id, why=form.why.data or "", today=today())

        done = self.done(row, form, "budget.reopen", work, _("Il bilancio è di nuovo in bozza."))
        return done or self.render("money/budgets/reopen.html", row=row, form=form, back=self.address(row.id))


def budget_name(row: Budget) -> str:
    """Stage and year."""
    return f"{labels.choice('budget', 'stage', row.stage)} {row.year}"


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Budgets(Budget, lazy_gettext("Bilanci"), endpoint="budget", url="bilanci")]
