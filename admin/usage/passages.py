"""The passages of a month of use as a person does them: it is closed, and a close that came too early taken back."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.cases.passages import undo_step
from admin.web.acts import Step, doing
from core.usage import operations
from core.usage.states import LIFE

STEPS: dict[str, Step] = {
    "close": Step(
        lazy_gettext("Chiudi il mese"), lazy_gettext("Il mese è chiuso."), doing(operations.close), tint="primary",
        happens=lambda _row: (
            _("Le cifre valgono così come sono, e su di esse si possono ripartire i costi."),
            _("Dopo si correggono una per volta, con il motivo."),
            _("Serve che ogni Comune abbia tutte le sue cifre: 0 è una cifra, una casella vuota no."))),
    "undo": undo_step(LIFE, operations.reopen, lazy_gettext("Il mese è di nuovo aperto.")),
}
