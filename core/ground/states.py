"""Lives as tables: (state, action) -> state, and who may. Buttons, permissions and tests read the same rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from sqlalchemy import ColumnElement, ForeignKey, Text, exists, insert, inspect, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from core.ground import clock
from core.ground.access import (
    OWN_MUNICIPALITIES,
    InsertOnly,
    Principal,
    Role,
    ScopedSession,
    as_system,
    asked_once,
)
from core.ground.db import Base, UtcDateTime
from core.ground.errors import NotAllowed, RuleBroken, said_later
from core.ground.owners import InDiary, Leaving
from core.ground.upward import Upward

UNDO = "undo"
STOP = "stop"  # an act that was recorded on behalf of the other side
Forgets = Mapping[str, Sequence[str]]  # for each action the columns that it sets, and that its undoing empties
NOTHING: Forgets = {}
Said = Mapping[str, Any]  # what would be needed to do an act again: plain values that JSON keeps


class Need(StrEnum):
    """What proves a passage: a reason, an act of a body, a file, the day on which it was received."""

    WHY = "why"
    ACT = "act_id"
    DOCUMENT = "document_id"
    RECEIVED = "received_on"


MISSING = {
    Need.WHY: said_later("Indicare il motivo: resta nel diario."),
    Need.ACT: said_later("Indicare l'atto che lo prova, con organo, numero e data."),
    Need.DOCUMENT: said_later("Allegare il file che lo prova."),
    Need.RECEIVED: said_later("Indicare il giorno in cui è stato ricevuto."),
}


@dataclass(frozen=True)
class Passage:
    """One row of a life: from ``state``, ``action`` leads to ``to``, for one of ``roles``, proved by ``needs``.

    ``on_behalf``: those of ``roles`` whose own act it is not. They record it for the other side, with the other side's
    document, and it is marked so: nobody judges in their own cause.
    """

    state: str
    action: str
    to: str
    roles: frozenset[Role]
    needs: tuple[Need, ...] = ()
    on_behalf: frozenset[Role] = frozenset()

    def is_others(self, who: Principal) -> bool:
        """True if ``who`` can only record it on behalf of the other side, whatever further roles they hold."""
        return bool(self.on_behalf) and of_the_offices(who)


@dataclass(frozen=True)
class Proof:
    """What proves a passage; each passage says which of these it needs."""

    why: str = ""
    act_id: int | None = None
    document_id: int | None = None
    received_on: date | None = None

    def require(self, needs: tuple[Need, ...]) -> None:
        """RuleBroken in words, on the field of the first thing that is missing."""
        for need in needs:
            value = getattr(self, need)
            if not value or (isinstance(value, str) and not value.strip()):
                raise RuleBroken(MISSING[need], field=need)


NO_PROOF = Proof()


def of_the_offices(who: Principal) -> bool:
    """True for who works for the azienda, in whichever office: never for the program itself."""
    return who.writes_all and not who.has(Role.SYSTEM)


class PassageLog(Base, InDiary, InsertOnly):
    """Every passage with who, when, why and what proves it; an undoing names the passage that it takes back.

    ``on_behalf``: the azienda recorded it for the municipality whose act it is, with the municipality's document.
    """

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
    on_behalf: Mapped[bool] = mapped_column(default=False)

    @classmethod
    def still_read(cls, columns: Any, leaving: Leaving) -> ColumnElement[bool]:
        """What took effect by the last day, and what one's own act proves: the leaving itself may be recorded late."""
        act = Base.metadata.tables["act"].alias()  # the parties stand above
        return or_(columns.on <= leaving.day, exists().where(
            act.c.id == columns.act_id, act.c.party_id.in_(OWN_MUNICIPALITIES)).correlate_except(act))


class HasLife(Protocol):
    """What a state table moves."""

    id: int
    state: str
    __tablename__: str


