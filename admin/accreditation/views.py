"""Accreditations: the list, the record, the application with its figures and documents, the checklist."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import abort, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length, Optional

from admin.accreditation import record
from admin.accreditation.passages import READ_BY_PROVIDER, STEPS, FeeForm
from admin.cases import letters as letter_pages
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import ActForm, ActPage, Passages, act_form, carry_out, common, file_of
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.fields import KEPT, day_field, file_field
from admin.web.filters import by_year
from admin.web.formats import euro
from admin.web.forms import (
    MOST_CHOICES,
    SHORT,
    Choices,
    DecimalField,
    NumberField,
    OneField,
    Sentence,
    clean,
    first_of,
    number_or_none,
    picks,
)
from admin.web.together import Ticked, Together
from admin.wording import labels
from core.accreditation import operations, rules
from core.accreditation.forewarnings import EXTENSION, TIMELY, pending
from core.accreditation.measures import newer_editions
from core.accreditation.model import Accreditation, Requirement
from core.accreditation.passages import extension_asked_on, judged
from core.accreditation.states import ASKED, DECIDED, LIFE, LIVING, UNDER_WAY, AccreditationState
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.ground.order import in_order
from core.providers.model import Provider, ServiceUnit, UnitType
from core.providers.states import UnitState
from core.register.operations import to_publish

A = AccreditationState
READERS = policy.roles(Role.ACCREDITATION, Role.MANAGEMENT, Role.AUDITOR, Role.PROVIDER)
HANDS = policy.roles(Role.ACCREDITATION, Role.MANAGEMENT, Role.PROVIDER)
APPLICANTS = policy.ACCREDITATION_AND_PROVIDERS
NEWEST = (*LIVING, A.EXPIRED)
RENEWED = (
    lazy_gettext("Nasce una domanda nuova, con un numero proprio e i requisiti che valgono oggi."),
    lazy_gettext("I dati dichiarati si ritrovano, da controllare; i documenti si allegano di nuovo."),
    lazy_gettext("Il nuovo periodo comincia il giorno dopo la fine di questo."))
FOREWARN = {
    "refusal": lazy_gettext("Prepara il preavviso di rigetto"),
    "extension": lazy_gettext("Prepara il preavviso di diniego della proroga"),
    "suspension": lazy_gettext("Avvia il procedimento di sospensione"),
    "revocation": lazy_gettext("Avvia il procedimento di revoca"),
}
FIGURE = "dato_"  # a measure may be called like anything; its field must not be called like a part of the form


def own_title() -> str:
    """What the list is called: a provider's person sees its own only."""
    return _("Accreditamenti") if principal().sees_all else _("I nostri accreditamenti")


class UnitForm(ActForm):
    """Which unit applies."""

    unit_id = OneField(lazy_gettext("Unità"), [Sentence()], coerce=number_or_none, description=lazy_gettext(
        "Si accredita soltanto un'unità in esercizio: prima serve la comunicazione preventiva (CPE)."))


class ResponsibleForm(ActForm):
    """Who answers for the procedure."""

    responsible = StringField(lazy_gettext("Responsabile del procedimento"), [Sentence(), Length(max=SHORT)],
                              filters=[clean])


class RenewAccreditationForm(ActForm):
    """Nothing but the word."""


class RequirementAnswerForm(ActForm):
    """The document of a requirement and, for the office, what is said of it."""

    outcome = OneField(lazy_gettext("Esito"), [Sentence()])
    note = TextAreaField(lazy_gettext("Nota"), [Length(max=5000)], filters=[clean], description=lazy_gettext(
        "Necessaria se il requisito non è rispettato o non è pertinente. La legge anche il gestore."))
    file = file_field(lazy_gettext("Documento"), KEPT, needed=False)
    expires_on = day_field(lazy_gettext("Il documento vale fino al"), lazy_gettext(
        "Vuoto se non scade: prima che scada parte un avviso."), needed=False)


def outcomes(requirement: Requirement) -> list[tuple[str, Any]]:
    """What may be said of a requirement; a numeric one and a paper can be left to computing."""
    words = [(code, labels.CHOICES["requirement_check.outcome"][code]) for code in rules.OUTCOMES]
    computed = [("computed", _("Come si calcola"))] if requirement.kind in rules.COMPUTED else []
    return [*computed, *words]


