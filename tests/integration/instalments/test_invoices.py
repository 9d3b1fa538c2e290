"""Invoices of instalments, and terms that count from the invoice or from the receipt of the request."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from core.cases.corrections import correct_receipt
from core.cases.model import Sending
from core.cases.operations import record_receipt
from core.contracts.model import InstalmentRule
from core.documents.wordfile import read_text
from core.ground.access import as_system
from core.ground.errors import RuleBroken
from core.instalments import operations, rounds, waiting
from core.instalments.invoices import set_invoice
from core.instalments.model import Instalment
from core.payments.account import account
from tests.ledger import ACCOUNTANT, Ledger

JANUARY = date(2026, 1, 12)
INVOICE = {"number": "12/PA", "on": date(2026, 1, 15), "sdi_id": "7652341290"}


def invoiced(ledger: Ledger, key: int, today: date = date(2026, 1, 20), **facts: object) -> None:
    with ledger.unit("fattura", ACCOUNTANT) as session:
        set_invoice(session, key, **{**INVOICE, **facts}, version=None, today=today)


def counting_from(ledger: Ledger, what: str, days: int = 30) -> None:
    """The first advance is asked for on 31 January and paid within ``days`` from the receipt, or from the invoice."""
    with ledger.unit("condizioni") as session:
        as_system(session, update(InstalmentRule).where(InstalmentRule.title == "Primo acconto").values(
            due_days=days, counts_from=what), reason="prova")


def letter(ledger: Ledger, key: int) -> str:
    with ledger.unit("legge") as session:
        document = session.get_one(Instalment, key).document
        return " ".join(" ".join(read_text(session.files.get(document.path))).split())


def test_the_invoice_stands_in_the_letter_and_in_the_statement_of_account(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    key = planned["Melegnano", "Primo acconto"]
    invoiced(ledger, key)
    ledger.ask(date(2026, 1, 31), date(2026, 1, 20))
    assert "Fattura n. 12/PA del 15/01/2026 – identificativo SdI 7652341290" in letter(ledger, key)
    assert "Fattura" not in letter(ledger, planned["Dresano", "Primo acconto"])
    with ledger.unit("legge") as session:
        told = account(session, ledger.melegnano, 2026).movements
    assert [one.text for one in told] == ["Primo acconto – fattura n. 12/PA del 15/01/2026"]


def test_what_was_invoiced_keeps_its_figures_and_the_rest_takes_the_difference(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    second = planned["Melegnano", "Secondo acconto"]
    invoiced(ledger, second)
    ledger.share(ledger.melegnano, 2026, "budget", "210000.00", date(2026, 3, 1))
    ledger.share(ledger.melegnano, 2026, "final", "200000.00", date(2027, 5, 3))
    with ledger.unit("aggiorna") as session:
        operations.refresh(session, 2026, today=date(2027, 5, 3))
    assert str(ledger.row(second).amount) == "80000.00"
    assert str(ledger.row(planned["Melegnano", "Saldo"]).amount) == "20000.00"
    invoiced(ledger, second, date(2027, 5, 3), number="", on=None, sdi_id="")
    assert str(ledger.row(second).amount) == "84000.00", "the invoice was a mistake: it follows the budget again"


@pytest.mark.parametrize(("facts", "says"), [
    ({"number": " "}, "numero della fattura"), ({"on": None}, "data della fattura"),
    ({"on": date(2026, 1, 21)}, "non è ancora arrivato"), ({"sdi_id": "IT-76"}, "sole cifre"),
    ({"sdi_id": "9" * 37}, "sole cifre"),
])
def test_a_part_of_an_invoice_is_refused_by_its_field(ledger: Ledger, facts: dict[str, object], says: str) -> None:
    key = ledger.plan(2026, JANUARY)["Melegnano", "Primo acconto"]
    with pytest.raises(RuleBroken, match=says):
        invoiced(ledger, key, **facts)
    assert ledger.row(key).invoice == ""


def test_an_invoice_is_to_one_body_and_an_identifier_of_one_invoice(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    invoiced(ledger, planned["Melegnano", "Primo acconto"])
    invoiced(ledger, planned["Melegnano", "Secondo acconto"])  # one invoice of two of its instalments
    with pytest.raises(RuleBroken, match="di un altro ente"):
        invoiced(ledger, planned["Dresano", "Primo acconto"], sdi_id="")
    with pytest.raises(RuleBroken, match="già della fattura n"):
        invoiced(ledger, planned["Dresano", "Primo acconto"], number="13/PA")


def test_there_is_nothing_to_invoice_without_an_amount_or_in_letters_that_are_ready(ledger: Ledger) -> None:
    planned = ledger.plan(2026, JANUARY)
    with pytest.raises(RuleBroken, match="non ha ancora un importo"):
        invoiced(ledger, planned["Melegnano", "Saldo"])
    with ledger.unit("richiesta", ACCOUNTANT) as session:
        rounds.prepare(session, date(2026, 1, 31), today=JANUARY)
    with pytest.raises(RuleBroken, match="sciogliere la richiesta, poi registrare la fattura"):
        invoiced(ledger, planned["Melegnano", "Primo acconto"])


def test_a_term_counts_from_the_invoice_before_and_after_the_request(ledger: Ledger) -> None:
    counting_from(ledger, "invoice")
    planned = ledger.plan(2026, JANUARY)
    melegnano, dresano = planned["Melegnano", "Primo acconto"], planned["Dresano", "Primo acconto"]
    assert ledger.row(melegnano).nominal == date(2026, 3, 2), "as if it were invoiced on the day of the plan"
    invoiced(ledger, melegnano)
    assert (ledger.row(melegnano).nominal, ledger.row(melegnano).effective) == (date(2026, 2, 14), date(2026, 2, 14))
    ledger.ask(date(2026, 2, 14), date(2026, 1, 20))
    assert "entro il 14 febbraio 2026" in letter(ledger, melegnano)
    ledger.ask(date(2026, 3, 2), date(2026, 1, 20))
    assert "entro 30 (trenta) giorni dalla data della fattura" in letter(ledger, dresano)
    late = date(2026, 6, 1)
    with ledger.unit("notte") as session:
        operations.turn(session, late, operations.turning(session, late))
    assert (ledger.row(dresano).effective, ledger.row(dresano).state) == (None, "requested")
    invoiced(ledger, dresano, late, number="13/PA", sdi_id="")
    assert (ledger.row(dresano).effective, ledger.row(dresano).state) == (date(2026, 2, 14), "overdue")


def test_a_term_counts_from_the_day_on_which_the_request_was_received(ledger: Ledger) -> None:
    counting_from(ledger, "receipt")
    key = ledger.plan(2026, JANUARY)["Melegnano", "Primo acconto"]
    ledger.ask(date(2026, 3, 2), JANUARY)
    assert "entro 30 (trenta) giorni dal ricevimento di questa lettera" in letter(ledger, key)
    row = ledger.row(key)
    assert (row.nominal, row.state) == (None, "requested"), "what has not begun is not late"
    with ledger.unit("legge") as session:
        told = [one.what.message for one in waiting.not_begun(session, JANUARY) if one.key == key]
    assert told == ["Chiesta, e la scadenza non si conta ancora: registrare quando l'ente ha ricevuto la richiesta."]
    with ledger.unit("ricevuta", ACCOUNTANT) as session:
        sent = session.scalars(select(Sending).where(Sending.subject_id == key)).one()
        record_receipt(session, sent.id, received_on=date(2026, 1, 13), today=date(2026, 1, 14))
        sending = sent.id
    assert ledger.row(key).effective == date(2026, 2, 12)
    with ledger.unit("rettifica", ACCOUNTANT) as session:
        correct_receipt(session, sending, received_on=date(2026, 1, 14), why="Ricevuta del gestore letta male",
                        version=None, today=date(2026, 1, 20))
    assert ledger.row(key).effective == date(2026, 2, 13)
    with ledger.unit("ritira", ACCOUNTANT) as session:
        version = session.get_one(Instalment, key).version
        operations.take_back(session, key, why="Importo sbagliato", version=version, today=date(2026, 1, 21))
    assert (ledger.row(key).nominal, ledger.row(key).amount) == (date(2026, 3, 2), Decimal("100000.00"))
