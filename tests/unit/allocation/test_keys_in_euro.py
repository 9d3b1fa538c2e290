"""Keys with a price, bands, quotas by steps and deductions, with figures worked out by hand."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.allocation.bands import Banding, PopulationBand, banded, check_bands
from core.allocation.plan import (
    Adjustment,
    Borne,
    Cost,
    Deduction,
    FamiliesPay,
    KeyKind,
    Plan,
    PlanGroup,
    PlanKey,
    Shared,
)
from core.allocation.sharing import share_out
from core.funding.results import ServiceResult
from core.ground.errors import RuleBroken

D = Decimal
YEAR = 365
ALL = {"dresano": YEAR, "melegnano": YEAR, "vizzolo": YEAR}
RESIDENTS = {"dresano": D(3000), "melegnano": D(18000), "vizzolo": D(4000)}
BANDS = (PopulationBand(3000, D("4")), PopulationBand(5000, D("3.5")), PopulationBand(None, D("3")))
BY_RESIDENTS = PlanKey(KeyKind.RESIDENTS, "Residenti", D(100), RESIDENTS)
FOR_EVERYBODY = PlanKey(KeyKind.SOLIDARITY, "Solidarietà", D(100), RESIDENTS)


def rate(price: str = "3.50", kind: KeyKind = KeyKind.RATE, **more: object) -> PlanKey:
    return PlanKey(kind, "Quota per abitante", D(0), RESIDENTS, rate=D(price), **more)  # type: ignore[arg-type]


def fee(recovery: Mapping[str, str], families: FamiliesPay = FamiliesPay.AZIENDA) -> PlanKey:
    return PlanKey(KeyKind.DAILY_FEE, "Retta", D(0), {"dresano": D(120), "melegnano": D(300)}, rate=D("45.00"),
                   recovery={party: D(paid) for party, paid in recovery.items()}, families_pay=families)


def steps(step: int, of: int, **quotas: str) -> PlanKey:
    return PlanKey(KeyKind.STEPS, "Quota storica", D(0), {party: D(quota) for party, quota in quotas.items()},
                   steps=of, step=step)


def shared(*keys: PlanKey, cost: str, days: Mapping[str, int] | None = None, by_days: bool = True,
           excluded: frozenset[str] = frozenset(), deductions: tuple[Deduction, ...] = ()) -> Shared:
    of_service = Cost(ServiceResult(direct=D(cost)))
    group = PlanGroup("Minori", of_service, ALL if days is None else days, keys, excluded, deductions)
    everybody = PlanGroup("Tutti", Cost(ServiceResult()), ALL, (BY_RESIDENTS,))
    return share_out(Plan(YEAR, tuple(ALL), (group, everybody), by_days, {"dresano": "Dresano"}))


def how(result: Shared, party: str, kind: KeyKind | Adjustment) -> str:
    return next(line.how for line in result.lines if (line.party, line.kind) == (party, kind))


# --- a rate per inhabitant --------------------------------------------------------------------------------


def test_a_rate_per_inhabitant_makes_the_sum_whatever_the_cost() -> None:
    result = shared(rate(), cost="90000.00")
    assert result.totals == {"dresano": D("10500.00"), "melegnano": D("63000.00"), "vizzolo": D("14000.00")}
    assert result.of_groups["Minori"] == D("87500.00")
    assert how(result, "dresano", KeyKind.RATE) == "3.000 × € 3,50 = € 10.500,00"


def test_what_a_rate_leaves_goes_to_the_other_keys_where_there_are_any() -> None:
    result = shared(rate(), PlanKey(KeyKind.EQUAL, "Parti uguali", D(100), {}), cost="90000.00")
    assert result.totals["dresano"] == D("10500.00") + D("833.34")
    assert result.of_groups["Minori"] == D("90000.00")
    with pytest.raises(RuleBroken, match=r"superano di € 7500\.00"):
        shared(rate(), BY_RESIDENTS, cost="80000.00")


def test_who_joined_at_mid_year_pays_the_rate_for_its_days_or_whole() -> None:
    days = {**ALL, "melegnano": 73}
    by_days = shared(rate(), cost="0", days=days)
    assert by_days.totals["melegnano"] == D("12600.00")
    assert how(by_days, "melegnano", KeyKind.RATE) == "(18.000 × € 3,50) × 73/365 = € 12.600,00"
    assert shared(rate(), cost="0", days=days, by_days=False).totals["melegnano"] == D("63000.00")


def test_a_solidarity_rate_is_paid_by_all_but_those_who_are_excluded() -> None:
    some = {"dresano": YEAR}
    solidarity = rate("0.335", KeyKind.SOLIDARITY_RATE)
    assert shared(solidarity, cost="0", days=some).totals == {
        "dresano": D("1005.00"), "melegnano": D("6030.00"), "vizzolo": D("1340.00")}
    assert shared(solidarity, cost="0", days=some, excluded=frozenset({"vizzolo"})).totals["vizzolo"] == 0


def test_half_a_cent_goes_up_and_each_amount_stands_by_itself() -> None:
    key = PlanKey(KeyKind.RATE, "Quota", D(0), {"dresano": D(1), "melegnano": D(3)}, rate=D("0.005"))
    assert shared(key, cost="0").totals == {"dresano": D("0.01"), "melegnano": D("0.02"), "vizzolo": D("0.00")}


# --- bands of population ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("banding", "amounts"), [
    (Banding.WHOLE, ("12000.00", "54000.00", "14000.00")),
    (Banding.MARGINAL, ("12000.00", "58000.00", "15500.00")),
])
def test_a_rate_by_bands_holds_for_all_inhabitants_or_for_those_in_the_band(
    banding: Banding, amounts: tuple[str, ...]
) -> None:
    result = shared(rate("0", bands=BANDS, banding=banding), cost="0")
    assert tuple(result.totals.values()) == tuple(map(D, amounts))
    if banding is Banding.MARGINAL:
        assert how(result, "vizzolo", KeyKind.RATE) == "3.000 × € 4,00 + 1.000 × € 3,50 = € 15.500,00"


def test_a_weight_by_bands_makes_an_inhabitant_count_less() -> None:
    bands = (PopulationBand(5000, D(1)), PopulationBand(None, D("0.8")))
    key = PlanKey(KeyKind.RESIDENTS, "Residenti", D(100), RESIDENTS, bands=bands, banding=Banding.MARGINAL)
    result = shared(key, cost="224.00")
    assert result.totals == {"dresano": D("30.00"), "melegnano": D("154.00"), "vizzolo": D("40.00")}
    assert how(result, "melegnano", KeyKind.RESIDENTS) == "5.000 × 1 + 13.000 × 0,8 = 15.400"


def test_one_inhabitant_more_changes_the_band_and_nobody_is_left_out() -> None:
    assert banded(D(3000), BANDS, Banding.WHOLE) == 12000
    assert banded(D(3001), BANDS, Banding.WHOLE) == D("10503.5")
    assert banded(D(3001), BANDS, Banding.MARGINAL) == D("12003.5")
    assert banded(D(0), BANDS, Banding.MARGINAL) == 0


@pytest.mark.parametrize(("bands", "word"), [
    ([PopulationBand(3000, D(4))], "L'ultima fascia"),
    ([PopulationBand(None, D(1)), PopulationBand(None, D(2))], "L'ultima fascia"),
    ([PopulationBand(5000, D(4)), PopulationBand(3000, D(3)), PopulationBand(None, D(1))], "crescono"),
    ([PopulationBand(0, D(4)), PopulationBand(None, D(3))], "maggiori di zero"),
    ([PopulationBand(None, D(-1))], "negativo"),
])
def test_bands_that_leave_somebody_out_or_count_somebody_twice_are_refused(
    bands: list[PopulationBand], word: str
) -> None:
    with pytest.raises(RuleBroken, match=word):
        check_bands(bands)


# --- historic quotas in euro ------------------------------------------------------------------------------


@pytest.mark.parametrize(("step", "totals"), [
    (2, ("3552.00", "5712.00", "736.00")), (5, ("1200.00", "7200.00", "1600.00")),
])
def test_a_quota_in_euro_gives_way_step_by_step(step: int, totals: tuple[str, ...]) -> None:
    result = shared(steps(step, 5, dresano="5000.00", melegnano="4000.00"), BY_RESIDENTS, cost="10000.00")
    assert tuple(result.totals.values()) == tuple(map(D, totals))
    if step == 2:
        assert how(result, "dresano", KeyKind.STEPS) == "€ 5.000,00 × 3/5 = € 3.000,00"


def test_a_quota_in_euro_is_rounded_by_itself_and_the_rest_takes_the_cent() -> None:
    result = shared(steps(1, 2, dresano="0.05"), BY_RESIDENTS, cost="1.00")
    assert [line.amount for line in result.lines if line.kind is KeyKind.STEPS] == [D("0.03"), D(0), D(0)]
    assert sum(result.totals.values()) == D("1.00")


def test_quotas_that_are_more_than_the_cost_are_refused() -> None:
    with pytest.raises(RuleBroken, match=r"€ 4500\.00\) superano"):
        shared(steps(1, 2, dresano="5000.00", melegnano="4000.00"), BY_RESIDENTS, cost="4000.00")


@pytest.mark.parametrize(("step", "of"), [(0, 5), (6, 5), (1, 51)])
def test_a_step_is_one_of_the_steps(step: int, of: int) -> None:
    with pytest.raises(RuleBroken, match="numero di passi"):
        shared(steps(step, of, dresano="5.00"), BY_RESIDENTS, cost="4000.00")


# --- solidarity and a fee per day -------------------------------------------------------------------------


def test_families_who_pay_the_azienda_lower_the_share_of_their_municipality() -> None:
    result = shared(fee({"dresano": "1400.00", "melegnano": "3000.50"}), FOR_EVERYBODY, cost="40000.00")
    assert result.totals == {"dresano": D("7060.06"), "melegnano": D("28859.86"), "vizzolo": D("4080.08")}
    assert how(result, "dresano", KeyKind.DAILY_FEE) == "120 × € 45,00 = € 5.400,00"
    assert how(result, "dresano", Adjustment.RECOVERY).endswith("€ 5.400,00 − € 1.400,00 = € 4.000,00")


def test_a_municipality_that_recovers_by_itself_pays_the_whole_fee() -> None:
    result = shared(fee({"dresano": "1400.00"}, FamiliesPay.MUNICIPALITY), FOR_EVERYBODY, cost="40000.00")
    assert result.totals["dresano"] == D("5400.00") + D("2532.00")
    assert "a suo carico" in how(result, "dresano", Adjustment.RECOVERY)
    assert sum(result.totals.values()) == D("40000.00")


@pytest.mark.parametrize("who", ["dresano", "vizzolo"])
def test_families_do_not_pay_more_than_the_fee(who: str) -> None:
    with pytest.raises(RuleBroken, match="supera la sua retta"):
        shared(fee({who: "5400.01"}), FOR_EVERYBODY, cost="40000.00")


# --- a deduction of one municipality ----------------------------------------------------------------------


def test_what_one_does_not_pay_the_others_pay_in_proportion() -> None:
    mine = Deduction("dresano", D("20.00"), "Usa una sede propria", Borne.OTHERS)
    result = shared(BY_RESIDENTS, cost="1000.00", deductions=(mine,))
    assert result.totals == {"dresano": D("100.00"), "melegnano": D("736.36"), "vizzolo": D("163.64")}
    assert how(result, "melegnano", Adjustment.DEDUCTION) == "€ 20,00 × € 720,00 / € 880,00 = € 16,36"
    told = {line.party: line.key for line in result.lines if line.kind is Adjustment.DEDUCTION}
    assert told["dresano"] == "Detrazione: Usa una sede propria"
    assert told["vizzolo"] == "Detrazione di un altro Comune: Usa una sede propria", "not whose"


def test_what_one_does_not_pay_may_be_paid_by_nobody() -> None:
    mine = Deduction("dresano", D("20.00"), "Usa una sede propria", Borne.NOBODY)
    result = shared(BY_RESIDENTS, cost="1000.00", deductions=(mine,))
    assert result.totals == {"dresano": D("100.00"), "melegnano": D("720.00"), "vizzolo": D("160.00")}


@pytest.mark.parametrize(("deductions", "word"), [
    ([("dresano", "120.01", Borne.OTHERS)], "supera la sua quota"), ([("peschiera", "1.00", Borne.OTHERS)], "supera"),
    ([(party, "1.00", Borne.OTHERS) for party in ALL], "nessun altro"),
])
def test_a_deduction_that_cannot_be_is_refused(deductions: list[tuple[str, str, Borne]], word: str) -> None:
    made = tuple(Deduction(party, D(amount), "motivo", borne) for party, amount, borne in deductions)
    with pytest.raises(RuleBroken, match=word):
        shared(BY_RESIDENTS, cost="1000.00", deductions=made)


# --- all of it together -----------------------------------------------------------------------------------

cents = st.integers(0, 10**7).map(lambda number: D(number) / 100)
people = st.fixed_dictionaries({name: st.integers(1000, 10**5).map(D) for name in ALL})
quotas = st.fixed_dictionaries(dict.fromkeys(ALL, cents))
taking_part = st.fixed_dictionaries({name: st.integers(1, YEAR) for name in ALL})
prices = st.integers(1, 10_000).map(lambda number: D(number) / 1000)


@given(extra=cents, residents=people, historic=quotas, days=taking_part, price=prices, step=st.integers(1, 7),
       part=st.integers(0, 100), marginal=st.booleans(), spared=st.booleans())
def test_every_key_together_adds_up_to_the_cost(
    extra: Decimal, residents: dict[str, Decimal], historic: dict[str, Decimal], days: dict[str, int], price: Decimal,
    step: int, part: int, marginal: bool, spared: bool,
) -> None:
    bands = (PopulationBand(5000, price), PopulationBand(None, (price / 2).quantize(D("0.001"), "ROUND_UP")))
    banding = Banding.MARGINAL if marginal else Banding.WHOLE
    keys = [PlanKey(KeyKind.RATE, "quota", D(0), residents, bands=bands, banding=banding),
            PlanKey(KeyKind.RESIDENTS, "pesi", D(100), residents, bands=bands, banding=banding)]
    if any(historic.values()):
        keys.append(PlanKey(KeyKind.STEPS, "storica", D(0), historic, steps=7, step=step))
    in_euro = sum((banded(value, bands, banding) + historic[party] for party, value in residents.items()), D(1))
    cost = in_euro.quantize(D("0.01")) + extra
    free = shared(*keys, cost=str(cost), days=days)
    mine = Deduction("dresano", (free.totals["dresano"] * part / 100).quantize(D("0.01"), "ROUND_FLOOR"), "m",
                     Borne.OTHERS if spared else Borne.NOBODY)
    result = shared(*keys, cost=str(cost), days=days, deductions=(mine,))
    assert sum(free.totals.values()) == cost
    assert sum(result.totals.values()) == cost - (0 if spared else mine.amount)
    assert result.totals["dresano"] == free.totals["dresano"] - mine.amount
    assert all(total >= 0 for total in result.totals.values())
    sums: dict[tuple[str, str], Decimal] = {}
    for line in result.lines:
        sums[line.group, line.key] = sums.get((line.group, line.key), D(0)) + line.amount
    assert all(sums[line.group, line.key] == line.pool for line in result.lines)
