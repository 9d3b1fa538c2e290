"""The Italian words of core/register: tables, columns, helps, coded choices, states, passages, events of deadlines."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

Word = Any  # a lazy string: it takes the reader's language when it is shown

# table: (a name with its article, for sentences; a name for headings)
TABLES: dict[str, tuple[Word, Word]] = {
    "provider_choice": (_("la scelta del gestore"), _("Scelte dei gestori")),
    "register_entry": (_("l'iscrizione all'albo"), _("Albo")),
    "register_state": (_("lo stato nell'albo"), _("Stati nell'albo")),
    "tariff": (_("la tariffa"), _("Tariffe")),
}
COLUMNS: dict[str, Word] = {
    "provider_choice.chosen_on": _("Scelta il"),
    "provider_choice.contract_date": _("Data del contratto"),
    "provider_choice.contract_number": _("Numero del contratto"),
    "provider_choice.ended_on": _("Conclusa il"),
    "provider_choice.ended_why": _("Perché è conclusa"),
    "provider_choice.entry_id": _("Unità dell'albo"),
    "provider_choice.note": _("Nota"),
    "provider_choice.valid_from": _("In vigore dal"),
    "provider_choice.valid_to": _("In vigore fino al"),
    "register_entry.accreditation_id": _("Accreditamento"),
    "register_entry.address": _("Indirizzo"),
    "register_entry.capacity": _("Posti"),
    "register_entry.decided_on": _("Data del provvedimento"),
    "register_entry.decree": _("Provvedimento"),
    "register_entry.legal_form": _("Forma giuridica"),
    "register_entry.max_age_months": _("Età massima (mesi)"),
    "register_entry.min_age_months": _("Età minima (mesi)"),
    "register_entry.municipality": _("Comune del distretto"),
    "register_entry.number": _("Numero nell'albo"),
    "register_entry.provider": _("Gestore"),
    "register_entry.provider_id": _("Gestore"),
    "register_entry.provider_tax_code": _("Codice fiscale del gestore"),
    "register_entry.published_on": _("Pubblicata il"),
    "register_entry.searched": _("Parole della ricerca"),
    "register_entry.section": _("Sezione"),
    "register_entry.state_since": _("Stato dal"),
    "register_entry.third_sector": _("Sezione del RUNTS"),
    "register_entry.type_code": _("Codice del tipo"),
    "register_entry.type_name": _("Tipo di unità"),
    "register_entry.unit": _("Unità"),
    "register_entry.unit_id": _("Unità"),
    "register_entry.updated_on": _("Aggiornata il"),
    "register_entry.valid_from": _("Accreditata dal"),
    "register_entry.valid_to": _("Accreditata fino al"),
    "register_entry.website": _("Sito web"),
    "register_state.act": _("Atto"),
    "register_state.at": _("Registrato"),
    "register_state.entry_id": _("Unità"),
    "register_state.since": _("Dal"),
    "tariff.amount": _("Tariffa"),
    "tariff.measure": _("Per"),
    "tariff.source": _("Da dove viene"),
    "tariff.unit_id": _("Unità"),
    "tariff.valid_from": _("In vigore dal"),
    "tariff.valid_to": _("In vigore fino al"),
}
HELP: dict[str, Word] = {
    "provider_choice.contract_number": _("Il numero del contratto, o della convenzione, tra il Comune e il gestore."),
    "provider_choice.entry_id": _("Si scelgono soltanto le unità che oggi sono accreditate ed erogano il servizio."),
    "provider_choice.valid_from": _("Il primo giorno del contratto: anche allora l'unità deve essere accreditata."),
    "provider_choice.valid_to": _("Vuoto se il contratto non ha una fine."),
    "provider_choice.note": _("Per ricordare come è stata fatta la scelta. La legge anche il gestore."),
    "tariff.amount": _("In euro, con al massimo due decimali."),
    "tariff.source": _("Il patto di accreditamento, o l'atto che approva le tariffe."),
    "tariff.unit_id": _("Soltanto unità pubblicate nell'albo."),
    "tariff.valid_to": _("Vuoto finché vale. Due periodi della stessa tariffa non si sovrappongono."),
}
CHOICES: dict[str, dict[str, Word]] = {
    "deadline_rule.subject": {"provider_choice": _("Scelta di un gestore")},
    "register_entry.section": {
        "childhood": _("Prima infanzia"),
        "minors": _("Minori"),
        "disability": _("Disabilità"),
        "elderly": _("Anziani"),
        "function": _("Altre funzioni accreditate"),
    },
    "register_entry.state": {
        "accredited": _("Accreditata"),
        "suspended": _("Sospesa"),
        "revoked": _("Revocata"),
        "renounced": _("Rinunciata"),
        "expired": _("Scaduta"),
    },
    "tariff.measure": {
        "hour": _("ora"),
        "day": _("giorno"),
        "month": _("mese"),
        "access": _("accesso"),
        "meal": _("pasto"),
        "voucher": _("buono"),
    },
}
CHOICES["register_state.state"] = CHOICES["register_entry.state"]
# state: (word, tint)
STATES: dict[str, tuple[Word, str]] = {
    f"register_{code}": (CHOICES["register_entry.state"][code], tint)
    for code, tint in (("accredited", "green"), ("suspended", "amber"), ("revoked", "red"), ("renounced", "grey"),
                       ("expired", "red"))
} | {
    "choice_holds": (_("In corso"), "green"),
    "choice_future": (_("Futura"), "blue"),
    "choice_ended": (_("Conclusa"), "grey"),
    "changes_wait": (_("Modifiche in attesa"), "amber"),
}
# case: action: what happened, with %(day)s
PASSAGES: dict[str, dict[str, Word]] = {}
EVENTS: dict[str, Word] = {
    "choice.ends": _("Ultimo giorno del contratto con il gestore scelto"),
    "choice.followed": _("Scelta che segue"),
}
