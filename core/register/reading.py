"""How the register is read: searched and filtered by everybody, from the two tables of the register and no other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import selectinload

from core.ground.access import ScopedSession, asked_once
from core.ground.order import alphabetical, in_order
from core.ground.search import holds
from core.register.model import RegisterEntry, RegisterState
from core.register.services import services_by_type
from core.register.states import LIVING, PublicState

PAGE = 20
BATCH = 200
# where a unit is looked for: the municipality of the district in which it stands, else the town of its seat
PLACE = case((RegisterEntry.municipality != "", RegisterEntry.municipality), else_=RegisterEntry.city)


@dataclass(frozen=True)
class RegisterQuery:
    """What a reader asks of the register; an empty word asks for everything."""

    search: str = ""
    section: str = ""
    kind: str = ""
    town: str = ""
    state: str = ""


def in_state(state: PublicState, today: date) -> ColumnElement[bool]:
    """The entries that are in ``state`` today: see ``rules.state_today``, of which this is the twin in SQL."""
    said, over = RegisterEntry.state == state, RegisterEntry.valid_to < today
    if state is PublicState.EXPIRED:
        return or_(said, and_(RegisterEntry.state.in_(LIVING), over))
    return and_(said, ~over) if state in LIVING else said


def matching(session: ScopedSession, wanted: RegisterQuery, today: date) -> Select[int]:
    """The ids of the entries that a reader asks for."""
    query = select(RegisterEntry.id).where(holds(session, RegisterEntry, wanted.search))
    if wanted.section:
        query = query.where(RegisterEntry.section == wanted.section)
    if wanted.kind:
        query = query.where(RegisterEntry.type_code == wanted.kind)
    if wanted.town:
        query = query.where(PLACE.in_([wanted.town]))
    if wanted.state:
        query = query.where(in_state(PublicState(wanted.state), today))
    return query


def count(session: ScopedSession, wanted: RegisterQuery, today: date) -> int:
    """How many entries a reader asks for."""
    return session.scalar(select(func.count()).select_from(matching(session, wanted, today).subquery())) or 0


def page(
    session: ScopedSession, wanted: RegisterQuery, today: date, number: int, size: int = PAGE
) -> list[RegisterEntry]:
    """A page of entries by name, the first is 0."""
    query = select(RegisterEntry).where(RegisterEntry.id.in_(matching(session, wanted, today)))
    query = query.order_by(in_order(RegisterEntry.unit), RegisterEntry.id)
    return list(session.scalars(query.limit(size).offset(number * size)))


def entries(session: ScopedSession, wanted: RegisterQuery, today: date) -> Iterator[RegisterEntry]:
    """All the entries that are asked for with their history, by number, a batch at a time."""
    last = 0
    query = select(RegisterEntry).where(RegisterEntry.id.in_(matching(session, wanted, today)))
    query = query.options(selectinload(RegisterEntry.history)).order_by(RegisterEntry.number).limit(BATCH)
    while found := session.scalars(query.where(RegisterEntry.number > last)).all():
        yield from found
        last = found[-1].number


def by_slug(session: ScopedSession, slug: str) -> RegisterEntry | None:
    """The entry at an address, with its history; None if there is none."""
    query = select(RegisterEntry).where(RegisterEntry.slug == slug).options(selectinload(RegisterEntry.history))
    return session.scalars(query).one_or_none()


def types(session: ScopedSession) -> list[tuple[str, str]]:
    """The types of the published units, code and name."""
    query = select(RegisterEntry.type_code, func.min(RegisterEntry.type_name)).group_by(RegisterEntry.type_code)
    return sorted(((code, name) for code, name in session.execute(query)), key=lambda pair: alphabetical(pair[1]))


def towns(session: ScopedSession) -> list[str]:
    """Where the published units stand."""
    return sorted(session.scalars(select(PLACE).distinct()), key=alphabetical)


def updated_on(session: ScopedSession) -> date | None:
    """The day of the last change; None for an empty register."""
    return session.scalar(select(func.max(RegisterEntry.updated_on)))


def mark(session: ScopedSession) -> Sequence[int]:
    """Figures that change with every change of the register: for the validator of what a browser or a proxy keeps."""
    versions = select(func.count(RegisterEntry.id), func.coalesce(func.sum(RegisterEntry.version), 0))
    [row] = session.execute(versions)
    last = session.scalar(select(func.coalesce(func.max(RegisterState.id), 0))) or 0
    return (*(int(figure) for figure in row), last)


@asked_once
def accredited_services(session: ScopedSession) -> frozenset[str]:
    """The codes of the services for which the register holds an accredited unit, able to deliver them (X24)."""
    types = session.scalars(select(RegisterEntry.type_code).where(RegisterEntry.state.in_(LIVING)).distinct())
    return frozenset().union(*(services_by_type().get(code, frozenset()) for code in types))
