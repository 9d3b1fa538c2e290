"""Five months of two hundred movements, as five banks write them: read to the cent, and no wrong proposal."""

from __future__ import annotations

import pytest

from core.payments.proposals import proposals
from core.payments.rules import Credit
from core.payments.statements.lines import Line
from core.payments.statements.reading import read
from tests.unit.payments.bank_months import BANKS, LINES, PAYERS, Bank, Movement, waiting


@pytest.fixture(params=BANKS, ids=lambda bank: bank.write.__name__)
def bank(request: pytest.FixtureRequest) -> Bank:
    return request.param


def lines(bank: Bank) -> tuple[list[Movement], list[Line], int]:
    """What happened, the credits that were read, and how many rows were left out."""
    month = bank.month()
    [found] = read(bank.file, bank.write(month))
    return month, list(found.lines), len(found.left_out)


def test_every_credit_of_the_month_is_read_to_the_cent_and_every_other_row_is_named(bank):
    month, found, left_out = lines(bank)
    credits = [row for row in month if row.is_credit]
    assert len(month) == LINES and len(credits) >= 40
    assert [(line.booked_on, line.amount) for line in found] == [(row.day, row.amount) for row in credits]
    assert left_out >= LINES - len(credits)
    assert [line.payer for line in found] == [row.payer if bank.tells_payer else "" for row in credits]
    assert all(" ".join(row.text.split()) in line.text for row, line in zip(credits, found, strict=True))


def test_nothing_is_proposed_as_certain_that_is_wrong_and_a_known_payer_s_money_is_proposed_right(bank):
    month, found, _left_out = lines(bank)
    certain = right = 0
    for row, line in zip([row for row in month if row.is_credit], found, strict=True):
        proposed = proposals(Credit(line.booked_on, line.amount, line.payer, line.payer_iban, line.text),
                             waiting(), PAYERS)
        best = proposed[0] if proposed else None
        settled = None if best is None else [key for key, _part in best.parts]
        if best is not None and best.certain:
            certain += 1
            assert settled == [row.settles], (row, best)
        right += settled == [row.settles]
        if bank.tells_payer and row.settles is not None:
            assert settled == [row.settles], (row, best)
    assert right >= 20
    assert bool(certain) == bank.tells_payer
