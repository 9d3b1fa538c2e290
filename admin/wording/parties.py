"""The Italian words of core/parties."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "act": (_("l'atto"), _("Atti")),
    "azienda": (_("l'azienda"), _("Azienda")),
    "bank_account": (_("il conto dedicato"), _("Conti dedicati")),
    "body": (_("l'organo"), _("Organi ed enti")),
    "body_member": (_("il componente"), _("Componenti degli organi")),
    "body_name": (_("la denominazione dell'organo"), _("Denominazioni degli organi")),
    "delegate": (_("il delegato sul conto"), _("Delegati sui conti")),
    "membership": (_("l'adesione"), _("Adesioni")),
    "municipality": (_("il comune"), _("Comuni")),
    "party": (_("l'ente"), _("Enti")),
    "population": (_("la popolazione"), _("Popolazione")),
    "signatory": (_("il firmatario"), _("Firmatari")),
}
COLUMNS: Words = {
    "account_id": pgettext("parties", "Conto dedicato"),
    "accounts": pgettext("parties", "Conti dedicati"),
    "act.kind": pgettext("parties", "Tipo di atto"),
    "act.title": pgettext("parties", "Oggetto"),
    "act_id": pgettext("parties", "Atto di nomina"),
    "bank": pgettext("parties", "Banca"),
    "birth_date": pgettext("parties", "Data di nascita"),
    "birth_place": pgettext("parties", "Luogo di nascita"),
    "birth_province": pgettext("parties", "Provincia di nascita"),
    "body": pgettext("parties", "Organo"),
    "body.name": pgettext("parties", "Organo o ente"),
    "body_id": pgettext("parties", "Organo"),
    "body_kind": pgettext("parties", "Tipo di organo"),
    "branch": pgettext("parties", "Filiale"),
    "cadastral": pgettext("parties", "Codice catastale"),
    "changed_on": pgettext("parties", "Cambiato dopo la comunicazione il"),
    "city": pgettext("parties", "Comune della sede"),
    "communicated_on": pgettext("parties", "Comunicato il"),
    "connector": pgettext("parties", "Preposizione"),
    "azienda.accreditation_act": pgettext("parties", "Atto che ha istituito l'unità di accreditamento"),
    "constitutes": pgettext("parties", "Prende atto della costituzione dell'azienda"),
    "court": pgettext("parties", "Foro competente"),
    "date": pgettext("parties", "Data"),
    "delegate.title": pgettext("parties", "Titolo di cortesia"),
    "demo": pgettext("parties", "Dato dimostrativo"),
    "district": pgettext("parties", "Distretto"),
    "family_name": pgettext("parties", "Cognome"),
    "first_used_on": pgettext("parties", "Usato la prima volta il"),
    "form": pgettext("parties", "Tipo di ente"),
    "founded_by": pgettext("parties", "Come è stata costituita"),
    "accessibility": pgettext("parties", "Accessibilità"),
    "contacts": pgettext("parties", "Contatti"),
    "privacy": pgettext("parties", "Privacy"),
    "founding_act": pgettext("parties", "Decreto, legge o convenzione"),
    "founding_date": pgettext("parties", "Data di costituzione"),
    "founding_notary": pgettext("parties", "Notaio"),
    "founding_place": pgettext("parties", "Luogo di costituzione"),
    "given_name": pgettext("parties", "Nome"),
    "goals": pgettext("parties", "Finalità"),
    "iban": pgettext("parties", "IBAN"),
    "ipa": pgettext("parties", "Codice IPA (Indice delle amministrazioni)"),
    "istat": pgettext("parties", "Codice ISTAT"),
    "legal_form": pgettext("parties", "Forma giuridica"),
    "letterhead": pgettext("parties", "Carta intestata"),
    "logo_path": pgettext("parties", "Logo"),
    "mission": pgettext("parties", "Missione"),
    "on": pgettext("parties", "Alla data"),
    "opened_on": pgettext("parties", "Aperto il"),
    "owner": pgettext("parties", "Titolare"),
    "party_id": pgettext("parties", "Ente"),
    "patron_day": pgettext("parties", "Festa del patrono"),
    "pec": pgettext("parties", "PEC (posta elettronica certificata)"),
    "postal_code": pgettext("parties", "CAP"),
    "principles": pgettext("parties", "Valori"),
    "purpose": pgettext("parties", "Scopo"),
    "rea": pgettext("parties", "REA"),
    "recalled_order": pgettext("parties", "Posto nelle premesse"),
    "recalled_text": pgettext("parties", "Testo nelle premesse"),
    "recognition_date": pgettext("parties", "Data di riconoscimento"),
    "register_number": pgettext("parties", "Numero di iscrizione al Registro delle Imprese"),
    "residents": pgettext("parties", "Residenti"),
    "sex": pgettext("parties", "Sesso"),
    "short_name": pgettext("parties", "Sigla"),
    "signatory.title": pgettext("parties", "Titolo di cortesia"),
    "signs": pgettext("parties", "Che cosa firma"),
    "slug": pgettext("parties", "Nome breve"),
    "statute_purpose_article": pgettext("parties", "Articolo dello statuto sullo scopo"),
    "tax_code": pgettext("parties", "Codice fiscale"),
    "term_from": pgettext("parties", "In carica dal"),
    "term_to": pgettext("parties", "In carica fino al"),
    "treasury": pgettext("parties", "Conto di tesoreria"),
    "unanimous": pgettext("parties", "Approvato all'unanimità"),
    "vat_number": pgettext("parties", "Partita IVA"),
    "website": pgettext("parties", "Sito web"),
}
HELPS: Words = {
    "act_id": _("L'atto che conferisce il potere di firma."),
    "bank_account.communicated_on": _("Il giorno in cui l'altra parte ha avuto conto e delegati. Se il conto o i "
                                      "delegati cambiano si comunica di nuovo, e questo giorno si svuota da solo."),
    "cadastral": _("Una lettera e tre cifre, per esempio F100."),
    "connector": _("«di» per quasi tutti i nomi; «della» o «dell'» dove il nome lo chiede, come per La Spezia."),
    "first_used_on": _("Solo per un conto che esisteva già: il giorno della prima operazione per una commessa "
                       "pubblica. Da qui corrono i sette giorni."),
    "accessibility": _("La dichiarazione di accessibilità, o il suo indirizzo, e a chi si segnala un ostacolo. Un "
                       "paragrafo per ogni riga vuota; gli indirizzi diventano collegamenti."),
    "contacts": _("Uffici, telefoni, e-mail e orari, come li legge chi non lavora nell'azienda."),
    "privacy": _("Chi tratta i dati, perché, per quanto tempo, e a chi si chiede: l'informativa o il suo indirizzo."),
    "founding_act": _("Se non è un rogito: l'atto per intero, per esempio «decreto del Presidente della Regione n. "
                      "12»."),
    "founding_notary": _("Per un atto pubblico: il notaio che lo ha ricevuto, con il titolo."),
    "iban": _("Conto dedicato ai sensi dell'art. 3 della L. 136/2010: 27 caratteri, anche con gli spazi."),
    "ipa": _("Per un comune è «c_» seguito dal codice catastale in minuscolo."),
    "istat": _("Sei cifre, dall'elenco dei comuni dell'ISTAT. Serve per ogni comune; un'unione non lo ha."),
    "letterhead": _("Una riga di testo per ogni riga della carta intestata."),
    "mission": _("Compare nel contratto, all'articolo sulla missione dei servizi. Un paragrafo per ogni riga vuota."),
    "opened_on": _("Il conto si comunica entro sette giorni dall'apertura o dal primo uso (L. 136/2010, art. 3, "
                   "c. 7)."),
    "party_id": _("Il comune, l'unione o l'azienda a cui il dato appartiene."),
    "patron_day": _("Mese e giorno, per esempio 06-24. Per i termini in quel comune è un giorno festivo."),
    "principles": _("I valori che il Comune indica per i propri servizi."),
    "recalled_order": _("Lasciare vuoto se l'atto non è richiamato nelle premesse del contratto."),
    "residents": _("Il dato ufficiale alla data indicata, con la sua fonte."),
    "signs": _("Diffide, penali e lettere sono atti di gestione: di regola li firma il responsabile del servizio "
               "(D.Lgs. 267/2000, art. 107)."),
    "vat_number": _("Può essere diversa dal codice fiscale."),
}
CHOICES: Choices = {
    "municipality.form": {"comune": _("Comune"), "unione": _("Unione di Comuni")},
    "signatory.signs": {"all": _("Contratti e lettere"), "contracts": _("Solo contratti"),
                        "letters": _("Solo diffide, lettere e altri atti di gestione")},
    "signatory.sex": {"F": _("Femmina"), "M": _("Maschio")},
    "delegate.sex": {"F": _("Femmina"), "M": _("Maschio")},
    "act.body_kind": {
        "council": _("Consiglio"), "giunta": _("Giunta"), "board": _("Consiglio di Amministrazione"),
        "assembly": _("Assemblea Consortile"), "founding": _("Atto fondativo"), "other": _("Altro"),
    },
    "azienda.founded_by": {
        "notary": _("Atto pubblico, davanti a un notaio"), "decree": _("Decreto"), "law": _("Legge"),
        "convention": _("Convenzione fra gli enti"),
    },
    "deadline_rule.subject": {"bank_account": _("Conto dedicato")},
    "body.owner": {"azienda": _("Azienda"), "district": _("Distretto"), "external": _("Altro ente")},
    "body.kind": {
        "assembly": _("Assemblea"), "board": _("Consiglio di Amministrazione"), "director": _("Direzione"),
        "council": _("Consiglio comunale"), "giunta": _("Giunta comunale"), "technical_table": _("Tavolo tecnico"),
        "area_table": _("Tavolo d'area"),
        "office": _("Ufficio"), "health_authority": _("Autorità sanitaria"), "province": _("Provincia"),
        "region": _("Regione"), "state_office": _("Ufficio dello Stato"), "court": _("Tribunale"),
        "partner": _("Partner"), "users": _("Utenti e loro associazioni"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "municipality": {
        "complete": (pgettext("municipality", "In ordine"), "green"),
        "incomplete": (pgettext("municipality", "Da completare"), "amber"),
    },
    "membership": {
        "future": (pgettext("membership", "Futura"), "grey"),
        "in_force": (pgettext("membership", "In vigore"), "green"),
        "ended": (pgettext("membership", "Conclusa"), "grey"),
    },
    "signatory": {
        "future": (pgettext("signatory", "Non ancora in carica"), "grey"),
        "in_force": (pgettext("signatory", "In carica"), "green"),
        "ended": (pgettext("signatory", "Non più in carica"), "grey"),
    },
}
EVENTS: Words = {
    "account.opened": _("Apertura, primo uso o cambiamento del conto"),
    "account.communicated": _("Comunicazione del conto e dei delegati"),
}
