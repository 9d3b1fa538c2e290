"""A definitive plan that was wrong: another takes its place. A plan opened by mistake: cancelled."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.allocation import explanation, operations
from core.allocation.groups import KeyFacts
from core.allocation.model import AllocationPlan, YearShare
from core.contracts.model import Contract
from core.funding import operations as funding
from core.funding.approval import Approval
from core.funding.model import Budget
from core.funding.rules import LineFacts
from core.ground.errors import RuleBroken
from core.ground.states import standing
from core.instalments.model import Instalment
from tests import factories
from tests.ground import Ground
from tests.integration.allocation.conftest import TODAY, Desk

D = Decimal
FIRST, SECOND = Approval("7", date(2026, 2, 20), 7), Approval("9", date(2026, 2, 27), 7)
WHY = "Gli utenti di Dresano erano contati due volte"


@pytest.fixture
def final(desk: Desk, ground: Ground) -> int:
    """The accounts are approved and shared by users; Dresano was asked for the balance on its share of 40.000 euros."""
    return ground.reach(desk.database.database, "final", lambda: _share(desk))


def _share(desk: Desk) -> int:
    users = {desk.municipalities["dresano"]: D(4), desk.municipalities["melegnano"]: D(2)}
    with desk.acting("conti") as session:
        budget = funding.open_budget(session, 2026, "accounts")
        cost = [LineFacts("direct_cost", "Personale", D("60000.00"))]
        funding.set_lines(session, budget.id, desk.services["neutral_space"], cost, version=None)
        funding.approve(session, budget.id, FIRST, today=TODAY)
        plan = operations.open_plan(session, budget.id, title="Riparto definitivo 2026")
        operations.set_group(session, plan.id, None, desk.group("Minori", KeyFacts("users", D(100), values=users)))
        operations.approve(session, plan.id, FIRST, letters=False, today=TODAY)
        session.add(factories.filled(
            Instalment, year=2026, number=9001, contract_id=session.scalars(select(Contract.id)).first(),
            municipality_id=desk.municipalities["dresano"], kind="balance", title="Saldo", base_kind="final",
            base=D("40000.00"), amount=D("4000.00"), state="requested", event="accounts_approved",
            requested_on=date(2026, 2, 23), nominal=FIRST.on, effective=FIRST.on))
        return plan.id


def recounted(desk: Desk, plan_id: int) -> int:
    """A correction is opened, and Dresano's users are two; the id of the new plan."""
    with desk.acting("rettifica") as session:
        made = operations.open_correction(session, plan_id, why=WHY, version=None)
        users = {desk.municipalities["dresano"]: D(2), desk.municipalities["melegnano"]: D(2)}
        operations.set_group(session, made.id, made.groups[0].id,
                             desk.group("Minori", KeyFacts("users", D(100), values=users)))
        return made.id


def approve(desk: Desk, plan_id: int, approval: Approval = SECOND) -> None:
    with desk.acting("approva") as session:
        operations.approve(session, plan_id, approval, letters=False, today=TODAY)


def shares(desk: Desk) -> dict[str, str]:
    """The newest final share of each."""
    slug = {key: name for name, key in desk.municipalities.items()}
    with desk.acting() as session:
        rows = session.scalars(select(YearShare).where(YearShare.kind == "final").order_by(YearShare.id))
        return {slug[row.municipality_id]: str(row.amount) for row in rows if row.amount}


def correction(desk: Desk) -> list[tuple[str, str, str, int | None]]:
    with desk.acting() as session:
        rows = session.scalars(select(Instalment).where(Instalment.kind == "correction").order_by(Instalment.id))
        return [(row.state, str(row.amount), row.reason, row.corrects.number if row.corrects else None)
                for row in rows]


def test_a_correction_takes_the_place_of_the_plan_and_what_was_asked_is_corrected(desk: Desk, final: int) -> None:
    assert shares(desk) == {"dresano": "40000.00", "melegnano": "20000.00"}
    made = recounted(desk, final)
    with desk.acting() as session:
        assert session.require(AllocationPlan, made).title == "Rettifica di «Riparto definitivo 2026»"
    approve(desk, made)
    assert shares(desk) == {"dresano": "30000.00", "melegnano": "30000.00"}
    assert correction(desk) == [("planned", "-10000.00", WHY, 9001)], "Melegnano was not asked for a balance"
    with desk.acting() as session:
        assert session.require(AllocationPlan, final).state == "corrected"
        [*_first, last] = standing(session, "allocation_plan", final)
        assert last.action == "correct"
        lines = explanation.of_municipality(session, session.require(AllocationPlan, final),
                                            desk.municipalities["dresano"])
    assert lines[0].total == D("40000.00"), "the old plan still says what it said"


def test_a_correction_that_was_a_mistake_falls_and_the_plan_before_it_holds_again(desk: Desk, final: int) -> None:
    made = recounted(desk, final)
    approve(desk, made)
    with desk.acting("riapre") as session:
        operations.reopen(session, made, why="Delibera sbagliata", today=TODAY)
    assert shares(desk) == {"dresano": "40000.00", "melegnano": "20000.00"}
    assert [row[0] for row in correction(desk)] == ["cancelled"]
    with desk.acting() as session:
        assert session.require(AllocationPlan, final).state == "approved"


