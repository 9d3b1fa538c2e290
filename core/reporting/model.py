"""Tables of the account of a year: the staff of each service, the investments."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service
from core.funding.model import FundingSource
from core.ground.access import Scoped
from core.ground.db import Base, Euro, Quantity, Versioned
from core.ground.exercise import OF_EXERCISE
from core.ground.exercises import exercise_of
from core.parties.model import Act


class ServiceStaff(Base, Scoped, Versioned):
    """The staff that a service had in an exercise, as the office counted it. The municipalities read it in the report.
    """

    __tablename__ = "service_staff"
    __table_args__ = (UniqueConstraint("service_id", "year"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    service_id: Mapped[int] = mapped_column(ForeignKey("service.id"))
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)

    service: Mapped[Service] = relationship()
    figures: Mapped[list[StaffFigure]] = relationship(
        back_populates="staff", order_by="StaffFigure.id", cascade="all, delete-orphan")

    def __str__(self) -> str:
        return f"{self.service.title}, {exercise_of(self)}"


class StaffFigure(Base, Scoped):
    """How many people of a profession worked in a service, by one of the four kinds of R78; never who.

    ``full_time``: how many full-time posts they make together; None where nobody has reckoned it.
    """

    __tablename__ = "staff_figure"
    __table_args__ = (CheckConstraint("people >= 0", name="people"),
                      CheckConstraint("full_time >= 0", name="full_time"))

    id: Mapped[int] = mapped_column(primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("service_staff.id"), index=True)
    profession: Mapped[str]
    kind: Mapped[str]
    people: Mapped[int]
    full_time: Mapped[Decimal | None] = mapped_column(Quantity)

    staff: Mapped[ServiceStaff] = relationship(back_populates="figures")


class Investment(Base, Scoped, Versioned):
    """An investment of an exercise, of one service or of the whole azienda: how much, paid from where, by which act.

    Euros; ``made`` is None until it is known. The municipalities read it in the report.
    """

    __tablename__ = "investment"
    __table_args__ = (CheckConstraint("planned >= 0", name="planned"), CheckConstraint("made >= 0", name="made"))

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    title: Mapped[str]
    planned: Mapped[Decimal | None] = mapped_column(Euro)
    made: Mapped[Decimal | None] = mapped_column(Euro)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("funding_source.id"))
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))

    service: Mapped[Service | None] = relationship()
    source: Mapped[FundingSource | None] = relationship()
    act: Mapped[Act | None] = relationship()

    def __str__(self) -> str:
        return f"{self.title}, {exercise_of(self)}"
