"""A part of an azienda's file: its sheet, how a row is laid in, and the rows that stand in the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports import finding
from core.imports.operations import Apply, Desk
from core.parties.azienda import the_azienda
from core.parties.districts import all_districts, several
from core.parties.model import Azienda, District, Municipality, OfDistrict, Party
from core.tables.cells import CellKind, Column, Sheet

Facts = Mapping[str, Any]
Row = TypeVar("Row")
AZIENDA = "azienda"  # how a row says that it is of the azienda, and not of a municipality


@dataclass(frozen=True)
class FilePart:
    """``apply`` lays a row in; ``taken`` gives the rows that are there, as the same columns would say them."""

    sheet: Sheet
    apply: Apply
    taken: Callable[[ScopedSession], Iterable[Facts]]


def given(facts: Facts, *besides: str) -> dict[str, Any]:
    """What is written in a row: what is not keeps the value that it has without it."""
    return {name: value for name, value in facts.items() if value is not None and name not in besides}


def told(sheet: Sheet, row: object, **others: Any) -> dict[str, Any]:
    """A row of the database in the columns of a sheet; ``others`` are those that it names otherwise."""
    return {column.name: others[column.name] if column.name in others else _plain(column, getattr(row, column.name))
            for column in sheet.columns}


def _plain(column: Column, value: Any) -> Any:
    """A no that goes without saying is left out."""
    return None if column.kind is CellKind.YES_NO and not column.required and value is False else value


def coded(desk: Desk, kind: type[Row], code: str, refusal: RuleBroken) -> Row:
    """The row of a table that has this code. ``refusal`` where there is none."""
    model: Any = kind
    found: Row | None = desk.session.scalars(select(kind).where(model.code == code)).one_or_none()
    if found is None:
        raise RuleBroken(refusal.message, field=refusal.field, **refusal.values, code=code)
    return found


# --- parties ----------------------------------------------------------------------------------------------


PARTY = Column("party", "Ente", help="«azienda», o il nome di un comune o di un'unione.", example="Dresano")
MUNICIPALITY = Column("municipality", "Comune", help="Il nome, come nel suo foglio, o il codice ISTAT.",
                      example="Dresano")


DISTRICT = Column("district", "Distretto", required=False, help="Il codice; serve dove i distretti sono più d'uno.",
                  example="ambito-della-valle")
NO_DISTRICT = RuleBroken("«%(code)s» non è il codice di un distretto: scriverlo prima tra i distretti.",
                         field="district")


def district_id(desk: Desk, facts: Facts) -> int | None:
    """The key of the district that a row names, None where it names none. RuleBroken for a code of none."""
    return coded(desk, District, facts["district"], NO_DISTRICT).id if facts["district"] else None


def named_district(session: ScopedSession, row: OfDistrict) -> str | None:
    """How a row names its district: by its code, where there are several."""
    return next(one.code for one in all_districts(session) if row.belongs_to(one)) if several(session) else None


def party_id(desk: Desk, facts: Facts) -> int:
    """The key of the party that a row is of. RuleBroken for none of this installation."""
    name = facts["party"]
    return the_azienda(desk.session).id if name.casefold() == AZIENDA else finding.municipality(desk, name,
                                                                                                 field="party")


def municipality_id(desk: Desk, facts: Facts) -> int:
    """The key of the municipality that a row is of. RuleBroken for none of this installation."""
    return finding.municipality(desk, facts["municipality"])


def name_of(party: Party) -> str:
    """How a row names a party."""
    return AZIENDA if isinstance(party, Azienda) else party.name


def parties(session: ScopedSession) -> Iterator[Party]:
    """The azienda, then the municipalities in the order in which they were registered."""
    yield from session.scalars(select(Azienda))
    yield from session.scalars(select(Municipality).order_by(Municipality.id))
