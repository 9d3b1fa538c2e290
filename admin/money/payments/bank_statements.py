"""Bank statements: taken in from a file, then line by line matched with instalments, or left out with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from flask_wtf.file import FileField
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length

from admin.cases import diary
from admin.guard import policy
from admin.guard.session import db, today
from admin.money.payments.views import fresh, parts_in, versions_in, waiting_of, with_parts
from admin.parties.choices import municipalities
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, attempt, carry_out, needed_file
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.forms import Choices, OneField, Sentence, clean, picks
from admin.web.searching import worded, written
from admin.web.together import Ticked, Together
from admin.web.words import decimal
from admin.wording import labels
from core.documents.words import iban
from core.ground.access import ScopedSession
from core.ground.states import PassageLog
from core.instalments.model import Instalment
from core.parties.model import Municipality
from core.payments import matching
from core.payments.model import BankStatement, StatementLine
from core.payments.proposals import Doubt, Payer, Paying, Proposal, Reason, who_pays
from core.payments.statements.lines import Why, rows_of
from core.payments.states import LineState

MOST_LINES = 100
FILES = ".xml,.zip,.csv,.txt,.xlsx,.cbi,.rh,.dat"
LONGEST_ROWS = 120  # characters: what is said after an upload travels in a cookie

REASONS = {
    Reason.AMOUNT: lazy_gettext("l'importo è quello che resta da pagare"),
    Reason.SUM: lazy_gettext("l'importo è la somma di queste rate"),
    Reason.IBAN: lazy_gettext("l'IBAN è di un conto del Comune"),
    Reason.NAME: lazy_gettext("l'ordinante è il Comune"),
    Reason.DUE: lazy_gettext("la data è vicina alla scadenza"),
    Reason.REFERENCE: lazy_gettext("la causale nomina la rata"),
    Reason.INVOICE: lazy_gettext("la causale nomina la fattura della rata"),
    Reason.NUMBER: lazy_gettext("nella causale c'è il numero della rata"),
}
DOUBTS = {
    Doubt.OTHER_AMOUNT: lazy_gettext("l'importo non è quello che resta da pagare"),
    Doubt.OTHER_NAME: lazy_gettext("accanto all'IBAN del Comune c'è un altro nome"),
    Doubt.RESEMBLES: lazy_gettext("il nome dell'ordinante somiglia soltanto a quello del Comune"),
    Doubt.UNKNOWN_PAYER: lazy_gettext("non si sa chi ha versato"),
    Doubt.OTHER_INSTALMENT: lazy_gettext("la causale nomina un'altra rata"),
    Doubt.OTHER_INVOICE: lazy_gettext("la causale nomina un'altra fattura"),
    Doubt.RIVAL: lazy_gettext("c'è un'altra attribuzione con lo stesso importo"),
}


WHYS = {
    Why.DEBIT: lazy_gettext("addebiti"),
    Why.NOT_BOOKED: lazy_gettext("movimenti non contabilizzati, annullati o respinti"),
    Why.REVERSAL: lazy_gettext("storni"),
    Why.BALANCE: lazy_gettext("saldi e totali"),
    Why.ZERO: lazy_gettext("movimenti senza importo"),
    Why.OTHER_CURRENCY: lazy_gettext("movimenti in un'altra valuta"),
}


class StatementForm(ActForm):
    """The statement's file, and whose account it is."""

    file = FileField(lazy_gettext("Estratto conto"), [Sentence()], render_kw={"accept": FILES},
                     description=lazy_gettext(
        "Così come la banca lo dà: CAMT (XML, anche in un archivio .zip), rendicontazione CBI, CSV o Excel (.xlsx), "
        "fino a 20.000 movimenti. Caricarlo due volte non cambia nulla."))
    iban = OneField(lazy_gettext("Conto"), [Sentence()], description=lazy_gettext(
        "Serve per i file che non dicono di quale conto sono, come molti CSV. Un file che lo dice deve essere di un "
        "conto dell'azienda."))


class StatementLineForm(ActForm):
    """What a credit settles; its parts come from ``with_parts``."""

    for_another = BooleanField(lazy_gettext("Confermo: il versamento è per le rate di questo Comune"))
    again = BooleanField(lazy_gettext("Confermo: è un altro versamento, uguale a uno già registrato"))


