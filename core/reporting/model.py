"""Tables of the account of a year: the staff of each service, the investments, the report to each municipality."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Select, UniqueConstraint, and_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.cases.model import Sending
from core.catalogue.model import Service
from core.contracts.model import Contract
from core.funding.model import Budget, FundingSource
from core.ground.access import OWN_MUNICIPALITIES, Role, Scoped
from core.ground.db import Base, Euro, Quantity, Versioned
from core.ground.exercise import OF_EXERCISE
from core.ground.exercises import exercise_of
from core.ground.owners import case_of
from core.ground.walls import kept_by
from core.parties.model import Act, Municipality, OwnedByMunicipality

kept_by("yearly_report", reads=(Role.ADMINISTRATOR,), writes=(Role.ACCOUNTING,))


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


class YearlyReport(Base, OwnedByMunicipality, Versioned):
    """The report of an exercise to one municipality (R99 T 22.3), beside the accounts that the assembly has approved.

    What it says is the letter in its diary, made of the rows as they stood. The municipality sees it once it is sent.
    """

    __tablename__ = "yearly_report"
    __table_args__ = (UniqueConstraint("year", "municipality_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True, info=OF_EXERCISE)
    state: Mapped[str] = mapped_column(default="draft", index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    budget_id: Mapped[int] = mapped_column(ForeignKey("budget.id"))
    sending_id: Mapped[int | None] = mapped_column(ForeignKey("sending.id"), index=True)
    sent_on: Mapped[date | None]
    received_on: Mapped[date | None]

    municipality: Mapped[Municipality] = relationship()
    contract: Mapped[Contract] = relationship()
    budget: Mapped[Budget] = relationship()
    sending: Mapped[Sending | None] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """One's own, once they have been sent."""
        return and_(cls.municipality_id.in_(OWN_MUNICIPALITIES), cls.sent_on.is_not(None))

    def __str__(self) -> str:
        return f"Relazione annuale {exercise_of(self)}, {self.municipality.name}"


@case_of("yearly_report")
def reports_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the reports that were sent to ``municipalities``."""
    held = YearlyReport.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities), held.sent_on.is_not(None))
