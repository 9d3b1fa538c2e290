"""The filters that lists of many subjects have alike; each is told its column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from admin.guard.session import db
from admin.web.base_view import Filter


def years_of(column: Any) -> list[int]:
    """The years that stand in a column, the last first."""
    return list(db().scalars(select(column).distinct().order_by(column.desc())))


def years_between(column: Any) -> list[int]:
    """From the last year of a long table to the first: the two ends by the index, not all the rows."""
    first, last = (db().scalar(select(end(column))) for end in (func.min, func.max))
    return [] if first is None or last is None else list(range(last, first - 1, -1))


def by_year(column: Any, years: Callable[[Any], Iterable[int]] = years_of) -> Filter:
    """The rows of a year."""
    return Filter("anno", lazy_gettext("Anno"), lambda: [(year, year) for year in years(column)],
                  lambda value: column == int(value))
