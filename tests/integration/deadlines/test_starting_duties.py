"""The duties that an azienda takes from the starting sets: those with their day run, the others wait for theirs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

import pytest
from sqlalchemy import select

from core.deadlines import operations
from core.deadlines.model import Alert, Deadline, DeadlineRule, EventKind
from core.deadlines.operations import follow
from core.deadlines.standard import standard_rules
from core.ground.errors import RuleBroken
from core.imports.start import whole
from core.plugins.loading import Registry
from seed import load as seed
from seed import sets
from tests.ledger import Ledger, ledger

__all__ = ["ledger"]
LAID = date(2026, 3, 2)
RULES = {row["code"]: row for row in seed.read("deadline_rules")["rules"]}


def lay(ledger: Ledger, registry: Registry, *codes: str, all_of: Collection[str] = ()) -> int:
    with ledger.unit("insiemi") as session:
        return sets.lay(session, registry, {"deadline_rules": codes}, all_of, today=LAID)


def change(ledger: Ledger, code: str, today: date, **wanted: object) -> None:
    with ledger.unit("regola") as session:
        rule = session.scalars(select(DeadlineRule).where(DeadlineRule.code == code)).one()
        operations.set_rule(session, rule.id, wanted, version=rule.version, today=today)


def found(ledger: Ledger, code: str, today: date) -> list[tuple[str, date, str]]:
    with ledger.unit("notte") as session:
        for subject in ("contract", "azienda"):
            follow(session, subject, None, today=today)
        rows = select(Deadline).join(DeadlineRule).where(DeadlineRule.code == code).order_by(Deadline.effective)
        return [(row.occurrence, row.effective, row.state) for row in session.scalars(rows)]


def test_the_adjustment_of_the_shares_falls_on_the_30th_of_november_with_its_alerts(
    ledger: Ledger, registry: Registry
) -> None:
    assert lay(ledger, registry, "share_adjustment") == 1
    assert found(ledger, "share_adjustment", LAID) == [
        ("2026", date(2026, 11, 30), "open"), ("2027", date(2027, 11, 30), "open")]
    with ledger.unit("lettura") as session:
        alerts = session.scalars(select(Alert.due_on).join(Deadline).where(Deadline.occurrence == "2026")
                                 .order_by(Alert.due_on))
        assert list(alerts) == [date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 23)]
    assert found(ledger, "share_adjustment", date(2026, 12, 1))[0] == ("2026", date(2026, 11, 30), "missed")


def test_a_duty_of_which_the_source_says_no_day_waits_for_it_and_begins_when_it_gets_one(
    ledger: Ledger, registry: Registry
) -> None:
    lay(ledger, registry, "programme_plan")
    assert found(ledger, "programme_plan", LAID) == []
    with pytest.raises(RuleBroken, match="Indicare il giorno di ogni anno") as refused:
        change(ledger, "programme_plan", LAID, active=True)
    assert refused.value.field == "day"
    said = date(2026, 9, 1)
    change(ledger, "programme_plan", said, day="03-31", active=True)
    assert found(ledger, "programme_plan", said) == [("2027", date(2027, 3, 31), "open")], "nothing was late before"


def test_one_that_counts_from_an_event_brings_the_event_and_waits_for_its_length(
    ledger: Ledger, registry: Registry
) -> None:
    lay(ledger, registry, "management_data")  # that of the program, the approval of the accounts, is known
    with ledger.unit("lettura") as session:
        assert session.scalars(select(EventKind.code)).all() == ["management_data_told"]
    with pytest.raises(RuleBroken, match="indicare quanto dura") as refused:
        change(ledger, "management_data", LAID, active=True)
    assert refused.value.field == "amount"
    with pytest.raises(RuleBroken, match="da 0 a"):
        change(ledger, "management_data", LAID, active=False, amount=-1)
    change(ledger, "management_data", LAID, active=True, amount=60)
    with ledger.unit("lettura") as session:
        rules = session.scalars(select(DeadlineRule).where(DeadlineRule.amount == 60, DeadlineRule.active))
        assert [rule.code for rule in rules] == ["management_data"]


def test_taken_whole_each_says_what_it_is_and_none_is_followed_twice(ledger: Ledger, registry: Registry) -> None:
    assert lay(ledger, registry, all_of=["deadline_rules"]) == len(RULES) == 12
    with ledger.unit("lettura") as session:
        held = {rule.code: rule for rule in session.scalars(select(DeadlineRule))}
        assert {code for code in RULES if held[code].active} == {code for code, row in RULES.items() if "day" in row}
        assert all(held[code].alert_days and held[code].text for code in RULES)
    assert not RULES.keys() & {row["code"] for row in standard_rules()}
    assert not {row["title"] for row in RULES.values()} & {row["title"] for row in standard_rules()}
    with pytest.raises(RuleBroken, match="nessuna voce nuova"):
        lay(ledger, registry, all_of=["deadline_rules"])


def test_only_what_has_no_term_lacks_one_for_a_reason() -> None:
    assert {code for code, row in RULES.items() if not row.keys() & {"day", "amount"}} == {
        code for code, row in RULES.items() if "senza un" in row.get("remark", "") or "non dice il giorno" in row.get(
            "remark", "")}


def test_the_file_of_the_azienda_tells_them_those_that_wait_too(ledger: Ledger, registry: Registry) -> None:
    lay(ledger, registry, "programme_plan", "share_adjustment", "management_data")
    with ledger.unit("lettura") as session:
        rows = {row["code"]: row for row in whole.taken(session)["deadline_rules"]}
    assert (rows["programme_plan"]["day"], rows["programme_plan"]["event"], rows["programme_plan"]["active"]) == (
        None, None, False)
    assert (rows["share_adjustment"]["day"], rows["share_adjustment"]["active"]) == ("11-30", True)
    assert (rows["management_data"]["event"], rows["management_data"]["amount"]) == ("year.accounts_approved", None)
