"""Euros, exact to the cent."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground.errors import RuleBroken
from core.ground.money import exact_cents, parse_euro, percentage, round_cents, share

CENTS = st.integers(-(10**12), 10**12).map(lambda cents: Decimal(cents).scaleb(-2))
WEIGHTS = st.dictionaries(
    st.text(min_size=1, max_size=5), st.decimals(0, 10**6, places=3), min_size=1, max_size=15
).filter(lambda weights: any(weights.values()))


def euros(**parts: str) -> dict[str, Decimal]:
    return {name: Decimal(part) for name, part in parts.items()}


def test_a_total_that_does_not_divide_gives_the_odd_cent_to_the_first_of_equals():
    assert share(Decimal("100.00"), euros(A="1", B="1", C="1")) == euros(A="33.34", B="33.33", C="33.33")


def test_the_odd_cent_goes_to_the_largest_remainder():
    assert share(Decimal("0.02"), euros(A="1", B="2")) == euros(A="0.01", B="0.01")
    assert share(Decimal("0.10"), euros(A="1", B="1", C="4")) == euros(A="0.02", B="0.02", C="0.06")


def test_two_keys_of_half_weight_are_shared_each_on_its_own_and_add_up_to_the_total():
    total = Decimal("100000.00")
    slices = share(total, euros(residents="0.5", users="0.5"))
    residents = share(slices["residents"], euros(A="20000", B="5000", C="3333"))
    users = share(slices["users"], euros(A="10", B="5", C="0"))
    both = {name: residents[name] + users[name] for name in residents}
    assert both == euros(A="68627.86", B="25490.30", C="5881.84")
    assert sum(both.values()) == total


@given(total=CENTS, weights=WEIGHTS)
def test_the_parts_always_make_the_whole(total, weights):
    parts = share(total, weights)
    assert sum(parts.values()) == total
    assert list(parts) == list(weights)


@given(total=CENTS, weights=WEIGHTS)
def test_no_part_is_a_cent_or_more_away_from_its_exact_share(total, weights):
    parts = share(total, weights)
    whole = sum(weights.values())
    assert all(abs(parts[name] - total * weight / whole) < Decimal("0.011") for name, weight in weights.items())


@given(total=CENTS.filter(lambda amount: amount >= 0), weights=WEIGHTS)
def test_who_weighs_nothing_pays_nothing(total, weights):
    parts = share(total, {**weights, "nobody": Decimal(0)})
    assert parts["nobody"] == 0


def test_a_key_of_zeros_or_with_a_negative_value_is_refused_in_words():
    with pytest.raises(RuleBroken, match="tutti i valori a zero"):
        share(Decimal(1), euros(A="0", B="0"))
    with pytest.raises(RuleBroken, match="negativi"):
        share(Decimal(1), euros(A="2", B="-1"))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.234,56", "1234.56"),
        ("€ 10", "10.00"),
        ("€ 1.234.567,8", "1234567.80"),
        ("1.234.567", "1234567.00"),
        ("1234.56", "1234.56"),
        ("-0,05", "-0.05"),
        (" 7 ", "7.00"),
        ("€\u00a03,00", "3.00"),
    ],
)
def test_an_amount_is_read_as_italians_write_it_and_as_machines_do(text, amount):
    assert parse_euro(text) == Decimal(amount)


@pytest.mark.parametrize(
    "text", ["", "dieci", "1,2,3", "12.34,56", "1_000", "1e5", "1e999999", "NaN", "Infinity", "9" * 40, "€"]
)
def test_what_is_no_amount_is_refused_in_words_beside_its_field(text):
    with pytest.raises(RuleBroken, match="non è un importo") as refused:
        parse_euro(text, field="amount")
    assert refused.value.field == "amount"


@pytest.mark.parametrize("text", ["99.999", "1,234", "0,001", "8.000", "€ 10.000", "1234.5600"])
def test_a_third_decimal_is_refused_and_never_rounded_in_silence(text):
    with pytest.raises(RuleBroken, match="più di due decimali") as refused:
        parse_euro(text)
    assert refused.value.values["text"] in (text, text.removeprefix("€ ")), "said as it was typed"


@pytest.mark.parametrize("amount", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e30")])
def test_an_amount_that_no_column_holds_is_refused_in_words(amount):
    with pytest.raises(RuleBroken, match="non è un importo"):
        exact_cents(amount)


def test_half_a_cent_goes_up():
    assert round_cents(Decimal("0.005")) == Decimal("0.01")
    assert percentage(Decimal("0.01"), Decimal(50)) == Decimal("0.01")
    assert percentage(Decimal("200000.00"), Decimal("40")) == Decimal("80000.00")
