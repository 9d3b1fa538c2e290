"""Zone Plans that meet, and charters of which one wins."""

from __future__ import annotations

from datetime import date

from core.contracts.model import ServiceCharter, ZonePlan
from core.contracts.plans import charter_in_force, incomplete, overlapping, plan_in_force

DISTRICT = ServiceCharter(title="Carta del distretto", owner="district", valid_from=date(2025, 1, 1), valid_to=None)
OWN = ServiceCharter(title="Carta dell'azienda", owner="azienda", valid_from=date(2026, 7, 1),
                     valid_to=date(2027, 12, 31))


def plan(key: int, first: int, last: int, **fields: object) -> ZonePlan:
    return ZonePlan(id=key, title="Piano di Zona", first_year=first, last_year=last, **fields)


def test_plans_that_share_a_year_are_remarked_and_neighbours_are_not() -> None:
    one = plan(1, 2025, 2027)
    assert len(overlapping(one, [one, plan(2, 2027, 2029), plan(3, 2028, 2030), plan(4, 2022, 2024)])) == 1


def test_a_plan_without_its_agreement_cannot_be_printed() -> None:
    assert incomplete(plan(1, 2025, 2027, ordinal=8))
    assert not incomplete(plan(1, 2025, 2027, agreement_date=date(2025, 1, 28))), "many have no ordinal"


def test_a_plan_that_an_act_extends_holds_past_its_years_until_the_next_one_comes() -> None:
    old, new = plan(1, 2022, 2024, extended_to=date(2025, 6, 30)), plan(2, 2025, 2027)
    assert plan_in_force([old], date(2025, 6, 30)) is old and plan_in_force([old], date(2025, 7, 1)) is None
    assert plan_in_force([old, new], date(2025, 3, 1)) is new and plan_in_force([old, new], date(2024, 3, 1)) is old
    assert plan_in_force([old, new], date(2028, 1, 1)) is None


def test_the_charter_of_the_azienda_wins_over_that_of_the_district_while_it_holds() -> None:
    charters = [OWN, DISTRICT]
    assert charter_in_force(charters, date(2026, 6, 30)) is DISTRICT
    assert charter_in_force(charters, date(2026, 7, 1)) is OWN
    assert charter_in_force(charters, date(2028, 1, 1)) is DISTRICT
    assert charter_in_force(charters, date(2024, 1, 1)) is None
