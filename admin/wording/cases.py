"""The Italian words of core/cases."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "case_file": (_("il file del diario"), _("File dei diari")),
    "note": (_("la nota"), _("Note")),
    "passage_log": (_("il passaggio di stato"), _("Passaggi di stato")),
    "sending": (_("l'invio"), _("Lettere inviate e ricevute")),
}
COLUMNS: Words = {
    "action": pgettext("cases", "Passaggio"),
    "addressee_id": pgettext("cases", "Destinatario"),
    "channel": pgettext("cases", "Mezzo"),
    "from_state": pgettext("cases", "Stato di partenza"),
    "passage_log.on_behalf": pgettext("cases", "Registrato per conto del Comune"),
    "note.text": pgettext("cases", "Nota"),
    "protocol_number": pgettext("cases", "Numero di protocollo"),
    "receipt_id": pgettext("cases", "Ricevuta"),
    "received_on": pgettext("cases", "Ricevuto il"),
    "sender_id": pgettext("cases", "Mittente"),
    "sending.title": pgettext("cases", "Lettera"),
    "sent_on": pgettext("cases", "Inviato il"),
    "shared": pgettext("cases", "La vede anche il Comune"),
    "subject": pgettext("cases", "Oggetto"),
    "subject_id": pgettext("cases", "Caso"),
    "to_state": pgettext("cases", "Stato di arrivo"),
}
CHOICES: Choices = {
    "sending.channel": {
        "pec": _("PEC"), "registered_post": _("Raccomandata con avviso di ricevimento"),
        "by_hand": _("Consegna a mano"),
    },
}
