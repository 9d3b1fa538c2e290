"""Who confers what on which days of a year, by contract, conferral and membership together: one fact, whatever the page
that recorded it. Where the three do not agree, it is said.

A municipality may be served without being a member (X1): its contract alone counts. Of a member that leaves, a contract
made before counts until the last day of the membership; one made after stands by itself.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from core.contracts.conferring import service_periods
from core.contracts.model import Contract
from core.contracts.rules import continuity_until
from core.contracts.states import NOT_YET, ContractState
from core.ground.access import ScopedSession
from core.ground.errors import Finding, Place
from core.ground.exercise import CALENDAR, Exercises
from core.ground.exercises import exercises
from core.ground.states import PassageLog
from core.parties.model import Membership, Municipality

Days = Mapping[int, Mapping[int, int]]  # service id -> municipality id -> days of the year
ONE_DAY = timedelta(days=1)
FOREVER = date.max


@dataclass(frozen=True)
class Period:
    """Days, the first and the last counted."""

    first: date
    last: date

    def within(self, other: Period) -> Period | None:
        """What of it lies in another, None for nothing."""
        first, last = max(self.first, other.first), min(self.last, other.last)
        return Period(first, last) if first <= last else None


@dataclass(frozen=True)
class Conferred:
    """A service that a municipality confers by a contract: the days of the year that count, and those that would count
    by the contract alone."""

    service_id: int
    municipality_id: int
    contract: str
    draft: bool
    by_contract: Period
    counted: tuple[Period, ...]
    pays: bool = True  # the party takes part in the share-out


@dataclass(frozen=True)
class Year:
    """What is known of a year: all that is conferred, and who was a member when."""

    year: int
    conferred: tuple[Conferred, ...]
    memberships: Mapping[int, Sequence[Period]]
    exercises: Exercises = CALENDAR

    @property
    def whole(self) -> Period:
        """The year."""
        return whole_of(self.exercises, self.year)

    def days(self) -> Days:
        """Days in which each municipality confers each service."""
        held: dict[tuple[int, int], list[Period]] = defaultdict(list)
        for one in self.conferred:
            if one.pays:
                held[one.service_id, one.municipality_id].extend(one.counted)
        found: dict[int, dict[int, int]] = defaultdict(dict)
        for (service, municipality), periods in held.items():
            if count := counted(periods):
                found[service][municipality] = count
        return found

    def drafts(self) -> frozenset[int]:
        """The municipalities that confer by a draft alone."""
        firm = {one.municipality_id for one in self.conferred if not one.draft}
        return frozenset({one.municipality_id for one in self.conferred} - firm)

    def aside(self) -> dict[int, str]:
        """The contract of each body that confers services and takes no part in the share-out, by its id."""
        paying = {one.municipality_id for one in self.conferred if one.pays}
        return {one.municipality_id: one.contract for one in self.conferred if one.municipality_id not in paying}

    def periods(self, municipality_id: int) -> list[Period]:
        """The days that count of a municipality, whatever the service."""
        return [period for one in self.conferred if one.municipality_id == municipality_id for period in one.counted]


def whole_of(known: Exercises, year: int) -> Period:
    """The exercise that begins in a year, as days."""
    exercise = known.named(year)
    return Period(exercise.starts_on, exercise.ends_on)


def counted(periods: Iterable[Period]) -> int:
    """How many days lie in one period at least: two contracts of one day count it once."""
    days, reached = 0, date.min
    for period in sorted(periods, key=lambda one: (one.first, one.last)):
        first = max(period.first, reached + ONE_DAY) if reached > date.min else period.first
        if first <= period.last:
            days, reached = days + (period.last - first).days + 1, period.last
    return days


def conferred_days(session: ScopedSession, year: int) -> tuple[Days, frozenset[int]]:
    """Days of ``year`` in which each municipality confers each service; and who does so only by a draft.

    A budget comes before the contracts of its year, so drafts count; cancelled contracts and working copies do not. A
    service that a signed amendment adds or removes, and a municipality that leaves, count for their own days.
    """
    known = known_of(session, year)
    return known.days(), known.drafts()


def known_of(session: ScopedSession, year: int) -> Year:
    """What contracts and memberships say of a year."""
    members: dict[int, list[Period]] = defaultdict(list)
    for row in session.scalars(select(Membership).order_by(Membership.valid_from)):
        members[row.municipality_id].append(Period(row.valid_from, row.valid_to or FOREVER))
    mine = exercises(session)
    return Year(year, tuple(_conferred(session, whole_of(mine, year), members)), members, mine)


def _conferred(
    session: ScopedSession, whole: Period, members: Mapping[int, Sequence[Period]]
) -> Iterator[Conferred]:
    amended, continued = _amended(session), _continued(session)
    for contract in session.scalars(_contracts(whole, continued)):
        last = _last_day(contract, continued)
        runs = Period(contract.starts_on, last).within(whole)
        if runs is None:
            continue
        aside = {member.party_id for member in contract.parties if not member.pays_share}
        for given in service_periods(contract, last, amended.get(contract.id)):
            own = Period(given.first, given.last).within(runs)
            if own is None:
                continue
            gaps = _gaps(members.get(given.municipality_id, ()), contract.starts_on)
            yield Conferred(given.service_id, given.municipality_id, contract.code,
                            contract.state == ContractState.DRAFT, own, tuple(_without(own, gaps)),
                            given.municipality_id not in aside)


def _gaps(memberships: Sequence[Period], began: date) -> Iterator[Period]:
    """The days on which who had been a member when a contract began is none any more."""
    for place, membership in enumerate(memberships):
        if membership.last == FOREVER or began > membership.last:
            continue
        after = memberships[place + 1 :]
        yield Period(membership.last + ONE_DAY, after[0].first - ONE_DAY if after else FOREVER)


def _without(period: Period, gaps: Iterable[Period]) -> Iterator[Period]:
    """A period less the gaps, which are in order and do not meet."""
    first = period.first
    for gap in gaps:
        if gap.first > period.last or gap.last < first:
            continue
        if first < gap.first:
            yield Period(first, gap.first - ONE_DAY)
        if gap.last >= period.last:
            return
        first = gap.last + ONE_DAY
    yield Period(first, period.last)


def _contracts(whole: Period, continued: Iterable[int]) -> Select[Contract]:
    """The contracts that may confer something between two days."""
    runs = or_(Contract.runs_to >= whole.first, Contract.state == ContractState.CONTINUITY, Contract.id.in_(continued))
    left_out = (ContractState.CANCELLED, ContractState.MERGED)
    living = select(Contract).where(Contract.starts_on <= whole.last, runs, Contract.state.not_in(left_out),
                                    Contract.amends_id.is_(None)).order_by(Contract.id)
    return living.options(selectinload(Contract.conferrals), selectinload(Contract.ended_conferrals),
                          selectinload(Contract.parties), joinedload(Contract.terms))


def _amended(session: ScopedSession) -> dict[int | None, Contract]:
    """The amendments that are signed and not merged yet, by the contract that they amend."""
    signed = select(Contract).where(Contract.amends_id.is_not(None), Contract.state == ContractState.SIGNED)
    return {row.amends_id: row for row in session.scalars(signed.options(selectinload(Contract.conferrals)))}


def _continued(session: ScopedSession) -> dict[int, date]:
    """The last days of the contracts whose services were continued after the expiry, until they were renewed or closed.
    """
    after = aliased(Contract)
    left = select(PassageLog.subject_id, func.max(PassageLog.on), func.min(after.starts_on)).outerjoin(
        after, (after.renews_id == PassageLog.subject_id) & after.state.not_in(NOT_YET)).where(
        PassageLog.subject == "contract", PassageLog.from_state == ContractState.CONTINUITY,
        PassageLog.to_state.in_((ContractState.RENEWED, ContractState.CLOSED)))
    return {key: begins - ONE_DAY if begins else ended
            for key, ended, begins in session.execute(left.group_by(PassageLog.subject_id))}


def _last_day(contract: Contract, continued: Mapping[int, date]) -> date:
    """The last day on which the services go on: after the expiry while they are continued (R61)."""
    ended = date.max if contract.state == ContractState.CONTINUITY else continued.get(contract.id)
    return contract.runs_to if ended is None else max(contract.runs_to, min(ended, continuity_until(contract)))


# --- where they do not agree ------------------------------------------------------------------------------


def disagreements(known: Year, municipalities: Iterable[Municipality]) -> list[Finding]:
    """Where membership, contract and conferral of a year say different things: each with what the share counts."""
    aside = known.aside()
    return [finding for municipality in municipalities if municipality.id not in aside
            for finding in _of(known, municipality.id, municipality.name)]


def _of(known: Year, key: int, name: str) -> Iterator[Finding]:
    member = [part for period in known.memberships.get(key, ()) if (part := period.within(known.whole))]
    own = [one for one in known.conferred if one.municipality_id == key]
    at = Place("municipality.record", key)
    yield from _left(own, name)
    if not member:
        return
    if not own:
        if member[0].first > known.whole.first:
            yield Finding("%(name)s è socio dal %(day)s ma nell'anno non conferisce alcun servizio: non ha una quota.",
                          {"name": name, "day": f"{member[0].first:%d/%m/%Y}"}, where=str(key), source="R87", at=at)
        return
    served, days = known.periods(key), counted(member)
    both = counted(part for one in member for period in served if (part := period.within(one)))
    if both < days:
        yield Finding("%(name)s è socio per %(days)s giorni dell'anno e in %(both)s di essi conferisce servizi: la "
                      "quota conta questi.",
                      {"name": name, "days": days, "both": both}, where=str(key), source="R87", at=at)
    before = Period(known.whole.first, member[0].first - ONE_DAY)
    if known.memberships[key][0].first > known.whole.first and any(period.within(before) for period in served):
        yield Finding("%(name)s è socio dal %(day)s ma conferisce servizi già da prima: la quota conta anche quei "
                      "giorni.", {"name": name, "day": f"{member[0].first:%d/%m/%Y}"}, where=str(key), source="X1",
                      at=at)


def _left(own: Iterable[Conferred], name: str) -> Iterator[Finding]:
    """A contract that goes on after the membership has ended."""
    of: dict[str, list[Conferred]] = defaultdict(list)
    for one in own:
        of[one.contract].append(one)
    for code, held in of.items():
        cut = next((one for one in held if one.counted != (one.by_contract,)), None)
        if cut is None:
            continue
        begins = bool(cut.counted) and cut.counted[0].first == cut.by_contract.first
        since = cut.counted[0].last + ONE_DAY if begins else cut.by_contract.first
        days = counted(period for one in held for period in one.counted)
        yield Finding("%(name)s non è più socio dal %(day)s e il contratto n. %(code)s prosegue: nell'anno contano "
                      "%(days)s giorni. Registrare la fine del contratto, o correggere l'adesione.",
                      {"name": name, "code": code, "day": f"{since:%d/%m/%Y}", "days": days}, source="R87",
                      at=Place("municipality.record", held[0].municipality_id))
