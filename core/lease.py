"""One worker at a time: a lease is a row that one holder renews and another takes when it has run out."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from core.access import Scoped
from core.db import Base, UtcDateTime


class Lease(Base, Scoped):
    """Who does a round of work, until when."""

    __tablename__ = "lease"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str]
    until: Mapped[datetime] = mapped_column(UtcDateTime)
