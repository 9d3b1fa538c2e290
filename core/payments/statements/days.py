"""Days as banks write them: the day first, unless a year of four digits stands first."""

from __future__ import annotations

import re
from datetime import date

TIME = r"(?:[T ,]+\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:[.,]\d+)?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?"
YEAR_FIRST = re.compile(rf"(?P<year>\d{{4}})(?P<sign>[-/.])(?P<month>\d{{1,2}})(?P=sign)(?P<day>\d{{1,2}}){TIME}")
DAY_FIRST = re.compile(
    rf"(?P<day>\d{{1,2}})(?P<sign>[-/. ])(?P<month>\d{{1,2}})(?P=sign)(?P<year>\d{{4}}|\d{{2}}){TIME}")
NAMED = re.compile(
    rf"(?P<day>\d{{1,2}})[-/. ](?P<name>[a-z]{{3,9}})\.?[-/. ](?P<year>\d{{4}}|\d{{2}}){TIME}", re.IGNORECASE)
TOGETHER = re.compile(r"(?P<first>\d{4})(?P<last>\d{4})")
MONTHS = {name: number for number, name in enumerate(
    ("gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic"), start=1)}
FIRST_YEAR, LAST_YEAR = 1990, 2199


def day_of(text: str) -> date:
    """The day that ``text`` names, with or without a time after it; ValueError if it names none.

    ``19/11/2026``, ``19-11-26``, ``19.11.2026 10:15``, ``2026-11-19T10:15:00``, ``20261119``, ``19 nov 2026``. A year
    of two digits is of this century.
    """
    words = " ".join(text.split())
    if found := YEAR_FIRST.fullmatch(words) or DAY_FIRST.fullmatch(words):
        return _day(found["year"], int(found["month"]), found["day"])
    if found := NAMED.fullmatch(words):
        return _day(found["year"], MONTHS.get(found["name"][:3].lower(), 0), found["day"])
    if found := TOGETHER.fullmatch(words):
        return _together(found["first"], found["last"])
    raise ValueError(text)


def _together(first: str, last: str) -> date:
    """Eight digits: the year first if that makes a day, else the day."""
    try:
        return _day(first, int(last[:2]), last[2:])
    except ValueError:
        return _day(last, int(first[2:]), first[:2])


def _day(year: str, month: int, day: str) -> date:
    found = date(int(year) if len(year) == 4 else 2000 + int(year), month, int(day))
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(year)
    return found


def is_day(text: str) -> bool:
    """True if ``text`` names a day."""
    try:
        day_of(text)
    except ValueError:
        return False
    return True
