"""What a provider is told before an act against it: the draft, its sending and receipt, the answer, the hearing."""

from __future__ import annotations

from typing import Any

from flask import abort, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response
from wtforms import BooleanField, StringField
from wtforms.validators import Length

from admin.accreditation.passages import READ_BY_PROVIDER, SIGNED
from admin.accreditation.record import OF_UNIT
from admin.accreditation.views import HANDS, READERS
from admin.cases import diary
from admin.cases import letters as letter_pages
from admin.cases.diary import file_url
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.web.acts import (
    ActForm,
    ActPage,
    Passages,
    Step,
    WhyForm,
    act_form,
    carry_out,
    common,
    doing,
    file_of,
    needed_file,
)
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.fields import KEPT, day_field, file_field, text_field
from admin.web.formats import day
from admin.web.forms import SHORT, NumberField, OneField, Sentence, clean, picks
from admin.web.searching import below
from admin.wording import labels
from core.accreditation import forewarnings, law
from core.accreditation.forewarnings import KINDS, STOPS, ActDispatch
from core.accreditation.model import Accreditation, Forewarning
from core.accreditation.states import FOREWARNING_LIFE, ForewarningState
from core.ground.access import ScopedSession
from core.providers.model import ServiceUnit

F = ForewarningState
DECIDERS = policy.ACCREDITATION_OR_MANAGEMENT
NO_NAMES = lazy_gettext("Un motivo per riga. Niente nomi di persone seguite, né dati sulla salute: lo legge il "
                        "gestore.")


class DraftForm(ActForm):
    """The reasons, and the days to answer."""

    reasons = text_field(lazy_gettext("Motivi"), NO_NAMES, longest=5000)
    days = NumberField(lazy_gettext("Giorni per le memorie"), [Sentence()], description=lazy_gettext(
        "Dal giorno in cui il gestore riceve la comunicazione."), render_kw={"inputmode": "numeric"})


class SendForewarningForm(ActForm):
    """The signed act that left."""

    file = file_field(lazy_gettext("Lettera firmata"), SIGNED)
    channel = OneField(lazy_gettext("Mezzo"), [Sentence()], choices=picks(labels.CHOICES["sending.channel"].items()))
    sent_on = day_field(lazy_gettext("Inviata il"))
    protocol_number = StringField(lazy_gettext("Numero di protocollo"), [Length(max=SHORT)], filters=[clean])


class ForewarningReceiptForm(ActForm):
    """The receipt."""

    received_on = day_field(lazy_gettext("Ricevuta dal gestore il"))
    file = file_field(lazy_gettext("Ricevuta"), lazy_gettext(
        "La ricevuta di consegna della PEC, l'avviso di ricevimento o la copia firmata."), needed=False)


class ObserveForm(ActForm):
    """What the provider answers."""

    text = text_field(lazy_gettext("Osservazioni"), lazy_gettext(
        "Si può rispondere a ciascun motivo. Niente nomi di persone seguite, né dati sulla salute."), longest=5000)
    asks_hearing = BooleanField(lazy_gettext("Chiediamo di essere sentiti"))
    on = day_field(lazy_gettext("Arrivate il"))
    file = file_field(lazy_gettext("Documento"), KEPT, needed=False)

    def offer(self, row: Any) -> None:
        """A provider's person answers today; before a refusal one answers in writing."""
        if not policy.ACCREDITATION.admits(principal()):
            del self.on
        if row.kind in STOPS:
            del self.asks_hearing


class ForewarningHearingForm(ActForm):
    """The minutes of the hearing."""

    held_on = day_field(lazy_gettext("Audizione del"))
    present = text_field(lazy_gettext("Presenti"), longest=5000)
    minutes = text_field(lazy_gettext("Che cosa è stato detto"), lazy_gettext(
        "Anche che il gestore non si è presentato. Lo legge anche il gestore."))
    file = file_field(lazy_gettext("Verbale firmato"), SIGNED, needed=False)


def _send(session: ScopedSession, row: Forewarning, form: SendForewarningForm) -> object:
    letter = ActDispatch(needed_file(form.file), form.channel.data or "", form.sent_on.data,
                         form.protocol_number.data or "")
    return forewarnings.send(session, row.id, letter, **common(form))


def _observe(session: ScopedSession, row: Forewarning, form: ObserveForm) -> object:
    return forewarnings.observe(
        session, row.id, text=form.text.data or "", file=file_of(form.file),
        asks_hearing=bool("asks_hearing" in form and form.asks_hearing.data),
        on=form.on.data if "on" in form else None, **common(form)).id


