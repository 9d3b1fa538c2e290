"""The Italian words of core/funding."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "budget": (_("il bilancio"), _("Bilanci")),
    "budget_line": (_("la voce di bilancio"), _("Voci di bilancio")),
    "funding_source": (_("la fonte di finanziamento"), _("Fonti di finanziamento")),
    "source_name": (_("il nome della fonte"), _("Nomi delle fonti")),
}
COLUMNS: Words = {
    "approved_on": pgettext("funding", "Approvato il"),
    "budget_id": pgettext("funding", "Bilancio"),
    "cash_in": pgettext("funding", "Entrate di cassa"),
    "cash_out": pgettext("funding", "Uscite di cassa"),
    "current_assets": pgettext("funding", "Attivo corrente"),
    "current_debts": pgettext("funding", "Debiti correnti"),
    "equity": pgettext("funding", "Patrimonio netto"),
    "funder": pgettext("funding", "Chi la finanzia"),
    "funder_id": pgettext("funding", "Comune che la finanzia"),
    "laws": pgettext("funding", "Riferimenti di legge"),
    "social": pgettext("funding", "Costo sociale"),
    "source_id": pgettext("funding", "Fonte di finanziamento"),
    "source_name.document": pgettext("funding", "Documento che lo usa"),
    "stage": pgettext("funding", "Fase"),
    "studied": pgettext("funding", "Allo studio"),
    "total_assets": pgettext("funding", "Totale dell'attivo"),
    "votes_abstained": pgettext("funding", "Astenuti"),
    "votes_against": pgettext("funding", "Voti contrari"),
    "votes_for": pgettext("funding", "Voti favorevoli"),
}
CHOICES: Choices = {
    "budget.stage": {
        "forecast": _("Previsione"), "budget": _("Bilancio preventivo"), "pre_closing": _("Preconsuntivo"),
        "accounts": _("Bilancio d'esercizio"),
    },
    "budget_line.kind": {
        "direct_cost": _("Costo diretto"), "indirect_cost": _("Costo indiretto"),
        "user_fee": _("Contribuzione degli utenti"), "revenue": _("Altro ricavo"),
        "source": _("Fonte di finanziamento"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "budget": {
        "draft": (pgettext("budget", "Bozza"), "grey"),
        "approved": (pgettext("budget", "Approvato"), "green"),
        "cancelled": (pgettext("budget", "Annullato"), "red"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "budget": {
        "approve": _("Bilancio approvato il %(day)s."),
        "cancel": _("Bilancio annullato il %(day)s."),
    },
}
