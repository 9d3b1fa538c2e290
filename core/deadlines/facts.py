"""What happens in each kind of case, read from its own tables as plain happenings: the engine's only source.

A subject registers the source of each of its cases (``source_of``): which of them are alive, and their happenings.
Rules name the events that stand there. What an office defines itself and records in the diary of a case happens beside
them. Plugins give sources of their own (``more_sources``), each database those of the plugins that answer beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Select, bindparam, select

from core.deadlines.model import CaseEvent, Deadline, EventKind
from core.deadlines.rules import Case, Happening
from core.deadlines.states import PENDING
from core.ground.access import ScopedSession
from core.ground.db import Database
from core.ground.upward import Upward

Keys = Collection[int]
Living = Callable[[date], Select[int]]  # the ids of the cases that are alive on a day
Cases = Callable[[ScopedSession, Keys, date], Iterator[Case]]  # the cases behind some ids


@dataclass(frozen=True)
class Source:
    """The cases of one subject: the ids of those that are alive on a day, and the cases behind some ids."""

    living: Living
    cases: Cases


RECORDED = select(CaseEvent.subject_id, EventKind.code, CaseEvent.on, CaseEvent.occurrence).join(
    EventKind, EventKind.id == CaseEvent.kind_id).where(
    CaseEvent.subject == bindparam("of"), CaseEvent.subject_id.in_(bindparam("ids", expanding=True)),
    ~CaseEvent.withdrawn)
SOURCES: dict[str, Source] = {}
LASTING: set[str] = set()
WITH_DIARY: set[str] = set()
more_sources: Upward[[Database], Mapping[str, Source]] = Upward()
"""The sources that plugins give, by their subject."""


def sources(database: Database) -> dict[str, Source]:
    """Every source by its subject: those of the core, then those of the plugins."""
    return SOURCES | {subject: source for found in more_sources.tell(database) for subject, source in found.items()}


def source_of(subject: str, living: Living, cases: Cases, *, lasting: bool = False, diary: bool = False) -> None:
    """Register where the deadlines of the table ``subject`` read what happens in its cases.

    ``lasting``: its cases say from when to when they last, so that duties of the calendar may stand in them.
    ``diary``: each has its page with a diary, where events of the office's own may be recorded.
    """
    SOURCES[subject] = Source(living, cases)
    if lasting:
        LASTING.add(subject)
    if diary:
        WITH_DIARY.add(subject)


def living_ids(session: ScopedSession, subject: str, today: date) -> list[int]:
    """The ids of the cases to look after: those alive, and those that still have something pending."""
    pending = select(Deadline.subject_id).where(Deadline.subject == subject, Deadline.state.in_(PENDING))
    living = sources(session.database)[subject].living(today)
    return sorted({*session.scalars(living), *session.scalars(pending.distinct())})


def cases(session: ScopedSession, subject: str, ids: Keys, today: date) -> list[Case]:
    """The cases behind ``ids`` with their happenings; one that is not there any more has none."""
    found = {case.subject_id: case for case in sources(session.database)[subject].cases(session, ids, today)}
    own = _recorded(session, subject, ids)
    return [_with(found[key], own[key]) if key in found else Case(subject, key, "") for key in ids]


def _with(case: Case, recorded: list[Happening]) -> Case:
    """The case with what was recorded in it; one that was called off asks nothing more of anybody."""
    if case.called_off or not recorded:
        return case
    return replace(case, happenings=(*case.happenings, *recorded))


def _recorded(session: ScopedSession, subject: str, ids: Keys) -> dict[int, list[Happening]]:
    """The events of the office's own that stand in each case."""
    found: dict[int, list[Happening]] = defaultdict(list)
    if subject not in WITH_DIARY:
        return found
    for key, code, on, occurrence in session.execute(RECORDED, {"of": subject, "ids": list(ids)}):
        found[key].append(Happening(code, on, occurrence))
    return found