def _before_receiving(row: Forewarning) -> list[str]:
    told = [_("Da questo giorno il gestore ha %(days)s giorni per rispondere.", days=row.days)]
    if row.kind in STOPS:
        told.append(_("Il termine per decidere è sospeso fino a %(days)s giorni dopo le osservazioni o, se non ne "
                      "arrivano, fino alla fine del tempo per presentarle.", days=law.resume_days()))
    return told


STEPS: dict[str, Step] = {
    "send": Step(
        lazy_gettext("Registra l'invio"), lazy_gettext("L'invio è registrato: ora si attende la ricevuta."), _send,
        SendForewarningForm, happens=lambda _row: [
            _("Il gestore legge da subito i motivi, e può rispondere."),
            _("Il suo termine corre dal giorno in cui riceve la lettera: poi si registra la ricevuta."),
            _("Il programma non spedisce nulla: la lettera parte con la PEC o la posta dell'ente.")],
        proposed=lambda _row: {"sent_on": today()}, tint="primary"),
    "receive": Step(
        lazy_gettext("Registra il ricevimento"), lazy_gettext("Il ricevimento è registrato: corre il termine."),
        doing(forewarnings.receive, "received_on", paper="file"), ForewarningReceiptForm, happens=_before_receiving,
        proposed=lambda _row: {"received_on": today()}, tint="primary"),
    "observe": Step(
        lazy_gettext("Rispondi con osservazioni"), lazy_gettext("Le osservazioni sono registrate."), _observe,
        ObserveForm, happens=lambda _row: [
            _("L'ufficio deve tenerne conto: se non le accoglie, il provvedimento dice perché."),
            _("Ciò che si invia non si modifica: si possono aggiungere altre osservazioni.")],
        proposed=lambda _row: {"on": today()}, tint="primary"),
    "hear": Step(
        lazy_gettext("Registra l'audizione"), lazy_gettext("L'audizione è registrata."),
        doing(forewarnings.hear, "held_on", "present", "minutes", "file"), ForewarningHearingForm,
        proposed=lambda row: {"held_on": today(), "present": row.present, "minutes": row.minutes}),
    "withdraw": Step(
        lazy_gettext("Ritira"), lazy_gettext("La comunicazione è ritirata."), doing(forewarnings.withdraw, "why"),
        WhyForm, happens=lambda _row: [_("Il procedimento non va avanti; il motivo resta nel diario."),
                                       _("Il termine per decidere, se era sospeso, riprende da oggi.")],
        rare=True),
}


