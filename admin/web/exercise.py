"""The exercise on the pages: which one runs, what people call one, the field and the filter that ask for one.

Where it is the calendar year a page reads as if there were no other: 2026. Where it begins on another day people read
and write 2026/2027, and the first year alone is understood.
"""

from __future__ import annotations

import re
from typing import Any

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import ColumnElement

from admin.guard.session import db, today
from admin.web.base_view import Filter
from admin.web.filters import years_of
from admin.web.forms import NumberField, line
from admin.web.searching import of_year
from core.ground import exercises as reader
from core.ground.exercise import Exercises

WRITTEN = re.compile(r"(\d{4}) ?[/-] ?(\d{4}|\d\d)")


def exercises() -> Exercises:
    """Those of the azienda."""
    return reader.exercises(db())


def this_year() -> int:
    """The year in which the exercise that runs has begun."""
    return exercises().of(today()).year


def exercise(year: int | None) -> str:
    """What people call the exercise that begins in a year: 2026, or 2026/2027; empty for nothing."""
    return "" if year is None else exercises().name(year)


def of_row(row: Any) -> str:
    """What people call the exercise of a row."""
    return exercise(row.year)


def year_of(text: str | None) -> int | None:
    """The year in which an exercise begins that a person names: 2026, or 2026/2027 where it is no calendar year."""
    said = line(text or "") or ""
    found = WRITTEN.fullmatch(said)
    if found is not None and not exercises().calendar and str(int(found[1]) + 1).endswith(found[2]):
        return int(found[1])
    return int(said) if said.isdecimal() and len(said) == 4 else None


def by_exercise(column: Any) -> Filter:
    """The rows of an exercise."""
    return Filter("anno", lazy_gettext("Anno"), lambda: [(year, exercise(year)) for year in years_of(column)],
                  lambda value: column == int(value))


def of_exercise(entity: Any, term: str, walking: bool) -> ColumnElement[bool] | None:
    """A way of a search box: by the exercise, as people write it."""
    year = year_of(term)
    return None if year is None else of_year(entity, str(year), walking)


class ExerciseField(NumberField):
    """The exercise that is meant: its year, or both where it is no calendar year."""

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return "" if self.data is None else exercise(self.data)

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read 2026/2027 where exercises are called so, else a number as any; what it is, is for the core to say."""
        text = (line(valuelist[0]) or "") if valuelist else ""
        self.data = year_of(text)
        if self.data is None and WRITTEN.fullmatch(text):
            raise ValueError(
                _("«%(text)s» non è un anno: l'esercizio è l'anno solare, scriverlo come 2026.", text=text)
                if exercises().calendar else
                _("«%(text)s» non è un esercizio: scriverlo come %(name)s.", text=text, name=exercise(this_year())))
        if self.data is None:
            super().process_formdata(valuelist)


def init_app(app: Flask) -> None:
    """Give every template the word for an exercise."""
    app.jinja_env.filters["exercise"] = exercise
