"""On which days each municipality confers which service: what the share-out by days is made from (R84, R87)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from core.contracts.compare import field_of, service_key
from core.contracts.model import Conferral, Contract


@dataclass(frozen=True)
class ServicePeriod:
    """A service that a municipality confers from ``first`` to ``last``, both included."""

    service_id: int
    municipality_id: int
    first: date
    last: date


def service_periods(contract: Contract, last_day: date, amendment: Contract | None = None) -> Iterator[ServicePeriod]:
    """What a contract confers and when, up to its ``last_day``.

    A signed ``amendment`` counts from its day of effect, also while it waits to be merged: what it removes until the
    day before, what it adds from that day.
    """
    removed, added, day = _changes(amendment)
    for held in (*contract.conferrals, *contract.ended_conferrals):
        last = held.valid_to or last_day
        if held.valid_to is None and day is not None and service_key(held) in removed:
            last = min(last, day - timedelta(days=1))
        first = held.valid_from or contract.starts_on
        if first <= last:
            yield ServicePeriod(held.service_id, held.municipality_id, first, last)
    for held in added:
        assert day is not None
        yield ServicePeriod(held.service_id, held.municipality_id, day, last_day)


def end_conferral(contract: Contract, held: Conferral, day: date) -> None:
    """Let a service be conferred until the day before ``day``; if it was not for a single day, it never was."""
    if day > (held.valid_from or contract.starts_on):
        held.valid_to = day - timedelta(days=1)
    else:
        contract.conferrals.remove(held)


def leaving(amendment: Contract) -> list[int]:
    """The ids of the municipalities that an amendment lets go: they conferred something and confer nothing now."""
    before = {int(key.split("/")[1]) for key in amendment.base or {} if field_of(key) == "service"}
    now = {held.municipality_id for held in amendment.conferrals}
    return [member.party_id for member in amendment.municipality_parties if member.party_id in before - now]


def _changes(amendment: Contract | None) -> tuple[set[str], list[Conferral], date | None]:
    """The keys of the services that an amendment removes, the conferrals that it adds, and its day of effect."""
    if amendment is None or amendment.effective_on is None:
        return set(), [], None
    before = {key for key in amendment.base or {} if field_of(key) == "service"}
    now = {service_key(held): held for held in amendment.conferrals}
    added = [held for key, held in now.items() if key not in before]
    return before - now.keys(), added, amendment.effective_on
