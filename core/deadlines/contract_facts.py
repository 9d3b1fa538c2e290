"""What happens in the life of a contract, as the deadline engine reads it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from core.contracts.model import Contract, ContractExtension, ContractParty, ContractRenewal, ContractTerms
from core.contracts.states import ContractState
from core.deadlines.rules import Case, Happening
from core.ground.access import ScopedSession
from core.ground.clock import PatronDay, Roll, Unit, term
from core.ground.states import PassageLog
from core.parties.model import Municipality

S = ContractState
OVER = (S.RENEWED, S.WITHDRAWN, S.TERMINATED, S.CLOSED, S.CANCELLED, S.MERGED)
TO_SIGN = (S.DRAFT, S.UNDER_APPROVAL, S.PARTLY_APPROVED, S.APPROVED)
RUNNING = (S.SIGNED, S.IN_FORCE, S.EXTENDED, S.GROUND_ARISEN)
LAPSED = (S.EXPIRED, S.CONTINUITY)
PROVIDED = (S.CONTINUITY, S.RENEWED, S.WITHDRAWN, S.TERMINATED, S.CLOSED)


@dataclass
class Around:
    """What stands around a contract in other tables."""

    names: list[str] = field(default_factory=list)
    municipality_ids: list[int] = field(default_factory=list)
    patrons: list[str | None] = field(default_factory=list)
    tacit_renewals: int = 0
    passages: dict[str, date] = field(default_factory=dict)
    successor_signed_on: date | None = None
    assessed_on: date | None = None
    favourable: bool = False
    communicated_on: date | None = None


def living_contracts(_today: date) -> Select[int]:
    """The contracts that are not over; a working copy has no terms of its own."""
    return select(Contract.id).where(Contract.state.not_in(OVER), Contract.amends_id.is_(None))


def contract_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The contracts behind ``ids``, with the clock of their terms."""
    contract = (Contract.id, Contract.year, Contract.number, Contract.state, Contract.amends_id, Contract.starts_on,
                Contract.runs_to, Contract.signed_on)
    terms = (ContractTerms.roll_policy, ContractTerms.tacit_renewal, ContractTerms.tacit_renewal_times,
             ContractTerms.notice_months, ContractTerms.renewal_assessment_months, ContractTerms.renewal_direction,
             ContractTerms.continuity_months)
    query = select(*contract, *terms).join(ContractTerms, ContractTerms.id == Contract.terms_id)
    around = _around(session, ids)
    for row in session.execute(query.where(Contract.id.in_(ids))):
        beside = around[row.id]
        # the patron's day of one municipality is no holiday for another
        patron = PatronDay.parse(beside.patrons[0]) if len(beside.patrons) == 1 else None
        happenings = () if row.amends_id else tuple(_happenings(row, beside))
        title = f"Contratto n. {row.number}/{row.year}, {', '.join(beside.names)}"
        yield Case("contract", row.id, title, happenings, Roll(row.roll_policy), patron,
                   frozenset(beside.municipality_ids))


def _happenings(row: Any, beside: Around) -> Iterator[Happening]:
    """A tacit renewal opens a new period, with terms of its own; an extension moves those of the period it is in."""
    period = str(beside.tacit_renewals or "")
    if row.state in TO_SIGN or row.signed_on:
        yield Happening("contract.starts", row.starts_on)
    if row.signed_on:
        yield Happening("contract.signed", row.signed_on)
    provided = [beside.passages[state] for state in PROVIDED if state in beside.passages]
    if beside.successor_signed_on:
        provided.append(beside.successor_signed_on)
    if row.state in TO_SIGN or (row.state in OVER and not provided):
        return
    yield Happening("contract.ends", row.starts_on, period, due=row.runs_to, fixed=True)
    if provided:
        yield Happening("contract.provided", min(provided), period)
    if row.state in RUNNING:
        yield from _renewal(row, beside, period)
    if row.state in LAPSED or (row.state == S.CLOSED and S.CONTINUITY in beside.passages):
        end = term(row.runs_to, row.continuity_months, Unit.MONTHS, roll=Roll.NONE).nominal
        yield Happening("contract.continuity", row.runs_to, period, due=end, fixed=True)
        if S.CLOSED in beside.passages:
            yield Happening("contract.closed", beside.passages[S.CLOSED], period)


