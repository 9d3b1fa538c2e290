"""The steps of a notice of default as a person does them: the verb, what will happen, what is asked."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.cases.passages import undo_step
from admin.guard.session import db, today
from admin.penalties.default_notices.forms import (
    AnswerForm,
    ComplyForm,
    NoticeHearingForm,
    NoticeReceiptForm,
    SendNoticeForm,
    SummonForm,
)
from admin.web.acts import OthersWhyForm, Step, doing, doing_others
from admin.web.formats import day
from core.cases import letters
from core.cases.letters import Offer
from core.penalties import operations, undoing
from core.penalties.model import DefaultNotice
from core.penalties.states import NOTICE_LIFE


def _no_letter() -> str:
    return _("Il programma non spedisce nulla: la lettera parte con la PEC o la posta dell'ente, e qui si registra.")


def reply_words(row: DefaultNotice) -> str:
    """Until when the azienda may answer."""
    return _("L'azienda può rispondere fino al %(day)s.", day=day(row.reply_due_effective))


def _proposed_hearing(row: DefaultNotice) -> dict[str, Any]:
    """What was typed for the minutes, where they were prepared as a letter; else the day of the summons."""
    said = letters.said_before(db(), "default_notice", row.id, Offer("hearing_minutes"))
    return {"held_on": said.get("held_on") or row.summoned_for, "minutes": said.get("minutes"),
            "present": tuple(letters.text(said.get("present")).splitlines())}


STEPS: dict[str, Step] = {
    "send": Step(
        lazy_gettext("Registra l'invio della diffida"),
        lazy_gettext("L'invio è registrato: ora si attende la ricevuta."),
        doing(operations.send, "channel", "sent_on", "protocol_number", paper="file"), SendNoticeForm,
        happens=lambda row: (
            _("La diffida parte per %(addressee)s e da ora non si modifica più.", addressee=row.addressee),
            _no_letter(),
            _("I termini non corrono ancora: cominciano dal giorno in cui la diffida è ricevuta."),
            _("Dalla ricezione l'azienda avrà %(days)s giorni per rispondere.",
              days=row.contract.terms.reply_days)),
        proposed=lambda _row: {"sent_on": today()}, tint="primary"),
    "receive": Step(
        lazy_gettext("Registra il ricevimento"), lazy_gettext("Il ricevimento è registrato: i termini corrono."),
        doing(operations.receive, "received_on", paper="file"), NoticeReceiptForm,
        happens=lambda row: (
            _("Da questo giorno corrono i due termini: per rispondere (%(days)s giorni) e per adempiere.",
              days=row.reply_days),
            _("Un termine che finisce in un giorno festivo si sposta al primo giorno utile.")),
        proposed=lambda _row: {"received_on": today()}, tint="primary"),
    "answer": Step(
        lazy_gettext("Registra la risposta"), lazy_gettext("La risposta è registrata."),
        doing(operations.answer, "kind", "answered_on", "text", paper="file"), AnswerForm,
        happens=lambda row: (
            reply_words(row), _("Una risposta più tarda si registra e viene segnalata."),
            _("Anche con una risposta le parti si sentono, prima di decidere.")),
        proposed=lambda _row: {"answered_on": today()}, tint="primary"),
    "note_silence": Step(
        lazy_gettext("Registra il silenzio"), lazy_gettext("Il silenzio è registrato."),
        doing(operations.note_silence),
        happens=lambda row: (
            _("Il termine per rispondere è finito il %(day)s senza risposta.", day=day(row.reply_due_effective)),
            _("Una risposta che arriva dopo si può registrare ancora, fino alla decisione."))),
    "summon": Step(
        lazy_gettext("Convoca le parti"), lazy_gettext("La convocazione è registrata."),
        doing(operations.summon, "summoned_for", "at", "place"), SummonForm,
        happens=lambda row: (
            _("L'inadempienza si verifica in contraddittorio: si convocano il Comune e l'azienda (art. 24, c. 1)."),
            _no_letter(),
            *((_("Finora la convocazione era per il %(day)s: vale la nuova.", day=day(row.summoned_for)),)
              if row.summoned_for else ())),
        proposed=lambda row: {"summoned_for": row.summoned_for, "at": row.summoned_at, "place": row.summoned_place},
        tint="primary"),
    "hear": Step(
        lazy_gettext("Registra il contraddittorio"), lazy_gettext("Il verbale è registrato."),
        doing(operations.hear, "held_on", "present", "minutes", paper="file"), NoticeHearingForm,
        happens=lambda row: (
            _("Il verbale si conserva e lo leggono tutte e due le parti."),
            _("Si decide dopo la fine del termine per rispondere, il %(day)s, anche se la risposta è già arrivata.",
              day=day(row.reply_due_effective))),
        proposed=lambda row: _proposed_hearing(row), tint="primary"),
    "comply": Step(
        lazy_gettext("Registra l'adempimento"), lazy_gettext("L'adempimento è registrato."),
        doing(operations.comply, "complied_on", paper="file"), ComplyForm,
        happens=lambda row: (
            _("Il termine per adempiere finisce il %(day)s.", day=day(row.compliance_due_effective)),
            _("L'adempimento pesa sulla gravità: la decisione resta del Comune.")),
        proposed=lambda _row: {"complied_on": today()}),
    "decide": Step(
        lazy_gettext("Decidi"), lazy_gettext("La decisione è registrata."), lambda _session, row, _form: row,
        tint="primary"),
    "decide_early": Step(
        lazy_gettext("Decidi prima del termine"), lazy_gettext("La decisione è registrata."),
        lambda _session, row, _form: row, tint="danger", rare=True),
    "close": Step(
        lazy_gettext("Chiudi la diffida"), lazy_gettext("La diffida è chiusa."),
        doing_others(operations.close, "why"), OthersWhyForm,
        happens=lambda _row: (
            _("La pratica finisce qui, con il motivo indicato."),
            _("I danni chiesti a parte restano aperti sul loro conto."))),
    "withdraw": Step(
        lazy_gettext("Ritira la diffida"), lazy_gettext("La diffida è ritirata."),
        doing_others(operations.withdraw, "why"), OthersWhyForm,
        happens=lambda row: (
            _("Nessun termine corre più e nessuna penale ne può nascere."),
            _("Il numero %(code)s resta assegnato; se è già partita, avvisare l'azienda con una lettera.",
              code=row.code)), tint="danger", rare=True),
    "undo": undo_step(NOTICE_LIFE, undoing.undo, lazy_gettext("Il passaggio è corretto.")),
}
