"""Plans of other aziende: prices, bands, quotas by steps, deductions and limits, from the form to the frozen lines."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.allocation import explanation, operations, what_if
from core.allocation.bands import PopulationBand
from core.allocation.findings import findings, frozen_disagreements
from core.allocation.groups import DeductionFacts, KeyFacts, facts_of_group
from core.allocation.model import AllocationPlan, KeyBand, ShareLine, YearShare
from core.allocation.year_before import year_before
from core.contracts.model import Conferral, Contract
from core.documents.model import Document
from core.documents.wordfile import read_text
from core.funding import operations as funding
from core.ground.access import ScopedSession
from core.ground.errors import Finding, RuleBroken
from core.parties.model import Municipality
from tests.integration.allocation.conftest import PASSED, TODAY, Desk

D = Decimal
RATE = KeyFacts("rate", rate=D("2.5"))
BANDS = (PopulationBand(5000, D("1.2")), PopulationBand(None, D("1")))
REST = KeyFacts("residents", D(100))


def set_groups(desk: Desk, *keys: KeyFacts, **more: Any) -> None:
    """The keys on the one service, residents on the other."""
    with desk.acting("gruppi") as session:
        for facts in (desk.group("Minori", *keys, **more), desk.group("Accesso", services=("access_desk",))):
            operations.set_group(session, desk.plan_id, None, facts)


def approve(desk: Desk, reason: str = "") -> None:
    desk.approve_budget()
    with desk.acting("approva") as session:
        operations.approve(session, desk.plan_id, PASSED, reason=reason, today=TODAY)


def plan_of(session: ScopedSession, desk: Desk) -> AllocationPlan:
    return session.require(AllocationPlan, desk.plan_id)


def residents(session: ScopedSession, desk: Desk, slug: str) -> Decimal:
    held = session.require(Municipality, desk.municipalities[slug]).populations
    return D([row for row in held if row.on <= date(2025, 12, 31)][-1].residents)


def said(desk: Desk, session: ScopedSession) -> list[str]:
    return [str(finding).replace("\N{NO-BREAK SPACE}", " ") for finding in findings(
        session, plan_of(session, desk)) if isinstance(finding, Finding)]


def test_a_rate_keeps_its_amount_and_the_plan_says_what_the_budget_says_otherwise(desk: Desk) -> None:
    set_groups(desk, RATE)
    with desk.acting() as session:
        shared = operations.compute(session, plan_of(session, desk))
        line = next(line for line in shared.lines if line.party == "dresano" and line.kind == "rate")
        assert line.amount == (residents(session, desk, "dresano") * D("2.5")).quantize(D("0.01"))
        [remark] = [text for text in said(desk, session) if "i Comuni pagano" in text]
        assert "€ 65.000,01" in remark, "60000 + 6000.01 of the general costs - 1000 of the fund"
    approve(desk)
    with desk.acting() as session:
        plan = plan_of(session, desk)
        group = plan.groups[0]
        assert group.shared == shared.of_groups["Minori"] != D("65000.01")
        assert [str(finding).replace("\N{NO-BREAK SPACE}", " ") for finding in frozen_disagreements(plan)] == [remark]
        [own, _access] = explanation.of_municipality(session, plan, desk.municipalities["dresano"])
        assert own.pool == group.shared == sum(cost.amount for cost in own.costs), "the difference has its line"
        assert own.total == line.amount
        document = session.scalars(select(Document).where(Document.file_name == "quota-2026-dresano.docx")).one()
    text = "\n".join(read_text(desk.store.get(document.path)))
    assert line.how in text.replace("\N{NO-BREAK SPACE}", " ")


def test_every_term_of_a_key_goes_to_the_table_and_back(desk: Desk) -> None:
    own = desk.municipalities["dresano"]
    keys = [
        KeyFacts("daily_fee", rate=D("45"), families_pay="azienda", values={own: D(12)}, recovery={own: D("40.00")}),
        KeyFacts("steps", steps=5, step=2, values={own: D("300.00")}),
        KeyFacts("solidarity", D(100), bands=BANDS, banding="marginal"),
    ]
    deduction = DeductionFacts(own, D("10.00"), "Sede propria", "nobody")
    set_groups(desk, *keys, deductions=[deduction])
    with desk.acting() as session:
        group = plan_of(session, desk).groups[0]
        facts = facts_of_group(group)
        assert facts.keys == keys
        assert facts.deductions == [deduction]
        changed = [*keys[:2], replace(keys[2], bands=BANDS[1:], banding="whole")]
        operations.set_group(session, desk.plan_id, group.id, replace(facts, keys=changed, deductions=[]))
    with desk.acting() as session:
        facts = facts_of_group(plan_of(session, desk).groups[0])
        assert (facts.keys, facts.deductions) == (changed, [])
        assert len(session.scalars(select(KeyBand)).all()) == 1


def test_what_belongs_to_another_kind_of_key_is_not_kept(desk: Desk) -> None:
    set_groups(desk, KeyFacts("equal", D(100), rate=D(3), steps=4, step=2, families_pay="azienda"))
    with desk.acting() as session:
        [key] = facts_of_group(plan_of(session, desk).groups[0]).keys
    assert key == KeyFacts("equal", D(100))


def test_a_copy_of_a_later_year_goes_a_step_further(desk: Desk) -> None:
    quotas = {desk.municipalities["dresano"]: D("300.00")}
    set_groups(desk, KeyFacts("steps", steps=3, step=2, values=quotas), REST)
    with desk.acting() as session:
        budgets = [funding.open_budget(session, year, "budget") for year in (2027, 2030)]
        copies = [operations.open_plan(session, budget.id, copy_from=desk.plan_id) for budget in budgets]
        assert [plan.groups[0].keys[0].step for plan in copies] == [3, 3]
        assert plan_of(session, desk).groups[0].keys[0].step == 2


def test_a_deduction_is_borne_by_the_others_and_does_not_say_whose_it_is(desk: Desk) -> None:
    mine = DeductionFacts(desk.municipalities["dresano"], D("100.00"), "Sede propria")
    set_groups(desk, REST)
    with desk.acting() as session:
        before = operations.compute(session, plan_of(session, desk))
        group = plan_of(session, desk).groups[0]
        facts = replace(facts_of_group(group), deductions=[mine])
        operations.set_group(session, desk.plan_id, group.id, facts)
        after = operations.compute(session, plan_of(session, desk))
    assert after.totals["dresano"] == before.totals["dresano"] - 100
    assert sum(after.totals.values()) == sum(before.totals.values())
    approve(desk)
    with desk.acting() as session:
        plan = plan_of(session, desk)
        [own, _access] = explanation.of_municipality(session, plan, desk.municipalities["dresano"])
        other = explanation.of_municipality(session, plan, desk.municipalities["melegnano"])[0]
    assert (own.lines[-1].key, own.lines[-1].amount) == ("Detrazione: Sede propria", D("-100.00"))
    assert other.lines[-1].key == "Detrazione di un altro Comune: Sede propria"


def shares_of_2025(desk: Desk, percent: int, but: str = "") -> None:
    """The shares of 2025 of all ``but`` one: so many percent of what this plan says without limits."""
    with desk.acting("quote") as session:
        now = operations.compute(session, plan_of(session, desk)).totals
        session.add_all(
            YearShare(year=2025, kind="budget", origin="import", approved_on=date(2025, 1, 31),
                      municipality_id=desk.municipalities[slug], amount=(total * percent / 100).quantize(D("0.01")))
            for slug, total in now.items() if slug != but)


def set_limits(desk: Desk, **limits: Any) -> None:
    with desk.acting("limiti") as session:
        plan = plan_of(session, desk)
        operations.set_plan(session, plan.id, version=plan.version, title=plan.title, **limits)


def test_no_share_rises_more_than_the_cap_and_the_others_pay_the_difference(desk: Desk) -> None:
    set_groups(desk)
    shares_of_2025(desk, 100)
    with desk.acting("quota") as session:
        share = session.scalars(select(YearShare).where(
            YearShare.municipality_id == desk.municipalities["dresano"])).one()
        half = (share.amount / 2).quantize(D("0.01"))
        session.add(YearShare(year=2025, kind="final", origin="typed", approved_on=date(2026, 4, 30), amount=half,
                              municipality_id=share.municipality_id))
    set_limits(desk, cap=D(10))
    approve(desk)
    with desk.acting() as session:
        held = {row.municipality_id: row.amount for row in session.scalars(
            select(YearShare).where(YearShare.plan_id == desk.plan_id))}
        assert held[desk.municipalities["dresano"]] == (half * D("1.1")).quantize(D("0.01"), "ROUND_FLOOR")
        assert sum(held.values()) == D("97000.01")
        plan = plan_of(session, desk)
        groups = explanation.of_municipality(session, plan, desk.municipalities["dresano"])
        assert [group.title for group in groups] == ["Minori", "Accesso", explanation.LIMITS]
        assert sum(group.total for group in groups) == held[desk.municipalities["dresano"]]
        assert "quota del 2025" in groups[-1].lines[0].how
        free = what_if.totals(session, plan, what_if.UNLIMITED, None)
        assert free["dresano"] > held[desk.municipalities["dresano"]]
        before = what_if.totals(session, plan, what_if.YEAR_BEFORE, None)
        assert before["dresano"] == half
        with pytest.raises(RuleBroken, match="tutti i gruppi insieme"):
            what_if.totals(session, plan, what_if.YEAR_BEFORE, "Minori")


def test_limits_that_cannot_be_met_stop_the_approval_in_words(desk: Desk) -> None:
    set_groups(desk)
    shares_of_2025(desk, 50)
    set_limits(desk, cap=D(20))
    with pytest.raises(RuleBroken, match="che nessuno può pagare"):
        approve(desk)
    with desk.acting() as session:
        assert session.scalars(select(ShareLine)).all() == []


def test_limits_without_any_share_of_the_year_before_are_no_limits_and_stop_the_approval(desk: Desk) -> None:
    set_groups(desk)
    set_limits(desk, cap=D(20), floor=D(5))
    with desk.acting() as session:
        assert any("del 2025 non è nota alcuna quota" in text for text in said(desk, session))
    with pytest.raises(RuleBroken, match="non è nota alcuna quota"):
        approve(desk)


def test_a_share_of_part_of_the_year_binds_nobody_whatever_its_keys(desk: Desk) -> None:
    """Fees count their own days, and still say that somebody was there for half a year."""
    with desk.acting() as session:
        own = select(Conferral.contract_id).where(Conferral.municipality_id == desk.municipalities["dresano"])
        for contract in session.scalars(select(Contract).where(Contract.id.in_(own))):
            contract.starts_on = date(2026, 7, 2)
    fee = KeyFacts("daily_fee", rate=D(45), families_pay="azienda", values={
        desk.municipalities[slug]: D(100) for slug in ("dresano", "melegnano")})
    with desk.acting("gruppi") as session:
        operations.set_group(session, desk.plan_id, None,
                             desk.group("Tutto", fee, services=("neutral_space", "access_desk")))
    approve(desk, "Dresano era socio da prima del contratto")
    with desk.acting() as session:
        budget = funding.open_budget(session, 2027, "budget")
        plan = operations.open_plan(session, budget.id, copy_from=desk.plan_id)
        before = year_before(session, plan, set(desk.municipalities.values()))
    shared = {desk.municipalities[slug]: D("4500.00") for slug in ("dresano", "melegnano")}
    assert {key: amount for key, amount in before.shares.items() if amount} == shared
    assert set(before.bound) == {desk.municipalities["melegnano"]}


@pytest.mark.parametrize("why", ["no share of 2025", "part of 2026"])
def test_who_has_no_share_of_a_whole_year_is_not_bound_and_it_is_said(desk: Desk, why: str) -> None:
    set_groups(desk)
    shares_of_2025(desk, 99, but="dresano" if why == "no share of 2025" else "")
    if why == "part of 2026":
        with desk.acting() as session:
            conferral = session.scalars(select(Conferral).where(
                Conferral.municipality_id == desk.municipalities["dresano"])).first()
            assert conferral is not None
            session.require(Contract, conferral.contract_id).starts_on = date(2026, 7, 2)
    set_limits(desk, cap=D(5))
    with desk.acting() as session:
        [text] = [text for text in said(desk, session) if "non vincolano" in text]
        assert text.endswith("nel 2026: Dresano.")


@pytest.mark.parametrize(("limits", "field"), [({"cap": D(-1)}, "cap"), ({"floor": D(101)}, "floor")])
def test_a_limit_that_is_none_is_refused_beside_its_field(desk: Desk, limits: dict[str, Decimal], field: str) -> None:
    with pytest.raises(RuleBroken, match="lasciare vuoto") as refusal:
        set_limits(desk, **limits)
    assert refusal.value.field == field


@pytest.mark.parametrize(("key", "word"), [
    (KeyFacts("rate"), "importo in euro maggiore di zero"), (KeyFacts("rate", rate=D("1.2345")), "al più tre decimali"),
    (KeyFacts("rate", bands=BANDS), "per quali abitanti"),
    (KeyFacts("rate", bands=BANDS[:1], banding="whole"), "L'ultima fascia"),
    (KeyFacts("steps", values={1: D(5)}), "in quanti passi"),
    (KeyFacts("steps", steps=3, step=4, values={1: D(5)}), "numero di passi"),
    (KeyFacts("steps", steps=3, step=2, values={1: D("5.005")}), "più di due decimali"),
    (KeyFacts("daily_fee", rate=D(45), values={1: D(5)}), "a chi pagano le famiglie"),
    (KeyFacts("daily_fee", rate=D(45), families_pay="azienda", values={1: D(5)}, recovery={2: D(1)}),
     "nessuna giornata"),
])
def test_a_key_that_cannot_be_is_refused_beside_the_keys(desk: Desk, key: KeyFacts, word: str) -> None:
    with desk.acting() as session, pytest.raises(RuleBroken, match=word) as refusal:
        operations.set_group(session, desk.plan_id, None, desk.group("Minori", key))
    assert refusal.value.field == "keys"


@pytest.mark.parametrize(("deductions", "word"), [
    ([("0.00", "motivo", "others")], "maggiore di zero"), ([("1.00", " ", "others")], "motivo di ogni detrazione"),
    ([("1.00", "motivo", "stars")], "chi paga"), ([("1.00", "a", "others"), ("2.00", "b", "others")], "due detrazioni"),
])
def test_a_deduction_that_cannot_be_is_refused_beside_the_deductions(
    desk: Desk, deductions: list[tuple[str, str, str]], word: str
) -> None:
    made = [DeductionFacts(desk.municipalities["dresano"], D(amount), why, borne) for amount, why, borne in deductions]
    with desk.acting() as session, pytest.raises(RuleBroken, match=word) as refusal:
        operations.set_group(session, desk.plan_id, None, desk.group("Minori", REST, deductions=made))
    assert refusal.value.field == "deductions"


def test_families_of_the_fees_and_of_the_budget_are_compared(desk: Desk) -> None:
    own = desk.municipalities["dresano"]
    set_groups(desk, KeyFacts("daily_fee", rate=D(45), families_pay="azienda", values={own: D(100)},
                              recovery={own: D("400.00")}), REST)
    with desk.acting() as session:
        [text] = [text for text in said(desk, session) if "contribuzione degli utenti" in text]
    assert "€ 400,00 secondo le rette" in text
