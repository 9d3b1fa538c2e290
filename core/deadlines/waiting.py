"""What waits for whom: the questions behind the home page, asked for one principal, with the day as a parameter.

Deadlines with their terms come first; beside them stands what waits without a term. Each subject registers its own
questions (``waits_for``) and figures (``figure_of``) in its ``waiting.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import and_, or_, select, union_all
from sqlalchemy.orm import joinedload

from core.deadlines.model import Deadline
from core.deadlines.operations import OUTSIDE, owners_for
from core.deadlines.states import ALERTING
from core.ground.access import Role, ScopedSession
from core.ground.errors import Finding, said_later
from core.ground.upward import Upward

MOST = 50
SOON = timedelta(days=30)
HOLIDAYS = timedelta(days=7)  # more than an end that falls on holidays is ever moved


@dataclass(frozen=True)
class Waiting:
    """One thing to do: the case it concerns (kind and key), the sentence, the role that must act, the day if any.

    ``term``: the key of the deadline that it is, None for what waits without one.
    """

    kind: str
    key: int
    case: str
    what: Finding
    role: Role
    due: date | None = None
    term: int | None = None

    def days_left(self, today: date) -> int | None:
        """Days until it is due, negative when late; None without a day."""
        return None if self.due is None else (self.due - today).days


Question = Callable[[ScopedSession, date], Iterable[Waiting]]
QUESTIONS: list[tuple[frozenset[Role], Question]] = []
more_waiting: Upward[[ScopedSession, date], Iterable[Waiting]] = Upward()
"""What waits in the plugins for the session's principal: their kind is a page of theirs."""


def waits_for(*roles: Role) -> Callable[[Question], Question]:
    """Register the question below: what waits for who holds one of ``roles``.

    Who oversees the offices, or acts for all of them, is told of what waits for an office too.
    """
    asked = frozenset(roles) if set(roles) <= set(OUTSIDE) else frozenset({*roles, Role.AUDITOR, Role.SYSTEM})

    def register(question: Question) -> Question:
        QUESTIONS.append((asked, question))
        return question

    return register


def waiting(session: ScopedSession, today: date) -> list[Waiting]:
    """What waits for the session's principal, in one list by day, whatever each thing is; without a day it comes last.
    """
    found = _deadlines(session, today)
    for roles, question in QUESTIONS:
        if session.principal.has(*roles):
            found += question(session, today)
    found += (item for told in more_waiting.tell(session, today) for item in told)
    return sorted(found, key=lambda item: (item.due or date.max, item.kind != "deadline", item.kind))


# --- figures ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figure:
    """A number at a glance, with what it counts."""

    kind: str
    value: int


Count = Callable[[ScopedSession, date], int]
COUNTS: dict[str, Count] = {}


def figure_of(kind: str) -> Callable[[Count], Count]:
    """Register the function below: how many of ``kind`` there are within what the principal sees."""

    def register(count: Count) -> Count:
        COUNTS[kind] = count
        return count

    return register


def figures(session: ScopedSession, kinds: Iterable[str], today: date) -> list[Figure]:
    """The numbers of ``kinds`` for the home page, each within what the principal sees."""
    return [Figure(kind, COUNTS[kind](session, today)) for kind in kinds]


# --- deadlines --------------------------------------------------------------------------------------------

# event: the kind of the row that its occurrence names, where what is due after it has a page of its own
PAGES: dict[str, str] = {}


def answered_at(event: str, kind: str) -> None:
    """Register that what is expected after ``event`` is done on the page of the row that its occurrence names."""
    PAGES[event] = kind


def _deadlines(session: ScopedSession, today: date) -> list[Waiting]:
    """What falls to one's own office within a month, and what was missed."""
    month = today + SOON
    # a term of a month counts from its first day, also where a holiday at its end moves it on
    soon = or_(Deadline.effective <= month, and_(Deadline.nominal <= month, Deadline.effective <= month + HOLIDAYS))
    # the first of each owner and state, in the order of an index: a scan looks through what was settled long ago
    first = [select(Deadline.id).where(Deadline.owner_role == role, Deadline.state == state, soon)
             .order_by(Deadline.effective, Deadline.id).limit(MOST).subquery()
             for role in owners_for(session.principal) for state in ALERTING]
    if not first:
        return []
    near = union_all(*(select(part.c.id) for part in first))
    at_the_case = session.principal.has(Role.PROVIDER) and not session.principal.sees_all
    query = select(Deadline).where(Deadline.id.in_(near)).options(joinedload(Deadline.rule))
    rows = query.order_by(Deadline.effective, Deadline.id).limit(MOST)
    return [_deadline(row, today, at_the_case and row.owner_role == Role.PROVIDER) for row in session.scalars(rows)]


def _deadline(row: Deadline, today: date, at_the_case: bool) -> Waiting:
    """A deadline; a provider has no page of deadlines and goes to the case itself."""
    missed = row.effective < today
    words = said_later("%(title)s: il termine è passato.") if missed else "%(title)s."
    kind, key = (row.subject, row.subject_id) if at_the_case else ("deadline", row.id)
    if at_the_case and row.rule.event in PAGES:
        kind, key = PAGES[row.rule.event], int(row.occurrence)
    return Waiting(kind, key, row.case_title, Finding(words, {"title": row.rule.title}), Role(row.owner_role),
                   row.effective, row.id)
