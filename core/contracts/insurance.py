"""Insurance (R97): policies of one contract or of all, and the days of a contract's term that none of them covers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import or_, select

from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import Contract
from core.deadlines.operations import follow
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.money import exact_cents
from core.parties.rules import period

OFFICE = (Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM)
FACTS = frozenset({
    "contract_id", "insurer", "number", "cover", "amount", "valid_from", "valid_to", "by_municipality",
})
Days = tuple[date, date]
ONE_DAY = timedelta(days=1)


def gaps(first: date, last: date, covered: Iterable[Days]) -> list[Days]:
    """The stretches of days from ``first`` to ``last`` that no period covers; all limits included."""
    found: list[Days] = []
    next_day = first
    for start, end in sorted(covered):
        if start > last:
            break
        if start > next_day:
            found.append((next_day, start - ONE_DAY))
        if end >= last:
            return found
        next_day = max(next_day, end + ONE_DAY)
    return [*found, (next_day, last)] if next_day <= last else found


def findings(contract: Contract, policies: Iterable[InsurancePolicy]) -> list[Finding]:
    """A remark for every stretch of the contract's term that no policy covers, with its days (R97)."""
    held = [(policy.valid_from, policy.valid_to) for policy in policies]
    if not held:
        return [Finding("Nessuna polizza copre il contratto: registrare quelle dell'azienda, o quella dell'ente se "
                        "la copertura è sua.", where="insurance", source="R97",
                        at=Place("insurance_policy", contract.id))]
    return [
        Finding("Dal %(first)s al %(last)s nessuna polizza copre il contratto: rinnovarla o registrarne un'altra.",
                {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}, where="insurance", source="R97",
                at=Place("insurance_policy", contract.id))
        for first, last in gaps(contract.starts_on, contract.runs_to, held)
    ]


def policies_of(session: ScopedSession, contract: Contract) -> list[InsurancePolicy]:
    """The policies that hold for a contract: its own and those of all, by their first day."""
    mine = or_(InsurancePolicy.contract_id == contract.id, InsurancePolicy.contract_id.is_(None))
    return list(session.scalars(select(InsurancePolicy).where(mine).order_by(InsurancePolicy.valid_from,
                                                                             InsurancePolicy.id)))


def add_policy(session: ScopedSession, facts: Mapping[str, Any], *, today: date) -> InsurancePolicy:
    """Record a policy with what it covers and when; without a contract it holds for all of them (R97)."""
    session.principal.require(*OFFICE)
    policy = InsurancePolicy()
    _set(session, policy, facts)
    session.add(policy)
    session.flush()
    follow(session, "insurance_policy", [policy.id], today=today)
    return policy


def edit_policy(
    session: ScopedSession, policy_id: int, facts: Mapping[str, Any], *, version: int, today: date
) -> InsurancePolicy:
    """Correct a policy, or say until when it was renewed."""
    session.principal.require(*OFFICE)
    policy = at_version(session.require(InsurancePolicy, policy_id), version)
    _set(session, policy, facts)
    session.flush()
    follow(session, "insurance_policy", [policy.id], today=today)
    return policy


def remove_policy(session: ScopedSession, policy_id: int, *, today: date) -> None:
    """Take away a policy that was recorded by mistake; the history keeps it."""
    session.principal.require(*OFFICE)
    session.delete(session.require(InsurancePolicy, policy_id))
    session.flush()
    follow(session, "insurance_policy", [policy_id], today=today)


def _set(session: ScopedSession, policy: InsurancePolicy, facts: Mapping[str, Any]) -> None:
    take(policy, facts, FACTS)
    period(policy.valid_from, policy.valid_to)
    if policy.amount is not None and policy.amount <= 0:
        raise RuleBroken("Il massimale è maggiore di zero: correggerlo, o lasciarlo vuoto.", field="amount")
    policy.amount = None if policy.amount is None else exact_cents(policy.amount, field="amount")
    if policy.by_municipality and policy.contract_id is None:
        raise RuleBroken("La copertura dell'ente vale per il suo contratto: indicare quale.", field="contract_id")
    if policy.contract_id is not None:
        session.require(Contract, policy.contract_id)
