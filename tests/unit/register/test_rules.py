"""The state of a day, periods that meet, words that are found, addresses that stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.register import rules
from core.register.services import delivers, services_by_type, types_for
from core.register.states import PublicState


@dataclass
class Since:
    state: str
    since: date


LAST = date(2028, 12, 31)
HISTORY = [Since("accredited", date(2026, 1, 1)), Since("suspended", date(2026, 5, 4)),
           Since("accredited", date(2026, 7, 1))]  # fmt: skip


def test_the_history_tells_the_state_of_any_day():
    assert rules.state_on(HISTORY, LAST, date(2025, 12, 31)) is None
    assert rules.state_on(HISTORY, LAST, date(2026, 5, 3)) is PublicState.ACCREDITED
    assert rules.state_on(HISTORY, LAST, date(2026, 5, 4)) is PublicState.SUSPENDED
    assert rules.state_on(HISTORY, LAST, date(2026, 7, 1)) is PublicState.ACCREDITED


def test_an_accreditation_is_expired_the_day_after_its_last_though_nobody_has_said_so():
    assert rules.state_today("accredited", LAST, LAST) is PublicState.ACCREDITED
    assert rules.state_today("accredited", LAST, date(2029, 1, 1)) is PublicState.EXPIRED
    assert rules.state_today("suspended", LAST, date(2029, 1, 1)) is PublicState.EXPIRED


def test_a_revoked_unit_stays_revoked_after_its_last_day():
    assert rules.state_today("revoked", LAST, date(2030, 1, 1)) is PublicState.REVOKED


def test_two_periods_meet_when_they_share_a_day():
    first, second = date(2026, 1, 1), date(2026, 6, 30)
    assert rules.meet(first, second, second, None)
    assert not rules.meet(first, second, date(2026, 7, 1), None)
    assert rules.meet(first, None, date(2099, 1, 1), None)


def test_the_address_of_a_unit_is_its_name_and_its_number():
    assert rules.slug("Nido L'Àncora", 12) == "nido-l-ancora-12"
    assert rules.slug("«»", 7) == "unita-7"
    assert len(rules.slug("lungo " * 50, 3)) <= rules.LONGEST_SLUG + 2


def test_what_a_type_of_unit_delivers_is_data():
    assert delivers("adh", "disability_home_help")
    assert not delivers("adh", "school_support")
    assert not delivers("nido", "school_support"), "a type that is not listed delivers nothing of the catalogue"
    assert services_by_type()["cse"] == frozenset()
    assert types_for("school_support") == {"aes"}
