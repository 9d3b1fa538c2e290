"""The Italian words of core/ground, and the words that every subject shares."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "counter": (_("il numeratore"), _("Numeratori")),
    "idempotency_key": (_("la richiesta"), _("Richieste")),
    "lease": (_("il turno di lavoro"), _("Turni di lavoro")),
    "outbox_message": (_("il messaggio in uscita"), _("Messaggi in uscita")),
    "plugin_fault": (_("il guasto del plugin"), _("Guasti dei plugin")),
    "plugin_setup": (_("l'uso del plugin"), _("Uso dei plugin")),
}
COLUMNS: Words = {
    "act": pgettext("column", "Atto"),
    "act_id": pgettext("column", "Atto"),
    "actor": pgettext("column", "Persona"),
    "address": pgettext("column", "Indirizzo"),
    "amount": pgettext("column", "Importo"),
    "answer": pgettext("column", "Risposta"),
    "at": pgettext("column", "Quando"),
    "code": pgettext("column", "Codice"),
    "contract_id": pgettext("column", "Contratto"),
    "document_id": pgettext("column", "Documento"),
    "email": pgettext("column", "Posta elettronica"),
    "holder": pgettext("column", "Chi lavora"),
    "key": pgettext("column", "Chiave"),
    "kind": pgettext("column", "Tipo"),
    "last": pgettext("column", "Ultimo numero"),
    "legal_source": pgettext("column", "Fonte"),
    "municipality_id": pgettext("column", "Comune"),
    "name": pgettext("column", "Denominazione"),
    "note": pgettext("column", "Nota"),
    "number": pgettext("column", "Numero"),
    "on": pgettext("column", "Giorno"),
    "outbox_message.attempts": pgettext("column", "Tentativi"),
    "outbox_message.done_at": pgettext("column", "Inviato"),
    "outbox_message.due_at": pgettext("column", "Da inviare"),
    "outbox_message.error": pgettext("column", "Errore"),
    "outbox_message.payload": pgettext("column", "Contenuto"),
    "plugin_fault.hook": pgettext("column", "Che cosa gli si chiedeva"),
    "plugin_fault.message": pgettext("column", "Errore"),
    "plugin_fault.plugin": pgettext("column", "Plugin"),
    "plugin_fault.times": pgettext("column", "Quante volte"),
    "plugin_fault.where": pgettext("column", "Riga"),
    "plugin_setup.attached": pgettext("column", "In uso"),
    "plugin_setup.service": pgettext("column", "Servizio"),
    "plugin_setup.settings": pgettext("column", "Impostazioni"),
    "operation": pgettext("column", "Operazione"),
    "order": pgettext("column", "Ordine"),
    "province": pgettext("column", "Provincia"),
    "role": pgettext("column", "Ruolo"),
    "service_id": pgettext("column", "Servizio"),
    "settled_on": pgettext("column", "Definita il"),
    "source": pgettext("column", "Fonte"),
    "state": pgettext("column", "Stato"),
    "text": pgettext("column", "Testo"),
    "title": pgettext("column", "Titolo"),
    "undoes_id": pgettext("column", "Corregge"),
    "until": pgettext("column", "Fino al"),
    "valid_from": pgettext("column", "Dal"),
    "valid_to": pgettext("column", "Al"),
    "why": pgettext("column", "Motivo"),
    "year": pgettext("column", "Anno"),
}
# subject: state: (word, tint)
STATES: States = {
    "plugin": {
        "loaded": (pgettext("plugin", "Attivo"), "green"),
        "broken": (pgettext("plugin", "Accantonato"), "red"),
        "detached": (pgettext("plugin", "Staccato"), "grey"),
    },
    "step": {
        "done": (pgettext("step", "Fatto"), "green"),
        "to_do": (pgettext("step", "Da fare"), "amber"),
        "missing": (pgettext("step", "Manca"), "red"),
    },
    "remark": {
        "error": (pgettext("remark", "Da correggere"), "red"),
        "warning": (pgettext("remark", "Da verificare"), "amber"),
    },
}
