"""The half-year reports of the meetings in a protected place: how many are due and sent, by municipality (R123).

Numbers only: for whom each report is stays with the service and its court.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.plugin_api import Base, Municipality, OwnedByMunicipality, Versioned


class HalfYear(Base, OwnedByMunicipality, Versioned):
    """A half-year of a municipality: the reports due (None until somebody counts them), those sent, by which day they
    were counted; and the contract that opened it."""

    __tablename__ = "neutral_space_half_year"
    __table_args__ = (
        UniqueConstraint("municipality_id", "year", "half", name="uq_neutral_space_half_year_one"),
        CheckConstraint("half BETWEEN 1 AND 2", name="half"),
        CheckConstraint("sent >= 0 AND due >= sent", name="sent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    contract_id: Mapped[int | None] = mapped_column(ForeignKey("contract.id"), index=True)
    year: Mapped[int] = mapped_column(index=True)
    half: Mapped[int]
    due: Mapped[int | None]
    sent: Mapped[int] = mapped_column(default=0)
    said_on: Mapped[date | None]

    municipality: Mapped[Municipality] = relationship()

    @property
    def first_day(self) -> date:
        """Its first day."""
        return date(self.year, 6 * self.half - 5, 1)

    @property
    def last_day(self) -> date:
        """Its last day: the reports go by then."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    @property
    def is_done(self) -> bool:
        """True if every report that is due was sent."""
        return self.due is not None and self.sent >= self.due

    def __str__(self) -> str:
        return f"{self.half}º semestre {self.year}"
