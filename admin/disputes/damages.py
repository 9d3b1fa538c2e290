"""Damaging events in the browser: the list, the record, the new one, and what each passage asks."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

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
from admin.web.acts import ActForm, ActPage, Passages, Step, act_form, carry_out, common, doing
from admin.web.base_view import BaseView, Begin
from admin.web.fields import IN_THE_DIARY, KEPT, day_field, file_field, text_field, why_field
from admin.web.formats import day
from admin.web.forms import SHORT, EuroField, OneField, Sentence, clean, number_or_none, picks
from admin.web.searching import worded
from core.contracts.insurance_model import InsurancePolicy
from core.disputes import operations
from core.disputes.model import DamagingEvent
from core.disputes.states import DAMAGE_LIFE, DamagingEventState
from core.ground.access import ScopedSession

NEVER_NAMES = lazy_gettext("In parole generali, per esempio «un'utente del servizio»: mai nomi né dati sulla salute.")


class DamageForm(NewForm):
    """A damaging event."""

    service_id = service_field()
    happened_on = day_field(lazy_gettext("Accaduto il"))
    known_on = day_field(lazy_gettext("Conosciuto il"), lazy_gettext(
        "Da questo giorno decorre il termine per comunicarlo al Comune (art. 21, c. 1)."))
    text = text_field(lazy_gettext("Che cosa è successo"), NEVER_NAMES)
    injured = StringField(lazy_gettext("Chi ha subìto il danno"), [Length(max=SHORT)], filters=[clean],
                          description=NEVER_NAMES)
    insurance_policy_id = OneField(lazy_gettext("Polizza"), coerce=number_or_none, description=lazy_gettext(
        "Quella che copre il fatto, se c'è: anche l'assicurazione va avvisata entro tre giorni (art. 1913 c.c.)."))


class InsurerForm(ActForm):
    """When the insurer was told."""

    policy_id = OneField(lazy_gettext("Polizza"), [Sentence()], coerce=number_or_none)
    told_on = day_field(lazy_gettext("Denunciato il"))
    claim_number = StringField(lazy_gettext("Numero del sinistro"), [Length(max=SHORT)], filters=[clean])
    file = file_field(lazy_gettext("Denuncia"), KEPT, needed=False)

    def offer(self, row: DamagingEvent) -> None:
        """The policies of the contract and of all."""
        self.policy_id.choices = policies(row.contract_id)


class RestoreForm(ActForm):
    """What was done at once."""

    on = day_field(lazy_gettext("Giorno"))
    text = text_field(lazy_gettext("Che cosa è stato fatto"), longest=2000)


class CloseForm(ActForm):
    """How it ended."""

    outcome = why_field(lazy_gettext("Esito"), IN_THE_DIARY)
    compensation = EuroField(lazy_gettext("Importo risarcito"), description=lazy_gettext(
        "In euro. Vuoto se non è noto: zero vuol dire che non si è pagato nulla."))


def policies(contract_id: int | None = None) -> Any:
    """The policies, of one contract and of all where it is known."""
    query = select(InsurancePolicy).order_by(InsurancePolicy.valid_from.desc())
    if contract_id is not None:
        query = query.where(or_(InsurancePolicy.contract_id == contract_id, InsurancePolicy.contract_id.is_(None)))
    return picks([("", "–"), *((row.id, f"{row} ({day(row.valid_from)} – {day(row.valid_to)})")
                               for row in db().scalars(query))])


def _tell(session: ScopedSession, row: DamagingEvent, form: Any) -> object:
    return operations.tell_municipality(session, row.id, dispatched(form), **common(form))


def _insure(session: ScopedSession, row: DamagingEvent, form: Any) -> object:
    proof = proof_of(session, row, form, _("Denuncia all'assicurazione"))
    return operations.tell_insurer(
        session, row.id, policy_id=form.policy_id.data or 0, told_on=form.told_on.data,
        claim_number=form.claim_number.data or "", document_id=proof, **common(form))


STEPS: dict[str, Step] = {
    "tell": Step(
        lazy_gettext("Registra la comunicazione al Comune"), lazy_gettext("La comunicazione è registrata."), _tell,
        DispatchForm, tint="primary", proposed=lambda _row: {"sent_on": today()},
        happens=lambda row: (
            _("La lettera si registra come inviata a %(name)s, che da ora vede l'evento.", name=row.municipality.name),
            _("Nulla parte da qui: la lettera si invia prima, per PEC, raccomandata o a mano."))),
    "insure": Step(
        lazy_gettext("Registra la denuncia all'assicurazione"), lazy_gettext("La denuncia è registrata."), _insure,
        InsurerForm, proposed=lambda row: {"told_on": today(), "policy_id": row.insurance_policy_id},
        happens=lambda _row: (_("Da questo momento si attende l'assicurazione."),
                              _("Il Comune va comunque avvisato con la sua lettera."))),
    "restore": Step(
        lazy_gettext("Registra un ripristino"), lazy_gettext("Il ripristino è registrato."),
        doing(operations.record_restoration, "text", "on"), RestoreForm,
        proposed=lambda _row: {"on": today()},
        happens=lambda _row: (_("L'azienda ripristina subito quello che il danno ha rotto o interrotto (art. 21)."),)),
    "close": Step(
        lazy_gettext("Chiudi l'evento"), lazy_gettext("L'evento è chiuso."),
        doing(operations.close_damage, "outcome", "compensation"),
        CloseForm,
        happens=lambda _row: (_("Non si attende più nulla: le sue scadenze si chiudono."),
                              _("Le pretese oltre la penale si seguono nella diffida, non qui."))),
    "undo": undo_step(DAMAGE_LIFE, operations.undo_damage, lazy_gettext("Il passaggio è corretto.")),
}


class Damages(Passages, BaseView):
    """Damaging events (R95): the management keeps them, the municipality sees those that it was told."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "disputes"
    title = lazy_gettext("Eventi dannosi")
    lead = lazy_gettext("Ogni fatto che ha fatto danno si comunica subito al Comune (art. 21, c. 1) e, se una polizza "
                        "lo copre, all'assicurazione. Niente nomi di cittadini.")
    empty = lazy_gettext("Nessun evento dannoso è registrato.")
    details_template = "disputes/damage.html"
    begins = (Begin(lazy_gettext("Registra un evento dannoso"), ".new_view"),)
    newest_first = True
    newest_by = ("year", "number")
    column_list = ("code", "title", "municipality", "happened_on", "told_on", "state")
    column_labels = {"code": lazy_gettext("Numero"), "municipality": lazy_gettext("Comune")}
    searched = (worded,)
    sorted_by = {"code": DamagingEvent.id}
    filtered = filters(DamagingEvent, DamagingEventState)
    load = (selectinload(DamagingEvent.municipality), joinedload(DamagingEvent.service),
            joinedload(DamagingEvent.contract), joinedload(DamagingEvent.policy))
    life = DAMAGE_LIFE
    steps = STEPS
    one_button = {"tell_last": "tell", "insure_first": "insure"}

    def timely(self, row: DamagingEvent, action: str) -> bool:
        """The insurer is told once."""
        return action != "insure" or row.insurer_told_on is None

    def name_of(self, row: DamagingEvent) -> str:
        """Number and subject."""
        return _("Evento dannoso n. %(code)s – %(title)s", code=row.code, title=row.title)

    def where_it_stands(self, row: DamagingEvent) -> str:
        """One sentence: who still has to be told."""
        return stands(row)

    def context(self, row: DamagingEvent) -> dict[str, Any]:
        """The facts, the deadlines and the diary."""
        beside = diary.context(db(), "damaging_event", row.id)
        known = diary.Event(None, "", _("L'azienda ha conosciuto il fatto."), on=row.known_on)
        return {"header": header(row), "deadlines": case_deadlines("damaging_event", row.id), **beside,
                "events": [*beside["events"], known]}

    @expose("/nuovo/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Record an event."""
        form = act_form(DamageForm, party=party_named(request.args.get("parte")), known_on=today())
        form.party.choices, form.service_id.choices = party_choices(), conferred_services()
        form.insurance_policy_id.choices = policies()
        page = ActPage(_("Nuovo evento dannoso"), _("Registra l'evento"), self.get_url(".index_view"),
                       str(self.title), [
            _("Decorrono i termini per comunicarlo al Comune e, se una polizza lo copre, per avvisare "
              "l'assicurazione."),
            _("Il Comune non lo vede ancora: lo vede quando si registra la comunicazione.")])

        def work(session: ScopedSession) -> int:
            contract_id, municipality_id = pair(form.party.data)
            return operations.record_damage(
                session, contract_id, municipality_id, title=form.title.data or "", text=form.text.data or "",
                injured=form.injured.data or "", happened_on=form.happened_on.data, known_on=form.known_on.data,
                service_id=form.service_id.data, insurance_policy_id=form.insurance_policy_id.data, today=today()).id

        return carry_out(self, "damaging_event.record", form, page, work, self.after,
                         _("L'evento è registrato."))


def stands(row: DamagingEvent) -> str:
    """Where an event stands, in words."""
    values = {"known": day(row.known_on), "told": day(row.told_on), "insurer": day(row.insurer_told_on)}
    if row.state == DamagingEventState.RECORDED and row.insurer_told_on:
        return _("Conosciuto il %(known)s, all'assicurazione dal %(insurer)s: il Comune va ancora avvisato.", **values)
    if row.state == DamagingEventState.TOLD and row.insurance_policy_id:
        return _("Comunicato al Comune il %(told)s: resta da avvisare l'assicurazione.", **values)
    return {
        DamagingEventState.RECORDED: _("Conosciuto il %(known)s: il Comune va avvisato subito.", **values),
        DamagingEventState.TOLD: _("Comunicato al Comune il %(told)s; nessuna polizza è indicata.", **values),
        DamagingEventState.WITH_INSURER: _(
            "Comunicato al Comune il %(told)s e denunciato all'assicurazione il %(insurer)s: se ne attende l'esito.",
            **values),
        DamagingEventState.CLOSED: _("Chiuso."),
    }[DamagingEventState(row.state)]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Damages(DamagingEvent, lazy_gettext("Eventi dannosi"), endpoint="damaging_event", url="eventi-dannosi")]
