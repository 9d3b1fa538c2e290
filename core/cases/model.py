"""A case is anything that moves by acts and terms: a contract, an instalment, a notice of default.

Rows that hang on any case (passages, deadlines, letters, notes, files) name it by table and id. Who sees them is
decided in one place: by whose the case is, a municipality's or a provider's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, Select, Text, and_, false, or_, select
from sqlalchemy.orm import Mapped, declared_attr, mapped_column, relationship

from core.documents.model import Document, seen_through
from core.ground.access import OWN_MUNICIPALITIES, OWN_PROVIDERS, InsertOnly, Role, Scoped
from core.ground.db import Base, UtcDateTime, Versioned

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


class PassageLog(Base, OfCase, InsertOnly):
    """Every passage with who, when, why and what proves it; an undoing names the passage that it takes back."""

    __tablename__ = "passage_log"

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    why: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    act_id: Mapped[int | None] = mapped_column(ForeignKey("act.id"))
    received_on: Mapped[date | None]
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("passage_log.id"), unique=True)


class Note(Base, OfCase, InsertOnly):
    """A note in the diary of a case; the municipality or provider whose it is reads those that are shared with it."""

    __tablename__ = "note"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    shared: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The shared notes of one's own cases."""
        return and_(cls.shared, of_own_cases(cls))


class CaseFile(Base, OfCase, InsertOnly):
    """A file in the diary of a case: a proof, a receipt, an annex signed by both.

    One that is not ``shared`` is the office's own: a decree that is written and not yet adopted.
    """

    __tablename__ = "case_file"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), unique=True)
    shared: Mapped[bool] = mapped_column(default=True)

    document: Mapped[Document] = relationship()

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The shared files of one's own cases."""
        return and_(cls.shared, of_own_cases(cls))


class Sending(Base, OfCase, Versioned):
    """A letter that leaves or comes: how, under which protocol number, when sent and when received, with proof.

    ``channel``: pec, registered_post or by_hand (R102). The clock of a term starts at ``received_on``.
    """

    __tablename__ = "sending"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    sender_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    addressee_id: Mapped[int] = mapped_column(ForeignKey("party.id"), index=True)
    channel: Mapped[str]
    protocol_number: Mapped[str] = mapped_column(default="")
    sent_on: Mapped[date]
    received_on: Mapped[date | None]
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
    receipt_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))

    document: Mapped[Document | None] = relationship(foreign_keys=document_id)
    receipt: Mapped[Document | None] = relationship(foreign_keys=receipt_id)


@seen_through
def files_of_own_cases() -> Select[tuple[int]]:
    """The shared files in the diaries of one's own cases."""
    held = CaseFile.__table__.c
    return select(held.document_id).where(held.shared, of_own_cases(held))


@seen_through
def letters_of_own_cases() -> Select[tuple[int]]:
    """The letters of one's own cases."""
    held = Sending.__table__.c
    return select(held.document_id).where(of_own_cases(held))


@seen_through
def receipts_of_own_cases() -> Select[tuple[int]]:
    """The receipts of the letters of one's own cases."""
    held = Sending.__table__.c
    return select(held.receipt_id).where(of_own_cases(held))


@seen_through
def proofs_of_own_cases() -> Select[tuple[int]]:
    """The files that prove the passages of one's own cases."""
    held = PassageLog.__table__.c
    return select(held.document_id).where(of_own_cases(held))
