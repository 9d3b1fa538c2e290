"""Membership, contract, conferral and share: whoever recorded it and wherever, a year counts the same days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation import operations, waiting
from core.allocation.drift import drifted
from core.allocation.findings import findings, to_answer
from core.allocation.model import AllocationPlan, YearShare
from core.contracts.model import Conferral, Contract
from core.ground.errors import RuleBroken
from core.ground.states import standing
from core.parties.model import Membership, Municipality
from tests.integration.allocation.conftest import PASSED, TODAY, Desk

D = Decimal
SEPTEMBER = date(2026, 9, 30)
REASON = "Il Comune ha deliberato l'uscita; il recesso dal contratto è in corso di firma"


@pytest.fixture
def shared(desk: Desk) -> Desk:
    """A plan of one group, shared by residents, on an approved budget."""
    with desk.acting("gruppi") as session:
        operations.set_group(session, desk.plan_id, None,
                             desk.group("Tutto", services=("neutral_space", "access_desk")))
    desk.approve_budget()
    return desk


def share(desk: Desk, slug: str = "dresano") -> tuple[Decimal, str]:
    """What the plan as it stands would ask of a municipality, and the source of its residents."""
    with desk.acting() as session:
        shared = operations.compute(session, session.require(AllocationPlan, desk.plan_id))
    line = next(line for line in shared.lines if line.party == slug)
    return shared.totals[slug], line.source


def contracts_of(session, desk: Desk, slug: str) -> list[Contract]:
    keys = select(Conferral.contract_id).where(Conferral.municipality_id == desk.municipalities[slug])
    return list(session.scalars(select(Contract).where(Contract.id.in_(keys))))


def leave(desk: Desk, slug: str, *pages: str) -> None:
    """Whoever records that a municipality leaves on 30 September: on the page of the membership, or the contract's."""
    with desk.acting("uscita") as session:
        if "membership" in pages:
            held = session.scalars(select(Membership).where(
                Membership.municipality_id == desk.municipalities[slug])).one()
            held.valid_to = SEPTEMBER
        if "contract" in pages:
            for contract in contracts_of(session, desk, slug):
                contract.runs_to = SEPTEMBER


def told(desk: Desk) -> list[str]:
    with desk.acting() as session:
        return [str(one) for one in to_answer(session, session.require(AllocationPlan, desk.plan_id))]


def approve(desk: Desk, reason: str = "") -> None:
    with desk.acting("approva") as session:
        operations.approve(session, desk.plan_id, PASSED, reason=reason, letters=False,
                           today=TODAY)


def test_where_everything_agrees_nothing_is_said(shared: Desk) -> None:
    assert told(shared) == []
    approve(shared)


@pytest.mark.parametrize("pages", [("membership",), ("contract",), ("membership", "contract")])
def test_who_leaves_on_30_september_pays_by_days_whichever_page_recorded_it(
    shared: Desk, pages: tuple[str, ...]
) -> None:
    whole, _source = share(shared)
    leave(shared, "dresano", *pages)
    part, source = share(shared)
    assert source.endswith("per 273 giorni su 365")
    assert part < whole
    leave(shared, "dresano", "membership", "contract")
    assert share(shared)[0] == part


def test_a_plan_that_does_not_agree_is_not_approved_without_a_word(shared: Desk) -> None:
    leave(shared, "dresano", "membership")
    [said] = told(shared)
    assert said.startswith("Dresano non è più socio dal 01/10/2026 e il contratto n. ")
    assert said.endswith("nell'anno contano 273 giorni. Registrare la fine del contratto, o correggere l'adesione.")
    with pytest.raises(RuleBroken, match="non concordano") as refused:
        approve(shared)
    assert refused.value.field == "reason"
    approve(shared, REASON)
    with shared.acting() as session:
        [passage] = standing(session, "allocation_plan", shared.plan_id)
    assert passage.why == f"{REASON}\n– {said}", "the reason stays, with what it answers"


def test_a_contract_that_ends_while_the_membership_goes_on_is_said_too(shared: Desk) -> None:
    leave(shared, "dresano", "contract")
    assert told(shared) == ["Dresano è socio per 365 giorni dell'anno e in 273 di essi conferisce servizi: la quota "
                            "conta questi."]
    leave(shared, "dresano", "membership", "contract")
    assert told(shared) == [], "both pages say the same"