# an act was recorded on behalf of the other side (the case, the key of the passage, what it said): who tells them
recorded_on_behalf: Upward[[ScopedSession, Any, int, Said], None] = Upward()


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

    def allows(self, state: str, action: str, principal: Principal) -> bool:
        """True if the table has such a passage, and ``principal`` one of its roles."""
        passage = self._to.get((state, action))
        return passage is not None and principal.has(*passage.roles)

    def entrusts(self, action: str, principal: Principal) -> bool:
        """True if ``principal`` has a role that may do ``action`` in some state."""
        return any(p.action == action and principal.has(*p.roles) for p in self.passages)

    def is_others(self, state: str, action: str, principal: Principal) -> bool:
        """True if the table has such a passage, and ``principal`` can only record it on behalf of the other side."""
        passage = self._to.get((state, action))
        return passage is not None and passage.is_others(principal)

    def others_acts(self) -> frozenset[str]:
        """The actions that one side can only record on behalf of the other."""
        return frozenset(passage.action for passage in self.passages if passage.on_behalf)

    def move(
        self, session: ScopedSession, subject: HasLife, action: str, *, on: date, proof: Proof = NO_PROOF,
        by_rule: bool = False, said: Said = NOTHING,
    ) -> None:
        """Do the passage in the name of the session's principal, and log it.

        RuleBroken if the table has no such row or its proof is missing, NotAllowed if the role is another's. Of what
        a rule brings about (``by_rule``) no role is asked: it follows from an act whose own role was. What is recorded
        on behalf of the other side needs its document and is told; ``said`` is what they would confirm.
        """
        passage = self._to.get((subject.state, action))
        if passage is None:
            raise RuleBroken("Nello stato attuale questo passaggio non è previsto: ricaricare la pagina.")
        if not (by_rule or self.allows(subject.state, action, session.principal)):
            raise NotAllowed("Questo passaggio spetta ad altri ruoli.")
        proof.require(passage.needs)
        others = not by_rule and passage.is_others(session.principal)
        if others and not proof.document_id:
            raise RuleBroken("È un atto dell'ente: per registrarlo per suo conto, allegare il documento con cui l'ha "
                             "deciso.", field=Need.DOCUMENT)
        key = _log(session, subject, action, passage.to, on, proof, on_behalf=others)
        if others:
            recorded_on_behalf.tell(session, subject, key, said)

    def may_undo(self, last: PassageLog, principal: Principal) -> bool:
        """True if ``principal`` may take this passage back: who may do it, and not only on behalf of the other side.

        What was recorded on behalf is not undone, but stopped: by whose act it is, or by who recorded it in error.
        """
        if last.on_behalf or self.is_others(last.from_state, last.action, principal):
            return False
        return self.allows(last.from_state, last.action, principal)

    def last(self, session: ScopedSession, subject: HasLife) -> PassageLog | None:
        """The last passage that stands: neither an undoing nor undone."""
        return next(reversed(standing(session, subject.__tablename__, subject.id)), None)

    def undo(
        self, session: ScopedSession, subject: HasLife, *, on: date, why: str, forgets: Forgets = NOTHING,
        by_rule: bool = False,
    ) -> PassageLog:
        """Take back the last passage by a new one, with a reason; both stay in the diary. Gives the one undone.

        What it had set is forgotten, as far as ``forgets`` says so.
        RuleBroken without a reason or with nothing to undo, NotAllowed if the passage was another role's, unless
        a rule takes it back (``by_rule``).
        """
        session.flush()
        last = self.last(session, subject)
        if last is None or last.to_state != subject.state:
            raise RuleBroken("Non c'è un passaggio da correggere.")
        if not (by_rule or self.may_undo(last, session.principal)):
            raise NotAllowed("Questo passaggio spetta ad altri ruoli.")
        proof = Proof(why=why.strip())
        proof.require((Need.WHY,))
        _log(session, subject, UNDO, last.from_state, on, proof, undoes_id=last.id)
        for name in forgets.get(last.action, ()):
            setattr(subject, name, _blank(subject, name))
        return last

    def stop(
        self, session: ScopedSession, subject: HasLife, passage: PassageLog, to: str, *, on: date, why: str,
        forgets: Forgets = NOTHING,
    ) -> None:
        """Stop an act that was recorded on behalf of the other side: the thing stands in ``to``, both stay written.

        Unlike ``undo`` it reaches an act after which something else happened: whoever calls knows what became of it.
        """
        _log(session, subject, STOP, to, on, Proof(why=why.strip()), undoes_id=passage.id)
        for name in forgets.get(passage.action, ()):
            setattr(subject, name, _blank(subject, name))


@asked_once
def passages_of(session: ScopedSession, subject: str, subject_id: int) -> Sequence[PassageLog]:
    """Everything that happened to a case, the first passage first."""
    mine = select(PassageLog).where(PassageLog.subject == subject, PassageLog.subject_id == subject_id)
    return session.scalars(mine.order_by(PassageLog.id)).all()


def standing(session: ScopedSession, subject: str, subject_id: int) -> list[PassageLog]:
    """The passages of a case that stand, the first one first: neither an undoing nor undone."""
    passages = passages_of(session, subject, subject_id)
    undone = {passage.undoes_id for passage in passages}
    return [passage for passage in passages if passage.undoes_id is None and passage.id not in undone]


def _blank(row: object, name: str) -> Any:
    """What a column holds before anything is written in it."""
    column = inspect(type(row)).mapper.column_attrs[name].columns[0]
    return None if column.nullable else column.default.arg


def _log(
    session: ScopedSession, subject: HasLife, action: str, to: str, on: date, proof: Proof, *,
    undoes_id: int | None = None, on_behalf: bool = False,
) -> int:
    """Write a passage and move the thing; the key of what was written."""
    session.flush()  # a new subject has its id, and the log its place after it
    row = insert(PassageLog).values(
        subject=subject.__tablename__, subject_id=subject.id, action=action, from_state=subject.state, to_state=to,
        on=on, at=clock.now(), actor=session.principal.name, why=proof.why.strip(), document_id=proof.document_id,
        act_id=proof.act_id, received_on=proof.received_on, undoes_id=undoes_id, on_behalf=on_behalf,
    )
    [(key,)] = as_system(session, row.returning(PassageLog.id), reason="passaggio di stato")
    subject.state = to
    return int(key)
