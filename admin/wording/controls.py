"""The Italian words of core/controls: tables, columns, helps, coded choices, states, passages, events of deadlines."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

Word = Any  # a lazy string: it takes the reader's language when it is shown

# table: (a name with its article, for sentences; a name for headings)
TABLES: dict[str, tuple[Word, Word]] = {
    "control": (_("il controllo"), _("Controlli del Comune")),
    "control_finding": (_("il rilievo del controllo"), _("Rilievi dei controlli")),
}
COLUMNS: dict[str, Word] = {
    "control.answer": _("Risposta dell'azienda"),
    "control.answer_by": _("Risposta entro il"),
    "control.answered_on": _("Risposta del"),
    "control.asked_on": _("Chiesto il"),
    "control.held_on": _("Svolto il"),
    "control.kind": _("Tipo di controllo"),
    "control.minutes": _("Verbale"),
    "control.notice_id": _("Diffida"),
    "control.planned_on": _("Giorno fissato"),
    "control.present": _("Presenti"),
    "control.service_id": _("Servizio"),
    "control.text": _("Che cosa si chiede"),
    "control.title": _("Oggetto"),
    "control_finding.control_id": _("Controllo"),
    "control_finding.serious": _("Rilievo grave"),
    "control_finding.text": _("Rilievo"),
}
HELP: dict[str, Word] = {}
CHOICES: dict[str, dict[str, Word]] = {
    "control.kind": {
        "request": _("Richiesta di informazioni"), "visit": _("Visita"), "inspection": _("Ispezione"),
    },
    "deadline_rule.subject": {"control": _("Controllo del Comune")},
}
# state: (word, tint)
STATES: dict[str, tuple[Word, str]] = {
    "answered": (_("Con risposta"), "blue"),
    "held": (_("Svolto"), "blue"),
    "notice_opened": (_("Con diffida"), "red"),
}
# case: action: what happened, with %(day)s
PASSAGES: dict[str, dict[str, Word]] = {
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
EVENTS: dict[str, Word] = {
    "control.asked": _("Controllo chiesto dal Comune"),
    "control.answered": _("Risposta al controllo"),
    "control.planned": _("Giorno fissato per la visita"),
    "control.held": _("Visita o ispezione svolta"),
}
