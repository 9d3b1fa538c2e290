"""Tables of the diary of a case: notes, files, and letters with their receipts."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Select, Text, and_, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.deadlines.model import CaseEvent, EventKind
from core.documents.model import Document, seen_through
from core.ground.access import OWN_MUNICIPALITIES, InsertOnly
from core.ground.db import Base, UtcDateTime, Versioned
from core.ground.owners import InDiary, Leaving
from core.ground.search import Searched
from core.ground.states import PassageLog


class Note(Base, InDiary, InsertOnly):
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
        return and_(cls.shared, cls.own(cls))

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """What was written by the last day."""
        written: ColumnElement[bool] = columns.at < leaving.instant
        return written


class CaseFile(Base, InDiary, InsertOnly):
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
        return and_(cls.shared, cls.own(cls))

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """What was kept by the last day."""
        held = Document.__table__.alias()  # its own: the documents themselves are asked for through this
        return exists().where(held.c.id == columns.document_id, held.c.made_at < leaving.instant).correlate_except(held)


class Sending(Base, InDiary, Versioned, Searched):
    """A letter that leaves or comes: how, under which protocol number, when sent and when received, with proof.

    ``channel``: pec, registered_post or by_hand (R102). The clock of a term starts at ``received_on``.
    """

    __tablename__ = "sending"
    KNOWN_BY = ("title", "protocol_number")

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

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """What left by the last day, and what one sends or receives oneself."""
        return or_(columns.sent_on <= leaving.day, columns.sender_id.in_(OWN_MUNICIPALITIES),
                   columns.addressee_id.in_(OWN_MUNICIPALITIES))


@seen_through
def files_of_own_cases() -> Select[tuple[int]]:
    """The shared files in the diaries of one's own cases."""
    held = CaseFile.__table__.c
    return select(held.document_id).where(held.shared, CaseFile.own(held))


@seen_through
def letters_of_own_cases() -> Select[tuple[int]]:
    """The letters of one's own cases."""
    held = Sending.__table__.c
    return select(held.document_id).where(Sending.own(held))


@seen_through
def receipts_of_own_cases() -> Select[tuple[int]]:
    """The receipts of the letters of one's own cases."""
    held = Sending.__table__.c
    return select(held.receipt_id).where(Sending.own(held))


@seen_through
def proofs_of_own_cases() -> Select[tuple[int]]:
    """The files that prove the passages of one's own cases."""
    held = PassageLog.__table__.c
    return select(held.document_id).where(PassageLog.own(held))


@seen_through
def files_of_own_events() -> Select[tuple[int]]:
    """The files that prove the events of one's own cases, of the kinds that are shared."""
    held, kind = CaseEvent.__table__.c, EventKind.__table__.c
    return select(held.document_id).where(
        exists().where(kind.id == held.kind_id, kind.shared), CaseEvent.own(held))
