"""The Italian names of roles, states and coded choices: one place, read by lists, forms and the history."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

from admin.wording import SUBJECTS

Word = Any  # a lazy string: it takes the reader's language when it is shown

ROLES: dict[str, Word] = {
    "management": _("Direzione"),
    "accounting": _("Contabilità"),
    "accreditation": _("Accreditamento"),
    "municipality": _("Comune"),
    "provider": _("Gestore"),
    "auditor": _("Revisione"),
    "administrator": _("Amministrazione del sistema"),
    "system": _("Programma"),
}

# state: (word, tint)
STATES: dict[str, tuple[Word, str]] = {
    "draft": (_("Bozza"), "grey"),
    "cancelled": (_("Annullato"), "red"),
    "active": (_("Attivo"), "green"),
    "disabled": (_("Disattivato"), "red"),
    "invited": (_("Invitato"), "amber"),
    "loaded": (_("Attivo"), "green"),
    "broken": (_("Non caricato"), "red"),
    "complete": (_("In ordine"), "green"),
    "incomplete": (_("Da completare"), "amber"),
    "in_force": (_("In vigore"), "green"),
    "ended": (_("Concluso"), "grey"),
    "future": (_("Futuro"), "grey"),
    "superseded": (_("Sostituito"), "grey"),
    "under_approval": (_("In approvazione"), "amber"),
    "partly_approved": (_("Approvato in parte"), "amber"),
    "approved": (_("Approvato"), "green"),
    "signed": (_("Firmato"), "green"),
    "extended": (_("Prorogato"), "green"),
    "expired": (_("Scaduto"), "red"),
    "continuity": (_("In continuità"), "amber"),
    "renewed": (_("Rinnovato"), "grey"),
    "withdrawn": (_("Recesso"), "red"),
    "ground_arisen": (_("Causa di risoluzione"), "red"),
    "terminated": (_("Risolto"), "red"),
    "closed": (_("Chiuso"), "grey"),
    "merged": (_("Recepita"), "grey"),
    "open": (_("Aperto"), "amber"),
    "met": (_("Rispettato"), "green"),
    "met_late": (_("Fatto in ritardo"), "amber"),
    "missed": (_("Mancato"), "red"),
    "suspended": (_("Sospeso"), "amber"),
    "planned": (_("Prevista"), "grey"),
    "requested": (_("Richiesta"), "blue"),
    "due": (_("In scadenza"), "amber"),
    "part_paid": (_("Pagata in parte"), "amber"),
    "paid": (_("Pagata"), "green"),
    "overdue": (_("In ritardo"), "red"),
    "credited": (_("A credito"), "blue"),
    "prepared": (_("Preparato"), "amber"),
    "sent": (_("Inviato"), "green"),
    "to_match": (_("Da abbinare"), "amber"),
    "matched": (_("Abbinato"), "green"),
    "ignored": (_("Escluso"), "grey"),
    "asked": (_("Richiesto"), "amber"),
    "received": (_("Ricevuto"), "green"),
    "error": (_("Da correggere"), "red"),
    "warning": (_("Da verificare"), "amber"),
}

CHOICES: dict[str, dict[str, Word]] = {
    "municipality.form": {"comune": _("Comune"), "unione": _("Unione di Comuni")},
    "signatory.sex": {"F": _("Femmina"), "M": _("Maschio")},
    "delegate.sex": {"F": _("Femmina"), "M": _("Maschio")},
    "act.body_kind": {
        "council": _("Consiglio"),
        "giunta": _("Giunta"),
        "board": _("Consiglio di Amministrazione"),
        "assembly": _("Assemblea Consortile"),
        "founding": _("Atto fondativo"),
        "other": _("Altro"),
    },
    "service.management_form": {
        "direct": _("Gestione diretta dell'azienda"),
        "municipal": _("Gestione diretta del Comune"),
        "autonomous_initiative": _("Iniziativa autonoma del territorio"),
        "accreditation": _("Concessione a terzi accreditati"),
        "partnership": _("Accordo di collaborazione o partenariato"),
        "contract": _("Affidamento a terzi con contratto"),
    },
    "area.kind": {"services": _("Servizi"), "system": _("Sistema"), "staff": _("Staff")},
    "contract_party.capacity": {"azienda": _("Azienda"), "comune": _("Comune"), "unione": _("Unione di Comuni")},
    "contract_document.origin": {
        "generated": _("Generato"), "negotiated": _("Negoziato a mano"), "imported": _("Importato"),
    },
    "contract_act.role": {
        "attached": _("Allegato"), "approval": _("Approvazione"), "superseded": _("Approvazione superata"),
    },
    "contract_ending.kind": {"withdrawal": _("Recesso del Comune"), "termination": _("Risoluzione")},
    "contract_ending.ground": {
        "public_interest": _("Gravi ragioni di interesse pubblico"),
        "delay": _("Ritardi, interruzioni o inadempienze sugli standard"),
        "infringement": _("Violazioni gravi o ripetute, con dolo o colpa grave"),
        "new_rules": _("Norme nuove, incompatibili con il contratto"),
        "traceability": _("Pagamenti fuori da banche e Poste"),
    },
    "entrusted_asset.kind": {"building": _("Immobile"), "movable": _("Arredi e beni mobili"), "system": _("Impianti")},
    "entrusted_asset.title": {"free_loan": _("Comodato"), "rent": _("Locazione")},
    "entrusted_asset.ordinary_upkeep": {"azienda": _("Azienda"), "municipality": _("Comune")},
    "entrusted_asset.extraordinary_upkeep": {"azienda": _("Azienda"), "municipality": _("Comune")},
    "sending.channel": {
        "pec": _("PEC"),
        "registered_post": _("Raccomandata con avviso di ricevimento"),
        "by_hand": _("Consegna a mano"),
    },
    "deadline_rule.subject": {
        "contract": _("Contratto"), "instalment": _("Rata"), "bank_account": _("Conto dedicato"),
        "entrusted_asset": _("Immobili e beni affidati"), "insurance_policy": _("Polizza"),
        "service_charter": _("Carta dei servizi"), "zone_plan": _("Piano di Zona"),
    },
    "deadline_rule.unit": {"days": _("giorni"), "months": _("mesi"), "working_days": _("giorni lavorativi")},
    "deadline_rule.owner_role": {
        "management": _("Direzione"), "accounting": _("Contabilità"), "accreditation": _("Accreditamento"),
        "municipality": _("Comune"), "provider": _("Gestore"),
    },
    "deadline_change.kind": {
        "suspended": _("Sospensione"), "resumed": _("Ripresa"), "extended": _("Proroga"), "met": _("Adempimento"),
        "reopened": _("Correzione: da fare ancora"),
    },
    "budget.stage": {
        "forecast": _("Previsione"), "budget": _("Bilancio preventivo"), "pre_closing": _("Preconsuntivo"),
        "accounts": _("Bilancio d'esercizio"),
    },
    "budget_line.kind": {
        "direct_cost": _("Costo diretto"), "indirect_cost": _("Costo indiretto"),
        "user_fee": _("Contribuzione degli utenti"), "revenue": _("Altro ricavo"),
        "source": _("Fonte di finanziamento"),
    },
    "allocation_plan.joining": {"days": _("In proporzione ai giorni"), "whole": _("Per l'anno intero")},
    "allocation_plan.ties": {"name": _("In ordine alfabetico"), "istat": _("In ordine di codice ISTAT")},
    "allocation_plan.indirect_base": {
        "direct_cost": _("In proporzione ai costi diretti"), "equal": _("In parti uguali tra i gruppi"),
    },
    "allocation_key.kind": {
        "residents": _("Residenti"), "usage": _("Uso del servizio"), "users": _("Utenti"), "places": _("Posti"),
        "equal": _("Parti uguali"), "fixed": _("Somme fisse"), "historic": _("Quota storica"),
        "solidarity": _("Fondo di solidarietà"),
    },
    "year_share.kind": {
        "budget": _("Di previsione"), "final": _("Definitiva"), "chosen": _("Concordata per gli acconti"),
    },
    "year_share.origin": {"plan": _("Piano di riparto"), "import": _("Importata"), "typed": _("Registrata a mano")},
    "instalment.kind": {
        "advance": _("Acconto"), "balance": _("Saldo"), "extra_project": _("Progetto straordinario"),
        "further_advance": _("Ulteriore anticipazione"), "opening": _("Saldo iniziale"),
    },
    "instalment.base_kind": {
        "previous": _("Quota dell'anno precedente"), "budget": _("Quota del bilancio approvato"),
        "chosen": _("Importo concordato"), "final": _("Quota definitiva"),
    },
    "instalment.event": {"accounts_approved": _("Approvazione del bilancio d'esercizio e del riparto")},
    "interest_rate.kind": {"legal": _("Legale"), "commercial": _("Transazioni commerciali")},
    "contract_terms.interest": {
        "none": _("Nessuno"), "legal": _("Legali"), "commercial": _("Transazioni commerciali"),
    },
    "contract_terms.coordinated": {
        "instalments": _("Scadenze delle rate"), "projects": _("Progetti straordinari"),
        "both": _("Scadenze delle rate e progetti straordinari"),
    },
    "contract_terms.registration_cost": {
        "azienda": _("A carico dell'azienda"), "municipality": _("A carico del Comune"),
        "shared": _("Divise in parti uguali"),
    },
    "instalment_rule.kind": {"advance": _("Acconto"), "balance": _("Saldo")},
    "instalment_rule.base": {
        "previous_year_or_approved_budget": _("Anno precedente o, se già approvato, bilancio di previsione"),
        "previous_year": _("Importo dell'anno precedente"), "annual_share": _("Quota dell'anno"),
        "budget": _("Bilancio di previsione"), "chosen": _("Importo concordato"),
    },
    "instalment_rule.event": {"accounts_approved": _("Approvazione del bilancio d'esercizio e del riparto")},
    "service_charter.owner": {"azienda": _("Azienda"), "district": _("Distretto")},
    "contract_terms.renewal_direction": {"before": _("Prima della scadenza"), "after": _("Dopo la scadenza")},
    "contract_terms.roll_policy": {
        "none": _("La scadenza non si sposta"), "holiday": _("Si sposta dai giorni festivi"),
        "saturday": _("Si sposta dai giorni festivi e dal sabato"),
    },
    "payment.method": {
        "bank_transfer": _("Bonifico bancario"), "treasury": _("Giroconto di tesoreria"),
        "post": _("Versamento alle Poste"), "pagopa": _("pagoPA"), "offset": _("Compensazione con un credito"),
    },
    "bank_statement.format": {"camt": _("CAMT.053"), "csv": _("CSV")},
    "body.owner": {"azienda": _("Azienda"), "district": _("Distretto"), "external": _("Altro ente")},
    "body.kind": {
        "assembly": _("Assemblea"),
        "board": _("Consiglio di Amministrazione"),
        "director": _("Direzione"),
        "council": _("Consiglio comunale"),
        "giunta": _("Giunta comunale"),
        "technical_table": _("Tavolo tecnico"),
        "office": _("Ufficio"),
        "health_authority": _("Autorità sanitaria"),
        "province": _("Provincia"),
        "region": _("Regione"),
        "court": _("Tribunale"),
        "partner": _("Partner"),
    },
}

# what starts and ends the terms, as the rules name it
EVENTS: dict[str, Word] = {
    "contract.starts": _("Decorrenza del contratto"),
    "contract.signed": _("Firma del contratto"),
    "contract.assessment": _("Termine per valutare il rinnovo"),
    "contract.assessed": _("Valutazione del rinnovo con un atto"),
    "contract.favourable": _("Valutazione favorevole al rinnovo"),
    "contract.communicated": _("Comunicazione della volontà sul rinnovo"),
    "contract.notice": _("Termine per la disdetta, prima del rinnovo tacito"),
    "contract.notice_given": _("Disdetta comunicata"),
    "contract.ends": _("Ultimo giorno del contratto"),
    "contract.provided": _("Rinnovo, continuità, chiusura o fine anticipata del contratto"),
    "contract.continuity": _("Continuità dei servizi dopo la scadenza"),
    "contract.closed": _("Chiusura del contratto"),
    "instalment.planned": _("Data prevista della rata"),
    "instalment.fixed": _("Evento che fissa la rata"),
    "instalment.requested": _("Richiesta della rata"),
    "instalment.due": _("Scadenza della rata richiesta"),
    "instalment.unpaid": _("Scadenza effettiva della rata"),
    "instalment.extra_project": _("Progetto straordinario dell'anno"),
    "instalment.paid": _("Pagamento della rata"),
    "account.opened": _("Apertura, primo uso o cambiamento del conto"),
    "account.communicated": _("Comunicazione del conto e dei delegati"),
    "asset.rent_due": _("Canone dell'anno"),
    "asset.rent_paid": _("Pagamento del canone, segnato a mano"),
    "policy.ends": _("Fine della polizza, prima di quella del contratto"),
    "policy.followed": _("Polizza che continua la copertura"),
    "charter.adopted": _("Carta del distretto, dalla firma del contratto"),
    "charter.own": _("Carta propria dell'azienda"),
    "zone_plan.ends": _("Ultimo giorno del Piano di Zona"),
    "zone_plan.followed": _("Piano di Zona che segue"),
}
for subject in SUBJECTS:
    STATES.update(subject.STATES)
    EVENTS.update(subject.EVENTS)
    for place, words in subject.CHOICES.items():
        CHOICES[place] = {**CHOICES.get(place, {}), **words}
CHOICES["deadline_rule.event"] = CHOICES["deadline_rule.expected"] = CHOICES["deadline_rule.cancelled_by"] = EVENTS
CHOICES["deadline.subject"] = CHOICES["deadline_rule.subject"]
CHOICES["deadline.owner_role"] = CHOICES["deadline_rule.owner_role"]