def _renewal(row: Any, beside: Around, period: str) -> Iterator[Happening]:
    """Notice where the renewal is tacit; else assessment, then its communication (R60, X5)."""
    left = row.tacit_renewal_times is None or beside.tacit_renewals < row.tacit_renewal_times
    if row.tacit_renewal and left:
        if row.notice_months is not None:
            last = term(row.runs_to, row.notice_months, Unit.MONTHS, backwards=True).nominal
            yield Happening("contract.notice", row.starts_on, period, due=last, fixed=True)
        if beside.communicated_on and not beside.favourable:
            yield Happening("contract.notice_given", beside.communicated_on, period)
        return
    before = row.renewal_direction == "before"
    last = term(row.runs_to, row.renewal_assessment_months, Unit.MONTHS, backwards=before, roll=Roll.NONE).nominal
    yield Happening("contract.assessment", row.starts_on, period, due=last, fixed=before)
    if beside.assessed_on:
        yield Happening("contract.assessed", beside.assessed_on, period)
        if beside.favourable:
            yield Happening("contract.favourable", beside.assessed_on, period, due=last, fixed=before)
    if beside.communicated_on:
        yield Happening("contract.communicated", beside.communicated_on, period)


def _around(session: ScopedSession, ids: Collection[int]) -> dict[int, Around]:
    """What stands around each contract: one question for each table."""
    found: dict[int, Around] = defaultdict(Around)
    parties = select(ContractParty.contract_id, Municipality.id, Municipality.name, Municipality.patron_day)
    parties = parties.join(Municipality, Municipality.id == ContractParty.party_id)
    for key, municipality_id, name, patron in session.execute(
        parties.where(ContractParty.contract_id.in_(ids)).order_by(ContractParty.order)
    ):
        found[key].names.append(name)
        found[key].municipality_ids.append(municipality_id)
        found[key].patrons.append(patron)
    renewals = select(ContractRenewal).where(ContractRenewal.contract_id.in_(ids), ContractRenewal.stands)
    for renewal in session.scalars(renewals.order_by(ContractRenewal.id)):
        beside = found[renewal.contract_id]
        beside.assessed_on, beside.favourable = renewal.assessed_on, renewal.favourable
        beside.communicated_on = renewal.communicated_on
    for key, standing in _tacit(session, ids):
        found[key].tacit_renewals += standing
    successors = select(Contract.renews_id, Contract.signed_on).where(Contract.renews_id.in_(ids))
    for renewed, signed in session.execute(successors.where(Contract.state != S.CANCELLED)):
        found[renewed or 0].successor_signed_on = signed
    for key, state, day in _passages(session, ids):
        found[key].passages.setdefault(state, day)
    return found


def _passages(session: ScopedSession, ids: Collection[int]) -> Iterator[tuple[int, str, date]]:
    """The passages that stand, oldest first: when the contract came into each state."""
    undone = select(PassageLog.undoes_id).where(PassageLog.undoes_id.is_not(None))
    rows = select(PassageLog.subject_id, PassageLog.to_state, PassageLog.on).where(
        PassageLog.subject == "contract", PassageLog.subject_id.in_(ids), PassageLog.undoes_id.is_(None),
        PassageLog.id.not_in(undone),
    )
    return ((key, state, day) for key, state, day in session.execute(rows.order_by(PassageLog.id)))


def _tacit(session: ScopedSession, ids: Collection[int]) -> Iterable[tuple[int, int]]:
    """The tacit renewals that stand: one that is taken back counts for nothing."""
    undone = select(ContractExtension.undoes_id).where(ContractExtension.undoes_id.is_not(None))
    rows = select(ContractExtension.contract_id).where(
        ContractExtension.contract_id.in_(ids), ContractExtension.tacit, ContractExtension.undoes_id.is_(None),
        ContractExtension.id.not_in(undone),
    )
    return ((key, 1) for key in session.scalars(rows))
