"""Tables of the controls: what a municipality asks, visits and inspects before any notice, and what is found."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.catalogue.model import Service
from core.contracts.model import Contract
from core.ground.access import OWN_MUNICIPALITIES, Role, Scoped
from core.ground.db import Base, Versioned
from core.ground.owners import case_of
from core.ground.search import Searched
from core.ground.walls import kept_by
from core.parties.model import Municipality, OwnedByMunicipality

kept_by("control", reads=(Role.ACCOUNTING, Role.ADMINISTRATOR))


class Control(Base, OwnedByMunicipality, Versioned, Searched):
    """A control of a municipality under its contract (R76, R86, R98): asked, answered, held with minutes, closed.

    ``kind``: request, visit or inspection. ``answer_by`` is the last day for the answer, set by who asks;
    ``planned_on`` the day fixed for a visit. ``notice_id``: the notice of default that it led to.
    """

    __tablename__ = "control"
    KNOWN_BY = ("title", "text")
    __table_args__ = (UniqueConstraint("year", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(index=True)
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="asked", index=True)
    contract_id: Mapped[int] = mapped_column(ForeignKey("contract.id"), index=True)
    service_id: Mapped[int | None] = mapped_column(ForeignKey("service.id"), index=True)
    kind: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text)
    asked_on: Mapped[date]
    answer_by: Mapped[date]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_on: Mapped[date | None]
    planned_on: Mapped[date | None]
    held_on: Mapped[date | None]
    present: Mapped[str] = mapped_column(Text, default="")
    minutes: Mapped[str] = mapped_column(Text, default="")
    notice_id: Mapped[int | None] = mapped_column(ForeignKey("default_notice.id"), index=True)

    contract: Mapped[Contract] = relationship()
    municipality: Mapped[Municipality] = relationship()
    service: Mapped[Service | None] = relationship()
    findings: Mapped[list[ControlFinding]] = relationship(
        back_populates="control", order_by="ControlFinding.id", cascade="all, delete-orphan"
    )

    @property
    def code(self) -> str:
        """The number as people write it: 3/2026."""
        return f"{self.number}/{self.year}"

    @property
    def on_site(self) -> bool:
        """True for a visit or an inspection: people go there, and minutes are written."""
        return self.kind != "request"

    def __str__(self) -> str:
        return f"Controllo n. {self.code}"


@case_of("control", writers=(Role.MUNICIPALITY,))
def controls_of(municipalities: Any) -> Select[tuple[int]]:
    """The ids of the controls of ``municipalities``."""
    held = Control.__table__.c
    return select(held.id).where(held.municipality_id.in_(municipalities))


class ControlFinding(Base, Scoped):
    """Something that a control found; a ``serious`` one may open a notice of default."""

    __tablename__ = "control_finding"

    id: Mapped[int] = mapped_column(primary_key=True)
    control_id: Mapped[int] = mapped_column(ForeignKey("control.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    serious: Mapped[bool] = mapped_column(default=False)

    control: Mapped[Control] = relationship(back_populates="findings")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The findings of one's own controls."""
        return cls.control_id.in_(controls_of(OWN_MUNICIPALITIES))
