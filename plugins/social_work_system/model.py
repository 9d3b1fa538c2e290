"""Training, supervision, the case-management table: the meetings, and how many social workers came from where (R145).

Numbers only: who took part, and of whom they spoke, stays in the room.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Text, UniqueConstraint, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.plugin_api import Base, Municipality, OwnedByMunicipality, Scoped, Versioned

KINDS = {"training": "Formazione", "supervision": "Supervisione", "case_table": "Tavolo del case management"}


class WorkMeeting(Base, Scoped, Versioned):
    """A meeting of the district's social workers: of which kind, when, where, about what. All members read it."""

    __tablename__ = "social_work_system_meeting"
    __table_args__ = (CheckConstraint("hours > 0", name="hours"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    on: Mapped[date] = mapped_column(index=True)
    hours: Mapped[int]
    place: Mapped[str]
    about: Mapped[str] = mapped_column(Text)

    came: Mapped[list[WorkersCame]] = relationship(back_populates="meeting")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """All of them."""
        return true()

    @property
    def kind_words(self) -> str:
        """What kind of meeting it is, in words."""
        return KINDS[self.kind]

    def __str__(self) -> str:
        return f"{self.kind_words}, {self.on:%d/%m/%Y}"


class WorkersCame(Base, OwnedByMunicipality):
    """How many social workers of a municipality took part in a meeting."""

    __tablename__ = "social_work_system_came"
    __table_args__ = (
        UniqueConstraint("meeting_id", "municipality_id", name="uq_social_work_system_came"),
        CheckConstraint("workers >= 0", name="workers"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("social_work_system_meeting.id"), index=True)
    workers: Mapped[int]

    meeting: Mapped[WorkMeeting] = relationship(back_populates="came")
    municipality: Mapped[Municipality] = relationship()
