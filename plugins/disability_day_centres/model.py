"""Day centres: seats of each centre, what each municipality used of them month by month, and the tariffs (R126).

Numbers only: who attends stays in the files of the service.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, UniqueConstraint, or_, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.plugin_api import (
    OWN_MUNICIPALITIES,
    Base,
    Euro,
    Municipality,
    OwnedByMunicipality,
    Scoped,
    Versioned,
    month_name,
)


class Centre(Base, Scoped, Versioned):
    """A centre and its seats, None until somebody says how many: public, as its sheet is."""

    __tablename__ = "disability_day_centres_centre"
    __table_args__ = (CheckConstraint("seats > 0", name="seats"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    seats: Mapped[int | None]

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """All of them."""
        return true()

    def __str__(self) -> str:
        return self.name


class Attendance(Base, OwnedByMunicipality):
    """What a municipality used of a centre in a month: places taken, days attended; ``amount`` is what they cost by
    the tariff of the month, None until the month is closed."""

    __tablename__ = "disability_day_centres_attendance"
    __table_args__ = (
        UniqueConstraint("municipality_id", "centre_id", "year", "month", name="uq_disability_day_centres_attendance"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("places >= 0 AND days >= 0", name="figures"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("disability_day_centres_centre.id"), index=True)
    year: Mapped[int] = mapped_column(index=True)
    month: Mapped[int]
    places: Mapped[int]
    days: Mapped[int]
    amount: Mapped[Decimal | None] = mapped_column(Euro)

    centre: Mapped[Centre] = relationship()
    municipality: Mapped[Municipality] = relationship()

    def __str__(self) -> str:
        return f"{self.centre.name}, {month_name(self.month)} {self.year}"


class DayTariff(Base, Scoped):
    """What a day costs from ``valid_from``: by the tariff of a municipality, or (None) by the one of the district."""

    __tablename__ = "disability_day_centres_tariff"
    __table_args__ = (
        UniqueConstraint("municipality_id", "valid_from", name="uq_disability_day_centres_tariff"),
        CheckConstraint("daily > 0", name="daily"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    municipality_id: Mapped[int | None] = mapped_column(ForeignKey("municipality.id"), index=True)
    daily: Mapped[Decimal] = mapped_column(Euro)
    valid_from: Mapped[date]

    municipality: Mapped[Municipality | None] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own, and that of the district."""
        return or_(cls.municipality_id.is_(None), cls.municipality_id.in_(OWN_MUNICIPALITIES))

    def __str__(self) -> str:
        return f"Dal {self.valid_from:%d/%m/%Y}"