class IgnoreForm(ActForm):
    """Why a credit is no instalment."""

    why = TextAreaField(lazy_gettext("Motivo"), [Sentence(), Length(max=2000)], filters=[clean],
                        description=lazy_gettext("Per esempio: rimborso di un fornitore, contributo regionale."))


@dataclass(frozen=True)
class ProposalChoice:
    """A proposal as the page shows it: the municipality, its parts with their instalments, why, how sure."""

    proposal: Proposal
    municipality: str
    rows: list[tuple[Instalment, Any]]

    @property
    def why(self) -> str:
        """What speaks for it, in words."""
        return "; ".join(str(REASONS[reason]) for reason in self.proposal.reasons)

    @property
    def but(self) -> str:
        """What speaks against it, in words."""
        return "; ".join(str(DOUBTS[doubt]) for doubt in self.proposal.doubts)


class Statements(BaseView):
    """The statements that were taken in."""

    may_read = policy.MONEY_STAFF
    may_write = policy.MONEY
    group = "money"
    title = lazy_gettext("Estratti conto")
    lead = lazy_gettext("Gli estratti conto letti: ogni accredito si abbina alle rate che paga, o si esclude.")
    empty = lazy_gettext("Nessun estratto conto è ancora stato letto.")
    begins = (Begin(lazy_gettext("Leggi un estratto conto"), ".upload_view"),)
    list_template = "money/payments/statements.html"
    details_template = "money/payments/statement.html"
    newest_first = True
    searched = (written("iban", "from_day", "to_day"),)
    column_list = ("days", "iban", "format", "imported_at", "lines", "open")
    column_labels = {"days": lazy_gettext("Periodo"), "lines": lazy_gettext("Accrediti"),
                     "open": lazy_gettext("Da abbinare")}
    shown = {
        "days": lambda row: f"{formats.day(row.from_day)} – {formats.day(row.to_day)}",
        "iban": lambda row: iban(row.iban),
        "lines": lambda row: decimal(row.counts[0]),
        "open": lambda row: decimal(row.counts[1]),
    }
    details = ("iban", "format", "imported_at")
    load = (joinedload(BankStatement.document),)
    left_out = frozenset()
    numeric = frozenset({"lines", "open"})

    def get_list(self, *args: Any, **options: Any) -> tuple[int, list[Any]]:
        """A page of statements, with how many credits each has and how many wait: one question for all of them."""
        count, rows = super().get_list(*args, **options)
        waiting = func.count().filter(StatementLine.state == LineState.OPEN)
        counted = db().execute(select(StatementLine.statement_id, func.count(), waiting).where(
            StatementLine.statement_id.in_([row.id for row in rows])).group_by(StatementLine.statement_id))
        found = {key: (many, still) for key, many, still in counted}
        for row in rows:
            row.counts = found.get(row.id, (0, 0))
        return count, rows

    def name_of(self, row: BankStatement) -> str:
        """The days that it tells of."""
        return _("Estratto conto dal %(first)s al %(last)s", first=formats.day(row.from_day),
                 last=formats.day(row.to_day))

    def where_it_stands(self, row: BankStatement) -> str:
        """How much is still to be matched."""
        left = count_of(row.id, LineState.OPEN)
        if not left:
            return _("Tutti gli accrediti sono abbinati o esclusi.")
        return ngettext("Resta %(num)s accredito da abbinare.", "Restano %(num)s accrediti da abbinare.", left)

    def acts(self, row: BankStatement) -> list[Act]:
        """The next line, and the file."""
        first = next_open(row.id)
        found = [Act(_("Abbina il prossimo"), self.get_url("statement_line.details_view", id=first), tint="primary")
                 ] if first and self.may_change() else []
        return [*found, Act(_("Scarica il file"), diary.file_url(row.document_id) or "")]

    def context(self, row: BankStatement) -> dict[str, Any]:
        """Its lines, the open ones first, a page of them."""
        order = (StatementLine.state != LineState.OPEN, StatementLine.booked_on, StatementLine.id)
        lines = db().scalars(select(StatementLine).where(StatementLine.statement_id == row.id).order_by(*order).limit(
            MOST_LINES))
        return {"lines": lines.all(), "count": count_of(row.id), "most": MOST_LINES,
                "left_out": [(WHYS[Why(why)], rows_words(rows)) for why, rows in row.left_out.items()]}

    @expose("/leggi/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def upload_view(self) -> str | Response:
        """Take in a file."""
        form = act_form(StatementForm)
        form.iban.choices = picks(accounts())
        page = ActPage(_("Leggi un estratto conto"), _("Leggi il file"), self.get_url(".index_view"),
                       _("Estratti conto"), lead=_(
            "Dal file si tengono gli accrediti contabilizzati, in euro; delle altre righe si dice perché no. Un file "
            "con un errore è rifiutato per intero: non resta nulla a metà."))

        def work(session: ScopedSession) -> str:
            report = matching.take_in(session, needed_file(form.file), iban=form.iban.data, today=today())
            flash(report_words(report), "success")
            return str(report.statements[0].id) if len(report.statements) == 1 else ""

        return carry_out(self, "statement.upload", form, page, work, lambda key: self.get_url(
            ".details_view", id=key) if key else self.get_url(".index_view"), "", knows=True)


def report_words(report: matching.StatementReport) -> str:
    """What became of the file: its credits, and by kind the rows that are none."""
    if not report.new:
        text = _("Gli accrediti di questo file c'erano già tutti: non è cambiato nulla.")
    else:
        text = ngettext("Letto %(num)s accredito nuovo.", "Letti %(num)s accrediti nuovi.", report.new)
        if report.known:
            text += " " + ngettext("%(num)s c'era già.", "%(num)s c'erano già.", report.known)
    if report.left_out:
        text += " " + _("Non tenuti: %(rows)s.", rows=left_out_words(report))
    return text


def left_out_words(report: matching.StatementReport) -> str:
    """The rows that are no credits, by kind; of very many only how many, since the statement lists them."""
    counts = Counter(one.why for one in report.left_out)
    told = []
    for why, rows in rows_of(report.left_out).items():
        kind = f"{WHYS[why]} ({counts[why]}"
        told.append(f"{kind}: {rows_words(rows)})" if len(rows) <= LONGEST_ROWS else f"{kind})")
    return "; ".join(told)


def rows_words(rows: str) -> str:
    """One row or several, by their numbers."""
    return _("riga %(rows)s", rows=rows) if rows.isdigit() else _("righe %(rows)s", rows=rows)


def accounts() -> Choices:
    """The azienda's accounts."""
    return [(row.iban, f"{iban(row.iban)} – {row.bank}") for row in matching.own_accounts(db())]


def count_of(statement_id: int, state: str | None = None) -> int:
    """How many credits a statement has, of one state or of all."""
    rows = select(func.count()).select_from(StatementLine).where(StatementLine.statement_id == statement_id)
    return db().scalar(rows if state is None else rows.where(StatementLine.state == state)) or 0


def next_open(statement_id: int, after: int = 0) -> int | None:
    """The next credit of a statement that waits to be matched, beginning again at the end."""
    rows = select(StatementLine.id).where(StatementLine.statement_id == statement_id,
                                          StatementLine.state == LineState.OPEN)
    later = db().scalar(rows.where(StatementLine.id > after).order_by(StatementLine.id).limit(1))
    return later or db().scalar(rows.order_by(StatementLine.id).limit(1))


class StatementLines(Ticked, BaseView):
    """The credits, each with the instalments that it probably settles."""

    may_read = policy.MONEY_STAFF
    may_write = policy.MONEY
    group = "money"
    in_menu = False
    title = lazy_gettext("Accrediti in banca")
    details_template = "money/payments/line.html"
    newest_first = True
    column_list = ("booked_on", "payer", "reference", "amount", "state")
    unsorted = frozenset({"reference"})
    shown = {"amount": lambda row: formats.euro(row.amount)}
    together = {"ignore": Together(lazy_gettext("Escludi"), IgnoreForm, lambda session, row, form: matching.ignore(
        session, row.id, why=form.why.data or "", version=form.version.data or 0, today=today()).id,
        [lazy_gettext("Non saldano alcuna rata; si possono riprendere in seguito.")])}
    searched = (worded,)
    filtered = (
        Filter("stato", lazy_gettext("Stato"),
               lambda: labels.states("statement_line", LineState),
               lambda value: StatementLine.state == value),
    )
    load = (joinedload(StatementLine.statement), joinedload(StatementLine.payment))
    left_out = frozenset()
    numeric = frozenset({"amount"})
    on_records = {
        "take_up_view": lazy_gettext("Riprendi il movimento"),
        "ignore_view": lazy_gettext("Escludi: non è una rata"),
    }

    def name_of(self, row: StatementLine) -> str:
        """Amount and day."""
        return _("Accredito di %(amount)s del %(day)s", amount=formats.euro(row.amount), day=formats.day(row.booked_on))

    def acts(self, row: StatementLine) -> list[Act]:
        """Leave it out, take it up again, go on."""
        if not self.may_change():
            return []
        if row.state == LineState.IGNORED:
            return [self.button("take_up_view", row)]
        following = next_open(row.statement_id, row.id)
        found = [Act(_("Vai al prossimo"), self.get_url(".details_view", id=following))
                 ] if following and following != row.id else []
        if row.state == LineState.OPEN:
            found.append(self.button("ignore_view", row, tint="danger"))
        return found

    def context(self, row: StatementLine) -> dict[str, Any]:
        """The proposals, and the form for another division."""
        return {**self._matching(row, None), "events": passages_of(row)}

    def _matching(self, row: StatementLine, form: Any) -> dict[str, Any]:
        credit, known = matching.credit_of(row), matching.payers(db())
        paying = who_pays(credit, known)
        told = {"paying": payer_words(paying.known), "named_otherwise": paying.is_named_otherwise(credit)}
        if row.state != LineState.OPEN or not self.may_change():
            return {**told, "choices": [], "form": None, "page": None}
        key = small(request.values.get("municipality_id"))
        choices, same = choices_of(row, known), matching.recorded(db(), row, known)
        if key is None:
            key = next((key for key in [*(payer.municipality_id for payer in paying.known),
                                        *(choice.proposal.municipality_id for choice in choices),
                                        *(payer.municipality_id for payer in paying.resembling)]), None)
        rows = waiting_of(key) if key is not None else []
        return {**told, "choices": choices, "municipalities": municipalities(), "municipality_id": key,
                "rows": fresh(rows), "form": form or act_form(with_parts(StatementLineForm, rows), row.version),
                "page": self._page(row), "certain": bool(choices) and choices[0].proposal.certain and not same,
                "recorded": same, "resembling": payer_words(paying.resembling), "asked_for": _asked_for(paying),
                "chosen": next((payer.name for payer in known if payer.municipality_id == key), "")}

    def _page(self, row: StatementLine) -> ActPage:
        return ActPage(self.name_of(row), _("Registra il pagamento"), self.get_url(
            "bank_statement.details_view", id=row.statement_id), _("Estratto conto"))

    @expose("/conferma/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def confirm_view(self) -> str | Response:
        """Make the payment that the person has confirmed."""
        row = self.get_one(request.args.get("id"))
        back = self.get_url(".details_view", id=row.id)
        key = small(request.form.get("municipality_id"))
        if request.method == "GET" or key is None or row.state != LineState.OPEN:
            return redirect(back)
        municipality = db().get(Municipality, key) or abort(404)
        form = act_form(with_parts(StatementLineForm, waiting_of(municipality.id)), row.version)

        statement_id = row.statement_id
        answer = attempt("line.confirm", form, lambda session: matching.confirm(
            session, row.id, municipality_id=key, parts=parts_in(form), versions=versions_in(request.form),
            version=form.version.data or 0, for_another=bool(form.for_another.data),
            again=bool(form.again.data), today=today()).id)
        if answer is not None:
            flash(confirmed_words(municipality.name, row.amount - sum(parts_in(form).values())), "success")
            return redirect(self._onwards(statement_id, row.id))
        row = self.get_one(request.args.get("id"))  # as it stands now, with what was typed
        return self.render(self.details_template, row=row, events=passages_of(row), **self._matching(row, form))

    @expose("/collega/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def recognise_view(self) -> str | Response:
        """Say that a credit is a payment that was recorded already."""
        row = self.get_one(request.args.get("id"))
        key = small(request.form.get("payment_id"))
        if request.method == "GET" or key is None or row.state != LineState.OPEN:
            return redirect(self.get_url(".details_view", id=row.id))
        form = act_form(StatementLineForm, row.version)
        statement_id = row.statement_id
        answer = attempt("line.recognise", form, lambda session: matching.recognise(
            session, row.id, payment_id=key, version=form.version.data or 0, today=today()).id)
        if answer is not None:
            flash(_("Collegato al pagamento già registrato: non se ne è registrato un altro."), "success")
            return redirect(self._onwards(statement_id, row.id))
        row = self.get_one(request.args.get("id"))
        return self.render(self.details_template, row=row, events=passages_of(row), **self._matching(row, form))

    def _onwards(self, statement_id: int, line_id: int) -> str:
        following = next_open(statement_id, line_id)
        if following is None:
            return self.get_url("bank_statement.details_view", id=statement_id)
        return self.get_url(".details_view", id=following)

    @expose("/escludi/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def ignore_view(self) -> str | Response:
        """Leave a credit out."""
        row = self.get_one(request.args.get("id"))
        form = act_form(IgnoreForm, row.version)
        page = ActPage(_("Escludi il movimento"), _("Escludi"), self.after(row.id), self.name_of(row),
                       [_("Non salda alcuna rata; si può riprendere in seguito.")])
        return carry_out(self, "line.ignore", form, page, lambda session: matching.ignore(
            session, row.id, why=form.why.data or "", version=form.version.data or 0,
            today=today()).id, lambda _key: self._onwards(row.statement_id, row.id),
            _("Il movimento è escluso."))

    @expose("/riprendi/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def take_up_view(self) -> str | Response:
        """Take a credit up again."""
        row = self.get_one(request.args.get("id"))
        form = act_form(StatementLineForm, row.version)
        page = ActPage(_("Riprendi il movimento"), _("Riprendi"), self.after(row.id), self.name_of(row),
                       [_("Torna tra gli accrediti da abbinare.")])
        return carry_out(self, "line.take_up", form, page, lambda session: matching.take_up(
            session, row.id, version=form.version.data or 0, today=today()).id,
            self.after, _("Il movimento è di nuovo da abbinare."))


def confirmed_words(name: str, left: Decimal) -> str:
    """That a credit became a payment, and what of it settles nothing."""
    words = _("Abbinato: il pagamento di %(name)s è registrato.", name=name)
    if not left:
        return words
    return words + " " + _("Restano a credito del Comune %(left)s: si usano per un'altra rata, o si restituiscono.",
                           left=formats.euro(left))


def payer_words(paying: Sequence[Payer]) -> str:
    """Who paid, as far as the bank tells."""
    return ", ".join(payer.name for payer in paying)


def _asked_for(paying: Paying) -> Callable[[int | None], str]:
    """Which confirmation the instalments of a municipality ask for: ``another``, ``resembling`` or none."""
    def asked(municipality_id: int | None) -> str:
        if municipality_id is None or paying.is_known(municipality_id):
            return ""
        return "another" if paying.known else "resembling" if paying.resembling else ""

    return asked


def choices_of(row: StatementLine, known: list[Any]) -> list[ProposalChoice]:
    """The proposals with the names and the instalments that a person knows them by."""
    found = matching.proposals(db(), row, known)
    names = {payer.municipality_id: payer.name for payer in known}
    ids = {key for proposal in found for key, _part in proposal.parts}
    rows = {i.id: i for i in db().scalars(select(Instalment).where(Instalment.id.in_(ids)))}
    return [ProposalChoice(proposal, names[proposal.municipality_id],
                           [(rows[key], part) for key, part in proposal.parts])
            for proposal in found]


def passages_of(row: StatementLine) -> list[diary.Event]:
    """What happened to a credit, the newest first."""
    log = db().scalars(select(PassageLog).where(
        PassageLog.subject == "statement_line", PassageLog.subject_id == row.id).order_by(PassageLog.id.desc()))
    return [diary.Event(p.at, p.actor, diary.sentence("statement_line", p), p.why) for p in log]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [
        Statements(BankStatement, lazy_gettext("Estratti conto"), endpoint="bank_statement", url="estratti-conto"),
        StatementLines(StatementLine, lazy_gettext("Accrediti in banca"), endpoint="statement_line", url="accrediti"),
    ]
