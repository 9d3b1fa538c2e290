"""Interest on delay: by days, by the rate of each year, on what is still owed once a payment has covered it first."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground.errors import RuleBroken
from core.instalments.interest import Interest, Paid, Rate, interest

RATES = [Rate(date(2025, 1, 1), Decimal("2")), Rate(date(2026, 1, 1), Decimal("1.6"))]
DUE = date(2025, 12, 1)


def euros(text: str) -> Decimal:
    return Decimal(text)


def counted(amount: str, *paid: tuple[date, str], until: date, due: date = DUE, points: str = "0") -> Interest:
    return interest(euros(amount), due, [Paid(on, euros(sum_), key) for key, (on, sum_) in enumerate(paid)], until,
                    RATES, euros(points))


def told(account: Interest) -> list[tuple[date, str, str, str]]:
    """Each payment: its day, what it covers of interest, what of the principal, what is left."""
    return [(line.on, str(line.interest), str(line.repaid), str(line.left)) for line in account.lines if line.paid]


def test_a_payment_covers_the_interest_of_its_day_first() -> None:
    account = counted("10000.00", (date(2026, 1, 10), "4000.00"), until=date(2026, 1, 20))
    # 10.000 for 30 days at 2 % and 10 at 1,6 %: 20,82; then 6.020,82 for 10 days at 1,6 %: 2,64
    assert told(account) == [(date(2026, 1, 10), "20.82", "3979.18", "6020.82")]
    assert [(line.days, line.earned) for line in account.lines] == [(40, euros("20.82")), (10, euros("2.64"))]
    assert (account.accrued, account.due, account.owed) == (euros("23.46"), euros("2.64"), euros("6023.46"))


def test_the_days_of_each_rate_are_told_and_rounded_together() -> None:
    [line] = counted("10000.00", until=date(2026, 1, 10)).lines
    assert [(s.first, s.last, s.days, s.percent) for s in line.stretches] == [
        (date(2025, 12, 2), date(2025, 12, 31), 30, Decimal("2")),
        (date(2026, 1, 1), date(2026, 1, 10), 10, Decimal("1.6"))]
    assert line.earned == euros("20.82"), "16,438 and 4,384: rounded apart it would be the same cent or another"


@pytest.mark.parametrize(("until", "accrued"), [
    (date(2025, 11, 1), "0.00"), (DUE, "0.00"), (DUE + timedelta(days=1), "0.55"), (DUE + timedelta(days=2), "1.10"),
])
def test_it_runs_from_the_day_after_the_term_and_counts_the_last_day(until: date, accrued: str) -> None:
    assert counted("10000.00", until=until).accrued == euros(accrued)


def test_what_is_paid_by_the_day_of_the_term_earns_nothing_and_asks_for_no_rate() -> None:
    later = date(2031, 1, 1)
    account = counted("100.00", (DUE - timedelta(days=5), "60.00"), (DUE, "40.00"), until=later)
    assert told(account) == [(DUE - timedelta(days=5), "0.00", "60.00", "40.00"), (DUE, "0.00", "40.00", "0.00")]
    assert (account.accrued, account.owed, account.earning) == (0, 0, ())


def test_a_payment_smaller_than_the_interest_leaves_the_principal_and_interest_earns_none() -> None:
    account = counted("10000.00", (date(2025, 12, 31), "10.00"), until=date(2026, 1, 10))
    assert told(account) == [(date(2025, 12, 31), "10.00", "0.00", "10000.00")]
    # 16,44 had accrued: 6,44 stay due, beside the 4,38 of ten days on the principal alone
    assert (account.due, account.left) == (euros("10.82"), euros("10000.00"))


def test_the_order_in_which_payments_are_told_changes_nothing() -> None:
    days = [(date(2026, 1, 10), "1000.00"), (date(2025, 12, 20), "2000.00")]
    until = date(2026, 2, 1)
    one, other = counted("9000.00", *days, until=until), counted("9000.00", *reversed(days), until=until)
    assert (told(one), one.owed) == (told(other), other.owed)


def test_what_arrives_later_than_the_account_is_not_in_it() -> None:
    account = counted("100.00", (date(2026, 2, 1), "100.00"), until=date(2026, 1, 15))
    assert (account.left, told(account)) == (euros("100.00"), [])


def test_what_is_taken_back_is_owed_again_as_it_was_and_bears_interest_from_that_day() -> None:
    due, until = date(2026, 1, 31), date(2026, 2, 28)
    paid = [Paid(date(2026, 2, 10), euros("10000.00"), "p"), Paid(date(2026, 2, 20), euros("-10000.00"), "r", "p")]
    account = interest(euros("10000.00"), due, paid, until, RATES)
    # ten days before it came, ten on the 4,38 that it had not covered, eight since it went back
    assert [line.earned for line in account.lines] == [euros("4.38"), euros("0.00"), euros("3.51")]
    assert (account.left, account.due) == (euros("10000.00"), euros("7.89"))


@pytest.mark.parametrize(("due", "until", "message"), [
    (date(2024, 1, 1), date(2024, 3, 1), "per il 2024 non è registrato"),
    (date(2026, 12, 1), date(2027, 1, 1), "per il 2027 non è registrato"),  # that of 2026 does not go on
])
def test_a_year_without_a_rate_of_its_own_is_refused_by_its_name(due: date, until: date, message: str) -> None:
    with pytest.raises(RuleBroken, match=message):
        counted("100.00", due=due, until=until)


def test_a_rate_may_change_within_its_year_and_the_days_before_it_have_none() -> None:
    half = [Rate(date(2026, 7, 1), Decimal("10"))]
    [line] = interest(euros("36500.00"), date(2026, 6, 29), [], date(2026, 7, 2), [*RATES, *half]).lines
    assert [(s.days, s.percent) for s in line.stretches] == [(1, Decimal("1.6")), (2, Decimal("10"))]
    with pytest.raises(RuleBroken, match="Per il 2026 il tasso degli interessi vale soltanto dal 01/07/2026"):
        interest(euros("36500.00"), date(2026, 6, 29), [], date(2026, 7, 2), half)


def test_points_are_added_to_each_rate() -> None:
    account = counted("36500.00", until=date(2026, 2, 1), due=date(2026, 1, 31), points="8")
    assert account.accrued == euros("9.60")


@given(st.lists(st.tuples(st.integers(0, 300), st.integers(1, 400_000)), max_size=6), st.integers(0, 300))
def test_every_cent_that_was_paid_is_either_interest_or_principal(paid: list[tuple[int, int]], until: int) -> None:
    start = date(2026, 1, 31)
    came = [Paid(start + timedelta(days=day), Decimal(cents) / 100) for day, cents in paid]
    account = interest(euros("10000.00"), start, came, start + timedelta(days=until), RATES)
    counted_ones = [one for one in came if one.on <= start + timedelta(days=until)]
    assert sum(line.interest + line.repaid for line in account.lines) == sum(one.amount for one in counted_ones)
    assert account.owed == 10000 + account.accrued - sum(one.amount for one in counted_ones)
    assert account.due >= 0
    without = interest(euros("10000.00"), start, [], start + timedelta(days=until), RATES)
    assert account.accrued <= without.accrued + Decimal("0.05"), "never more than on the whole, but for the rounding"
