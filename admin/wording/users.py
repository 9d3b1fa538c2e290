"""The Italian words of core/users."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "municipality_grant": (_("il comune assegnato"), _("Comuni assegnati agli utenti")),
    "provider_grant": (_("il gestore assegnato"), _("Gestori assegnati agli utenti")),
    "role_grant": (_("il ruolo"), _("Ruoli assegnati")),
    "user": (_("l'utente"), _("Utenti")),
}
COLUMNS: Words = {
    "active": pgettext("users", "Accesso attivo"),
    "failed_logins": pgettext("users", "Password sbagliate"),
    "feed_token": pgettext("users", "Indirizzo del calendario"),
    "locked_until": pgettext("users", "Bloccato fino a"),
    "municipality_ids": pgettext("users", "Comuni"),
    "password": pgettext("users", "Password"),
    "provider_id": pgettext("users", "Gestore"),
    "roles": pgettext("users", "Ruoli"),
    "user.fs_uniquifier": pgettext("users", "Sessioni"),
    "user.name": pgettext("users", "Nome e cognome"),
    "user_id": pgettext("users", "Utente"),
}
HELPS: Words = {
    "user.email": _("È il nome con cui la persona entra: non si cambia dopo l'invito."),
}
ROLES: Words = {
    "management": _("Direzione"),
    "accounting": _("Contabilità"),
    "accreditation": _("Accreditamento"),
    "municipality": _("Comune"),
    "provider": _("Gestore"),
    "auditor": _("Revisione"),
    "administrator": _("Amministrazione del sistema"),
    "system": _("Programma"),
}
# subject: state: (word, tint)
STATES: States = {
    "user": {
        "active": (pgettext("user", "Attivo"), "green"),
        "invited": (pgettext("user", "Invitato"), "amber"),
        "disabled": (pgettext("user", "Disattivato"), "red"),
    },
}
