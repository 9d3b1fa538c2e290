"""What must leave after the commit: mails and jobs, written in the transaction that decides them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import JSON, ColumnElement, Text, and_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.ground import clock
from core.ground.access import Role, Scoped, ScopedSession, as_system, system
from core.ground.db import Base, Database, UtcDateTime, dialect
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work

log = logging.getLogger("patto.outbox")
Handler = Callable[[dict[str, Any]], None]
MAX_ATTEMPTS = 8


class OutboxMessage(Base, Scoped):
    """One thing to send. ``key`` makes a second request for the same thing harmless."""

    __tablename__ = "outbox_message"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(Text, default="")


def post(session: Session, kind: str, payload: dict[str, Any], *, key: str) -> None:
    """Put a message in the box; it leaves only if the transaction commits, and once even if it is posted twice."""
    insert = dialect(session).insert(OutboxMessage)
    message = insert.values(key=key, kind=kind, payload=payload, due_at=clock.now(), attempts=0, error="")
    as_system(session, message.on_conflict_do_nothing(index_elements=[OutboxMessage.key]), reason="posta in uscita")


def post_mail(session: Session, *, to: str, subject: str, text: str, key: str) -> None:
    """Put a mail in the box; its ``key`` names it for good, so that sending it again overwrites or is recognised."""
    post(session, "mail", {"key": key, "to": to, "subject": subject, "text": text}, key=key)


def given_up() -> ColumnElement[bool]:
    """The messages that no attempt could send: they wait for somebody to look."""
    return and_(OutboxMessage.done_at.is_(None), OutboxMessage.attempts >= MAX_ATTEMPTS)


def try_again(session: ScopedSession, message_id: int) -> None:
    """Give a message that was given up its attempts back. RuleBroken if it has left or is still being tried."""
    session.principal.require(Role.ADMINISTRATOR, Role.SYSTEM)
    message = session.require(OutboxMessage, message_id)
    if message.done_at is not None or message.attempts < MAX_ATTEMPTS:
        raise RuleBroken("Questo messaggio è già partito, o il programma lo sta ancora inviando.")
    message.attempts, message.due_at, message.error = 0, clock.now(), ""


def deliver_due(database: Database, handlers: dict[str, Handler], *, limit: int = 100) -> int:
    """Send what is due, oldest first, and count what left; a failure is kept with its reason and tried again later."""
    with ScopedSession(database, system("posta in uscita")) as session:
        due = session.scalars(
            select(OutboxMessage.id)
            .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= clock.now())
            .where(OutboxMessage.attempts < MAX_ATTEMPTS, OutboxMessage.kind.in_(handlers))
            .order_by(OutboxMessage.id)
            .limit(limit)
        ).all()
    return sum(_deliver(database, handlers, message_id) for message_id in due)


def _deliver(database: Database, handlers: dict[str, Handler], message_id: int) -> bool:
    """Claim, send, settle: the database is not held while a handler works, and the handler may write itself."""
    message = _claim(database, message_id)
    if message is None:
        return False
    try:
        handlers[message.kind](message.payload)
    except Exception as error:
        log.exception("outbox message %s failed", message_id)
        _settle(database, message_id, error=str(error))
        return False
    _settle(database, message_id, done_at=clock.now())
    return True


def _claim(database: Database, message_id: int) -> OutboxMessage | None:
    """The message with its attempt counted and the next one put off, None if another worker was quicker.

    Who dies while sending leaves it to the next attempt.
    """
    with unit_of_work(database, system("posta in uscita"), act="outbox.claim") as session:
        message = session.get(OutboxMessage, message_id, with_for_update=True)
        if message is None or message.done_at is not None or message.due_at > clock.now():
            return None
        message.attempts += 1
        message.due_at = clock.now() + timedelta(minutes=2**message.attempts)
        return message


def _settle(database: Database, message_id: int, *, done_at: datetime | None = None, error: str = "") -> None:
    with unit_of_work(database, system("posta in uscita"), act="outbox.settle") as session:
        message = session.require(OutboxMessage, message_id)
        message.done_at, message.error = done_at, error
