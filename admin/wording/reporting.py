"""The Italian words of core/reporting."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "service_staff": (_("il personale di un servizio"), _("Personale dei servizi")),
    "staff_figure": (_("la figura del personale"), _("Figure del personale")),
    "investment": (_("l'investimento"), _("Investimenti")),
    "yearly_report": (_("la relazione annuale"), _("Relazione annuale")),
}
COLUMNS: Words = {
    "investment.planned": pgettext("reporting", "Previsto"),
    "investment.made": pgettext("reporting", "Realizzato"),
    "investment.title": pgettext("reporting", "Investimento"),
    "investment.source_id": pgettext("reporting", "Fonte di finanziamento"),
    "investment.act_id": pgettext("reporting", "Atto"),
    "staff_figure.staff_id": pgettext("reporting", "Personale di"),
    "staff_figure.profession": pgettext("reporting", "Figura professionale"),
    "staff_figure.kind": pgettext("reporting", "Rapporto"),
    "staff_figure.people": pgettext("reporting", "Persone"),
    "yearly_report.budget_id": pgettext("reporting", "Bilancio d'esercizio"),
    "yearly_report.received_on": pgettext("reporting", "Ricevuta il"),
    "yearly_report.sending_id": pgettext("reporting", "Lettera"),
    "yearly_report.sent_on": pgettext("reporting", "Inviata il"),
    "staff_figure.full_time": pgettext("reporting", "Posti a tempo pieno"),
}
HELPS: Words = {
    "investment.service_id": _("Vuoto se l'investimento è per tutta l'azienda."),
    "investment.made": _("Vuoto finché non si sa quanto si è speso."),
}
CHOICES: Choices = {
    "deadline_rule.subject": {"yearly_report": _("Relazione annuale")},
    "staff_figure.kind": {
        "own": _("dipendenti dell'azienda"), "contract": _("altre forme contrattuali"),
        "assigned": _("assegnati dagli enti soci"), "outside": _("nelle forme dell'art. 8"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "yearly_report": {
        "draft": (pgettext("yearly_report", "Da inviare"), "amber"),
        "sent": (pgettext("yearly_report", "Inviata"), "blue"),
        "received": (pgettext("yearly_report", "Ricevuta"), "green"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "yearly_report": {
        "send": _("Relazione inviata il %(day)s."),
        "receive": _("Relazione ricevuta il %(day)s."),
    },
}
EVENTS: Words = {
    "report.accounts": _("Bilancio d'esercizio approvato"),
    "report.sent": _("Relazione annuale inviata"),
}
LETTERS: Words = {"yearly_report": _("Relazione annuale")}
