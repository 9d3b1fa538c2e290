"""Allocation plans: the list, the record with the whole table of shares, groups, approval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Response, abort, flash, request
from flask_admin import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from admin.guard import policy
from admin.guard.session import db, office, principal, today
from admin.money.allocation import record
from admin.money.allocation.forms import OpenPlanForm, PlanForm, group_form
from admin.money.budgets.forms import ApprovalForm, WhyForm, passed_by
from admin.money.budgets.views import budget_name
from admin.web import formats
from admin.web.approved_view import ApprovedView
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.forms import PageForm
from admin.web.once import new_key, once
from core.allocation import operations
from core.allocation.model import AllocationGroup, AllocationKey, AllocationPlan, GroupExclusion, GroupService
from core.allocation.states import LIFE, PlanState
from core.documents.store import FileStore
from core.funding.model import Budget, BudgetLine
from core.funding.states import Stage
from core.ground.access import ScopedSession
from core.parties.model import Municipality

ROOM = 1  # blank keys at the end of a group's form


class Plans(ApprovedView):
    """The allocation plans: accounting makes them, the assembly approves them, members read what is approved."""

    closed = lazy_gettext("Il piano è approvato: si può leggere, non modificare.")
    title = lazy_gettext("Piani di riparto")
    lead = lazy_gettext("Chi paga quanto di ogni anno, e perché (art. 20, c. 1).")
    empty = lazy_gettext("Nessun piano di riparto. Un piano si apre dalla pagina di un bilancio.")
    list_template = "money/allocation/list.html"
    details_template = "money/allocation/record.html"
    newest_first = True
    column_list = ("title", "year", "budget", "state", "approved_on")
    column_labels = {"title": lazy_gettext("Piano"), "budget": lazy_gettext("Bilancio")}
    column_formatters = {
        "budget": lambda _v, _c, row, _n: budget_name(row.budget),
        "state": lambda _v, _c, row, _n: formats.badge(row),
        "year": lambda _v, _c, row, _n: str(row.year),
    }
    filtered = (
        Filter("anno", lazy_gettext("Anno"),
               lambda: [(y, y) for y in db().scalars(
                   select(AllocationPlan.year).distinct().order_by(AllocationPlan.year.desc()))],
               lambda value: AllocationPlan.year == int(value)),
    )
    load = (
        joinedload(AllocationPlan.act),
        joinedload(AllocationPlan.budget).selectinload(Budget.lines).options(
            joinedload(BudgetLine.service), joinedload(BudgetLine.source)),
        selectinload(AllocationPlan.groups).options(
            selectinload(AllocationGroup.services).joinedload(GroupService.service),
            selectinload(AllocationGroup.keys).selectinload(AllocationKey.values),
            selectinload(AllocationGroup.exclusions).joinedload(GroupExclusion.municipality)),
    )

    def budget_words(self, row: AllocationPlan) -> str:
        """The budget that the plan shares out."""
        return budget_name(row.budget)

    def state_of(self, row: AllocationPlan) -> str:
        """For the badge beside the title."""
        return row.state

    def where_it_stands(self, row: AllocationPlan) -> str:
        """With which act it was approved, or what waits."""
        if row.budget is not None and row.state == PlanState.DRAFT and row.budget.state == "draft":
            return _("In preparazione: si approva quando è approvato anche il bilancio.")
        return passed_by(row) or _("In preparazione: gli importi qui sotto sono una prova e non sono registrati.")

    def acts(self, row: AllocationPlan) -> Sequence[Act]:
        """What may be done next, by the state table."""
        if not self.may_change():
            return ()
        trial = Act(_("Prova altre chiavi"), self.get_url("what_if.index", piano=row.id))
        if row.state == PlanState.APPROVED:
            return (trial, Act(_("Riapri"), self.get_url(".reopen_view", id=row.id), tint="danger"))
        passing = [Act(_("Registra l'approvazione"), self.get_url(".approve_view", id=row.id), tint="primary")
                   for passage in LIFE.possible(row.state, principal()) if passage.action == "approve"]
        return (*passing, Act(_("Aggiungi un gruppo"), self.get_url(".group_view", id=row.id)),
                Act(_("Impostazioni"), self.get_url(".settings_view", id=row.id)), trial)

    def context(self, row: AllocationPlan) -> dict[str, Any]:
        """The sections of the record."""
        editable = self.may_change() and row.state == PlanState.DRAFT
        return record.sections(db(), row, office().registry, editable=editable)

    # --- preparing --------------------------------------------------------------------------------------------

    @expose("/apri/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def open_view(self) -> str | Response:
        """Open the plan of a budget."""
        key = small(request.args.get("budget"))
        budget = None if key is None else db().get(Budget, key)
        if budget is None:
            abort(404)
        form = OpenPlanForm(request.form or None, title=_proposed_title(budget), request_key=new_key())
        others = db().scalars(select(AllocationPlan).order_by(AllocationPlan.year.desc(), AllocationPlan.id.desc()))
        form.copy_from.choices = [("", _("nessun piano: si comincia da zero")),
                                  *((other.id, f"{other.title} ({other.year})") for other in others)]
        if request.method == "POST" and form.validate():
            with form.blaming():
                made = once("plan.open", form.request_key.data or "", lambda session: str(operations.open_plan(
                    session, budget.id, title=form.title.data or "", copy_from=form.copy_from.data).id))
                flash(_("Il piano è aperto."), "success")
                return self.record(int(made))
        return self.plain_form(form, _("Nuovo piano di riparto: %(budget)s", budget=budget_name(budget)),
                            self.get_url("budget.details_view", id=budget.id), _("Apri il piano"))

    @expose("/impostazioni/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def settings_view(self) -> str | Response:
        """What holds for the whole plan."""
        row = self.draft()
        form = PlanForm(request.form or None, obj=row)

        def work(session: ScopedSession) -> None:
            operations.set_plan(session, row.id, version=form.version.data or 0,
                                title=form.title.data or "", joining=form.joining.data, ties=form.ties.data,
                                indirect_base=form.indirect_base.data)

        return self.done(row, form, "plan.settings", work, _("Le impostazioni sono registrate.")) or self.plain_form(
            form, _("Impostazioni: %(plan)s", plan=row.title), self.address(row.id), _("Salva"))

    @expose("/gruppo/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def group_view(self) -> str | Response:
        """A group with its services, keys, exclusions and typed figures, on one page."""
        row = self.draft()
        held = self._group(row)
        facts = operations.facts_of_group(held) if held else None
        more = "more" in request.form  # one more key on the page: nothing is recorded, what was typed stays
        slots = max(len(facts.keys) if facts else 0, _sent_keys()) + (ROOM if more or not request.form else 0)
        form = group_form(request.form or None, facts, municipalities=municipalities(), slots=slots,
                          version=row.version)
        if more:
            form["keys"].append_entry()
        form.service_ids.choices = record.free_services(db(), row, held)
        form.offer(record.measure_choices(office().registry))

        def work(session: ScopedSession) -> None:
            operations.set_group(session, row.id, held.id if held else None, form.facts(),
                                 version=form.version.data or 0)

        done = None if more else self.done(row, form, "plan.group", work, _("Il gruppo è registrato."))
        return done or self.render("money/allocation/group.html", row=row, held=held, form=form,
                                   back=self.address(row.id), kind_words=record.kind_words)

    @expose("/gruppo/togli/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def remove_group_view(self) -> str | Response:
        """Take a group out of the plan, after asking."""
        row = self.draft()
        held = self._group(row)
        if held is None:
            abort(404)
        form = PageForm(request.form or None)

        def work(session: ScopedSession) -> None:
            operations.remove_group(session, row.id, held.id, version=row.version)

        done = self.done(row, form, "plan.group.remove", work, _("Il gruppo è tolto dal piano."))
        return done or self.render("web/remove.html", name=held.title, back=self.address(row.id), form=form)

    @staticmethod
    def _group(row: AllocationPlan) -> AllocationGroup | None:
        """The group that the address names, None for a new one; 404 for one of another plan."""
        if "gruppo" not in request.args:
            return None
        wanted = small(request.args["gruppo"])
        held = next((group for group in row.groups if group.id == wanted), None)
        if held is None:
            abort(404)
        return held

    # --- approving --------------------------------------------------------------------------------------------

    @expose("/approva/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def approve_view(self) -> str | Response:
        """Record the assembly's approval: says first what follows, and for whom."""
        row = self.draft()
        form = ApprovalForm(request.form or None, version=row.version)

        def work(session: ScopedSession) -> None:
            operations.approve(session, row.id, form.approval(), registry=office().registry,
                               store=FileStore(office().settings.data_dir), version=form.version.data or 0,
                               today=today())

        done = self.done(row, form, "plan.approve", work, _("Il piano di riparto è approvato."))
        return done or self.render("money/allocation/approve.html", row=row, form=form, back=self.address(row.id),
                                   **record.sections(db(), row, office().registry, editable=False))

    @expose("/riapri/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def reopen_view(self) -> str | Response:
        """Undo an approval that was a mistake, with the reason."""
        row = self.get_one(request.args.get("id"))
        form = WhyForm(request.form or None)

        def work(session: ScopedSession) -> None:
            operations.reopen(session, row.id, why=form.why.data or "", today=today())

        done = self.done(row, form, "plan.reopen", work, _("Il piano è di nuovo in bozza."))
        return done or self.render("money/allocation/reopen.html", row=row, form=form, back=self.address(row.id))

    @expose("/calcolo/")
    @policy.allow(policy.MONEY_READERS)
    def share_view(self) -> str:
        """How the share of one municipality is computed, line by line; to print."""
        row = self.get_one(request.args.get("id"))
        key = small(request.args.get("comune"))
        municipality = None if key is None else db().get(Municipality, key)
        if municipality is None:
            abort(404)
        return self.render("money/allocation/share.html", row=row, municipality=municipality, back=self.address(row.id),
                           **record.explained(db(), row, municipality, office().registry))



def _proposed_title(budget: Budget) -> str:
    """What a new plan is called: the one of the accounts is the final one, so that the two can be told apart."""
    kind = "Riparto definitivo" if budget.stage == Stage.ACCOUNTS else "Piano di riparto"
    return f"{kind} {budget.year}"


def _sent_keys() -> int:
    """How many keys the form that was sent has; a bounded number, whatever is sent."""
    return sum(f"keys-{slot}-kind" in request.form for slot in range(20))


def municipalities() -> list[tuple[int, str]]:
    """The municipalities by name."""
    rows = db().execute(select(Municipality.id, Municipality.name).order_by(Municipality.name))
    return [(key, name) for key, name in rows]


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Plans(AllocationPlan, lazy_gettext("Piani di riparto"), endpoint="allocation_plan", url="riparto")]
