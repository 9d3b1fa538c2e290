"""What a notice and a penalty must satisfy, and whose turn it is, told on things that no database has seen."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core.contracts.model import Conferral, Contract, ContractTerms, PenaltyBand
from core.ground.access import Role
from core.ground.errors import RuleBroken
from core.penalties import procedure
from core.penalties.model import DefaultNotice, NoticeFinding, Penalty
from tests.factories import filled, municipality

RECEIVED, DUE = date(2026, 4, 10), date(2026, 4, 27)


def contract(**fields: Any) -> Contract:
    terms = filled(ContractTerms, reply_days=15, continuity_months=6, roll_policy="holiday", penalty_payment_days=60,
                   bands=[filled(PenaltyBand, kind="delay", minimum=Decimal(100), maximum=Decimal(1000))])
    return filled(Contract, **{"terms": terms, "state": "in_force", "starts_on": date(2026, 1, 1),
                               "runs_to": date(2026, 12, 31), "amends_id": None, **fields})


def notice(**fields: Any) -> DefaultNotice:
    return filled(DefaultNotice, **{
        "contract": contract(), "municipality": municipality(), "state": "received", "received_on": RECEIVED,
        "reply_days": 15, "reply_due_effective": DUE, "conflict_note": "Si astiene.", "findings": [], "penalties": [],
        **fields})


def penalty(**fields: Any) -> Penalty:
    return filled(Penalty, **{"state": "decided", "amount": Decimal(500), "paid": Decimal(0), **fields})


@pytest.mark.parametrize(("fields", "day", "holds"), [
    ({}, date(2026, 1, 1), True), ({}, date(2026, 12, 31), True), ({}, date(2025, 12, 31), False),
    ({}, date(2027, 1, 1), False), ({"state": "continuity"}, date(2027, 6, 30), True),
    ({"state": "continuity"}, date(2027, 7, 1), False), ({"state": "draft"}, date(2026, 3, 1), False),
    ({"amends_id": 4}, date(2026, 3, 1), False), ({"state": "terminated"}, date(2026, 3, 1), True),
])
def test_a_contract_holds_from_its_first_to_its_last_day_and_in_the_continuity(fields, day, holds):
    assert procedure.in_force(contract(**fields), day) is holds


def test_a_service_is_conferred_between_its_own_days():
    row = filled(Conferral, municipality_id=1, service_id=2, valid_from=date(2026, 3, 1), valid_to=None)
    held = contract(conferrals=[row])
    days = (date(2026, 2, 28), date(2026, 3, 1))
    assert [procedure.confers(held, 1, 2, day) for day in days] == [False, True]
    assert not procedure.confers(held, 9, 2, date(2026, 3, 1))


@pytest.mark.parametrize(("fields", "today", "role", "due"), [
    ({"state": "draft"}, RECEIVED, Role.MUNICIPALITY, None),
    ({"state": "sent"}, RECEIVED, Role.MUNICIPALITY, None),
    ({}, DUE, Role.MANAGEMENT, DUE),
    ({}, DUE + timedelta(days=1), Role.MUNICIPALITY, None),
    ({"answer": "rebuttal", "state": "answered"}, RECEIVED, Role.MUNICIPALITY, None),
    ({"state": "summoned", "answer": "rebuttal", "summoned_for": date(2026, 4, 29)}, RECEIVED,
     Role.MUNICIPALITY, date(2026, 4, 29)),
    ({"state": "summoned"}, RECEIVED, Role.MANAGEMENT, DUE),
    ({"state": "heard"}, RECEIVED, Role.MUNICIPALITY, DUE),
    ({"state": "heard"}, DUE + timedelta(days=1), Role.MUNICIPALITY, None),
    ({"state": "decided"}, DUE, Role.MUNICIPALITY, None),
])
def test_it_is_always_said_whose_turn_it_is_and_by_when(fields, today, role, due):
    turn = procedure.turn(notice(**fields), today)
    assert (turn.role, turn.due) == (role, due)


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_when_it_is_over_it_is_nobodys_turn(state):
    assert procedure.turn(notice(state=state), RECEIVED) is None


def test_a_decided_notice_waits_for_its_penalty():
    owed = penalty(state="requested", requested_on=DUE, request_received_on=DUE, due_effective=date(2026, 6, 26))
    turn = procedure.turn(notice(state="decided", penalties=[owed]), DUE)
    assert (turn.role, turn.due) == (Role.MANAGEMENT, date(2026, 6, 26))


def test_an_upheld_finding_without_a_penalty_that_stands_asks_for_one():
    finding = filled(NoticeFinding, id=7, outcome="upheld")
    cancelled = penalty(finding_id=7, state="cancelled")
    assert procedure.unpunished(notice(findings=[finding], penalties=[cancelled])) == [finding]
    assert procedure.unpunished(notice(findings=[finding], penalties=[penalty(finding_id=7)])) == []


@pytest.mark.parametrize(("fields", "state"), [
    ({}, "decided"), ({"requested_on": DUE}, "requested"),
    ({"paid": Decimal(1)}, "part_paid"), ({"paid": Decimal(500)}, "paid"), ({"reduced_to": Decimal(300)},
                                                                            "reduced"),
    ({"reduced_to": Decimal(300), "paid": Decimal(400)}, "paid"),
    ({"requested_on": DUE, "due_effective": DUE}, "requested"),
    ({"requested_on": DUE, "due_effective": DUE - timedelta(days=1)}, "overdue"),
    ({"due_effective": DUE - timedelta(days=1), "paid": Decimal(500)}, "paid"),
])
def test_the_state_of_a_penalty_is_that_of_its_money_and_its_term(fields, state):
    assert procedure.state_of(penalty(**fields), DUE) == state


def test_a_reason_overrides_the_order_of_things_and_never_the_band():
    finding = filled(NoticeFinding, kind="delay", notice=notice())
    early = procedure.judged(finding, Decimal(500), RECEIVED)
    assert [reason.where for reason in early.early] == ["hearing", "term"]
    procedure.require_in_order(early, "Fatti ammessi.")
    with pytest.raises(RuleBroken) as refused:
        procedure.require_in_order(early, " ")
    assert refused.value.field == "override_why"
    with pytest.raises(RuleBroken, match="sopra il massimo"):
        procedure.require_in_order(procedure.judged(finding, Decimal(1001), RECEIVED), "Fatti ammessi.")


def test_a_default_is_judged_by_the_kind_that_the_decision_found():
    finding = filled(NoticeFinding, kind="delay", decided_kind="harm", notice=notice())
    assert [reason.values for reason in procedure.judged(finding, Decimal(500), RECEIVED).final] == [{"kind": "harm"}]


def test_a_conflict_of_interest_that_nobody_speaks_of_is_remarked():
    assert [found.source for found in procedure.remarks(notice(conflict_note=" "))] == ["X24"]
    assert procedure.remarks(notice()) == []


def test_a_term_for_complying_that_was_over_at_the_receipt_is_remarked():
    assert [f.source for f in procedure.remarks(notice(compliance_due_effective=RECEIVED))] == ["R102"]
