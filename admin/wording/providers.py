"""The Italian words of core/providers: tables, columns, helps, coded choices, states, passages, events of deadlines."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

Word = Any  # a lazy string: it takes the reader's language when it is shown

# table: (a name with its article, for sentences; a name for headings)
TABLES: dict[str, tuple[Word, Word]] = {
    "notice_activity": (_("l'attività sulle comunicazioni"), _("Attività sulle comunicazioni")),
    "operating_notice": (_("la comunicazione di esercizio"), _("Comunicazioni di esercizio")),
    "provider": (_("il gestore"), _("Gestori")),
    "provider_grant": (_("il gestore assegnato"), _("Gestori assegnati agli utenti")),
    "provider_paper": (_("il documento del gestore"), _("Documenti dei gestori")),
    "service_unit": (_("l'unità"), _("Unità di offerta")),
    "unit_site": (_("la sede dell'unità"), _("Sedi delle unità")),
    "unit_type": (_("il tipo di unità"), _("Tipi di unità")),
}
COLUMNS: dict[str, Word] = {
    "area": _("Area"),
    "copied_on": _("Copia all'autorità sanitaria"),
    "declared": _("Che cosa dichiara"),
    "effective_from": _("Con effetto dal"),
    "issuer": _("Rilasciato da"),
    "legal_form": _("Forma giuridica"),
    "legal_representative": _("Legale rappresentante"),
    "limits_verified": _("Limiti verificati sulla fonte"),
    "manager": _("Responsabile"),
    "max_age_months": _("Età massima (mesi)"),
    "max_places": _("Posti, al massimo"),
    "min_age_months": _("Età minima (mesi)"),
    "min_places": _("Posti, almeno"),
    "notice_activity.kind": _("Attività"),
    "notice_activity.on": _("Giorno"),
    "notice_id": _("Comunicazione"),
    "operating_from": _("In esercizio dal"),
    "operating_notice.kind": _("Che cosa si comunica"),
    "operating_notice.received_on": _("Ricevuta il"),
    "phone": _("Telefono"),
    "places": _("Posti"),
    "protocol_number": _("Numero di protocollo"),
    "provider_id": _("Gestore"),
    "provider_paper.kind": _("Documento"),
    "provides_at": _("Dove si svolge"),
    "regional": _("Previsto dalla Regione"),
    "runts": _("Numero di iscrizione al RUNTS"),
    "service_unit.capacity": _("Posti"),
    "service_unit.city": _("Località"),
    "service_unit.municipality_id": _("Comune del distretto"),
    "service_unit.name": _("Nome dell'unità"),
    "third_sector": _("Sezione del Terzo settore (RUNTS)"),
    "type_id": _("Tipo"),
    "unit_id": _("Unità"),
    "unit_site.city": _("Località"),
    "unit_site.name": _("Nome della sede"),
}
HELP: dict[str, Word] = {
    "provider.tax_code": _("11 cifre; i 16 caratteri di una persona per una ditta individuale."),
    "provider.website": _("Per esempio https://www.esempio.it."),
    "provider.third_sector": _("Vuota per chi non è iscritto al Registro unico nazionale del Terzo settore."),
    "provider_paper.unit_id": _("Vuoto se il documento vale per tutte le unità del gestore."),
    "provider_paper.valid_to": _("L'ultimo giorno in cui vale: prima che scada parte un avviso."),
    "provider_paper.cover": _("Per un'assicurazione: i rischi e i massimali."),
    "service_unit.capacity": _("Vuoto per i servizi che si svolgono a casa delle persone o nelle scuole."),
    "service_unit.municipality_id": _("Vuoto se l'unità sta fuori dal distretto."),
    "service_unit.min_age_months": _("In mesi: tre anni sono 36."),
    "service_unit.max_age_months": _("In mesi: tre anni sono 36."),
    "unit_type.code": _("Lettere minuscole e trattini bassi: lo citano gli insiemi di requisiti e l'importazione."),
    "unit_type.limits_verified": _("Da segnare solo dopo aver letto la fonte: allora i limiti vincolano, altrimenti "
                                   "avvisano."),
    "unit_type.valid_from": _("Da questo giorno prende il posto della versione precedente con lo stesso codice."),
    "unit_type.valid_to": _("Vuoto finché vale."),
    "unit_type.legal_source": _("La delibera o l'atto. Scrivere «da verificare» finché non è stato letto."),
    "unit_type.min_age_months": _("In mesi: tre anni sono 36."),
    "unit_type.max_age_months": _("In mesi: tre anni sono 36."),
}
AREAS: dict[str, Word] = {
    "childhood": _("Prima infanzia"), "minors": _("Minori"), "disability": _("Persone con disabilità"),
    "elderly": _("Anziani"), "experimental": _("Sperimentazioni"), "function": _("Funzioni accreditate dall'azienda"),
}
CHOICES: dict[str, dict[str, Word]] = {
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
    "deadline_rule.subject": {
        "provider_paper": _("Documento di un gestore"), "operating_notice": _("Comunicazione di esercizio"),
    },
}
# state: (word, tint)
STATES: dict[str, tuple[Word, str]] = {
    "planned_unit": (_("Programmata"), "grey"),
    "operating_unit": (_("In esercizio"), "green"),
    "closed_unit": (_("Chiusa"), "grey"),
    "cpe_received": (_("Ricevuta"), "blue"),
    "cpe_to_complete": (_("Da completare"), "amber"),
    "cpe_checked": (_("Esaminata"), "blue"),
    "cpe_effective": (_("Con effetto"), "green"),
    "cpe_void": (_("Senza effetto"), "grey"),
    "paper_valid": (_("Valido"), "green"),
    "paper_expiring": (_("In scadenza"), "amber"),
    "paper_expired": (_("Scaduto"), "red"),
    "limits_to_verify": (_("Da verificare"), "amber"),
    "limits_verified": (_("Verificato"), "green"),
}
# case: action: what happened, with %(day)s
PASSAGES: dict[str, dict[str, Word]] = {
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
EVENTS: dict[str, Word] = {
    "paper.expires": _("Scadenza del documento del gestore"),
    "paper.followed": _("Documento nuovo, senza intervalli"),
    "notice.received": _("Ricevimento della comunicazione di esercizio"),
    "notice.copied": _("Copia all'autorità sanitaria"),
    "notice.declared": _("Giorno dichiarato nella comunicazione"),
    "notice.effective": _("Effetto della comunicazione"),
}
