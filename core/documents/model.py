"""The table of the documents: what was made or received, with its hashes. A document never changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Select, false, or_
from sqlalchemy.orm import Mapped, mapped_column

from core.ground.access import InsertOnly, scope_has_grown
from core.ground.db import Base, UtcDateTime
from core.ground.stored import names_file
from core.ground.walls import OfKind


class Document(Base, OfKind, InsertOnly):
    """A file in the store: its name for people, its place, its hash, and what it was made from.

    Which municipality or provider sees it is decided by the subjects that hold it (``seen_through``), which office by
    the kind of case to which it belongs: ``subject``, a table.
    """

    __tablename__ = "document"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    file_name: Mapped[str]
    path: Mapped[str] = mapped_column(info=names_file("sha256"))
    sha256: Mapped[str]
    size: Mapped[int]
    template: Mapped[str | None]
    template_sha256: Mapped[str | None]
    data_path: Mapped[str | None] = mapped_column(info=names_file("data_sha256"))
    data_sha256: Mapped[str | None]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    made_by: Mapped[str]

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The documents of the subjects that are visible."""
        return or_(false(), *(cls.id.in_(ids()) for ids in SEEN_THROUGH))

    def __str__(self) -> str:
        return self.file_name


class DocumentSignature(Base, OfKind, InsertOnly):
    """A digital signature that was read in a document: who, when, over which bytes; seen with the document.

    ``text_sha256`` is the hash of the text that the document was held against. ``stamped``: the time was given by an
    authority and not by the signer's own clock.
    """

    __tablename__ = "document_signature"

    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int] = mapped_column(ForeignKey("document.id"), index=True)
    subject: Mapped[str]
    signer: Mapped[str]
    fiscal_code: Mapped[str]
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    stamped: Mapped[bool]
    covered_sha256: Mapped[str]
    text_sha256: Mapped[str]

    @classmethod
    def visible(cls) -> ColumnElement[bool]:
        """The signatures of the documents that are visible."""
        return or_(false(), *(cls.document_id.in_(ids()) for ids in SEEN_THROUGH))


OwnIds = Callable[[], Select[tuple[int]]]
SEEN_THROUGH: list[OwnIds] = []


def seen_through(ids: OwnIds) -> OwnIds:
    """Register a subject that holds documents: ``ids()`` selects the ids of those that are one's own."""
    SEEN_THROUGH.append(ids)
    scope_has_grown()
    return ids
