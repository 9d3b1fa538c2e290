"""Payments: the list, the record, the form by which money is recorded and divided among instalments, the reversal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import abort, request, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import String, cast, or_, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import BooleanField, TextAreaField
from wtforms.validators import Length, Optional

from admin.cases import diary
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.parties.choices import by_municipality, municipalities
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out, file_of
from admin.web.base_view import Act, BaseView, Begin, small
from admin.web.fields import day_field, file_field
from admin.web.filters import by_year
from admin.web.forms import LONG, EuroField, OneField, Sentence, clean, picks
from admin.web.searching import numbered, worded
from admin.wording import labels
from core.ground.access import ScopedSession
from core.instalments.model import Instalment
from core.instalments.states import PAYABLE
from core.parties.model import Municipality
from core.payments import operations
from core.payments.model import Payment, Settlement, StatementLine
from core.payments.rules import METHODS

CODE = cast(Payment.number, String) + "/" + cast(Payment.year, String)
OFFERED = [(code, word) for code, word in labels.CHOICES["payment.method"].items() if code in METHODS]


class PaymentForm(ActForm):
    """What arrived, when and how; its parts come from ``with_parts``."""

    received_on = day_field(lazy_gettext("Ricevuto il"))
    amount = EuroField(lazy_gettext("Importo arrivato"), [Sentence()], render_kw={"inputmode": "decimal"})
    method = OneField(lazy_gettext("Modo di pagamento"), [Sentence()], choices=picks(OFFERED),
                      description=lazy_gettext(
                          "Soltanto banche o Poste (L. 136/2010, art. 3; contratto, art. 24-bis)."))
    reference = TextAreaField(lazy_gettext("Causale"), [Length(max=LONG)], filters=[clean])
    receipt = file_field(lazy_gettext("Ricevuta"), needed=False)
    again = BooleanField(lazy_gettext("Confermo: è arrivato un altro versamento, uguale a quello già registrato"))


class ReversalForm(ActForm):
    """Why and when a payment is taken back."""

    on = day_field(lazy_gettext("Data dello storno"))
    why = TextAreaField(lazy_gettext("Motivo"), [Sentence(), Length(max=2000)], filters=[clean],
                        description=lazy_gettext("Resta accanto allo storno, che anche il Comune legge."))


class RefundForm(ActForm):
    """How much of a credit was paid back, when and how."""

    received_on = day_field(lazy_gettext("Versato il"))
    amount = EuroField(lazy_gettext("Importo restituito"), [Sentence()], render_kw={"inputmode": "decimal"})
    method = OneField(lazy_gettext("Modo di pagamento"), [Sentence()], choices=picks(OFFERED),
                      description=lazy_gettext(
                          "Soltanto banche o Poste (L. 136/2010, art. 3; contratto, art. 24-bis)."))
    reference = TextAreaField(lazy_gettext("Causale"), [Length(max=LONG)], filters=[clean], description=lazy_gettext(
        "Per esempio il numero del mandato. Vuota: la scrive il programma."))
    receipt = file_field(lazy_gettext("Ricevuta"), needed=False)


class ReleaseForm(ActForm):
    """Why money is taken off an instalment."""

    why = TextAreaField(lazy_gettext("Motivo"), [Sentence(), Length(max=2000)], filters=[clean],
                        description=lazy_gettext("Resta nel diario della rata, che anche il Comune legge."))


def waiting_of(municipality_id: int) -> list[Instalment]:
    """What a municipality has still to pay, the first due first.

    With what the form that was sent gives money to: somebody else may have settled it meanwhile, and that is to be
    said, not dropped.
    """
    keys = (small(name.removeprefix("part_")) for name, value in request.form.items()
            if name.startswith("part_") and value.strip())
    named = [key for key in keys if key is not None]
    open_or_named = or_(Instalment.state.in_(PAYABLE), Instalment.id.in_(named))
    rows = select(Instalment).where(Instalment.municipality_id == municipality_id, open_or_named)
    return list(db().scalars(rows.order_by(Instalment.effective, Instalment.id)))


def with_parts(form: type[ActForm], rows: Sequence[Instalment]) -> type[ActForm]:
    """``form`` with a part for each instalment that may be settled."""
    parts: dict[str, Any] = {}
    for row in rows:
        label = _("Alla rata n. %(code)s – %(title)s", code=row.code, title=row.title)
        told = _("Restano %(left)s, con scadenza il %(day)s.", left=formats.euro(row.left),
                 day=formats.day(row.effective))
        parts[f"part_{row.id}"] = EuroField(label, [Optional()], description=told, render_kw={"inputmode": "decimal"})
    return type("PartsForm", (form,), parts)


def parts_in(form: Any) -> dict[int, Decimal]:
    """The parts that were typed, by instalment."""
    return {int(name.removeprefix("part_")): field.data for name, field in form._fields.items()
            if name.startswith("part_") and field.data is not None}


def versions_in(sent: Mapping[str, str]) -> dict[int, int]:
    """The versions of the instalments that the person saw."""
    found = {small(name.removeprefix("version_")): small(value) for name, value in sent.items()
             if name.startswith("version_")}
    return {key: version for key, version in found.items() if key is not None and version is not None}


def own_title() -> str:
    """What the list is called: a municipality sees only its own."""
    return _("Pagamenti") if principal().sees_all else _("I nostri pagamenti")


class Payments(BaseView):
    """The money that arrived; recorded by the offices, never changed, taken back by a reversal."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "money"
    title = LazyString(own_title)
    lead = lazy_gettext("Il denaro ricevuto e le rate che salda. Un pagamento non si modifica: se è sbagliato si "
                        "storna.")
    empty = lazy_gettext("Nessun pagamento è ancora registrato.")
    begins = (Begin(lazy_gettext("Registra un pagamento"), ".new_view"),)
    list_template = "money/payments/list.html"
    details_template = "money/payments/record.html"
    newest_first = True
    column_list = ("code", "municipality", "received_on", "amount", "method", "settles")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune"),
                     "settles": lazy_gettext("Salda")}
    shown = {"amount": lambda row: formats.euro(row.amount), "settles": lambda row: formats.shown(settled_words(row))}
    searched = (numbered, worded)
    filtered = (
        by_year(Payment.year),
        by_municipality(Payment.municipality_id),
    )
    load = (selectinload(Payment.municipality),
            selectinload(Payment.settlements).joinedload(Settlement.instalment))
    left_out = frozenset()
    numeric = frozenset({"amount"})
    on_records = {"reverse_view": lazy_gettext("Storna il pagamento"),
                  "refund_view": lazy_gettext("Restituisci il credito")}

    def name_of(self, row: Payment) -> str:
        """Number, and whether it is a reversal or a refund."""
        if row.refund:
            return _("Restituzione n. %(code)s", code=row.code)
        return _("Storno n. %(code)s", code=row.code) if row.reverses_id else str(row)

    def where_it_stands(self, row: Payment) -> str:
        """What it settles, and what is left of it."""
        return payment_words(row, reversal_of(row))

    def acts(self, row: Payment) -> list[Act]:
        """Its receipt, and the reversal."""
        found = [Act(_("Scarica la ricevuta"), diary.file_url(row.receipt_id) or "")] if row.receipt_id else []
        if self.may_change() and row.reverses_id is None and reversal_of(row) is None:
            if rest_of(row) > 0:
                found.append(Act(_("Restituisci il credito"), self.get_url(".refund_view", payment=row.id)))
            found.append(self.button("reverse_view", row, tint="danger"))
        return found

    def context(self, row: Payment) -> dict[str, Any]:
        """What it settles, its reversal, the line of the statement that it came from."""
        line = db().scalars(select(StatementLine).where(StatementLine.payment_id == row.id)).first()
        reverses = db().get(Payment, row.reverses_id) if row.reverses_id else None
        reversal, undone = reversal_of(row), {part.undoes_id for part in row.settlements}
        movable = self.may_change() and row.amount >= 0 and reversal is None and row.reverses_id is None
        return {"reversal": reversal, "reverses": reverses, "line": line, "facts": facts_of(row),
                "refunded": db().get(Payment, row.refunds_id) if row.refunds_id else None,
                "movable": {part.id for part in row.settlements if movable and part.amount > 0} - undone}

    @expose("/nuovo/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def new_view(self) -> str | Response:
        """Record money that arrived: first from whom, then how much and for what."""
        row = self._instalment()
        key = row.municipality_id if row else small(request.args.get("municipality"))
        if key is None:
            return self.render("money/payments/choose.html", municipalities=municipalities(),
                               back=self.get_url(".index_view"))
        municipality = db().get(Municipality, key) or abort(404)
        rows = waiting_of(municipality.id)
        proposed: dict[str, Any] = {"amount": row.left, f"part_{row.id}": row.left} if row and row.left > 0 else {}
        form = act_form(with_parts(PaymentForm, rows), received_on=today(), **proposed)
        page = ActPage(_("Registra un pagamento: %(name)s", name=municipality.name), _("Registra il pagamento"),
                       self.get_url(".index_view"), _("Pagamenti"), lead=_(
            "Indicare quanto è arrivato e a quali rate va. Quello che non si attribuisce resta a credito del Comune."))
        return carry_out(self, "payment.new", form, page, lambda session: self._record(session, municipality.id, form),
                         self.after, _("Il pagamento è registrato."),
                         template="money/payments/new.html", knows=True, names=PARTLESS, rows=fresh(rows))

    def _instalment(self) -> Instalment | None:
        key = small(request.args.get("instalment"))
        return None if key is None else db().get(Instalment, key) or abort(404)

    @staticmethod
    def _record(session: ScopedSession, municipality_id: int, form: Any) -> int:
        return operations.record(
            session, municipality_id, received_on=form.received_on.data, amount=form.amount.data,
            method=form.method.data, parts=parts_in(form), reference=form.reference.data or "",
            versions=versions_in(request.form), receipt=file_of(form.receipt), again=bool(form.again.data),
            today=today()).id

    @expose("/storno/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def reverse_view(self) -> str | Response:
        """Take back a payment."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ReversalForm, on=today())
        page = ActPage(_("Storna il pagamento n. %(code)s", code=row.code), _("Storna il pagamento"),
                       self.after(row.id), str(row), [
            _("Si registra un pagamento di segno contrario: %(amount)s.", amount=formats.euro(-row.amount)),
            _("Le rate che saldava tornano da pagare."),
            _("Se veniva da un estratto conto, il movimento torna da abbinare."),
            _("Il pagamento resta scritto, con il motivo dello storno.")], tint="danger")
        return carry_out(self, "payment.reverse", form, page, lambda session: operations.reverse(
            session, row.id, why=form.why.data or "", on=form.on.data, today=today()).id,
            self.after, _("Lo storno è registrato."))

    @expose("/restituzione/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def refund_view(self) -> str | Response:
        """Record that a credit was paid back: of a negative balance (?instalment) or of a payment (?payment)."""
        gave: Instalment | Payment | None = self._instalment()
        gave = gave or self.get_one(request.args.get("payment"))
        key = f"{'i' if isinstance(gave, Instalment) else 'p'}{gave.id}"
        held = next((one for one in operations.credits_of(db(), gave.municipality_id) if one.key == key), None)
        back = url_for(f"{gave.__tablename__}.details_view", id=gave.id)
        form = act_form(RefundForm, received_on=today(), amount=held.amount if held else None)
        page = ActPage(_("Restituisci un credito: %(name)s", name=gave.municipality.name),
                       _("Registra la restituzione"), back, str(gave), [
            _("Il credito è di %(amount)s.", amount=formats.euro(held.amount if held else Decimal(0))),
            _("Il versamento compare nella situazione del Comune; il credito diminuisce di altrettanto."),
            _("Se è sbagliato, si storna come un pagamento.")])

        def work(session: ScopedSession) -> int:
            return operations.refund(
                session, gave.municipality_id, source=key, paid_on=form.received_on.data, amount=form.amount.data,
                method=form.method.data, reference=form.reference.data or "",
                receipt=file_of(form.receipt), today=today()).id

        return carry_out(self, "payment.refund", form, page, work, self.after,
                         _("La restituzione è registrata."))

    @expose("/togli/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def release_view(self) -> str | Response:
        """Take off an instalment what a payment or a credit had settled of it; the payment stands."""
        part = db().get(Settlement, small(request.args.get("id")) or 0) or abort(404)
        row = self.get_one(str(part.payment_id))
        form = act_form(ReleaseForm)
        page = ActPage(_("Togli l'importo dalla rata n. %(code)s", code=part.instalment.code),
                       _("Togli dalla rata"), self.after(row.id), self.name_of(row), [
            _("Dalla rata n. %(code)s si tolgono %(amount)s: torna da pagare per altrettanto.",
              code=part.instalment.code, amount=formats.euro(part.amount)),
            _("La somma resta a credito del Comune: si può usare per un'altra rata o restituire."),
            _("Il pagamento resta registrato; il motivo resta nel diario della rata.")], tint="danger")
        return carry_out(self, "payment.release", form, page, lambda session: operations.release(
            session, part.id, why=form.why.data or "", today=today()),
            done=_("L'importo è tolto dalla rata."))


PARTLESS = ("received_on", "amount", "method", "reference", "receipt")


def fresh(rows: Sequence[Instalment]) -> dict[int, int]:
    """The versions of the instalments on a page, by their id."""
    return {row.id: row.version for row in rows}


def reversal_of(row: Payment) -> Payment | None:
    """The payment that takes this one back, if there is one."""
    return db().scalars(select(Payment).where(Payment.reverses_id == row.id)).first()


def settled_words(row: Payment) -> str:
    """The instalments that a payment settles, by number."""
    codes = dict.fromkeys(part.instalment.code for part in row.settlements)
    return ", ".join(_("rata %(code)s", code=code) for code in codes)


def rest_of(row: Payment) -> Decimal:
    """What of a payment is still to the municipality's credit, in euros."""
    held = (one.amount for one in operations.credits_of(db(), row.municipality_id) if one.payment_id == row.id)
    return next(held, Decimal(0))


def payment_words(row: Payment, reversal: Payment | None) -> str:
    """Where a payment stands, in words."""
    if reversal is not None:
        return _("Stornato il %(day)s: non salda più nulla.", day=formats.day(reversal.received_on))
    if row.reverses_id is not None:
        return _("Annulla un altro pagamento. Motivo: %(why)s", why=row.why)
    if row.refund:
        return _("Versato dall'azienda al Comune: chiude un suo credito.")
    rest = rest_of(row)
    if rest > 0:
        return _("Restano a credito del Comune %(rest)s.", rest=formats.euro(rest))
    return _("È attribuito per intero.")


def facts_of(row: Payment) -> list[tuple[Any, Any]]:
    """What is known of a payment."""
    pairs = [(_("Comune"), row.municipality.name),
             (_("Versato il") if row.refund else _("Ricevuto il"), row.received_on),
             (_("Importo"), formats.euro(row.amount)),
             (_("Modo di pagamento"), labels.choice("payment", "method", row.method)),
             (_("Causale"), row.reference), (_("Motivo"), row.why)]
    return [(label, formats.shown(value)) for label, value in pairs if value not in (None, "")]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Payments(Payment, LazyString(own_title), endpoint="payment", url="pagamenti")]
