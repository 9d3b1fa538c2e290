"""Which payments are accepted, what they may settle, and which other one they look like."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.ground.errors import RuleBroken
from core.payments.rules import Left, near, require_parts, require_payment

TODAY = date(2026, 2, 10)

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
    ({1: "100.00"}, replace(LEFT, municipality_id=2), "dello stesso ente"),
    ({1: "100.00"}, replace(LEFT, payable=False), "non è da pagare"),
    ({1: "100.00"}, replace(LEFT, version=4), "Nel frattempo la rata n. 1/2026 è cambiata"),
    ({1: "0.00"}, LEFT, "maggiore di zero"),
    ({2: "10.00"}, LEFT, "dello stesso ente"),
])
def test_what_a_payment_may_not_settle(parts, left, message):
    wanted = {key: Decimal(amount) for key, amount in parts.items()}
    require_parts(Decimal(500), {1: Decimal("100.00")}, {1: LEFT}, 1, {1: 3})
    with pytest.raises(RuleBroken, match=message):
        require_parts(Decimal(500), wanted, {1: left}, 1, {1: 3})


def test_parts_never_exceed_the_payment():
    with pytest.raises(RuleBroken, match="superano il pagamento"):
        require_parts(Decimal("50.00"), {1: Decimal("60.00")}, {1: LEFT}, 1, {})


@pytest.mark.parametrize(("one", "other", "same"), [
    ("", "rata n. 1/2026", True), ("rata n. 1/2026", "RATA 1/2026 COMUNE DI RIVA", True),
    ("rata n. 1/2026", "rata n. 2/2026", False), ("Mandato n. 118", "COMUNE DI RIVA MANDATO N. 118 DEL 19/11", True),
    ("Primo acconto", "COMUNE DI RIVA MANDATO N. 118", False),
    ("Primo acconto", "comune di riva – primo acconto", True),
])
def test_two_references_that_may_be_one_payment_s(one, other, same):
    assert near(one, other) is near(other, one) is same
