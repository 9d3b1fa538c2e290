"""Allocation plans from the first group to the shares of the year, and back."""

from __future__ import annotations

from collections import defaultdict
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.allocation import explanation, operations, what_if
from core.allocation.groups import KeyFacts, facts_of_group
from core.allocation.model import AllocationPlan, ShareLine, YearShare
from core.allocation.years import known_years
from core.contracts.model import Conferral, Contract
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.funding import operations as funding
from core.funding.rules import LineFacts
from core.ground.access import InsertOnly
from core.ground.errors import NotAllowed, RuleBroken
from core.instalments.model import Instalment, RequestRound
from core.parties.model import Municipality
from tests import factories
from tests.integration.allocation.conftest import PASSED, TODAY, Desk

D = Decimal
EVERYTHING = D("97000.01")  # 60000 + 30000 + 9000.01 - 2000 of the fund


def two_groups(desk: Desk) -> None:
    with desk.acting("gruppi") as session:
        for group in (desk.group("Minori"), desk.group("Accesso", services=("access_desk",))):
            operations.set_group(session, desk.plan_id, None, group)


def approve(desk: Desk) -> None:
    with desk.acting("approva") as session:
        operations.approve(session, desk.plan_id, PASSED, today=TODAY)


def test_a_plan_shares_every_euro_of_the_budget(desk: Desk) -> None:
    two_groups(desk)
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        shared = operations.compute(session, plan)
    assert sum(shared.totals.values()) == EVERYTHING
    assert len(shared.totals) == 8, "the municipalities that confer"


