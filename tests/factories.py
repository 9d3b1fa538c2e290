"""Valid things, ready made: a test says only what matters to it. Every name and code here is invented."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from sqlalchemy import Column, inspect, select
from stdnum import luhn

from core.catalogue.model import OperationalSheet, Service
from core.ground.access import Principal, Role, ScopedSession
from core.ground.db import Euro, Lines, Percent, UtcDateTime
from core.parties.model import Municipality

Row = TypeVar("Row")
_serial = itertools.count(1)
_PLAIN = {str: "-", int: 1, bool: False, date: date(2026, 1, 1), dict: {}}
_OURS = {Euro: Decimal(1), Percent: Decimal(1), Lines: (), UtcDateTime: datetime(2026, 1, 1, tzinfo=UTC)}


def filled(entity: type[Row], **fields: Any) -> Row:
    """A row of ``entity`` with what the test says, and something plain in every other column that must not be empty."""
    mapper = inspect(entity)
    wanted = {p.key: p.columns[0] for p in mapper.column_attrs if isinstance(p.columns[0], Column)}
    plain = {key: _plain(column) for key, column in wanted.items() if key not in fields and _must_be_given(column)}
    return entity(**plain, **fields)


def municipality(name: str = "Dresano", **fields: Any) -> Municipality:
    """A comune of the district; identifiers stay empty unless the test gives them."""
    return filled(Municipality, **{"name": name, "slug": name.lower().replace(" ", "-"), "kind": "municipality",
                                   "tax_code": body_tax_code(), **fields})


def write_missing_sheets(session: ScopedSession, edition: int = 2026) -> None:
    """An approved sheet for each service that has none: without it no contract is signed (X12, R76)."""
    for service in session.scalars(select(Service).where(~Service.sheets.any())).all():
        service.sheets.append(OperationalSheet(code=service.code, edition=edition, title=service.title,
                                               mission="Accompagna chi ne ha bisogno.", cost_to_user="Gratuito.",
                                               state="approved", approved_on=date(edition - 1, 1, 1)))
    session.flush()


def clerk_of(*municipality_ids: int) -> Principal:
    """A user of one or more municipalities."""
    own = frozenset(municipality_ids)
    return Principal("Carla Comune", frozenset({Role.MUNICIPALITY}), user_id=3, municipality_ids=own)


def body_tax_code() -> str:
    """Eleven digits with the right check digit, never the same twice."""
    stem = f"{9000000 + next(_serial)}015"
    return stem + str(luhn.calc_check_digit(stem))


def _must_be_given(column: Column[Any]) -> bool:
    unlike_others = column.unique and not column.nullable  # whatever it is when nobody says it
    return not (column.nullable or column.primary_key or column.foreign_keys or (column.default and not unlike_others))


def _plain(column: Column[Any]) -> Any:
    if column.unique:
        return f"unico-{next(_serial)}"
    ours = type(column.type)
    return _OURS[ours] if ours in _OURS else _PLAIN[column.type.python_type]
