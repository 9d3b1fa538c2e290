"""What has become of the mails of alerts: those that an attempt failed to send, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import select

from admin.guard.session import db
from admin.web import formats
from core.ground.outbox import MAX_ATTEMPTS, OutboxMessage, failing

MOST = 500


def held_up(alerts: Collection[int]) -> Mapping[int, Sequence[str]]:
    """For each of these alerts, what is said of its mails that have not left; nobody but the offices reads it."""
    found: dict[int, list[str]] = defaultdict(list)
    if not alerts:
        return found
    waiting = select(OutboxMessage).where(OutboxMessage.kind == "mail", failing()).order_by(OutboxMessage.id)
    for message in db().scalars(waiting.limit(MOST)):
        for alert in set(alerts) & set(message.payload.get("alerts", ())):
            found[alert].append(_words(message))
    return found


def _words(message: OutboxMessage) -> str:
    values = {"to": message.payload["to"], "count": message.attempts, "error": message.error}
    if message.attempts >= MAX_ATTEMPTS:
        return _("A %(to)s non è partito: %(count)s tentativi, l'ultimo errore è «%(error)s». Lo riprova "
                 "l'amministratore.", **values)
    return _("A %(to)s non è ancora partito: tentativi %(count)s, l'ultimo errore è «%(error)s». Si riprova il %(at)s.",
             at=formats.moment(message.due_at), **values)
