"""What happens to a municipality's choice of a provider: its contract ends, another choice follows (R132)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession
from core.ground.articles import after
from core.register.model import ProviderChoice


def living_choices(today: date) -> Select[int]:
    """The choices whose contract has a last day still to come."""
    return select(ProviderChoice.id).where(ProviderChoice.valid_to >= today, ProviderChoice.ended_on.is_(None))


def choice_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """A choice ends with its contract, unless the municipality has chosen again for the day after."""
    load = (joinedload(ProviderChoice.entry), joinedload(ProviderChoice.service),
            selectinload(ProviderChoice.municipality))
    for choice in session.scalars(select(ProviderChoice).where(ProviderChoice.id.in_(ids)).options(*load)).unique():
        happenings = []
        if choice.valid_to is not None and choice.ended_on is None:
            happenings.append(Happening("choice.ends", choice.valid_from, due=choice.valid_to, fixed=True))
            if (followed := _followed_on(session, choice, choice.valid_to)) is not None:
                happenings.append(Happening("choice.followed", min(today, followed)))
        yield Case("provider_choice", choice.id, f"{choice.entry.unit} {after('per', choice.municipality.name)}",
                   tuple(happenings), municipality_ids=frozenset({choice.municipality_id}),
                   provider_ids=frozenset({choice.entry.provider_id}))


def _followed_on(session: ScopedSession, choice: ProviderChoice, last: date) -> date | None:
    """The first day of a choice of the same municipality and service that goes on after ``last``."""
    other = aliased(ProviderChoice)
    query = select(other.valid_from).where(
        other.municipality_id == choice.municipality_id, other.service_id == choice.service_id, other.id != choice.id,
        other.valid_from > choice.valid_from, other.valid_from <= last + timedelta(days=1), other.ended_on.is_(None))
    return session.scalars(query.order_by(other.valid_from).limit(1)).first()


source_of("provider_choice", living_choices, choice_cases, diary=True)
rules_beside(__file__)
