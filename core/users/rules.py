"""What a password must be, and when an access is locked: pure, the clock and the hash are the caller's."""

from __future__ import annotations

from datetime import datetime, timedelta

from core.ground.errors import RuleBroken

MIN_PASSWORD = 12
MAX_PASSWORD = 200
WRONG_PASSWORDS = 5
LOCK = timedelta(minutes=15)


def acceptable_password(text: str, email: str, *, field: str = "password") -> str:
    """The password itself; RuleBroken if it is short, endless, or made from the e-mail address."""
    if len(text) < MIN_PASSWORD:
        raise RuleBroken("La password ha meno di %(count)s caratteri: sceglierne una più lunga, anche una frase.",
                         field=field, count=MIN_PASSWORD)
    if len(text) > MAX_PASSWORD:
        raise RuleBroken("La password supera i %(count)s caratteri: sceglierne una più corta.",
                         field=field, count=MAX_PASSWORD)
    mailbox = email.casefold().partition("@")[0]
    if text.casefold() == email.casefold() or (len(mailbox) >= 4 and mailbox in text.casefold()):
        raise RuleBroken("La password contiene l'indirizzo di posta: sceglierne una che non lo ricordi.", field=field)
    if len(set(text)) < 4:
        raise RuleBroken("La password ripete sempre gli stessi caratteri: sceglierne una più varia.", field=field)
    return text


def is_locked(locked_until: datetime | None, now: datetime) -> bool:
    """True while an access waits after too many wrong passwords."""
    return locked_until is not None and now < locked_until


def lock_after(failed: int, now: datetime) -> datetime | None:
    """Until when the access is locked after ``failed`` wrong passwords in a row; None if it is not."""
    return now + LOCK if failed >= WRONG_PASSWORDS else None
