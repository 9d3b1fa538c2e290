"""The Italian words of core/payments."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "bank_statement": (_("l'estratto conto"), _("Estratti conto")),
    "payment": (_("il pagamento"), _("Pagamenti")),
    "settlement": (_("l'imputazione del pagamento"), _("Imputazioni dei pagamenti")),
    "statement_line": (_("il movimento"), _("Movimenti")),
}
COLUMNS: Words = {
    "batch": pgettext("payments", "Accredito cumulativo"),
    "booked_on": pgettext("payments", "Contabilizzato il"),
    "format": pgettext("payments", "Formato"),
    "from_day": pgettext("payments", "Dal"),
    "iban": pgettext("payments", "IBAN"),
    "imported_at": pgettext("payments", "Letto il"),
    "left_out": pgettext("payments", "Righe non tenute"),
    "instalment_id": pgettext("payments", "Rata"),
    "other_readings": pgettext("payments", "Causale, letta altrimenti"),
    "method": pgettext("payments", "Modo di pagamento"),
    "payer": pgettext("payments", "Ordinante"),
    "payer_iban": pgettext("payments", "IBAN dell'ordinante"),
    "payment_id": pgettext("payments", "Pagamento"),
    "receipt_id": pgettext("payments", "Ricevuta"),
    "received_on": pgettext("payments", "Ricevuto il"),
    "reference": pgettext("payments", "Causale"),
    "refunds_id": pgettext("payments", "Restituisce parte del pagamento"),
    "remark": pgettext("payments", "Osservazione"),
    "reverses_id": pgettext("payments", "Storna il pagamento"),
    "statement_id": pgettext("payments", "Estratto conto"),
    "to_day": pgettext("payments", "Al"),
    "whole": pgettext("payments", "Parte di un accredito di"),
}
CHOICES: Choices = {
    "deadline_rule.subject": {"payment": _("Pagamento")},
    "payment.method": {
        "bank_transfer": _("Bonifico bancario"), "treasury": _("Giroconto di tesoreria"),
        "post": _("Versamento alle Poste"), "pagopa": _("pagoPA"), "offset": _("Compensazione con un credito"),
    },
    "bank_statement.format": {"camt": _("CAMT"), "csv": _("CSV"), "xlsx": _("Excel"), "cbi": _("CBI")},
}
# subject: state: (word, tint)
STATES: States = {
    "statement_line": {
        "open": (pgettext("statement_line", "Da abbinare"), "amber"),
        "matched": (pgettext("statement_line", "Abbinato"), "green"),
        "ignored": (pgettext("statement_line", "Escluso"), "grey"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "statement_line": {
        "match": _("Abbinato il %(day)s."),
        "ignore": _("Escluso il %(day)s: non è una rata."),
        "reopen": _("Di nuovo da abbinare dal %(day)s."),
    },
}
EVENTS: Words = {
    "payment.beyond": _("Arrivo di più di quanto era chiesto"),
    "payment.used_up": _("Uso o restituzione di quanto è arrivato in più"),
}