class Forewarnings(Passages, BaseView):
    """Notices of the reasons before a refusal, communications that a procedure begins (L. 241/1990)."""

    may_read = READERS
    may_write = HANDS
    life = FOREWARNING_LIFE
    steps = STEPS
    read_by = READ_BY_PROVIDER
    writing_pages = Passages.writing_pages | {"edit_draft_view"}
    group = "accreditation"
    title = lazy_gettext("Preavvisi e avvii")
    lead = lazy_gettext("Prima di un diniego, di una sospensione o di una revoca il gestore riceve i motivi e può "
                        "rispondere.")
    empty = lazy_gettext("Nessuna comunicazione: si prepara dalla pagina di un accreditamento.")
    details_template = "accreditation/forewarning.html"
    newest_first = True
    newest_by = ("id",)
    searched = (below(Forewarning.accreditation_id, Accreditation.id, OF_UNIT),)
    column_list = ("kind", "unit", "sent_on", "received_on", "due_on", "state")
    column_labels = {"unit": lazy_gettext("Unità")}
    shown = {"unit": lambda row: row.accreditation.unit.name}
    sorted_by: dict[str, Any] = {}
    load = (joinedload(Forewarning.accreditation).options(
        joinedload(Accreditation.unit).selectinload(ServiceUnit.provider), joinedload(Accreditation.set)),
        selectinload(Forewarning.observations))
    left_out = frozenset()
    filtered = (
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("forewarning", F),
               lambda value: Forewarning.state == value),
        Filter("tipo", lazy_gettext("Prima di"), lambda: list(labels.CHOICES["forewarning.kind"].items()),
               lambda value: Forewarning.kind == value),
    )
    numeric = frozenset()
    on_records = {"edit_draft_view": lazy_gettext("Modifica la bozza")}

    def name_of(self, row: Forewarning) -> str:
        """Kind and unit."""
        return f"{heading(row.kind)} – {row.accreditation.unit.name}"

    def where_it_stands(self, row: Forewarning) -> str:
        """Whose turn it is."""
        match F(row.state):
            case F.DRAFT:
                return _("È una bozza: il gestore non la vede. Si prepara la lettera, si firma, si invia.")
            case F.SENT:
                return _("Inviata il %(day)s: manca la ricevuta, da cui corrono i %(days)s giorni per rispondere.",
                         day=day(row.sent_on), days=row.days)
            case F.RECEIVED:
                return self._received(row)
            case F.CONCLUDED:
                return _("Il procedimento è concluso: il provvedimento sta sulla pagina dell'accreditamento.")
        return _("Ritirata: non ne segue alcun provvedimento.")

    @staticmethod
    def _received(row: Forewarning) -> str:
        told = _("Ricevuta il %(day)s: il gestore può rispondere fino al %(last)s.", day=day(row.received_on),
                 last=day(row.due_on))
        count = len(row.observations)
        if count:
            told += " " + ngettext("È arrivata %(num)s risposta.", "Sono arrivate %(num)s risposte.", count)
        last = forewarnings.stands_until(row)
        if row.kind in STOPS and last is not None and last >= today():
            told += " " + _("Il termine per decidere è sospeso fino al %(day)s.", day=day(last))
        return told

    def acts(self, row: Forewarning) -> list[Act]:
        """What comes next, first; then its letter."""
        found = super().acts(row)
        if row.state == F.DRAFT and DECIDERS.admits(principal()):
            found.append(self.button("edit_draft_view", row))
        return [*found, *letter_pages.buttons(db(), "forewarning", row)]

    def context(self, row: Forewarning) -> dict[str, Any]:
        """Reasons, requirements, answers, hearing; deadlines, letters, diary."""
        return {"deadlines": case_deadlines("forewarning", row.id), "file_url": file_url, "kind": heading(row.kind),
                **diary.context(db(), "forewarning", row.id)}

    @expose("/nuova/", methods=("GET", "POST"))
    @policy.allow(DECIDERS, DECIDERS)
    def new_view(self) -> str | Response:
        """Draft what is told before an act."""
        key, kind = small(request.args.get("accreditamento")), request.args.get("tipo", "")
        row = None if key is None else db().get(Accreditation, key)
        if row is None or kind not in KINDS:
            abort(404)
        form = act_form(DraftForm, row.version, days=law.least_memoir_days())
        if kind in STOPS:
            del form.days
        page = ActPage(
            heading(kind), _("Registra la bozza"), self.get_url("accreditation.details_view", id=row.id),
            _("Accreditamento n. %(code)s – %(unit)s", code=row.code, unit=row.unit.name), [
                _("È una bozza: il gestore la vede soltanto quando è inviata."),
                _("La lettera si prepara da qui: si firma, si invia e si registra la ricevuta."),
                _("Ha %(days)s giorni per le osservazioni; il termine per decidere intanto è sospeso.",
                  days=law.observation_days()) if kind in STOPS else
                _("Può mandare memorie e chiedere di essere sentito: si decide quando il termine è passato.")])
        return carry_out(self, "forewarning.open", form, page, lambda session: forewarnings.open_forewarning(
            session, row.id, kind=kind, reasons=form.reasons.data or "", days=_days(form), **common(form)).id,
            lambda made: self.get_url(".details_view", id=int(made)), _("La bozza è registrata."))

    @expose("/bozza/", methods=("GET", "POST"))
    @policy.allow(DECIDERS, DECIDERS)
    def edit_draft_view(self) -> str | Response:
        """Correct a draft."""
        row = self.get_one(request.args.get("id"))
        form = act_form(DraftForm, row.version, reasons=row.reasons, days=row.days)
        if row.kind in STOPS:
            del form.days
        page = ActPage(heading(row.kind), _("Registra la bozza"), self.after(row.id), self.name_of(row))
        return carry_out(self, "forewarning.edit", form, page, lambda session: forewarnings.edit_forewarning(
            session, row.id, reasons=form.reasons.data or "", days=_days(form), **common(form)).id,
            done=_("La bozza è registrata."))


def _days(form: Any) -> int | None:
    return form.days.data if "days" in form else None


def heading(kind: str) -> str:
    """What a communication is called."""
    return {"refusal": _("Preavviso di rigetto"), "extension": _("Preavviso di diniego della proroga"),
            "suspension": _("Avvio del procedimento di sospensione"),
            "revocation": _("Avvio del procedimento di revoca")}[kind]


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [Forewarnings(Forewarning, lazy_gettext("Preavvisi e avvii"), endpoint="forewarning", url="preavvisi")]
