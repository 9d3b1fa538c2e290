"""The passages of a notice of operation as a person does them: what the office does with it, what a provider adds."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.web.acts import Step, WhyForm, doing
from core.providers import operating_notices

READ_BY_ALL = lazy_gettext("Resta nel diario: lo leggono anche il gestore e il Comune.")

STEPS: dict[str, Step] = {
    "ask_completion": Step(
        lazy_gettext("Chiedi di completare"), lazy_gettext("La richiesta è nel diario."),
        doing(operating_notices.ask_completion, "why"), WhyForm,
        happens=lambda _row: (_("Finché non è completata la comunicazione non ha effetto. Il gestore legge che cosa "
                                "manca."),)),
    "complete": Step(
        lazy_gettext("Registra il completamento"), lazy_gettext("La comunicazione è completa."),
        doing(operating_notices.complete),
        happens=lambda _row: (_("La comunicazione è completa: se il giorno dichiarato è arrivato, ha effetto "
                                "subito."),)),
    "check": Step(
        lazy_gettext("Registra l'esame"), lazy_gettext("L'esame è registrato."), doing(operating_notices.check),
        happens=lambda _row: (_("Risulta esaminata e in ordine. L'effetto viene comunque dal giorno dichiarato."),)),
    "void": Step(
        lazy_gettext("Rendi senza effetto"), lazy_gettext("La comunicazione è senza effetto."),
        doing(operating_notices.void, "why"), WhyForm, tint="danger", rare=True,
        happens=lambda _row: (_("Il giorno dichiarato passerà senza effetto. Il numero resta assegnato."),)),
}
