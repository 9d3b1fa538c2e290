"""The azienda's own contestations in the browser: the list, the record, the new one, and what each passage asks."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.cases.passages import proof_of, undo_step
from admin.contracts.cases import (
    NewForm,
    conferred_services,
    filters,
    header,
    party_choices,
    party_named,
    service_field,
)
from admin.contracts.choices import pair
from admin.deadlines.views import case_deadlines
from admin.disputes.dispatch import DispatchForm, dispatched
from admin.guard import policy
from admin.guard.session import db, today
from admin.web.acts import ActForm, ActPage, Passages, Step, WhyForm, act_form, carry_out, common, doing
from admin.web.base_view import BaseView, Begin
from admin.web.fields import IN_THE_DIARY, KEPT, day_field, file_field, text_field, why_field
from admin.web.formats import day
from admin.web.searching import worded
from core.disputes import operations
from core.disputes.model import Contestation
from core.disputes.states import CONTESTATION_LIFE, ContestationState
from core.ground.access import ScopedSession


class ContestationForm(NewForm):
    """A delay of the municipality."""

    service_id = service_field()
    since = day_field(lazy_gettext("In ritardo dal"), lazy_gettext("Il primo giorno dopo il termine non rispettato."))
    text = text_field(lazy_gettext("Fatti"), lazy_gettext(
        "Che cosa il Comune doveva fare, entro quando, per quale articolo o atto. Niente nomi di cittadini."))
    effects = text_field(lazy_gettext("Conseguenze"), lazy_gettext(
        "Che cosa il ritardo ha impedito o fatto ritardare: è di questo che l'azienda non risponde."), needed=False)
    answer_by = day_field(lazy_gettext("Risposta attesa entro il"), lazy_gettext(
        "Solo se la lettera fissa un termine: diventa una scadenza del Comune."), needed=False)


class FormaliseForm(ActForm):
    """The proof of receipt."""

    received_on = day_field(lazy_gettext("Ricevuta dal Comune il"))
    file = file_field(lazy_gettext("Ricevuta"), lazy_gettext(
        "La ricevuta di consegna della PEC, l'avviso di ricevimento o la copia firmata. Vuoto se è già tra le "
        "lettere."), needed=False)


class ReplyForm(ActForm):
    """What the municipality answers."""

    text = text_field(lazy_gettext("Risposta"))
    answered_on = day_field(lazy_gettext("Risposta del"))
    file = file_field(lazy_gettext("File della risposta"), KEPT, needed=False)


class OutcomeForm(ActForm):
    """How it ended."""

    outcome = why_field(lazy_gettext("Come si è definita"), IN_THE_DIARY)


def _send(session: ScopedSession, row: Contestation, form: Any) -> object:
    return operations.send_contestation(session, row.id, dispatched(form), **common(form))


def _reply(session: ScopedSession, row: Contestation, form: Any) -> object:
    proof = proof_of(session, row, form, _("Risposta alla contestazione n. %(code)s", code=row.code))
    return operations.reply(session, row.id, text=form.text.data or "", answered_on=form.answered_on.data,
                            document_id=proof, **common(form))


STEPS: dict[str, Step] = {
    "send": Step(
        lazy_gettext("Registra l'invio"), lazy_gettext("L'invio è registrato."), _send, DispatchForm, tint="primary",
        proposed=lambda _row: {"sent_on": today()},
        happens=lambda row: (
            _("La lettera si registra come inviata a %(name)s, che da ora legge la contestazione.",
              name=row.municipality.name),
            _("Non conta ancora: conta da quando si prova che il Comune l'ha ricevuta (art. 21, c. 2)."),
            _("I fatti non si modificano più; nulla parte da qui, la lettera si invia prima."))),
    "formalise": Step(
        lazy_gettext("Registra il ricevimento"), lazy_gettext("La contestazione è formalizzata."),
        doing(operations.formalise, "received_on", receipt="file"), FormaliseForm, tint="primary",
        proposed=lambda row: {"received_on": (row.sending.received_on if row.sending else None) or today()},
        happens=lambda _row: (
            _("Da questo giorno la contestazione conta: dei danni causati dal ritardo l'azienda non risponde "
              "(art. 21, c. 2)."),
            _("È mostrata nel contraddittorio delle diffide dello stesso contratto."))),
    "reply": Step(
        lazy_gettext("Registra la risposta del Comune"), lazy_gettext("La risposta è registrata."), _reply, ReplyForm,
        proposed=lambda _row: {"answered_on": today()},
        happens=lambda _row: (_("La risposta sta accanto alla contestazione, anche nel contraddittorio."),)),
    "settle": Step(
        lazy_gettext("Definisci la contestazione"), lazy_gettext("La contestazione è definita."),
        doing(operations.settle, "outcome"), OutcomeForm, happens=lambda _row: (
            _("Non si attende più nulla; la contestazione continua a contare per il suo periodo."),)),
    "retract": Step(
        lazy_gettext("Ritira la contestazione"), lazy_gettext("La contestazione è ritirata."),
        doing(operations.retract, "why"), WhyForm, tint="danger", rare=True,
        happens=lambda _row: (_("Non conta più, e non è mostrata nel contraddittorio."),
                              _("Il numero resta assegnato. Non parte alcuna lettera: avvisare il Comune."))),
    "undo": undo_step(CONTESTATION_LIFE, operations.undo_contestation, lazy_gettext("Il passaggio è corretto.")),
}


class Contestations(Passages, BaseView):
    """What the azienda contests to a municipality (R96); the municipality sees what was sent, and may answer."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT_AND_MUNICIPALITIES
    group = "disputes"
    title = lazy_gettext("Contestazioni dell'azienda")
    lead = lazy_gettext("L'azienda non risponde di quanto dipende dai ritardi del Comune, se li ha contestati per "
                        "iscritto e può provarlo (art. 21, c. 2).")
    empty = lazy_gettext("Nessun ritardo è stato contestato.")
    details_template = "disputes/contestation.html"
    begins = (Begin(lazy_gettext("Contesta un ritardo"), ".new_view"),)
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "title", "municipality", "since", "formalised_on", "state")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune")}
    searched = (worded,)
    sorted_by = {"code": Contestation.id}
    filtered = filters(Contestation, ContestationState)
    load = (selectinload(Contestation.municipality), joinedload(Contestation.service),
            joinedload(Contestation.contract), joinedload(Contestation.sending))
    life = CONTESTATION_LIFE
    steps = STEPS

    def name_of(self, row: Contestation) -> str:
        """Number and subject."""
        return _("Contestazione n. %(code)s – %(title)s", code=row.code, title=row.title)

    def where_it_stands(self, row: Contestation) -> str:
        """One sentence: whether it counts, and what is awaited."""
        return stands(row)

    def context(self, row: Contestation) -> dict[str, Any]:
        """The facts, the deadlines and the diary."""
        return {"header": header(row), "deadlines": case_deadlines("contestation", row.id),
                **diary.context(db(), "contestation", row.id)}

    @expose("/nuova/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def new_view(self) -> str | Response:
        """Draft a contestation."""
        form = act_form(ContestationForm, party=party_named(request.args.get("parte")))
        form.party.choices, form.service_id.choices = party_choices(), conferred_services()
        page = ActPage(_("Nuova contestazione"), _("Prepara la contestazione"), self.get_url(".index_view"),
                       str(self.title), [
            _("Nasce una bozza, che il Comune non vede."),
            _("Conta quando la lettera è partita e c'è la prova che il Comune l'ha ricevuta.")])

        def work(session: ScopedSession) -> int:
            contract_id, municipality_id = pair(form.party.data)
            return operations.contest_delay(
                session, contract_id, municipality_id, title=form.title.data or "", text=form.text.data or "",
                since=form.since.data, effects=form.effects.data or "", answer_by=form.answer_by.data,
                service_id=form.service_id.data, today=today()).id

        return carry_out(self, "contestation.draft", form, page, work, self.after,
                         _("La contestazione è in bozza."))


def stands(row: Contestation) -> str:
    """Where a contestation stands, in words."""
    values = {"sent": day(row.sent_on), "received": day(row.formalised_on), "answered": day(row.answered_on),
              "by": day(row.answer_by)}
    if row.state == ContestationState.FORMALISED and row.answer_by:
        return _("Ricevuta dal Comune il %(received)s: conta. La risposta è attesa entro il %(by)s.", **values)
    return {
        ContestationState.DRAFT: _("In bozza: non conta finché non parte e il Comune non la riceve."),
        ContestationState.DISPATCHED: _("Spedita il %(sent)s: non conta finché manca la prova che il Comune l'ha "
                                        "ricevuta.", **values),
        ContestationState.FORMALISED: _("Ricevuta dal Comune il %(received)s: conta.", **values),
        ContestationState.REPLIED: _("Ricevuta dal Comune il %(received)s: conta. Il Comune ha risposto il "
                                     "%(answered)s.", **values),
        ContestationState.SETTLED: _("Definita; ricevuta dal Comune il %(received)s, conta per il suo periodo.",
                                     **values),
        ContestationState.RETRACTED: _("Ritirata: non conta. Il numero resta assegnato."),
    }[ContestationState(row.state)]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Contestations(Contestation, lazy_gettext("Contestazioni dell'azienda"), endpoint="contestation",
                          url="contestazioni")]
