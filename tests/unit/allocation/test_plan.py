"""The allocation plan, told as accounting would tell it to the assembly."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.allocation.explanation import cost_lines
from core.allocation.plan import Cost, KeyKind, Plan, PlanGroup, PlanKey, Shared, spread_general
from core.allocation.sharing import share_out
from core.funding.results import ServiceResult
from core.ground.errors import RuleBroken

YEAR = 365
ALL = {"dresano": YEAR, "melegnano": YEAR, "vizzolo": YEAR}
RESIDENTS = {"dresano": Decimal(3000), "melegnano": Decimal(18000), "vizzolo": Decimal(4000)}
D = Decimal


def key(kind: KeyKind = KeyKind.RESIDENTS, weight: str = "100", values: Mapping[str, Decimal] | None = None,
        convergence: str = "0") -> PlanKey:
    return PlanKey(kind, kind.value, D(weight), RESIDENTS if values is None else values, convergence=D(convergence))


def group(*keys: PlanKey, cost: str = "1000.00", days: Mapping[str, int] | None = None, title: str = "Minori",
          excluded: frozenset[str] = frozenset(), deduction: str = "0") -> PlanGroup:
    return PlanGroup(title, Cost(ServiceResult(direct=D(cost)), D(deduction)), ALL if days is None else days,
                     keys or (key(),), excluded)


def shared(*groups: PlanGroup, by_days: bool = True) -> Shared:
    return share_out(Plan(YEAR, tuple(ALL), groups, by_days, {"vizzolo": "Vizzolo Predabissi"}))


def test_a_cost_is_shared_by_residents_to_the_cent() -> None:
    assert shared(group()).totals == {"dresano": D("120.00"), "melegnano": D("720.00"), "vizzolo": D("160.00")}


def test_two_keys_share_their_own_slice_each() -> None:
    use = {"dresano": D(1), "melegnano": D(2), "vizzolo": D(0)}
    result = shared(group(key(weight="60"), key(KeyKind.USAGE, "40", use)))
    assert [line.amount for line in result.lines if line.kind is KeyKind.USAGE] == [D("133.33"), D("266.67"), D("0.00")]
    assert result.totals["dresano"] == D("72.00") + D("133.33")


def test_who_joined_at_mid_year_counts_by_the_days_or_for_the_whole_year() -> None:
    days = {**ALL, "melegnano": 73}
    by_days, whole = shared(group(days=days)), shared(group(days=days), by_days=False)
    melegnano = next(line for line in by_days.lines if line.party == "melegnano")
    assert melegnano.value == D("3600")
    assert melegnano.source == "per 73 giorni su 365"
    assert by_days.totals["melegnano"] == D("339.62")
    assert whole.totals["melegnano"] == D("720.00")


def test_who_joined_at_mid_year_has_its_historic_quota_by_the_days_or_whole() -> None:
    historic = key(KeyKind.HISTORIC, "0", {"dresano": D(1), "melegnano": D(1)})
    days = {**ALL, "melegnano": 73}
    by_days = shared(group(historic, key(), days=days))
    whole = shared(group(historic, key(), days=days), by_days=False)
    melegnano = next(line for line in by_days.lines if line.party == "melegnano" and line.kind is KeyKind.HISTORIC)
    assert (melegnano.value, melegnano.source, melegnano.amount) == (D("0.2"), "per 73 giorni su 365", D("166.67"))
    assert (by_days.totals["melegnano"], whole.totals["melegnano"]) == (D("166.67"), D("500.00"))


def test_use_is_not_reduced_by_the_days_in_which_it_happened() -> None:
    result = shared(group(key(KeyKind.USAGE, values={"dresano": D(5), "melegnano": D(5)}),
                          days={**ALL, "melegnano": 73}))
    assert result.totals["melegnano"] == D("500.00")


def test_fixed_sums_come_off_first_and_the_other_keys_share_the_rest() -> None:
    result = shared(group(key(KeyKind.FIXED, "0", {"vizzolo": D("250.00")}), key()))
    assert result.totals == {"dresano": D("90.00"), "melegnano": D("540.00"), "vizzolo": D("370.00")}


@pytest.mark.parametrize(
    ("percent", "dresano"),
    [("0", "500.00"), ("60", "272.00"), ("80", "196.00"), ("100", "120.00")],
)
def test_the_historic_quota_converges_step_by_step_to_the_new_keys(percent: str, dresano: str) -> None:
    historic = key(KeyKind.HISTORIC, "0", {"dresano": D(1), "melegnano": D(1)}, convergence=percent)
    assert shared(group(historic, key())).totals["dresano"] == D(dresano)


def test_who_has_not_the_service_pays_only_the_solidarity_of_all() -> None:
    some = {"dresano": YEAR, "melegnano": YEAR}
    result = shared(group(key(weight="90"), key(KeyKind.SOLIDARITY, "10"), days=some),
                    group(title="Anziani", cost="0.00"))
    assert result.totals["vizzolo"] == D("16.00")
    assert sum(result.totals.values()) == D("1000.00")


def test_who_is_excluded_pays_nothing_for_the_group_not_even_solidarity() -> None:
    some = {"dresano": YEAR, "melegnano": YEAR}
    result = shared(group(key(weight="90"), key(KeyKind.SOLIDARITY, "10"), days=some, excluded=frozenset({"vizzolo"})),
                    group(title="Anziani", cost="0.00"))
    assert result.totals["vizzolo"] == D("0.00")


def test_leftover_cents_go_in_the_declared_order() -> None:
    equal = group(key(KeyKind.EQUAL), cost="0.02")
    assert list(shared(equal).totals.values()) == [D("0.01"), D("0.01"), D("0.00")]
    backwards = share_out(Plan(YEAR, tuple(reversed(ALL)), (equal,)))
    assert backwards.totals == {"vizzolo": D("0.01"), "melegnano": D("0.01"), "dresano": D("0.00")}


def test_a_group_that_earns_more_than_it_costs_is_not_netted_with_another() -> None:
    rich = PlanGroup("Tariffe", Cost(ServiceResult(direct=D(100), fees=D(300))), ALL, (key(),))
    assert sum(shared(rich, group()).totals.values()) == D("1000.00")


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        (group(key(weight="90")), "devono fare 100 e fanno 90"),
        (group(key(values={})), "tutti i valori a zero"),
        (group(days={}), "nessun comune"),
        (group(key(KeyKind.USERS, values={"vizzolo": D(3)}), days={"dresano": YEAR}), "Vizzolo Predabissi"),
        (group(key(KeyKind.FIXED, "0", {"dresano": D(2000)}), key()), "superano il costo"),
        (group(key(KeyKind.FIXED, "0", {"dresano": D(200)})), "senza una chiave"),
        (group(key(KeyKind.FIXED, "10", {"dresano": D(200)}), key(weight="90")), "non hanno peso"),
        (group(key(values={"dresano": D(-1), "melegnano": D(3)})), "valore negativo"),
        (group(key(KeyKind.HISTORIC, "0", convergence="101"), key()), "convergenza"),
    ],
)
def test_a_group_that_cannot_be_shared_is_refused_by_its_name(wrong: PlanGroup, word: str) -> None:
    with pytest.raises(RuleBroken, match=word) as refusal:
        shared(wrong)
    assert "«Minori»" in str(refusal.value)


def test_general_indirect_costs_follow_direct_costs_or_equal_parts() -> None:
    groups = {"Minori": ServiceResult(direct=D(300)), "Anziani": ServiceResult(direct=D(100))}
    assert spread_general(groups, D(100), "direct_cost") == {"Minori": D("75.00"), "Anziani": D("25.00")}
    assert spread_general(groups, D(100), "equal") == {"Minori": D("50.00"), "Anziani": D("50.00")}


cents = st.integers(0, 10**9).map(lambda number: D(number) / 100)
figures = st.fixed_dictionaries({name: st.integers(1, 10**5).map(D) for name in ALL})
days = st.fixed_dictionaries({name: st.integers(1, YEAR) for name in ALL})


@given(cost=cents, historic=figures, use=figures, taking_part=days, weight=st.integers(0, 100),
       convergence=st.integers(0, 100), fixed=cents)
def test_the_explanation_adds_up_line_by_line_and_column_by_column(
    cost: Decimal, historic: dict[str, Decimal], use: dict[str, Decimal], taking_part: dict[str, int], weight: int,
    convergence: int, fixed: Decimal,
) -> None:
    keys = [
        key(KeyKind.HISTORIC, "0", historic, str(convergence)), key(weight=str(weight)),
        key(KeyKind.USAGE, str(100 - weight), use),
    ]
    if fixed:
        keys.insert(0, key(KeyKind.FIXED, "0", {"dresano": fixed}))
    result = shared(group(*keys, cost=str(cost + fixed), days=taking_part), group(title="Anziani", cost=str(cost)))
    by_key: dict[tuple[str, str], list[Decimal]] = {}
    for line in result.lines:
        by_key.setdefault((line.group, line.key), []).append(line.amount)
        assert line.amount >= 0
    for line in result.lines:
        assert sum(by_key[line.group, line.key]) == line.pool
    pools = {(line.group, line.key): line.pool for line in result.lines}
    assert sum(pool for (title, _key), pool in pools.items() if title == "Minori") == cost + fixed
    assert sum(result.totals.values()) == cost + fixed + cost
    for party, total in result.totals.items():
        assert sum(line.amount for line in result.lines if line.party == party) == total


amount = st.integers(0, 10**9).map(lambda number: D(number) / 100)


@given(direct=amount, indirect=amount, general=amount, fees=amount, sources=amount, deduction=amount)
def test_the_printed_costs_make_the_amount_to_share(
    direct: Decimal, indirect: Decimal, general: Decimal, fees: Decimal, sources: Decimal, deduction: Decimal
) -> None:
    cost = Cost(ServiceResult(direct, indirect, general, fees, sources=sources, municipal=D(7)), deduction)
    assert sum(line.amount for line in cost_lines(cost, "avanzo vincolato")) == cost.pool
