"""The Italian words of core/reporting."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "service_staff": (_("il personale di un servizio"), _("Personale dei servizi")),
    "staff_figure": (_("la figura del personale"), _("Figure del personale")),
    "investment": (_("l'investimento"), _("Investimenti")),
}
COLUMNS: Words = {
    "investment.planned": pgettext("reporting", "Previsto"),
    "investment.made": pgettext("reporting", "Realizzato"),
    "investment.title": pgettext("reporting", "Investimento"),
    "investment.source_id": pgettext("reporting", "Fonte di finanziamento"),
    "investment.act_id": pgettext("reporting", "Atto"),
    "staff_figure.staff_id": pgettext("reporting", "Personale di"),
    "staff_figure.profession": pgettext("reporting", "Figura professionale"),
    "staff_figure.kind": pgettext("reporting", "Rapporto"),
    "staff_figure.people": pgettext("reporting", "Persone"),
    "staff_figure.full_time": pgettext("reporting", "Posti a tempo pieno"),
}
HELPS: Words = {
    "investment.service_id": _("Vuoto se l'investimento è per tutta l'azienda."),
    "investment.made": _("Vuoto finché non si sa quanto si è speso."),
}
CHOICES: Choices = {
    "staff_figure.kind": {
        "own": _("dipendenti dell'azienda"), "contract": _("altre forme contrattuali"),
        "assigned": _("assegnati dagli enti soci"), "outside": _("nelle forme dell'art. 8"),
    },
}
