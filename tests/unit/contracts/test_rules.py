"""The days of a contract's life: until when it holds, which day is the last useful one, what deserves a look."""

from __future__ import annotations

from datetime import date

import pytest

from core.contracts import rules
from core.contracts.model import (
    Contract,
    ContractAct,
    ContractEnding,
    ContractExtension,
    ContractRenewal,
    ContractTerms,
    ZonePlan,
)
from core.contracts.states import BY_CALENDAR, LIFE, ContractState
from core.ground.errors import Place, RuleBroken
from core.parties.model import Act, Azienda
from tests.factories import filled


def a_contract(**facts) -> Contract:
    terms = {"renewal_direction": "before", "renewal_assessment_months": 3, "continuity_months": 6,
             "roll_policy": "holiday", "tacit_renewal": False, **facts.pop("terms", {})}
    facts = {"starts_on": date(2025, 1, 1), "ends_on": date(2027, 11, 30), "state": "in_force", **facts}
    return filled(Contract, **{"runs_to": facts["ends_on"], "terms": filled(ContractTerms, **terms), **facts})


def extension(key: int, to_day: date, **facts) -> ContractExtension:
    return filled(ContractExtension, id=key, to_day=to_day, **{"tacit": False, **facts})


def test_the_last_useful_day_is_counted_backwards_and_never_moved():
    sunday = a_contract(ends_on=date(2026, 8, 31))
    term = rules.assessment_by(sunday)
    assert (term.nominal, term.effective) == (date(2026, 5, 31), date(2026, 5, 31)), "31 May 2026 is a Sunday"


def test_the_same_words_read_the_other_way_count_after_the_expiry_and_move_off_holidays():
    contract = a_contract(ends_on=date(2026, 2, 28), terms={"renewal_direction": "after"})
    assert rules.assessment_by(contract).effective == date(2026, 5, 28)
    assert rules.assessment_by(a_contract(ends_on=date(2026, 2, 2), terms={
        "renewal_direction": "after", "renewal_assessment_months": 2})).effective == date(2026, 4, 2)


def test_a_contract_of_35_months_holds_to_its_last_day():
    assert rules.last_day(a_contract()) == date(2027, 11, 30)


def test_extensions_move_the_last_day_unless_they_were_taken_back():
    contract = a_contract(extensions=[
        extension(1, date(2028, 3, 31)), extension(2, date(2028, 9, 30)), extension(3, date(2028, 9, 30), undoes_id=2)])
    assert rules.last_day(contract) == date(2028, 3, 31)


def test_an_early_end_cuts_the_last_day_only_while_it_stands():
    ending = filled(ContractEnding, effective_on=date(2026, 7, 1), stands=True)
    contract = a_contract(endings=[ending])
    assert rules.last_day(contract) == date(2026, 6, 30)
    ending.stands = False
    assert rules.last_day(contract) == date(2027, 11, 30)


TEN_YEARS = {"tacit_renewal": True, "tacit_renewal_months": 120, "notice_months": 24}


def test_ten_years_more_with_two_years_notice():
    contract = a_contract(ends_on=date(2035, 12, 31), terms=TEN_YEARS)
    assert rules.next_tacit_period(contract) == (date(2036, 1, 1), date(2045, 12, 31))
    assert rules.notice_by(contract) == date(2033, 12, 31)


@pytest.mark.parametrize(("received", "stops"), [(date(2033, 12, 31), True), (date(2034, 1, 1), False), (None, False)])
def test_notice_stops_the_renewal_until_the_last_useful_day(received, stops):
    notice = filled(ContractRenewal, favourable=False, communicated_on=received, stands=True)
    contract = a_contract(ends_on=date(2035, 12, 31), terms=TEN_YEARS, renewals=[notice])
    assert rules.notice_given(contract) is stops
    assert rules.renews_tacitly(contract, date(2036, 1, 1)) is not stops
    assert not rules.renews_tacitly(contract, date(2035, 12, 31)), "not before the term is over"


def test_after_as_many_renewals_as_the_terms_allow_none_comes():
    contract = a_contract(terms={**TEN_YEARS, "tacit_renewal_times": 1},
                          extensions=[extension(1, date(2037, 11, 30), tacit=True)])
    assert rules.next_tacit_period(contract) is None
    assert rules.notice_by(contract) is None


def test_without_tacit_renewal_nothing_goes_on_by_itself():
    assert rules.next_tacit_period(a_contract()) is None


def test_continuity_is_six_months_after_the_last_day():
    assert rules.continuity_until(a_contract(ends_on=date(2026, 8, 31))) == date(2027, 2, 28)


