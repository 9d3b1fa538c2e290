"""A month of deadlines, week by week, with a bounded number of rows however many there are."""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date

from flask_babel import format_date
from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from core.deadlines.model import Deadline
from core.deadlines.states import DeadlineState
from core.ground import clock
from core.ground.access import ScopedSession

EACH_DAY = 4
FIRST, LAST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass
class Day:
    """A square of the month: its first deadlines, and how many there are in all."""

    on: date
    inside: bool
    today: bool
    holiday: bool
    rows: list[Deadline] = field(default_factory=list)
    total: int = 0

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.total - len(self.rows)


@dataclass(frozen=True)
class Month:
    """A month of a year."""

    year: int
    number: int

    @classmethod
    def asked(cls, text: str, today: date) -> Month:
        """The month that the address names as 2026-03, else this one."""
        try:
            day = date.fromisoformat(f"{text[:7]}-01")
        except ValueError:
            day = today
        day = min(max(day, FIRST), LAST)
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def name(self) -> str:
        """As people say it: marzo 2026."""
        return str(format_date(self.first, "LLLL y"))

    def beside(self, months: int) -> str:
        """A month before or after, as an address names it."""
        return f"{clock.add_months(self.first, months):%Y-%m}"

    def days(self, session: ScopedSession, matching: Select[int], today: date) -> list[list[Day]]:
        """The weeks of the month, Monday first, with the deadlines among ``matching`` but those that are off."""
        weeks = [
            [Day(day, day.month == self.number, day == today, clock.is_holiday(day)) for day in week]
            for week in calendar.Calendar().monthdatescalendar(self.year, self.number)
        ]
        by_day = {day.on: day for week in weeks for day in week}
        for row, total in session.execute(_rows(matching, weeks[0][0].on, weeks[-1][-1].on)):
            by_day[row.effective].rows.append(row)
            by_day[row.effective].total = total
        return weeks


def _rows(matching: Select[int], first: date, last: date) -> Select[Deadline, int]:
    """The first few of each day, with the number of all."""
    within = Deadline.effective.between(first, last), Deadline.state != DeadlineState.CANCELLED
    ranked = matching.with_only_columns(
        Deadline.id,
        func.row_number().over(partition_by=Deadline.effective, order_by=Deadline.id).label("rank"),
        func.count().over(partition_by=Deadline.effective).label("total"),
    ).where(*within).subquery()
    query = select(Deadline, ranked.c.total).join(ranked, ranked.c.id == Deadline.id)
    query = query.where(ranked.c.rank <= EACH_DAY).options(joinedload(Deadline.rule))
    return query.order_by(Deadline.effective, Deadline.id)
