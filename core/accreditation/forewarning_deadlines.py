"""What happens before an act against a provider, as the deadline engine reads it: receipt, answer, decision.

The term of a decree that a notice of the reasons stops is the accreditation's own: see ``forewarnings.keep_clock``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload, selectinload

from core.accreditation.forewarnings import STOPS, SUBJECT
from core.accreditation.model import Accreditation, Forewarning
from core.accreditation.states import FOREWARNING_LIFE, PENDING, ForewarningState
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.ground.access import ScopedSession

F = ForewarningState
ENDS = {F.CONCLUDED: "forewarning.concluded", F.WITHDRAWN: "forewarning.withdrawn"}


def living_forewarnings(_today: date) -> Select[int]:
    """What awaits its act."""
    return select(Forewarning.id).where(Forewarning.state.in_(PENDING))


def forewarning_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """What was told to providers, behind ``ids``: each belongs to its provider."""
    load = (joinedload(Forewarning.accreditation).joinedload(Accreditation.unit),
            selectinload(Forewarning.observations))
    for found in session.scalars(select(Forewarning).where(Forewarning.id.in_(ids)).options(*load)):
        row = found.accreditation
        yield Case("forewarning", found.id, f"{found}, accreditamento n. {row.code}, {row.unit.name}",
                   tuple(_of(session, found, today)), provider_ids=frozenset({row.unit.provider_id}),
                   called_off=found.state == F.WITHDRAWN)


def _of(session: ScopedSession, found: Forewarning, today: date) -> Iterator[Happening]:
    """Sent, received with the days of the provider, answered, concluded; silence is no fault and misses nothing."""
    if found.sent_on is not None:
        yield Happening("forewarning.sent", found.sent_on)
        if found.kind not in STOPS:
            yield Happening("forewarning.begun", found.sent_on)
    if found.received_on is not None:
        yield Happening("forewarning.received", found.received_on, due=found.due_on, fixed=True)
    if found.due_on is not None and today > found.due_on:
        yield Happening("forewarning.lapsed", found.due_on + timedelta(days=1))
    if found.observations:
        yield Happening("forewarning.observed", found.observations[0].on)
    ends = ENDS.get(ForewarningState(found.state))
    last = FOREWARNING_LIFE.last(session, found) if ends else None
    if ends and last is not None:
        yield Happening(ends, last.on)
        yield Happening("forewarning.lapsed", last.on)


source_of(SUBJECT, living_forewarnings, forewarning_cases, diary=True)
