"""A duty of the calendar: a day that comes back each year, of the azienda or of every contract in force."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from core.contracts.model import Contract
from core.deadlines import operations
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.ground.errors import RuleBroken
from core.parties.model import Azienda
from tests.ledger import Ledger, ledger

__all__ = ["ledger"]
MADE = date(2026, 3, 2)
ADJUST: dict[str, Any] = {
    "code": "adeguamento", "subject": "contract", "title": "Adeguamento della quota", "text": "", "day": "11-30",
    "owner_role": "accounting", "shared": False, "alert_days": ("30", "0"), "active": True, "legal_source": "Art. 20",
}


def add(ledger: Ledger, **wanted: object) -> int:
    with ledger.unit("regola") as session:
        return operations.add_rule(session, {**ADJUST, **wanted}, today=MADE).id


def found(ledger: Ledger, rule: int, today: date) -> list[tuple[str, date, str]]:
    with ledger.unit("notte") as session:
        for subject in ("contract", "azienda"):
            follow(session, subject, None, today=today)
        rows = select(Deadline).where(Deadline.rule_id == rule).order_by(Deadline.effective)
        return [(row.occurrence, row.effective, row.state) for row in session.scalars(rows)]


def test_it_comes_back_each_year_as_long_as_the_contract_lasts(ledger: Ledger) -> None:
    rule = add(ledger)
    with ledger.unit("legge") as session:
        assert session.get_one(Contract, ledger.contract).runs_to == date(2027, 12, 31)
    assert found(ledger, rule, MADE) == [("2026", date(2026, 11, 30), "open"), ("2027", date(2027, 11, 30), "open")]
    assert [state for _year, _day, state in found(ledger, rule, date(2027, 12, 1))] == ["missed", "missed"]


def test_of_the_azienda_it_goes_on_and_a_person_says_that_it_is_done(ledger: Ledger) -> None:
    rule = add(ledger, subject="azienda", day="01-15")
    assert found(ledger, rule, MADE) == [("2027", date(2027, 1, 15), "open")], "that of 2026 was over when it was made"
    with ledger.unit("fatto") as session:
        key = session.scalars(select(Deadline.id).where(Deadline.rule_id == rule)).one()
        operations.settle(session, key, on=date(2027, 1, 10), why="Inviato", today=date(2027, 1, 11))
    assert found(ledger, rule, date(2027, 6, 1)) == [
        ("2027", date(2027, 1, 15), "met"), ("2028", date(2028, 1, 15), "open")]


def test_another_day_moves_what_is_open(ledger: Ledger) -> None:
    rule = add(ledger)
    with ledger.unit("regola") as session:
        operations.set_rule(session, rule, {"day": "12-15"}, version=session.get_one(DeadlineRule, rule).version,
                            today=MADE)
    assert [day for _year, day, _state in found(ledger, rule, MADE)] == [date(2026, 12, 15), date(2027, 12, 15)]


@pytest.mark.parametrize(("wanted", "field", "says"), [
    ({"day": "02-29"}, "day", "non esiste in tutti gli anni"), ({"day": "13-01"}, "day", "non esiste"),
    ({"subject": "bank_account"}, "subject", "per i contratti in corso"),
    ({"event": "contract.signed"}, "day", "lasciare vuoti gli eventi"), ({"amount": 3}, "day", "lasciare vuoti"),
    ({"day": None}, "event", "Scegliere un evento"),
])
def test_what_cannot_be_a_duty_is_refused_on_its_field(
    ledger: Ledger, wanted: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(RuleBroken, match=says) as refused:
        add(ledger, **wanted)
    assert refused.value.field == field


def test_a_rule_that_counts_from_an_event_gets_no_day(ledger: Ledger) -> None:
    with ledger.unit("regola") as session:
        install_rules(session)
        rule = session.scalars(select(DeadlineRule).where(DeadlineRule.subject == "contract")).first()
        assert rule is not None
        with pytest.raises(RuleBroken, match="quando la regola si scrive"):
            operations.set_rule(session, rule.id, {"day": "11-30"}, version=rule.version, today=MADE)


def test_of_an_azienda_that_follows_the_school_year_a_day_lies_in_its_exercise(ledger: Ledger) -> None:
    with ledger.unit("azienda") as session:
        session.scalars(select(Azienda)).one().exercise_starts = "09-01"
    rule = add(ledger, subject="azienda", day="01-15")
    assert found(ledger, rule, MADE) == [("2026", date(2027, 1, 15), "open")], "of the exercise 2026/2027"
    with ledger.unit("legge") as session:
        assert session.scalars(select(Deadline.case_title).where(Deadline.rule_id == rule)).one() == "Anno 2026/2027"
    autumn = add(ledger, code="autunno", subject="contract")
    assert found(ledger, autumn, MADE) == [("2026", date(2026, 11, 30), "open")], "the next exercise is not near yet"
    assert found(ledger, autumn, date(2026, 9, 1)) == [
        ("2026", date(2026, 11, 30), "open"), ("2027", date(2027, 11, 30), "open")]