@pytest.mark.parametrize(("decided", "to_day", "why", "first"), [
    (date(2027, 11, 30), date(2028, 5, 31), "", date(2027, 12, 1)),
    (date(2027, 12, 20), date(2028, 5, 31), "Elezioni", date(2027, 12, 20)),
])
def test_an_extension_begins_the_day_after_or_on_the_day_of_the_act_that_ends_a_gap(decided, to_day, why, first):
    assert rules.extension_from(a_contract(), decided, to_day, why) == first


@pytest.mark.parametrize(("decided", "to_day", "field"), [
    (date(2027, 11, 1), date(2027, 11, 30), "to_day"),
    (date(2027, 12, 20), date(2028, 5, 31), "gap_why"),
    (date(2028, 12, 20), date(2028, 5, 31), "to_day"),
])
def test_an_extension_that_covers_nothing_or_a_silent_gap_is_refused(decided, to_day, field):
    with pytest.raises(RuleBroken) as refusal:
        rules.extension_from(a_contract(), decided, to_day, " ")
    assert refusal.value.field == field


def test_what_deserves_a_look():
    plan = ZonePlan(title="Piano", first_year=2025, last_year=2027)
    contract = a_contract(signed_on=date(2025, 2, 3), runs_to=date(2028, 3, 31), zone_plan=plan)
    assert [finding.source for finding in rules.life_findings(contract, date(2026, 1, 1))] == ["R16", "R11"]
    assert "R59" in [finding.source for finding in rules.life_findings(contract, date(2028, 4, 1))]


def test_an_indemnity_to_be_settled_is_remarked():
    ending = filled(ContractEnding, kind="withdrawal", effective_on=date(2026, 7, 1), stands=True)
    assert [f.source for f in rules.life_findings(a_contract(endings=[ending]), date(2026, 1, 1))] == ["R114"]


@pytest.mark.parametrize(("action", "facts", "today", "may"), [
    ("enter_force", {"state": "signed"}, date(2024, 12, 31), False),
    ("enter_force", {"state": "signed"}, date(2025, 1, 1), True),
    ("enter_force", {"state": "signed", "amends_id": 3}, date(2025, 1, 1), False),
    ("merge", {"state": "signed"}, date(2025, 1, 1), False),
    ("merge", {"state": "signed", "amends_id": 3}, date(2025, 1, 1), True),
    ("expire", {}, date(2027, 11, 30), False),
    ("expire", {}, date(2027, 12, 1), True),
    ("expire", {"terms": TEN_YEARS}, date(2027, 12, 1), False),
    ("renew_tacitly", {"terms": TEN_YEARS}, date(2027, 12, 1), True),
    ("continue", {"state": "expired"}, date(2028, 5, 30), True),
    ("continue", {"state": "expired"}, date(2028, 5, 31), False),
    ("communicate", {}, date(2026, 1, 1), False),
    ("close", {"state": "withdrawn"}, date(2026, 1, 1), False),
])
def test_a_passage_waits_for_its_day(action, facts, today, may):
    assert rules.timely(a_contract(**facts), action, today) is may


def test_every_state_but_the_last_ones_leads_somewhere_and_every_state_is_reached():
    ends = set(ContractState) - {p.state for p in LIFE.passages}
    assert ends == {"closed", "cancelled", "merged"}
    assert set(ContractState) - {p.to for p in LIFE.passages if p.to != p.state} == set()
    assert {p.action for p in LIFE.passages} >= BY_CALENDAR


def a_statute_of(day: date) -> Contract:
    azienda = filled(Azienda, name="Azienda dei Due Laghi")
    statute = filled(Act, id=7, body_kind="founding", title="Statuto", date=day, party=azienda)
    named = filled(ContractAct, role="attached", act=statute)
    return a_contract(state="draft", parties=[], conferrals=[], acts=[named])


def test_a_statute_whose_day_has_not_come_is_said_while_the_text_is_made():
    today = date(2026, 11, 30)
    [finding] = [f for f in rules.check(a_statute_of(date(2031, 1, 1)), today) if f.where == "acts"]
    assert (finding.values["title"], finding.values["day"]) == ("Statuto", "01/01/2031")
    assert finding.at == Place("act.edit", 7, "date"), "where its day is mended"
    assert not [f for f in rules.check(a_statute_of(today), today) if f.where == "acts"]


def test_nobody_signs_a_contract_that_names_a_later_statute():
    signed_on = date(2026, 11, 30)
    rules.require_signature(a_statute_of(signed_on), signed_on, signed_on)
    with pytest.raises(RuleBroken) as refusal:
        rules.require_signature(a_statute_of(date(2026, 12, 1)), signed_on, signed_on)
    assert str(refusal.value).startswith(
        "Il contratto nomina «Statuto» dell'Azienda dei Due Laghi, che è del 01/12/2026: il 30/11/2026 non c'era "
        "ancora.")
