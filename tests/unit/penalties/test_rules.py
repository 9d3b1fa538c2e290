"""When a penalty may be applied: the sentences of art. 24."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.contracts.agreed import Band
from core.ground.clock import Term
from core.ground.errors import RuleBroken
from core.penalties.rules import PenaltyVerdict, Procedure, judge

BANDS = (
    Band("delay", Decimal(100), Decimal(1000)),
    Band("harm", Decimal(1000), Decimal(3000)),
    Band("misconduct", Decimal(3000), Decimal(5000)),
)
CASE = Procedure(
    reply_days=15,
    payment_days=60,
    notice_received=date(2026, 4, 10),
    hearing_held=date(2026, 4, 29),
    decided=date(2026, 5, 4),
    request_received=date(2026, 8, 5),
)


def judged(kind: str = "delay", amount: str = "1000.00", **changes: object) -> PenaltyVerdict:
    return judge(BANDS, kind, Decimal(amount), replace(CASE, **changes))


def test_a_penalty_in_its_band_after_the_hearing_and_the_term_is_allowed() -> None:
    verdict = judged()
    assert verdict.allowed
    assert verdict.reply_due == Term(date(2026, 4, 25), date(2026, 4, 27))
    assert verdict.payment_due == Term(date(2026, 10, 4), date(2026, 10, 5))  # 4 October: Sunday, and a holiday again


@pytest.mark.parametrize(("kind", "amount"), [("delay", "100.00"), ("harm", "1000.00"), ("misconduct", "5000.00")])
def test_the_limits_of_a_band_belong_to_it_and_the_kind_decides_the_band(kind: str, amount: str) -> None:
    assert judged(kind, amount).allowed


@pytest.mark.parametrize(
    ("kind", "amount", "word"),
    [
        ("delay", "99.99", "sotto"),
        ("delay", "1000.01", "sopra"),
        ("harm", "999.99", "sotto"),
        ("altro", "1.00", "fascia"),
    ],
)
def test_an_amount_outside_its_band_is_not_allowed(kind: str, amount: str, word: str) -> None:
    [reason] = judged(kind, amount).reasons
    assert word in str(reason)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"hearing_held": None}, "sentite"),
        ({"decided": date(2026, 4, 27), "hearing_held": date(2026, 4, 20)}, "prima che scada"),
        ({"rebuttal_received": date(2026, 4, 12), "decided": date(2026, 4, 20), "hearing_held": date(2026, 4, 15)},
         "prima che scada"),
        ({"decided": date(2026, 4, 28)}, "prima del contraddittorio"),
        ({"decided": None, "request_received": None}, "decisione"),
        ({"notice_received": None}, "diffida"),
        ({"hearing_held": date(2026, 4, 1)}, "prima della diffida"),
        ({"request_received": date(2026, 5, 1)}, "prima della decisione"),
    ],
)
def test_every_reason_against_it_is_said(changes: dict[str, object], word: str) -> None:
    verdict = judged(**changes)
    assert not verdict.allowed
    assert any(word in str(reason) for reason in verdict.reasons)


def test_all_reasons_come_together() -> None:
    assert len(judged("delay", "5.00", hearing_held=None, decided=None, request_received=None).reasons) == 3


def test_the_day_after_the_effective_end_of_the_term_is_late_enough() -> None:
    assert judged(decided=date(2026, 4, 28), hearing_held=date(2026, 4, 28)).allowed


def test_a_band_upside_down_is_refused() -> None:
    with pytest.raises(RuleBroken, match="minimo sopra il massimo"):
        Band("delay", Decimal(2), Decimal(1))
