"""Planning: the instalments of a year from a contract, the figure that a new member lacks, what is asked beyond."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from admin.contracts.choices import conferring, contracts, pair
from admin.contracts.terms import due_words
from admin.guard import policy
from admin.guard.session import db, today
from admin.parties.choices import municipalities
from admin.web.acts import ActForm, ActPage, act_form, attempt, carry_out
from admin.web.base_view import Begin, Page, small
from admin.web.exercise import ExerciseField, exercise, this_year, year_of
from admin.web.fields import day_field
from admin.web.forms import (
    MOST_CHOICES,
    SHORT,
    Choices,
    EuroField,
    OneField,
    Sentence,
    clean,
    first_of,
    number_or_none,
    picks,
)
from admin.wording import labels
from core.contracts.model import Contract, InstalmentRule
from core.ground.access import ScopedSession
from core.ground.errors import NotVisible, RuleBroken
from core.instalments import operations, planning
from core.instalments.model import Instalment
from core.instalments.shares import set_figure
from core.parties.model import Act, Party


class InstalmentPlanForm(ActForm):
    """The confirmation of a plan that was shown."""


class FigureForm(ActForm):
    """The figure that the advances of a new member are computed on."""

    municipality_id = OneField(lazy_gettext("Comune"), [Sentence()], coerce=number_or_none)
    year = ExerciseField(lazy_gettext("Anno delle rate"), [Sentence()], render_kw={"inputmode": "numeric"})
    kind = OneField(lazy_gettext("Che importo è"), [Sentence()], choices=picks([
        ("previous", lazy_gettext("La quota dell'anno precedente")),
        ("chosen", lazy_gettext("Un importo concordato per gli acconti"))]))
    amount = EuroField(lazy_gettext("Importo dell'anno intero"), [Sentence()], render_kw={"inputmode": "decimal"})
    agreed_on = day_field(lazy_gettext("Concordato il"))
    note = TextAreaField(lazy_gettext("Da dove viene"), [Sentence(), Length(max=2000)], filters=[clean],
                         description=lazy_gettext("L'accordo, la convenzione o l'atto in cui l'importo si trova."))


class BeyondForm(ActForm):
    """What is asked beyond the plan: for whom, how much, by which act."""

    party = OneField(lazy_gettext("Contratto e Comune"), [Sentence()])
    year = ExerciseField(lazy_gettext("Anno"), [Sentence()], render_kw={"inputmode": "numeric"})
    title = StringField(lazy_gettext("Titolo"), [Sentence(), Length(max=SHORT)], filters=[clean],
                        description=lazy_gettext("Il nome con cui la rata sarà chiesta."))
    amount = EuroField(lazy_gettext("Importo"), [Sentence()], render_kw={"inputmode": "decimal"})


class ProjectForm(BeyondForm):
    """An extraordinary project (R92)."""

    act_id = OneField(lazy_gettext("Atto che lo commissiona"), [Sentence()], coerce=number_or_none,
                      description=lazy_gettext("Se manca nell'elenco, registrarlo prima tra gli atti del Comune."))
    checked_on = day_field(lazy_gettext("Verificato il"), lazy_gettext(
        "Vuoto se la verifica deve ancora avvenire: il progetto si chiede dopo."), needed=False)


class FurtherForm(BeyondForm):
    """A further advance (R93)."""

    reason = TextAreaField(lazy_gettext("Ragioni"), [Sentence(), Length(max=2000)], filters=[clean],
                           description=lazy_gettext("La richiesta le riporta (art. 20, c. 4)."))
    act_id = OneField(lazy_gettext("Deliberazione dell'Assemblea"), [Sentence()], coerce=number_or_none,
                      description=lazy_gettext("Se manca nell'elenco, registrarla prima tra gli atti dell'azienda."))
    due = day_field(lazy_gettext("Scadenza"))


class InstalmentPlan(Page):
    """The pages that make instalments."""

    may_read = may_write = policy.MONEY
    in_menu = False
    group = "money"
    begins = (Begin(lazy_gettext("Indica l'importo degli acconti"), ".figure_view", "secondary"),)

    @expose("/", methods=("GET", "POST"))
    def index(self) -> str | Response:
        """Choose a year, and one contract or all; look at what would be planned, confirm."""
        contract_id = small(request.args.get("contract"))
        year = year_of(request.args.get("year")) or this_year()
        form, plan, error = act_form(InstalmentPlanForm), None, None
        if "year" in request.args:
            if attempt("instalment.plan", form, lambda session: len(planned(session, contract_id, year))):
                flash(_("Le rate del %(year)s sono previste. Nulla è ancora stato chiesto.", year=exercise(year)),
                      "success")
                return redirect(self.get_url("instalment.index_view", anno=year))
            try:
                plan = (planning.propose_all(db(), year) if contract_id is None
                        else planning.propose(db(), db().require(Contract, contract_id), year))
            except NotVisible:
                raise
            except RuleBroken as refusal:
                error = refusal
        return self.render("money/instalments/plan.html", form=form, plan=plan, error=error, contracts=contracts(),
                           contract_id=contract_id, year=year)

    @staticmethod
    def base_name(kind: str) -> Any:
        """What a base of calculation is, in words."""
        return labels.choice("instalment", "base_kind", kind)

    @staticmethod
    def due_words(rule: InstalmentRule) -> Any:
        """When an instalment without a fixed day falls due, in words."""
        return due_words(rule)

    @expose("/importo/", methods=("GET", "POST"))
    def figure_view(self) -> str | Response:
        """Type in the figure that lacks, and compute on it what is planned."""
        form = act_form(FigureForm, municipality_id=small(request.args.get("municipality")), agreed_on=today(),
                        year=small(request.args.get("year")) or this_year())
        form.municipality_id.choices = picks(municipalities())
        page = ActPage(_("Indica l'importo degli acconti"), _("Registra l'importo"),
                       self.get_url("instalment.index_view"), _("Rate"),
                       [_("Le rate previste e non ancora chieste si calcolano su questo importo."),
                        _("Un importo registrato non si modifica: se ne registra un altro, e vale l'ultimo.")])

        def work(session: ScopedSession) -> int:
            share = set_figure(session, form.municipality_id.data, form.year.data, kind=form.kind.data,
                               amount=form.amount.data, agreed_on=form.agreed_on.data, note=form.note.data or "",
                               today=today())
            operations.refresh(session, form.year.data, today=today())
            return share.municipality_id

        return carry_out(self, "instalment.figure", form, page, work, lambda key: self.get_url(
            "instalment.index_view", anno=form.year.data, comune=key), _("L'importo è registrato."))

    @expose("/progetto/", methods=("GET", "POST"))
    def project_view(self) -> str | Response:
        """An extraordinary project that the municipality has commissioned."""
        page = ActPage(_("Nuovo progetto straordinario"), _("Registra il progetto"),
                       self.get_url("instalment.index_view"), _("Rate"), lead=_(
            "Un progetto commissionato dal Comune con un proprio atto: si verifica e si paga entro il mese fissato dal "
            "contratto (art. 20, c. 3). Non entra nella quota dell'anno."))
        return self._beyond("instalment.project", ProjectForm, page, add_project, acts_of=())

    @expose("/anticipazione/", methods=("GET", "POST"))
    def further_view(self) -> str | Response:
        """A further advance that the Assembly has approved."""
        page = ActPage(_("Nuova ulteriore anticipazione"), _("Registra l'anticipazione"),
                       self.get_url("instalment.index_view"), _("Rate"), lead=_(
            "Un acconto in più sulla quota dell'anno, motivato e approvato dall'Assemblea (art. 20, c. 4). "
            "Il saldo diminuisce di altrettanto."))
        return self._beyond("instalment.further", FurtherForm, page, add_further, acts_of=("assembly",))

    def _beyond(
        self, name: str, kind: type[BeyondForm], page: ActPage, add: Callable[[ScopedSession, Any], int],
        acts_of: tuple[str, ...],
    ) -> str | Response:
        form = act_form(kind, year=this_year())
        form.party.choices = picks([("", "–"), *conferring()])
        form.act_id.choices = picks([("", "–"), *acts(acts_of)])
        return carry_out(self, name, form, page, lambda session: add(session, form),
                         lambda key: self.get_url("instalment.details_view", id=key), _("La rata è prevista."))


def planned(session: ScopedSession, contract_id: int | None, year: int) -> list[Instalment]:
    """See the operations: one contract, or all that are in force."""
    if contract_id is None:
        return operations.plan_all(session, year, today=today())
    return operations.plan_year(session, contract_id, year, today=today())


def add_project(session: ScopedSession, form: Any) -> int:
    """See the operation."""
    contract_id, municipality_id = pair(form.party.data)
    return operations.add_extra_project(
        session, contract_id, municipality_id, year=form.year.data, title=form.title.data, amount=form.amount.data,
        act_id=form.act_id.data, checked_on=form.checked_on.data, today=today()).id


def add_further(session: ScopedSession, form: Any) -> int:
    """See the operation."""
    contract_id, municipality_id = pair(form.party.data)
    return operations.add_further_advance(
        session, contract_id, municipality_id, year=form.year.data, title=form.title.data, amount=form.amount.data,
        reason=form.reason.data, act_id=form.act_id.data, due=form.due.data, today=today()).id


def acts(body_kinds: tuple[str, ...]) -> Choices:
    """The acts that have number and date, the newest first, each with whose it is; of some bodies, or of all."""
    query = select(Act, Party.name).join(Party, Act.party_id == Party.id).where(
        Act.number.is_not(None), Act.date.is_not(None))
    if body_kinds:
        query = query.where(Act.body_kind.in_(body_kinds))
    rows = db().execute(query.order_by(Act.date.desc(), Act.id.desc()).limit(MOST_CHOICES + 1))
    return first_of([(act.id, f"{name}, {labels.choice('act', 'body_kind', act.body_kind)} n. {act.number} del "
                              f"{act.date:%d/%m/%Y}: {act.title}") for act, name in rows])


