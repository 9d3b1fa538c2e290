"""The yearly change of a share held within a cap and a floor, with figures worked out by hand and once more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.allocation.limits import Limits, within
from core.allocation.plan import Adjustment, Cost, KeyKind, Plan, PlanGroup, PlanKey
from core.allocation.sharing import share_out
from core.funding.results import ServiceResult
from core.ground.errors import RuleBroken

D = Decimal
BY_KEYS = {"dresano": D("120.00"), "melegnano": D("720.00"), "vizzolo": D("160.00")}
BEFORE = {"dresano": D("100.00"), "melegnano": D("800.00"), "vizzolo": D("90.00")}


def limits(cap: str | None = None, floor: str | None = None, previous: Mapping[str, Decimal] | None = None) -> Limits:
    return Limits(2025, None if cap is None else D(cap), None if floor is None else D(floor),
                  BEFORE if previous is None else previous)


@pytest.mark.parametrize(("cap", "floor", "shares"), [
    ("10", None, ("110.00", "791.00", "99.00")),  # 120 and 160 stop at their cap, the third takes the 71 euros
    (None, "5", ("102.86", "760.00", "137.14")),  # 760 at least; 240 for the others, by 120 and 160
    ("10", "5", ("110.00", "791.00", "99.00")),  # the caps move more than the floor, and lift who was below it
    ("80", "5", ("102.86", "760.00", "137.14")), ("50", "20", ("123.57", "741.43", "135.00")),
    ("100", "50", ("120.00", "720.00", "160.00")),  # nobody is past a limit
])
def test_who_is_past_a_limit_pays_the_limit_and_the_others_the_difference(
    cap: str | None, floor: str | None, shares: tuple[str, ...]
) -> None:
    assert tuple(within(BY_KEYS, limits(cap, floor)).shares.values()) == tuple(map(D, shares))


def test_who_had_no_share_is_not_bound_and_takes_its_part() -> None:
    found = within(BY_KEYS, limits("10", previous={"melegnano": D("600.00")}))
    assert found.shares == {"dresano": D("145.71"), "melegnano": D("660.00"), "vizzolo": D("194.29")}


def test_who_pays_nothing_by_the_keys_is_asked_nothing_for_the_others() -> None:
    found = within({"a": D("0.00"), "b": D("50.00"), "c": D("50.00")}, Limits(2025, D(0), None, {"b": D("40.00")}))
    assert found.shares == {"a": D("0.00"), "b": D("40.00"), "c": D("60.00")}


def test_a_floor_holds_also_for_who_would_pay_nothing() -> None:
    found = within({"a": D("0.00"), "b": D("100.00")}, Limits(2025, None, D(50), {"a": D("10.00"), "b": D("90.00")}))
    assert found.shares == {"a": D("5.00"), "b": D("95.00")}


def test_a_part_of_a_cent_is_never_past_the_limit() -> None:
    bound = limits("1", "1", {"a": D("0.99")})
    assert (bound.least("a"), bound.most("a", D(1))) == (D("0.99"), D("0.99"))


@pytest.mark.parametrize(("cap", "floor", "previous", "word"), [
    ("0", None, BEFORE, "al più € 990,00.* restano € 10,00 che nessuno può pagare"),
    (None, "10", {"dresano": D(500), "melegnano": D(800), "vizzolo": D(200)}, "almeno € 1.350,00"),
    ("-1", None, BEFORE, "L'aumento massimo"), (None, "101", BEFORE, "La diminuzione massima"),
])
def test_limits_that_cannot_be_met_are_refused_in_words(
    cap: str | None, floor: str | None, previous: Mapping[str, Decimal], word: str
) -> None:
    with pytest.raises(RuleBroken) as refusal:
        within(BY_KEYS, limits(cap, floor, previous))
    assert re.search(word, str(refusal.value).replace("\N{NO-BREAK SPACE}", " "))


def test_the_explanation_says_the_limit_and_the_redistribution() -> None:
    residents = {"dresano": D(3000), "melegnano": D(18000), "vizzolo": D(4000)}
    group = PlanGroup("Minori", Cost(ServiceResult(direct=D("1000.00"))), dict.fromkeys(residents, 365),
                      (PlanKey(KeyKind.RESIDENTS, "Residenti", D(100), residents),))
    result = share_out(Plan(365, tuple(residents), (group,), limits=limits("10")))
    lines = {line.party: line for line in result.lines if line.kind is Adjustment.LIMIT}
    assert {party: line.amount for party, line in lines.items()} == {
        "dresano": D("-10.00"), "melegnano": D("71.00"), "vizzolo": D("-61.00")}
    assert lines["dresano"].how == ("quota secondo le chiavi € 120,00; quota del 2025 € 100,00, più il 10%: € 110,00")
    assert lines["melegnano"].how.endswith("€ 791,00 × € 720,00 / € 720,00 = € 791,00")
    assert result.totals["melegnano"] == D("791.00")
    assert result.of_groups == {"Minori": D("1000.00")}


euros = st.integers(0, 10**6).map(lambda number: D(number) / 100)
PARTIES = ("a", "b", "c", "d", "e")


@given(computed=st.fixed_dictionaries(dict.fromkeys(PARTIES, euros)),
       previous=st.dictionaries(st.sampled_from(PARTIES), euros),
       cap=st.none() | st.integers(0, 60).map(D), floor=st.none() | st.integers(0, 60).map(D))
def test_nobody_is_past_a_limit_the_sum_stays_and_a_second_reckoning_agrees(
    computed: dict[str, Decimal], previous: dict[str, Decimal], cap: Decimal | None, floor: Decimal | None
) -> None:
    bound = Limits(2025, cap, floor, previous)
    total = sum(computed.values())
    least = {party: bound.least(party) for party in computed}
    most = {party: bound.most(party, amount) for party, amount in computed.items()}
    possible = sum(least.values()) <= total and (
        None in most.values() or total <= sum(top for top in most.values() if top is not None))
    if not possible:
        with pytest.raises(RuleBroken):
            within(computed, bound)
        return
    shares = within(computed, bound).shares
    assert sum(shares.values()) == total
    for party, share in shares.items():
        assert least[party] <= share
        assert most[party] is None or share <= most[party]  # type: ignore[operator]
    if all(computed.values()):
        again = _by_one_factor(computed, least, most)
        for party, share in shares.items():
            assert abs(Fraction(share) - again[party]) <= Fraction(len(PARTIES), 100)


def _by_one_factor(
    computed: Mapping[str, Decimal], least: Mapping[str, Decimal], most: Mapping[str, Decimal | None]
) -> dict[str, Fraction]:
    """The same shares found otherwise: one factor on all shares, each cut to its limits, so that the sum is right."""
    total = Fraction(sum(computed.values()))

    def cut(factor: Fraction) -> dict[str, Fraction]:
        found = {}
        for party, amount in computed.items():
            top = most[party]
            share = max(Fraction(amount) * factor, Fraction(least[party]))
            found[party] = share if top is None else min(share, Fraction(top))
        return found

    low, high = Fraction(0), Fraction(1)
    while sum(cut(high).values()) < total and high < 10**9:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if sum(cut(middle).values()) < total else (low, middle)
    return cut(high)
