"""What is recorded of people at the door: who came in or tried, when, from where, how; and which files they took.

The rows are never changed, and go when their retention rule says so (``retention``). What names a person stands in them
alone: the history, which nobody can shorten, tells that a row was written, changed or deleted, and not of whom.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.ground.access import InsertOnly, Scoped
from core.ground.audit import SECRET
from core.ground.db import Base, UtcDateTime
from core.users.model import User


class How(StrEnum):
    """By which proof somebody came to the door."""

    PASSWORD = "password"  # noqa: S105 - a proof by its name, and no password
    CODE = "code"
    RECOVERY = "recovery"
    PROVIDER = "provider"
    LINK = "link"
    OFFICE = "office"


class LoginOutcome(StrEnum):
    """What came of it."""

    ENTERED = "entered"
    LEFT = "left"
    UNKNOWN = "unknown"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - the name of what happened
    WRONG_CODE = "wrong_code"
    CLOSED = "closed"
    DISABLED = "disabled"
    REFUSED = "refused"
    PASSWORD_SET = "password_set"  # noqa: S105 - likewise
    FACTOR_SET = "factor_set"
    FACTOR_REMOVED = "factor_removed"
    FACTOR_RESET = "factor_reset"


FAILED = (LoginOutcome.UNKNOWN, LoginOutcome.WRONG_PASSWORD, LoginOutcome.WRONG_CODE)


class LoginRecord(Base, Scoped, InsertOnly):
    """One log-in, or one that failed, or a change of what proves who somebody is.

    ``email`` is what was typed, empty if it was no address; ``address`` the place it came from (of IPv6 the network);
    ``device`` names a browser in which this person came in before, empty for one that is not known; ``note`` the reason
    that an administrator gave.
    """

    __tablename__ = "login_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True, info=SECRET)
    email: Mapped[str] = mapped_column(index=True, info=SECRET)
    address: Mapped[str] = mapped_column(index=True, info=SECRET)
    browser: Mapped[str] = mapped_column(info=SECRET)
    device: Mapped[str] = mapped_column(info=SECRET)
    how: Mapped[str]
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(default="", info=SECRET)

    user: Mapped[User | None] = relationship()


class DownloadRecord(Base, Scoped, InsertOnly):
    """A file that somebody took: who, which, when. ``file_name`` says it also where it is no document of its own."""

    __tablename__ = "download_record"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id"), index=True, info=SECRET)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"), index=True)
    file_name: Mapped[str]

    user: Mapped[User | None] = relationship()


class RetentionRule(Base, Scoped, InsertOnly):
    """How many days something is kept, from a day on, and by which source; never fewer than ``least_days``.

    ``kind`` is the table of what is kept. The newest rule that has begun holds.
    """

    __tablename__ = "retention_rule"
    __table_args__ = (UniqueConstraint("kind", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    days: Mapped[int]
    least_days: Mapped[int]
    valid_from: Mapped[date]
    legal_source: Mapped[str] = mapped_column(Text)
