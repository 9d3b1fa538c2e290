"""From what happened to the deadlines and alerts that must be: on the calendar, with people's changes."""

from datetime import date

import pytest

import core.registrations  # noqa: F401 - the subjects bring their rules
from core.deadlines import rules
from core.deadlines.model import Alert, DeadlineChange, DeadlineRule
from core.deadlines.operations import OUTSIDE, OWNERS
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import standard_rules
from core.ground.clock import PatronDay, Roll
from core.ground.errors import RuleBroken

TODAY = date(2026, 3, 2)


def rule(**fields):
    return DeadlineRule(**{"id": 1, "subject": "contract", "title": "Termine", "event": "began", "expected": "done",
                           "cancelled_by": "", "unit": "days", "backwards": False, "active": True, **fields})


def case(*happenings, **fields):
    return Case("contract", 7, "Contratto n. 3/2026", happenings, **fields)


def change(kind, on, days=0):
    return DeadlineChange(kind=kind, on=on, days=days, why="motivo", actor="Marta")


def one(rule, case, *changes, today=TODAY, occurrence=""):
    [wanted] = rules.expected([rule], case, {(rule.id, occurrence): changes}, today)
    return wanted


def effective(began, today=TODAY, *, amount=7, roll=Roll.HOLIDAY, patron=None, changes=(), **fields):
    return one(rule(amount=amount, **fields), case(Happening("began", began), roll=roll, patron=patron), *changes,
               today=today).effective


# --- the term ---------------------------------------------------------------------------------------------


def test_a_term_runs_from_the_day_after_its_event_and_has_two_dates():
    wanted = one(rule(amount=15), case(Happening("began", date(2026, 4, 10))))
    assert (wanted.nominal, wanted.effective) == (date(2026, 4, 25), date(2026, 4, 27)), "Liberation Day, then Sunday"


@pytest.mark.parametrize(("began", "expected"), [
    (date(2025, 12, 25), date(2026, 1, 2)),  # New Year's Day
    (date(2026, 12, 25), date(2027, 1, 2)),  # a year begins on a Friday
    (date(2026, 9, 27), date(2026, 10, 5)),  # 4 October: Saint Francis, and a Sunday
    (date(2027, 9, 27), date(2027, 10, 5)),  # 4 October on a Monday
    (date(2024, 2, 22), date(2024, 2, 29)),  # a leap year has its day
])
def test_a_term_that_ends_on_a_holiday_runs_to_the_next_day_that_is_none(began, expected):
    assert effective(began) == expected


def test_a_month_from_29_february_is_cut_to_the_length_of_the_month():
    assert effective(date(2024, 2, 29), amount=12, unit="months", roll=Roll.NONE) == date(2025, 2, 28)
    assert effective(date(2026, 8, 31), amount=6, unit="months", roll=Roll.NONE) == date(2027, 2, 28)


def test_the_patrons_day_is_a_holiday_in_its_municipality_only():
    assert effective(date(2026, 6, 17), patron=PatronDay(6, 24)) == date(2026, 6, 25)
    assert effective(date(2026, 6, 17)) == date(2026, 6, 24)


def test_the_contract_says_whether_saturdays_move():
    saturday = date(2026, 3, 7)
    assert effective(date(2026, 2, 28)) == saturday
    assert effective(date(2026, 2, 28), roll=Roll.SATURDAY) == date(2026, 3, 9)


def test_a_term_counted_backwards_is_never_moved_later():
    assert effective(date(2026, 4, 11), amount=6, backwards=True) == date(2026, 4, 5), "Easter Sunday stays"


def test_a_rule_without_its_own_term_takes_the_one_of_the_case():
    sunday = date(2027, 1, 31)
    paying = case(Happening("began", date(2026, 12, 20), due=sunday))
    ending = case(Happening("began", date(2026, 12, 20), due=sunday, fixed=True))
    assert one(rule(), paying).effective == date(2027, 2, 1)
    assert one(rule(), ending).effective == sunday, "the last day of a contract is no act to be done"
    assert rules.expected([rule()], case(Happening("began", TODAY)), {}, TODAY) == [], "no date, no deadline yet"


def test_each_occurrence_has_a_deadline_of_its_own():
    rents = case(Happening("began", TODAY, "2026", due=date(2026, 6, 30)),
                 Happening("began", TODAY, "2027", due=date(2027, 6, 30)),
                 Happening("done", date(2026, 6, 1), "2026"))
    found = {w.occurrence: w.state for w in rules.expected([rule()], rents, {}, date(2026, 7, 1))}
    assert found == {"2026": "met", "2027": "open"}


