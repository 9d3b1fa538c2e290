"""One entry of the bank, told whole by one file and in its parts by another: the same money, taken in once."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.ground.errors import RuleBroken
from core.payments import matching
from core.payments.model import StatementLine
from tests.integration.payments.test_operations import take_in
from tests.ledger import ACCOUNTANT, Ledger
from tests.unit.payments.test_statements import camt, entry, part

BATCH = camt(entry("300.00", extra="<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>"))
PARTS = camt(entry("300.00", extra=part("100.00", "COMUNE DI MELEGNANO") + part("200.00", "COMUNE DI DRESANO")))


def standing_lines(ledger: Ledger) -> list[tuple[str, str, str]]:
    with ledger.unit("legge") as session:
        rows = session.scalars(select(StatementLine).order_by(StatementLine.id))
        return [(str(row.amount), row.payer, row.state) for row in rows]


def test_a_batch_that_is_read_first_gives_way_to_its_parts(ledger: Ledger) -> None:
    take_in(ledger, BATCH, "conto.053.xml")
    report = take_in(ledger, PARTS, "avvisi.054.xml")
    assert (report.new, report.known) == (2, 0)
    assert standing_lines(ledger) == [("300.00", "", "ignored"), ("100.00", "COMUNE DI MELEGNANO", "open"),
                                      ("200.00", "COMUNE DI DRESANO", "open")]
    assert [(one.new, one.known) for one in (take_in(ledger, BATCH), take_in(ledger, PARTS))] == [(0, 1), (0, 2)]
    with ledger.unit("legge", ACCOUNTANT) as session:
        whole = session.scalars(select(StatementLine).where(StatementLine.state == "ignored")).one()
        with pytest.raises(RuleBroken, match="diviso nelle sue parti"):
            matching.take_up(session, whole.id, version=whole.version, today=date(2026, 2, 2))


def test_a_batch_whose_parts_are_known_is_known_again(ledger: Ledger) -> None:
    take_in(ledger, PARTS, "avvisi.054.xml")
    report = take_in(ledger, BATCH, "conto.053.xml")
    assert (report.new, report.known) == (0, 1)
    assert sum(Decimal(amount) for amount, _payer, _state in standing_lines(ledger)) == Decimal("300.00")


def test_a_batch_that_became_a_payment_is_not_taken_in_again_in_parts(ledger: Ledger) -> None:
    take_in(ledger, BATCH, "conto.053.xml")
    with ledger.unit("abbina", ACCOUNTANT) as session:
        line = session.scalars(select(StatementLine)).one()
        matching.confirm(session, line.id, municipality_id=ledger.melegnano, parts={}, versions={},
                         version=line.version, for_another=True, today=date(2026, 2, 2))
    report = take_in(ledger, PARTS, "avvisi.054.xml")
    assert (report.new, report.known) == (0, 2)


def test_two_equal_batches_of_a_day_are_two(ledger: Ledger) -> None:
    one = entry("300.00", extra="<NtryDtls><Btch><NbOfTxs>2</NbOfTxs></Btch></NtryDtls>")
    take_in(ledger, camt(one, one), "conto.053.xml")
    take_in(ledger, PARTS, "avvisi.054.xml")
    assert [state for _amount, _payer, state in standing_lines(ledger)] == ["ignored", "open", "open", "open"]
