"""Who looks decides what exists: principals, roles, and the row scope that every session carries.

The scope lies under the views. A session without a principal does not exist; a statement that the scope
cannot see through is refused; somebody else's row is not forbidden, it is not there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache, wraps
from itertools import groupby
from typing import Any, Concatenate, NoReturn, ParamSpec, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Executable,
    Select,
    bindparam,
    event,
    false,
    func,
    inspect,
    select,
    tuple_,
)
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria
from sqlalchemy.orm.context import FromStatement
from sqlalchemy.orm.util import identity_key

from core.ground.db import Base, Database
from core.ground.errors import NotAllowed, NotVisible
from core.ground.files import FileStore

log = logging.getLogger("patto.access")
Row = TypeVar("Row")
Asking = TypeVar("Asking", bound=Session)
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")


class Role(StrEnum):
    """What a person does here. One person may have several roles."""

    MANAGEMENT = "management"
    ACCOUNTING = "accounting"
    ACCREDITATION = "accreditation"
    MUNICIPALITY = "municipality"
    PROVIDER = "provider"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


SEES_ALL = frozenset(
    {Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION, Role.AUDITOR, Role.ADMINISTRATOR, Role.SYSTEM}
)
WRITES = frozenset(Role) - {Role.AUDITOR}
WRITES_ALL = SEES_ALL & WRITES


@dataclass(frozen=True)
class Principal:
    """Who acts: fixed for the life of a session. The ids say which municipalities and providers are their own."""

    name: str
    roles: frozenset[Role] = frozenset()
    user_id: int | None = None
    municipality_ids: frozenset[int] = field(default_factory=frozenset)
    provider_ids: frozenset[int] = field(default_factory=frozenset)

    @property
    def sees_all(self) -> bool:
        """True for the azienda's own offices and the auditor."""
        return bool(self.roles & SEES_ALL)

    @property
    def writes(self) -> bool:
        """False for an auditor and for the public: their sessions cannot change a row."""
        return bool(self.roles & WRITES)

    @property
    def writes_all(self) -> bool:
        """True for the azienda's own offices: an auditor who also works for a municipality writes only there."""
        return bool(self.roles & WRITES_ALL)

    def has(self, *roles: Role) -> bool:
        """True if one of ``roles`` is held."""
        return bool(self.roles & set(roles))

    def require(self, *roles: Role) -> None:
        """NotAllowed unless one of ``roles`` is held."""
        if not self.has(*roles):
            raise NotAllowed("Questo atto non è tra i compiti assegnati a %(name)s.", name=self.name)


PUBLIC = Principal("pubblico")


def system(reason: str) -> Principal:
    """The program itself at work (installer, worker, log-in), named by what it is doing."""
    return Principal(f"sistema ({reason})", frozenset({Role.SYSTEM}))


def _own(name: str) -> BindParameter[Any]:
    # required: a statement that the scope did not reach fails, it does not show everything
    return bindparam(name, expanding=True, required=True)


OWN_MUNICIPALITIES = _own("own_municipalities")
OWN_PROVIDERS = _own("own_providers")


