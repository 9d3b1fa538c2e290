"""What damaging events, contestations and arbitrations must respect."""

from datetime import date
from decimal import Decimal
from itertools import permutations

import pytest

from core.disputes import rules
from core.disputes.states import (
    ARBITRATION_LIFE,
    CONTESTATION_LIFE,
    DAMAGE_LIFE,
    ArbitrationState,
    ContestationState,
    DamagingEventState,
)
from core.ground.errors import RuleBroken

FIRST, LAST, DAY = date(2026, 1, 1), date(2026, 12, 31), date(2026, 5, 4)
NAMES = ("Avv. Lina Verdi", "Prof. Ugo Neri", "Dott.ssa Ada Riva")


def test_nothing_is_known_before_it_happens() -> None:
    rules.require_known(DAY, DAY)
    with pytest.raises(RuleBroken) as refusal:
        rules.require_known(DAY, FIRST)
    assert refusal.value.field == "known_on"


@pytest.mark.parametrize(("day", "covered"), [(FIRST, True), (LAST, True), (date(2025, 12, 31), False),
                                              (date(2027, 1, 1), False)])
def test_a_policy_covers_its_first_and_last_day(day, covered) -> None:
    if covered:
        rules.require_covered(FIRST, LAST, day, "Assicura n. 12")
    else:
        with pytest.raises(RuleBroken, match=r"Assicura n\. 12 vale dal 01/01/2026 al 31/12/2026"):
            rules.require_covered(FIRST, LAST, day, "Assicura n. 12")


@pytest.mark.parametrize(("amount", "allowed"), [(None, True), ("0", True), ("0.01", True), ("-0.01", False),
                                                 ("0.001", False)])
def test_what_was_paid_is_whole_cents(amount, allowed) -> None:
    value = None if amount is None else Decimal(amount)
    if allowed:
        rules.require_compensation(value)
    else:
        with pytest.raises(RuleBroken) as refusal:
            rules.require_compensation(value)
        assert refusal.value.field == "compensation"


def test_a_letter_sets_a_term_to_come_or_none() -> None:
    rules.require_answer_term(None, DAY)
    rules.require_answer_term(DAY, DAY)
    with pytest.raises(RuleBroken):
        rules.require_answer_term(FIRST, DAY)


@pytest.mark.parametrize("chosen", list(permutations(NAMES)))
def test_three_people_make_a_panel_in_any_order(chosen) -> None:
    panel = dict(zip(rules.SEATS, chosen, strict=True))
    rules.require_distinct(panel)
    assert rules.empty_seats(panel, 3) == []


@pytest.mark.parametrize("again", ["avv. lina verdi", "Verdi, Avv. Lina", "  AVV.  Lina   Verdi "])
def test_a_person_is_the_same_however_it_is_written(again) -> None:
    with pytest.raises(RuleBroken) as refusal:
        rules.require_distinct({"azienda_arbitrator": NAMES[0], "third_arbitrator": again})
    assert refusal.value.field == "third_arbitrator"


def test_empty_seats_are_no_person_named_twice() -> None:
    rules.require_distinct(dict.fromkeys(rules.SEATS, ""))
    assert rules.empty_seats({}, 3) == list(rules.SEATS)
    assert rules.empty_seats({}, 1) == ["third_arbitrator"]


def test_the_terms_may_exclude_arbitration() -> None:
    rules.require_arbitration(True, "Milano", "1/2026")
    with pytest.raises(RuleBroken, match=r"n\. 1/2026 escludono"):
        rules.require_arbitration(False, "Milano", "1/2026")


def test_both_sides_agree_or_it_does_not_begin() -> None:
    assert list(rules.missing_consents(None, None)) == ["azienda", "municipality"]
    assert list(rules.missing_consents(DAY, None)) == ["municipality"]
    assert list(rules.missing_consents(DAY, DAY)) == []


@pytest.mark.parametrize(("life", "states", "first", "ends"), [
    (DAMAGE_LIFE, DamagingEventState, DamagingEventState.RECORDED, {DamagingEventState.CLOSED}),
    (CONTESTATION_LIFE, ContestationState, ContestationState.DRAFT,
     {ContestationState.SETTLED, ContestationState.RETRACTED}),
    (ARBITRATION_LIFE, ArbitrationState, ArbitrationState.PROPOSED,
     {ArbitrationState.AWARDED, ArbitrationState.DROPPED}),
])
def test_every_state_is_reached_and_has_its_way_out(life, states, first, ends) -> None:
    reached = {passage.to for passage in life.passages} | {first}
    left = {passage.state for passage in life.passages if passage.to != passage.state}
    assert reached == set(states) and reached - left == ends