class Accreditations(Ticked, Passages, BaseView):
    """The procedures (R147, R150): the accreditation unit writes, the management decides, a provider has its own."""

    may_read = READERS
    may_write = HANDS
    life = LIFE
    steps = STEPS
    read_by = READ_BY_PROVIDER
    together = {"renew": Together(
        lazy_gettext("Apri il rinnovo"), RenewAccreditationForm,
        lambda session, row, form: operations.renew(session, row.id, **common(form)), RENEWED,
        may=lambda: APPLICANTS.admits(principal()))}
    writing_pages = Passages.writing_pages | {"renew_view", "declare_view", "requirement_view", "examine_view",
                                              "responsible_view"}
    group = "accreditation"
    title = LazyString(own_title)
    lead = lazy_gettext("Le domande di accreditamento e ciò che ne segue: esame, provvedimento, patto, monitoraggi.")
    empty = lazy_gettext("Nessuna domanda è ancora stata aperta: si comincia da un'unità in esercizio.")
    begins = (Begin(lazy_gettext("Nuova domanda"), ".new_view"),)
    details_template = "accreditation/record.html"
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "unit", "provider", "type", "runs_to", "state")
    column_labels = {"code": lazy_gettext("Numero"), "unit": lazy_gettext("Unità"),
                     "provider": lazy_gettext("Gestore"), "type": lazy_gettext("Tipo")}
    shown = {"provider": lambda row: row.unit.provider.name, "type": lambda row: row.unit.type.name}
    searched = record.OF_UNIT
    sorted_by = {"code": Accreditation.id}
    load = record.LOAD
    left_out = frozenset()
    filtered = (
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("accreditation", A),
               lambda value: Accreditation.state == value),
        Filter("tipo", lazy_gettext("Tipo"), lambda: [(code, name) for code, name in db().execute(
            select(UnitType.code, UnitType.name).order_by(in_order(UnitType.name)))],
            lambda value: Accreditation.unit_id.in_(select(ServiceUnit.id).join(UnitType).where(
                UnitType.code == value))),
        by_year(Accreditation.year),
        Filter("gestore", lazy_gettext("Gestore"), lambda: first_of([(key, name) for key, name in db().execute(
            select(Provider.id, Provider.name).order_by(in_order(Provider.name)).limit(MOST_CHOICES + 1))]),
            lambda value: Accreditation.unit_id.in_(select(ServiceUnit.id).where(
                ServiceUnit.provider_id == int(value)))),
    )
    numeric = frozenset()
    on_records = {
        "declare_view": lazy_gettext("Compila i dati"),
        "fee_view": lazy_gettext("Registra il contributo"),
        "renew_view": lazy_gettext("Apri il rinnovo"),
        "responsible_view": lazy_gettext("Cambia il responsabile del procedimento"),
        "register.publish_view": lazy_gettext("Pubblica nell'albo"),
        "inspection.new_view": lazy_gettext("Fissa un sopralluogo"),
        **{f"forewarning.new_view?tipo={kind}": verb for kind, verb in FOREWARN.items()},
    }


    def name_of(self, row: Accreditation) -> str:
        """Number and unit."""
        return _("Accreditamento n. %(code)s – %(unit)s", code=row.code, unit=row.unit.name)

    def where_it_stands(self, row: Accreditation) -> str:
        """In words."""
        return record.stands(row)

    def may_take_back(self, row: Accreditation) -> bool:
        """The office and the management correct; a provider asks them."""
        return policy.ACCREDITATION_OR_MANAGEMENT.admits(principal()) and super().may_take_back(row)

    def timely(self, row: Accreditation, action: str) -> bool:
        """With prescriptions only where some are open; an adaptation only to a newer edition."""
        if action == "grant_with_prescriptions":
            return bool(rules.prescribed(record.findings(db(), row)))
        if action == "adapt":
            return bool(newer_editions(db(), row, today()))
        return True

    def acts(self, row: Accreditation) -> list[Act]:
        """What comes next, first; then letters."""
        found = self.passages(row, rare=False)
        if row.state in (A.DRAFT, A.TO_COMPLETE) and APPLICANTS.admits(principal()):
            found.insert(0, self.button("declare_view", row))
        if row.set.fee and row.fee_paid_on is None and row.state in ASKED and APPLICANTS.admits(principal()):
            found.append(self.button("fee_view", row))
        if row.state in NEWEST and APPLICANTS.admits(principal()) and not self._renewed(row):
            found.append(self.button("renew_view", row))
        if publishable(row) and policy.may(principal(), "register.publish_view", "POST"):
            found.append(self.button("register.publish_view", row))
        told = record.announced(db(), row) if principal().has(Role.PROVIDER) else None
        if told is not None:  # what waits for the provider is its answer
            found.insert(0, Act(_("Rispondi con osservazioni"), self.get_url(
                "forewarning.passage_view", id=told.id, atto="observe")))
        return [*found, *letter_pages.buttons(db(), "accreditation", row)]

    def other_acts(self, row: Accreditation) -> list[Act]:
        """The rare passages; before each what is told of it."""
        if not policy.ACCREDITATION_OR_MANAGEMENT.admits(principal()):
            return super().other_acts(row)
        told = [self.button(f"forewarning.new_view?tipo={kind}", row, accreditamento=row.id)
                for kind in FOREWARN if row.state in TIMELY[kind] and pending(db(), row, kind) is None
                and (kind != EXTENSION or extension_asked_on(db(), row) is not None)]
        return [*told, *super().other_acts(row), self.button("responsible_view", row)]

    def acts_within(self, row: Accreditation) -> list[Act]:
        """An inspection is arranged from its section."""
        return [self.button("inspection.new_view", row, accreditation=row.id)] if _may_visit(row) else []

    @staticmethod
    def _renewed(row: Accreditation) -> bool:
        under_way = select(Accreditation.id).where(Accreditation.renews_id == row.id,
                                                   Accreditation.state.in_((*UNDER_WAY, *LIVING)))
        return db().scalars(under_way.limit(1)).first() is not None

    def context(self, row: Accreditation) -> dict[str, Any]:
        """Application, checklist, inspections, decree, period, monitoring, measures, deadlines, diary."""
        writes = policy.ACCREDITATION.admits(principal())
        return {
            **record.sections(db(), row), "deadlines": case_deadlines("accreditation", row.id),
            "writes": writes, "answers": APPLICANTS.admits(principal()),
            "declares": (row.state in (A.DRAFT, A.TO_COMPLETE) and APPLICANTS.admits(principal()))
            or (row.state in ASKED and writes),
            "may_visit": _may_visit(row),
            "may_meet": policy.ACCREDITATION_OR_MANAGEMENT.admits(principal())
            and row.state not in (A.DRAFT, A.CANCELLED),
        }

    @expose("/responsabile/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION_OR_MANAGEMENT, policy.ACCREDITATION_OR_MANAGEMENT)
    def responsible_view(self) -> str | Response:
        """Who answers for the procedure."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ResponsibleForm, row.version, responsible=row.responsible)
        page = ActPage(_("Responsabile del procedimento"), _("Registra il responsabile"), self.after(row.id),
                       self.name_of(row), [_("Lo nominano ogni lettera e ogni atto che si prepara da ora.")])
        return carry_out(self, "accreditation.responsible", form, page, lambda session: operations.name_responsible(
            session, row.id, responsible=form.responsible.data or "", **common(form)).id,
            done=_("Il responsabile è registrato."))

    # --- the application --------------------------------------------------------------------------------------

    @expose("/nuova/", methods=("GET", "POST"))
    @policy.allow(APPLICANTS, APPLICANTS)
    def new_view(self) -> str | Response:
        """Open the application of a unit."""
        form = act_form(UnitForm, unit_id=small(request.args.get("unit")))
        form.unit_id.choices = picks([("", "–"), *self._units()])
        page = ActPage(_("Nuova domanda di accreditamento"), _("Apri la domanda"), self.get_url(".index_view"),
                       str(self.title), [
            _("La domanda prende un numero e i requisiti che valgono oggi per il tipo dell'unità."),
            _("È una bozza: si compila, si allegano i documenti, poi si presenta.")])
        return carry_out(self, "accreditation.open", form, page, lambda session: operations.open_application(
            session, form.unit_id.data or 0, today=today()).id,
            lambda key: self.get_url(".declare_view", id=int(key)), _("La domanda è aperta."))

    @staticmethod
    def _units() -> Choices:
        """The units in operation, by name, each with its provider."""
        units = select(ServiceUnit.id, ServiceUnit.name, Provider.name).join(
            Provider, Provider.id == ServiceUnit.provider_id)
        rows = db().execute(units.where(ServiceUnit.state == UnitState.OPERATING).order_by(in_order(ServiceUnit.name))
                            .limit(MOST_CHOICES + 1))
        return first_of([(key, f"{name} ({provider})") for key, name, provider in rows])

    @expose("/rinnovo/", methods=("GET", "POST"))
    @policy.allow(APPLICANTS, APPLICANTS)
    def renew_view(self) -> str | Response:
        """Open the renewal of an accreditation."""
        row = self.get_one(request.args.get("id"))
        form = act_form(RenewAccreditationForm, row.version)
        page = ActPage(_("Rinnova: %(name)s", name=self.name_of(row)), _("Apri il rinnovo"), self.after(row.id),
                       self.name_of(row), [str(words) for words in RENEWED])
        return carry_out(self, "accreditation.renew", form, page, lambda session: operations.renew(
            session, row.id, version=form.version.data, today=today()).id,
            lambda key: self.get_url(".declare_view", id=int(key)), _("Il rinnovo è aperto."))

    @expose("/dati/", methods=("GET", "POST"))
    @policy.allow(APPLICANTS, APPLICANTS)
    def declare_view(self) -> str | Response:
        """The figures that the set's requirements ask for."""
        row = self.get_one(request.args.get("id"))
        if not row.set.measures:
            return redirect(self.after(row.id))
        figures = {code: rules.number(value) for code, value in row.declared.items()}
        form = act_form(figures_form(row.set.measures), row.version,
                        **{FIGURE + code: figures.get(code) for code in row.set.measures})
        page = ActPage(_("Dati della domanda n. %(code)s", code=row.code), _("Registra i dati"), self.after(row.id),
                       self.name_of(row), lead=_("Da questi dati il programma calcola i requisiti con un numero. Si "
                                                 "può lasciare vuoto e tornare."))
        return carry_out(self, "accreditation.declare", form, page, lambda session: self._declared(session, row, form),
                         done=_("I dati sono registrati."))

    @staticmethod
    def _declared(session: ScopedSession, row: Accreditation, form: Any) -> int:
        wanted = {code: _exact(form[FIGURE + code].data) for code in row.set.measures}
        try:
            return operations.declare(session, row.id, wanted, version=form.version.data, today=today()).id
        except RuleBroken as error:
            error.field = FIGURE + error.field if error.field else None
            raise

    @expose("/contributo/", methods=("GET", "POST"))
    @policy.allow(APPLICANTS, APPLICANTS)
    def fee_view(self) -> str | Response:
        """The payment of the application's fee."""
        row = self.get_one(request.args.get("id"))
        if not row.set.fee:
            abort(404)
        form = act_form(FeeForm, row.version, paid_on=row.fee_paid_on or today(), reference=row.fee_reference)
        page = ActPage(_("Contributo della domanda n. %(code)s", code=row.code), _("Registra il contributo"),
                       self.after(row.id), self.name_of(row), [
            _("Il contributo è di %(amount)s: senza il suo pagamento la domanda non è completa.",
              amount=euro(row.set.fee))])
        return carry_out(self, "accreditation.fee", form, page, lambda session: operations.pay_fee(
            session, row.id, paid_on=form.paid_on.data, reference=form.reference.data or "", file=file_of(form.file),
            **common(form)).id, done=_("Il pagamento del contributo è registrato."))

    # --- the checklist ----------------------------------------------------------------------------------------

    @expose("/requisito/", methods=("GET", "POST"))
    @policy.allow(APPLICANTS, APPLICANTS)
    def requirement_view(self) -> str | Response:
        """One requirement: its document and, for the office, its outcome."""
        row = self.get_one(request.args.get("id"))
        key = small(request.args.get("requisito"))
        asked = next((r for r in rules.leaves(row.set.requirements) if r.id == key), None)
        if asked is None:
            abort(404)
        check = next((c for c in row.checks if c.requirement_id == asked.id), None)
        office = policy.ACCREDITATION.admits(principal()) and row.state != A.DRAFT
        computed = asked.kind in rules.COMPUTED and (check is None or check.computed)
        form = act_form(RequirementAnswerForm, row.version, note=check.note if check else "",
                        outcome="computed" if computed else check.outcome if check else rules.TO_VERIFY,
                        expires_on=check.expires_on if check else None)
        form.outcome.choices = picks(outcomes(asked))
        if not office:
            del form.outcome, form.note
            form.file.validators, form.file.flags.required = [Sentence()], True
        page = ActPage(f"{asked.code}. {asked.title}", _("Registra"), self.after(row.id) + "#requisiti",
                       self.name_of(row), lead=asked.text)
        [said] = [j for j in judged(db(), row, today()) if j.requirement.id == asked.id]
        return carry_out(self, "accreditation.requirement", form, page,
                         lambda session: self._requirement(session, row, asked, form, office),
                         done=_("Il requisito è aggiornato."),
                         template="accreditation/requirement.html", line=record.line(row, said),
                         evidence=asked.evidence, closed=not office and row.state not in (A.DRAFT, A.TO_COMPLETE),
                         papers_url=self.get_url("provider.details_view",
                                                                          id=row.unit.provider_id)
                         if asked.kind == rules.PAPER else None)

    @staticmethod
    def _requirement(session: ScopedSession, row: Accreditation, asked: Requirement, form: Any, office: bool) -> int:
        version, chosen = form.version.data, file_of(form.file)
        if chosen is not None:
            operations.attach(session, row.id, asked.id, file=chosen, expires_on=form.expires_on.data,
                              version=version, today=today())
            version = None
        if office:
            operations.assess(session, row.id, asked.id, outcome=form.outcome.data or "", note=form.note.data or "",
                              expires_on=form.expires_on.data, version=version, today=today())
        return asked.id

    @expose("/esame/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION, policy.ACCREDITATION)
    def examine_view(self) -> str | Response:
        """The requirements under one heading, all on one page."""
        row, heading = self.get_one(request.args.get("id")), request.args.get("titolo", "")
        branch = _find(record.checklist(row), heading)
        if branch is None or not branch.lines:
            abort(404)
        by_code = {r.code: r for r in rules.leaves(row.set.requirements)}
        asked = [by_code[line.code] for line in branch.lines]
        checks = {check.requirement_id: check for check in row.checks}
        form = act_form(examination_form(asked), row.version, **_proposed(asked, checks))
        page = ActPage(_("Esame: %(title)s", title=branch.title), _("Registra gli esiti"),
                       self.after(row.id) + "#requisiti", self.name_of(row))
        return carry_out(self, "accreditation.examine", form, page,
                         lambda session: self._examined(session, row, asked, form),
                         done=_("Gli esiti sono registrati."),
                         template="accreditation/examine.html", lines=list(zip(asked, branch.lines, strict=True)))

    @staticmethod
    def _examined(session: ScopedSession, row: Accreditation, asked: list[Requirement], form: Any) -> int:
        version = form.version.data
        for requirement in asked:
            try:
                operations.assess(session, row.id, requirement.id, outcome=form[f"outcome_{requirement.id}"].data or "",
                                  note=form[f"note_{requirement.id}"].data or "", version=version, today=today())
            except RuleBroken as error:
                if error.field in ("outcome", "note"):
                    error.field = f"{error.field}_{requirement.id}"
                raise
            version = None
        return row.id


def _may_visit(row: Accreditation) -> bool:
    """Whether who asks may arrange an inspection."""
    seen = row.state in (A.FILED, A.TO_COMPLETE, A.EXAMINED, *DECIDED, *LIVING)
    return seen and policy.ACCREDITATION.admits(principal())


def publishable(row: Accreditation) -> bool:
    """True for what has decree and pact and does not stand in the register yet."""
    return row.state == A.ACCREDITED and row.id in db().scalars(to_publish(today()).where(
        Accreditation.id == row.id).with_only_columns(Accreditation.id)).all()


def figures_form(measures: dict[str, dict[str, Any]]) -> type[ActForm]:
    """A field for each measure of a set."""
    fields: dict[str, Any] = {}
    for code, measure in measures.items():
        kind, mode = (NumberField, "numeric") if measure.get("whole", True) else (DecimalField, "decimal")
        fields[FIGURE + code] = kind(measure["title"], [Optional()], description=measure.get("help", ""),
                            render_kw={"inputmode": mode})
    return type("FiguresForm", (ActForm,), fields)


def examination_form(asked: list[Requirement]) -> type[ActForm]:
    """An outcome and a note for each requirement."""
    fields: dict[str, Any] = {}
    for requirement in asked:
        fields[f"outcome_{requirement.id}"] = OneField(
            _("%(code)s: esito", code=requirement.code), [Sentence()], choices=picks(outcomes(requirement)))
        fields[f"note_{requirement.id}"] = TextAreaField(
            _("%(code)s: nota", code=requirement.code), [Length(max=5000)], filters=[clean])
    return type("ExaminationForm", (ActForm,), fields)


def _proposed(asked: list[Requirement], checks: dict[int, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for requirement in asked:
        check = checks.get(requirement.id)
        computed = requirement.kind in rules.COMPUTED and (check is None or check.computed)
        found[f"outcome_{requirement.id}"] = "computed" if computed else check.outcome if check else rules.TO_VERIFY
        found[f"note_{requirement.id}"] = check.note if check else ""
    return found


def _exact(value: Any) -> Any:
    """A figure of a form as the core wants it: always a Decimal."""
    return None if value is None else Decimal(value)


def _find(branches: Any, code: str) -> Any:
    """The heading with a code, at any depth."""
    for branch in branches:
        if branch.code == code:
            return branch
        if (found := _find(branch.branches, code)) is not None:
            return found
    return None


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Accreditations(Accreditation, LazyString(own_title), endpoint="accreditation", url="accreditamenti")]
