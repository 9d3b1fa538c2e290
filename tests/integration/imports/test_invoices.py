"""Invoices of instalments that are there already, from the workbook that the accounting program fills."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.instalments.model import Instalment
from tests.ground import Reach
from tests.integration.imports.conftest import CONTRACT, INSTALMENT, MANAGER, SHARE, Send

INVOICE = {"instalment": "1/2026", "municipality": "Dresano", "number": "12/PA", "on": "15/01/2026",
           "sdi_id": 7652341290}


@pytest.fixture
def asked(send: Send, reach: Reach) -> None:
    """An instalment of Dresano, asked for before the program came."""
    reach("asked", lambda: _ask(send))


def _ask(send: Send) -> None:
    for what, row in (("contracts", CONTRACT), ("shares", SHARE), ("instalments", INSTALMENT)):
        report = send(what, row)
        assert report.applied, report.wrong


def test_an_invoice_arrives_on_its_instalment(send: Send, asked: None, database: Database) -> None:
    assert send("invoices", INVOICE).applied
    with unit_of_work(database, MANAGER, act="legge") as session:
        row = session.scalars(select(Instalment)).one()
        assert (row.invoice, row.sdi_id) == ("n. 12/PA del 15/01/2026", "7652341290")


@pytest.mark.parametrize(("wrong", "says"), [
    ({"instalment": "9/2026"}, "non c'è"), ({"instalment": "uno"}, "numero con il suo anno"),
    ({"municipality": "Melegnano"}, "di un altro ente"), ({"on": "15/01/2027"}, "non è ancora arrivato"),
    ({"sdi_id": "IT1"}, "sole cifre"),
])
def test_an_invoice_that_is_not_its_own_is_refused_by_its_row(
    send: Send, asked: None, wrong: dict[str, object], says: str
) -> None:
    report = send("invoices", INVOICE | wrong)
    assert not report.applied
    assert says in " ".join(str(finding) for row in report.wrong for finding in row.findings)


def test_the_same_invoice_twice_is_refused_and_nothing_is_kept(
    send: Send, asked: None, database: Database
) -> None:
    report = send("invoices", INVOICE, INVOICE)
    assert not report.applied
    with unit_of_work(database, MANAGER, act="legge") as session:
        assert session.scalars(select(Instalment.invoice_number)).one() is None
