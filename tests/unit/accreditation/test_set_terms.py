"""What a set says of days and money is data: windows, the commission, one end for all, a fee."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.accreditation.model import Accreditation, RequirementSet
from core.accreditation.set_terms import decision_due, fee_missing, last_day_of, require_window
from core.ground.errors import RuleBroken

SPRING = {"from": "2026-03-01", "to": "2026-03-31", "decide_by": "2026-06-30"}
AUTUMN = {"from": "2026-10-01", "to": "2026-10-31"}


def the_set(**facts: object) -> RequirementSet:
    """A set with what a test says, and no limits else."""
    return RequirementSet(**{"months": 36, "windows": [], "ends_on": None, "fee": None, **facts})


def test_one_applies_in_a_window_and_is_told_the_next_one():
    windowed = the_set(windows=[AUTUMN, SPRING])
    for day in (date(2026, 3, 1), date(2026, 3, 31), date(2026, 10, 15)):
        require_window(windowed, day, field="filed_on")
    with pytest.raises(RuleBroken, match="la prossima finestra va dal 01/10/2026 al 31/10/2026"):
        require_window(windowed, date(2026, 4, 1), field="filed_on")
    with pytest.raises(RuleBroken, match=r"fino al 31/10/2026.*edizione nuova"):
        require_window(windowed, date(2026, 11, 1), field="filed_on")
    require_window(the_set(), date(2026, 4, 1), field="filed_on")  # without windows any day is one


@pytest.mark.parametrize(("filed", "complete", "due"), [
    (date(2026, 3, 10), date(2026, 4, 2), date(2026, 6, 30)),  # the commission of the window
    (date(2026, 3, 10), date(2026, 7, 1), date(2026, 8, 30)),  # completed after it: sixty days of its own
    (date(2026, 10, 5), date(2026, 10, 6), date(2026, 12, 5)),  # a window without a commission
    (None, date(2026, 1, 1), date(2026, 3, 2)),
])
def test_it_is_decided_with_the_commission_of_its_window(filed: date | None, complete: date, due: date):
    assert decision_due([SPRING, AUTUMN], filed, complete, 60) == due


def test_all_end_on_one_day_or_each_after_its_months():
    assert last_day_of(the_set(), date(2026, 5, 4)) == date(2029, 5, 3)
    assert last_day_of(the_set(ends_on=date(2027, 12, 31)), date(2026, 5, 4)) == date(2027, 12, 31)
    with pytest.raises(RuleBroken, match="finiscono tutti il 31/12/2027"):
        last_day_of(the_set(ends_on=date(2027, 12, 31)), date(2028, 1, 1))


def test_a_fee_is_missing_until_it_is_paid_and_nowhere_else():
    row = Accreditation(set=the_set(fee=Decimal("50.00")), fee_paid_on=None)
    assert [str(found) for found in fee_missing(row)] == ["Manca il pagamento del contributo di € 50,00."]
    row.fee_paid_on = date(2026, 3, 2)
    assert fee_missing(row) == []
    assert fee_missing(Accreditation(set=the_set(), fee_paid_on=None)) == []
