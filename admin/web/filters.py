"""The filters that lists of many subjects have alike; each is told its column."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from admin.guard.session import db
from admin.web.base_view import Filter


def years_of(column: Any) -> list[int]:
    """From the last year of a column to the first: the two ends by the index, not all the rows."""
    first, last = (db().scalar(select(end(column))) for end in (func.min, func.max))
    return [] if first is None or last is None else list(range(last, first - 1, -1))


def by_year(column: Any) -> Filter:
    """The rows of a year."""
    return Filter("anno", lazy_gettext("Anno"), lambda: [(year, year) for year in years_of(column)],
                  lambda value: column == int(value))
