"""Tables of the use: the figures of the months, the months that are closed, what was corrected after."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service
from core.documents.words import month_name
from core.ground.access import OWN_MUNICIPALITIES, InsertOnly, Role, Scoped
from core.ground.db import Base, Quantity, Versioned
from core.ground.walls import kept_by
from core.parties.model import Municipality, OwnedByMunicipality

kept_by("usage_month", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,))


class UsageMonth(Base, Versioned):
    """A month of a service of which figures were recorded: open, or closed and then only corrected.

    ``year`` and ``month`` are those of the calendar. It says whether a month counts, and nothing of anybody's use.
    """

    __tablename__ = "usage_month"
    __table_args__ = (UniqueConstraint("service_id", "year", "month"), CheckConstraint("month BETWEEN 1 AND 12",
                                                                                      name="month"))

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    year: Mapped[int] = mapped_column(index=True)
    month: Mapped[int]
    state: Mapped[str] = mapped_column(default="open")
    closed_on: Mapped[date | None]

    service: Mapped[Service] = relationship()

    @property
    def when(self) -> str:
        """The month in words: febbraio 2026."""
        return f"{month_name(self.month)} {self.year}"

    def __str__(self) -> str:
        return f"{self.service.title}, {self.when}"


class UseFigure(Base, OwnedByMunicipality, Versioned):
    """What a municipality had of a service in a month, by one measure; in the ``unit`` that the measure had then.

    ``source``: typed, imported, or computed by the service's plugin from records of its own.
    """

    __tablename__ = "use_figure"
    __table_args__ = (
        UniqueConstraint("service_id", "year", "month", "municipality_id", "measure", name="uq_use_figure_entry"),
        CheckConstraint("month BETWEEN 1 AND 12", name="month"),
        CheckConstraint("value >= 0", name="value"),
        Index("ix_use_figure_year_measure", "year", "service_id", "measure"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    year: Mapped[int]
    month: Mapped[int]
    measure: Mapped[str]
    value: Mapped[Decimal] = mapped_column(Quantity)
    unit: Mapped[str]
    source: Mapped[str] = mapped_column(default="typed")

    service: Mapped[Service] = relationship()
    municipality: Mapped[Municipality] = relationship()
    corrections: Mapped[list[UseCorrection]] = relationship(back_populates="figure", order_by="UseCorrection.id")

    @property
    def when(self) -> str:
        """The month in words: febbraio 2026."""
        return f"{month_name(self.month)} {self.year}"

    def __str__(self) -> str:
        return f"{self.service.title}, {self.when}, {self.municipality.name}"


class UseCorrection(Base, Scoped, InsertOnly):
    """A figure that was corrected after its month was closed: from what to what, and why. Who did it, the history says.

    ``before`` is None where there was no figure.
    """

    __tablename__ = "use_correction"

    id: Mapped[int] = mapped_column(primary_key=True)
    figure_id: Mapped[int] = mapped_column(ForeignKey("use_figure.id"), index=True)
    on: Mapped[date]
    before: Mapped[Decimal | None] = mapped_column(Quantity)
    after: Mapped[Decimal] = mapped_column(Quantity)
    why: Mapped[str] = mapped_column(Text)

    figure: Mapped[UseFigure] = relationship(back_populates="corrections")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The corrections of one's own figures."""
        own = UseFigure.__table__.alias()
        return cls.figure_id.in_(select(own.c.id).where(own.c.municipality_id.in_(OWN_MUNICIPALITIES)))
