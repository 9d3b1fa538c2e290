"""The municipalities and districts where one is chosen: in a form, or above a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnExpressionArgument, select

from admin.guard.session import db, today
from admin.web.base_view import Filter
from admin.web.forms import Choices
from core.ground.access import as_system
from core.ground.order import in_order
from core.parties import districts
from core.parties.model import Municipality

BY_NAME = select(Municipality.id, Municipality.name).order_by(in_order(Municipality.name))


def municipalities(*those: ColumnExpressionArgument[bool]) -> list[tuple[int, str]]:
    """The municipalities that who asks may see, members or not, by name; all, or only ``those``."""
    return [(key, name) for key, name in db().execute(BY_NAME.where(*those))]


def all_municipalities() -> list[tuple[int, str]]:
    """The municipalities by name, for a provider too: it sees none, and says in which one its unit stands."""
    return [(key, name) for key, name in as_system(db(), BY_NAME, reason="nomi dei comuni")]


def by_municipality(column: Any, choices: Callable[[], Choices] = municipalities) -> Filter:
    """The rows of a municipality."""
    return Filter("comune", lazy_gettext("Comune"), choices, lambda value: column == int(value))


def several_districts() -> bool:
    """True where the azienda has several districts: then it is asked which."""
    return districts.several(db())


def district_choices() -> Choices:
    """The districts by their order, where there are several; else there is nothing to choose."""
    return [(one.id, one.name) for one in districts.all_districts(db())] if several_districts() else []


def in_district(key: int) -> frozenset[int]:
    """The keys of the municipalities that lie in a district today; none for a district that is none."""
    if key not in {one.id for one in districts.all_districts(db())}:
        return frozenset()
    return districts.members_of(db(), key, today(), today())


def by_district(rows: Callable[[int], ColumnExpressionArgument[bool]]) -> Filter:
    """The rows of a district, asked only where there are several."""
    return Filter("distretto", lazy_gettext("Distretto"), district_choices, lambda value: rows(int(value)))


def of_district(model: Any) -> Filter:
    """The rows that name a district, and for the first one those that name none."""
    def rows(key: int) -> Any:
        first = districts.first_district(db())
        named = model.district_id == key
        return named | model.district_id.is_(None) if first is not None and first.id == key else named
    return by_district(rows)


ASKED_WHERE = {"district_id": several_districts, "cover_district_id": several_districts}