def test_approval_freezes_lines_shares_and_the_documents_that_explain_them(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting() as session:
        shares = session.scalars(select(YearShare)).all()
        assert {(share.kind, share.origin, share.approved_on) for share in shares} == {("budget", "plan", PASSED.on)}
        assert sum(share.amount for share in shares) == EVERYTHING
        lines: dict[int, Decimal] = defaultdict(Decimal)
        for line in session.scalars(select(ShareLine)):
            lines[line.municipality_id] += line.amount
        assert lines == {share.municipality_id: share.amount for share in shares}
        document = session.scalars(select(Document).where(Document.file_name == "quota-2026-dresano.docx")).one()
    text = "\n".join(read_text(desk.store.get(document.path)))
    dresano = next(s for s in shares if s.municipality_id == desk.municipalities["dresano"])
    whole, _dot, cents = f"{dresano.amount:,.2f}".partition(".")
    assert f"€\N{NO-BREAK SPACE}{whole.replace(',', '.')},{cents}" in text
    assert "deliberazione n. 5 del 28 febbraio 2026" in text


def test_what_was_approved_does_not_follow_the_figures_that_change(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting() as session:
        plan, key = session.require(AllocationPlan, desk.plan_id), desk.municipalities["dresano"]
        before = explanation.of_municipality(session, plan, key)
        for population in session.require(Municipality, key).populations:
            population.residents *= 3
    with desk.acting() as session:
        assert explanation.of_municipality(session, session.require(AllocationPlan, desk.plan_id), key) == before
    assert issubclass(ShareLine, InsertOnly)


def test_the_explanation_of_a_share_adds_up_to_it(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        for share in session.scalars(select(YearShare)):
            groups = explanation.of_municipality(session, plan, share.municipality_id)
            assert sum(group.total for group in groups) == share.amount
            for group in groups:
                assert sum(line.amount for line in group.costs) == group.pool


def test_a_plan_waits_for_its_budget(desk: Desk) -> None:
    two_groups(desk)
    with pytest.raises(RuleBroken, match="non è ancora approvato"):
        approve(desk)


def test_a_service_with_costs_in_no_group_stops_the_approval(desk: Desk) -> None:
    desk.approve_budget()
    with desk.acting() as session:
        operations.set_group(session, desk.plan_id, None, desk.group())
    with pytest.raises(RuleBroken, match="non è in alcun gruppo"):
        approve(desk)


def test_a_budget_is_not_reopened_under_an_approved_plan(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting() as session, pytest.raises(RuleBroken, match="riaprire prima quello"):
        funding.reopen(session, desk.budget_id, why="errore", today=TODAY)


def test_a_mistaken_approval_falls_with_its_shares_and_can_be_given_again(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting("riapre") as session:
        operations.reopen(session, desk.plan_id, why="Voti sbagliati", today=TODAY)
        assert session.scalar(select(func.count(YearShare.id))) == 0
        assert session.scalar(select(func.count(ShareLine.id))) == 0
    approve(desk)
    with desk.acting() as session:
        assert session.scalar(select(func.sum(YearShare.amount))) == EVERYTHING


def test_what_was_asked_on_a_share_holds_the_plan(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting("rata") as session:
        session.add(factories.filled(
            Instalment, year=2026, number=9001, contract_id=session.scalars(select(Contract.id)).first(),
            municipality_id=desk.municipalities["dresano"], base_kind="budget", state="requested", requested_on=TODAY,
            amount=D(10), effective=date(2026, 12, 31)))
    with desk.acting("riapre") as session, pytest.raises(RuleBroken, match="9001/2026"):
        operations.reopen(session, desk.plan_id, why="ripensamento", today=TODAY)


@pytest.mark.parametrize(("year", "base", "held"), [
    (2027, "previous", True), (2027, "budget", False), (2028, "previous", False),
])
def test_an_advance_of_next_year_asked_on_its_shares_holds_the_plan(
    desk: Desk, year: int, base: str, held: bool
) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting("rata") as session:
        session.add(factories.filled(
            Instalment, year=year, number=9003, contract_id=session.scalars(select(Contract.id)).first(),
            municipality_id=desk.municipalities["dresano"], base_kind=base, state="requested", requested_on=TODAY,
            amount=D(10), effective=date(year, 1, 31)))
    refusal = pytest.raises(RuleBroken, match=f"9003/{year}: il piano non si riapre") if held else nullcontext()
    with desk.acting("riapre") as session, refusal:
        operations.reopen(session, desk.plan_id, why="ripensamento", today=TODAY)


def test_a_plan_is_not_reopened_while_a_request_on_its_shares_is_prepared(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    approve(desk)
    with desk.acting("richiesta") as session:
        row = factories.filled(
            Instalment, year=2026, number=9002, contract_id=session.scalars(select(Contract.id)).first(),
            municipality_id=desk.municipalities["dresano"], base_kind="budget", state="planned", amount=D(10))
        row.round = RequestRound(year=2026, title="Rate 2026", due=date(2026, 7, 31))
        session.add(row)
    with desk.acting("riapre") as session, pytest.raises(RuleBroken, match="sciogliere prima la richiesta"):
        operations.reopen(session, desk.plan_id, why="ripensamento", today=TODAY)


def test_who_does_not_confer_has_no_share_and_none_can_be_typed_in(desk: Desk) -> None:
    stranger = desk.municipalities["pantigliate"]
    with desk.acting() as session:
        facts = desk.group("Minori", KeyFacts("users", D(100), values={stranger: D(3)}))
        operations.set_group(session, desk.plan_id, None, facts)
        plan = session.require(AllocationPlan, desk.plan_id)
        with pytest.raises(RuleBroken, match="«Pantigliate»"):
            operations.compute(session, plan)


def test_who_joined_at_mid_year_pays_for_its_days(desk: Desk) -> None:
    two_groups(desk)
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        before = operations.compute(session, plan).totals["dresano"]
        conferral = session.scalars(select(Conferral).where(
            Conferral.municipality_id == desk.municipalities["dresano"])).first()
        assert conferral is not None
        session.require(Contract, conferral.contract_id).starts_on = date(2026, 7, 2)
        session.flush()
        shared = operations.compute(session, plan)
        assert shared.totals["dresano"] < before
        assert sum(shared.totals.values()) == EVERYTHING
        line = next(line for line in shared.lines if line.party == "dresano")
        assert line.source.endswith("per 183 giorni su 365")


def test_a_plan_is_not_approved_before_its_budget(desk: Desk) -> None:
    two_groups(desk)
    desk.approve_budget()
    early = replace(PASSED, on=PASSED.on - timedelta(days=1))
    with desk.acting("approva") as session, pytest.raises(RuleBroken, match="il riparto non si approva prima") as no:
        operations.approve(session, desk.plan_id, early, today=TODAY)
    assert no.value.field == "on"


def test_a_service_that_an_amendment_added_is_paid_from_its_day(desk: Desk) -> None:
    two_groups(desk)
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        before = operations.compute(session, plan).totals["dresano"]
        for conferral in session.scalars(select(Conferral).where(
                Conferral.municipality_id == desk.municipalities["dresano"])):
            conferral.valid_from = date(2026, 10, 3)
        session.flush()
        shared = operations.compute(session, plan)
        assert shared.totals["dresano"] < before
        assert sum(shared.totals.values()) == EVERYTHING
        line = next(line for line in shared.lines if line.party == "dresano")
        assert line.source.endswith("per 90 giorni su 365")


def test_a_group_that_cannot_be_is_refused_and_nothing_is_kept(desk: Desk) -> None:
    good = desk.group()
    dresano = desk.municipalities["dresano"]
    cases = [
        (replace(good, title=" "), "nome al gruppo"), (replace(good, service_ids=[]), "almeno un servizio"),
        (replace(good, keys=[]), "almeno una chiave"),
        (replace(good, keys=[KeyFacts("residents", D("99.9"))]), "fanno 99.9"),
        (replace(good, deduction=D(10)), "motivo della detrazione"),
        (replace(good, deduction=D("-1")), "non può essere negativa"),
        (replace(good, exclusions={dresano: ""}), "Dresano è escluso"),
        (replace(good, keys=[KeyFacts("usage", D(100))]), "scegliere la misura"),
        (replace(good, keys=[KeyFacts("users", D(100))]), "almeno un valore"),
        (replace(good, keys=[KeyFacts("users", D(100), values={dresano: D(-1)})]), "non possono essere negativi"),
        (replace(good, keys=[KeyFacts("fixed", values={dresano: D("1.005")})]), "più di due decimali"),
        (replace(good, keys=[KeyFacts("historic", values={dresano: D(1)})]), "convergenza"),
    ]
    for facts, word in cases:
        with pytest.raises(RuleBroken, match=word), desk.acting() as session:
            operations.set_group(session, desk.plan_id, None, facts)
    with desk.acting() as session:
        assert session.require(AllocationPlan, desk.plan_id).groups == []


def test_a_service_is_shared_once(desk: Desk) -> None:
    with desk.acting() as session:
        operations.set_group(session, desk.plan_id, None, desk.group())
        with pytest.raises(RuleBroken, match="è già nel gruppo «Minori»"):
            operations.set_group(session, desk.plan_id, None, desk.group("Altro"))


def test_a_group_is_changed_in_its_place_and_copied_into_the_next_plan(desk: Desk) -> None:
    two_groups(desk)
    with desk.acting() as session:
        first = session.require(AllocationPlan, desk.plan_id).groups[0]
        why = {desk.municipalities["dresano"]: "ha il servizio in proprio"}
        operations.set_group(session, desk.plan_id, first.id, desk.group("Spazio neutro", exclusions=why))
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        assert [group.title for group in plan.groups] == ["Spazio neutro", "Accesso"]
        lines = operations.compute(session, plan).lines
        assert "dresano" not in {line.party for line in lines if line.group == "Spazio neutro"}
        copy = operations.open_plan(session, desk.budget_id, title="Prova", copy_from=plan.id)
        assert [facts_of_group(g) for g in copy.groups] == [
            facts_of_group(g) for g in plan.groups]


def test_a_measure_that_no_plugin_gives_is_refused_by_the_name_of_the_group(desk: Desk) -> None:
    with desk.acting() as session:
        facts = desk.group("Minori", KeyFacts("usage", D(100), measure="lost.hours"))
        operations.set_group(session, desk.plan_id, None, facts)
        with pytest.raises(RuleBroken, match=r"Gruppo «Minori».*«lost\.hours»"):
            operations.compute(session, session.require(AllocationPlan, desk.plan_id))


def test_another_key_is_tried_and_nothing_is_kept(desk: Desk) -> None:
    two_groups(desk)
    with desk.acting() as session:
        plan = session.require(AllocationPlan, desk.plan_id)
        codes = [choice.code for choice in what_if.choices(session, plan)]
        assert codes[:3] == ["plan", "residents", "equal"]
        assert sum(what_if.totals(session, plan, "equal", None).values()) == EVERYTHING
        equal = what_if.totals(session, plan, "equal", "Minori")
        assert max(equal.values()) - min(equal.values()) <= D("0.01")
        alone = what_if.totals(session, plan, "residents", "Accesso")
        assert sum(alone.values()) == D("32000.00")
        with pytest.raises(RuleBroken, match="dell'elenco"):
            what_if.totals(session, plan, "stars", None)


def test_a_forecast_says_what_to_expect_and_asks_nothing(desk: Desk) -> None:
    with desk.acting() as session:
        budget = funding.open_budget(session, 2027, "forecast")
        cost = [LineFacts("direct_cost", "Personale", D("1000.00"))]
        funding.set_lines(session, budget.id, desk.services["neutral_space"], cost, version=None)
        funding.approve(session, budget.id, PASSED, today=TODAY)
        plan = operations.open_plan(session, budget.id)
        operations.set_group(session, plan.id, None, desk.group())
        operations.approve(session, plan.id, PASSED, today=TODAY)
        assert session.scalar(select(func.count(YearShare.id))) == 0
        known = known_years(session, 2026)
    dresano = known.shares["Dresano"]
    assert dresano[0] is None
    assert dresano[1] is not None
    assert dresano[1].kind == "forecast"
    assert known.costs["Spazio Neutro \"Incontriamoci qui\""][1] == D("1000.00")


def test_a_municipality_reads_its_own_lines_and_share_and_no_other(desk: Desk) -> None:
    two_groups(desk)
    clerk = factories.clerk_of(desk.municipalities["dresano"])
    with desk.acting("legge", clerk) as session:
        assert session.scalars(select(AllocationPlan)).all() == []
    desk.approve_budget()
    approve(desk)
    with desk.acting("legge", clerk) as session:
        assert {line.municipality_id for line in session.scalars(select(ShareLine))} == {desk.municipalities["dresano"]}
        assert len(session.scalars(select(YearShare)).all()) == 1
        assert len(known_years(session, 2026).shares) == 1
        groups = explanation.of_municipality(
            session, session.require(AllocationPlan, desk.plan_id), desk.municipalities["dresano"])
        assert [group.title for group in groups] == ["Minori", "Accesso"]
    with desk.acting("scrive", clerk) as session, pytest.raises(NotAllowed):
        operations.reopen(session, desk.plan_id, why="no", today=TODAY)
