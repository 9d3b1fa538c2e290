"""The installation as its administrator sees it: plugins, settings, the seal of the history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import make_url
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import act, db, office, principal
from admin.office.heads import attested
from admin.web.base_view import COUNTED, Page, small
from admin.web.words import said
from core.ground import audit, backups, clock, health
from core.ground.access import Role
from core.ground.audit import AuditEntry, AuditSeal
from core.ground.outbox import MAX_ATTEMPTS, OutboxMessage, failing, given_up, try_again
from core.ground.settings import Settings

MOST = 100


class System(Page):
    """One page: what runs, with what, and whether the history is sealed."""

    may_read = policy.roles(Role.ADMINISTRATOR, Role.AUDITOR)
    group = "house"

    @expose("/")
    def index(self) -> str:
        """Plugins with their state, settings without secrets, the head of the sealed history."""
        registry = office().registry
        unsealed = select(AuditEntry.id).where(AuditEntry.id > (db().scalar(select(func.max(AuditSeal.entry_id))) or 0))
        return self.render(
            "office/system.html", title=_("Sistema"), settings=settings_words(office().settings),
            plugins=sorted(registry.plugins.values(), key=lambda p: p.description.title),
            broken=sorted(registry.broken.items()), head=audit.head(db()),
            unsealed=db().scalar(select(func.count()).select_from(unsealed.limit(COUNTED + 1).subquery())),
            unsent=_messages(given_up()), late=_messages(failing(), ~given_up()), most_attempts=MAX_ATTEMPTS,
            checks=[(check.state, said(check.says)) for check in health.seen_from(db())],
            may_retry=policy.ADMINISTRATOR.admits(principal()), **_backups(), **attested(),
        )

    @expose("/riprova/", methods=("POST",))
    @policy.allow(policy.NOBODY, policy.ADMINISTRATOR)
    def retry(self) -> Response:
        """Try a message again that was given up."""
        key = small(request.args.get("id"))
        if key is None:
            abort(404)
        with act("outbox.retry") as session:
            try_again(session, key)
        flash(_("Il messaggio sarà inviato di nuovo al prossimo giro, entro un minuto."), "success")
        return redirect(self.get_url(".index"))


def _backups() -> dict[str, Any]:
    """How the backups stand, and what is to be said of them."""
    standing = backups.standing(office().settings.data_dir)
    remark = backups.remark(standing, clock.now())
    return {"saved": standing, "unsaved": said(remark) if remark else None}


def _messages(*which: ColumnElement[bool]) -> Sequence[OutboxMessage]:
    return db().scalars(select(OutboxMessage).where(*which).order_by(OutboxMessage.id).limit(MOST)).all()


def settings_words(settings: Settings) -> list[tuple[str, Any]]:
    """The settings as label and value; passwords and keys never."""
    url = make_url(settings.url)
    return [
        (_("Modo"), _("produzione") if settings.production else _("dimostrazione")),
        (_("Cartella dei dati"), settings.data_dir),
        (_("Database"), url.render_as_string(hide_password=True)),
        (_("Plugin richiesti"),
         _("tutti quelli presenti") if settings.plugins is None else ", ".join(settings.plugins)),
        (_("Coda dei lavori"), _("indicata") if settings.queue_url else _("interna")),
        (_("Posta elettronica"),
         _("indicata") if settings.smtp_url else _("nessun server: i messaggi restano nella cartella mailbox")),
        (_("Salvataggi di ogni notte"), settings.backup_dir or _("nessuna cartella indicata")),
        (_("Teste della storia, per posta a"), ", ".join(settings.heads_mail) or _("nessuno")),
        (_("Teste della storia, nella cartella"), settings.heads_dir or _("nessuna cartella indicata")),
        (_("Marca temporale sulle teste"), settings.tsa_url or _("nessuna autorità indicata")),
        (_("Lingua iniziale"), settings.lang),
        (_("Giorno simulato"), settings.today),
        (_("Indirizzo pubblico"), settings.public_url),
        (_("Gestore di identità"), settings.oidc_issuer or _("nessuno: si entra con la password")),
        (_("Proxy davanti a Patto"), settings.trusted_proxies or _("nessuno")),
    ]


def views() -> list[Page]:
    """The views of this module, for the menu."""
    return [System(lazy_gettext("Sistema"), endpoint="system", url="sistema")]
