"""A case is anything that moves by acts and terms: a contract, an instalment, a notice of default.

Rows that hang on any case (passages, deadlines, letters, notes, files) name it by table and id. Who sees them is
decided in one place: by whose the case is, a municipality's or a provider's. A subject registers its cases beside
their tables. Which of the azienda's own offices reads and writes what stands in a diary is said in ``walls``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Index, Select, and_, false, or_
from sqlalchemy.orm import Mapped, declared_attr

from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, Role, Scoped, scope_has_grown
from core.ground.walls import OfKind

# owners -> the ids of their cases; asked with OWN_MUNICIPALITIES or OWN_PROVIDERS by the scope, with a list by filters
IdsOf = Callable[[Any], Select[tuple[int]]]
CASES: dict[str, IdsOf] = {}
PROVIDER_CASES: dict[str, IdsOf] = {}
# subject: who beside the azienda's offices adds files and letters to the diary of their own cases
WRITERS: dict[str, frozenset[Role]] = {}


def case_of(subject: str, *, writers: Iterable[Role] = ()) -> Callable[[IdsOf], IdsOf]:
    """Register the table ``subject`` as a case: the function below selects the ids of given municipalities."""
    return _registered(CASES, subject, writers)


def provider_case_of(subject: str, *, writers: Iterable[Role] = ()) -> Callable[[IdsOf], IdsOf]:
    """Register the table ``subject`` as a case: the function below selects the ids of given providers."""
    return _registered(PROVIDER_CASES, subject, writers)


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


def of_own_cases(columns: Any) -> ColumnElement[bool]:
    """The rows that hang on one's own cases, as a municipality or as a provider: for ``visible``."""
    return or_(_of(CASES, columns, OWN_MUNICIPALITIES), _of(PROVIDER_CASES, columns, OWN_PROVIDERS))


def _of(kind: dict[str, IdsOf], columns: Any, owners: Any) -> ColumnElement[bool]:
    owned = (and_(columns.subject == name, columns.subject_id.in_(ids(owners))) for name, ids in kind.items())
    return or_(false(), *owned)


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
        return of_own_cases(cls)


class InDiary(OfCase, OfKind):
    """A row of the diary of a case: not every office of the azienda reads and writes it."""
