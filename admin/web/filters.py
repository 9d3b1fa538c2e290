"""The filters that lists of many subjects have alike; each is told its column."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import func, select

from admin.guard.session import db, principal
from admin.web.base_view import Filter


def years_of(column: Any) -> list[int]:
    """From the last year of a column to the first: of all rows the index tells each end; those of a part of them are
    read, once."""
    if principal().sees_all:
        first, last = (db().scalar(select(end(column))) for end in (func.min, func.max))
    else:
        first, last = db().execute(select(func.min(column), func.max(column))).one()
    return [] if first is None or last is None else list(range(last, first - 1, -1))


def by_year(column: Any) -> Filter:
    """The rows of a year."""
    return Filter("anno", lazy_gettext("Anno"), lambda: [(year, year) for year in years_of(column)],
                  lambda value: column == int(value))