class Scoped:
    """A table of which not everybody sees every row."""

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows that belong to the principal, said with OWN_MUNICIPALITIES and OWN_PROVIDERS.

        It is asked only for those who do not see all; without an answer of its own a table shows nothing.
        """
        return false()


class ScopedSession(Session):
    """A session that carries its principal and lets nothing go round the scope."""

    def __init__(self, database: Database, principal: Principal, *, writing: bool = False) -> None:
        # one that was closed does not open again by itself: nobody would close it a second time
        super().__init__(bind=database.writing if writing else database.reading, expire_on_commit=False,
                         close_resets_only=False)
        self.database = database
        self.principal = principal
        self.writing = writing
        self.held_back = False  # True once a session that only reads was asked to write
        self._files: FileStore | None = None

    @property
    def files(self) -> FileStore:
        """Where this session keeps its files: those of its database, unless a rehearsal has put another there."""
        return self._files or self.database.files

    @files.setter
    def files(self, files: FileStore) -> None:
        self._files = files

    def connection(self, *_args: object, **_kwargs: object) -> NoReturn:
        """Refused: a bare connection sees everything."""
        raise _unscoped("connection()")

    def _bulk(self, *_args: object, **_kwargs: object) -> NoReturn:
        raise _unscoped("bulk")

    bulk_save_objects = bulk_insert_mappings = bulk_update_mappings = _bulk

    def own_parameters(self) -> dict[str, list[int]]:
        """The principal's own ids, as the parameters that the scope asks for."""
        return {
            OWN_MUNICIPALITIES.key: sorted(self.principal.municipality_ids),
            OWN_PROVIDERS.key: sorted(self.principal.provider_ids),
        }

    def require(self, entity: type[Row], key: object) -> Row:
        """The row, or NotVisible: not there and not yours are one answer."""
        row = self.get(entity, key)
        if row is None:
            raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")
        return row


