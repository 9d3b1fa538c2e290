"""What happens in a half-year, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from core.plugin_api import Case, DeadlineSource, Happening, ScopedSession
from plugins.neutral_space.model import HalfYear


def living(today: date) -> Select[int]:
    """The half-years that have begun and whose reports are not all sent."""
    begun = HalfYear.year * 2 + HalfYear.half <= today.year * 2 + (2 if today.month > 6 else 1)
    return select(HalfYear.id).where(begun, or_(HalfYear.due.is_(None), HalfYear.sent < HalfYear.due))


def cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """A half-year begins, its reports go by its last day."""
    rows = select(HalfYear).where(HalfYear.id.in_(ids)).options(joinedload(HalfYear.municipality))
    for row in session.scalars(rows):
        happened = [Happening("neutral_space.half_begun", row.first_day, due=row.last_day, fixed=True)]
        if row.is_done and row.said_on is not None:
            happened.append(Happening("neutral_space.reports_sent", row.said_on))
        yield Case("neutral_space_half_year", row.id, f"Spazio Neutro, {row.municipality.name}, {row}",
                   tuple(happened), municipality_ids=frozenset({row.municipality_id}))


SOURCE = DeadlineSource(
    "neutral_space_half_year", "Semestre dello Spazio Neutro",
    {"neutral_space.half_begun": "Comincia un semestre dello Spazio Neutro",
     "neutral_space.reports_sent": "Le relazioni del semestre sono tutte inviate"},
    Path(__file__).with_suffix(".toml"), living, cases,
)
