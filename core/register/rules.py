"""What the register decides without a database: the state of a day, periods that meet, slugs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from core.parties.rules import slug_of
from core.register.states import LIVING, PublicState

LONGEST_SLUG = 60


class DatedState(Protocol):
    """A state from a day on."""

    state: str
    since: date


def state_today(state: str, valid_to: date, today: date) -> PublicState:
    """The state that is true today: an accreditation whose last day has passed is expired, whoever has said so."""
    told = PublicState(state)
    return PublicState.EXPIRED if told in LIVING and valid_to < today else told


def state_on(history: Iterable[DatedState], valid_to: date, day: date) -> PublicState | None:
    """The state on any ``day``, from the published history (oldest first); None before the accreditation began."""
    begun = [stretch.state for stretch in history if stretch.since <= day]
    return state_today(begun[-1], valid_to, day) if begun else None


def meet(start: date, end: date | None, other_start: date, other_end: date | None) -> bool:
    """True if two periods have a day in common; an open end never ends."""
    return (other_end is None or start <= other_end) and (end is None or other_start <= end)


def slug(name: str, number: int) -> str:
    """The address of a unit's page: its name and its number in the register, which no other has."""
    return f"{slug_of(name)[:LONGEST_SLUG].strip('-') or 'unita'}-{number}"
