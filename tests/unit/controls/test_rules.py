"""When a control may be asked, answered and held; what its minutes find."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.controls import rules
from core.controls.states import LIFE, ControlState
from core.ground.errors import RuleBroken

DAY = date(2026, 5, 4)
TEXTS = st.lists(st.text("abc ", max_size=4))


@given(st.integers(-400, 400))
def test_an_answer_is_never_due_before_it_is_asked(days: int) -> None:
    if days >= 0:
        rules.require_term(DAY, DAY + timedelta(days=days))
    else:
        with pytest.raises(RuleBroken, match="prima del giorno della richiesta"):
            rules.require_term(DAY, DAY + timedelta(days=days))


@pytest.mark.parametrize(("kind", "planned", "allowed"), [
    ("request", None, True), ("visit", DAY, True), ("inspection", DAY, True), ("visit", None, False),
    ("visit", DAY - timedelta(days=1), False),
])
def test_a_visit_needs_a_day_that_can_come_and_a_request_none(kind, planned, allowed) -> None:
    if allowed:
        rules.require_planned(kind, planned, DAY)
    else:
        with pytest.raises(RuleBroken) as refusal:
            rules.require_planned(kind, planned, DAY)
        assert refusal.value.field == "planned_on"


def test_only_what_is_seen_on_site_has_minutes() -> None:
    rules.require_on_site("visit")
    rules.require_on_site("inspection")
    with pytest.raises(RuleBroken):
        rules.require_on_site("request")


@given(TEXTS, TEXTS)
def test_every_line_is_found_once_the_serious_ones_first(light: list[str], heavy: list[str]) -> None:
    both = {line.strip() for line in light} & {line.strip() for line in heavy} - {""}
    if both:
        with pytest.raises(RuleBroken) as refusal:
            rules.findings_of(light, heavy)
        assert refusal.value.field == "serious"
        return
    found = rules.findings_of(light, heavy)
    assert {text for text, _serious in found} == {line.strip() for line in (*light, *heavy)} - {""}
    assert len({text for text, _serious in found}) == len(found)
    assert [serious for _text, serious in found] == sorted((serious for _text, serious in found), reverse=True)


def test_every_state_is_reached_and_three_are_the_end() -> None:
    reached = {passage.to for passage in LIFE.passages} | {ControlState.ASKED}
    left = {passage.state for passage in LIFE.passages if passage.to != passage.state}
    assert reached == set(ControlState)
    assert reached - left == {ControlState.CLOSED, ControlState.CANCELLED, ControlState.NOTICE_OPENED}
