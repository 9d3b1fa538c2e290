"""Penalties: the list, the record with its account, the steps of each and the reversal of a payment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import abort, request, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.cases import letters as letter_pages
from admin.contracts import cases
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.penalties import passages as penalty_passages
from admin.penalties.default_notices.forms import finding_name, kind_words
from admin.penalties.default_notices.record import moved, turn_sentence, turn_words
from admin.penalties.on_behalf import answers_of, marks_of
from admin.penalties.passages import interest_account
from admin.web import formats
from admin.web.acts import ActPage, Passages, WhyForm, act_form, carry_out
from admin.web.base_view import Act, BaseView, small
from admin.web.searching import numbered, worded
from admin.wording import labels
from core.contracts.model import Contract
from core.disputes.model import Arbitration
from core.ground.access import Role
from core.penalties import penalties, procedure
from core.penalties.model import DefaultNotice, NoticeFinding, Penalty, PenaltyPayment
from core.penalties.procedure import received
from core.penalties.states import PAYABLE, PAYS, PENALTY_LIFE, PenaltyState

HANDS = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.MUNICIPALITY)


def own_title() -> str:
    """What the list is called: a municipality sees only its own."""
    return _("Penali") if principal().sees_all else _("Le nostre penali")


class Penalties(Passages, BaseView):
    """What was decided for each finding that was upheld: asked for, paid, contested, reduced (R104-R109)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = HANDS
    group = "disputes"
    title = LazyString(own_title)
    lead = lazy_gettext("Una penale nasce da un'inadempienza confermata, dalla pagina della sua diffida. Non si "
                        "compensa da sola con quanto il Comune deve versare, e non esclude i danni ulteriori (art. "
                        "24).")
    empty = lazy_gettext("Nessuna penale è ancora stata applicata.")
    details_template = "penalties/record.html"
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "municipality", "service", "owed", "left", "turn", "state")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune"),
                     "service": lazy_gettext("Servizio"), "owed": lazy_gettext("Dovuti"),
                     "left": lazy_gettext("Da pagare"), "turn": lazy_gettext("A chi tocca")}
    shown = {
        "service": lambda row: row.finding.service.title,
        "owed": lambda row: "" if row.state == PenaltyState.CANCELLED else formats.euro(row.owed),
        "left": lambda row: formats.euro(left_to_pay(row)) if left_to_pay(row) else "",
        "turn": lambda row: formats.shown(turn_words(procedure.turn_of_penalty(row))),
    }
    searched = (numbered, worded)
    sorted_by = {"code": Penalty.id}
    filtered = cases.filters(Penalty, PenaltyState, "contest")
    load = (selectinload(Penalty.municipality), joinedload(Penalty.contract).joinedload(Contract.terms),
            joinedload(Penalty.finding).joinedload(NoticeFinding.service),
            joinedload(Penalty.notice).selectinload(DefaultNotice.findings), selectinload(Penalty.payments))
    life = PENALTY_LIFE
    steps = penalty_passages.STEPS
    one_button = {"pay_reserved": "pay"}
    writing_pages = Passages.writing_pages | {"reverse_view"}
    numeric = frozenset({"left", "owed"})

    def name_of(self, row: Penalty) -> str:
        """Number and municipality."""
        return _("Penale n. %(code)s – %(name)s", code=row.code, name=row.municipality.name)

    def where_it_stands(self, row: Penalty) -> str:
        """How much, by when, who must act."""
        return f"{stands(row)} {turn_sentence(procedure.turn_of_penalty(row))}".strip()

    def offered(self, row: Penalty) -> Iterator[str]:
        """A payment is no row of the table: it moves the penalty by what it brings."""
        if row.state in PAYABLE and principal().has(*PAYS) and row.left > 0:
            yield "pay"
        yield from (action for action in super().offered(row) if action != "pay" or row.left > 0)

    def timely(self, row: Penalty, action: str) -> bool:
        """What is done already is no button."""
        refusals = {
            "request": row.requested_on is not None,
            "receive": row.requested_on is None or row.request_received_on is not None,
            "cancel": bool(received(row)),
            "contest": row.state == PenaltyState.PAID,
            "reduce": row.state == PenaltyState.PAID,
        }
        return not refusals.get(action, False)

    def acts(self, row: Penalty) -> list[Act]:
        """What may be done now, and the letters."""
        found = super().acts(row)
        if row.state == PenaltyState.CONTESTED and row.contest == "arbitration" and policy.may(
            principal(), "arbitration.new_view", "POST"
        ) and not _arbitrations(row):
            found.insert(1, Act(_("Proponi un arbitrato"), self.get_url(
                "arbitration.new_view", parte=f"{row.contract_id}-{row.municipality_id}", diffida=row.notice_id,
                penale=row.id)))
        return [*found[:1], *letter_pages.buttons(db(), "penalty", row), *found[1:]]

    def context(self, row: Penalty) -> dict[str, Any]:
        """The account, the deadlines and the diary."""
        account, lacks = interest_account(row)
        beside = diary.context(db(), "penalty", row.id)
        marks = marks_of("penalty", [row.id])
        reversed_ids = {held.reverses_id for held in row.payments}
        return {
            "header": [*cases.header(row), *_arbitrations(row)], "facts": facts_of(row), "interest": account,
            "interest_lacks": lacks, "left": left_to_pay(row), "to_give_back": to_give_back(row),
            "reversible": {held.id for held in row.payments
                           if held.reverses_id is None and held.id not in reversed_ids} if principal().has(*PAYS)
            else set(), "method": lambda held: labels.choice("penalty_payment", "method", held.method),
            "deadlines": case_deadlines("penalty", row.id), **beside, "marks": marks,
            "events": diary.in_order([*reversed(beside["events"]), *answers_of(marks)]),
        }

    @expose("/storno/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def reverse_view(self) -> str | Response:
        """Take a payment back."""
        row = self.get_one(request.args.get("id"))
        key = small(request.args.get("pagamento"))
        paid = None if key is None else db().get(PenaltyPayment, key)
        if paid is None or paid.penalty_id != row.id:
            abort(404)
        form = act_form(WhyForm, row.version)
        page = ActPage(_("Storna il pagamento"), _("Storna il pagamento"), self.after(row.id), self.name_of(row), [
            _("Il pagamento di %(amount)s del %(day)s non vale più: restano scritte tutte e due le righe.",
              amount=formats.euro(paid.amount), day=formats.day(paid.on)),
            _("La penale torna da pagare per quanto manca.")], tint="danger")
        return carry_out(self, "penalty.reverse", form, page, lambda session: penalties.reverse(
            session, paid.id, why=form.why.data or "", version=form.version.data, today=today()).id,
            done=_("Il pagamento è stornato."))


def _arbitrations(row: Penalty) -> list[tuple[str, str, str | None]]:
    """Where the penalty is discussed: label, value, address."""
    found = db().scalars(select(Arbitration).where(Arbitration.penalty_id == row.id).order_by(Arbitration.id))
    return [(_("Arbitrato"), _("n. %(code)s – %(title)s", code=one.code, title=one.title),
             url_for("arbitration.details_view", id=one.id)) for one in found]


def left_to_pay(row: Penalty) -> Any:
    """What is still to pay of the penalty itself; zero for one that was cancelled or paid in excess."""
    return 0 if row.state == PenaltyState.CANCELLED else max(row.left, 0)


def to_give_back(row: Penalty) -> Any:
    """What was paid beyond what is owed: all of it for a penalty that was cancelled."""
    return max(row.paid if row.state == PenaltyState.CANCELLED else -row.left, 0) or None


def stands(row: Penalty) -> str:
    """Where a penalty stands, in words."""
    values = {"owed": formats.euro(row.owed), "left": formats.euro(left_to_pay(row)), "paid": formats.euro(row.paid),
              "due": formats.day(row.due_effective), "settled": formats.day(row.settled_on),
              "contested": formats.day(row.contested_on), "amount": formats.euro(row.amount),
              "reduced": formats.day(row.reduced_on),
              "where": str(labels.choice("penalty", "contest", row.contest)).lower() if row.contest else ""}
    by = _("entro il %(due)s", **values) if row.due_effective else _("dalla ricezione della richiesta")
    return {
        PenaltyState.DECIDED: _("Decisa per %(owed)s, ancora da chiedere.", **values),
        PenaltyState.REQUESTED: _("Chiesta: %(left)s da pagare, %(by)s.", by=by, **values),
        PenaltyState.REDUCED: _("Ridotta il %(reduced)s da %(amount)s a %(owed)s, da pagare.", **values),
        PenaltyState.PART_PAID: _("Pagata in parte: %(paid)s, restano %(left)s.", **values),
        PenaltyState.OVERDUE: _("In ritardo: restano %(left)s, che scadevano il %(due)s.", **values),
        PenaltyState.PAID: _("Pagata per intero il %(settled)s.", **values),
        PenaltyState.CONTESTED: _("Contestata dall'azienda il %(contested)s, in sede di %(where)s.", **values),
        PenaltyState.CANCELLED: _("Annullata: non si deve nulla, il numero resta assegnato."),
    }[PenaltyState(row.state)]


def facts_of(row: Penalty) -> list[tuple[Any, Any]]:
    """The facts of a penalty in the order in which a person asks for them."""
    number = row.notice.findings.index(row.finding) + 1
    band = _("da %(least)s a %(most)s, limiti compresi", least=formats.euro(row.minimum),
             most=formats.euro(row.maximum))
    pairs = [
        (_("Inadempienza"), finding_name(row.finding, number)),
        (_("Tipo"), kind_words(row.contract, row.kind)), (_("Fascia"), band),
        (_("Importo deciso"), formats.euro(row.amount)), (_("Gravità"), row.gravity),
        (_("Decisa il"), row.decided_on),
        (_("Ridotta a"), formats.euro(row.reduced_to)),
        (_("Ridotta da"), labels.choice("penalty", "reduced_by", row.reduced_by) if row.reduced_by else ""),
        (_("Chiesta il"), row.requested_on), (_("Richiesta ricevuta il"), row.request_received_on),
        (_("Da pagare entro il"), moved(row.due_nominal, row.due_effective)),
    ]
    return [(label, formats.shown(value)) for label, value in pairs if value not in (None, "")]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Penalties(Penalty, LazyString(own_title), endpoint="penalty", url="penali")]
