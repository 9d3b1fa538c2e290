"""Allocation plans: the list, the record with the whole table of shares, groups, approval."""

from __future__ import annotations

import re
from typing import Any

from flask import abort, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db
from admin.money.allocation import record
from admin.money.allocation.forms import (
    MORE_BANDS,
    AllocationPlanForm,
    OpenPlanForm,
    ShareCorrectionForm,
    group_form,
)
from admin.money.allocation.passages import STEPS
from admin.money.budgets.forms import passed_by
from admin.money.budgets.passages import IN_THE_HISTORY
from admin.money.budgets.views import budget_name
from admin.parties.choices import municipalities
from admin.web.acts import ActForm, ActPage, Passages, act_form, carry_out, typed
from admin.web.base_view import Act, BaseView, Begin, small
from admin.web.exercise import by_exercise, exercise, of_row
from admin.web.searching import written
from core.allocation import operations
from core.allocation.groups import facts_of_group
from core.allocation.model import AllocationGroup, AllocationKey, AllocationPlan, GroupExclusion, GroupService
from core.allocation.states import LIFE, PlanState
from core.allocation.what_if import AS_PLANNED, YEAR_BEFORE
from core.funding.model import Budget, BudgetLine
from core.funding.states import Stage
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.parties.model import Municipality

ROOM = 1  # blank keys at the end of a group's form
KEY = re.compile(r"keys-(\d{1,9})-kind")
MOST_KEYS = 100  # each has a figure for every municipality


