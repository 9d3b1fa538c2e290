"""What a word in the search box of a list means. A view names the ways in which its rows are called, and a word means
every row that one of them finds: by its number, by its own words, by the name of somebody or something beside it.

Each way asks an index; ``walking``, it is asked of each row, for a list that goes through many in their order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, select

from admin.guard.session import db
from core.ground.names import folded
from core.ground.search import are_few, few_hold, holds, said

FEW = 2000  # rows that are read one by one
YEAR = re.compile(r"(?:19|20)[0-9]{2}")
NUMBER = re.compile(r"([0-9]{1,9})(?:/([0-9]{4}))?")


# (entity, word, walking) -> the rows of the entity that the word means; None for a word that is none of this way's
Way = Callable[[Any, str, bool], ColumnElement[bool] | None]


def meant(ways: Iterable[Way], entity: Any, term: str, *, walking: bool) -> ColumnElement[bool]:
    """The rows of ``entity`` that ``term`` means in one of the ``ways``."""
    found = (way(entity, term, walking) for way in ways)
    return or_(false(), *(condition for condition in found if condition is not None))


def numbered(entity: Any, term: str, _walking: bool) -> ColumnElement[bool] | None:
    """By number, or number and year: 12, 12/2026."""
    if not (number := NUMBER.fullmatch(term)):
        return None
    same = entity.number == int(number[1])
    return same if number[2] is None else and_(same, entity.year == int(number[2]))


def worded(entity: Any, term: str, walking: bool) -> ColumnElement[bool]:
    """By its own words."""
    return holds(db(), entity, term, walking=walking)


def named(column: Any, key: Any) -> Way:
    """By the words of another row: ``key`` is what of it stands in ``column``. A number is no name."""

    def way(_entity: Any, term: str, walking: bool) -> ColumnElement[bool] | None:
        if NUMBER.fullmatch(term):
            return None
        return beside(column, key, term, walking)

    return way


def beside(column: Any, key: Any, term: str, walking: bool) -> ColumnElement[bool]:
    """The rows in whose ``column`` stands the ``key`` of another row that has the word. If those others have few rows
    here, these are gathered by the index; else each is asked."""
    if not walking:
        others = select(key).where(holds(db(), key.class_, term))
        if few_hold(db(), key.class_, term) and are_few(db(), select(column).where(column.in_(others))):
            gathered: ColumnElement[bool] = column.in_(others)
            return gathered
    return select(key).where(key == column, holds(db(), key.class_, term, walking=True)).exists()


def below(column: Any, key: Any, ways: Iterable[Way]) -> Way:
    """By what another row is called: ``key`` is what of it stands in ``column``, ``ways`` are those of its own list.
    If few of them are meant they are gathered; else each is asked."""

    def way(_entity: Any, term: str, walking: bool) -> ColumnElement[bool]:
        if not walking:
            others = select(key).where(meant(ways, key.class_, term, walking=False))
            if are_few(db(), others):
                gathered: ColumnElement[bool] = column.in_(others)
                return gathered
        return select(key).where(key == column, meant(ways, key.class_, term, walking=True)).exists()

    return way


def written(*columns: str) -> Way:
    """By what stands in ``columns`` of a register of some hundred rows: each is read."""

    def way(entity: Any, term: str, _walking: bool) -> ColumnElement[bool]:
        rows = db().execute(select(entity.id, *(getattr(entity, name) for name in columns)).limit(FEW))
        found: ColumnElement[bool] = entity.id.in_([key for key, *words in rows if folded(term) in said(words)])
        return found

    return way


def of_year(entity: Any, term: str, _walking: bool) -> ColumnElement[bool] | None:
    """By its year."""
    return entity.year == int(term) if YEAR.fullmatch(term) else None
