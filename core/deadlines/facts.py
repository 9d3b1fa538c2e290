"""What happens in each kind of case, read from its own tables as plain happenings: the engine's only source.

A subject has a ``Source``: which of its cases are alive, and their happenings. Rules name the events that stand here.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, func, select

from core.contracts.model import (
    Contract,
    ContractParty,
    ContractTerms,
    EntrustedAsset,
    InsurancePolicy,
    ServiceCharter,
    ZonePlan,
)
from core.contracts.states import ContractState
from core.deadlines.accreditation_facts import accreditation_cases, living_accreditations
from core.deadlines.contract_facts import OVER, contract_cases, living_contracts
from core.deadlines.control_facts import (
    contestation_cases,
    control_cases,
    damage_cases,
    living_contestations,
    living_controls,
    living_damages,
)
from core.deadlines.instalment_facts import instalment_cases, living_instalments
from core.deadlines.model import Deadline
from core.deadlines.penalty_facts import default_cases, living_defaults, living_penalties, penalty_cases
from core.deadlines.provider_facts import living_notices, living_papers, notice_cases, paper_cases
from core.deadlines.register_facts import choice_cases, living_choices
from core.deadlines.rules import Case, Happening
from core.deadlines.states import PENDING
from core.ground.access import ScopedSession
from core.ground.clock import PatronDay, Roll, Unit, term
from core.parties.model import BankAccount, Municipality, Party

Keys = Collection[int]
LAW_NOTICE_DAYS = 7  # L. 136/2010, art. 3 c. 7
IN_USE = (ContractState.SIGNED, ContractState.IN_FORCE, ContractState.EXTENDED, ContractState.CONTINUITY)


@dataclass(frozen=True)
class Source:
    """The cases of one subject: the ids of those that are alive on a day, and the cases behind some ids."""

    living: Callable[[date], Select[int]]
    cases: Callable[[ScopedSession, Keys, date], Iterator[Case]]


def living_ids(session: ScopedSession, subject: str, today: date) -> list[int]:
    """The ids of the cases to look after: those alive, and those that still have something pending."""
    pending = select(Deadline.subject_id).where(Deadline.subject == subject, Deadline.state.in_(PENDING))
    return sorted({*session.scalars(SOURCES[subject].living(today)), *session.scalars(pending.distinct())})


def cases(session: ScopedSession, subject: str, ids: Keys, today: date) -> list[Case]:
    """The cases behind ``ids`` with their happenings; one that is not there any more has none."""
    found = {case.subject_id: case for case in SOURCES[subject].cases(session, ids, today)}
    return [found.get(key) or Case(subject, key, "") for key in ids]


# --- dedicated accounts (R110) ----------------------------------------------------------------------------


def _living_accounts(_today: date) -> Select[int]:
    return select(BankAccount.id).where(BankAccount.communicated_on.is_(None))


def _account_cases(session: ScopedSession, ids: Keys, _today: date) -> Iterator[Case]:
    """An account is opened, first used or changed, then communicated (L. 136/2010 art. 3 c. 7).

    Within the days that the terms of its party's contracts say, the fewest; within those of the law where there is
    none.
    """
    rows = select(BankAccount.id, BankAccount.iban, BankAccount.opened_on, BankAccount.first_used_on,
                  BankAccount.changed_on, BankAccount.communicated_on, Party.id.label("party_id"), Party.name,
                  Party.kind)
    found = session.execute(rows.join(Party, Party.id == BankAccount.party_id).where(BankAccount.id.in_(ids))).all()
    days = _notice_days(session, {row.party_id for row in found})
    for row in found:
        began = row.changed_on or row.first_used_on or row.opened_on
        happenings = []
        if began:
            end = term(began, days.get(row.party_id, LAW_NOTICE_DAYS), roll=Roll.NONE).nominal
            happenings.append(Happening("account.opened", began, due=end))
        if row.communicated_on:
            happenings.append(Happening("account.communicated", row.communicated_on))
        mine = frozenset({row.party_id}) if row.kind == "municipality" else frozenset[int]()
        yield Case("bank_account", row.id, f"Conto {row.iban} di {row.name}", tuple(happenings), municipality_ids=mine)


def _notice_days(session: ScopedSession, parties: Keys) -> dict[int, int]:
    """In how many days each party communicates an account, by the contracts that it has signed."""
    fewest = select(ContractParty.party_id, func.min(ContractTerms.account_notice_days)).join(
        Contract, Contract.id == ContractParty.contract_id).join(ContractTerms, ContractTerms.id == Contract.terms_id)
    signed = fewest.where(ContractParty.party_id.in_(parties), Contract.state.in_(IN_USE), Contract.amends_id.is_(None))
    return {key: days for key, days in session.execute(signed.group_by(ContractParty.party_id))}  # noqa: C416 - typed


# --- entrusted premises and equipment (R79-R82) -----------------------------------------------------------


def _living_assets(today: date) -> Select[int]:
    rented = select(EntrustedAsset.id).join(Contract, Contract.id == EntrustedAsset.contract_id)
    return rented.where(EntrustedAsset.title == "rent", Contract.runs_to >= today, Contract.state.not_in(OVER))


def _asset_cases(session: ScopedSession, ids: Keys, today: date) -> Iterator[Case]:
    """A rent falls due once a year, on its day, as long as the contract runs."""
    rows = (
        select(EntrustedAsset.id, EntrustedAsset.name, EntrustedAsset.title, EntrustedAsset.rent_due,
               Contract.starts_on, Contract.runs_to, Contract.state, Municipality.id.label("municipality_id"),
               Municipality.name.label("municipality"), Municipality.patron_day)
        .join(Contract, Contract.id == EntrustedAsset.contract_id)
        .join(Municipality, Municipality.id == EntrustedAsset.municipality_id)
        .where(EntrustedAsset.id.in_(ids))
    )
    for row in session.execute(rows):
        due = PatronDay.parse(row.rent_due) if row.title == "rent" and row.state in IN_USE else None
        happenings = tuple(_rents(due, row.starts_on, row.runs_to, today)) if due else ()
        yield Case("entrusted_asset", row.id, f"{row.name}, {row.municipality}", happenings,
                   patron=PatronDay.parse(row.patron_day), municipality_ids=frozenset({row.municipality_id}))


def _rents(due: PatronDay, first: date, last: date, today: date) -> Iterator[Happening]:
    """The rents of last year, this and the next, within the contract; 29 February is the 28th in other years."""
    for year in (today.year - 1, today.year, today.year + 1):
        try:
            day = date(year, due.month, due.day)
        except ValueError:
            day = date(year, 2, 28)
        if first <= day <= last:
            yield Happening("asset.rent_due", max(first, date(year, 1, 1)), str(year), due=day)


# --- insurance (R97) --------------------------------------------------------------------------------------


def _living_policies(_today: date) -> Select[int]:
    return select(InsurancePolicy.id)


def _policy_cases(session: ScopedSession, ids: Keys, today: date) -> Iterator[Case]:
    """A policy that ends before the contracts that it covers leaves a gap, unless another one follows at once."""
    columns = (InsurancePolicy.id, InsurancePolicy.contract_id, InsurancePolicy.insurer, InsurancePolicy.number,
               InsurancePolicy.valid_from, InsurancePolicy.valid_to)
    everything = session.execute(select(*columns).order_by(InsurancePolicy.id)).all()
    running = select(Contract.id, Contract.runs_to).where(Contract.state.in_(IN_USE), Contract.amends_id.is_(None))
    until = {row.id: row.runs_to for row in session.execute(running)}
    parties = select(ContractParty.contract_id, ContractParty.party_id).where(ContractParty.capacity != "azienda")
    owners = session.execute(parties.where(ContractParty.contract_id.in_({row.contract_id for row in everything})))
    members = {(row.contract_id, row.party_id) for row in owners}
    for row in everything:
        if row.id not in ids:
            continue
        covered = max((day for key, day in until.items() if row.contract_id in (None, key)), default=None)
        happenings = []
        if covered is not None and covered > row.valid_to:
            happenings.append(Happening("policy.ends", row.valid_from, due=row.valid_to, fixed=True))
        # who covers the day after covers it from before or from that very day
        follows = [other.valid_from for other in everything
                   if other.contract_id in (None, row.contract_id) and other.valid_to > row.valid_to
                   and (other.valid_from - row.valid_to).days <= 1]
        if follows:
            happenings.append(Happening("policy.followed", min(today, *follows)))
        mine = frozenset(party for contract, party in members if contract == row.contract_id)
        yield Case("insurance_policy", row.id, f"Polizza {row.insurer} n. {row.number}", tuple(happenings),
                   municipality_ids=mine)


# --- charter and zone plan (R100, R11) --------------------------------------------------------------------


def _living_charters(_today: date) -> Select[int]:
    return select(ServiceCharter.id).where(ServiceCharter.owner == "district")


def _charter_cases(session: ScopedSession, ids: Keys, _today: date) -> Iterator[Case]:
    """The azienda owes its own charter from the district's, and not before a contract that names it is signed."""
    own = select(ServiceCharter.valid_from).where(ServiceCharter.owner != "district")
    issued = sorted(session.scalars(own))
    signed = select(Contract.charter_id, Contract.signed_on, ContractTerms.own_charter_months).join(
        ContractTerms, ContractTerms.id == Contract.terms_id).where(Contract.signed_on.is_not(None))
    named = session.execute(signed.where(Contract.charter_id.in_(ids)).order_by(Contract.signed_on.desc(),
                                                                                Contract.id.desc()))
    bound = {charter_id: (day, months) for charter_id, day, months in named}  # the first to be signed stays
    rows = select(ServiceCharter.id, ServiceCharter.title, ServiceCharter.valid_from)
    for row in session.execute(rows.where(ServiceCharter.id.in_(ids))):
        happenings = []
        if row.id in bound:
            day, months = bound[row.id]
            began = max(row.valid_from, day or row.valid_from)
            end = term(began, months, Unit.MONTHS, roll=Roll.NONE).nominal
            happenings.append(Happening("charter.adopted", began, due=end))
        happenings += [Happening("charter.own", day) for day in issued if day >= row.valid_from][:1]
        yield Case("service_charter", row.id, row.title, tuple(happenings))


