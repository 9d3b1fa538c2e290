"""The steps of a notice of default as a person does them: the verb, what will happen, what is asked."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.contracts.passages import Step
from admin.guard.session import today
from admin.penalties.default_notices.forms import (
    AnswerForm,
    ComplyForm,
    HearForm,
    ReceiveForm,
    SendForm,
    SummonForm,
    paper,
)
from admin.web.formats import day
from admin.web.passages import CaseForm, WhyForm, common, undo_step, with_why
from core.ground.access import ScopedSession
from core.penalties import operations, undoing
from core.penalties.model import DefaultNotice


def _send(session: ScopedSession, row: DefaultNotice, form: Any) -> object:
    return operations.send(session, row.id, channel=form.channel.data or "", sent_on=form.sent_on.data,
                           protocol_number=form.protocol_number.data or "", paper=paper(form), **common(form))


def _receive(session: ScopedSession, row: DefaultNotice, form: Any) -> object:
    return operations.receive(session, row.id, received_on=form.received_on.data, paper=paper(form), **common(form))


def _answer(session: ScopedSession, row: DefaultNotice, form: Any) -> object:
    return operations.answer(session, row.id, kind=form.kind.data or "", answered_on=form.answered_on.data,
                             text=form.text.data or "", paper=paper(form), **common(form))


def _comply(session: ScopedSession, row: DefaultNotice, form: Any) -> object:
    return operations.comply(session, row.id, complied_on=form.complied_on.data, paper=paper(form), **common(form))


def _summon(session: ScopedSession, row: DefaultNotice, form: Any) -> object:
    return operations.summon(session, row.id, summoned_for=form.summoned_for.data, at=form.at.data,
                             place=form.place.data or "", **common(form))


def _hear(session: ScopedSession, row: DefaultNotice, form: Any) -> object:
    return operations.hear(session, row.id, held_on=form.held_on.data, present=form.present.data or (),
                           minutes=form.minutes.data or "", paper=paper(form), **common(form))


def _no_letter() -> str:
    return _("Il programma non spedisce nulla: la lettera parte con la PEC o la posta dell'ente, e qui si registra.")


def reply_words(row: DefaultNotice) -> str:
    """Until when the azienda may answer."""
    return _("L'azienda può rispondere fino al %(day)s.", day=day(row.reply_due_effective))


STEPS: dict[str, Step] = {
    "send": Step(
        lazy_gettext("Invia la diffida"), lazy_gettext("L'invio è registrato: ora si attende la ricevuta."), _send,
        SendForm,
        happens=lambda row: (
            _("La diffida parte per %(addressee)s e da ora non si modifica più.", addressee=row.addressee),
            _no_letter(),
            _("I termini non corrono ancora: cominciano dal giorno in cui la diffida è ricevuta."),
            _("Dalla ricezione l'azienda avrà %(days)s giorni per rispondere.",
              days=row.contract.terms.reply_days)),
        proposed=lambda _row: {"sent_on": today()}, tint="primary"),
    "receive": Step(
        lazy_gettext("Registra il ricevimento"), lazy_gettext("Il ricevimento è registrato: i termini corrono."),
        _receive, ReceiveForm,
        happens=lambda row: (
            _("Da questo giorno corrono i due termini: per rispondere (%(days)s giorni) e per adempiere.",
              days=row.reply_days),
            _("Un termine che finisce in un giorno festivo si sposta al primo giorno utile.")),
        proposed=lambda _row: {"received_on": today()}, tint="primary"),
    "answer": Step(
        lazy_gettext("Registra la risposta"), lazy_gettext("La risposta è registrata."), _answer, AnswerForm,
        happens=lambda row: (
            reply_words(row), _("Una risposta più tarda si registra e viene segnalata."),
            _("Anche con una risposta le parti si sentono, prima di decidere.")),
        proposed=lambda _row: {"answered_on": today()}, tint="primary"),
    "note_silence": Step(
        lazy_gettext("Registra il silenzio"), lazy_gettext("Il silenzio è registrato."),
        lambda session, row, form: operations.note_silence(session, row.id, **common(form)),
        happens=lambda row: (
            _("Il termine per rispondere è finito il %(day)s senza risposta.", day=day(row.reply_due_effective)),
            _("Una risposta che arriva dopo si può registrare ancora, fino alla decisione.")), form=CaseForm),
    "summon": Step(
        lazy_gettext("Convoca le parti"), lazy_gettext("La convocazione è registrata."), _summon, SummonForm,
        happens=lambda row: (
            _("L'inadempienza si verifica in contraddittorio: si convocano il Comune e l'azienda (art. 24, c. 1)."),
            _no_letter(),
            *((_("Finora la convocazione era per il %(day)s: vale la nuova.", day=day(row.summoned_for)),)
              if row.summoned_for else ())),
        proposed=lambda row: {"summoned_for": row.summoned_for, "at": row.summoned_at, "place": row.summoned_place},
        tint="primary"),
    "hear": Step(
        lazy_gettext("Registra il contraddittorio"), lazy_gettext("Il verbale è registrato."), _hear, HearForm,
        happens=lambda row: (
            _("Il verbale si conserva e lo leggono tutte e due le parti."),
            _("Si decide dopo la fine del termine per rispondere, il %(day)s, anche se la risposta è già arrivata.",
              day=day(row.reply_due_effective))),
        proposed=lambda row: {"held_on": row.summoned_for}, tint="primary"),
    "comply": Step(
        lazy_gettext("Registra l'adempimento"), lazy_gettext("L'adempimento è registrato."), _comply, ComplyForm,
        happens=lambda row: (
            _("Il termine per adempiere finisce il %(day)s.", day=day(row.compliance_due_effective)),
            _("L'adempimento pesa sulla gravità: la decisione resta del Comune.")),
        proposed=lambda _row: {"complied_on": today()}),
    "decide": Step(
        lazy_gettext("Decidi"), lazy_gettext("La decisione è registrata."), lambda _session, row, _form: row,
        tint="primary"),
    "close": Step(
        lazy_gettext("Chiudi la diffida"), lazy_gettext("La diffida è chiusa."), with_why(operations.close), WhyForm,
        happens=lambda _row: (
            _("La pratica finisce qui, con il motivo indicato."),
            _("I danni chiesti a parte restano aperti sul loro conto."))),
    "withdraw": Step(
        lazy_gettext("Ritira la diffida"), lazy_gettext("La diffida è ritirata."), with_why(operations.withdraw),
        WhyForm,
        happens=lambda row: (
            _("Nessun termine corre più e nessuna penale ne può nascere."),
            _("Il numero %(code)s resta assegnato; se è già partita, avvisare l'azienda con una lettera.",
              code=row.code)), tint="danger", rare=True),
    "undo": undo_step(undoing.undo, lazy_gettext("Il passaggio è corretto.")),
}
