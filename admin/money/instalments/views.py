"""Instalments: the list, the record with its payments, interest and diary, and the acts on one; commitments."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import DateField, StringField, TextAreaField
from wtforms.validators import Length, Optional

from admin.cases import diary
from admin.contracts.terms import plan_event_word
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.money.instalments.plan import InstalmentPlan
from admin.money.instalments.rounds import Rounds
from admin.parties.choices import by_municipality
from admin.web import formats
from admin.web.acts import ActForm, ActPage, WhyForm, act_form, carry_out, common, typed
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.exercise import by_exercise, exercises, of_row
from admin.web.fields import day_field
from admin.web.forms import SHORT, EuroField, OneField, Sentence, clean, picks
from admin.web.searching import named, numbered, worded
from admin.web.together import Ticked, Together
from admin.web.words import decimal
from admin.wording import labels
from core.contracts.agreed import CountsFrom, PlanEvent
from core.contracts.model import Contract
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.required import LONGEST_TITLE
from core.instalments import operations
from core.instalments.corrections import before_of
from core.instalments.interest import Interest
from core.instalments.invoices import set_invoice
from core.instalments.model import Commitment, Instalment, RequestRound
from core.instalments.rules import State
from core.instalments.states import ASKED, PAYABLE
from core.instalments.term import fix_term, may_fix
from core.parties.model import Municipality
from core.payments import operations as payments
from core.payments.account import interest_of
from core.payments.model import Payment, Settlement

STATES = [state for state in State if state is not State.CANCELLED] + [State.CANCELLED]


TERM_FIXED = (
    lazy_gettext("Da quel giorno la rata non pagata è in ritardo; gli interessi si contano come dice il contratto."),
    lazy_gettext("Il giorno e il motivo si leggono nel diario, anche dal Comune."))
CANCELLED = (
    lazy_gettext("La rata non si potrà più chiedere."), lazy_gettext("Il numero resta assegnato."),
    lazy_gettext("Non parte alcuna lettera."))
TAKEN_BACK = (
    lazy_gettext("La rata torna tra quelle previste e si potrà chiedere di nuovo."),
    lazy_gettext("La lettera inviata e ogni passaggio restano nel diario, con il motivo."),
    lazy_gettext("Non parte alcuna lettera: avvisare il Comune."))
READ_BY_ALL = lazy_gettext("Resta nel diario della rata, che anche il Comune legge.")


class CheckForm(ActForm):
    """When a project was checked."""

    checked_on = day_field(lazy_gettext("Verificato il"), lazy_gettext(
        "I progetti straordinari si verificano e si pagano entro il mese fissato dal contratto (art. 20, c. 3)."))


class TermForm(ActForm):
    """The day by which an instalment is paid, and the act that says it."""

    due = day_field(lazy_gettext("Scadenza"))
    why = TextAreaField(lazy_gettext("Atto o accordo che la fissa"), [Sentence(), Length(max=LONGEST_TITLE)],
                        filters=[clean])


class CreditForm(ActForm):
    """Which credit is used, and how much of it."""

    source = OneField(lazy_gettext("Credito"), [Sentence()])
    amount = EuroField(lazy_gettext("Importo da usare"), [Sentence()], render_kw={"inputmode": "decimal"})


class InvoiceForm(ActForm):
    """The invoice of an instalment; all empty takes it away."""

    number = StringField(labels.column("instalment", "invoice_number"), [Length(max=SHORT)], filters=[clean],
                         description=lazy_gettext("Per esempio 12/PA. Se la fattura era sbagliata, svuotare i campi."))
    on = DateField(labels.column("instalment", "invoice_on"), [Optional()], render_kw={"type": "date"})
    sdi_id = StringField(labels.column("instalment", "sdi_id"), [Length(max=SHORT)], filters=[clean],
                         description=lazy_gettext("Il numero che il Sistema di Interscambio dà alla fattura."))


def own_title() -> str:
    """What the list is called: a municipality sees only its own."""
    return _("Rate") if principal().sees_all else _("Le nostre rate")


def invoiced(_entity: Any, term: str, _walking: bool) -> ColumnElement[bool]:
    """By the number of its invoice: 12/PA."""
    return Instalment.invoice_number == term


class Instalments(Ticked, BaseView):
    """What is asked of each municipality; the offices write, a municipality reads its own."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "money"
    title = LazyString(own_title)
    lead = lazy_gettext("Acconti, saldi e ciò che si chiede in più: quanto, entro quando, quanto resta da pagare.")
    empty = lazy_gettext("Nessuna rata è ancora prevista: si comincia dal piano di un anno.")
    begins = (
        Begin(lazy_gettext("Progetto straordinario"), "instalment_plan.project_view", "secondary"),
        Begin(lazy_gettext("Ulteriore anticipazione"), "instalment_plan.further_view", "secondary"),
        Begin(lazy_gettext("Prevedi le rate di un anno"), "instalment_plan.index"),
    )
    list_template = "money/instalments/list.html"
    details_template = "money/instalments/record.html"
    newest_first = True
    column_list = ("code", "municipality", "title", "amount", "left", "effective", "state")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune"),
                     "left": lazy_gettext("Da pagare"), "effective": lazy_gettext("Scadenza")}
    shown = {
        "amount": lambda row: formats.euro(row.amount) or _("da definire"),
        "year": of_row,
        "left": lambda row: formats.euro(row.left) if row.state in ASKED else "",
        "effective": lambda row: formats.day(row.effective) or due_words(row),
    }
    together = {
        "term": Together(
            lazy_gettext("Fissa la scadenza"), TermForm, lambda session, row, form: fix_term(
                session, row.id, **typed(form, "due", "why"), **common(form)), TERM_FIXED),
        "cancel": Together(
            lazy_gettext("Annulla la rata"), WhyForm, lambda session, row, form: operations.cancel(
                session, row.id, **typed(form, "why"), **common(form)), CANCELLED),
        "take_back": Together(
            lazy_gettext("Ritira la richiesta"), WhyForm, lambda session, row, form: operations.take_back(
                session, row.id, **typed(form, "why"), **common(form)), TAKEN_BACK),
    }
    searched = (numbered, invoiced, named(Instalment.municipality_id, Municipality.id))
    sorted_by = {"code": Instalment.id}
    filtered = (
        by_exercise(Instalment.year),
        by_municipality(Instalment.municipality_id),
        Filter("contratto", lazy_gettext("Contratto"), lambda: contract_asked(),
               lambda value: Instalment.contract_id == int(value)),
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("instalment", STATES),
               lambda value: Instalment.state == value),
    )
    load = (selectinload(Instalment.municipality), joinedload(Instalment.contract), joinedload(Instalment.act),
            joinedload(Instalment.round), joinedload(Instalment.rule))
    left_out = frozenset()
    numeric = frozenset({"amount", "left"})
    on_records = {
        "cancel_view": lazy_gettext("Annulla la rata"),
        "take_back_view": lazy_gettext("Ritira la richiesta"),
        "credit_view": lazy_gettext("Usa un credito"),
        "check_view": lazy_gettext("Registra la verifica"),
        "invoice_view": lazy_gettext("Registra la fattura"),
        "term_view": lazy_gettext("Fissa la scadenza"),
    }

    def name_of(self, row: Instalment) -> str:
        """Number and name."""
        return _("Rata n. %(code)s – %(title)s", code=row.code, title=row.title)

    def where_it_stands(self, row: Instalment) -> str:
        """One sentence: how much, by when, what is left."""
        return stands(row)

    def acts(self, row: Instalment) -> list[Act]:
        """What may be done next with an instalment."""
        letter = [Act(_("Scarica la richiesta"), diary.file_url(row.document_id) or "")
                  ] if row.document_id and (row.requested_on or principal().sees_all) else []
        if not self.may_change():
            return letter
        return [*self._of_money(row), *letter, *self._of_plan(row)]

    def other_acts(self, row: Instalment) -> list[Act]:
        """Taking back what was planned, or asked, by mistake."""
        if not self.may_change():
            return []
        if row.state == State.PLANNED and row.round_id is None:
            return [self.button("cancel_view", row, tint="danger")]
        if row.requested_on is not None and not row.paid and operations.corrected_by(db(), row) is None:
            return [self.button("take_back_view", row, tint="danger")]
        return []

    def _of_money(self, row: Instalment) -> list[Act]:
        if row.state == State.CREDITED:
            return [Act(_("Restituisci il credito"), self.get_url("payment.refund_view", instalment=row.id))]
        if row.state not in PAYABLE:
            return []
        found = [Act(_("Registra un pagamento"), self.get_url("payment.new_view", instalment=row.id), tint="primary")]
        if payments.credits_of(db(), row.municipality_id):
            found.append(self.button("credit_view", row))
        return found

    def _of_plan(self, row: Instalment) -> list[Act]:
        found = []
        if row.state == State.PLANNED and row.kind == "advance" and row.amount is None:
            found.append(Act(_("Indica l'importo degli acconti"), self.get_url(
                "instalment_plan.figure_view", municipality=row.municipality_id, year=row.year), tint="primary"))
        if row.state == State.PLANNED and row.kind == "extra_project" and row.checked_on is None:
            found.append(self.button("check_view", row, tint="primary"))
        if row.state == State.PLANNED and row.round_id is None and row.nominal and row.amount is not None:
            found.append(Act(_("Prepara la richiesta"), self.get_url("request_round.prepare_view", due=row.nominal)))
        if row.amount is not None and row.state != State.CANCELLED and (row.round_id is None or row.requested_on):
            found.append(Act(_("Correggi la fattura") if row.invoice_number else _("Registra la fattura"),
                             self.get_url(".invoice_view", id=row.id)))
        if may_fix(row):
            found.append(Act(_("Correggi la scadenza") if row.effective else _("Fissa la scadenza"),
                             self.get_url(".term_view", id=row.id)))
        return found

    def context(self, row: Instalment) -> dict[str, Any]:
        """Payments, commitments, interest and diary."""
        account, lacks = interest_account(row)
        return {
            "facts": facts_of(row), "settlements": settlements_of(row.id), "interest": account,
            "interest_lacks": lacks,
            "commitments": db().scalars(select(Commitment).where(
                Commitment.municipality_id == row.municipality_id,
                Commitment.year.in_(exercises().named(row.year).calendar_years))).all(),
            "deadlines": case_deadlines("instalment", row.id),
            **diary.context(db(), "instalment", row.id),
        }

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/verifica/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def check_view(self) -> str | Response:
        """Record that a commissioned project was checked."""
        row = self.get_one(request.args.get("id"))
        form = act_form(CheckForm, row.version, checked_on=today())
        page = self._page(row, _("Registra la verifica del progetto"), _("Registra la verifica"),
                          [_("Da questo momento il progetto si può chiedere al Comune.")])
        return carry_out(self, "instalment.check", form, page, lambda session: operations.check_project(
            session, row.id, checked_on=form.checked_on.data, version=form.version.data or 0,
            today=today()).id, self.after, _("La verifica è registrata."))

    @expose("/fattura/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def invoice_view(self) -> str | Response:
        """Record, correct or take away the invoice of an instalment."""
        row = self.get_one(request.args.get("id"))
        form = act_form(InvoiceForm, row.version, number=row.invoice_number, on=row.invoice_on, sdi_id=row.sdi_id)
        happens = [_("La fattura si legge nella lettera e nella situazione del Comune."),
                   _("L'importo della rata resta com'è, anche se le quote cambiano.")]
        if row.counts_from == CountsFrom.INVOICE:
            happens.append(_("La scadenza si conta dalla data della fattura."))
        page = self._page(row, _("Fattura della rata n. %(code)s", code=row.code), _("Registra la fattura"), happens)
        return carry_out(self, "instalment.invoice", form, page, lambda session: set_invoice(
            session, row.id, version=form.version.data or 0, today=today(), **typed(form, "number", "on", "sdi_id")).id,
            self.after, _("La fattura è registrata."))

    @expose("/scadenza/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def term_view(self) -> str | Response:
        """Fix the day by which what has no term in the contract is paid."""
        row = self.get_one(request.args.get("id"))
        form = act_form(TermForm, row.version, due=row.nominal)
        page = self._page(row, _("Scadenza della rata n. %(code)s", code=row.code), _("Fissa la scadenza"),
                          [str(words) for words in TERM_FIXED])
        return carry_out(self, "instalment.term", form, page, lambda session: fix_term(
            session, row.id, version=form.version.data or 0, today=today(), **typed(form, "due", "why")).id,
            self.after, _("La scadenza è fissata."))

    @expose("/annulla/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def cancel_view(self) -> str | Response:
        """Cancel what was planned by mistake."""
        row = self.get_one(request.args.get("id"))
        form = act_form(WhyForm, row.version, read_by=READ_BY_ALL)
        page = self._page(row, _("Annulla la rata n. %(code)s", code=row.code), _("Annulla la rata"),
                          [str(words) for words in CANCELLED], "danger")
        return carry_out(self, "instalment.cancel", form, page, lambda session: operations.cancel(
            session, row.id, why=form.why.data or "", version=form.version.data or 0,
            today=today()), done=_("La rata n. %(code)s è annullata.", code=row.code))

    @expose("/ritira/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def take_back_view(self) -> str | Response:
        """Take back a request that was sent by mistake."""
        row = self.get_one(request.args.get("id"))
        form = act_form(WhyForm, row.version, read_by=READ_BY_ALL)
        page = self._page(row, _("Ritira la richiesta della rata n. %(code)s", code=row.code),
                          _("Ritira la richiesta"), [str(words) for words in TAKEN_BACK], "danger")
        return carry_out(self, "instalment.take_back", form, page, lambda session: operations.take_back(
            session, row.id, why=form.why.data or "", version=form.version.data or 0,
            today=today()), done=_("La richiesta è ritirata."))

    @expose("/credito/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def credit_view(self) -> str | Response:
        """Use what the municipality has to its credit."""
        row = self.get_one(request.args.get("id"))
        sources = payments.credits_of(db(), row.municipality_id)
        most = min(sources[0].amount, row.left) if sources else None
        form = act_form(CreditForm, row.version, amount=most)
        form.source.choices = picks((held.key, f"{held.name}: {formats.euro(held.amount)}") for held in sources)
        page = self._page(row, _("Usa un credito per la rata n. %(code)s", code=row.code), _("Usa il credito"), [
            _("Restano da pagare %(left)s.", left=formats.euro(row.left)),
            _("Il credito diminuisce di quanto si usa; se è sbagliato, si storna.")])
        return carry_out(self, "instalment.credit", form, page, lambda session: payments.use_credit(
            session, row.id, source=form.source.data or "", amount=form.amount.data, version=form.version.data or 0,
            today=today()), done=_("Il credito è usato."))

    def _page(self, row: Instalment, heading: str, verb: str, effects: list[str], tint: str = "primary") -> ActPage:
        return ActPage(heading, verb, self.after(row.id), self.name_of(row), effects, tint=tint)


def contract_asked() -> list[tuple[str, str]]:
    """The contract from whose page the list was opened, if it was: it stands among the filters."""
    key = small(request.args.get("contratto"))
    row = db().get(Contract, key) if key else None
    return [(str(row.id), row.code)] if row else []


def due_words(row: Instalment) -> str:
    """When an instalment without a day falls due."""
    if row.requested_on is not None and row.rule is not None and row.counts_from:
        start = labels.choice("instalment_rule", "counts_from", row.counts_from)
        return ngettext("%(num)s giorno %(start)s", "%(num)s giorni %(start)s", row.rule.due_days or 0, start=start)
    if row.without_term:
        return _("senza un termine per pagare")
    return str(plan_event_word(row.event)) if row.event else ""


def stands(row: Instalment) -> str:
    """Where an instalment stands, in words."""
    values = {"amount": formats.euro(row.amount), "left": formats.euro(abs(row.left)), "paid": formats.euro(row.paid),
              "day": formats.day(row.effective), "settled": formats.day(row.settled_on)}
    if row.state == State.PLANNED:
        return planned_words(row, values)
    if row.effective is None and row.state in (State.REQUESTED, State.PART_PAID):
        return unfixed_words(row, values)
    sentences = {
        State.REQUESTED: _("Chiesta: %(left)s entro il %(day)s.", **values),
        State.DUE: _("Chiesta: %(left)s entro il %(day)s.", **values),
        State.PART_PAID: _("Pagata in parte: arrivati %(paid)s, restano %(left)s entro il %(day)s.", **values),
        State.OVERDUE: _("In ritardo: restano %(left)s, che scadevano il %(day)s.", **values),
        State.PAID: settled_words(row, values),
        State.CREDITED: _("Credito del Comune: restano da usare %(left)s.", **values),
        State.CANCELLED: _("Annullata: il numero resta assegnato."),
    }
    return sentences[State(row.state)]


def unfixed_words(row: Instalment, values: dict[str, str]) -> str:
    """What was asked for and has no due date: its receipt or its invoice is not recorded, or no term was given."""
    if row.without_term:
        return _("Chiesta: restano %(left)s. Il contratto non dà un termine per pagare: non risulta in ritardo e non "
                 "produce interessi, finché la scadenza non si fissa.", **values)
    term = due_words(row)
    if row.counts_from == CountsFrom.INVOICE:
        return _("Chiesta: %(left)s entro %(term)s, che è da registrare.", term=term, **values)
    return _("Chiesta: %(left)s entro %(term)s: registrare nel diario quando il Comune l'ha ricevuta.", term=term,
             **values)


def settled_words(row: Instalment, values: dict[str, str]) -> str:
    """How an instalment of which nothing is left came to its end."""
    if row.paid < 0:
        return _("Credito usato o restituito per intero il %(settled)s.", **values)
    return _("Pagata per intero il %(settled)s.", **values) if row.paid else _("Nulla da pagare.")


def planned_words(row: Instalment, values: dict[str, str]) -> str:
    """What is still missing before a planned instalment may be asked for."""
    if row.round is not None:
        return _("La richiesta è preparata con «%(round)s» e non è ancora partita.", round=row.round.title)
    if row.event and row.nominal is None:
        return waiting_words(row)
    if row.amount is None:
        return _("Prevista per il %(day)s: manca l'importo su cui calcolarla.", **values)
    if row.kind == "extra_project" and row.checked_on is None:
        return _("Commissionato: si potrà chiedere dopo la verifica.")
    if row.effective is None:
        return _("Prevista: %(amount)s, da chiedere dal %(day)s, senza un termine per pagare.",
                 **values | {"day": formats.day(row.nominal)})
    return _("Prevista: %(amount)s entro il %(day)s, ancora da chiedere.", **values)


def waiting_words(row: Instalment) -> str:
    """What an instalment waits for that has not happened yet."""
    if row.event == PlanEvent.ACCOUNTS_APPROVED:
        return _("Prevista: si calcola e si chiede con l'approvazione del bilancio d'esercizio e del riparto.")
    event = plan_event_word(row.event or "")
    if row.amount is None:
        return _("Prevista: aspetta «%(event)s», e manca l'importo su cui calcolarla.", event=event)
    return _("Prevista: %(amount)s. Aspetta «%(event)s»: quando avviene ha la sua scadenza e si può chiedere.",
             amount=formats.euro(row.amount), event=event)


def facts_of(row: Instalment) -> list[tuple[Any, Any]]:
    """The figures of an instalment in the order in which a person asks for them."""
    due = formats.day(row.effective)
    if row.nominal and row.nominal != row.effective:
        due = _("%(due)s (il %(day)s non è un giorno utile)", due=due, day=formats.day(row.nominal))
    pairs = [
        (_("Comune"), row.municipality.name), (_("Contratto"), row.contract), (_("Anno"), of_row(row)),
        (_("Tipo"), labels.choice("instalment", "kind", row.kind)), (_("Importo"), formats.euro(row.amount)),
        (_("Come si calcola"), computed_words(row)), (_("Scadenza"), due or due_words(row)),
        (_("Corregge"), row.corrects), (_("Corretta da"), operations.corrected_by(db(), row)),
        (_("Chiesta il"), row.requested_on),
        (_("Fattura"), row.invoice), (_("Identificativo SdI"), row.sdi_id),
        (_("Pagato"), formats.euro(row.paid) if row.paid else ""),
        (_("Ragioni"), row.reason), (_("Atto"), row.act),
        (_("Verificato il"), row.checked_on),
    ]
    return [(label, formats.shown(value)) for label, value in pairs if value not in (None, "")]


def computed_words(row: Instalment) -> str:
    """From which figure an instalment was computed, and how; empty for what was not computed."""
    if row.base is None:
        return ""
    values = {"base": formats.euro(row.base), "name": labels.choice("instalment", "base_kind", row.base_kind)}
    if row.kind == "correction":
        return _("%(base)s (%(name)s), invece di %(before)s", before=formats.euro(before_of(row)), **values)
    if row.percent is not None:
        return _("%(percent)s%% di %(base)s (%(name)s)", percent=decimal(row.percent), **values)
    if row.amount is None:
        return _("%(base)s (%(name)s)", **values)
    return _("%(base)s (%(name)s), meno %(asked)s degli acconti", asked=formats.euro(row.base - row.amount), **values)


def settlements_of(instalment_id: int) -> list[tuple[Settlement, Payment]]:
    """What has settled an instalment, the newest first."""
    rows = (select(Settlement, Payment).join(Payment, Settlement.payment_id == Payment.id)
            .where(Settlement.instalment_id == instalment_id).order_by(Settlement.id.desc()))
    return [(part, payment) for part, payment in db().execute(rows)]


def interest_account(row: Instalment) -> tuple[Interest, RuleBroken | None]:
    """The interest on delay up to today, or what it lacks; nothing where the contract provides for none."""
    try:
        return interest_of(db(), row, today=today()), None
    except RuleBroken as error:
        return Interest(), error


class Commitments(BaseView):
    """What the municipalities have committed: the letters recall it."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "money"
    aside = True
    lead = lazy_gettext("Numero, atto e CIG dell'impegno di spesa che ogni Comune comunica: le richieste li riportano.")
    new_title = lazy_gettext("Nuovo impegno")
    can_create = True
    can_edit = True
    can_view_details = False
    newest_first = True
    column_list = ("number", "municipality", "year", "act", "cig", "amount")
    column_labels = {"municipality": lazy_gettext("Comune"), "number": lazy_gettext("Impegno n.")}
    shown = {"amount": lambda row: formats.shown(formats.euro(row.amount))}
    searched = (worded,)
    load = (selectinload(Commitment.municipality),)
    form_columns = ("municipality_id", "year", "number", "act", "cig", "amount")
    left_out = frozenset({"id", "version"})

    def name_of(self, row: Commitment) -> str:
        """A commitment is called by its number."""
        return _("impegno n. %(number)s/%(year)s", number=row.number, year=row.year)

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Commitment:
        """See the operation."""
        return operations.add_commitment(session, facts)

    def update(self, session: ScopedSession, row: Commitment, version: int, facts: dict[str, Any]) -> Commitment:
        """See the operation."""
        return operations.edit_commitment(session, row.id, facts, version=version)


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [
        Instalments(Instalment, LazyString(own_title), endpoint="instalment", url="rate"),
        InstalmentPlan(lazy_gettext("Piano delle rate"), endpoint="instalment_plan", url="rate/piano"),
        Rounds(RequestRound, lazy_gettext("Richieste delle rate"), endpoint="request_round", url="richieste"),
        Commitments(Commitment, lazy_gettext("Impegni di spesa"), endpoint="commitment", url="impegni"),
    ]
