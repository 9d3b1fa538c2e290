"""Terms as the office counts them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground import clock
from core.ground.clock import PatronDay, Roll, Unit, term
from core.ground.errors import RuleBroken

DAYS = st.dates(date(2015, 1, 1), date(2040, 12, 31))


def test_fifteen_days_from_10_april_end_on_saint_marks_eve_and_are_due_after_liberation_day_and_sunday():
    counted = term(date(2026, 4, 10), 15)
    assert (counted.nominal, counted.effective) == (date(2026, 4, 25), date(2026, 4, 27))


def test_the_day_of_the_event_is_not_counted():
    assert term(date(2026, 3, 2), 1).nominal == date(2026, 3, 3)


def test_a_term_of_zero_days_ends_on_its_own_day():
    assert term(date(2026, 3, 3), 0).effective == date(2026, 3, 3)


@pytest.mark.parametrize(
    ("roll", "effective"),
    [(Roll.NONE, date(2026, 3, 7)), (Roll.HOLIDAY, date(2026, 3, 7)), (Roll.SATURDAY, date(2026, 3, 9))],
)
def test_whether_a_saturday_moves_a_term_is_a_policy(roll, effective):
    assert term(date(2026, 3, 2), 5, roll=roll).effective == effective


def test_without_a_roll_a_term_may_end_on_a_sunday():
    assert term(date(2026, 3, 7), 1, roll=Roll.NONE).effective == date(2026, 3, 8)


def test_the_fourth_of_october_is_a_holiday_from_2026_and_was_none_in_2025():
    assert clock.is_holiday(date(2026, 10, 4))
    assert not clock.is_holiday(date(2025, 10, 4))
    assert clock.is_holiday(date(2027, 10, 4)), "a Monday: no Sunday hides the rule"


def test_easter_monday_is_a_holiday():
    assert clock.is_holiday(date(2026, 4, 6))


def test_the_patrons_day_is_a_holiday_in_its_own_municipality_only():
    saint_john = PatronDay(6, 24)
    assert clock.is_holiday(date(2026, 6, 24), saint_john)
    assert not clock.is_holiday(date(2026, 6, 24))
    assert term(date(2026, 6, 23), 1, patron=saint_john).effective == date(2026, 6, 25)


def test_holidays_in_a_row_are_all_passed_over():
    assert term(date(2026, 12, 24), 1).effective == date(2026, 12, 28), "Christmas, Saint Stephen, Sunday"


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2026, 11, 30), 13, date(2027, 12, 30)),
    ],
)
def test_a_term_in_months_keeps_the_day_number_cut_to_the_months_end(start, months, end):
    assert term(start, months, Unit.MONTHS).nominal == end


def test_three_months_before_expiry_are_counted_backwards_and_never_moved():
    counted = term(date(2027, 12, 31), 3, Unit.MONTHS, backwards=True)
    assert counted.nominal == counted.effective == date(2027, 9, 30)
    on_a_sunday = term(date(2027, 1, 10), 7, backwards=True)
    assert on_a_sunday.effective == date(2027, 1, 3)


def test_working_days_leave_out_weekends_holidays_and_the_patron():
    assert term(date(2026, 4, 30), 3, Unit.WORKING_DAYS).nominal == date(2026, 5, 6)
    assert term(date(2026, 6, 23), 1, Unit.WORKING_DAYS, patron=PatronDay(6, 24)).nominal == date(2026, 6, 25)
    assert term(date(2026, 5, 6), 3, Unit.WORKING_DAYS, backwards=True).nominal == date(2026, 4, 30)


def test_new_years_day_is_passed_over_across_the_year():
    assert term(date(2026, 12, 31), 1).effective == date(2027, 1, 2)


@pytest.mark.parametrize("unit", Unit)
def test_a_negative_term_is_refused_in_words(unit):
    with pytest.raises(RuleBroken, match="negativo: -1"):
        term(date(2026, 1, 1), -1, unit)


@pytest.mark.parametrize("unit", [Unit.DAYS, Unit.MONTHS])
@pytest.mark.parametrize("backwards", [False, True])
def test_a_term_beyond_the_calendar_is_refused_in_words(unit, backwards):
    with pytest.raises(RuleBroken, match="esce dal calendario"):
        term(date(2026, 1, 1), 10**7, unit, backwards=backwards)


def test_a_term_that_only_its_roll_carries_beyond_the_calendar_is_refused_in_words():
    with pytest.raises(RuleBroken, match="esce dal calendario"):
        term(date(9999, 12, 30), 1, roll=Roll.HOLIDAY, patron=PatronDay(12, 31))


@pytest.mark.parametrize("text", ["24 giugno", "6", "13-01", "02-30", "00-10", "6-24-1"])
def test_a_patron_day_that_does_not_exist_is_refused_in_words(text):
    with pytest.raises(RuleBroken, match="patrono") as refused:
        PatronDay.parse(text)
    assert refused.value.field == "patron_day"


def test_a_patron_day_is_read_as_people_write_it_too():
    assert PatronDay.parse("24/06") == PatronDay.parse("06-24") == PatronDay(6, 24)


def test_a_municipality_may_have_no_patron_day_or_one_on_29_february():
    assert PatronDay.parse("") is None
    assert PatronDay.parse(None) is None
    assert str(PatronDay.parse("02-29")) == "02-29"


def test_an_installation_may_play_another_day():
    assert clock.today(date(2027, 1, 31)) == date(2027, 1, 31)
    assert abs(clock.today() - clock.now().date()) <= timedelta(days=1)


def test_this_instant_knows_its_zone():
    assert clock.now().utcoffset() == timedelta(0)


@given(start=DAYS, amount=st.integers(0, 400), unit=st.sampled_from(Unit), roll=st.sampled_from(Roll))
def test_a_forward_term_never_ends_before_its_nominal_date_nor_on_a_forbidden_day(start, amount, unit, roll):
    counted = term(start, amount, unit, roll=roll)
    assert counted.effective >= counted.nominal >= start
    if roll is not Roll.NONE:
        assert not clock.is_holiday(counted.effective)
    if roll is Roll.SATURDAY:
        assert clock.is_working_day(counted.effective)


@given(start=DAYS, amount=st.integers(0, 400), unit=st.sampled_from(Unit), roll=st.sampled_from(Roll))
def test_a_backward_term_is_never_later_than_its_event(start, amount, unit, roll):
    counted = term(start, amount, unit, backwards=True, roll=roll)
    assert counted.effective == counted.nominal <= start
