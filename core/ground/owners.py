"""A case is anything that moves by acts and terms: a contract, an instalment, a notice of default.

Rows that hang on any case (passages, deadlines, letters, notes, files) name it by table and id. Who sees them is
decided in one place: by whose the case is, a municipality's or a provider's. A subject registers its cases beside
their tables. Who leaves a case with which others go on keeps of its diary what was there, or concerns it (``Leaving``).
Which of the azienda's own offices reads and writes what stands in a diary is said in ``walls``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, and_, exists, false, or_
from sqlalchemy.orm import Mapped, declared_attr

from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, Role, Scoped, scope_has_grown
from core.ground.walls import OfKind

# owners -> the ids of their cases; asked with OWN_MUNICIPALITIES or OWN_PROVIDERS by the scope, with a list by filters
IdsOf = Callable[[Any], Select[tuple[int]]]
CASES: dict[str, IdsOf] = {}
PROVIDER_CASES: dict[str, IdsOf] = {}


@dataclass(frozen=True)
class Leaving:
    """A leaving as a statement knows it: the condition that a row is one, its last day, and the instant at which that
    day has ended."""

    is_one: ColumnElement[bool]
    day: Any
    instant: Any

    def of(self, still_read: ColumnElement[bool]) -> ColumnElement[bool]:
        """True where there is one, and what it leaves to read holds."""
        left = self.day.table  # a statement that asks around this one is never taken for where it looks
        return exists().where(self.is_one, still_read).correlate_except(left)


# (id of a case, owners) -> how these owners stand in it, and how they left it: of cases that go on without some
Leavings = Callable[[Any, Any], tuple[ColumnElement[bool], Leaving]]
LEAVINGS: dict[str, Leavings] = {}
# subject: who beside the azienda's offices adds files and letters to the diary of their own cases
WRITERS: dict[str, frozenset[Role]] = {}


def case_of(subject: str, *, writers: Iterable[Role] = ()) -> Callable[[IdsOf], IdsOf]:
    """Register the table ``subject`` as a case: the function below selects the ids of given municipalities."""
    return _registered(CASES, subject, writers)


def provider_case_of(subject: str, *, writers: Iterable[Role] = ()) -> Callable[[IdsOf], IdsOf]:
    """Register the table ``subject`` as a case: the function below selects the ids of given providers."""
    return _registered(PROVIDER_CASES, subject, writers)


def left_by(subject: str) -> Callable[[Leavings], Leavings]:
    """Register that owners may leave cases of ``subject`` with which others go on: the function below says how they
    stand in a case, and how they left it."""

    def register(leavings: Leavings) -> Leavings:
        LEAVINGS[subject] = leavings
        scope_has_grown()
        return leavings

    return register


def _registered(kind: dict[str, IdsOf], subject: str, writers: Iterable[Role]) -> Callable[[IdsOf], IdsOf]:
    def register(ids_of: IdsOf) -> IdsOf:
        kind[subject] = ids_of
        WRITERS[subject] = WRITERS.get(subject, frozenset()) | frozenset(writers)
        scope_has_grown()
        return ids_of

    return register


def of_cases(columns: Any, municipalities: Any) -> ColumnElement[bool]:
    """The rows (``columns`` has ``subject`` and ``subject_id``) that hang on the cases of ``municipalities``."""
    return _of(CASES, columns, municipalities)


def _own(columns: Any, still: Callable[[Any, Leaving], ColumnElement[bool]]) -> ColumnElement[bool]:
    """The rows that hang on one's own cases, as a municipality or as a provider; of a case that one has left those that
    one may ``still`` read."""
    return or_(_of(CASES, columns, OWN_MUNICIPALITIES, still), _of(PROVIDER_CASES, columns, OWN_PROVIDERS, still))


def _of(
    kind: dict[str, IdsOf], columns: Any, owners: Any,
    still: Callable[[Any, Leaving], ColumnElement[bool]] | None = None,
) -> ColumnElement[bool]:
    def mine(name: str, ids: IdsOf) -> ColumnElement[bool]:
        hangs = columns.subject == name
        if still is None or name not in LEAVINGS:
            return and_(hangs, columns.subject_id.in_(ids(owners)))
        stands, leaving = LEAVINGS[name](columns.subject_id, owners)
        known = columns.subject_id.in_(ids(owners))  # follows from the rest, and is what an index is asked
        return and_(hangs, known, or_(stands, leaving.of(still(columns, leaving))))

    return or_(false(), *(mine(name, ids) for name, ids in kind.items()))


class OfCase(Scoped):
    """A row that hangs on a case and is seen with it."""

    subject: Mapped[str]
    subject_id: Mapped[int]

    @declared_attr.directive
    def __table_args__(cls) -> tuple[Any, ...]:  # noqa: N805 (SQLAlchemy gives the class)
        """Rows are looked up by their case."""
        return (Index(f"ix_{cls.__tablename__}_subject", "subject", "subject_id"),)  # type: ignore[attr-defined]

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The rows of one's own cases."""
        return cls.own(cls)

    @classmethod
    def own(cls, columns: Any) -> ColumnElement[bool]:
        """The rows of one's own cases among ``columns``, the table's own or this class."""
        return _own(columns, cls.still_read)

    @classmethod
    def still_read(cls, _columns: Any, _leaving: Leaving) -> ColumnElement[bool]:
        """The rows that who has left a case may still read; none without an answer of its own."""
        return false()


class InDiary(OfCase, OfKind):
    """A row of the diary of a case: not every office of the azienda reads and writes it."""
