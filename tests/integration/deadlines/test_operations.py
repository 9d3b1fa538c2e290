"""Deadlines follow the facts, keep what people said of them, and change only when something has changed."""

from datetime import date

import pytest
from sqlalchemy import func, select

from core.deadlines import operations
from core.deadlines.model import Alert, Deadline, DeadlineRule
from core.deadlines.operations import FOLLOW, follow
from core.ground import outbox
from core.ground.access import Principal, Role, ScopedSession
from core.ground.audit import AuditEntry
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.parties.model import BankAccount
from tests.factories import clerk_of, filled
from tests.integration.deadlines.conftest import OPENED, TERM
from tests.integration.deadlines.counting import statements

ACCOUNTANT = Principal("Aldo Conti", frozenset({Role.ACCOUNTING}), user_id=5)


def entries(unit):
    with unit("lettura") as session:
        return session.scalar(select(func.count(AuditEntry.id)))


def say(unit, engine, verb, *, actor=ACCOUNTANT, on=OPENED, today=OPENED, why="Richiesta del tesoriere", **more):
    key = engine.deadline().id
    with unit("parola", actor) as session:
        verb(session, key, on=on, why=why, today=today, **more)
    return engine.deadline()


# --- following --------------------------------------------------------------------------------------------


def test_an_account_that_is_opened_is_to_be_communicated_in_seven_days(engine):
    engine.night(OPENED)
    deadline = engine.deadline()
    assert (deadline.nominal, deadline.effective, deadline.state) == (TERM, TERM, "open")
    assert {(a.days_before, a.due_on) for a in deadline.alerts} == {(3, date(2026, 3, 6)), (0, TERM)}


def test_following_twice_changes_nothing(engine, unit):
    engine.night(OPENED)
    before = entries(unit)
    engine.night(OPENED)
    assert entries(unit) == before


def test_it_is_met_by_the_communication_and_missed_without(engine):
    engine.night(OPENED)
    engine.night(date(2026, 3, 10))
    assert engine.deadline().state == "missed"
    engine.move(communicated_on=date(2026, 3, 12))
    engine.night(date(2026, 3, 12))
    assert (engine.deadline().state, engine.deadline().settled_on) == ("met", date(2026, 3, 12))


def test_a_fact_that_was_a_mistake_takes_its_deadline_away_and_brings_it_back(engine):
    engine.night(OPENED)
    engine.move(opened_on=None)
    engine.night(OPENED)
    assert engine.deadline().state == "cancelled"
    engine.move(opened_on=OPENED)
    engine.night(OPENED)
    assert engine.deadline().state == "open"


def test_what_was_settled_before_it_was_ever_pending_makes_no_deadline(engine, unit):
    engine.move(communicated_on=OPENED)
    engine.night(OPENED)
    with unit("lettura") as session:
        assert session.scalars(select(Deadline)).all() == []


def test_when_the_date_moves_the_open_deadline_moves_and_a_persons_days_survive(engine, unit):
    engine.night(OPENED)
    say(unit, engine, operations.extend, days=10)
    engine.move(opened_on=date(2026, 3, 3))
    engine.night(date(2026, 3, 3))
    deadline = engine.deadline()
    assert (deadline.nominal, deadline.effective) == (date(2026, 3, 10), date(2026, 3, 20))
    assert {a.for_date for a in deadline.alerts} == {date(2026, 3, 20)}, "alerts that had not fired moved too"


def test_a_suspension_survives_a_moved_date_and_gives_its_days_back(engine, unit):
    engine.night(OPENED)
    say(unit, engine, operations.suspend, on=date(2026, 3, 4), today=date(2026, 3, 4))
    engine.move(opened_on=date(2026, 3, 3))
    engine.night(date(2026, 4, 1))
    assert engine.deadline().state == "suspended"
    say(unit, engine, operations.resume, on=date(2026, 4, 1), today=date(2026, 4, 1))
    assert (engine.deadline().effective, engine.deadline().state) == (date(2026, 4, 7), "open"), \
        "10 March and 28 days is 7 April"


def test_what_a_municipality_changes_is_followed_by_the_worker(engine, unit, database, two_municipalities):
    clerk = clerk_of(two_municipalities[0])
    with unit("comune", clerk) as session:
        follow(session, "bank_account", [engine.account], today=OPENED)
    with unit("lettura") as session:
        assert session.scalars(select(Deadline)).all() == [], "a municipality does not see the office's deadlines"

    def handler(cases):
        with unit("scadenze") as session:
            follow(session, cases["subject"], cases["ids"], today=OPENED)

    assert outbox.deliver_due(database, {FOLLOW: handler}) == 1
    assert engine.deadline().state == "open"


def test_another_municipality_sees_nothing_and_the_own_one_what_is_shared(
    engine, unit, database, two_municipalities, manager
):
    engine.night(OPENED)
    own, foreign = (clerk_of(key) for key in two_municipalities)
    with ScopedSession(database, own) as session:
        assert [d.effective for d in session.scalars(select(Deadline))] == [TERM]
        assert len(session.scalars(select(Alert)).all()) == 2
    with ScopedSession(database, foreign) as session:
        assert session.scalars(select(Deadline)).all() == session.scalars(select(Alert)).all() == []
    change_rule(unit, engine, manager, {"shared": False})
    with ScopedSession(database, own) as session:
        assert session.scalars(select(Deadline)).all() == []