def asked_once(ask: Callable[Concatenate[Asking, Asked], Answer]) -> Callable[Concatenate[Asking, Asked], Answer]:
    """A question whose answer a reading session keeps: the parts of a page do not know of each other and ask it again.

    The answer is shared, so nobody changes it; a writing session asks every time.
    """

    @wraps(ask)
    def asked(session: Asking, /, *args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if getattr(session, "writing", True):
            return ask(session, *args, **kwargs)
        key = ask, args, tuple(sorted(kwargs.items()))
        if key not in session.info:
            session.info[key] = ask(session, *args, **kwargs)
        answer: Answer = session.info[key]
        return answer

    return asked


def held(session: Session, entity: type[Row], keys: Iterable[int]) -> dict[int, Row]:
    """Those of these rows that a session has already, by their key: nothing is asked for them."""
    there = {key: session.identity_map.get(identity_key(entity, key)) for key in keys}
    return {key: row for key, row in there.items() if row is not None}


def as_system(
    session: Session, statement: Executable, parameters: Mapping[str, Any] | None = None, *, reason: str
) -> list[tuple[Any, ...]]:
    """Run one statement over all rows and give plain values back, never rows of the model. Logged.

    ``parameters``: those of a statement that was put together once. For numbering, uniqueness across municipalities
    and share-outs. RuntimeError if ``statement`` gives entities.
    """
    log.info("as_system: %s", reason)
    session.flush()
    if statement.is_dml and isinstance(session, ScopedSession) and not session.writing:
        raise _only_reads(session)
    result = session.execute(statement, parameters, execution_options={"patto_as_system": reason})
    rows = [tuple(row) for row in result] if getattr(result, "returns_rows", True) else []
    if any(isinstance(value, Base) for row in rows for value in row):
        raise RuntimeError("as_system gives values, not rows of the model: select columns")
    return rows


def _unscoped(what: str) -> RuntimeError:
    return RuntimeError(f"{what} goes round the row scope: use ORM selects, or as_system(reason=...)")


def _only_reads(session: ScopedSession) -> NotAllowed:
    session.held_back = True
    return NotAllowed("%(name)s può leggere ma non modificare.", name=session.principal.name)


def is_scoped(state: ORMExecuteState) -> bool:
    """False for what ``as_system`` asks: no scope and no wall stands before it."""
    return "patto_as_system" not in state.execution_options


def give(state: ORMExecuteState, parameters: Mapping[str, Any]) -> None:
    """Give a statement the values of the parameters that a scope asks for."""
    if isinstance(state.parameters, Sequence):
        raise _unscoped("executemany")
    state.parameters = {**(state.parameters or {}), **parameters}


@event.listens_for(ScopedSession, "do_orm_execute")
def _scope_reads(state: ORMExecuteState) -> None:
    if not is_scoped(state):
        return
    session = state.session
    assert isinstance(session, ScopedSession)
    if state.is_column_load:
        _scope_reload(state, session)
        return
    if not (state.is_orm_statement and state.is_select) or isinstance(state.statement, FromStatement):
        raise _unscoped("this statement")
    if session.principal.sees_all:
        return
    state.statement = state.statement.options(
        with_loader_criteria(Scoped, lambda cls: cls.visible(), include_aliases=True)
    )
    give(state, session.own_parameters())


def _scope_reload(state: ORMExecuteState, session: ScopedSession) -> None:
    """A row that is here already is loaded again, and may have become another's: loader criteria leave it out.

    The rest of a joined subclass comes by a plain statement on its own table: the row was visible when it came.
    """
    statement, mapper = state.statement, state.bind_mapper
    if session.principal.sees_all or mapper is None or not issubclass(mapper.class_, Scoped):
        return
    if isinstance(statement, Select):
        state.statement = statement.where(mapper.class_.visible())
        give(state, session.own_parameters())


@event.listens_for(ScopedSession, "before_flush")
def _scope_writes(session: ScopedSession, _context: UOWTransaction, _instances: object) -> None:
    changed = [row for row in session.dirty if session.is_modified(row)]
    touched = [*session.new, *changed, *session.deleted]
    if not touched:
        return
    if not (session.writing and session.principal.writes):
        raise _only_reads(session)
    for row in touched:
        if isinstance(row, InsertOnly) and row not in session.new:
            raise NotAllowed("Quanto è stato registrato non si modifica: se ne registra una nuova versione.")
        if not (isinstance(row, Scoped) or session.principal.writes_all):
            raise NotAllowed("Questi dati sono di tutti: li modifica soltanto l'azienda.")
    # what was mine before; after_flush asks the same of what it has become
    if not session.principal.writes_all:
        refuse_foreign(session, [*changed, *session.deleted])


@event.listens_for(ScopedSession, "after_flush")
def _scope_written(session: ScopedSession, _context: UOWTransaction) -> None:
    if not session.principal.writes_all:
        refuse_foreign(session, [*session.new, *session.dirty])


@event.listens_for(ScopedSession, "detached_to_persistent")
def _refuse_strangers(session: ScopedSession, row: object) -> None:
    """A row loaded under another principal does not enter this session by ``add`` or ``merge(load=False)``."""
    if not session.principal.sees_all:
        session.expunge(row)
        raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


class InsertOnly:
    """Rows that are added and never changed: terms, document versions, passages."""


def refuse_foreign(session: ScopedSession, rows: Iterable[object]) -> None:
    """NotVisible if one of ``rows`` is not the principal's own, in the database as it stands now."""
    scoped = sorted((row for row in rows if isinstance(row, Scoped)), key=lambda row: type(row).__name__)
    entity: Any  # mypy holds a class for something that has no hash
    for entity, group in groupby(scoped, key=lambda row: type(row)):
        keys = {identity_key(instance=row)[1] for row in group}
        asked = {**session.own_parameters(), "keys": sorted(keys)}
        with session.no_autoflush:
            found = session.execute(_own_among(entity), asked, execution_options={"patto_as_system": "scope check"})
        seen: int = found.scalar_one()
        if seen != len(keys):
            raise NotVisible("Quanto richiesto non esiste o non è più disponibile.")


@cache
def _own_among(entity: Any) -> Select[Any]:
    """How many of the rows with ``keys`` are one's own: made once, because it may ask every kind of case."""
    mine = tuple_(*inspect(entity).primary_key).in_(bindparam("keys", expanding=True))
    return select(func.count()).select_from(entity).where(mine, entity.visible())


def scope_has_grown() -> None:
    """What was made of ``visible`` before is made anew: something has registered that it asks."""
    _own_among.cache_clear()


def scoped_tables() -> Iterator[type[Scoped]]:
    """Every mapped class under the scope: for the house tests."""
    stack = list(Scoped.__subclasses__())
    while stack:
        cls = stack.pop()
        stack.extend(cls.__subclasses__())
        if hasattr(cls, "__table__"):
            yield cls
