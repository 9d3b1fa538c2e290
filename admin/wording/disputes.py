"""The Italian words of core/disputes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "arbitration": (_("l'arbitrato"), _("Arbitrati")),
    "contestation": (_("la contestazione dell'azienda"), _("Contestazioni dell'azienda")),
    "damaging_event": (_("l'evento dannoso"), _("Eventi dannosi")),
}
COLUMNS: Words = {
    "arbitration.award": pgettext("disputes", "Lodo"),
    "arbitration.award_on": pgettext("disputes", "Data del lodo"),
    "arbitration.azienda_agreed_on": pgettext("disputes", "Accordo dell'azienda del"),
    "arbitration.azienda_arbitrator": pgettext("disputes", "Arbitro nominato dall'azienda"),
    "arbitration.azienda_consent": pgettext("disputes", "Atto con cui l'azienda accetta"),
    "arbitration.municipality_agreed_on": pgettext("disputes", "Accordo del Comune del"),
    "arbitration.municipality_arbitrator": pgettext("disputes", "Arbitro nominato dal Comune"),
    "arbitration.municipality_consent": pgettext("disputes", "Atto con cui il Comune accetta"),
    "arbitration.notice_id": pgettext("disputes", "Diffida"),
    "arbitration.penalty_id": pgettext("disputes", "Penale"),
    "arbitration.proposed_by": pgettext("disputes", "Proposto da"),
    "arbitration.proposed_on": pgettext("disputes", "Proposto il"),
    "arbitration.text": pgettext("disputes", "Controversia"),
    "arbitration.third_arbitrator": pgettext("disputes", "Terzo arbitro"),
    "arbitration.third_named_by": pgettext("disputes", "Chi nomina il terzo arbitro"),
    "arbitration.title": pgettext("disputes", "Oggetto"),
    "contestation.answer": pgettext("disputes", "Risposta del Comune"),
    "contestation.answer_by": pgettext("disputes", "Risposta attesa entro il"),
    "contestation.answered_on": pgettext("disputes", "Risposta del"),
    "contestation.effects": pgettext("disputes", "Conseguenze del ritardo"),
    "contestation.formalised_on": pgettext("disputes", "Ricevuta dal Comune il"),
    "contestation.outcome": pgettext("disputes", "Esito"),
    "contestation.sending_id": pgettext("disputes", "Lettera di contestazione"),
    "contestation.sent_on": pgettext("disputes", "Spedita il"),
    "contestation.since": pgettext("disputes", "In ritardo dal"),
    "contestation.text": pgettext("disputes", "Fatti"),
    "contestation.title": pgettext("disputes", "Oggetto"),
    "damaging_event.claim_number": pgettext("disputes", "Numero del sinistro"),
    "damaging_event.compensation": pgettext("disputes", "Importo risarcito"),
    "damaging_event.happened_on": pgettext("disputes", "Accaduto il"),
    "damaging_event.injured": pgettext("disputes", "Chi ha subìto il danno"),
    "damaging_event.insurance_policy_id": pgettext("disputes", "Polizza"),
    "damaging_event.insurer_told_on": pgettext("disputes", "Assicurazione avvisata il"),
    "damaging_event.known_on": pgettext("disputes", "Conosciuto il"),
    "damaging_event.outcome": pgettext("disputes", "Esito"),
    "damaging_event.restoration": pgettext("disputes", "Ripristino immediato"),
    "damaging_event.sending_id": pgettext("disputes", "Comunicazione al Comune"),
    "damaging_event.text": pgettext("disputes", "Che cosa è successo"),
    "damaging_event.title": pgettext("disputes", "Oggetto"),
    "damaging_event.told_on": pgettext("disputes", "Comunicato al Comune il"),
}
CHOICES: Choices = {
    "deadline_rule.subject": {"damaging_event": _("Evento dannoso"), "contestation": _("Contestazione dell'azienda")},
    "arbitration.proposed_by": {"azienda": _("Azienda"), "municipality": _("Comune")},
    "arbitration.third_named_by": {
        "arbitrators": _("D'accordo, senza il tribunale"), "court": _("Il Presidente del Tribunale"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "damaging_event": {
        "recorded": (pgettext("damaging_event", "Da comunicare"), "amber"),
        "told": (pgettext("damaging_event", "Comunicato al Comune"), "blue"),
        "with_insurer": (pgettext("damaging_event", "All'assicurazione"), "blue"),
        "closed": (pgettext("damaging_event", "Chiuso"), "grey"),
    },
    "contestation": {
        "draft": (pgettext("contestation", "Bozza"), "grey"),
        "dispatched": (pgettext("contestation", "Spedita, senza ricevuta"), "amber"),
        "formalised": (pgettext("contestation", "Formalizzata"), "blue"),
        "replied": (pgettext("contestation", "Con risposta del Comune"), "amber"),
        "settled": (pgettext("contestation", "Definita"), "green"),
        "retracted": (pgettext("contestation", "Ritirata"), "grey"),
    },
    "arbitration": {
        "proposed": (pgettext("arbitration", "Proposto"), "amber"),
        "agreed": (pgettext("arbitration", "Concordato"), "blue"),
        "appointed": (pgettext("arbitration", "Con il collegio"), "blue"),
        "awarded": (pgettext("arbitration", "Deciso"), "green"),
        "dropped": (pgettext("arbitration", "Abbandonato"), "grey"),
    },
}
# case: action: what happened, with %(day)s
PASSAGES: Passages = {
    "damaging_event": {
        "tell": _("Comunicato al Comune il %(day)s."),
        "tell_last": _("Comunicato al Comune il %(day)s: l'assicurazione era già avvisata."),
        "insure_first": _("Assicurazione avvisata il %(day)s, prima del Comune."),
        "insure": _("Assicurazione avvisata il %(day)s."),
        "restore": _("Ripristino del %(day)s."),
        "close": _("Chiuso il %(day)s."),
    },
    "contestation": {
        "send": _("Contestazione spedita il %(day)s."),
        "formalise": _("Ricevuta dal Comune il %(day)s: da questo giorno la contestazione conta."),
        "reply": _("Il Comune ha risposto il %(day)s."),
        "settle": _("Definita il %(day)s."),
        "retract": _("Ritirata il %(day)s: non conta più."),
    },
    "arbitration": {
        "agree": _("Una parte ha accettato l'arbitrato il %(day)s."),
        "agree_last": _("Anche l'altra parte ha accettato il %(day)s: l'arbitrato è concordato."),
        "name": _("Nomina di arbitri il %(day)s."),
        "appoint": _("Nominato l'ultimo arbitro il %(day)s: il collegio è al completo."),
        "replace": _("Sostituito un arbitro il %(day)s."),
        "award": _("Lodo del %(day)s."),
        "drop": _("Abbandonato il %(day)s."),
    },
}
EVENTS: Words = {
    "damage.known": _("Evento dannoso conosciuto"),
    "damage.told": _("Evento dannoso comunicato al Comune"),
    "damage.covered": _("Evento dannoso coperto da una polizza"),
    "damage.insurer_told": _("Evento dannoso denunciato all'assicurazione"),
    "contestation.sent": _("Contestazione spedita al Comune"),
    "contestation.formalised": _("Ricevuta della contestazione"),
    "contestation.received": _("Contestazione ricevuta dal Comune"),
    "contestation.answered": _("Risposta del Comune alla contestazione"),
}
