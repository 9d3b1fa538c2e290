"""The passages of a control as a person does them: the verb, what will happen, what is asked."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Select, select
from wtforms import BooleanField

from admin.cases.passages import proof_of, undo_step
from admin.contracts.cases import NO_NAMES, NewForm, service_field
from admin.guard.session import db, today
from admin.web.acts import ActForm, Step, WhyForm, common, doing
from admin.web.fields import IN_THE_DIARY, KEPT, day_field, file_field, text_field, why_field
from admin.web.formats import day
from admin.web.forms import SHORT, LinesField, OneField, Sentence, number_or_none, picks
from admin.wording import labels
from core.controls import operations
from core.controls.model import Control
from core.controls.states import LIFE
from core.ground.access import ScopedSession
from core.penalties.model import DefaultNotice
from core.penalties.states import DefaultNoticeState

NEW_NOTICE = "default_notice.new_view"
USUAL_DAYS = timedelta(days=15)  # only proposed: who asks sets the term


class AskForm(NewForm):
    """What a municipality asks for."""

    kind = OneField(lazy_gettext("Tipo di controllo"), [Sentence()],
                    choices=picks([("", "–"), *labels.CHOICES["control.kind"].items()]))
    service_id = service_field()
    text = text_field(lazy_gettext("Che cosa si chiede"), lazy_gettext(
        "Le informazioni, i documenti, i luoghi da vedere. Niente nomi di cittadini né dati sulla loro salute."))
    asked_on = day_field(labels.column("control", "asked_on"))
    answer_by = day_field(lazy_gettext("Risposta entro il"), lazy_gettext(
        "Il termine lo fissa chi chiede: sono proposti quindici giorni."))


class ControlAnswerForm(ActForm):
    """What the azienda answers."""

    text = text_field(lazy_gettext("Risposta"), NO_NAMES)
    answered_on = day_field(lazy_gettext("Risposta del"))
    planned_on = day_field(lazy_gettext("Giorno fissato"), lazy_gettext("Il giorno in cui si tiene la visita."),
                           needed=False)
    file = file_field(lazy_gettext("File della risposta"), KEPT, needed=False)

    def offer(self, row: Control) -> None:
        """A request fixes no day."""
        if not row.on_site:
            del self.planned_on


class InsistForm(WhyForm):
    """Why the answer is not enough."""

    why = why_field(lazy_gettext("Che cosa manca"), IN_THE_DIARY)
    answer_by = day_field(lazy_gettext("Nuova risposta entro il"))


class ControlMinutesForm(ActForm):
    """The minutes of a visit."""

    held_on = day_field(lazy_gettext("Giorno"))
    present = text_field(lazy_gettext("Presenti"), lazy_gettext(
        "Chi c'era per il Comune e per l'azienda, con il proprio ruolo."), longest=SHORT * 4)
    minutes = text_field(lazy_gettext("Verbale"), NO_NAMES)
    serious = LinesField(lazy_gettext("Rilievi gravi"), description=lazy_gettext(
        "Uno per riga: quelli per cui si può aprire una diffida."))
    findings = LinesField(lazy_gettext("Altri rilievi"), description=lazy_gettext("Uno per riga."))
    file = file_field(lazy_gettext("Verbale firmato"), KEPT, needed=False)


class FindForm(ActForm):
    """Something that was found."""

    text = text_field(lazy_gettext("Rilievo"), NO_NAMES)
    serious = BooleanField(lazy_gettext("È grave"), description=lazy_gettext(
        "Per un rilievo grave si può aprire una diffida."))


class ControlNoticeForm(ActForm):
    """The notice that a control led to."""

    notice_id = OneField(lazy_gettext("Diffida"), [Sentence()], coerce=number_or_none)

    def offer(self, row: Control) -> None:
        """The notices of the same contract and municipality."""
        rows = db().scalars(notices_of(row))
        self.notice_id.choices = picks([("", "–"), *((notice.id, str(notice)) for notice in rows)])


def notices_of(row: Control) -> Select[DefaultNotice]:
    """The notices of the contract and municipality of a control, the newest first."""
    return select(DefaultNotice).where(
        DefaultNotice.contract_id == row.contract_id, DefaultNotice.municipality_id == row.municipality_id,
        DefaultNotice.state != DefaultNoticeState.WITHDRAWN).order_by(DefaultNotice.id.desc())


def proposed_days() -> dict[str, date]:
    """Asked today, with the usual term."""
    return {"asked_on": today(), "answer_by": today() + USUAL_DAYS}


def notice_url(row: Control) -> str | None:
    """The page of the notice that a control led to."""
    page = "default_notice.details_view"
    there = row.notice_id is not None and page in current_app.view_functions
    return url_for(page, id=row.notice_id) if there else None


def _answer(session: ScopedSession, row: Control, form: Any) -> object:
    planned = form.planned_on.data if "planned_on" in form else None
    proof = proof_of(session, row, form, _("Risposta al controllo n. %(code)s", code=row.code))
    return operations.answer(session, row.id, text=form.text.data or "", answered_on=form.answered_on.data,
                             planned_on=planned, document_id=proof, **common(form))


def _hold(session: ScopedSession, row: Control, form: Any) -> object:
    proof = proof_of(session, row, form, _("Verbale del controllo n. %(code)s", code=row.code))
    return operations.hold(
        session, row.id, held_on=form.held_on.data, present=form.present.data or "", minutes=form.minutes.data or "",
        findings=form.findings.data or (), serious=form.serious.data or (), document_id=proof, **common(form))


STEPS: dict[str, Step] = {
    "answer": Step(
        lazy_gettext("Rispondi"), lazy_gettext("La risposta è registrata."), _answer, ControlAnswerForm, tint="primary",
        happens=lambda row: (
            _("Il Comune legge la risposta e il suo file."),
            *((_("La visita resta fissata al giorno indicato, con il suo avviso."),) if row.on_site else ()),
            _("Il termine della risposta era il %(day)s.", day=day(row.answer_by))),
        proposed=lambda row: {"answered_on": today(), "planned_on": row.planned_on}),
    "hold": Step(
        lazy_gettext("Registra il verbale"), lazy_gettext("Il verbale è registrato."), _hold, ControlMinutesForm,
        tint="primary", proposed=lambda row: {"held_on": min(row.planned_on or today(), today())},
        happens=lambda _row: (
            _("Il verbale e i rilievi restano nel controllo: li leggono il Comune e l'azienda."),
            _("Dai rilievi gravi si può aprire una diffida; nulla parte da solo."))),
    "insist": Step(
        lazy_gettext("Chiedi ancora"), lazy_gettext("La richiesta torna all'azienda."),
        doing(operations.insist, "why", "answer_by"), InsistForm,
        happens=lambda _row: (_("L'azienda deve rispondere di nuovo, entro il nuovo termine."),
                              _("La prima risposta resta nel diario.")),
        proposed=lambda _row: {"answer_by": today() + USUAL_DAYS}),
    "find": Step(
        lazy_gettext("Aggiungi un rilievo"), lazy_gettext("Il rilievo è registrato."),
        doing(operations.add_finding, "text", "serious"), FindForm,
        happens=lambda _row: (_("Lo leggono il Comune e l'azienda; di quelli gravi si può aprire una diffida."),)),
    "close": Step(
        lazy_gettext("Chiudi il controllo"), lazy_gettext("Il controllo è chiuso."), doing(operations.close, "why"),
        WhyForm, happens=lambda _row: (_("Il controllo finisce qui: non si risponde più e non ne nasce una diffida."),
                                       _("Scrivere che cosa ne è venuto."))),
    "open_notice": Step(
        lazy_gettext("Collega una diffida già aperta"), lazy_gettext("La diffida è collegata."),
        lambda session, row, form: operations.open_notice(session, row.id, form.notice_id.data, **common(form)),
        ControlNoticeForm, rare=True,
        happens=lambda _row: (_("Il controllo finisce qui: il seguito è nella diffida."),)),
    "cancel": Step(
        lazy_gettext("Ritira la richiesta"), lazy_gettext("La richiesta è ritirata."), doing(operations.cancel, "why"),
        WhyForm, tint="danger", rare=True,
        happens=lambda _row: (_("L'azienda non deve più rispondere."), _("Il numero resta assegnato."))),
    "undo": undo_step(LIFE, operations.undo, lazy_gettext("Il passaggio è corretto.")),
}
