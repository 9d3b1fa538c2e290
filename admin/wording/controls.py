"""The Italian words of core/controls."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "control": (_("il controllo"), _("Controlli del Comune")),
    "control_finding": (_("il rilievo del controllo"), _("Rilievi dei controlli")),
}
COLUMNS: Words = {
    "control.answer": pgettext("controls", "Risposta dell'azienda"),
    "control.answer_by": pgettext("controls", "Risposta entro il"),
    "control.answered_on": pgettext("controls", "Risposta del"),
    "control.asked_on": pgettext("controls", "Chiesto il"),
    "control.held_on": pgettext("controls", "Svolto il"),
    "control.kind": pgettext("controls", "Tipo di controllo"),
    "control.minutes": pgettext("controls", "Verbale"),
    "control.notice_id": pgettext("controls", "Diffida"),
    "control.planned_on": pgettext("controls", "Giorno fissato"),
    "control.present": pgettext("controls", "Presenti"),
    "control.service_id": pgettext("controls", "Servizio"),
    "control.text": pgettext("controls", "Che cosa si chiede"),
    "control.title": pgettext("controls", "Oggetto"),
    "control_finding.control_id": pgettext("controls", "Controllo"),
    "control_finding.serious": pgettext("controls", "Rilievo grave"),
    "control_finding.text": pgettext("controls", "Rilievo"),
}
CHOICES: Choices = {
    "deadline_rule.subject": {"control": _("Controllo del Comune")},
    "control.kind": {"request": _("Richiesta di informazioni"), "visit": _("Visita"), "inspection": _("Ispezione")},
}
# subject: state: (word, tint)
STATES: States = {
    "control": {
        "asked": (pgettext("control", "Richiesto"), "amber"),
        "answered": (pgettext("control", "Con risposta"), "blue"),
        "held": (pgettext("control", "Svolto"), "blue"),
        "closed": (pgettext("control", "Chiuso"), "grey"),
        "notice_opened": (pgettext("control", "Con diffida"), "red"),
        "cancelled": (pgettext("control", "Annullato"), "red"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "control": {
        "answer": _("L'azienda ha risposto il %(day)s."),
        "insist": _("La risposta non basta: chiesto di nuovo il %(day)s."),
        "hold": _("Visita o ispezione svolta il %(day)s, con verbale."),
        "find": _("Aggiunto un rilievo il %(day)s."),
        "close": _("Chiuso il %(day)s."),
        "open_notice": _("Ne è nata una diffida il %(day)s."),
        "cancel": _("Richiesta ritirata il %(day)s."),
    },
}
EVENTS: Words = {
    "control.asked": _("Controllo chiesto dal Comune"),
    "control.answered": _("Risposta al controllo"),
    "control.planned": _("Giorno fissato per la visita"),
    "control.held": _("Visita o ispezione svolta"),
}
