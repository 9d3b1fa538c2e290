"""Tables of the deadlines: rules, the deadlines that they make, what people changed in them, and alerts; the events
that an office defines itself, and those that happened."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, Text, UniqueConstraint, and_, exists, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.ground.access import InsertOnly, Scoped
from core.ground.db import Base, Lines, UtcDateTime, Versioned
from core.ground.exercises import exercise_of
from core.ground.order import Weighed, weight_of
from core.ground.owners import InDiary, Leaving, OfCase
from core.ground.search import Searched


class DeadlineRule(Base, Versioned, Searched):
    """On *event* expect *expected* within the term; *cancelled_by* takes the expectation away.

    ``amount`` counts ``unit`` (days, months, working days) from the day after the event, ``backwards`` before it;
    None where the case itself fixes the term (the contract's terms, a due date). ``alert_days``: days before the
    deadline on which to warn, one a line; 0 is the day itself.

    A duty of the calendar has a ``day`` (``11-30``) that comes back each year of its case, from ``since``, the day on
    which the rule was made: it expects no event, a person says that it is done.

    A rule whose term nobody has said yet (no day, no length) is written too, and is not ``active``.
    """

    __tablename__ = "deadline_rule"
    KNOWN_BY = ("title",)
    __table_args__ = (CheckConstraint("amount IS NULL OR amount >= 0", name="amount"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    subject: Mapped[str]
    title: Mapped[str]
    text: Mapped[str] = mapped_column(Text, default="")
    event: Mapped[str]
    expected: Mapped[str]
    cancelled_by: Mapped[str] = mapped_column(default="")
    day: Mapped[str | None]
    since: Mapped[date | None]
    amount: Mapped[int | None]
    unit: Mapped[str] = mapped_column(default="days")
    backwards: Mapped[bool] = mapped_column(default=False)
    owner_role: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=False)
    alert_days: Mapped[tuple[str, ...]] = mapped_column(Lines, default=())
    active: Mapped[bool] = mapped_column(default=True)
    legal_source: Mapped[str] = mapped_column(Text, default="")

    def __str__(self) -> str:
        return self.title


class Deadline(Base, OfCase, Versioned, Searched, Weighed):
    """What is expected of somebody by a day, in one case, by one rule, for one event (key: rule, case, occurrence).

    ``state``: open, met, missed, suspended or cancelled. ``effective`` holds extensions, ``nominal`` the pure count.
    """

    __tablename__ = "deadline"
    KNOWN_BY = ("case_title",)
    __table_args__ = (
        UniqueConstraint("rule_id", "subject", "subject_id", "occurrence"),
        Index("ix_deadline_subject", "subject", "subject_id", "state"),
        Index("ix_deadline_state_effective", "state", "effective"),
        Index("ix_deadline_owner_role", "owner_role", "state", "effective"),
        Index("ix_deadline_case_title_weight", "case_title_weight", "id"),
        Index("ix_deadline_effective", "effective"),  # the list is read day by day, whatever it is filtered by
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("deadline_rule.id"), index=True)
    occurrence: Mapped[str] = mapped_column(default="")
    case_title: Mapped[str]
    case_title_weight: Mapped[str] = weight_of("case_title")
    started_on: Mapped[date]
    nominal: Mapped[date]
    effective: Mapped[date]
    state: Mapped[str] = mapped_column(default="open")
    settled_on: Mapped[date | None]
    owner_role: Mapped[str]
    shared: Mapped[bool] = mapped_column(default=False)

    rule: Mapped[DeadlineRule] = relationship()
    changes: Mapped[list[DeadlineChange]] = relationship(back_populates="deadline", order_by="DeadlineChange.id")
    alerts: Mapped[list[Alert]] = relationship(back_populates="deadline", order_by="Alert.due_on")

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The shared deadlines of one's own cases."""
        return and_(cls.shared, cls.own(cls))

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """What falls due by the last day: later terms are those of who goes on."""
        due: ColumnElement[bool] = columns.effective <= leaving.day
        return due

    @property
    def met_late(self) -> bool:
        """Done, and after its term."""
        return self.state == "met" and self.settled_on is not None and self.settled_on > self.effective

    @property
    def standing(self) -> str:
        """The state as a person is told it: what was done late is not simply done."""
        return "met_late" if self.met_late else self.state

    def __str__(self) -> str:
        return f"{self.case_title}: {self.effective:%d/%m/%Y}"


class OfDeadline(Scoped):
    """A row that belongs to a deadline and is seen with it."""

    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadline.id"), index=True)

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of the deadlines that are visible."""
        held = Deadline.__table__.alias().c  # asked of each row: a page shows few, one's own deadlines may be many
        return exists().where(held.id == cls.deadline_id, held.shared, Deadline.own(held))


class DeadlineChange(Base, OfDeadline, InsertOnly):
    """A person's word on a term: suspended, resumed, or extended by ``days``, each with its reason; never erased."""

    __tablename__ = "deadline_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    on: Mapped[date]
    days: Mapped[int] = mapped_column(default=0)
    why: Mapped[str] = mapped_column(Text)
    actor: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)

    deadline: Mapped[Deadline] = relationship(back_populates="changes")


