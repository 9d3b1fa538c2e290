"""The Italian words of core/register."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "provider_choice": (_("la scelta del gestore"), _("Scelte dei gestori")),
    "register_entry": (_("l'iscrizione all'albo"), _("Albo")),
    "register_state": (_("lo stato nell'albo"), _("Stati nell'albo")),
    "tariff": (_("la tariffa"), _("Tariffe")),
}
COLUMNS: Words = {
    "city": pgettext("register", "Comune della sede"),
    "phone": pgettext("register", "Telefono"),
    "provider_choice.chosen_on": pgettext("register", "Scelta il"),
    "provider_choice.contract_date": pgettext("register", "Data del contratto"),
    "provider_choice.contract_number": pgettext("register", "Numero del contratto"),
    "provider_choice.ended_on": pgettext("register", "Conclusa il"),
    "provider_choice.ended_why": pgettext("register", "Perché è conclusa"),
    "provider_choice.entry_id": pgettext("register", "Unità dell'albo"),
    "provider_choice.note": pgettext("register", "Nota"),
    "provider_choice.valid_from": pgettext("register", "In vigore dal"),
    "provider_choice.valid_to": pgettext("register", "In vigore fino al"),
    "register_entry.accreditation_id": pgettext("register", "Accreditamento"),
    "register_entry.address": pgettext("register", "Indirizzo"),
    "register_entry.capacity": pgettext("register", "Posti"),
    "register_entry.decided_on": pgettext("register", "Data del provvedimento"),
    "register_entry.decree": pgettext("register", "Provvedimento"),
    "register_entry.legal_form": pgettext("register", "Forma giuridica"),
    "register_entry.max_age_months": pgettext("register", "Età massima (mesi)"),
    "register_entry.min_age_months": pgettext("register", "Età minima (mesi)"),
    "register_entry.municipality": pgettext("register", "Comune del distretto"),
    "register_entry.number": pgettext("register", "Numero nell'albo"),
    "register_entry.provider": pgettext("register", "Gestore"),
    "register_entry.provider_id": pgettext("register", "Gestore"),
    "register_entry.provider_tax_code": pgettext("register", "Codice fiscale del gestore"),
    "register_entry.published_on": pgettext("register", "Pubblicata il"),
    "register_entry.searched": pgettext("register", "Parole della ricerca"),
    "register_entry.section": pgettext("register", "Sezione"),
    "register_entry.state_since": pgettext("register", "Stato dal"),
    "register_entry.third_sector": pgettext("register", "Sezione del RUNTS"),
    "register_entry.type_code": pgettext("register", "Codice del tipo"),
    "register_entry.type_name": pgettext("register", "Tipo di unità"),
    "register_entry.unit": pgettext("register", "Unità"),
    "register_entry.unit_id": pgettext("register", "Unità"),
    "register_entry.updated_on": pgettext("register", "Aggiornata il"),
    "register_entry.valid_from": pgettext("register", "Accreditata dal"),
    "register_entry.valid_to": pgettext("register", "Accreditata fino al"),
    "register_entry.website": pgettext("register", "Sito web"),
    "register_state.act": pgettext("register", "Atto"),
    "register_state.at": pgettext("register", "Registrato"),
    "register_state.entry_id": pgettext("register", "Unità"),
    "register_state.since": pgettext("register", "Dal"),
    "slug": pgettext("register", "Nome breve"),
    "tariff.amount": pgettext("register", "Tariffa"),
    "tariff.measure": pgettext("register", "Per"),
    "tariff.source": pgettext("register", "Da dove viene"),
    "tariff.unit_id": pgettext("register", "Unità"),
    "tariff.valid_from": pgettext("register", "In vigore dal"),
    "tariff.valid_to": pgettext("register", "In vigore fino al"),
}
HELPS: Words = {
    "provider_choice.contract_number": _("Il numero del contratto, o della convenzione, tra il Comune e il gestore."),
    "provider_choice.entry_id": _("Si scelgono soltanto le unità che oggi sono accreditate ed erogano il servizio."),
    "provider_choice.note": _("Per ricordare come è stata fatta la scelta. La legge anche il gestore."),
    "provider_choice.valid_from": _("Il primo giorno del contratto: anche allora l'unità deve essere accreditata."),
    "provider_choice.valid_to": _("Vuoto se il contratto non ha una fine."),
    "tariff.amount": _("In euro, con al massimo due decimali."),
    "tariff.source": _("Il patto di accreditamento, o l'atto che approva le tariffe."),
    "tariff.unit_id": _("Soltanto unità pubblicate nell'albo."),
    "tariff.valid_to": _("Vuoto finché vale. Due periodi della stessa tariffa non si sovrappongono."),
}
CHOICES: Choices = {
    "deadline_rule.subject": {"provider_choice": _("Scelta di un gestore")},
    "register_entry.section": {
        "childhood": _("Prima infanzia"), "minors": _("Minori"), "disability": _("Disabilità"),
        "elderly": _("Anziani"), "function": _("Altre funzioni accreditate"),
    },
    "tariff.measure": {
        "hour": _("ora"), "day": _("giorno"), "month": _("mese"), "access": _("accesso"), "meal": _("pasto"),
        "voucher": _("buono"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "register_entry": {
        "accredited": (pgettext("register_entry", "Accreditata"), "green"),
        "suspended": (pgettext("register_entry", "Sospesa"), "amber"),
        "revoked": (pgettext("register_entry", "Revocata"), "red"),
        "renounced": (pgettext("register_entry", "Rinunciata"), "grey"),
        "expired": (pgettext("register_entry", "Scaduta"), "red"),
        "changes_wait": (pgettext("register_entry", "Modifiche in attesa"), "amber"),
    },
    "provider_choice": {
        "future": (pgettext("provider_choice", "Futura"), "blue"),
        "holds": (pgettext("provider_choice", "In corso"), "green"),
        "ended": (pgettext("provider_choice", "Conclusa"), "grey"),
    },
}
EVENTS: Words = {
    "choice.ends": _("Ultimo giorno del contratto con il gestore scelto"),
    "choice.followed": _("Scelta che segue"),
}
STATES["register_state"] = STATES["register_entry"]