def _living_plans(today: date) -> Select[int]:
    return select(ZonePlan.id).where(ZonePlan.last_year >= today.year)


def _plan_cases(session: ScopedSession, ids: Keys, today: date) -> Iterator[Case]:
    """A zone plan ends with its last year; the next one takes its place."""
    firsts = set(session.scalars(select(ZonePlan.first_year)))
    rows = select(ZonePlan.id, ZonePlan.title, ZonePlan.first_year, ZonePlan.last_year)
    for row in session.execute(rows.where(ZonePlan.id.in_(ids))):
        end = date(row.last_year, 12, 31)
        happenings = [Happening("zone_plan.ends", date(row.first_year, 1, 1), due=end, fixed=True)]
        if any(row.first_year < first <= row.last_year + 1 for first in firsts):
            happenings.append(Happening("zone_plan.followed", min(end, today)))
        yield Case("zone_plan", row.id, f"{row.title} {row.first_year}-{row.last_year}", tuple(happenings))


SOURCES: dict[str, Source] = {
    "contract": Source(living_contracts, contract_cases),
    "instalment": Source(living_instalments, instalment_cases),
    "bank_account": Source(_living_accounts, _account_cases),
    "entrusted_asset": Source(_living_assets, _asset_cases),
    "insurance_policy": Source(_living_policies, _policy_cases),
    "service_charter": Source(_living_charters, _charter_cases),
    "zone_plan": Source(_living_plans, _plan_cases),
    "default_notice": Source(living_defaults, default_cases),
    "penalty": Source(living_penalties, penalty_cases),
    "control": Source(living_controls, control_cases),
    "damaging_event": Source(living_damages, damage_cases),
    "contestation": Source(living_contestations, contestation_cases),
    "provider_paper": Source(living_papers, paper_cases),
    "accreditation": Source(living_accreditations, accreditation_cases),
    "operating_notice": Source(living_notices, notice_cases),
    "provider_choice": Source(living_choices, choice_cases),
}
