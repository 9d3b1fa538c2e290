"""Lives as tables: (state, action) -> state, and who may. Buttons, permissions and tests read the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy import ForeignKey, Index, Text, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.access import InsertOnly, Principal, Role, Scoped, as_system
from core.db import Base, UtcDateTime
from core.errors import NotAllowed, RuleBroken


@dataclass(frozen=True)
class Passage:
    """One row of a life: from ``state``, ``action`` leads to ``to``, for one of ``roles``."""

    state: str
    action: str
    to: str
    roles: frozenset[Role]


class HasLife(Protocol):
    """What a state table moves."""

    id: int
    state: str
    __tablename__: str


class Life:
    """The state table of one subject."""

    def __init__(self, *passages: Passage) -> None:
        self.passages = passages
        self._to = {(p.state, p.action): p for p in passages}
        if len(self._to) != len(passages):
            raise ValueError("two passages with the same state and action")

    def possible(self, state: str, principal: Principal) -> Iterator[Passage]:
        """What ``principal`` may do with a thing in ``state``: the buttons of its page."""
        return (p for p in self.passages if p.state == state and principal.has(*p.roles))

    def move(
        self,
        session: Session,
        subject: HasLife,
        action: str,
        *,
        actor: Principal,
        on: date,
        why: str = "",
        document_id: int | None = None,
    ) -> None:
        """Do the passage and log it. RuleBroken if the table has no such row, NotAllowed if the role is another's."""
        passage = self._to.get((subject.state, action))
        if passage is None:
            raise RuleBroken("Nello stato attuale questo passaggio non è previsto: ricaricare la pagina.")
        if not actor.has(*passage.roles):
            raise NotAllowed("Questo passaggio spetta ad altri ruoli.")
        session.flush()  # a new subject has its id, and the log its place after it
        as_system(
            session,
            insert(PassageLog).values(
                subject=subject.__tablename__,
                subject_id=subject.id,
                action=action,
                from_state=subject.state,
                to_state=passage.to,
                on=on,
                at=clock.now(),
                actor=actor.name,
                why=why,
                document_id=document_id,
            ),
            reason="passaggio di stato",
        )
        subject.state = passage.to


class PassageLog(Base, Scoped, InsertOnly):
    """Every passage with who, when, why and the document that proves it. Read through its subject."""

    __tablename__ = "passage_log"
    __table_args__ = (Index("ix_passage_log_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    subject_id: Mapped[int]
    action: Mapped[str]
    from_state: Mapped[str]
    to_state: Mapped[str]
    on: Mapped[date]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    actor: Mapped[str]
    why: Mapped[str] = mapped_column(Text, default="")
    document_id: Mapped[int | None] = mapped_column(ForeignKey("document.id"))
