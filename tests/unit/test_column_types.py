"""What a column holds, and what comes back."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from core.ground.db import Euro, Lines, Percent, UtcDateTime
from core.ground.errors import RuleBroken

SQLITE = sqlite.dialect()
ZONELESS = datetime(2026, 7, 31, 10)  # noqa: DTZ001 - what a column refuses, and what SQLite gives back


def there_and_back(column, value):
    return column.process_result_value(column.process_bind_param(value, SQLITE), SQLITE)


@given(st.integers(-(10**15), 10**15))
def test_euros_are_whole_cents_in_the_column_and_decimals_again_afterwards(cents):
    amount = Decimal(cents).scaleb(-2)
    assert Euro().process_bind_param(amount, SQLITE) == cents
    assert there_and_back(Euro(), amount) == amount
    assert there_and_back(Euro(), amount).as_tuple().exponent == -2


def test_a_tenth_of_a_cent_never_reaches_a_column():
    with pytest.raises(RuleBroken, match="più di due decimali"):
        Euro().process_bind_param(Decimal("0.001"), SQLITE)


@pytest.mark.parametrize("percent", ["50", "33.333", "0.001", "0", "100"])
def test_a_percentage_comes_back_without_idle_zeros(percent):
    assert str(there_and_back(Percent(), Decimal(percent))) == percent


def test_a_percentage_with_four_decimals_is_refused_in_words():
    with pytest.raises(RuleBroken, match="più di tre decimali"):
        Percent().process_bind_param(Decimal("33.3333"), SQLITE)


def test_an_instant_without_a_zone_is_a_mistake_of_the_program():
    with pytest.raises(TypeError, match="time zone"):
        UtcDateTime().process_bind_param(ZONELESS, SQLITE)


def test_an_instant_is_kept_in_utc():
    rome = datetime(2026, 7, 31, 12, tzinfo=timezone(timedelta(hours=2)))
    assert there_and_back(UtcDateTime(), rome) == datetime(2026, 7, 31, 10, tzinfo=UTC)
    assert UtcDateTime().process_result_value(ZONELESS, SQLITE).tzinfo is UTC


def test_lines_keep_their_order_and_lose_their_line_breaks():
    assert there_and_back(Lines(), ["primo\npunto", "", "  secondo "]) == ("primo punto", "secondo")
    assert there_and_back(Lines(), []) == ()


@pytest.mark.parametrize("column", [Euro(), Percent(), UtcDateTime()])
def test_nothing_stays_nothing(column):
    assert there_and_back(column, None) is None
