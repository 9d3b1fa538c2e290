"""The Italian words of core/allocation."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "allocation_group": (_("il gruppo di servizi"), _("Gruppi di servizi")),
    "allocation_key": (_("la chiave di riparto"), _("Chiavi di riparto")),
    "allocation_plan": (_("il piano di riparto"), _("Piani di riparto")),
    "group_exclusion": (_("l'esclusione dal riparto"), _("Esclusioni dal riparto")),
    "group_service": (_("il servizio del gruppo"), _("Servizi dei gruppi")),
    "key_band": (_("la fascia di popolazione"), _("Fasce di popolazione")),
    "key_value": (_("il valore della chiave"), _("Valori delle chiavi")),
    "share_deduction": (_("la detrazione di un Comune"), _("Detrazioni dei Comuni")),
    "share_line": (_("la riga del riparto"), _("Righe del riparto")),
    "year_share": (_("la quota dell'anno"), _("Quote annuali")),
}
COLUMNS: Words = {
    "allocation_plan.title": pgettext("allocation", "Piano di riparto"),
    "approved_on": pgettext("allocation", "Approvato il"),
    "banding": pgettext("allocation", "Una fascia vale"),
    "borne": pgettext("allocation", "Chi la paga"),
    "budget_id": pgettext("allocation", "Bilancio"),
    "cap": pgettext("allocation", "Aumento massimo sull'anno prima (%)"),
    "corrects_id": pgettext("allocation", "Corregge il piano"),
    "days": pgettext("allocation", "Giorni dell'anno"),
    "convergence": pgettext("allocation", "Convergenza (%)"),
    "deduction": pgettext("allocation", "Detrazione"),
    "deduction_why": pgettext("allocation", "Motivo della detrazione"),
    "families_pay": pgettext("allocation", "Le famiglie pagano"),
    "floor": pgettext("allocation", "Diminuzione massima sull'anno prima (%)"),
    "group_id": pgettext("allocation", "Gruppo di servizi"),
    "group_title": pgettext("allocation", "Gruppo di servizi"),
    "how": pgettext("allocation", "Il calcolo"),
    "indirect_base": pgettext("allocation", "Base dei costi indiretti"),
    "joining": pgettext("allocation", "Chi aderisce durante l'anno"),
    "key_id": pgettext("allocation", "Chiave di riparto"),
    "key_kind": pgettext("allocation", "Tipo di chiave"),
    "key_title": pgettext("allocation", "Chiave di riparto"),
    "left_out": pgettext("allocation", "Non prendono parte al riparto"),
    "measure": pgettext("allocation", "Misura dell'uso"),
    "on": pgettext("allocation", "Alla data"),
    "origin": pgettext("allocation", "Origine"),
    "plan_id": pgettext("allocation", "Piano di riparto"),
    "pool": pgettext("allocation", "Importo ripartito"),
    "rate": pgettext("allocation", "Prezzo (€)"),
    "reason": pgettext("allocation", "Perché si corregge"),
    "recovery": pgettext("allocation", "Recupero dalle famiglie"),
    "shared": pgettext("allocation", "A carico dei Comuni"),
    "step": pgettext("allocation", "Passo di quest'anno"),
    "steps": pgettext("allocation", "In quanti passi"),
    "ties": pgettext("allocation", "Centesimi che restano"),
    "up_to": pgettext("allocation", "Fino a (abitanti)"),
    "usage_year": pgettext("allocation", "Anno dell'uso"),
    "value": pgettext("allocation", "Valore"),
    "votes_abstained": pgettext("allocation", "Astenuti"),
    "votes_against": pgettext("allocation", "Voti contrari"),
    "votes_for": pgettext("allocation", "Voti favorevoli"),
    "weight": pgettext("allocation", "Peso (%)"),
    "why": pgettext("allocation", "Motivo"),
    "whole": pgettext("allocation", "Valore di tutti"),
    "year_share.approved_on": pgettext("allocation", "Approvata il"),
}
CHOICES: Choices = {
    "allocation_plan.joining": {"days": _("In proporzione ai giorni"), "whole": _("Per l'anno intero")},
    "allocation_plan.ties": {"name": _("In ordine alfabetico"), "istat": _("In ordine di codice ISTAT")},
    "allocation_plan.indirect_base": {
        "direct_cost": _("In proporzione ai costi diretti"), "equal": _("In parti uguali tra i gruppi"),
    },
    "allocation_key.kind": {
        "residents": _("Residenti"), "usage": _("Uso del servizio"), "users": _("Utenti"), "places": _("Posti"),
        "equal": _("Parti uguali"), "fixed": _("Somme fisse"), "historic": _("Quota storica"),
        "solidarity": _("Fondo di solidarietà"), "rate": _("Quota per abitante"),
        "solidarity_rate": _("Quota di solidarietà per abitante"), "daily_fee": _("Retta giornaliera per utente"),
        "steps": _("Quota storica in euro, a passi"),
    },
    "allocation_key.banding": {
        "whole": _("Per tutti gli abitanti del Comune"), "marginal": _("Per gli abitanti che vi ricadono"),
    },
    "allocation_key.families_pay": {
        "azienda": _("All'Azienda"), "municipality": _("Al proprio Comune, che recupera da sé"),
    },
    "share_deduction.borne": {
        "others": _("Gli altri Comuni, in proporzione"), "nobody": _("Nessuno: i Comuni pagano di meno"),
    },
    "year_share.kind": {
        "budget": _("Di previsione"), "final": _("Definitiva"), "chosen": _("Concordata per gli acconti"),
    },
    "year_share.origin": {"plan": _("Piano di riparto"), "import": _("Importata"), "typed": _("Registrata a mano")},
}
# subject: state: (word, tint)
STATES: States = {
    "allocation_plan": {
        "draft": (pgettext("allocation_plan", "Bozza"), "grey"),
        "approved": (pgettext("allocation_plan", "Approvato"), "green"),
        "corrected": (pgettext("allocation_plan", "Corretto"), "grey"),
        "cancelled": (pgettext("allocation_plan", "Annullato"), "red"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "allocation_plan": {
        "approve": _("Piano di riparto approvato il %(day)s: le quote sono definite."),
        "cancel": _("Piano di riparto annullato il %(day)s."),
        "correct": _("Corretto il %(day)s da un altro piano, che ne ha preso il posto."),
    },
}
