"""What happens to a contract and to what hangs on its terms, as the deadline engine reads it.

Dedicated accounts stand here and not with the parties: within how many days they are communicated, the contracts say.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BindParameter, Date, Select, bindparam, func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from core.contracts.districts import cited
from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import (
    Contract,
    ContractExtension,
    ContractParty,
    ContractRenewal,
    ContractTerms,
    EntrustedAsset,
    ServiceCharter,
    ZonePlan,
)
from core.contracts.plans import alike
from core.contracts.states import ContractState
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession
from core.ground.articles import after
from core.ground.clock import PatronDay, Roll, Unit, term
from core.ground.exercises import exercises
from core.ground.states import PassageLog
from core.parties.districts import several
from core.parties.model import BankAccount, Municipality, Party

Keys = Collection[int]
LAW_NOTICE_DAYS = 7  # L. 136/2010, art. 3 c. 7
S = ContractState
IN_USE = (S.SIGNED, S.IN_FORCE, S.EXTENDED, S.CONTINUITY)
OVER = (S.RENEWED, S.WITHDRAWN, S.TERMINATED, S.CLOSED, S.CANCELLED, S.MERGED)
CALLED_OFF = (S.CANCELLED, S.MERGED)
TO_SIGN = (S.DRAFT, S.UNDER_APPROVAL, S.PARTLY_APPROVED, S.APPROVED)
RUNNING = (S.SIGNED, S.IN_FORCE, S.EXTENDED, S.GROUND_ARISEN)
LAPSED = (S.EXPIRED, S.CONTINUITY)
PROVIDED = (S.CONTINUITY, S.RENEWED, S.WITHDRAWN, S.TERMINATED, S.CLOSED)
# what every act on a contract asks about it is put together once
IDS: BindParameter[Any] = bindparam("ids", expanding=True)
CONTRACTS = (
    select(Contract.id, Contract.year, Contract.number, Contract.state, Contract.amends_id, Contract.starts_on,
           Contract.runs_to, Contract.signed_on, ContractTerms.roll_policy, ContractTerms.tacit_renewal,
           ContractTerms.tacit_renewal_times, ContractTerms.notice_months, ContractTerms.renewal_assessment_months,
           ContractTerms.renewal_direction, ContractTerms.continuity_months)
    .join(ContractTerms, ContractTerms.id == Contract.terms_id).where(Contract.id.in_(IDS))
)
TODAY: BindParameter[date] = bindparam("today", type_=Date)
PARTIES = (
    select(ContractParty.contract_id, Municipality.id, Municipality.name, Municipality.patron_day)
    .join(Municipality, Municipality.id == ContractParty.party_id)
    .where(func.coalesce(ContractParty.valid_to, TODAY) >= TODAY, ContractParty.contract_id.in_(IDS))
    .order_by(ContractParty.order)
)
RENEWALS = select(ContractRenewal).where(
    ContractRenewal.contract_id.in_(IDS), ContractRenewal.stands).order_by(ContractRenewal.id)
SUCCESSORS = select(Contract.renews_id, Contract.signed_on).where(
    Contract.renews_id.in_(IDS), Contract.state != S.CANCELLED)
# the passages that stand, oldest first: when the contract came into each state
PASSAGES = select(PassageLog.subject_id, PassageLog.to_state, PassageLog.on).where(
    PassageLog.subject == "contract", PassageLog.subject_id.in_(IDS), PassageLog.undoes_id.is_(None),
    PassageLog.id.not_in(select(PassageLog.undoes_id).where(PassageLog.undoes_id.is_not(None))),
).order_by(PassageLog.id)
# the tacit renewals that stand: one that is taken back counts for nothing
TACIT = select(ContractExtension.contract_id).where(
    ContractExtension.contract_id.in_(IDS), ContractExtension.tacit, ContractExtension.undoes_id.is_(None),
    ContractExtension.id.not_in(select(ContractExtension.undoes_id).where(ContractExtension.undoes_id.is_not(None))))


@dataclass
class AroundContract:
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


def contract_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """The contracts behind ``ids``, with the clock of their terms."""
    around, mine = _around(session, ids, today), exercises(session)
    for row in session.execute(CONTRACTS, {"ids": list(ids)}):
        beside = around[row.id]
        # the patron's day of one municipality is no holiday for another
        patron = PatronDay.parse(beside.patrons[0]) if len(beside.patrons) == 1 else None
        happenings = () if row.amends_id else tuple(_happenings(row, beside))
        title = f"Contratto n. {row.number}/{row.year}, {', '.join(beside.names)}"
        yield Case("contract", row.id, title, happenings, Roll(row.roll_policy), patron,
                   frozenset(beside.municipality_ids),
                   lasts=(row.starts_on, row.runs_to) if row.state in IN_USE and not row.amends_id else None,
                   called_off=row.state in CALLED_OFF or row.amends_id is not None, exercises=mine)


def _happenings(row: Any, beside: AroundContract) -> Iterator[Happening]:
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


def _renewal(row: Any, beside: AroundContract, period: str) -> Iterator[Happening]:
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


def _around(session: ScopedSession, ids: Collection[int], today: date) -> dict[int, AroundContract]:
    """What stands around each contract: one question for each table. Who has left it is told no term any more."""
    found: dict[int, AroundContract] = defaultdict(AroundContract)
    these = {"ids": list(ids)}
    for key, municipality_id, name, patron in session.execute(PARTIES, {**these, "today": today}):
        found[key].names.append(name)
        found[key].municipality_ids.append(municipality_id)
        found[key].patrons.append(patron)
    for renewal in session.scalars(RENEWALS, these):
        beside = found[renewal.contract_id]
        beside.assessed_on, beside.favourable = renewal.assessed_on, renewal.favourable
        beside.communicated_on = renewal.communicated_on
    for key in session.scalars(TACIT, these):
        found[key].tacit_renewals += 1
    for renewed, signed in session.execute(SUCCESSORS, these):
        found[renewed or 0].successor_signed_on = signed
    for key, state, day in session.execute(PASSAGES, these):
        found[key].passages.setdefault(state, day)
    return found


# --- what stands under a contract (controls, disputes) -----------------------------------------------------


def under_contract(entity: Any, *columns: Any) -> Select[Any]:
    """Rows of a case with the clock of its contract and the patron of its municipality."""
    return (
        select(entity.id, entity.year, entity.number, entity.state, *columns, ContractTerms.roll_policy,
               Municipality.id.label("municipality_id"), Municipality.name, Municipality.patron_day)
        .join(Contract, Contract.id == entity.contract_id)
        .join(ContractTerms, ContractTerms.id == Contract.terms_id)
        .join(Municipality, Municipality.id == entity.municipality_id)
    )


def case_under(row: Any, subject: str, name: str, happenings: Iterator[Happening], *, called_off: bool = False) -> Case:
    """The case of a row of ``under_contract``."""
    return Case(subject, row.id, f"{name} n. {row.number}/{row.year}, {row.name}", tuple(happenings),
                Roll(row.roll_policy), PatronDay.parse(row.patron_day), frozenset({row.municipality_id}),
                called_off=called_off)


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
        title = f"Conto {row.iban} {after('di', row.name)}"
        yield Case("bank_account", row.id, title, tuple(happenings), municipality_ids=mine)


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
    """The azienda owes its own charter from each district's, and not before a contract that cites it is signed."""
    own = select(ServiceCharter.valid_from).where(ServiceCharter.owner != "district")
    issued = sorted(session.scalars(own))
    bound = _bound(session, ids)
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