def test_a_correction_that_was_asked_for_holds_its_plan(desk: Desk, final: int) -> None:
    made = recounted(desk, final)
    approve(desk, made)
    with desk.acting("chiesta") as session:
        row = session.scalars(select(Instalment).where(Instalment.kind == "correction")).one()
        row.requested_on, row.state = TODAY, "credited"
    with desk.acting("riapre") as session, pytest.raises(RuleBroken, match="il piano non si riapre"):
        operations.reopen(session, made, why="ripensamento", today=TODAY)


def test_the_accounts_may_be_reopened_while_a_correction_is_open(desk: Desk, final: int) -> None:
    with desk.acting() as session:
        budget_id = session.require(AllocationPlan, final).budget_id
    with desk.acting("riapre") as session, pytest.raises(RuleBroken, match="riaprire prima quello"):
        funding.reopen(session, budget_id, why="un costo mancava", today=TODAY)
    made = recounted(desk, final)
    with desk.acting("riapre") as session:
        funding.reopen(session, budget_id, why="un costo mancava", today=TODAY)
        funding.set_lines(session, budget_id, desk.services["neutral_space"],
                          [LineFacts("direct_cost", "Personale", D("66000.00"))], version=None)
    with pytest.raises(RuleBroken, match="non è ancora approvato"):
        approve(desk, made)
    with desk.acting("conti") as session:
        funding.approve(session, budget_id, SECOND, today=TODAY)
    approve(desk, made)
    assert shares(desk) == {"dresano": "33000.00", "melegnano": "33000.00"}
    assert correction(desk) == [("planned", "-7000.00", WHY, 9001)]
    with desk.acting() as session:
        [group] = explanation.of_municipality(session, session.require(AllocationPlan, final),
                                              desk.municipalities["dresano"])
    assert (group.pool, group.costs) == (D("60000.00"), ()), "its costs are no longer those of the accounts"


def test_who_has_no_share_any_more_gets_back_what_was_asked(desk: Desk, final: int) -> None:
    with desk.acting("rettifica") as session:
        made = operations.open_correction(session, final, why=WHY, version=None)
        excluded = {desk.municipalities["dresano"]: "Ha il servizio in proprio"}
        users = {desk.municipalities["melegnano"]: D(2)}
        operations.set_group(session, made.id, made.groups[0].id, desk.group(
            "Minori", KeyFacts("users", D(100), values=users), exclusions=excluded))
        key = made.id
    approve(desk, key)
    assert [row[:2] for row in correction(desk)] == [("planned", "-40000.00")]


@pytest.mark.parametrize(("why", "says"), [("", "perché le quote definitive"), ("x" * 501, "troppo lungo")])
def test_a_correction_has_its_reason(desk: Desk, final: int, why: str, says: str) -> None:
    with desk.acting("rettifica") as session, pytest.raises(RuleBroken, match=says):
        operations.open_correction(session, final, why=why, version=None)


def test_one_correction_at_a_time_and_only_of_what_is_approved_on_the_accounts(desk: Desk, final: int) -> None:
    made = recounted(desk, final)
    with desk.acting("altra") as session, pytest.raises(RuleBroken, match="C'è già una rettifica aperta"):
        operations.open_correction(session, final, why=WHY, version=None)
    with desk.acting("riapre") as session, pytest.raises(RuleBroken, match="annullarla prima di riaprire"):
        operations.reopen(session, final, why="errore", today=TODAY)
    for key in (made, desk.plan_id):
        with desk.acting("altra") as session, pytest.raises(RuleBroken, match="riparto definitivo approvato"):
            operations.open_correction(session, key, why=WHY, version=None)


def test_a_plan_opened_by_mistake_is_cancelled_and_then_its_budget(desk: Desk) -> None:
    with desk.acting("annulla") as session, pytest.raises(RuleBroken, match="annullare prima quello"):
        funding.cancel(session, desk.budget_id, why="doppione", version=None, today=TODAY)
    with desk.acting("annulla") as session:
        operations.cancel(session, desk.plan_id, why="doppione", version=None, today=TODAY)
        funding.cancel(session, desk.budget_id, why="doppione", version=None, today=TODAY)
    with desk.acting("modifica") as session, pytest.raises(RuleBroken, match="è annullato e non si modifica"):
        operations.set_group(session, desk.plan_id, None, desk.group())
    with desk.acting("piano") as session, pytest.raises(RuleBroken, match="è annullato: aprire il piano"):
        operations.open_plan(session, desk.budget_id)
    with desk.acting() as session:
        assert session.require(Budget, desk.budget_id).state == "cancelled"


def test_an_approved_plan_is_reopened_and_not_cancelled(desk: Desk, final: int) -> None:
    with desk.acting("annulla") as session, pytest.raises(RuleBroken, match="riaprirlo indicando il motivo"):
        operations.cancel(session, final, why="errore", version=None, today=TODAY)
