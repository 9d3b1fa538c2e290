"""A penalty from the decision to the last cent: the band, the order of things, the money, what ends it otherwise."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.contracts.model import Contract, ContractTerms
from core.ground.access import ScopedSession, as_system
from core.ground.errors import NotAllowed, NotVisible, RuleBroken
from core.instalments.model import InterestRate
from core.penalties import damages, operations, penalties
from core.penalties.model import DamageClaim, Penalty, PenaltyPayment
from tests.factories import clerk_of
from tests.integration.penalties.conftest import ACCOUNTANT, DECIDED, RECEIVED

ASKED = date(2026, 8, 5)
DUE = date(2026, 10, 5)  # sixty days end on Sunday 4 October, a holiday besides


@pytest.mark.parametrize("amount", ["100.00", "1000.00"])
def test_the_limits_of_the_band_belong_to_it(quarrel, amount):
    quarrel.decided()
    key = quarrel.apply(amount=amount)
    band = quarrel.look(key, lambda p: (p.kind, p.minimum, p.maximum, p.amount, p.code))
    assert band == ("delay", Decimal(100), Decimal(1000), Decimal(amount), "1/2026")


@pytest.mark.parametrize(("amount", "words"), [
    ("99.99", "sotto il minimo"), ("1000.01", "sopra il massimo"), ("500.005", "più di due decimali"),
])
def test_out_of_its_band_or_with_three_decimals_nothing_is_applied_and_no_number_is_lost(quarrel, amount, words):
    quarrel.decided()
    with pytest.raises(RuleBroken, match=words):
        quarrel.apply(amount=amount)
    quarrel.apply()
    assert quarrel.look(quarrel.penalties[0], lambda p: p.code) == "1/2026"


def test_the_amount_is_explained_by_the_gravity_and_not_decided_before_the_notice(quarrel):
    quarrel.decided()
    with pytest.raises(RuleBroken, match="gravità"):
        quarrel.apply(gravity=" ")
    for day in (DECIDED - timedelta(days=1), DECIDED + timedelta(days=1)):
        with pytest.raises(RuleBroken, match="con la decisione sulla diffida o dopo"):
            quarrel.apply(decided_on=day)


def test_a_finding_that_was_not_upheld_or_not_decided_has_no_penalty(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    with pytest.raises(RuleBroken, match="confermata"):
        quarrel.apply()
    quarrel.summon()
    quarrel.hear()
    quarrel.decide(DECIDED, False)
    with pytest.raises(RuleBroken, match="confermata"):
        quarrel.apply()


def test_a_finding_has_one_penalty_and_another_only_after_the_first_is_cancelled(quarrel):
    quarrel.decided()
    first = quarrel.apply()
    with pytest.raises(RuleBroken, match=r"già la penale n\. 1/2026"):
        quarrel.apply()
    quarrel.do(penalties.cancel, DECIDED, key=first, why="Importo sbagliato.")
    quarrel.apply(amount="400.00")
    assert quarrel.see(lambda n: [(p.code, p.state) for p in n.penalties]) == [
        ("1/2026", "cancelled"), ("2/2026", "decided")]


def test_a_penalty_for_facts_of_a_day_that_the_contract_no_longer_holds_is_refused(quarrel):
    quarrel.decided()
    with quarrel.unit("accorcia") as session:
        session.get_one(Contract, quarrel.contract).runs_to = date(2026, 3, 1)
    with pytest.raises(RuleBroken, match="non era in vigore"):
        quarrel.apply()


def test_the_reason_to_decide_early_is_written_on_the_penalty_for_everybody(quarrel):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    early, why = date(2026, 4, 14), "I fatti sono ammessi per iscritto."
    quarrel.decide(early, decided_on=early, override_why=why)
    key = quarrel.apply(early, decided_on=early)
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        assert session.get_one(Penalty, key).override_why == why


def test_the_term_for_paying_runs_from_the_receipt_of_the_request(quarrel):
    key = quarrel.asked()
    asked = quarrel.look(key, lambda p: (p.state, p.due_nominal, p.due_effective))
    assert asked == ("requested", date(2026, 10, 4), DUE)
    waits = quarrel.waits("penalty", ASKED, key)
    assert waits == {"penalty_request": ("met", date(2026, 6, 3)), "penalty_payment": ("open", DUE)}


def test_a_payment_is_asked_once_and_its_receipt_comes_after_it(quarrel):
    quarrel.decided()
    key = quarrel.apply()
    with pytest.raises(RuleBroken, match="non è ancora stato chiesto"):
        quarrel.do(penalties.receive, ASKED, key=key, received_on=ASKED, paper=None)
    asks = {"channel": "pec", "sent_on": ASKED, "protocol_number": "9", "paper": quarrel.paper}
    with pytest.raises(RuleBroken, match="protocollo"):
        quarrel.do(penalties.request, ASKED, key=key, **{**asks, "protocol_number": ""})
    with pytest.raises(RuleBroken, match="dalla decisione"):
        quarrel.do(penalties.request, ASKED, key=key, **{**asks, "sent_on": DECIDED - timedelta(days=1)})
    quarrel.do(penalties.request, ASKED, key=key, **asks)
    with pytest.raises(RuleBroken, match="già stato chiesto"):
        quarrel.do(penalties.request, ASKED, key=key, **asks)
    with pytest.raises(RuleBroken, match="non può essere stata ricevuta"):
        quarrel.do(penalties.receive, ASKED, key=key, received_on=ASKED - timedelta(days=1), paper=None)


def test_paid_in_part_then_in_full_and_a_reversal_opens_it_again(quarrel):
    key = quarrel.asked()
    quarrel.pay(key, date(2026, 9, 1), "200.00")
    assert quarrel.look(key, lambda p: (p.state, p.left)) == ("part_paid", Decimal(300))
    second = quarrel.pay(key, date(2026, 9, 15), "300.00")
    assert quarrel.look(key, lambda p: (p.state, p.settled_on)) == ("paid", date(2026, 9, 15))
    assert quarrel.waits("penalty", date(2026, 9, 15), key)["penalty_payment"][0] == "met"
    quarrel.do(penalties.reverse, date(2026, 9, 20), who=ACCOUNTANT, key=second, why="Bonifico tornato.")
    assert quarrel.look(key, lambda p: (p.state, p.left, p.settled_on)) == ("part_paid", Decimal(300), None)
    with pytest.raises(RuleBroken, match="già stornato"):
        quarrel.do(penalties.reverse, date(2026, 9, 20), who=ACCOUNTANT, key=second, why="Di nuovo.")


@pytest.mark.parametrize(("values", "words"), [
    ({"amount": "0.00"}, "maggiore di zero"), ({"amount": "500.01"}, "restano € 500"),
    ({"amount": "1.001"}, "decimali"), ({"amount": "10.00", "method": "cash"}, "tracciabile"),
    ({"amount": "10.00", "on": date(2026, 9, 2)}, "a oggi"),
])
def test_a_payment_of_too_much_of_nothing_in_cash_or_of_tomorrow_is_refused(quarrel, values, words):
    key = quarrel.asked()
    with pytest.raises(RuleBroken, match=words):
        quarrel.pay(key, date(2026, 9, 1), **values)
    assert quarrel.look(key, lambda p: p.paid) == 0


def test_the_municipality_does_not_pay_for_the_azienda(quarrel):
    key = quarrel.asked()
    with pytest.raises(NotAllowed):
        quarrel.do(penalties.pay, ASKED, key=key, on=ASKED, amount=Decimal(1), method="pagopa")


def test_overdue_it_earns_legal_interest_by_the_rate_of_each_day_and_the_payment_may_hold_it(quarrel):
    key = quarrel.asked()
    with quarrel.unit("notte") as session:
        assert penalties.turning(session, DUE) == []
        penalties.turn(session, DUE + timedelta(days=1), penalties.turning(session, DUE + timedelta(days=1)))
    assert quarrel.look(key, lambda p: p.state) == "overdue"
    day = date(2027, 1, 31)
    with ScopedSession(quarrel.database, quarrel.comune) as session:
        [line] = penalties.interest_of(session, session.get_one(Penalty, key), today=day).lines
        # 500 at 1,6 % for 87 days to the end of 2026, then at 2 % for 31
        assert [(part.days, part.percent) for part in line.stretches] == [(87, Decimal("1.6")), (31, Decimal("2"))]
        assert line.earned == Decimal("2.76")
    quarrel.pay(key, day, "502.76")
    assert quarrel.look(key, lambda p: (p.state, p.left)) == ("paid", 0)
    with ScopedSession(quarrel.database, quarrel.manager) as session:
        again = penalties.interest_of(session, session.get_one(Penalty, key), today=date(2027, 6, 1))
        assert (again.accrued, again.owed) == (Decimal("2.76"), 0)


def test_a_payment_covers_the_interest_of_its_day_first_and_never_more(quarrel):
    key = quarrel.asked()
    with pytest.raises(RuleBroken, match=r"restano € 500\.00, e € 2\.76 di interessi"):
        quarrel.pay(key, date(2027, 1, 31), "502.77")
    paid = quarrel.pay(key, date(2027, 1, 31), "500.00")
    assert quarrel.look(key, lambda p: (p.state, p.left)) == ("overdue", Decimal("2.76"))
    account = interest_of(quarrel, key, date(2027, 1, 31))
    assert (account.of(paid).interest, account.of(paid).repaid) == (Decimal("2.76"), Decimal("497.24"))
    quarrel.pay(key, date(2027, 2, 1), "2.76")
    assert quarrel.look(key, lambda p: (p.state, p.left)) == ("paid", 0)


def test_a_payment_that_came_earlier_and_was_recorded_later_makes_the_other_cover_less_interest(quarrel):
    key = quarrel.asked()
    late = quarrel.pay(key, date(2027, 1, 31), "300.00")
    assert interest_of(quarrel, key, date(2027, 1, 31)).of(late).interest == Decimal("2.76")
    early = quarrel.pay(key, date(2027, 2, 1), "200.00", on=DUE)
    account = interest_of(quarrel, key, date(2027, 2, 1))
    # nothing had accrued on the day of the term; 300 at 1,6 % for 87 days and at 2 % for 31: 1,65
    assert (account.of(early).interest, account.of(late).interest) == (0, Decimal("1.65"))
    assert quarrel.look(key, lambda p: p.left) == Decimal("1.65")


def test_a_reduction_takes_the_interest_down_with_it(quarrel):
    key = quarrel.asked()
    quarrel.pay(key, date(2027, 1, 31), "100.00")
    assert quarrel.look(key, lambda p: p.paid) == Decimal("97.24")
    quarrel.do(penalties.reduce, date(2027, 2, 1), key=key, to=Decimal(250), by="agreement", on=date(2027, 2, 1),
               why="Accordo.", paper=quarrel.paper)
    assert quarrel.look(key, lambda p: p.paid) == Decimal("98.62"), "on 250 half of it had accrued"


def interest_of(quarrel, key, today):
    with ScopedSession(quarrel.database, quarrel.manager) as session:
        return penalties.interest_of(session, session.get_one(Penalty, key), today=today)


def test_a_reversed_payment_that_held_interest_opens_the_penalty_for_its_own_sum_and_no_more(quarrel):
    key = quarrel.asked()
    paid = quarrel.pay(key, date(2027, 1, 31), "502.76")
    quarrel.do(penalties.reverse, date(2027, 2, 1), who=ACCOUNTANT, key=paid, why="Bonifico tornato indietro.")
    assert quarrel.look(key, lambda p: (p.state, p.paid, p.left)) == ("overdue", 0, Decimal("500.00"))
    taken = quarrel.look(key, lambda p: p.payments[-1])
    assert taken.amount == Decimal("-502.76")
    quarrel.pay(key, date(2027, 2, 2), "502.81")
    assert quarrel.look(key, lambda p: (p.state, p.left)) == ("paid", 0)


def test_paid_within_the_term_it_earns_nothing_and_without_a_rate_it_says_so(quarrel):
    key = quarrel.asked()
    quarrel.pay(key, DUE, "500.00")
    with ScopedSession(quarrel.database, quarrel.manager) as session:
        assert penalties.interest_of(session, session.get_one(Penalty, key), today=date(2027, 1, 1)).accrued == 0
    with quarrel.unit("senza tassi") as session:
        for payment in session.scalars(select(PenaltyPayment)).all():
            penalties.reverse(session, payment.id, why="Errore.", version=None, today=DUE)
        for rate in session.scalars(select(InterestRate)).all():
            session.delete(rate)
    with ScopedSession(quarrel.database, quarrel.manager) as session, pytest.raises(RuleBroken, match="tasso"):
        penalties.interest_of(session, session.get_one(Penalty, key), today=date(2026, 11, 1))


def test_contested_in_court_it_is_paid_with_reserve_and_confirmed_it_stands_as_its_money_says(quarrel):
    key = quarrel.asked()
    with pytest.raises(NotAllowed):
        quarrel.do(penalties.contest, ASKED, key=key, kind="court", on=ASKED, why="Importo eccessivo.")
    quarrel.do(penalties.contest, ASKED, who=quarrel.manager, key=key, kind="court", on=ASKED, why="Eccessivo.")
    quarrel.pay(key, date(2026, 9, 1), "200.00")
    assert quarrel.look(key, lambda p: p.state) == "contested"
    quarrel.do(penalties.confirm, date(2027, 1, 10), key=key, on=date(2027, 1, 8), why="Sentenza n. 5/2027.",
               paper=quarrel.paper)
    assert quarrel.look(key, lambda p: (p.state, p.contest)) == ("overdue", None)


def test_the_judge_reduces_what_was_contested_before_him_and_the_parties_what_they_agree(quarrel):
    key = quarrel.asked()
    cut = {"key": key, "on": ASKED, "why": "Penale manifestamente eccessiva.", "paper": quarrel.paper}
    with pytest.raises(RuleBroken, match="in quella sede"):
        quarrel.do(penalties.reduce, ASKED, to=Decimal(300), by="court", **cut)
    quarrel.do(penalties.contest, ASKED, who=quarrel.manager, key=key, kind="court", on=ASKED, why="Eccessivo.")
    for wrong in ("0.00", "500.00", "600.00", "-1.00"):
        with pytest.raises(RuleBroken, match="tra zero e"):
            quarrel.do(penalties.reduce, ASKED, to=Decimal(wrong), by="court", **cut)
    with pytest.raises(RuleBroken, match="decimali"):
        quarrel.do(penalties.reduce, ASKED, to=Decimal("1.001"), by="court", **cut)
    quarrel.do(penalties.reduce, ASKED, to=Decimal(300), by="court", **cut)
    assert quarrel.look(key, lambda p: (p.state, p.owed, p.amount)) == ("reduced", Decimal(300), Decimal(500))
    quarrel.pay(key, date(2026, 9, 1), "100.00")
    quarrel.do(penalties.reduce, date(2026, 9, 2), to=Decimal(80), by="agreement", **{**cut, "on": date(2026, 9, 2)})
    assert quarrel.look(key, lambda p: (p.state, p.left)) == ("paid", Decimal(-20))  # too much was paid: to give back


def test_arbitration_is_possible_where_the_contract_has_it(quarrel):
    key = quarrel.asked()
    with quarrel.unit("senza arbitrato") as session:
        statement = ContractTerms.__table__.update().values(arbitration=False)
        as_system(session, statement, reason="prova")
    with pytest.raises(RuleBroken, match="non prevedono l'arbitrato"):
        quarrel.do(penalties.contest, ASKED, who=quarrel.manager, key=key, kind="arbitration", on=ASKED, why="No.")


def test_a_penalty_with_money_in_it_is_cancelled_only_after_the_money_went_back(quarrel):
    key = quarrel.asked()
    paid = quarrel.pay(key, date(2026, 9, 1), "200.00")
    with pytest.raises(RuleBroken, match="stornarli"):
        quarrel.do(penalties.cancel, date(2026, 9, 2), key=key, why="Accordo.")
    quarrel.do(penalties.reverse, date(2026, 9, 2), who=ACCOUNTANT, key=paid, why="Restituiti.")
    quarrel.do(penalties.cancel, date(2026, 9, 2), key=key, why="Accordo.")
    assert quarrel.waits("penalty", date(2026, 9, 2), key)["penalty_payment"][0] == "cancelled"
    with pytest.raises(RuleBroken, match="annullata"):
        quarrel.pay(key, date(2026, 9, 3), "1.00")


def test_damages_stand_apart_from_the_penalty_where_the_contract_allows_them(quarrel):
    quarrel.open()
    with pytest.raises(RuleBroken, match="bozza"):
        quarrel.claim(RECEIVED)
    quarrel.send()
    quarrel.receive()
    key = quarrel.claim(RECEIVED, amount=Decimal("120.50"))
    with pytest.raises(RuleBroken, match="motivo"):
        quarrel.do(damages.settle, DECIDED, key=key, amount=Decimal(100), on=DECIDED, why="")
    quarrel.do(damages.settle, DECIDED, key=key, amount=Decimal(100), on=DECIDED, why="Accordo.")
    with pytest.raises(RuleBroken, match="non è previsto"):
        quarrel.do(damages.reject, DECIDED, key=key, on=DECIDED, why="No.")
    assert quarrel.see(lambda n: [(d.state, d.settled_amount) for d in n.damages]) == [("settled", 100)]
    assert quarrel.see(lambda n: n.penalties) == []


@pytest.mark.parametrize(("changes", "words"), [
    ({"description": " "}, "Descrivere"), ({"amount": Decimal(0)}, "maggiore di zero"),
    ({"amount": Decimal("1.001")}, "decimali"), ({"claimed_on": DECIDED}, "non è ancora arrivato"),
])
def test_a_damage_without_words_or_of_nothing_is_refused(quarrel, changes, words):
    quarrel.open()
    quarrel.send()
    quarrel.receive()
    with pytest.raises(RuleBroken, match=words):
        quarrel.claim(RECEIVED, **changes)


def test_another_municipality_sees_no_penalty_no_payment_and_no_damage(quarrel):
    key = quarrel.asked()
    quarrel.pay(key, ASKED, "10.00")
    quarrel.claim(ASKED)
    other = clerk_of(quarrel.stranger)
    with ScopedSession(quarrel.database, other) as session:
        for entity in (Penalty, PenaltyPayment, DamageClaim):
            assert session.scalar(select(func.count()).select_from(entity)) == 0
    with pytest.raises(NotVisible):
        quarrel.do(penalties.cancel, ASKED, key=key, who=other, why="No.")


def test_two_who_decide_the_same_penalty_at_once_get_one(quarrel):
    quarrel.decided()
    version = quarrel.see(lambda n: n.version)
    quarrel.apply(version=version)
    with pytest.raises(RuleBroken, match="Nel frattempo"):
        quarrel.apply(version=version)


def test_a_payment_request_needs_a_file_that_is_one(quarrel):
    quarrel.decided()
    key = quarrel.apply()
    with pytest.raises(RuleBroken):
        quarrel.do(penalties.request, ASKED, key=key, channel="pec", sent_on=ASKED, protocol_number="9",
                   paper=replace(quarrel.paper, name="richiesta.pdf.exe"))
    assert quarrel.look(key, lambda p: p.requested_on) is None


def test_a_notice_with_all_its_penalties_paid_can_be_closed(quarrel):
    key = quarrel.asked()
    quarrel.pay(key, ASKED, "500.00")
    quarrel.do(operations.close, ASKED, why="Pagata.")
    assert quarrel.see(lambda n: n.state) == "closed"
