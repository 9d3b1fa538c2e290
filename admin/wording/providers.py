"""The Italian words of core/providers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Word, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "notice_activity": (_("l'attività sulle comunicazioni"), _("Attività sulle comunicazioni")),
    "operating_notice": (_("la comunicazione di esercizio"), _("Comunicazioni di esercizio")),
    "provider": (_("il gestore"), _("Gestori")),
    "provider_paper": (_("il documento del gestore"), _("Documenti dei gestori")),
    "service_unit": (_("l'unità"), _("Unità di offerta")),
    "unit_site": (_("la sede dell'unità"), _("Sedi delle unità")),
    "unit_type": (_("il tipo di unità"), _("Tipi di unità")),
}
COLUMNS: Words = {  # a provider is a party: some columns of a party are said here again
    "area": pgettext("providers", "Area"),
    "city": pgettext("providers", "Comune della sede"),
    "copied_on": pgettext("providers", "Copia all'autorità sanitaria"),
    "cover": pgettext("providers", "Che cosa copre"),
    "declared": pgettext("providers", "Che cosa dichiara"),
    "demo": pgettext("providers", "Dato dimostrativo"),
    "effective_from": pgettext("providers", "Con effetto dal"),
    "issuer": pgettext("providers", "Rilasciato da"),
    "legal_form": pgettext("providers", "Forma giuridica"),
    "legal_representative": pgettext("providers", "Legale rappresentante"),
    "limits_verified": pgettext("providers", "Limiti verificati sulla fonte"),
    "manager": pgettext("providers", "Responsabile"),
    "max_age_months": pgettext("providers", "Età massima (mesi)"),
    "max_places": pgettext("providers", "Posti, al massimo"),
    "min_age_months": pgettext("providers", "Età minima (mesi)"),
    "min_places": pgettext("providers", "Posti, almeno"),
    "notice_activity.kind": pgettext("providers", "Attività"),
    "notice_activity.on": pgettext("providers", "Giorno"),
    "notice_id": pgettext("providers", "Comunicazione"),
    "operating_from": pgettext("providers", "In esercizio dal"),
    "operating_notice.kind": pgettext("providers", "Che cosa si comunica"),
    "operating_notice.received_on": pgettext("providers", "Ricevuta il"),
    "pec": pgettext("providers", "PEC (posta elettronica certificata)"),
    "phone": pgettext("providers", "Telefono"),
    "places": pgettext("providers", "Posti"),
    "postal_code": pgettext("providers", "CAP"),
    "protocol_number": pgettext("providers", "Numero di protocollo"),
    "provider_id": pgettext("providers", "Gestore"),
    "provider_paper.kind": pgettext("providers", "Documento"),
    "provides_at": pgettext("providers", "Dove si svolge"),
    "regional": pgettext("providers", "Previsto dalla Regione"),
    "runts": pgettext("providers", "Numero di iscrizione al RUNTS"),
    "service_unit.capacity": pgettext("providers", "Posti"),
    "service_unit.city": pgettext("providers", "Località"),
    "service_unit.municipality_id": pgettext("providers", "Comune del distretto"),
    "service_unit.name": pgettext("providers", "Nome dell'unità"),
    "tax_code": pgettext("providers", "Codice fiscale"),
    "third_sector": pgettext("providers", "Sezione del Terzo settore (RUNTS)"),
    "type_id": pgettext("providers", "Tipo"),
    "unit_id": pgettext("providers", "Unità"),
    "unit_site.city": pgettext("providers", "Località"),
    "unit_site.name": pgettext("providers", "Nome della sede"),
    "website": pgettext("providers", "Sito web"),
    "vat_number": pgettext("providers", "Partita IVA"),
}
HELPS: Words = {
    "provider.tax_code": _("11 cifre; i 16 caratteri di una persona per una ditta individuale."),
    "provider.third_sector": _("Vuota per chi non è iscritto al Registro unico nazionale del Terzo settore."),
    "provider.website": _("Per esempio https://www.esempio.it."),
    "provider_paper.cover": _("Per un'assicurazione: i rischi e i massimali."),
    "provider_paper.unit_id": _("Vuoto se il documento vale per tutte le unità del gestore."),
    "provider_paper.valid_to": _("L'ultimo giorno in cui vale: prima che scada parte un avviso."),
    "service_unit.capacity": _("Vuoto per i servizi che si svolgono a casa delle persone o nelle scuole."),
    "service_unit.max_age_months": _("In mesi: tre anni sono 36."),
    "service_unit.min_age_months": _("In mesi: tre anni sono 36."),
    "service_unit.municipality_id": _("Vuoto se l'unità sta fuori dal distretto."),
    "unit_type.code": _("Lettere minuscole e trattini bassi: lo citano gli insiemi di requisiti e l'importazione."),
    "unit_type.legal_source": _("La delibera o l'atto. Scrivere «da verificare» finché non è stato letto."),
    "unit_type.limits_verified": _("Da segnare solo dopo aver letto la fonte: allora i limiti vincolano, altrimenti "
                                   "avvisano."),
    "unit_type.max_age_months": _("In mesi: tre anni sono 36."),
    "unit_type.min_age_months": _("In mesi: tre anni sono 36."),
    "unit_type.valid_from": _("Da questo giorno prende il posto della versione precedente con lo stesso codice."),
    "unit_type.valid_to": _("Vuoto finché vale."),
}
AREAS: dict[str, Word] = {
    "childhood": _("Prima infanzia"),
    "minors": _("Minori"),
    "disability": _("Persone con disabilità"),
    "elderly": _("Anziani"),
    "experimental": _("Sperimentazioni"),
    "function": _("Funzioni accreditate dall'azienda"),
}
CHOICES: Choices = {
    "deadline_rule.subject": {
        "provider": _("Gestore"), "provider_paper": _("Documento di un gestore"),
        "operating_notice": _("Comunicazione di esercizio"),
    },
    "provider.legal_form": {
        "social_cooperative": _("Cooperativa sociale"), "cooperative": _("Cooperativa"), "consortium": _("Consorzio"),
        "association": _("Associazione"), "foundation": _("Fondazione"), "social_enterprise": _("Impresa sociale"),
        "religious_body": _("Ente religioso"), "company": _("Società"), "sole_trader": _("Ditta individuale"),
        "public_body": _("Ente pubblico"), "other": _("Altro"),
    },
    "provider.third_sector": {
        "volunteering": _("Organizzazioni di volontariato"),
        "social_promotion": _("Associazioni di promozione sociale"), "philanthropy": _("Enti filantropici"),
        "social_enterprise": _("Imprese sociali"), "associative_network": _("Reti associative"),
        "mutual_aid": _("Società di mutuo soccorso"), "other_third_sector": _("Altri enti del Terzo settore"),
    },
    "provider_paper.kind": {
        "insurance": _("Assicurazione"), "durc": _("DURC (regolarità contributiva)"),
        "registration": _("Iscrizione a un registro"), "certification": _("Certificazione"),
        "safety": _("Sicurezza e prevenzione incendi"), "lease": _("Titolo di disponibilità della sede"),
        "other": _("Altro documento"),
    },
    "unit_type.area": AREAS,
    "unit_type.provides_at": {"seat": _("In una sede, con posti"), "territory": _("Sul territorio, senza posti")},
    "operating_notice.kind": {
        "start": _("Avvio dell'unità"), "capacity": _("Variazione dei posti"),
        "transformation": _("Trasformazione in un altro tipo"), "move": _("Trasferimento della sede"),
        "manager": _("Cambio del responsabile"), "representative": _("Nuovo legale rappresentante"),
        "closing": _("Chiusura dell'unità"),
    },
    "notice_activity.kind": {
        "advice": _("Consulenza preventiva"), "visit": _("Sopralluogo sul progetto"),
        "documents": _("Aiuto con i documenti"), "mediation": _("Mediazione con la vigilanza dell'ATS"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "service_unit": {
        "planned": (pgettext("service_unit", "Programmata"), "grey"),
        "operating": (pgettext("service_unit", "In esercizio"), "green"),
        "closed": (pgettext("service_unit", "Chiusa"), "grey"),
    },
    "operating_notice": {
        "received": (pgettext("operating_notice", "Ricevuta"), "blue"),
        "to_complete": (pgettext("operating_notice", "Da completare"), "amber"),
        "checked": (pgettext("operating_notice", "Esaminata"), "blue"),
        "effective": (pgettext("operating_notice", "Con effetto"), "green"),
        "void": (pgettext("operating_notice", "Senza effetto"), "grey"),
    },
    "provider_paper": {
        "valid": (pgettext("provider_paper", "Valido"), "green"),
        "expiring": (pgettext("provider_paper", "In scadenza"), "amber"),
        "expired": (pgettext("provider_paper", "Scaduto"), "red"),
        "future": (pgettext("provider_paper", "Futuro"), "grey"),
    },
    "unit_type": {
        "future": (pgettext("unit_type", "Futuro"), "grey"),
        "in_force": (pgettext("unit_type", "In vigore"), "green"),
        "ended": (pgettext("unit_type", "Concluso"), "grey"),
        "to_verify": (pgettext("unit_type", "Da verificare"), "amber"),
        "verified": (pgettext("unit_type", "Verificato"), "green"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "service_unit": {
        "open": _("In esercizio dal %(day)s."),
        "close": _("Chiusa dal %(day)s."),
        "give_up": _("Rinuncia all'apertura il %(day)s."),
    },
    "operating_notice": {
        "ask_completion": _("Chiesto il %(day)s di completare la comunicazione."),
        "complete": _("Completata il %(day)s."),
        "check": _("Esaminata il %(day)s: è in ordine."),
        "take_effect": _("Ha effetto dal %(day)s."),
        "void": _("Resa senza effetto il %(day)s."),
    },
}
EVENTS: Words = {
    "paper.expires": _("Scadenza del documento del gestore"),
    "paper.followed": _("Documento nuovo, senza intervalli"),
    "notice.received": _("Ricevimento della comunicazione di esercizio"),
    "notice.copied": _("Copia all'autorità sanitaria"),
    "notice.declared": _("Giorno dichiarato nella comunicazione"),
    "notice.effective": _("Effetto della comunicazione"),
}
