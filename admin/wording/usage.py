"""The Italian words of core/usage."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Passages, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "usage_month": (_("il mese d'uso"), _("Uso dei servizi")),
    "use_figure": (_("il dato d'uso"), _("Dati d'uso")),
    "use_correction": (_("la correzione di un dato d'uso"), _("Correzioni dei dati d'uso")),
}
COLUMNS: Words = {
    "figure_id": pgettext("usage", "Dato d'uso"),
    "use_correction.after": pgettext("usage", "Valore corretto"),
    "use_correction.before": pgettext("usage", "Valore di prima"),
    "use_correction.on": pgettext("usage", "Corretto il"),
    "use_figure.measure": pgettext("usage", "Misura"),
    "use_figure.source": pgettext("usage", "Da dove viene"),
    "use_figure.unit": pgettext("usage", "Unità"),
    "use_figure.value": pgettext("usage", "Valore"),
    "usage_month.closed_on": pgettext("usage", "Chiuso il"),
    "usage_month.month": pgettext("usage", "Mese"),
    "use_figure.month": pgettext("usage", "Mese"),
}
CHOICES: Choices = {
    "use_figure.source": {
        "typed": _("Scritto a mano"), "imported": _("Importato"), "computed": _("Calcolato dal plugin"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "usage_month": {
        "open": (pgettext("usage_month", "Aperto"), "amber"),
        "closed": (pgettext("usage_month", "Chiuso"), "green"),
    },
}
# subject: action: the word in the diary
PASSAGES: Passages = {
    "usage_month": {"close": _("Il mese è stato chiuso il %(day)s.")},
}
