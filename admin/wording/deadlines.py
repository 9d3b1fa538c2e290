"""The Italian words of core/deadlines."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "alert": (_("l'avviso"), _("Avvisi")),
    "case_event": (_("l'evento registrato"), _("Eventi registrati")),
    "deadline": (_("la scadenza"), _("Scadenze")),
    "deadline_change": (_("la modifica della scadenza"), _("Modifiche delle scadenze")),
    "deadline_rule": (_("la regola delle scadenze"), _("Regole delle scadenze")),
    "event_kind": (_("l'evento dell'ufficio"), _("Eventi dell'ufficio")),
}
COLUMNS: Words = {
    "alert_days": pgettext("deadlines", "Avvisi, giorni prima"),
    "backwards": pgettext("deadlines", "Contato all'indietro"),
    "cancelled_by": pgettext("deadlines", "Viene meno con"),
    "case_title": pgettext("deadlines", "Caso"),
    "day": pgettext("deadlines", "Giorno fisso di ogni anno"),
    "days": pgettext("deadlines", "Giorni"),
    "days_before": pgettext("deadlines", "Giorni prima"),
    "deadline.effective": pgettext("deadlines", "Entro"),
    "deadline.subject": pgettext("deadlines", "Riguarda"),
    "deadline_id": pgettext("deadlines", "Scadenza"),
    "deadline_rule.active": pgettext("deadlines", "In uso"),
    "deadline_rule.amount": pgettext("deadlines", "Durata del termine"),
    "deadline_rule.event": pgettext("deadlines", "Comincia con"),
    "deadline_rule.expected": pgettext("deadlines", "Si attende"),
    "deadline_rule.subject": pgettext("deadlines", "Riguarda"),
    "deadline_rule.text": pgettext("deadlines", "Testo dell'avviso"),
    "deadline_rule.title": pgettext("deadlines", "Regola"),
    "due_on": pgettext("deadlines", "Da inviare il"),
    "case_event.occurrence": pgettext("deadlines", "Anno"),
    "case_event.on": pgettext("deadlines", "Avvenuto il"),
    "case_event.subject": pgettext("deadlines", "Avviene in"),
    "event_kind.active": pgettext("deadlines", "In uso"),
    "event_kind.help": pgettext("deadlines", "Quando si registra"),
    "event_kind.name": pgettext("deadlines", "Evento"),
    "event_kind.shared": pgettext("deadlines", "Lo leggono anche il Comune e il gestore"),
    "event_kind.subject": pgettext("deadlines", "Avviene in"),
    "fired_at": pgettext("deadlines", "Inviato"),
    "for_date": pgettext("deadlines", "Per la scadenza del"),
    "kind_id": pgettext("deadlines", "Evento"),
    "nominal": pgettext("deadlines", "Scadenza nominale"),
    "occurrence": pgettext("deadlines", "Ricorrenza"),
    "owner_role": pgettext("deadlines", "A chi tocca"),
    "recorded_by": pgettext("deadlines", "Lo registra"),
    "rule_id": pgettext("deadlines", "Regola"),
    "since": pgettext("deadlines", "In uso dal"),
    "shared": pgettext("deadlines", "La vede anche il Comune"),
    "started_on": pgettext("deadlines", "Decorre dal"),
    "subject_id": pgettext("deadlines", "Caso"),
    "unit": pgettext("deadlines", "Unità"),
    "withdrawn": pgettext("deadlines", "Annullato"),
    "yearly": pgettext("deadlines", "Si ripete ogni anno"),
}
HELPS: Words = {
    "alert_days": _("Quanti giorni prima della scadenza avvisare, uno per riga; 0 è il giorno stesso."),
    "deadline_rule.active": _("Una regola che non è in uso non fa scadenze; quelle ancora aperte si annullano."),
    "deadline_rule.amount": _("Vuota dove la data è già fissata dal contratto, dalla rata o dalla polizza."),
    "deadline_rule.day": _("Giorno e mese, per esempio 30/11, di un adempimento che torna ogni anno: degli anni "
                           "dell'azienda, o di ogni contratto in corso. Gli eventi e la durata restano vuoti."),
    "deadline_rule.shared": _("La vede chi lavora nel Comune interessato, nelle sue scadenze e nel suo calendario."),
    "deadline_rule.text": _("Si legge nella scadenza e nel messaggio di avviso."),
    "event_kind.code": _("Un nome breve e unico, per esempio «collaudo»: lo usano le regole e i file, e non si cambia "
                         "più."),
    "event_kind.help": _("Si legge quando lo si registra."),
    "event_kind.recorded_by": _("Lo registra questo ufficio; la direzione può farlo sempre."),
    "event_kind.shared": _("Chi lavora nel Comune o per il gestore legge nel suo fascicolo che è avvenuto, e quando."),
    "event_kind.yearly": _("Si registra una volta per ogni anno del fascicolo, e non una volta sola. Quelli "
                           "dell'azienda si ripetono sempre."),
}
CHOICES: Choices = {
    "deadline_rule.unit": {"days": _("giorni"), "months": _("mesi"), "working_days": _("giorni lavorativi")},
    "deadline_rule.owner_role": {
        "management": _("Direzione"), "accounting": _("Contabilità"), "accreditation": _("Accreditamento"),
        "municipality": _("Comune"), "provider": _("Gestore"),
    },
    "event_kind.recorded_by": {
        "management": _("Direzione"), "accounting": _("Contabilità"), "accreditation": _("Accreditamento"),
    },
    "deadline_change.kind": {
        "suspended": _("Sospensione"), "resumed": _("Ripresa"), "extended": _("Proroga"), "met": _("Adempimento"),
        "reopened": _("Correzione: da fare ancora"),
    },
}
EVENTS: Words = {"year.day": _("Giorno fisso di ogni anno")}
# subject: state: (word, tint)
STATES: States = {
    "deadline": {
        "open": (pgettext("deadline", "Aperta"), "amber"),
        "met": (pgettext("deadline", "Rispettata"), "green"),
        "met_late": (pgettext("deadline", "Fatta in ritardo"), "amber"),
        "missed": (pgettext("deadline", "Mancata"), "red"),
        "suspended": (pgettext("deadline", "Sospesa"), "amber"),
        "cancelled": (pgettext("deadline", "Annullata"), "red"),
    },
}
