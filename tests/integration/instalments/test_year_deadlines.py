"""The year that nobody opened: what the office has to do by a day, though no record of it is there."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.contracts.model import Contract
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.operations import follow
from core.deadlines.standard import install_rules
from core.funding.model import Budget
from core.instalments import operations
from tests.factories import filled
from tests.ledger import ACCOUNTANT, Ledger

NOVEMBER = date(2026, 11, 2)


def year(ledger: Ledger, today: date) -> dict[tuple[str, str], tuple[str, str]]:
    """The deadlines of the years, by rule and case: day and state."""
    with ledger.unit("notte") as session:
        install_rules(session)
        follow(session, "azienda", None, today=today)
        rows = session.execute(select(DeadlineRule.code, Deadline.case_title, Deadline.effective, Deadline.state).join(
            DeadlineRule, DeadlineRule.id == Deadline.rule_id).where(Deadline.subject == "azienda"))
        return {(code, title): (str(day), state) for code, title, day, state in rows}


def test_next_year_wants_its_budget_its_plan_and_its_instalments_before_it_begins(ledger: Ledger) -> None:
    found = year(ledger, NOVEMBER)
    assert {key: found[key] for key in found if key[1] == "Anno 2027"} == {
        ("year_budget", "Anno 2027"): ("2026-12-31", "open"), ("year_plan", "Anno 2027"): ("2026-12-31", "open"),
        ("year_instalments", "Anno 2027"): ("2026-12-31", "open")}
    assert found["year_budget", "Anno 2026"] == ("2025-12-31", "missed"), "this year was opened by nobody either"
    assert found["year_accounts", "Anno 2026"] == ("2027-04-30", "open")


def test_what_was_done_is_met_on_its_day(ledger: Ledger) -> None:
    year(ledger, NOVEMBER)
    ledger.share(ledger.melegnano, 2027, "budget", "210000.00", date(2026, 12, 18))
    with ledger.unit("bilancio", ACCOUNTANT) as session:
        session.add(filled(Budget, year=2027, stage="budget", state="approved", approved_on=date(2026, 12, 11)))
        operations.plan_year(session, ledger.contract, 2027, today=date(2026, 12, 20))
    found = year(ledger, date(2026, 12, 21))
    assert {code: found[code, "Anno 2027"][1] for code in ("year_budget", "year_plan", "year_instalments")} == {
        "year_budget": "met", "year_plan": "met", "year_instalments": "met"}
    with ledger.unit("legge") as session:
        days = dict(session.execute(select(DeadlineRule.code, Deadline.settled_on).join(
            DeadlineRule, DeadlineRule.id == Deadline.rule_id).where(Deadline.case_title == "Anno 2027")).all())
    assert (days["year_budget"], days["year_plan"]) == (date(2026, 12, 11), date(2026, 12, 18))


def test_a_cancelled_budget_opens_no_year(ledger: Ledger) -> None:
    with ledger.unit("bilancio") as session:
        session.add(filled(Budget, year=2027, stage="budget", state="cancelled"))
    assert year(ledger, NOVEMBER)["year_budget", "Anno 2027"] == ("2026-12-31", "open")
    assert year(ledger, date(2027, 1, 1))["year_budget", "Anno 2027"] == ("2026-12-31", "missed")


def test_a_year_without_any_contract_asks_nothing(ledger: Ledger) -> None:
    with ledger.unit("fine") as session:
        contract = session.get_one(Contract, ledger.contract)
        contract.ends_on = contract.runs_to = date(2026, 12, 31)
    assert {title for _code, title in year(ledger, NOVEMBER)} == {"Anno 2026"}
