"""The municipalities where one is chosen: in a form, or above a list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import ColumnExpressionArgument, select

from admin.guard.session import db
from admin.web.base_view import Filter
from admin.web.forms import Choices
from core.ground.access import as_system
from core.ground.order import in_order
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
