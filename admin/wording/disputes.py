"""The Italian words of core/disputes: tables, columns, helps, coded choices, states, passages, events of deadlines."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _

Word = Any  # a lazy string: it takes the reader's language when it is shown

# table: (a name with its article, for sentences; a name for headings)
TABLES: dict[str, tuple[Word, Word]] = {
    "damaging_event": (_("l'evento dannoso"), _("Eventi dannosi")),
    "contestation": (_("la contestazione dell'azienda"), _("Contestazioni dell'azienda")),
    "arbitration": (_("l'arbitrato"), _("Arbitrati")),
}
COLUMNS: dict[str, Word] = {
    "damaging_event.claim_number": _("Numero del sinistro"),
    "damaging_event.compensation": _("Importo risarcito"),
    "damaging_event.happened_on": _("Accaduto il"),
    "damaging_event.injured": _("Chi ha subìto il danno"),
    "damaging_event.insurance_policy_id": _("Polizza"),
    "damaging_event.insurer_told_on": _("Assicurazione avvisata il"),
    "damaging_event.known_on": _("Conosciuto il"),
    "damaging_event.outcome": _("Esito"),
    "damaging_event.restoration": _("Ripristino immediato"),
    "damaging_event.sending_id": _("Comunicazione al Comune"),
    "damaging_event.text": _("Che cosa è successo"),
    "damaging_event.title": _("Oggetto"),
    "damaging_event.told_on": _("Comunicato al Comune il"),
    "contestation.answer": _("Risposta del Comune"),
    "contestation.answer_by": _("Risposta attesa entro il"),
    "contestation.answered_on": _("Risposta del"),
    "contestation.effects": _("Conseguenze del ritardo"),
    "contestation.formalised_on": _("Ricevuta dal Comune il"),
    "contestation.outcome": _("Esito"),
    "contestation.sending_id": _("Lettera di contestazione"),
    "contestation.sent_on": _("Spedita il"),
    "contestation.since": _("In ritardo dal"),
    "contestation.text": _("Fatti"),
    "contestation.title": _("Oggetto"),
    "arbitration.award": _("Lodo"),
    "arbitration.award_on": _("Data del lodo"),
    "arbitration.azienda_agreed_on": _("Accordo dell'azienda del"),
    "arbitration.azienda_arbitrator": _("Arbitro nominato dall'azienda"),
    "arbitration.azienda_consent": _("Atto con cui l'azienda accetta"),
    "arbitration.municipality_agreed_on": _("Accordo del Comune del"),
    "arbitration.municipality_arbitrator": _("Arbitro nominato dal Comune"),
    "arbitration.municipality_consent": _("Atto con cui il Comune accetta"),
    "arbitration.notice_id": _("Diffida"),
    "arbitration.penalty_id": _("Penale"),
    "arbitration.proposed_by": _("Proposto da"),
    "arbitration.proposed_on": _("Proposto il"),
    "arbitration.text": _("Controversia"),
    "arbitration.third_arbitrator": _("Terzo arbitro"),
    "arbitration.third_named_by": _("Chi nomina il terzo arbitro"),
    "arbitration.title": _("Oggetto"),
}
HELP: dict[str, Word] = {}
CHOICES: dict[str, dict[str, Word]] = {
    "arbitration.proposed_by": {"azienda": _("Azienda"), "municipality": _("Comune")},
    "arbitration.third_named_by": {
        "arbitrators": _("D'accordo, senza il tribunale"), "court": _("Il Presidente del Tribunale"),
    },
    "deadline_rule.subject": {
        "damaging_event": _("Evento dannoso"), "contestation": _("Contestazione dell'azienda"),
    },
}
# state: (word, tint)
STATES: dict[str, tuple[Word, str]] = {
    "recorded": (_("Da comunicare"), "amber"),
    "told": (_("Comunicato al Comune"), "blue"),
    "with_insurer": (_("All'assicurazione"), "blue"),
    "dispatched": (_("Spedita, senza ricevuta"), "amber"),
    "formalised": (_("Formalizzata"), "blue"),
    "replied": (_("Con risposta del Comune"), "amber"),
    "settled": (_("Definita"), "green"),
    "retracted": (_("Ritirata"), "grey"),
    "proposed": (_("Proposto"), "amber"),
    "agreed": (_("Concordato"), "blue"),
    "appointed": (_("Con il collegio"), "blue"),
    "awarded": (_("Deciso"), "green"),
    "dropped": (_("Abbandonato"), "grey"),
}
# case: action: what happened, with %(day)s
PASSAGES: dict[str, dict[str, Word]] = {
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
EVENTS: dict[str, Word] = {
    "damage.known": _("Evento dannoso conosciuto"),
    "damage.told": _("Evento dannoso comunicato al Comune"),
    "damage.covered": _("Evento dannoso coperto da una polizza"),
    "damage.insurer_told": _("Evento dannoso denunciato all'assicurazione"),
    "contestation.sent": _("Contestazione spedita al Comune"),
    "contestation.formalised": _("Ricevuta della contestazione"),
    "contestation.received": _("Contestazione ricevuta dal Comune"),
    "contestation.answered": _("Risposta del Comune alla contestazione"),
}
