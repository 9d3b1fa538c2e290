"""What a night clears of what names people, by the rules of retention. The history tells that rows went, not whose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, delete, select

from core.ground.access import ScopedSession, as_system
from core.ground.outbox import OutboxMessage
from core.ground.unit_of_work import IdempotencyKey
from core.users import personal, retention
from core.users.model import User
from core.users.records import DownloadRecord, LoginRecord

Due = tuple[str, Any]  # a kind and the key of a row
# what of each kind has lain since before a moment
OLD: dict[str, Callable[[datetime], Select[Any]]] = {
    "login_record": lambda before: select(LoginRecord.id).where(LoginRecord.at < before),
    "download_record": lambda before: select(DownloadRecord.id).where(DownloadRecord.at < before),
    "outbox_message": lambda before: select(OutboxMessage.id).where(OutboxMessage.done_at < before),
    "idempotency_key": lambda before: select(IdempotencyKey.key).where(IdempotencyKey.at < before),
    "user": lambda before: select(User.id).where(~User.active, User.erased_at.is_(None), User.disabled_at < before),
}
ROWS: dict[str, tuple[Any, Any]] = {
    "login_record": (LoginRecord, LoginRecord.id), "download_record": (DownloadRecord, DownloadRecord.id),
    "outbox_message": (OutboxMessage, OutboxMessage.id), "idempotency_key": (IdempotencyKey, IdempotencyKey.key),
}


def due(session: ScopedSession, today: date) -> list[Due]:
    """What has lain longer than its rule says; nothing of a kind that has no rule yet."""
    found: list[Due] = []
    for kind, old in OLD.items():
        if rule := retention.rule_on(session, kind, today):
            before = retention.midnight(today - timedelta(days=rule.days))
            found += [(kind, key) for (key,) in as_system(session, old(before), reason="conservazione scaduta")]
    return found


def clear(session: ScopedSession, today: date, rows: Sequence[Due]) -> None:
    """Delete what is due; of a disabled access, erase what is only of the person."""
    for kind, (entity, column) in ROWS.items():
        if keys := [key for of, key in rows if of == kind]:
            as_system(session, delete(entity).where(column.in_(keys)), reason="conservazione scaduta")
    for key in (key for of, key in rows if of == "user"):
        personal.erase(session, key, why="Regola di conservazione degli accessi disattivati.", today=today)
