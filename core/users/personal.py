"""What Patto keeps of a person who logs in: given to them whole, and erased as far as the law lets it go.

Whoever has done acts of the office stays named beside them: that is what the history is for, and nobody may ask that
an administration forget who signed (art. 17, par. 3, lett. b and e, regulation EU 2016/679). What is only of the person
goes: the address, the password, the telephone, the roles, the mails, the log-ins as soon as they need not be kept.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, func, select

from core.ground import clock
from core.ground.access import ScopedSession, as_system
from core.ground.audit import AuditEntry
from core.ground.errors import Finding, RuleBroken
from core.ground.outbox import OutboxMessage
from core.ground.required import require_text
from core.ground.unit_of_work import IdempotencyKey
from core.users import retention, second_factor
from core.users.model import User
from core.users.operations import OFFICE, new_uniquifier
from core.users.records import DownloadRecord, LoginRecord

BESIDE_ACTS = Finding(
    "Il nome accanto agli atti compiuti, nella storia e nei documenti: l'amministrazione deve poter dire chi ha fatto "
    "che cosa (art. 17, par. 3, lett. b ed e, regolamento UE 2016/679).")
KEPT = (
    BESIDE_ACTS,
    Finding("La storia delle modifiche a questo accesso, indirizzo compreso: è sigillata perché nessuno la riscriva."),
    Finding("Gli accessi recenti, per il tempo che la regola di conservazione impone; poi si cancellano da soli."),
    Finding("I salvataggi già fatti, finché non scadono."),
)
LOGIN = (LoginRecord.at, LoginRecord.email, LoginRecord.address, LoginRecord.browser, LoginRecord.how,
         LoginRecord.outcome, LoginRecord.note)
ACT = (AuditEntry.at, AuditEntry.act, AuditEntry.operation, AuditEntry.table_name, AuditEntry.row_id)


def export(session: ScopedSession, user_id: int) -> dict[str, Any]:
    """All that Patto keeps of a person (art. 15 and 20, regulation EU 2016/679), as plain values; no secret."""
    session.principal.require(*OFFICE)
    user = session.require(User, user_id)
    factor = user.second_factor
    return {
        "utente": {"nome": user.name, "posta": user.email, "attivo": user.active, "password": bool(user.password),
                   "calendario": bool(user.feed_token), "disattivato": _told(user.disabled_at),
                   "verifica in due passaggi dal": _told(factor.confirmed_at if factor else None),
                   "codici di riserva": second_factor.left(session, user.id),
                   "ruoli": [grant.role for grant in user.grants],
                   "comuni": [grant.municipality.name for grant in user.municipality_grants],
                   "gestori": [grant.provider.name for grant in user.provider_grants]},
        "accessi": _rows(session, LOGIN, LoginRecord.user_id == user.id),
        "file scaricati": _rows(session, (DownloadRecord.at, DownloadRecord.file_name),
                                DownloadRecord.user_id == user.id),
        "messaggi": [{"creato per il": _told(due), "inviato": _told(done), "oggetto": payload.get("subject", ""),
                      "testo": payload.get("text", "")} for due, done, payload in _mails(session, user.email)],
        "atti": _rows(session, ACT, AuditEntry.actor == user.name),
        "resta comunque": [str(reason) for reason in kept_of(session, user)],
    }


def erase(session: ScopedSession, user_id: int, *, why: str, today: date) -> User:
    """Erase what is only of the person, once their access is disabled. RuleBroken without a reason, for an access that
    is open, and for one that is erased already."""
    session.principal.require(*OFFICE)
    user = session.require(User, user_id)
    require_text(why, "Scrivere il motivo della cancellazione: resta nella storia.", field="why")
    if user.active:
        raise RuleBroken("L'accesso è ancora attivo: prima disattivarlo.")
    if user.erased_at is not None:
        raise RuleBroken("I dati di questo accesso sono già cancellati.")
    _forget(session, user, today)
    second_factor.remove(session, user.id)
    user.grants, user.municipality_grants, user.provider_grants = [], [], []
    if not has_acted(session, user):
        user.name = f"Persona cancellata n. {user.id}"
    user.email, user.password, user.feed_token = f"cancellato-{user.id}@patto.invalid", None, None
    user.fs_uniquifier, user.erased_at, user.erased_why = new_uniquifier(), clock.now(), why.strip()
    session.flush()
    return user


def has_acted(session: ScopedSession, user: User) -> bool:
    """True if the history names this person beside an act."""
    named = select(func.count(AuditEntry.id)).where(AuditEntry.actor == user.name)
    [(number,)] = as_system(session, named, reason="atti di una persona")
    return bool(number)


def kept_of(session: ScopedSession, user: User) -> list[Finding]:
    """What an erasure leaves of this person, each with its reason."""
    acted = has_acted(session, user)
    return [reason for reason in KEPT if acted or reason is not BESIDE_ACTS]


def _forget(session: ScopedSession, user: User, today: date) -> None:
    """Delete the rows that are of the person alone; log-ins that must be kept for a while stay for it."""
    until = retention.must_be_kept_since(session, "login_record", today)
    mails = [key for key, payload in as_system(session, _addressed(OutboxMessage.id, OutboxMessage.payload),
                                               reason="messaggi di una persona") if payload.get("to") == user.email]
    gone = (
        delete(LoginRecord).where(LoginRecord.user_id == user.id, LoginRecord.at < until),
        delete(DownloadRecord).where(DownloadRecord.user_id == user.id),
        delete(IdempotencyKey).where(IdempotencyKey.key.startswith(f"{user.id}:", autoescape=True)),
        delete(OutboxMessage).where(OutboxMessage.id.in_(mails)),
    )
    for statement in gone:
        as_system(session, statement, reason="cancellazione dei dati di una persona")


def _mails(session: ScopedSession, email: str) -> list[tuple[Any, ...]]:
    columns = OutboxMessage.due_at, OutboxMessage.done_at, OutboxMessage.payload
    rows = as_system(session, _addressed(*columns), reason="messaggi di una persona")
    return [row for row in rows if row[-1].get("to") == email]


def _addressed(*columns: Any) -> Any:
    return select(*columns).where(OutboxMessage.kind == "mail").order_by(OutboxMessage.id)


def _rows(session: ScopedSession, columns: tuple[Any, ...], *which: Any) -> list[dict[str, Any]]:
    rows = as_system(session, select(*columns).where(*which).order_by(columns[0]), reason="dati di una persona")
    return [{column.key: _told(value) for column, value in zip(columns, row, strict=True)} for row in rows]


def _told(value: Any) -> Any:
    return value.astimezone(clock.ROME).isoformat(timespec="seconds") if isinstance(value, datetime) else value
