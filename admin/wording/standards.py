"""The Italian words of core/standards."""

from __future__ import annotations

from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import States

# subject: state: (word, tint)
STATES: States = {
    "standard": {
        "kept": (pgettext("standard", "Mantenuto"), "green"),
        "missed": (pgettext("standard", "Non mantenuto"), "red"),
        "not_measured": (pgettext("standard", "Non misurato"), "amber"),
        "small": (pgettext("standard", "Pochi casi: non si dice"), "grey"),
        "unpromised": (pgettext("standard", "Senza valore promesso"), "grey"),
    },
}
