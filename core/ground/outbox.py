"""What must leave after the commit: mails and jobs, written in the transaction that decides them."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
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
SPAN = timedelta(seconds=90)  # that one kind of message has in a round: what is left waits for the next one


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


def post_mail(session: Session, *, to: str, subject: str, text: str, key: str, **about: Any) -> None:
    """Put a mail in the box; its ``key`` names it for good, so that sending it again overwrites or is recognised.

    ``about``: what it tells of, for the page that says whether it has left.
    """
    post(session, "mail", {"key": key, "to": to, "subject": subject, "text": text, **about}, key=key)


def given_up() -> ColumnElement[bool]:
    """The messages that no attempt could send: they wait for somebody to look."""
    return and_(OutboxMessage.done_at.is_(None), OutboxMessage.attempts >= MAX_ATTEMPTS)


def failing() -> ColumnElement[bool]:
    """The messages that an attempt failed to send: they are tried again, until they are given up."""
    return and_(OutboxMessage.done_at.is_(None), OutboxMessage.error != "")


def try_again(session: ScopedSession, message_id: int) -> None:
    """Give a message that failed its attempts back, the first of them now. RuleBroken if it has left, or never failed.
    """
    session.principal.require(Role.ADMINISTRATOR, Role.SYSTEM)
    message = session.require(OutboxMessage, message_id)
    if message.done_at is not None or (message.attempts < MAX_ATTEMPTS and not message.error):
        raise RuleBroken("Questo messaggio è già partito, o il programma lo sta ancora inviando.")
    message.attempts, message.due_at, message.error = 0, clock.now(), ""


def deliver_due(database: Database, handlers: dict[str, Handler], *, limit: int = 100, span: timedelta = SPAN) -> int:
    """Send what is due and count what left; a failure is kept with its reason and tried again later.

    One kind after the other, in the order of ``handlers``, each the oldest first and for ``span`` at most: a server
    that hangs holds up neither the other kinds nor, in the next round, the messages behind.
    """
    left = 0
    for kind in handlers:
        began = time.monotonic()
        for message_id in _due(database, kind, limit):
            if time.monotonic() - began >= span.total_seconds():
                break
            left += _deliver(database, handlers, message_id)
    return left


def _due(database: Database, kind: str, limit: int) -> Sequence[int]:
    """The keys of what is due: what never failed before what did."""
    with ScopedSession(database, system("posta in uscita")) as session:
        return session.scalars(
            select(OutboxMessage.id)
            .where(OutboxMessage.done_at.is_(None), OutboxMessage.due_at <= clock.now())
            .where(OutboxMessage.attempts < MAX_ATTEMPTS, OutboxMessage.kind == kind)
            .order_by(OutboxMessage.attempts > 0, OutboxMessage.id)
            .limit(limit)
        ).all()


def _deliver(database: Database, handlers: dict[str, Handler], message_id: int) -> bool:
    """Claim, send, settle: the database is not held while a handler works, and the handler may write itself."""
    message = _claim(database, message_id)
    if message is None:
        return False
    try:
        handlers[message.kind](message.payload)
    except Exception as error:
        log.exception("outbox message %s failed", message_id)
        _settle(database, message_id, error=str(error) or type(error).__name__)
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
