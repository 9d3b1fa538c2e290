"""Sharing a cost and asking for it by instalments, told as the office would tell it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.allocation.rules import Key, allocate
from core.contracts.agreed import InstalmentKind, PlanRow
from core.ground.clock import Term
from core.ground.errors import RuleBroken
from core.instalments.rules import Share, instalments

PLAN = (
    PlanRow(InstalmentKind.ADVANCE, Decimal(50), due=date(2027, 1, 31)),
    PlanRow(InstalmentKind.ADVANCE, Decimal(40), due=date(2027, 7, 31)),
    PlanRow(InstalmentKind.BALANCE, event="accounts_approved"),
)
APPROVED = {"accounts_approved": date(2028, 5, 2)}


def test_a_cost_is_shared_by_residents_and_by_use_key_by_key() -> None:
    residents = {"A": Decimal(20000), "B": Decimal(5000), "C": Decimal(3333)}
    use = {"A": Decimal(10), "B": Decimal(5)}
    keys = [Key(Decimal("0.5"), residents), Key(Decimal("0.5"), use)]
    result = allocate(Decimal("100000.00"), keys)
    assert result.shares == {"A": Decimal("68627.86"), "B": Decimal("25490.30"), "C": Decimal("5881.84")}
    assert [part.amount for part in result.slices] == [Decimal("50000.00"), Decimal("50000.00")]


amounts = st.integers(0, 10**11).map(lambda cents: Decimal(cents) / 100)
values = st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 10**6).map(Decimal), min_size=1)


@given(total=amounts, first=values, second=values, weight=st.integers(0, 1000))
def test_the_parts_always_make_the_whole_line_by_line(
    total: Decimal, first: dict[str, Decimal], second: dict[str, Decimal], weight: int
) -> None:
    share = Decimal(weight) / 1000
    keys = [Key(share, {**first, "A": Decimal(1)}), Key(1 - share, {**second, "A": Decimal(1)})]
    result = allocate(total, keys)
    assert sum(result.shares.values()) == total
    assert sum(part.amount for part in result.slices) == total
    for part in result.slices:
        assert sum(part.shares.values()) == part.amount


@pytest.mark.parametrize(
    ("total", "keys", "word"),
    [
        ("-1.00", [Key(Decimal(1), {"A": Decimal(1)})], "negativo"),
        ("1.00", [Key(Decimal("0.9"), {"A": Decimal(1)})], "esattamente 1"),
        ("1.00", [], "esattamente 1"),
        ("1.00", [Key(Decimal(1), {"A": Decimal(0), "B": Decimal(0)})], "zero"),
        ("1.00", [Key(Decimal(1), {"A": Decimal(-1), "B": Decimal(2)})], "negativi"),
        ("1.001", [Key(Decimal(1), {"A": Decimal(1)})], "due decimali"),
    ],
)
def test_a_key_in_disorder_is_refused_in_words(total: str, keys: list[Key], word: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        allocate(Decimal(total), keys)
    assert word in str(refusal.value)


def test_the_balance_takes_what_the_advances_left() -> None:
    share = Share(
        previous=Decimal(200000), budget=Decimal(210000), budget_approved=date(2027, 3, 1), final=Decimal(205000)
    )
    first, second, balance = instalments(2027, share, PLAN, APPROVED)
    assert (first.base, first.amount) == (Decimal(200000), Decimal("100000.00"))
    assert first.term == Term(date(2027, 1, 31), date(2027, 2, 1))
    assert (second.base, second.amount) == (Decimal(210000), Decimal("84000.00"))
    assert balance.amount == Decimal("21000.00")
    assert balance.term == Term(date(2028, 5, 2), date(2028, 5, 2))


def test_a_balance_may_be_a_credit() -> None:
    share = Share(previous=Decimal(200000), final=Decimal(150000))
    assert instalments(2027, share, PLAN, {})[-1].amount == Decimal("-30000.00")


def test_a_balance_without_final_share_or_date_is_not_known_yet() -> None:
    balance = instalments(2027, Share(previous=Decimal(1)), PLAN, {})[-1]
    assert (balance.base, balance.amount, balance.term) == (None, None, None)


def test_a_new_member_pays_on_the_budget_whenever_approved() -> None:
    share = Share(budget=Decimal(1000), budget_approved=date(2027, 9, 1))
    assert [row.amount for row in instalments(2027, share, PLAN, {})] == [Decimal("500.00"), Decimal("400.00"), None]


def test_a_new_member_without_an_approved_budget_is_asked_for_a_figure() -> None:
    with pytest.raises(RuleBroken, match="anno precedente"):
        instalments(2027, Share(budget=Decimal(1000)), PLAN, {})


def test_four_quarters_of_25_percent_are_allowed() -> None:
    quarters = [PlanRow(InstalmentKind.ADVANCE, Decimal(25), due=date(2027, month, 15)) for month in (3, 6, 9, 12)]
    rows = instalments(2027, Share(previous=Decimal("0.03"), final=Decimal("0.03")), [*quarters, PLAN[-1]], {})
    assert sum(row.amount for row in rows if row.amount is not None) == Decimal("0.03")


@pytest.mark.parametrize(
    ("plan", "word"),
    [
        (PLAN[:2], "saldo"),
        ((*PLAN, PLAN[-1]), "saldo"),
        ((PlanRow(InstalmentKind.ADVANCE, Decimal(101), due=date(2027, 1, 1)), PLAN[-1]), "percentuale"),
        ((PLAN[0], PlanRow(InstalmentKind.ADVANCE, Decimal(60), due=date(2027, 7, 1)), PLAN[-1]), "cento"),
        ((PlanRow(InstalmentKind.ADVANCE, Decimal(10), due=date(2026, 12, 31)), PLAN[-1]), "prima dell'anno"),
        ((PlanRow(InstalmentKind.ADVANCE, due=date(2027, 1, 1)), PLAN[-1]), "percentuale"),
        ((PlanRow(InstalmentKind.ADVANCE, Decimal(10)), PLAN[-1]), "scade"),
    ],
)
def test_a_plan_in_disorder_is_refused_in_words(plan: tuple[PlanRow, ...], word: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        instalments(2027, Share(previous=Decimal(100)), plan, {})
    assert word in str(refusal.value)


def test_a_negative_budget_is_refused() -> None:
    with pytest.raises(RuleBroken, match="negativi"):
        instalments(2027, Share(previous=Decimal(-1)), PLAN, {})
