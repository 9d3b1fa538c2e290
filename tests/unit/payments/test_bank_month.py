"""A bank month of two hundred rows with planted traps, read and matched without a wrong proposal."""

from __future__ import annotations

import pytest

from core.payments.proposals import proposals, who_pays
from core.payments.rules import Credit
from core.payments.statements.reading import read
from tests.unit.payments.bank_month import ROWS, Month, month


@pytest.fixture(scope="module", params=[2026, 7, 11])
def made(request: pytest.FixtureRequest) -> Month:
    return month(request.param)


def credits_of(made: Month) -> dict[int, Credit]:
    """What was read, by the place of its row."""
    [found] = read("novembre.csv", made.content, account="IT60X0542811101000000123456")
    return {line.row - 2: Credit(line.booked_on, line.amount, line.payer, line.payer_iban, line.text, line.readings)
            for line in found.lines}


def test_every_credit_is_read_and_nothing_else(made: Month) -> None:
    assert len(made.rows) == ROWS
    assert set(credits_of(made)) == {place for place, row in enumerate(made.rows) if row.credit}


def test_whoever_pays_is_known_by_every_way_of_writing_it_and_nobody_else_is(made: Month) -> None:
    for place, credit in credits_of(made).items():
        known = [payer.municipality_id for payer in who_pays(credit, made.payers).known]
        assert known == [made.rows[place].payer] * bool(made.rows[place].payer), made.rows[place].text


def test_an_honest_payment_is_proposed_first_and_nothing_wrong_is_certain(made: Month) -> None:
    settled = 0
    for place, credit in credits_of(made).items():
        row, found = made.rows[place], proposals(credit, made.waiting, made.payers)
        for proposal in found:
            parts = frozenset(key for key, _amount in proposal.parts)
            assert not proposal.certain or parts == row.settles, row.text
        if row.settles:
            settled += 1
            first = found[0]
            assert (frozenset(key for key, _amount in first.parts), first.certain) == (row.settles, True), row.text
            assert sum(amount for _key, amount in first.parts) == credit.amount
    assert settled == 12
