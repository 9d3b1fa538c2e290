"""The Italian words of core/users."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from flask_babel import lazy_pgettext as pgettext

from admin.wording.kinds import Choices, States, Tables, Words

# table: (a name with its article, for sentences; a name for headings)
TABLES: Tables = {
    "download_record": (_("lo scaricamento"), _("Documenti scaricati")),
    "login_record": (_("l'accesso"), _("Accessi")),
    "municipality_grant": (_("il Comune assegnato"), _("Comuni assegnati agli utenti")),
    "provider_grant": (_("il gestore assegnato"), _("Gestori assegnati agli utenti")),
    "recovery_code": (_("il codice di riserva"), _("Codici di riserva")),
    "retention_rule": (_("la regola di conservazione"), _("Regole di conservazione")),
    "role_grant": (_("il ruolo"), _("Ruoli assegnati")),
    "second_factor": (_("la verifica in due passaggi"), _("Verifiche in due passaggi")),
    "second_factor_role": (_("l'obbligo di verifica in due passaggi"), _("Ruoli con verifica in due passaggi")),
    "user": (_("l'utente"), _("Utenti")),
}
COLUMNS: Words = {
    "active": pgettext("users", "Accesso attivo"),
    "browser": pgettext("users", "Browser"),
    "confirmed_at": pgettext("users", "Attiva dal"),
    "device": pgettext("users", "Segno del browser"),
    "feed_token": pgettext("users", "Indirizzo del calendario"),
    "days": pgettext("users", "Giorni"),
    "disabled_at": pgettext("users", "Disattivato"),
    "erased_at": pgettext("users", "Dati cancellati"),
    "erased_why": pgettext("users", "Motivo della cancellazione"),
    "file_name": pgettext("users", "File"),
    "hash": pgettext("users", "Codice"),
    "how": pgettext("users", "Come"),
    "least_days": pgettext("users", "Almeno"),
    "login_record.address": pgettext("users", "Da dove"),
    "municipality_ids": pgettext("users", "Comuni"),
    "outcome": pgettext("users", "Che cosa"),
    "password": pgettext("users", "Password"),
    "provider_id": pgettext("users", "Gestore"),
    "roles": pgettext("users", "Ruoli"),
    "secret": pgettext("users", "Chiave del telefono"),
    "used_at": pgettext("users", "Usato"),
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
CHOICES: Choices = {
    "login_record.how": {
        "password": _("password"),
        "code": _("codice del telefono"),
        "recovery": _("codice di riserva"),
        "provider": _("identità digitale"),
        "link": _("collegamento dell'amministratore"),
        "office": _("amministratore"),
    },
    "retention_rule.kind": {
        "login_record": _("Accessi riusciti e falliti"),
        "download_record": _("Documenti scaricati"),
        "outbox_message": _("Messaggi inviati"),
        "idempotency_key": _("Chiavi dei moduli inviati"),
        "user": _("Dati di chi non ha più un accesso attivo"),
    },
}
# subject: state: (word, tint)
STATES: States = {
    "login_record": {
        "entered": (pgettext("login", "Entrato"), "green"),
        "left": (pgettext("login", "Uscito"), "grey"),
        "unknown": (pgettext("login", "Indirizzo sconosciuto"), "amber"),
        "wrong_password": (pgettext("login", "Password sbagliata"), "amber"),
        "wrong_code": (pgettext("login", "Codice sbagliato"), "amber"),
        "closed": (pgettext("login", "Troppi tentativi"), "red"),
        "disabled": (pgettext("login", "Accesso disattivato"), "red"),
        "refused": (pgettext("login", "Respinto"), "red"),
        "password_set": (pgettext("login", "Nuova password"), "grey"),
        "factor_set": (pgettext("login", "Verifica attivata"), "grey"),
        "factor_removed": (pgettext("login", "Verifica tolta"), "amber"),
        "factor_reset": (pgettext("login", "Verifica azzerata"), "amber"),
    },
    "user": {
        "active": (pgettext("user", "Attivo"), "green"),
        "invited": (pgettext("user", "Invitato"), "amber"),
        "disabled": (pgettext("user", "Disattivato"), "red"),
        "erased": (pgettext("user", "Dati cancellati"), "grey"),
    },
}