def test_a_rule_that_is_off_or_of_another_subject_asks_nothing():
    began = case(Happening("began", TODAY))
    assert rules.expected([rule(amount=3, active=False), rule(amount=3, subject="instalment")], began, {}, TODAY) == []


# --- its state --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("today", "state"), [
    (date(2026, 3, 9), "open"),  # the last day is still a day
    (date(2026, 3, 10), "missed"),
])
def test_it_is_missed_from_the_day_after(today, state):
    assert one(rule(amount=7), case(Happening("began", date(2026, 3, 2))), today=today).state == state


def test_it_is_met_when_the_expected_comes_even_late_and_says_when():
    done = case(Happening("began", TODAY), Happening("done", date(2026, 5, 1)))
    wanted = one(rule(amount=7), done, today=date(2026, 6, 1))
    assert (wanted.state, wanted.settled_on) == ("met", date(2026, 5, 1))


@pytest.mark.parametrize(("off", "state"), [(date(2026, 3, 4), "cancelled"), (date(2026, 3, 6), "met")])
def test_what_comes_first_decides_between_done_and_called_off(off, state):
    both = case(Happening("began", TODAY), Happening("done", date(2026, 3, 5)), Happening("off", off))
    assert one(rule(amount=7, cancelled_by="off"), both).state == state


# --- a person's word --------------------------------------------------------------------------------------


def test_an_extension_adds_its_days_before_the_roll():
    assert effective(date(2026, 3, 2), changes=[change("extended", TODAY, 27)]) == date(2026, 4, 7), \
        "9 March and 27 days is Easter Sunday, Monday is a holiday too"


def test_a_suspension_stops_the_clock_and_gives_its_days_back():
    began = case(Happening("began", TODAY))
    stopped = [change("suspended", date(2026, 3, 5))]
    assert one(rule(amount=7), began, *stopped, today=date(2026, 5, 1)).state == "suspended", "never missed meanwhile"
    again = one(rule(amount=7), began, *stopped, change("resumed", date(2026, 3, 15)), today=date(2026, 3, 15))
    assert (again.nominal, again.effective, again.state) == (date(2026, 3, 9), date(2026, 3, 19), "open")


def test_two_suspensions_and_an_extension_add_up():
    changes = [change("suspended", date(2026, 3, 3)), change("resumed", date(2026, 3, 5)),
               change("extended", date(2026, 3, 6), 5),
               change("suspended", date(2026, 3, 10)), change("resumed", date(2026, 3, 11))]
    assert rules.word(changes).days == 2 + 5 + 1


def test_what_a_person_did_may_be_taken_back():
    began = case(Happening("began", TODAY))
    paid = [change("met", date(2026, 3, 4))]
    assert one(rule(amount=7), began, *paid).state == "met"
    assert one(rule(amount=7), began, *paid, change("reopened", date(2026, 3, 5))).state == "open"


def test_a_term_that_leaves_the_calendar_is_refused_in_words():
    with pytest.raises(RuleBroken, match="esce dal calendario"):
        rules.shifted(date(9999, 12, 1), 60, fixed=False, roll=Roll.HOLIDAY, patron=None)


# --- alerts -----------------------------------------------------------------------------------------------


def test_alerts_stand_before_the_effective_date():
    assert list(rules.alerts([30, 0], date(2026, 3, 31))) == [(30, date(2026, 3, 1)), (0, date(2026, 3, 31))]


def test_of_several_alerts_due_together_the_nearest_is_told():
    due = [Alert(days_before=30), Alert(days_before=0), Alert(days_before=7)]
    assert rules.to_tell(due).days_before == 0


def test_the_days_of_the_alerts_are_read_one_a_line():
    assert rules.alert_days(("7", "30", "7", "0")) == [30, 7, 0]


@pytest.mark.parametrize("line", ["-3", "tre", "99999", "1,5", "²"])
def test_what_is_no_number_of_days_is_refused(line):
    with pytest.raises(RuleBroken) as refusal:
        rules.alert_days((line,))
    assert refusal.value.field == "alert_days"


def test_every_standard_rule_says_its_legal_source_and_its_owner():
    found = standard_rules()
    assert len({r["code"] for r in found}) == len(found)
    for one_rule in found:
        assert one_rule["legal_source"] and one_rule["text"] and one_rule["alert_days"], one_rule["code"]
        assert one_rule["owner_role"] in OWNERS
        assert one_rule["owner_role"] not in OUTSIDE or one_rule["shared"]
