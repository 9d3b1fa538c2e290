"""The walls between the azienda's own offices: which of them reads, and which writes, the papers of a kind of case.

Between municipalities and providers the row scope decides, by whose a row is. The offices see every row of theirs; what
stands between them is the kind of the case. Each subject registers its own kinds (``kept_by``), and all of them are one
table, ``WALLS``. Documents, notes, files, letters with their receipts and passages hang on a case and are read and
written as its line of that table says; the walls lie under the views, as the row scope does. A kind that nobody has
registered is open to those alone who read everything.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, event, false, literal, or_
from sqlalchemy.orm import Mapped, ORMExecuteState, UOWTransaction, with_loader_criteria

from core.ground.access import (
    Principal,
    Role,
    Scoped,
    ScopedSession,
    give,
    is_scoped,
    refuse_foreign,
)
from core.ground.errors import NotAllowed, NotVisible

# who oversees the offices or acts for all of them, and the program itself
READ_ALL = frozenset({Role.MANAGEMENT, Role.AUDITOR, Role.SYSTEM})
WRITE_ALL = frozenset({Role.MANAGEMENT, Role.SYSTEM})


@dataclass(frozen=True)
class Wall:
    """Which offices read the cases of one kind, and which of them write, beside those who do so everywhere."""

    reads: frozenset[Role] = frozenset()
    writes: frozenset[Role] = frozenset()


WALLS: dict[str, Wall] = {}
HOMES: dict[str, str] = {}  # kind of document that stands in one kind of case only: that kind of case


def kept_by(
    *kinds: str, reads: Iterable[Role] = (), writes: Iterable[Role] = (), documents: Iterable[str] = ()
) -> None:
    """Register kinds of case (their tables) with the offices that read them; who ``writes`` reads too.

    ``documents``: kinds of document that stand in cases of the first of ``kinds`` and nowhere else.
    """
    wall = Wall(frozenset({*reads, *writes}), frozenset(writes))
    for kind in kinds:
        WALLS[kind] = wall
    for document in documents:
        HOMES[document] = kinds[0]


def home_of(document: str) -> str:
    """The kind of case in which this kind of document stands. LookupError where it may stand in several."""
    if document not in HOMES:
        raise LookupError(f"{document}: say to which kind of case it belongs, or register it with kept_by")
    return HOMES[document]


def reads(who: Principal, kind: str) -> bool:
    """True if an office of ``who`` reads the papers of cases of this kind."""
    return who.has(*READ_ALL, *WALLS.get(kind, Wall()).reads)


def writes(who: Principal, kind: str) -> bool:
    """True if an office of ``who`` writes in cases of this kind."""
    return who.has(*WRITE_ALL, *WALLS.get(kind, Wall()).writes)


def closed_to(who: Principal, kind: str) -> bool:
    """True if ``who`` works in an office and a wall stands before cases of this kind: for pages, to say so."""
    return who.sees_all and not reads(who, kind) and not _is_a_party(who)


def another_office() -> NotAllowed:
    """What is said to an office that would write in the cases of another."""
    return NotAllowed("I fascicoli di questo genere spettano a un altro ufficio: vi scrivono soltanto quell'ufficio e "
                      "la direzione.")


def _is_a_party(who: Principal) -> bool:
    """True for somebody of an office who also works for a municipality or a provider: that stays as it is."""
    return bool(who.municipality_ids or who.provider_ids)


# --- under the views ----------------------------------------------------------------------------------------

OPEN_KINDS: BindParameter[Any] = bindparam("open_kinds", expanding=True, required=True)


class Walled(Scoped):
    """A table whose rows belong to kinds of case, between which the offices have walls."""

    @classmethod
    def within(cls) -> ColumnElement[bool]:
        """The rows that are open to the principal's offices, said with OPEN_KINDS; none without an answer of its own.
        """
        return false()

    def kind_of_case(self) -> str:
        """The kind of case to which this row belongs."""
        return ""


class OfKind(Walled):
    """A table whose rows say the kind of their case in the column ``subject``."""

    subject: Mapped[str]

    @classmethod
    def within(cls) -> ColumnElement[bool]:
        """The rows of the kinds that are open."""
        return cls.subject.in_(OPEN_KINDS)

    def kind_of_case(self) -> str:
        """What its column says."""
        return self.subject


class OfOneKind(Walled):
    """A table all of whose rows belong to one kind of case."""

    KIND_OF_CASE: ClassVar[str]

    @classmethod
    def within(cls) -> ColumnElement[bool]:
        """All rows or none."""
        return literal(cls.KIND_OF_CASE).in_(OPEN_KINDS)

    def kind_of_case(self) -> str:
        """The kind of the table."""
        return self.KIND_OF_CASE


def _stands(who: Principal) -> bool:
    """True if walls stand for ``who``: an office that does not read everything. Outside, the row scope decides."""
    return who.sees_all and not who.has(*READ_ALL)


@event.listens_for(ScopedSession, "do_orm_execute")
def _wall_reads(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, ScopedSession)
    if not is_scoped(state) or not _stands(session.principal):
        return
    if state.is_column_load:
        _wall_reload(state, session)
        return
    if _is_a_party(session.principal):
        open_rows = with_loader_criteria(Walled, lambda cls: or_(cls.within(), cls.visible()), include_aliases=True)
    else:
        open_rows = with_loader_criteria(Walled, lambda cls: cls.within(), include_aliases=True)
    state.statement = state.statement.options(open_rows)
    give(state, _parameters(session))


def _wall_reload(state: ORMExecuteState, session: ScopedSession) -> None:
    """A row that is here already is loaded again: loader criteria leave it out."""
    mapper, statement = state.bind_mapper, state.statement
    if mapper is not None and issubclass(mapper.class_, Walled) and isinstance(statement, Select):
        state.statement = statement.where(or_(mapper.class_.within(), mapper.class_.visible()))
        give(state, _parameters(session))


def _parameters(session: ScopedSession) -> dict[str, list[Any]]:
    kinds: list[Any] = sorted(kind for kind in WALLS if reads(session.principal, kind))
    return {OPEN_KINDS.key: kinds, **session.own_parameters()}


@event.listens_for(ScopedSession, "before_flush")
def _wall_writes(session: ScopedSession, _context: UOWTransaction, _instances: object) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    behind = _behind(session, [*session.new, *changed, *session.deleted])
    if behind and not _is_a_party(session.principal):
        raise another_office()
    refuse_foreign(session, _behind(session, [*changed, *session.deleted]))


@event.listens_for(ScopedSession, "after_flush")
def _wall_written(session: ScopedSession, _context: UOWTransaction) -> None:
    refuse_foreign(session, _behind(session, [*session.new, *session.dirty]))


@event.listens_for(ScopedSession, "detached_to_persistent")
def _refuse_strangers(session: ScopedSession, row: object) -> None:
    """A row that another principal read does not enter by ``add`` or ``merge(load=False)`` either."""
    if _stands(session.principal) and isinstance(row, Walled) and not reads(session.principal, row.kind_of_case()):
        session.expunge(row)
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


def _behind(session: ScopedSession, rows: Iterable[object]) -> list[object]:
    """Those of ``rows`` that stand behind a wall for the principal; outside the offices there are no walls."""
    who = session.principal
    if not who.writes_all:
        return []
    return [row for row in rows if isinstance(row, Walled) and not writes(who, row.kind_of_case())]
