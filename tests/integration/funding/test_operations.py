"""Budgets from the first line to the assembly's approval, and back."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.catalogue.model import Service
from core.funding import operations, rules
from core.funding.approval import Approval
from core.funding.model import Budget, BudgetLine, FundingSource
from core.funding.rules import LineFacts
from core.ground.access import Principal, Role
from core.ground.errors import NotAllowed, RuleBroken
from core.ground.states import PassageLog
from core.parties.model import Act, Azienda, Membership
from tests import factories
from tests.conftest import UnitFactory

TODAY = date(2026, 3, 2)
PASSED = Approval("4", date(2026, 2, 27), 7, 0, 1)
ACCOUNTANT = Principal("Tina Conti", frozenset({Role.ACCOUNTING}), user_id=7)
D = Decimal
STAFF = LineFacts("direct_cost", "Educatori", D("1000.00"))


@pytest.fixture
def house(unit: UnitFactory) -> dict[str, int]:
    """An azienda, a service and two sources; their ids."""
    with unit("arrivo") as session:
        rows = {
            "azienda": factories.filled(Azienda, kind="azienda", tax_code=factories.body_tax_code()),
            "service": factories.filled(Service, code="neutral_space", title="Spazio neutro"),
            "own": factories.filled(FundingSource, code="municipal_resources", title="Risorse proprie dei Comuni"),
            "fsr": factories.filled(FundingSource, code="fsr", title="Fondo Sociale Regionale"),
        }
        session.add_all(rows.values())
        session.flush()
        return {name: row.id for name, row in rows.items()}


@pytest.fixture
def budget_id(unit: UnitFactory, house: dict[str, int]) -> int:
    """The budget of 2026 with one cost and the source that pays half of it."""
    with unit("apre", ACCOUNTANT) as session:
        budget = operations.open_budget(session, 2026, "budget")
        lines = [STAFF, LineFacts("source", "Fondo", D("500.00"), source_id=house["fsr"])]
        operations.set_lines(session, budget.id, house["service"], lines, version=budget.version)
        return budget.id


def test_a_budget_is_approved_with_act_and_votes_and_then_stands_still(
    unit: UnitFactory, house: dict[str, int], budget_id: int
) -> None:
    with unit("approva", ACCOUNTANT) as session:
        budget = operations.approve(session, budget_id, PASSED, today=TODAY)
        assert (budget.state, budget.votes_for, budget.votes_abstained) == ("approved", 7, 1)
        assert budget.act is None or budget.act.body_kind == "assembly"
        assert session.scalars(select(PassageLog.act_id)).one() == budget.act_id
    with unit("modifica", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="approvato e non si modifica"):
        operations.set_lines(session, budget_id, house["service"], [], version=None)


def test_an_act_that_is_known_is_not_registered_twice(unit: UnitFactory, house: dict[str, int], budget_id: int) -> None:
    with unit("atto") as session:
        session.add(factories.filled(Act, party_id=house["azienda"], body_kind="assembly", number="4",
                                     date=PASSED.on, title="Bilancio"))
    with unit("approva", ACCOUNTANT) as session:
        operations.approve(session, budget_id, PASSED, today=TODAY)
        assert session.scalar(select(func.count(Act.id))) == 1


def test_a_mistaken_approval_is_undone_with_a_reason_and_stays_in_the_history(
    unit: UnitFactory, budget_id: int
) -> None:
    with unit("approva", ACCOUNTANT) as session:
        operations.approve(session, budget_id, PASSED, today=TODAY)
    with unit("riapre", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="motivo"):
        operations.reopen(session, budget_id, why=" ", today=TODAY)
    with unit("riapre", ACCOUNTANT) as session:
        budget = operations.reopen(session, budget_id, why="Numero sbagliato", today=TODAY)
        assert (budget.state, budget.act_id, budget.votes_for) == ("draft", None, None)
        assert [row.action for row in session.scalars(select(PassageLog).order_by(PassageLog.id))] == [
            "approve", "undo"]


def test_a_budget_starts_from_another_and_leaves_it_alone(
    unit: UnitFactory, house: dict[str, int], budget_id: int
) -> None:
    with unit("copia", ACCOUNTANT) as session:
        copy = operations.open_budget(session, 2027, "forecast", copy_from=budget_id)
        operations.set_lines(session, copy.id, house["service"], [], version=None)
        assert len(session.require(Budget, budget_id).lines) == 2


def test_a_year_has_one_budget_for_each_stage(unit: UnitFactory, budget_id: int) -> None:
    with unit("apre", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="Bilancio preventivo 2026 c'è già"):
        operations.open_budget(session, 2026, "budget")


@pytest.mark.parametrize(
    ("line", "word"),
    [(LineFacts("direct_cost", "Sconto", D("-5.00")), "negativo"),
     (LineFacts("direct_cost", "Arrotondato", D("5.001")), "più di due decimali")],
)
def test_a_line_that_cannot_be_leaves_everything_as_it_was(
    unit: UnitFactory, house: dict[str, int], budget_id: int, line: LineFacts, word: str
) -> None:
    with pytest.raises(RuleBroken, match=word), unit("voci", ACCOUNTANT) as session:
        operations.set_lines(session, budget_id, house["service"], [line], version=None)
    with unit("legge") as session:
        assert session.scalar(select(func.count(BudgetLine.id))) == 2


def test_a_form_that_grew_stale_is_refused(unit: UnitFactory, house: dict[str, int], budget_id: int) -> None:
    with unit("voci", ACCOUNTANT) as session:
        seen = session.require(Budget, budget_id).version
        operations.set_lines(session, budget_id, None, [LineFacts("indirect_cost", "Sede", D("9.00"))], version=seen)
    with unit("voci", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="ricaricare"):
        operations.set_lines(session, budget_id, house["service"], [STAFF], version=seen)


def test_a_social_cost_without_a_funder_stops_the_approval(
    unit: UnitFactory, house: dict[str, int], budget_id: int
) -> None:
    with unit("voci", ACCOUNTANT) as session:
        lines = [LineFacts("direct_cost", "Gita", D("10.00"), social=True)]
        operations.set_lines(session, budget_id, house["service"], lines, version=None)
    with unit("approva", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="chi lo finanzia"):
        operations.approve(session, budget_id, PASSED, today=TODAY)


@pytest.mark.parametrize(
    ("approval", "word"),
    [(Approval("", PASSED.on, 7), "numero"), (Approval("4", date(2026, 3, 3), 7), "non è ancora arrivato"),
     (Approval("4", PASSED.on, 3, 3), "non ha approvato"), (Approval("4", PASSED.on, 3, -1), "meno di zero")],
)
def test_an_approval_that_cannot_be_is_refused(
    unit: UnitFactory, budget_id: int, approval: Approval, word: str
) -> None:
    with unit("approva", ACCOUNTANT) as session, pytest.raises(RuleBroken, match=word):
        operations.approve(session, budget_id, approval, today=TODAY)


def test_more_votes_than_members_are_refused(
    unit: UnitFactory, two_municipalities: tuple[int, int], budget_id: int
) -> None:
    with unit("soci") as session:
        session.add_all(Membership(municipality_id=key, valid_from=date(2020, 1, 1)) for key in two_municipalities)
    with unit("approva", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="soci erano 2 e i voti sono 3"):
        operations.approve(session, budget_id, Approval("4", PASSED.on, 2, 0, 1), today=TODAY)
    with unit("approva", ACCOUNTANT) as session:
        assert operations.approve(session, budget_id, Approval("4", PASSED.on, 2), today=TODAY).state == "approved"


def test_members_read_the_budget_once_it_is_approved(unit: UnitFactory, two_municipalities: tuple[int, int],
                                                     budget_id: int) -> None:
    clerk = factories.clerk_of(two_municipalities[0])
    with unit("legge", clerk) as session:
        assert session.get(Budget, budget_id) is None
    with unit("approva", ACCOUNTANT) as session:
        operations.approve(session, budget_id, PASSED, today=TODAY)
    with unit("legge", clerk) as session:
        found = session.require(Budget, budget_id)
        assert rules.economic_balance(found.lines).spent == D("1000.00")
    with unit("scrive", clerk) as session, pytest.raises(NotAllowed):
        operations.reopen(session, budget_id, why="perché sì", today=TODAY)


def test_a_source_is_found_by_every_name_that_documents_give_it(unit: UnitFactory, house: dict[str, int]) -> None:
    with unit("nomi", ACCOUNTANT) as session:
        operations.name_source(session, house["fsr"], "F.S.R. città", "scheda")
        for name in ("fsr", "FONDO sociale  regionale", "f.s.r. CITTÀ"):
            found = operations.find_source(session, name)
            assert found is not None
            assert found.id == house["fsr"]
        with pytest.raises(RuleBroken, match="indica già"):
            operations.name_source(session, house["own"], "FSR", "altro")


def test_a_budget_opened_by_mistake_is_cancelled_and_another_takes_its_place(
    unit: UnitFactory, budget_id: int
) -> None:
    with unit("annulla", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="motivo"):
        operations.cancel(session, budget_id, why=" ", version=None, today=TODAY)
    with unit("annulla", ACCOUNTANT) as session:
        operations.cancel(session, budget_id, why="Aperto per l'anno sbagliato", version=None, today=TODAY)
    with unit("legge") as session:
        assert session.get_one(Budget, budget_id).state == "cancelled"
        [passage] = session.scalars(select(PassageLog).where(PassageLog.subject == "budget"))
        assert (passage.action, passage.why) == ("cancel", "Aperto per l'anno sbagliato")
    with unit("modifica", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="è annullato e non si modifica"):
        operations.add_line(session, budget_id, None, STAFF)
    with unit("riapre", ACCOUNTANT) as session:
        assert operations.open_budget(session, 2026, "budget").id != budget_id


def test_an_approved_budget_is_not_cancelled(unit: UnitFactory, house: dict[str, int], budget_id: int) -> None:
    with unit("approva", ACCOUNTANT) as session:
        operations.approve(session, budget_id, PASSED, today=TODAY)
    with unit("annulla", ACCOUNTANT) as session, pytest.raises(RuleBroken, match="riaprirlo indicando il motivo"):
        operations.cancel(session, budget_id, why="errore", version=None, today=TODAY)
