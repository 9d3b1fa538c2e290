"""The Italian words of core/instalments."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "commitment": (_("l'impegno di spesa"), _("Impegni di spesa")),
    "instalment": (_("la rata"), _("Rate")),
    "interest_rate": (_("il tasso di interesse"), _("Tassi di interesse")),
    "request_round": (_("la richiesta delle rate"), _("Richieste delle rate")),
}
COLUMNS: Words = {
    "base": pgettext("instalments", "Base di calcolo"),
    "base_kind": pgettext("instalments", "Base di calcolo"),
    "checked_on": pgettext("instalments", "Verificato il"),
    "cig": pgettext("instalments", "CIG (codice identificativo di gara)"),
    "commitment.act": pgettext("instalments", "Atto di impegno"),
    "due": pgettext("instalments", "Scade il"),
    "corrects_id": pgettext("instalments", "Corregge la rata"),
    "effective": pgettext("instalments", "Scadenza effettiva"),
    "event": pgettext("instalments", "Evento"),
    "instalment.title": pgettext("instalments", "Rata"),
    "interest_rate.percent": pgettext("instalments", "Tasso annuo (%)"),
    "invoice_number": pgettext("instalments", "Fattura n."),
    "invoice_on": pgettext("instalments", "Data della fattura"),
    "nominal": pgettext("instalments", "Scadenza nominale"),
    "paid": pgettext("instalments", "Pagato"),
    "percent": pgettext("instalments", "Percentuale"),
    "reason": pgettext("instalments", "Motivo"),
    "requested_on": pgettext("instalments", "Richiesta il"),
    "round_id": pgettext("instalments", "Richiesta delle rate"),
    "rule_id": pgettext("instalments", "Regola"),
    "sdi_id": pgettext("instalments", "Identificativo SdI"),
}
HELPS: Words = {
    "interest_rate.source": _("Il decreto o il comunicato. Scrivere «da verificare» finché non è stato letto."),
    "interest_rate.valid_from": _("Vale da questo giorno fino al tasso seguente dello stesso tipo, al più fino al 31 "
                                  "dicembre."),
}
CHOICES: Choices = {
    "deadline_rule.subject": {"instalment": _("Rata"), "azienda": _("Anno dell'azienda")},
    "instalment.kind": {
        "advance": _("Acconto"), "balance": _("Saldo"), "correction": _("Rettifica"),
        "extra_project": _("Progetto straordinario"), "further_advance": _("Ulteriore anticipazione"),
        "opening": _("Saldo iniziale"),
    },
    "instalment.base_kind": {
        "previous": _("Quota dell'anno precedente"), "budget": _("Quota del bilancio approvato"),
        "chosen": _("Importo concordato"), "final": _("Quota definitiva"),
    },
    "instalment.event": {
        "accounts_approved": _("Approvazione del bilancio d'esercizio e del riparto"),
        "budget_approved": _("Approvazione del bilancio di previsione e del riparto"),
        "contract_signed": _("Firma del contratto"),
        "exercise_ended": _("Chiusura dell'esercizio"),
    },
    "interest_rate.kind": {"legal": _("Legale"), "commercial": _("Transazioni commerciali")},
}
# subject: state: (word, tint)
STATES: States = {
    "instalment": {
        "planned": (pgettext("instalment", "Prevista"), "grey"),
        "requested": (pgettext("instalment", "Richiesta"), "blue"),
        "due": (pgettext("instalment", "In scadenza"), "amber"),
        "part_paid": (pgettext("instalment", "Pagata in parte"), "amber"),
        "paid": (pgettext("instalment", "Pagata"), "green"),
        "overdue": (pgettext("instalment", "In ritardo"), "red"),
        "credited": (pgettext("instalment", "A credito"), "blue"),
        "cancelled": (pgettext("instalment", "Annullata"), "red"),
    },
    "request_round": {
        "prepared": (pgettext("request_round", "Preparata"), "amber"),
        "approved": (pgettext("request_round", "Approvata"), "green"),
        "sent": (pgettext("request_round", "Inviata"), "green"),
        "cancelled": (pgettext("request_round", "Sciolta"), "red"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "request_round": {
        "approve": _("Approvata il %(day)s."),
        "send": _("Invio registrato il %(day)s: le rate sono chieste."),
        "dissolve": _("Sciolta il %(day)s: le rate tornano tra quelle previste."),
    },
    "instalment": {
        "request": _("Chiesta al Comune il %(day)s."),
        "credit": _("Comunicata al Comune come credito il %(day)s."),
        "close": _("Saldo di zero: definita il %(day)s, senza chiedere nulla."),
        "cancel": _("Annullata il %(day)s."),
        "fall_due": _("In scadenza dal %(day)s."),
        "lapse": _("In ritardo dal %(day)s: la scadenza è passata."),
        "part_pay": _("Pagata in parte il %(day)s."),
        "settle": _("Pagata per intero, registrato il %(day)s."),
        "reopen": _("Di nuovo da pagare dal %(day)s."),
        "use_up": _("Credito usato o restituito per intero il %(day)s."),
        "credit_again": _("Credito di nuovo disponibile dal %(day)s."),
    },
}
EVENTS: Words = {
    "instalment.planned": _("Data prevista della rata"),
    "instalment.fixed": _("Evento che fissa la rata"),
    "instalment.requested": _("Richiesta della rata"),
    "instalment.due": _("Scadenza della rata richiesta"),
    "instalment.unpaid": _("Scadenza effettiva della rata"),
    "instalment.extra_project": _("Progetto straordinario dell'anno"),
    "instalment.paid": _("Pagamento della rata"),
    "year.begins": _("Inizio dell'anno"),
    "year.ends": _("Fine dell'anno"),
    "year.budget_approved": _("Approvazione del bilancio preventivo"),
    "year.plan_approved": _("Approvazione del piano di riparto"),
    "year.instalments_planned": _("Previsione delle rate dell'anno"),
    "year.accounts_approved": _("Approvazione del bilancio d'esercizio"),
    "instalment.credited": _("Comunicazione del credito al Comune"),
    "instalment.credit_closed": _("Uso o restituzione del credito"),
}