class Plans(Passages, BaseView):
    """The allocation plans: accounting makes them, the assembly approves them, members read what is approved."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "money"
    life = LIFE
    steps = STEPS
    read_by = IN_THE_HISTORY
    for_good = frozenset({"cancel", "correct"})
    closed = lazy_gettext("Il piano non è più una bozza: si può leggere, non modificare.")
    title = lazy_gettext("Piani di riparto")
    lead = lazy_gettext("Chi paga quanto di ogni anno, e perché (art. 20, c. 1).")
    empty = lazy_gettext("Nessun piano di riparto. Un piano si apre dalla pagina di un bilancio.")
    begins = (
        Begin(lazy_gettext("Tre anni a confronto"), "share.years_view", "secondary"),
        Begin(lazy_gettext("Prova altre chiavi"), "what_if.index", "secondary"),
    )
    details_template = "money/allocation/record.html"
    newest_first = True
    searched = (written("title", "year"),)
    column_list = ("title", "year", "budget", "state", "approved_on")
    column_labels = {"title": lazy_gettext("Piano"), "budget": lazy_gettext("Bilancio")}
    shown = {"budget": lambda row: budget_name(row.budget), "year": of_row}
    filtered = (by_exercise(AllocationPlan.year),)
    load = (
        joinedload(AllocationPlan.act), joinedload(AllocationPlan.corrects),
        joinedload(AllocationPlan.budget).selectinload(Budget.lines).options(
            joinedload(BudgetLine.service), joinedload(BudgetLine.source)),
        selectinload(AllocationPlan.groups).options(
            selectinload(AllocationGroup.services).joinedload(GroupService.service),
            selectinload(AllocationGroup.keys).selectinload(AllocationKey.values),
            selectinload(AllocationGroup.exclusions).selectinload(GroupExclusion.municipality)),
    )
    on_records = {
        "correct_view": lazy_gettext("Correggi le quote"),
        "group_view": lazy_gettext("Aggiungi un gruppo"),
        "settings_view": lazy_gettext("Impostazioni"),
    }

    def budget_words(self, row: AllocationPlan) -> str:
        """The budget that the plan shares out."""
        return budget_name(row.budget)

    def where_it_stands(self, row: AllocationPlan) -> str:
        """With which act it was approved, or what waits."""
        if row.state == PlanState.CANCELLED:
            return _("Annullato: il motivo è nella storia qui sotto.")
        if row.state == PlanState.CORRECTED:
            return _("Corretto da un altro piano, che ne ha preso il posto. %(passed)s", passed=passed_by(row))
        if row.budget is not None and row.state == PlanState.DRAFT and row.budget.state == "draft":
            return _("In preparazione: si approva quando è approvato anche il bilancio.")
        return passed_by(row) or _("In preparazione: gli importi qui sotto sono una prova e non sono registrati.")

    def may_take_back(self, row: AllocationPlan) -> bool:
        """An approval is taken back; what was cancelled, or corrected by another plan, stays so."""
        return row.state == PlanState.APPROVED and super().may_take_back(row)

    def acts(self, row: AllocationPlan) -> list[Act]:
        """What may be done next, by the state table."""
        if not self.may_change() or row.state in (PlanState.CANCELLED, PlanState.CORRECTED):
            return []
        trial = Act(_("Prova altre chiavi"), self.get_url("what_if.index", piano=row.id))
        before = Act(_("Confronta con il %(year)s", year=exercise(row.year - 1)), self.get_url(
            "what_if.index", piano=row.id, una=YEAR_BEFORE, altra=AS_PLANNED))
        if row.state == PlanState.APPROVED:
            correct = [self.button("correct_view", row)
                       ] if row.budget.stage == Stage.ACCOUNTS else []
            return [*correct, trial, before, *super().acts(row)]
        return [*super().acts(row), self.button("group_view", row),
                self.button("settings_view", row), trial, before]

    def context(self, row: AllocationPlan) -> dict[str, Any]:
        """The sections of the record."""
        editable = self.may_change() and row.state == PlanState.DRAFT
        return record.sections(db(), row, editable=editable)

    # --- preparing --------------------------------------------------------------------------------------------

    @expose("/apri/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def open_view(self) -> str | Response:
        """Open the plan of a budget."""
        key = small(request.args.get("budget"))
        budget = None if key is None else db().get(Budget, key)
        if budget is None:
            abort(404)
        form = act_form(OpenPlanForm, title=_proposed_title(budget))
        others = db().scalars(select(AllocationPlan).where(AllocationPlan.state != PlanState.CANCELLED).order_by(
            AllocationPlan.year.desc(), AllocationPlan.id.desc()))
        form.copy_from.choices = [("", _("nessun piano: si comincia da zero")),
                                  *((other.id, f"{other.title} ({of_row(other)})") for other in others)]
        page = ActPage(_("Nuovo piano di riparto: %(budget)s", budget=budget_name(budget)), _("Apri il piano"),
                       self.get_url("budget.details_view", id=budget.id), budget_name(budget))
        return carry_out(self, "plan.open", form, page, lambda session: operations.open_plan(
            session, budget.id, title=form.title.data or "", copy_from=form.copy_from.data).id,
            self.after, _("Il piano è aperto."))

    @expose("/rettifica/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def correct_view(self) -> str | Response:
        """Open the correction of final shares that were approved."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ShareCorrectionForm, row.version)
        page = ActPage(_("Correggi le quote: %(plan)s", plan=row.title), _("Apri la rettifica"), self.after(row.id),
                       row.title, [
            _("Si apre una copia di questo piano, in bozza: correggere gruppi e chiavi, poi registrare la "
              "deliberazione dell'Assemblea."),
            _("Finché è aperta si può riaprire e correggere anche il bilancio d'esercizio."),
            _("Le richieste già inviate restano: di ogni differenza nasce una rettifica, con la sua lettera.")])
        return carry_out(self, "plan.correct", form, page, lambda session: operations.open_correction(
            session, row.id, why=form.why.data or "", version=form.version.data or 0).id,
            self.after, _("La rettifica è aperta."))

    @expose("/impostazioni/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def settings_view(self) -> str | Response:
        """What holds for the whole plan."""
        row = self.draft()
        form = act_form(AllocationPlanForm, row=row)
        page = ActPage(_("Impostazioni: %(plan)s", plan=row.title), _("Salva"), self.after(row.id), row.title)
        return carry_out(self, "plan.settings", form, page, lambda session: operations.set_plan(
            session, row.id, version=form.version.data or 0,
            **typed(form, "title", "joining", "ties", "indirect_base", "cap", "floor")),
            done=_("Le impostazioni sono registrate."))

    @expose("/gruppo/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def group_view(self) -> str | Response:
        """A group with its services, keys, exclusions and typed figures, on one page."""
        row = self.draft()
        held = self._group(row)
        facts = facts_of_group(held) if held else None
        more = "more" in request.form  # one more key on the page: nothing is recorded, what was typed stays
        sent = _sent_kinds()
        kinds = sent or [key.kind for key in facts.keys] if facts else sent
        form = group_form(facts, municipalities=municipalities(), version=row.version,
                          kinds=[*kinds, *([""] * ROOM if more or not request.form else [])])
        if more:
            form.keys.append_entry({"bands": [{}] * MORE_BANDS})
            form.deductions.append_entry({})
        form.service_ids.choices = record.free_services(db(), row, held)
        form.offer(record.measure_choices(db(), row))

        def work(session: ScopedSession) -> object:
            return operations.set_group(session, row.id, held.id if held else None, form.facts(),
                                        version=form.version.data or 0)

        page = ActPage(held.title if held else _("Nuovo gruppo di servizi"), _("Salva il gruppo"), self.after(row.id),
                       row.title)
        template, shown = "money/allocation/group.html", {"value_words": record.value_words}
        if more:
            return self.render(template, form=form, page=page, **shown)
        return carry_out(self, "plan.group", form, page, work, done=_("Il gruppo è registrato."), template=template,
                         **shown)

    @expose("/gruppo/togli/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def remove_group_view(self) -> str | Response:
        """Take a group out of the plan, after asking."""
        row = self.draft()
        held = self._group(row)
        if held is None:
            abort(404)
        form = act_form(ActForm, row.version)
        page = ActPage(_("Togliere %(name)s?", name=held.title), _("Togli"), self.after(row.id), row.title, [
            _("Il gruppo esce dal piano con le sue chiavi e i valori scritti; la storia ricorda chi lo ha tolto.")],
            tint="danger")
        return carry_out(self, "plan.group.remove", form, page, lambda session: operations.remove_group(
            session, row.id, held.id, version=form.version.data or 0),
            done=_("Il gruppo è tolto dal piano."))

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

    @expose("/calcolo/")
    @policy.allow(policy.MONEY_READERS)
    def share_view(self) -> str:
        """How the share of one municipality is computed, line by line; to print."""
        row = self.get_one(request.args.get("id"))
        key = small(request.args.get("comune"))
        municipality = None if key is None else db().get(Municipality, key)
        if municipality is None:
            abort(404)
        return self.render("money/allocation/share.html", row=row, municipality=municipality, back=self.after(row.id),
                           **record.explained(db(), row, municipality))


def _proposed_title(budget: Budget) -> str:
    """What a new plan is called: the one of the accounts is the final one, so that the two can be told apart."""
    kind = "Riparto definitivo" if budget.stage == Stage.ACCOUNTS else "Piano di riparto"
    return f"{kind} {of_row(budget)}"


def _sent_kinds() -> list[str]:
    """The kind of each key of the form that was sent. RuleBroken for more keys than a page can show."""
    sent = [found for name in request.form if (found := KEY.fullmatch(name))]
    if len(sent) > MOST_KEYS:
        raise RuleBroken("Un gruppo ha al massimo %(most)s chiavi di riparto: qui sono %(count)s.", most=MOST_KEYS,
                         count=len(sent))
    return [request.form[found[0]] for found in sorted(sent, key=lambda found: int(found[1]))]


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Plans(AllocationPlan, lazy_gettext("Piani di riparto"), endpoint="allocation_plan", url="riparto")]