class Alert(Base, OfDeadline):
    """A warning ``days_before`` the deadline falls on ``for_date``; fired once, as soon as ``due_on`` is not later."""

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("deadline_id", "days_before", "for_date"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    days_before: Mapped[int]
    for_date: Mapped[date]
    due_on: Mapped[date] = mapped_column(index=True)
    fired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    deadline: Mapped[Deadline] = relationship(back_populates="alerts")


# --- events of one's own ----------------------------------------------------------------------------------


class EventKind(Base, Versioned, Searched):
    """An event that the office defines itself: what it is called, in which kind of case it happens, who records it.

    ``code`` names it in the rules of the deadlines and in the terms of a contract. ``yearly``: it happens once for each
    year; else once in its case. ``shared``: the municipality or the provider of the case reads that it happened.
    """

    __tablename__ = "event_kind"
    KNOWN_BY = ("name",)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    subject: Mapped[str]
    recorded_by: Mapped[str]
    yearly: Mapped[bool] = mapped_column(default=False)
    shared: Mapped[bool] = mapped_column(default=False)
    active: Mapped[bool] = mapped_column(default=True)
    help: Mapped[str] = mapped_column(Text, default="")

    def __str__(self) -> str:
        return self.name


class CaseEvent(Base, InDiary, Versioned):
    """An event of the office's own that happened in a case; of each kind one stands, in each year if it is ``yearly``.

    ``occurrence`` is that year, else empty. One that is taken back stays, ``withdrawn``.
    """

    __tablename__ = "case_event"
    __table_args__ = (
        Index("ix_case_event_subject", "subject", "subject_id"),
        Index("uq_case_event_standing", "kind_id", "subject", "subject_id", "occurrence", unique=True,
              sqlite_where=text("NOT withdrawn"), postgresql_where=text("NOT withdrawn")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind_id: Mapped[int] = mapped_column(ForeignKey("event_kind.id"), index=True)
    occurrence: Mapped[str] = mapped_column(default="")
    on: Mapped[date]
    note: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    withdrawn: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]

    kind: Mapped[EventKind] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The events of one's own cases, of a kind that is shared."""
        kind = EventKind.__table__.alias()  # a name of its own: a question may stand beside the kinds themselves
        return and_(exists().where(kind.c.id == cls.kind_id, kind.c.shared), cls.own(cls))

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """What happened by the last day."""
        happened: ColumnElement[bool] = columns.on <= leaving.day
        return happened

    @property
    def title(self) -> str:
        """What happened, with its year where there is one for each."""
        if not self.occurrence:
            return self.kind.name
        return f"{self.kind.name} {exercise_of(self)}"

    @property
    def year(self) -> int:
        """The year in which the exercise of one that is yearly begins."""
        return int(self.occurrence)

    def __str__(self) -> str:
        return f"{self.title}, {self.on:%d/%m/%Y}"