# --- a person's word --------------------------------------------------------------------------------------


def test_a_change_is_refused_without_a_reason_and_says_so_on_its_field(engine, unit):
    engine.night(OPENED)
    with pytest.raises(RuleBroken) as refusal:
        say(unit, engine, operations.extend, days=3, why="  ")
    assert refusal.value.field == "why"


@pytest.mark.parametrize(("on", "words"), [
    (date(2026, 3, 3), "non è ancora arrivato"), (date(2026, 3, 1), "mentre corre"),
])
def test_a_term_is_suspended_only_while_it_runs(engine, unit, on, words):
    engine.night(OPENED)
    with pytest.raises(RuleBroken, match=words):
        say(unit, engine, operations.suspend, on=on)


def test_a_clock_starts_again_not_before_it_stopped(engine, unit):
    engine.night(OPENED)
    say(unit, engine, operations.suspend, on=date(2026, 3, 4), today=date(2026, 3, 4))
    with pytest.raises(RuleBroken, match="non può venire prima"):
        say(unit, engine, operations.resume, on=date(2026, 3, 3), today=date(2026, 3, 5))


@pytest.mark.parametrize("days", [0, -4, 4000])
def test_an_extension_has_days(engine, unit, days):
    engine.night(OPENED)
    with pytest.raises(RuleBroken) as refusal:
        say(unit, engine, operations.extend, days=days)
    assert refusal.value.field == "days"


def test_what_the_program_cannot_see_is_said_by_a_person_and_can_be_taken_back(engine, unit):
    engine.night(OPENED)
    done = say(unit, engine, operations.settle, why="Comunicato a voce, lettera in arrivo")
    assert (done.state, done.settled_on) == ("met", OPENED)
    assert say(unit, engine, operations.reopen, why="Non era così").state == "open"


def test_what_the_facts_have_settled_is_not_reopened_by_hand(engine, unit):
    engine.night(OPENED)
    engine.move(communicated_on=OPENED)
    engine.night(OPENED)
    with pytest.raises(RuleBroken, match="non è previsto"):
        say(unit, engine, operations.reopen)


@pytest.mark.parametrize("role", [Role.ACCREDITATION, Role.ADMINISTRATOR])
def test_only_the_office_that_owns_it_and_the_management_act(engine, unit, role):
    engine.night(OPENED)
    stranger = Principal("Altro Ufficio", frozenset({role}), user_id=8)
    assert list(operations.possible(engine.deadline(), stranger)) == []
    with pytest.raises(NotAllowed):
        say(unit, engine, operations.extend, actor=stranger, days=3)


def test_a_municipality_never_acts_on_a_term_even_its_own(engine, unit, two_municipalities):
    engine.night(OPENED)
    with pytest.raises(NotAllowed):
        say(unit, engine, operations.extend, actor=clerk_of(two_municipalities[0]), days=3)
    with pytest.raises(NotVisible):
        say(unit, engine, operations.extend, actor=clerk_of(two_municipalities[1]), days=3)


# --- rules ------------------------------------------------------------------------------------------------


def change_rule(unit, engine, manager, wanted):
    rule = engine.rule()
    with unit("regola", manager) as session:
        operations.set_rule(session, rule.id, wanted, version=rule.version, today=OPENED)


def test_a_rule_that_changes_moves_all_its_deadlines(engine, unit, manager):
    engine.night(OPENED)
    change_rule(unit, engine, manager, {"amount": 20, "alert_days": ("10",), "text": "Come chiede il tesoriere."})
    deadline = engine.deadline()
    assert deadline.effective == date(2026, 3, 23), "the 22nd is a Sunday"
    assert [(a.days_before, a.due_on) for a in deadline.alerts] == [(10, date(2026, 3, 13))]


OWN_RULE = {
    "code": "prova_propria", "subject": "bank_account", "title": "Controllo del conto", "event": "account.opened",
    "expected": "account.communicated", "cancelled_by": "", "amount": 3, "unit": "days", "backwards": False,
    "owner_role": "accounting", "shared": False, "alert_days": ("1",), "active": True, "text": "", "legal_source": "",
}


def test_a_rule_of_ones_own_makes_its_deadlines_at_once(engine, unit, manager):
    with unit("regola", manager) as session:
        rule = operations.add_rule(session, OWN_RULE, today=OPENED)
    with unit("lettura") as session:
        rows = session.scalars(select(Deadline).where(Deadline.rule_id == rule.id)).all()
        assert [(row.effective, row.state) for row in rows] == [(date(2026, 3, 5), "open")]
    with unit("regola", manager) as session:  # where the event brings its own end the length may be left out
        free = operations.add_rule(session, {**OWN_RULE, "code": "altra", "amount": None}, today=OPENED)
    with unit("lettura") as session:
        [row] = session.scalars(select(Deadline).where(Deadline.rule_id == free.id))
        assert row.effective == date(2026, 3, 9)


