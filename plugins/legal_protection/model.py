"""The yearly accounts of guardians and administrators of support: how many, by court and year (R134).

Numbers only: whose account it is stays in the files of the service and of the court.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.plugin_api import Base, Scoped, Versioned


class CourtYear(Base, Scoped, Versioned):
    """The accounts of one year that a court expects by a day: due, and sent so far. It is the azienda's own."""

    __tablename__ = "legal_protection_court_year"
    __table_args__ = (
        UniqueConstraint("year", "court", name="uq_legal_protection_court_year_one"),
        CheckConstraint("sent >= 0 AND due >= sent", name="sent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    court: Mapped[str]
    due: Mapped[int]
    sent: Mapped[int] = mapped_column(default=0)
    by: Mapped[date]
    said_on: Mapped[date | None]

    @property
    def is_done(self) -> bool:
        """True if every account that is due was sent."""
        return self.sent >= self.due

    def __str__(self) -> str:
        return f"{self.court}, {self.year}"
