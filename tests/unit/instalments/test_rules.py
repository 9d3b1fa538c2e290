"""Instalments: arithmetic and states, without a database."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.agreed import BaseRule, CountsFrom, InstalmentKind, PlanRow
from core.ground.clock import Roll
from core.ground.errors import RuleBroken
from core.instalments.rounds import title_of
from core.instalments.rules import BaseKind, Share, State, instalments, state_of

JANUARY, JULY = date(2027, 1, 31), date(2027, 7, 31)
CENTS = st.decimals(min_value=0, max_value=10**7, places=2)


def plan(*bases: BaseRule) -> list[PlanRow]:
    days = (JANUARY, JULY)
    advances = [PlanRow(InstalmentKind.ADVANCE, Decimal(40), due, None, base)
                for base, due in zip(bases, days, strict=False)]
    return [*advances, PlanRow(InstalmentKind.BALANCE, None, None, "accounts_approved")]


def test_the_contract_says_of_what_an_advance_is_a_percentage():
    share = Share(Decimal("100.00"), Decimal("200.00"), date(2027, 3, 1), chosen=Decimal("50.00"))
    bases = [instalments(2027, share, plan(rule, rule), {})[1] for rule in BaseRule]
    assert [(row.base_kind, row.base) for row in bases] == [
        (BaseKind.BUDGET, Decimal("200.00")), (BaseKind.BUDGET, Decimal("200.00")),
        (BaseKind.PREVIOUS, Decimal("100.00")), (BaseKind.BUDGET, Decimal("200.00")),
        (BaseKind.CHOSEN, Decimal("50.00")),
    ]


@pytest.mark.parametrize(("approved", "base"), [
    (date(2027, 1, 30), BaseKind.BUDGET), (JANUARY, BaseKind.BUDGET), (date(2027, 2, 1), BaseKind.PREVIOUS),
])
def test_a_budget_approved_by_the_very_day_of_the_advance_is_its_base_and_a_day_later_is_not(approved, base):
    share = Share(previous=Decimal("100.00"), budget=Decimal("200.00"), budget_approved=approved)
    first, _balance = instalments(2027, share, plan(BaseRule.BUDGET_OR_PREVIOUS), {})
    assert (first.term.nominal, first.base_kind) == (JANUARY, base)


@pytest.mark.parametrize(("rule", "field"), [
    (BaseRule.PREVIOUS, "previous"), (BaseRule.BUDGET, "budget"), (BaseRule.CHOSEN, "chosen"),
    (BaseRule.BUDGET_OR_PREVIOUS, "previous"),
])
def test_a_base_that_is_not_known_is_refused_or_left_open(rule, field):
    with pytest.raises(RuleBroken) as refusal:
        instalments(2027, Share(), plan(rule), {})
    assert refusal.value.field == field
    first, balance = instalments(2027, Share(), plan(rule), {}, lenient=True)
    assert (first.amount, balance.amount) == (None, None)
    assert first.term is not None, "it falls due on its day all the same"


@pytest.mark.parametrize(("days", "roll", "nominal", "effective"), [
    (None, Roll.HOLIDAY, date(2028, 5, 2), date(2028, 5, 2)),
    (0, Roll.HOLIDAY, date(2028, 5, 2), date(2028, 5, 2)),
    (30, Roll.HOLIDAY, date(2028, 6, 1), date(2028, 6, 1)),
    (31, Roll.HOLIDAY, date(2028, 6, 2), date(2028, 6, 3)),  # the Republic's day
    (31, Roll.SATURDAY, date(2028, 6, 2), date(2028, 6, 5)),
    (31, Roll.NONE, date(2028, 6, 2), date(2028, 6, 2)),
])
def test_a_balance_falls_due_so_many_days_after_its_event(days, roll, nominal, effective):
    rows = [PlanRow(InstalmentKind.BALANCE, event="accounts_approved", due_days=days)]
    [balance] = instalments(2027, Share(final=Decimal(10)), rows, {"accounts_approved": date(2028, 5, 2)}, roll=roll)
    assert (balance.term.nominal, balance.term.effective) == (nominal, effective)
    assert instalments(2027, Share(final=Decimal(10)), rows, {})[0].term is None, "nothing is counted before the event"


@pytest.mark.parametrize(("begun", "nominal"), [
    (None, date(2027, 3, 2)),  # as if the request were received on the day on which it is to be asked for
    (date(2027, 1, 11), date(2027, 2, 10)), (date(2027, 2, 15), date(2027, 3, 17)),
])
@pytest.mark.parametrize("counts_from", list(CountsFrom))
def test_a_term_may_count_from_the_receipt_or_from_the_invoice(begun, nominal, counts_from):
    rows = [PlanRow(InstalmentKind.ADVANCE, Decimal(50), JANUARY, due_days=30, counts_from=counts_from),
            PlanRow(InstalmentKind.BALANCE, event="accounts_approved")]
    [first, _balance] = instalments(2027, Share(Decimal(100)), rows, {}, begun={0: begun} if begun else None)
    assert (first.term.nominal, first.amount) == (nominal, Decimal("50.00"))


def test_what_was_asked_stays_and_the_balance_takes_the_difference():
    share = Share(Decimal("100.00"), final=Decimal("120.00"))
    rows = instalments(2027, share, plan(BaseRule.PREVIOUS, BaseRule.PREVIOUS), {"accounts_approved": JULY},
                       asked={0: Decimal("33.33")}, beyond=Decimal("10.00"))
    assert [row.amount for row in rows] == [Decimal("33.33"), Decimal("40.00"), Decimal("36.67")]


@given(previous=CENTS, final=CENTS, asked=st.none() | CENTS, beyond=CENTS, percent=st.integers(1, 50))
def test_instalments_and_further_advances_always_add_up_to_the_final_share(previous, final, asked, beyond, percent):
    rows = [PlanRow(InstalmentKind.ADVANCE, Decimal(percent), JANUARY),
            PlanRow(InstalmentKind.ADVANCE, Decimal(percent), JULY),
            PlanRow(InstalmentKind.BALANCE, None, None, "accounts_approved")]
    made = instalments(2027, Share(previous, final=final), rows, {}, asked={} if asked is None else {0: asked},
                       beyond=beyond)
    assert sum(row.amount for row in made) + beyond == final


@pytest.mark.parametrize(("amount", "paid", "today", "state"), [
    ("100", "0", date(2027, 1, 10), State.REQUESTED), ("100", "0", date(2027, 1, 16), State.DUE),
    ("100", "0", JANUARY, State.DUE), ("100", "0", date(2027, 2, 1), State.OVERDUE),
    ("100", "40", date(2027, 1, 20), State.PART_PAID), ("100", "40", date(2027, 2, 1), State.OVERDUE),
    ("100", "100", date(2027, 2, 1), State.PAID), ("-5", "0", date(2027, 2, 1), State.CREDITED),
    ("-5", "-5", date(2027, 2, 1), State.PAID),
])
def test_the_facts_of_an_instalment_give_its_state(amount, paid, today, state):
    assert state_of(Decimal(amount), Decimal(paid), date(2027, 1, 8), JANUARY, today) is state


def test_what_was_not_asked_for_is_planned_whatever_the_day():
    assert state_of(Decimal(1), Decimal(0), None, JANUARY, JULY) is State.PLANNED
    assert state_of(None, Decimal(0), None, None, JULY) is State.PLANNED


@pytest.mark.parametrize(("titles", "title"), [
    (["Primo acconto"], "Primo acconto 2026 – scadenza 31/01/2026"),
    (["Conguaglio 2026"], "Conguaglio 2026 – scadenza 31/01/2026"),
    (["Conguaglio 2025"], "Conguaglio 2025 – scadenza 31/01/2026"),
    (["Primo acconto", "Saldo"], "Rate 2026 – scadenza 31/01/2026"),
])
def test_a_round_says_its_year_once(titles, title):
    assert title_of(titles, 2026, date(2026, 1, 31)) == title