@pytest.mark.parametrize(("wanted", "field", "words"), [
    ({"code": "account_communication"}, "code", "è già di un'altra regola"),
    ({"code": "Regola Mia"}, "code", "comincia con una lettera"),
    ({"code": None}, "code", "comincia con una lettera"),
    ({"subject": "party"}, "subject", "Scegliere di che cosa"),
    ({"event": "instalment.planned"}, "event", "riguarda l'oggetto"),
    ({"event": None}, "event", "riguarda l'oggetto"),
    ({"expected": "quando.capita"}, "expected", "riguarda l'oggetto"),
    ({"expected": "account.opened"}, "expected", "diversi tra loro"),
    ({"cancelled_by": "account.opened"}, "cancelled_by", "diversi tra loro"),
    ({"cancelled_by": "policy.ends"}, "cancelled_by", "riguarda l'oggetto"),
    ({"event": "account.communicated", "expected": "account.opened", "amount": None}, "amount", "quanto dura"),
    ({"amount": None, "backwards": True}, "backwards", "all'indietro"),
    ({"amount": 99999}, "amount", "un numero da 0"),
    ({"title": ""}, "title", "Indicare il titolo"),
    ({"alert_days": ("presto",)}, "alert_days", "numero di giorni"),
    ({"owner_role": "municipality"}, "shared", "deve essere visibile"),
])
def test_a_rule_that_cannot_be_added_is_refused_on_its_field_and_leaves_nothing(
    engine, unit, manager, wanted, field, words
):
    with unit("lettura") as session:
        before = session.scalar(select(func.count(DeadlineRule.id)))
    with pytest.raises(RuleBroken, match=words) as refusal, unit("regola", manager) as session:
        operations.add_rule(session, {**OWN_RULE, **wanted}, today=OPENED)
    assert refusal.value.field == field
    with unit("lettura") as session:
        assert session.scalar(select(func.count(DeadlineRule.id))) == before


def test_what_was_done_late_is_told_so(engine, unit):
    engine.night(OPENED)
    engine.move(communicated_on=date(2026, 3, 12))
    engine.night(date(2026, 3, 12))
    assert (engine.deadline().standing, engine.deadline().met_late) == ("met_late", True)
    engine.move(communicated_on=TERM)
    with unit("correzione") as session:
        follow(session, "bank_account", [engine.account], today=date(2026, 3, 13))
    assert (engine.deadline().standing, engine.deadline().met_late) == ("met", False)


def test_a_rule_that_is_switched_off_takes_its_deadlines_away_and_gives_them_back(engine, unit, manager):
    engine.night(OPENED)
    change_rule(unit, engine, manager, {"active": False})
    assert engine.deadline().state == "cancelled"
    change_rule(unit, engine, manager, {"active": True})
    assert engine.deadline().state == "open"


@pytest.mark.parametrize(("wanted", "field"), [
    ({"amount": None}, "amount"), ({"amount": -1}, "amount"), ({"alert_days": ("presto",)}, "alert_days"),
    ({"unit": "weeks"}, "unit"), ({"owner_role": "auditor"}, "owner_role"), ({"title": " "}, "title"),
    ({"owner_role": "municipality", "shared": False}, "shared"),
])
def test_a_rule_that_cannot_be_is_refused_on_its_field(engine, unit, manager, wanted, field):
    with pytest.raises(RuleBroken) as refusal:
        change_rule(unit, engine, manager, wanted)
    assert refusal.value.field == field


def test_a_term_that_the_contract_fixes_is_not_typed_into_the_rule(unit, account, manager):
    with unit("lettura") as session:
        rule = session.scalars(select(DeadlineRule).where(DeadlineRule.code == "rent")).one()
    with pytest.raises(RuleBroken) as refusal, unit("regola", manager) as session:
        operations.set_rule(session, rule.id, {"amount": 30}, version=rule.version, today=OPENED)
    assert refusal.value.field == "amount"


def test_two_who_change_the_same_rule_do_not_overwrite_each_other(engine, unit, manager):
    seen = engine.rule()
    change_rule(unit, engine, manager, {"amount": 9})
    with pytest.raises(RuleBroken, match="Nel frattempo"), unit("regola", manager) as session:
        operations.set_rule(session, seen.id, {"amount": 8}, version=seen.version, today=OPENED)


def test_only_the_management_changes_rules(engine, unit):
    with pytest.raises(NotAllowed):
        change_rule(unit, engine, ACCOUNTANT, {"amount": 9})


def test_many_cases_are_followed_in_a_constant_number_of_questions(unit, account, two_municipalities, database):
    def questions():
        with unit("scadenze") as session, statements(database) as counted:
            follow(session, "bank_account", None, today=OPENED)
        return len([text for text in counted if text.lstrip().upper().startswith("SELECT")])

    questions()
    few = questions()
    with unit("arrivo") as session:
        session.add_all([filled(BankAccount, party_id=two_municipalities[0], opened_on=OPENED) for _ in range(60)])
    questions()
    assert questions() == few, "as many for sixty-one as for one"
