"""What was promised against what was counted, and what nobody may work out of it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.ground.errors import RuleBroken
from core.plugins.schema import Promise, PromiseUnit
from core.standards.rules import (
    HIDDEN,
    Count,
    PromiseOutcome,
    ToldRow,
    Verdict,
    WhySilent,
    judge,
    judge_beside,
    require_countable,
    rounded,
)

PERCENT, DAYS = PromiseUnit.PERCENT, PromiseUnit.DAYS
AT_LEAST_92 = Promise(at_least=Fraction(92))
THREE = [Count("2027-01", 41, 45), Count("2027-02", 3, 4), Count("2027-03", 36, 38)]


def whys(verdict: Verdict) -> list[str | None]:
    return [None if row.why is None else row.why.value for row in verdict.rows]


def test_a_promise_is_judged_on_the_exact_value() -> None:
    verdict = judge(AT_LEAST_92, PERCENT, THREE)
    assert verdict.value == Fraction(8000, 87)  # 91,954: rounded it would be 92,0
    assert rounded(verdict.value, Decimal("0.1")) == Decimal("92.0")
    assert verdict.outcome is PromiseOutcome.MISSED
    assert verdict.rows == (ToldRow("2027-01", Fraction(4100, 45)), ToldRow("2027-02", None, WhySilent.SMALL),
                            ToldRow("2027-03", None, WhySilent.PROTECTS))


@pytest.mark.parametrize(("promise", "good", "outcome"), [
    (Promise(at_least=Fraction(92)), 92, PromiseOutcome.KEPT),
    (Promise(at_least=Fraction("92.01")), 92, PromiseOutcome.MISSED),
    (Promise(at_most=Fraction(92)), 92, PromiseOutcome.KEPT),
    (Promise(at_most=Fraction("91.99")), 92, PromiseOutcome.MISSED),
])
def test_equal_is_kept(promise: Promise, good: int, outcome: PromiseOutcome) -> None:
    assert judge(promise, PERCENT, [Count("2027", good, 100)]).outcome is outcome


def test_days_are_a_mean() -> None:
    verdict = judge(Promise(at_most=Fraction(10)), DAYS, [Count("2027-01", 120, 10), Count("2027-02", 90, 12)])
    assert verdict.value == Fraction(210, 22)
    assert verdict.outcome is PromiseOutcome.KEPT
    assert [row.value for row in verdict.rows] == [12, Fraction(15, 2)]


def test_nothing_counted_is_not_measured() -> None:
    assert judge(AT_LEAST_92, PERCENT, []) == Verdict(None, PromiseOutcome.NOT_MEASURED, ())
    verdict = judge(AT_LEAST_92, PERCENT, [Count("2027-01", 0, 0)])
    assert verdict == Verdict(None, PromiseOutcome.NOT_MEASURED, (ToldRow("2027-01", None, WhySilent.EMPTY),))


def test_so_few_in_all_are_not_told() -> None:
    verdict = judge(AT_LEAST_92, PERCENT, [Count("2027-01", 2, 2), Count("2027-02", 0, 0), Count("2027-03", 1, 2)])
    assert (verdict.value, verdict.outcome) == (None, PromiseOutcome.SMALL)
    assert whys(verdict) == ["small", "empty", "small"]


def test_what_protects_is_the_smallest_shown_and_of_two_alike_the_later() -> None:
    rows = [Count("2027-9", 5, 8), Count("2027-10", 5, 8), Count("2027-11", 1, 1), Count("2027-12", 20, 20)]
    assert whys(judge(AT_LEAST_92, PERCENT, rows)) == [None, "protects", "small", None]


def test_two_small_rows_are_enough_if_they_count_the_limit_together() -> None:
    large = Count("2027-03", 20, 20)
    assert whys(judge(AT_LEAST_92, PERCENT, [Count("2027-01", 2, 2), Count("2027-02", 3, 3), large])) == [
        "small", "small", None]
    assert whys(judge(AT_LEAST_92, PERCENT, [Count("2027-01", 2, 2), Count("2027-02", 2, 2), large])) == [
        "small", "small", "protects"]


def test_only_the_cases_make_a_row_small() -> None:
    verdict = judge(AT_LEAST_92, PERCENT, [Count("2027-01", 0, 5), Count("2027-02", 5, 5)])
    assert [row.value for row in verdict.rows] == [0, 100]


def test_no_limit_hides_nothing() -> None:
    assert whys(judge(AT_LEAST_92, PERCENT, THREE, suppress_below=0)) == [None, None, None]


@pytest.mark.parametrize(("rows", "says"), [
    ([Count("2027-01", 6, 5)], "«2027-01»: i casi riusciti (6) sono più di tutti i casi (5)."),
    ([Count("2027-01", -1, 5)], "«2027-01»: un conteggio non è mai sotto zero."),
    ([Count("2027-01", 1, 5), Count("2027-01", 1, 5)], "«2027-01» compare due volte: lasciarne una riga sola."),
])
def test_counts_that_cannot_be_are_refused(rows: list[Count], says: str) -> None:
    with pytest.raises(RuleBroken) as refusal:
        require_countable(PERCENT, rows)
    assert str(refusal.value) == says


def test_a_sum_of_nothing_is_refused() -> None:
    with pytest.raises(RuleBroken, match="su quanti casi"):
        require_countable(DAYS, [Count("2027-01", 9, 0)])


@pytest.mark.parametrize(("value", "step", "shown"), [
    (Fraction(1, 2), "1", "1"), (Fraction(9245, 100), "0.1", "92.5"), (Fraction(92449, 1000), "0.1", "92.4"),
    (Fraction(93), "0.01", "93.00"), (Fraction(92), "0.5", "92.0"), (Fraction(8), "5", "10"),
])
def test_a_value_is_rounded_half_up_in_steps(value: Fraction, step: str, shown: str) -> None:
    assert f"{rounded(value, Decimal(step)):f}" == shown


# --- what can be worked out -------------------------------------------------------------------------------


@given(st.lists(st.integers(0, 9).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))),
                min_size=1, max_size=8), st.integers(1, 8))
def test_what_the_total_leaves_over_is_never_one_row_nor_fewer_than_the_limit(counted: list[tuple[int, int]],
                                                                              limit: int) -> None:
    """Who knows what every shown row counts, and all together, takes away one from the other: no more can be known."""
    rows = [Count(f"2027-{month:02}", part, of) for month, (part, of) in enumerate(counted, start=1)]
    told = judge(AT_LEAST_92, PERCENT, rows, suppress_below=limit)
    shown = {row.row for row in told.rows if row.value is not None}
    silent = [row for row in rows if row.of and row.row not in shown]
    assert not [row for row in rows if row.row in shown and row.of < limit]
    if told.value is None:
        assert sum(row.of for row in rows) < limit
        assert not shown
    elif silent:
        assert len(silent) >= 2
        assert sum(row.of for row in silent) >= limit


@given(st.lists(st.integers(0, 9), min_size=1, max_size=8))
def test_no_row_is_hidden_without_need(cases: list[int]) -> None:
    """Without the last row that protects, one would be alone, or too few."""
    rows = [Count(f"2027-{month:02}", 0, of) for month, of in enumerate(cases, start=1)]
    told = {row.row: row.why for row in judge(AT_LEAST_92, PERCENT, rows).rows}
    protecting = [row.of for row in rows if told[row.row] is WhySilent.PROTECTS]
    small = [row.of for row in rows if told[row.row] is WhySilent.SMALL]
    if protecting:
        without = small + sorted(protecting)[:-1]
        assert len(without) < 2 or sum(without) < 5


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=8))
def test_who_takes_away_their_own_is_left_with_no_single_row_of_the_others(cases: list[tuple[int, int]]) -> None:
    """A municipality knows its own cases of each row: from the total, and from each row, it can take them away."""
    rows = [f"2027-{month:02}" for month in range(1, len(cases) + 1)]
    own = {row: Count(row, 0, mine) for row, (mine, _others) in zip(rows, cases, strict=True)}
    others = [Count(row, theirs, theirs) for row, (_mine, theirs) in zip(rows, cases, strict=True)]
    told = judge_beside(AT_LEAST_92, PERCENT, own, others)
    silent = [count.of for count, row in zip(others, told.rows, strict=True) if row.why in HIDDEN]
    shown = [count.of for count, row in zip(others, told.rows, strict=True) if row.why not in HIDDEN]
    assert not [of for of in shown if 0 < of < 5]
    if told.outcome is PromiseOutcome.SMALL:
        assert 0 < sum(count.of for count in others) < 5
    elif silent:
        assert len(silent) >= 2
        assert sum(silent) >= 5


def test_one_reads_ones_own_exactly_where_the_others_have_none() -> None:
    told = judge_beside(AT_LEAST_92, PERCENT, {"2027-01": Count("2027-01", 1, 2)}, [
        Count("2027-01", 0, 0), Count("2027-02", 0, 0)])
    assert [row.value for row in told.rows] == [50, None]
    assert (told.value, told.outcome) == (50, PromiseOutcome.MISSED)
