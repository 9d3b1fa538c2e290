"""The municipality's controls: the list, the record, and the page on which one is asked; its passages beside."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.contracts.cases import conferred_services, filters, header, party_choices, party_named
from admin.contracts.choices import pair
from admin.deadlines.views import case_deadlines
from admin.disputes.controls import passages as control_passages
from admin.disputes.controls.passages import AskForm
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web import formats
from admin.web.acts import ActPage, Passages, act_form, carry_out
from admin.web.base_view import Act, BaseView, Begin
from admin.web.formats import days_words
from admin.web.searching import worded
from admin.web.together import Ticked
from admin.wording import labels
from core.controls import operations
from core.controls.model import Control
from core.controls.states import LIFE, ControlState
from core.ground.access import ScopedSession


def own_title() -> str:
    """What the list is called: a municipality sees only its own."""
    return _("Controlli del Comune") if principal().sees_all else _("I nostri controlli")


class Controls(Ticked, Passages, BaseView):
    """Requests, visits and inspections (R76, R98): the municipality opens its own, the management answers."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT_AND_MUNICIPALITIES
    group = "disputes"
    title = LazyString(own_title)
    lead = lazy_gettext("Il Comune chiede informazioni, visita e ispeziona i servizi; l'azienda risponde (artt. 13, 19 "
                        "e 22). Quello che emerge può finire bene, o in una diffida.")
    empty = lazy_gettext("Nessun controllo è ancora stato chiesto.")
    begins = (Begin(lazy_gettext("Chiedi un controllo"), ".new_view"),)
    details_template = "disputes/controls/record.html"
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "title", "municipality", "kind", "answer_by", "state")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune")}
    searched = (worded,)
    sorted_by = {"code": Control.id}
    filtered = filters(Control, ControlState, "kind")
    load = (selectinload(Control.municipality), joinedload(Control.service), joinedload(Control.contract),
            selectinload(Control.findings))
    life = LIFE
    steps = control_passages.STEPS
    each = ("close",)

    def name_of(self, row: Control) -> str:
        """Number and subject."""
        return _("Controllo n. %(code)s – %(title)s", code=row.code, title=row.title)

    def where_it_stands(self, row: Control) -> str:
        """One sentence: who must act, by when."""
        return stands(row)

    def timely(self, row: Control, action: str) -> bool:
        """Minutes are of visits; only a notice that is there is tied, a new one is opened on its own page."""
        if action == "open_notice":
            return db().scalar(control_passages.notices_of(row).limit(1)) is not None
        return action != "hold" or row.on_site

    def acts(self, row: Control) -> list[Act]:
        """What may be done now, and the notice that may follow."""
        found = super().acts(row)
        if "open_notice" in {p.action for p in LIFE.possible(row.state, principal())} and policy.may(
            principal(), control_passages.NEW_NOTICE, "POST"
        ):
            found.append(Act(_("Apri una diffida"), self.get_url(control_passages.NEW_NOTICE, control=row.id),
                             tint="danger"))
        return found

    def context(self, row: Control) -> dict[str, Any]:
        """The facts, the deadlines and the diary."""
        beside = diary.context(db(), "control", row.id)
        asked = diary.Event(None, "", _("Chiesto dal Comune, con risposta entro il %(day)s.",
                                        day=formats.day(row.answer_by)), on=row.asked_on)
        return {"header": header(row), "deadlines": case_deadlines("control", row.id), **beside,
                "notice_url": control_passages.notice_url(row), "kind": labels.choice("control", "kind", row.kind),
                "events": [*beside["events"], asked]}

    @expose("/nuovo/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Ask for information, a visit or an inspection."""
        form = act_form(AskForm, party=party_named(request.args.get("parte")), **control_passages.proposed_days())
        form.party.choices, form.service_id.choices = party_choices(), conferred_services()
        page = ActPage(_("Nuovo controllo"), _("Registra il controllo"), self.get_url(".index_view"), str(self.title), [
            _("L'azienda lo vede subito tra le cose da fare, con il termine indicato."),
            _("Non parte alcuna lettera: se la richiesta è partita per PEC si registra poi tra le lettere.")])

        def work(session: ScopedSession) -> int:
            contract_id, municipality_id = pair(form.party.data)
            return operations.ask(
                session, contract_id, municipality_id, kind=form.kind.data or "", title=form.title.data or "",
                text=form.text.data or "", service_id=form.service_id.data, asked_on=form.asked_on.data,
                answer_by=form.answer_by.data, today=today()).id

        return carry_out(self, "control.ask", form, page, work, self.after,
                         _("Il controllo è registrato."))


def stands(row: Control) -> str:
    """Where a control stands, in words."""
    values = {"by": formats.day(row.answer_by), "left": days_words((row.answer_by - today()).days),
              "day": formats.day(row.planned_on), "held": formats.day(row.held_on),
              "answered": formats.day(row.answered_on),
              "serious": sum(finding.serious for finding in row.findings), "count": len(row.findings)}
    if row.state == ControlState.ASKED and row.answered_on:
        return _("La risposta del %(answered)s non è bastata: se ne attende un'altra entro il %(by)s, %(left)s.",
                 **values)
    if row.state == ControlState.ANSWERED and row.planned_on:
        return _("L'azienda ha fissato il %(day)s: dopo la visita si registra il verbale.", **values)
    return {
        ControlState.ASKED: _("Si attende la risposta dell'azienda entro il %(by)s, %(left)s.", **values),
        ControlState.ANSWERED: _("L'azienda ha risposto il %(answered)s: il Comune chiude, chiede ancora o contesta.",
                                 **values),
        ControlState.HELD: _("Svolto il %(held)s; rilievi: %(count)s, di cui gravi %(serious)s. Resta da chiudere o da "
                             "contestare.", **values),
        ControlState.CLOSED: _("Chiuso; rilievi: %(count)s, di cui gravi %(serious)s.", **values),
        ControlState.NOTICE_OPENED: _("Ne è nata una diffida: il seguito è nella sua pagina."),
        ControlState.CANCELLED: _("Ritirato prima della risposta: il numero resta assegnato."),
    }[ControlState(row.state)]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Controls(Control, LazyString(own_title), endpoint="control", url="controlli")]
