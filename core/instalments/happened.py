"""The days on which that has happened for which instalments wait: the signature, and the events of the office's own."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import and_, or_, select

from core.contracts.agreed import PlanEvent
from core.contracts.model import Contract
from core.deadlines.kinds import BY_YEAR
from core.deadlines.model import CaseEvent, EventKind
from core.ground.access import ScopedSession
from core.ground.exercises import exercises


def happened(session: ScopedSession, contracts: Collection[Contract], year: int) -> dict[int, dict[str, date]]:
    """For each contract the day from which what waits for an event counts in a year, by the name of the event.

    What happens once (the signature, an event that is not yearly) fixes the first instalments; in the years after the
    first the same days count from the first day of the exercise, as the clause on the instalments says. The end of the
    exercise is known before it comes.
    """
    found: dict[int, dict[str, date]] = {contract.id: {} for contract in contracts}
    recorded = list(_recorded(session, found, year))
    exercise = exercises(session).named(year)
    begins = exercise.starts_on
    for contract in contracts:
        found[contract.id][PlanEvent.EXERCISE_ENDED] = exercise.ends_on
        if contract.signed_on is not None:
            found[contract.id][PlanEvent.CONTRACT_SIGNED] = once(contract, contract.signed_on, begins)
        for subject_id, code, on, occurrence in recorded:
            if subject_id in (None, contract.id):
                found[contract.id][code] = on if occurrence else once(contract, on, begins)
    return found


def once(contract: Contract, day: date, begins: date) -> date:
    """The day from which a term counts in the exercise that ``begins`` on a day, where what it waits for happens once
    in the contract."""
    return day if begins <= contract.starts_on else max(day, begins)


def _recorded(
    session: ScopedSession, contracts: Collection[int], year: int
) -> Iterator[tuple[int | None, str, date, str]]:
    """What stands of the office's own events: contract (None: the azienda itself), code, day, year where it has one."""
    mine = and_(CaseEvent.subject == "contract", CaseEvent.subject_id.in_(contracts),
                CaseEvent.occurrence.in_(("", str(year))))
    rows = select(CaseEvent.subject, CaseEvent.subject_id, EventKind.code, CaseEvent.on, CaseEvent.occurrence).join(
        EventKind, EventKind.id == CaseEvent.kind_id).where(~CaseEvent.withdrawn, or_(mine, and_(
            CaseEvent.subject == BY_YEAR, CaseEvent.occurrence == str(year))))
    for subject, key, code, on, occurrence in session.execute(rows):
        yield (None if subject == BY_YEAR else key), code, on, occurrence
