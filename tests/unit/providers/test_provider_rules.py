"""What the limits of a type say of places and ages, where they are verified and where they are not."""

from __future__ import annotations

from datetime import date

import pytest

from core.ground.errors import RuleBroken
from core.providers import rules
from core.providers.model import OperatingNotice, ProviderPaper, UnitType
from core.providers.types import BEGINNING, standard_types
from tests.factories import filled

TYPES = {facts["code"]: UnitType(**{**BEGINNING, **facts}) for facts in standard_types()}
OTHERS = list(TYPES.values())
DAY = date(2026, 3, 2)


def refusal(kind: str, places: int | None) -> str:
    """Why so many places are refused to a type."""
    with pytest.raises(RuleBroken) as refused:
        rules.places(TYPES[kind], places, OTHERS)
    assert refused.value.field == "capacity"
    return str(refused.value)


def test_the_regional_list_has_its_twenty_types_and_two_experimental_kinds():
    regional = [kind for kind in OTHERS if kind.regional]
    by_area = {area: sum(kind.area == area for kind in regional) for area in rules.AREAS}
    assert by_area == {"childhood": 4, "minors": 10, "disability": 3, "elderly": 3, "experimental": 2, "function": 0}
    assert {kind.code for kind in OTHERS if not kind.regional} >= {"aes", "sad", "adh"}


def test_only_the_limits_of_a_nido_are_verified():
    assert [kind.code for kind in OTHERS if kind.limits_verified] == ["nido"]


@pytest.mark.parametrize("places", [11, 60])
def test_a_nido_has_from_eleven_to_sixty_places_both_included(places):
    assert rules.places(TYPES["nido"], places, OTHERS) == []


def test_ten_places_called_nido_are_a_micronido():
    assert "il tipo giusto è: Micronido." in refusal("nido", 10)


def test_sixty_one_places_in_a_nido_are_refused_and_no_other_type_is_named():
    assert refusal("nido", 61) == ("Asilo nido: i posti ammessi sono 11-60, e 61 non lo sono. Correggere i posti, "
                                   "o registrare più unità.")


def test_a_limit_that_is_to_be_verified_warns_and_does_not_stop():
    [remark] = rules.places(TYPES["micronido"], 12, OTHERS)
    assert "da verificare" in str(remark)
    assert "Asilo nido" in str(remark)


@pytest.mark.parametrize("places", [None, 0, -3, 5000])
def test_a_unit_with_a_seat_has_places(places):
    assert refusal("cag", places)


def test_a_service_on_the_territory_has_no_places():
    assert rules.places(TYPES["sad"], None, OTHERS) == []
    assert "non ha posti" in refusal("sad", 20)


def test_ages_stay_within_those_of_the_type():
    assert rules.ages(TYPES["nido"], 3, 36) == []
    with pytest.raises(RuleBroken, match="età ammesse"):
        rules.ages(TYPES["nido"], 3, 72)
    assert rules.ages(TYPES["sfa"], 192, 600)[0].where == "max_age_months"
    with pytest.raises(RuleBroken, match="supera la massima"):
        rules.ages(TYPES["cag"], 100, 90)


@pytest.mark.parametrize(("written", "read"), [
    ("97529770154", "97529770154"), (" 975 297 701 54 ", "97529770154"), ("rssmra85t10a562s", "RSSMRA85T10A562S"),
])
def test_a_fiscal_code_is_a_bodys_or_a_persons(written, read):
    assert rules.tax_code(written) == read


@pytest.mark.parametrize("wrong", ["01874170011", "123", "RSSMRA85T10A562X", ""])
def test_a_wrong_fiscal_code_is_refused(wrong):
    with pytest.raises(RuleBroken):
        rules.tax_code(wrong)


@pytest.mark.parametrize(("first", "last", "state"), [
    (date(2025, 1, 1), date(2026, 3, 1), "expired"), (date(2025, 1, 1), DAY, "expiring"),
    (date(2025, 1, 1), date(2026, 5, 1), "expiring"), (date(2025, 1, 1), date(2026, 5, 2), "valid"),
    (date(2025, 1, 1), None, "valid"), (date(2026, 4, 1), date(2027, 3, 31), "future"),
])
def test_a_paper_is_valid_to_its_last_day(first, last, state):
    assert rules.paper_state(ProviderPaper(valid_from=first, valid_to=last), DAY) == state


def notice(kind: str, **fields: object) -> OperatingNotice:
    """A notice for 1 May that waits for its day."""
    return filled(OperatingNotice, **{"kind": kind, "number": 1, "state": "received",
                                      "effective_from": date(2026, 5, 1), **fields})


@pytest.mark.parametrize(("one", "other", "clash"), [
    ("capacity", "capacity", True), ("capacity", "transformation", True), ("closing", "manager", True),
    ("start", "capacity", True), ("move", "capacity", False), ("manager", "move", False),
    ("closing", "representative", False),
])
def test_two_notices_of_one_day_contradict_each_other_if_they_say_the_same_thing(one, other, clash):
    assert rules.contradicts(notice(one), other) is clash
    assert rules.contradicts(notice(other), one) is clash


def test_a_notice_without_effect_contradicts_nothing():
    rules.require_agreement("capacity", date(2026, 5, 1), [notice("capacity", state="void")])
    with pytest.raises(RuleBroken, match="contraddice"):
        rules.require_agreement("capacity", date(2026, 5, 1), [notice("capacity")])


def test_a_notice_comes_before_the_day_that_it_declares():
    rules.require_days(DAY, DAY, DAY)
    with pytest.raises(RuleBroken, match="preventiva"):
        rules.require_days(DAY, date(2026, 3, 1), DAY)
    with pytest.raises(RuleBroken, match="non è ancora arrivato"):
        rules.require_days(date(2026, 3, 3), date(2026, 3, 3), DAY)
    with pytest.raises(RuleBroken, match="troppo lontano"):
        rules.require_days(DAY, date(9999, 12, 31), DAY)
