"""Which days of a contract no policy covers (R97)."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.insurance import findings, gaps
from core.contracts.insurance_model import InsurancePolicy
from core.contracts.model import Contract
from tests import factories

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
CASES = {
    "no policy": ([], [(FIRST, LAST)]),
    "one for the whole term": ([(FIRST, LAST)], []),
    "one day late, one day short": ([(date(2026, 1, 2), date(2026, 12, 30))], [(FIRST, FIRST), (LAST, LAST)]),
    "two that touch": ([(FIRST, date(2026, 6, 30)), (date(2026, 7, 1), LAST)], []),
    "two with a day between": ([(FIRST, date(2026, 6, 30)), (date(2026, 7, 2), LAST)],
                               [(date(2026, 7, 1), date(2026, 7, 1))]),
    "one within another": ([(FIRST, LAST), (date(2026, 3, 1), date(2026, 4, 1))], []),
    "in no order, and longer than the term": ([(date(2026, 5, 1), date(2030, 1, 1)),
                                               (date(2020, 1, 1), date(2026, 4, 30))], []),
    "all before": ([(date(2025, 1, 1), date(2025, 12, 31))], [(FIRST, LAST)]),
    "all after": ([(date(2027, 1, 1), date(2027, 12, 31))], [(FIRST, LAST)]),
}


@pytest.mark.parametrize(("covered", "expected"), CASES.values(), ids=CASES)
def test_the_days_without_cover(covered, expected):
    assert gaps(FIRST, LAST, covered) == expected


offsets = st.integers(-10, 60)
periods = st.lists(st.tuples(offsets, st.integers(0, 30)), max_size=5)


@given(periods, st.integers(0, 50))
def test_a_day_is_in_a_gap_if_and_only_if_no_period_holds_it(starts, length):
    last = FIRST + timedelta(days=length)
    covered = [(FIRST + timedelta(days=start), FIRST + timedelta(days=start + days)) for start, days in starts]
    found = gaps(FIRST, last, covered)
    for number in range(length + 1):
        day = FIRST + timedelta(days=number)
        held = any(start <= day <= end for start, end in covered)
        assert held != any(start <= day <= end for start, end in found)
    assert all(later[0] - earlier[1] > timedelta(days=1) for earlier, later in pairwise(found))


def policy(first: date, last: date) -> InsurancePolicy:
    """A policy of a period."""
    return factories.filled(InsurancePolicy, valid_from=first, valid_to=last)


def test_a_gap_is_said_with_its_days_up_to_the_last_one_of_the_contract():
    contract = factories.filled(Contract, starts_on=FIRST, ends_on=LAST, runs_to=date(2027, 6, 30))
    [found] = findings(contract, [policy(FIRST, LAST)])
    assert str(found).startswith("Dal 01/01/2027 al 30/06/2027 nessuna polizza")
    [none] = findings(contract, [])
    assert str(none).startswith("Nessuna polizza copre il contratto")
    assert not findings(contract, [policy(FIRST, LAST), policy(date(2026, 12, 1), date(2027, 12, 31))])
