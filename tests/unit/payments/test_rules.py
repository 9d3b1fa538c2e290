"""Which payments are accepted, and which instalment a credit on the statement settles."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.ground.errors import RuleBroken
from core.payments.rules import Credit, Left, Open, Payer, proposals, require_parts, require_payer, require_payment

TODAY = date(2026, 2, 10)
MELEGNANO, DRESANO = Payer(1, "Melegnano", frozenset({"IT40S0542811101000000123457"})), Payer(2, "Dresano")
WAITING = [
    Open(11, 1, 2026, 1, Decimal("1000.00"), date(2026, 1, 31)),
    Open(12, 2, 2026, 1, Decimal("800.00"), date(2026, 7, 31)),
    Open(21, 3, 2026, 2, Decimal("1000.00"), date(2026, 1, 31)),
]
CREDIT = Credit(date(2026, 1, 30), Decimal("1000.00"), "COMUNE DI MELEGNANO", "IT40S0542811101000000123457",
                "Primo acconto, rata n. 1/2026")


def best(credit: Credit):
    return proposals(credit, WAITING, [MELEGNANO, DRESANO])


def test_amount_payer_and_number_together_are_certain():
    first = best(CREDIT)[0]
    assert first.parts == ((11, Decimal("1000.00")),)
    assert first.certain
    assert first.reasons == ("iban", "name", "reference", "amount", "due")


def test_the_same_amount_of_another_municipality_never_wins_against_the_payer():
    found = best(replace(CREDIT, payer="Comune di Dresano", payer_iban="", reference="saldo"))
    assert found[0].parts[0][0] == 21
    assert not found[0].certain


def test_the_payer_outweighs_a_reference_that_names_the_instalment_of_another():
    found = best(replace(CREDIT, reference="Comune di Dresano, rata n. 3/2026"))
    assert [(p.municipality_id, p.from_another, p.certain) for p in found] == [(1, False, False), (2, True, False)]


@pytest.mark.parametrize(("payer", "iban"), [("COMUNE DI MELEGNANO", ""), ("", "IT40S0542811101000000123457")])
def test_what_another_pays_is_never_certain_though_it_stands_alone(payer, iban):
    named = replace(CREDIT, payer=payer, payer_iban=iban, amount=Decimal("999.00"), reference="Dresano rata 3/2026")
    found = proposals(named, [replace(WAITING[2], left=Decimal("999.00"))], [MELEGNANO, DRESANO])
    assert [(p.municipality_id, p.from_another, p.certain) for p in found] == [(2, True, False)]


def test_who_pays_for_another_is_asked_to_say_so():
    require_payer(CREDIT, [MELEGNANO, DRESANO], 1, for_another=False)
    require_payer(CREDIT, [MELEGNANO, DRESANO], 2, for_another=True)
    require_payer(replace(CREDIT, payer="TESORERIA", payer_iban=""), [MELEGNANO, DRESANO], 2, for_another=False)
    with pytest.raises(RuleBroken, match="Il versamento viene da Melegnano, la rata è di Dresano") as refusal:
        require_payer(CREDIT, [MELEGNANO, DRESANO], 2, for_another=False)
    assert refusal.value.field == "for_another"


def test_two_equal_proposals_are_both_uncertain():
    found = best(Credit(date(2026, 1, 30), Decimal("1000.00"), "TESORERIA UNICA", "", "versamento"))
    assert [p.parts[0][0] for p in found] == [11, 21]
    assert not any(p.certain for p in found)


def test_a_number_that_names_another_instalment_speaks_against():
    found = best(replace(CREDIT, reference="rata 2/2026"))
    assert {p.parts[0][0] for p in found[:1]} == {12}, "the number is nearer than the amount"


def test_a_part_payment_is_proposed_for_the_instalment_that_it_names():
    assert best(replace(CREDIT, amount=Decimal("400.00")))[0].parts == ((11, Decimal("400.00")),)


def test_more_than_is_left_settles_what_is_left():
    assert best(replace(CREDIT, amount=Decimal("1200.00")))[0].parts == ((11, Decimal("1000.00")),)


def test_one_transfer_for_all_that_is_owed_is_split():
    found = best(replace(CREDIT, amount=Decimal("1800.00"), reference="quote 2026"))
    assert found[0].parts == ((11, Decimal("1000.00")), (12, Decimal("800.00")))


def test_a_name_counts_only_whole():
    assert best(Credit(TODAY, Decimal("5.00"), "Dresanone srl", "", "fattura 1/2020")) == []


@pytest.mark.parametrize(("change", "field"), [
    ({"received_on": date(2026, 2, 11)}, "received_on"), ({"amount": Decimal(0)}, "amount"),
    ({"amount": Decimal("1.005")}, "amount"), ({"method": "cash"}, "method"),
])
def test_a_payment_that_cannot_be_is_refused(change, field):
    facts = {"received_on": TODAY, "amount": Decimal("10.00"), "method": "bank_transfer", "today": TODAY}
    require_payment(**facts)
    with pytest.raises(RuleBroken) as refusal:
        require_payment(**{**facts, **change})
    assert refusal.value.field == field


LEFT = Left("1/2026", 1, payable=True, left=Decimal("100.00"), version=3)


@pytest.mark.parametrize(("parts", "left", "message"), [
    ({1: "100.01"}, LEFT, "restano da pagare € 100,00"),
    ({1: "100.00"}, replace(LEFT, municipality_id=2), "dello stesso Comune"),
    ({1: "100.00"}, replace(LEFT, payable=False), "non è da pagare"),
    ({1: "100.00"}, replace(LEFT, version=4), "Nel frattempo la rata n. 1/2026 è cambiata"),
    ({1: "0.00"}, LEFT, "maggiore di zero"),
    ({2: "10.00"}, LEFT, "dello stesso Comune"),
])
def test_what_a_payment_may_not_settle(parts, left, message):
    wanted = {key: Decimal(amount) for key, amount in parts.items()}
    require_parts(Decimal(500), {1: Decimal("100.00")}, {1: LEFT}, 1, {1: 3})
    with pytest.raises(RuleBroken, match=message):
        require_parts(Decimal(500), wanted, {1: left}, 1, {1: 3})


def test_parts_never_exceed_the_payment():
    with pytest.raises(RuleBroken, match="superano il pagamento"):
        require_parts(Decimal("50.00"), {1: Decimal("60.00")}, {1: LEFT}, 1, {})