def test_who_joins_on_1_july_has_a_remark_and_with_a_contract_a_share(shared: Desk) -> None:
    key = shared.municipalities["pantigliate"]
    with shared.acting("adesione") as session:
        for held in session.require(Municipality, key).memberships:
            session.delete(held)
        session.flush()
        session.expire_all()
        session.add(Membership(municipality_id=key, valid_from=date(2026, 7, 1)))
    assert told(shared) == ["Pantigliate è socio dal 01/07/2026 ma nell'anno non conferisce alcun servizio: non ha una "
                            "quota."]
    with shared.acting("conferisce") as session:
        [contract, *_more] = contracts_of(session, shared, "dresano")
        contract.conferrals.append(Conferral(municipality_id=key, service_id=shared.services["access_desk"],
                                             valid_from=date(2026, 7, 1)))
    assert told(shared) == []
    with shared.acting() as session:
        plan = session.require(AllocationPlan, shared.plan_id)
        days = operations.describe(session, plan).groups[0].days
    assert days["pantigliate"] == 184
    with shared.acting("prima") as session:
        conferral = session.scalars(select(Conferral).where(Conferral.municipality_id == key)).one()
        conferral.valid_from = date(2026, 5, 1)
    assert told(shared) == ["Pantigliate è socio dal 01/07/2026 ma conferisce servizi già da prima: la quota conta "
                            "anche quei giorni."]


def test_a_service_that_covers_who_never_was_a_member_counts_by_its_contract(shared: Desk) -> None:
    """X1: coverage and membership are two things."""
    with shared.acting("mai socio") as session:
        for held in session.require(Municipality, shared.municipalities["dresano"]).memberships:
            session.delete(held)
    assert told(shared) == []
    assert "giorni su" not in share(shared)[1]


def test_a_contract_made_after_the_membership_stands_by_itself(shared: Desk) -> None:
    with shared.acting("ex socio") as session:
        [held] = session.require(Municipality, shared.municipalities["dresano"]).memberships
        held.valid_to = date(2025, 12, 31)
        for contract in contracts_of(session, shared, "dresano"):
            contract.starts_on = date(2026, 1, 1)
    assert told(shared) == []
    assert "giorni su" not in share(shared)[1]


def test_a_share_that_was_approved_before_the_exit_waits_on_the_desk_of_accounting(shared: Desk) -> None:
    approve(shared)
    with shared.acting() as session:
        assert list(waiting.other_days(session, TODAY)) == []
    leave(shared, "dresano", "membership", "contract")
    with shared.acting() as session:
        [item] = waiting.other_days(session, TODAY)
        amount = session.scalars(select(YearShare.amount).where(
            YearShare.municipality_id == shared.municipalities["dresano"])).one()
        [said] = drifted(session, session.require(AllocationPlan, shared.plan_id))
    assert str(item.what).endswith("di quelli che risultano ora: Dresano.")
    assert str(said).startswith("Dresano: la quota approvata conta 365 giorni di conferimento, ora ne risultano 273.")
    assert amount > 0, "what was approved stands until it is corrected"


def test_the_remarks_of_a_draft_name_what_does_not_agree(shared: Desk) -> None:
    leave(shared, "dresano", "membership")
    with shared.acting() as session:
        found = findings(session, session.require(AllocationPlan, shared.plan_id))
    assert any(str(one).startswith("Dresano non è più socio") for one in found)


def test_a_contract_that_is_extended_for_all_changes_nobody_s_part(shared: Desk) -> None:
    with shared.acting("scade") as session:
        for contract in session.scalars(select(Contract)):
            contract.runs_to = date(2026, 6, 30)
    with pytest.raises(RuleBroken, match="non concordano"):
        approve(shared)
    approve(shared, "Sarà prorogato per tutti")
    with shared.acting("proroga") as session:
        for contract in session.scalars(select(Contract)):
            contract.runs_to = date(2026, 12, 31)
    with shared.acting() as session:
        assert list(waiting.other_days(session, TODAY)) == []
