"""The Italian words of core/catalogue."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "area": (_("l'area"), _("Aree")),
    "coverage": (_("la copertura"), _("Coperture dei servizi")),
    "operational_sheet": (_("la scheda operativa"), _("Schede operative")),
    "own_fields": (_("i campi propri del servizio"), _("Campi propri dei servizi")),
    "sector": (_("il settore"), _("Settori")),
    "service": (_("il servizio"), _("Servizi")),
    "service_agreement": (_("l'accordo del servizio"), _("Accordi dei servizi")),
    "service_succession": (_("la successione fra servizi"), _("Servizi che si succedono")),
    "service_name": (_("il nome di un tempo del servizio"), _("Nomi dei servizi")),
    "service_sector": (_("il posto del servizio nel settore"), _("Servizi per settore")),
    "sheet_service": (_("il servizio della scheda"), _("Servizi delle schede")),
}
COLUMNS: Words = {
    "activities": pgettext("catalogue", "Attività e servizi erogati"),
    "area_id": pgettext("catalogue", "Area"),
    "own_fields.content": pgettext("catalogue", "Campi"),
    "cost_to_user": pgettext("catalogue", "Costo per l'utenza"),
    "cover_all": pgettext("catalogue", "Copre tutti i Comuni soci"),
    "cover_district_id": pgettext("catalogue", "Copre i Comuni soci di un solo distretto"),
    "cover_assumed": pgettext("catalogue", "Copertura presunta"),
    "operational_sheet.approved_on": pgettext("catalogue", "Approvata il"),
    "coverage": pgettext("catalogue", "Comuni indicati dalla scheda"),
    "data": pgettext("catalogue", "Dati propri del servizio"),
    "definitions": pgettext("catalogue", "Definizioni"),
    "description": pgettext("catalogue", "Descrizione"),
    "edition": pgettext("catalogue", "Edizione"),
    "entry": pgettext("catalogue", "Voce dell'elenco dei servizi"),
    "essential_level": pgettext("catalogue", "Livello essenziale"),
    "essential_body": pgettext("catalogue", "Organo che lo dichiara tale"),
    "essential_body_id": pgettext("catalogue", "Organo che lo dichiara tale"),
    "essential_number": pgettext("catalogue", "Numero dell'atto che lo dichiara"),
    "essential_on": pgettext("catalogue", "Data dell'atto che lo dichiara"),
    "function_owner": pgettext("catalogue", "Titolare della funzione"),
    "function_owner_id": pgettext("catalogue", "Titolare della funzione"),
    "heading": pgettext("catalogue", "Intestazione"),
    "joint_management": pgettext("catalogue", "Gestione associata di tutti i Comuni"),
    "schema": pgettext("catalogue", "Campi dei dati propri"),
    "management_form": pgettext("catalogue", "Forma di gestione"),
    "managing_unit": pgettext("catalogue", "Unità che lo gestisce"),
    "mission": pgettext("catalogue", "Missione"),
    "mission_origin": pgettext("catalogue", "Origine della missione"),
    "notes": pgettext("catalogue", "Note"),
    "pasted_mission": pgettext("catalogue", "Missione trovata nella fonte"),
    "plugin": pgettext("catalogue", "Plugin"),
    "protocol": pgettext("catalogue", "Fasi del protocollo"),
    "recipients": pgettext("catalogue", "Destinatari"),
    "responsible": pgettext("catalogue", "Responsabile"),
    "sector_id": pgettext("catalogue", "Settore"),
    "sectors": pgettext("catalogue", "Settori"),
    "service.title": pgettext("catalogue", "Servizio"),
    "service.summary": pgettext("catalogue", "In una riga"),
    "service_succession.predecessor_id": pgettext("catalogue", "Servizio di cui ha preso il posto"),
    "service_succession.reason": pgettext("catalogue", "Perché"),
    "service_succession.since": pgettext("catalogue", "Dal"),
    "service_agreement.body_id": pgettext("catalogue", "Con quale ente"),
    "service_agreement.signed_on": pgettext("catalogue", "Firmato il"),
    "service_agreement.title": pgettext("catalogue", "Accordo"),
    "services": pgettext("catalogue", "Servizi"),
    "sheet_id": pgettext("catalogue", "Scheda"),
    "tasks": pgettext("catalogue", "Compiti"),
    "tools": pgettext("catalogue", "Strumenti di lavoro"),
}
HELPS: Words = {
    "activities": _("Una per riga."),
    "cost_to_user": _("Scrivere anche quando il servizio è gratuito: una scheda senza questa voce è incompleta."),
    "definitions": _("Una per riga."),
    "function_owner_id": _("Solo se la legge dà la funzione a un altro ente, per esempio alla Provincia: allora serve "
                           "un accordo in vigore con esso. Vuoto se è dei Comuni."),
    "sector.code": _("Vuoto: si fa dal titolo. Poi non conviene cambiarlo."),
    "sector.heading": _("Come compare nel contratto; vuoto se è il titolo."),
    "service.code": _("Vuoto: si fa dal nome. Schede, plugin ed esportazioni conoscono il servizio così, e non cambia. "
                      "Un servizio che ha un plugin porta il codice del plugin."),
    "service.entry": _("Come l'elenco del contratto nomina il servizio; vuoto se basta il nome."),
    "essential_body_id": _("Se è gestito direttamente dall'azienda, l'art. 8 chiede che il distretto lo dichiari "
                           "livello essenziale. Chi non c'è si registra prima tra gli organi e gli enti."),
    "essential_number": _("Per esempio «n. 12»."),
    "service.summary": _("Che cosa offre, come lo leggerebbe un cittadino."),
    "service_succession.predecessor_id": _("Se non c'è, aprirlo prima nel catalogo con il giorno in cui si è chiuso."),
    "service_succession.reason": _("Che cosa è cambiato: per esempio, si occupa soltanto dell'affido."),
    "service_succession.since": _("Vuoto finché non si conosce il giorno."),
    "service_agreement.body_id": _("Chi non c'è si registra prima tra gli organi e gli enti."),
    "service_agreement.title": _("Come il contratto lo cita, per esempio «Convenzione n. 12»."),
    "service_agreement.valid_to": _("L'ultimo giorno: prima arriva un avviso. Vuoto se l'accordo non ha un termine."),
    "service.valid_from": _("Vuoto se c'è da sempre."),
    "service.valid_to": _("L'ultimo giorno, quando il servizio si chiude."),
    "tasks": _("Uno per riga."),
    "notes": _("Una per riga."),
    "operational_sheet.mission": _("Che cosa offre il servizio e perché. Una riga vuota separa i paragrafi."),
    "protocol": _("Una fase per riga, in ordine."),
    "tools": _("Uno per riga."),
}
CHOICES: Choices = {
    "service.management_form": {
        "direct": _("Gestione diretta dell'azienda"), "municipal": _("Gestione diretta del Comune"),
        "autonomous_initiative": _("Iniziativa autonoma del territorio"),
        "accreditation": _("Concessione a terzi accreditati"),
        "partnership": _("Accordo di collaborazione o partenariato"),
        "contract": _("Affidamento a terzi con contratto"),
    },
    "deadline_rule.subject": {"service_agreement": _("Accordo di un servizio")},
    "area.kind": {"services": _("Servizi"), "system": _("Sistema"), "staff": _("Staff")},
}
# subject: state: (word, tint)
STATES: States = {
    "service": {
        "complete": (pgettext("service", "Con la scheda"), "green"),
        "incomplete": (pgettext("service", "Senza scheda"), "amber"),
    },
    "operational_sheet": {
        "draft": (pgettext("operational_sheet", "Bozza"), "grey"),
        "approved": (pgettext("operational_sheet", "Approvata"), "green"),
        "superseded": (pgettext("operational_sheet", "Superata"), "grey"),
        "cancelled": (pgettext("operational_sheet", "Annullata"), "red"),
        "complete": (pgettext("operational_sheet", "Completa"), "green"),
        "incomplete": (pgettext("operational_sheet", "Da completare"), "amber"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "operational_sheet": {
        "approve": _("Approvata dall'Assemblea il %(day)s."),
        "cancel": _("Bozza annullata il %(day)s."),
        "supersede": _("Superata da un'edizione nuova il %(day)s."),
    },
}
EVENTS: Words = {
    "agreement.ends": _("Ultimo giorno dell'accordo"),
    "agreement.followed": _("Accordo che segue"),
}