def _bound(session: ScopedSession, ids: Keys) -> dict[int | None, tuple[date | None, int]]:
    """By charter, the day on which the first contract that cites it was signed, with the months that it gives."""
    signed = select(Contract.charter_id, Contract.signed_on, ContractTerms.own_charter_months).join(
        ContractTerms, ContractTerms.id == Contract.terms_id).where(Contract.signed_on.is_not(None))
    last_first = signed.order_by(Contract.signed_on.desc(), Contract.id.desc())
    if not several(session):
        rows = session.execute(last_first.where(Contract.charter_id.in_(ids))).all()
        return {charter_id: (day, months) for charter_id, day, months in rows}  # the first to be signed stays
    found: dict[int | None, tuple[date | None, int]] = {}
    load = (joinedload(Contract.terms), selectinload(Contract.parties).joinedload(ContractParty.party))
    for contract in session.scalars(select(Contract).where(Contract.signed_on.is_not(None)).order_by(
            Contract.signed_on.desc(), Contract.id.desc()).options(*load)):
        for one in cited(session, contract):
            if one.charter is not None:
                found[one.charter.id] = (contract.signed_on, contract.terms.own_charter_months)
    return found


def _living_plans(today: date) -> Select[int]:
    return select(ZonePlan.id).where(or_(ZonePlan.last_year >= today.year, ZonePlan.extended_to >= today))


def _plan_cases(session: ScopedSession, ids: Keys, today: date) -> Iterator[Case]:
    """A zone plan ends with its last year, or as long after as it is extended; the next one takes its place."""
    everything = session.scalars(select(ZonePlan)).all()
    for row in session.scalars(select(ZonePlan).where(ZonePlan.id.in_(ids))):
        firsts = {plan.first_year for plan in everything if alike(row, plan)}
        end = row.ends_on
        happenings = [Happening("zone_plan.ends", date(row.first_year, 1, 1), due=end, fixed=True)]
        if any(row.first_year < first <= end.year + 1 for first in firsts):
            happenings.append(Happening("zone_plan.followed", min(end, today)))
        yield Case("zone_plan", row.id, str(row), tuple(happenings))


source_of("contract", living_contracts, contract_cases, lasting=True, diary=True)
source_of("bank_account", _living_accounts, _account_cases)
source_of("entrusted_asset", _living_assets, _asset_cases)
source_of("insurance_policy", _living_policies, _policy_cases)
source_of("service_charter", _living_charters, _charter_cases)
source_of("zone_plan", _living_plans, _plan_cases)
rules_beside(__file__)
