"""Which invoice the text of a payment names: after a word that says so, however its number is written."""

from __future__ import annotations

from datetime import date

import pytest

from core.payments.invoices import Invoice, names, numbers

ON = date(2026, 1, 15)


@pytest.mark.parametrize(("number", "text"), [
    ("12/PA", "PAGAMENTO FATTURA N. 12/PA"), ("12/PA", "Fatt. n.12/PA del 15/01/2026"), ("12/PA", "FT 12/PA"),
    ("12/PA", "FT. 0012 PA DEL 15.01.26"), ("12/PA", "FATT12/PA"), ("12/PA", "FATTURE N. 11/PA, 12/PA E 13/PA"),
    ("12/PA", "FT 12/PA-2026"), ("12/PA", "fattura elettronica nr. 12-PA, rata 4/2026"),
    ("12/PA", "FT 12 DEL 15/01/2026"),  # without its series, beside its day
    ("12", "FATTURA 12"), ("12", "FATTURA N. 12/2026"), ("12", "Fatt. 12/26"), ("12", "FT 12 DEL 2026"),
    ("12", "FT N. 12 - DETERMINA N. 45/2026"), ("12", "FATT. 12, 13 E 14"), ("13", "FATT. 12, 13 E 14"),
    ("12/2026", "FATTURA N. 12 DEL 15/01/2026"), ("12/2026", "FATT. 12/26"), ("12/2026", "FT 12"),
    ("FPA 12/26", "SALDO FATTURA FPA 12/26"), ("FATTPA 12_26", "FATT. FATTPA 12/26"), ("2026/12", "FATTURA 2026/12"),
    ("V2/12", "ft V2 12"), ("0012", "FATTURA N. 12"),
])
def test_an_invoice_is_known_however_its_number_is_written(number: str, text: str) -> None:
    assert names(text, Invoice(number, ON))


@pytest.mark.parametrize(("number", "text"), [
    ("12", "DETERMINA N. 12"), ("12", "RATA 12/2026"), ("12", "12/2026"), ("12", "FATTURA N. 112"),
    ("12", "FATTURA N. 12/PA"), ("12", "FATTURA N. 12/1"), ("12", "FT 12/2025"), ("12", "FT 12 DEL 15/01/2025"),
    ("12", "FT 12 DEL 2025"), ("12", "FATT. 7 DEL 12/01/2026"), ("12", "FATT. 7 DEL 12"), ("12", "FT 45 MANDATO 12"),
    ("12", "FATTURA 45 RATA 12/2026"), ("12", "FATTURA PER CONTO DI ALTRI 12"), ("12/PA", "FATTURA N. 12"),
    ("12/PA", "FATTURA 12 DEL 16/01/2026"), ("12/2026", "FATTURA 12/2025"), ("12", "FATTORIA 12"), ("12", ""),
    ("2026/12", "FATTURA 2026/112"), ("12", "FT 01/12/2026"),
])
def test_another_number_another_day_and_another_word_name_no_invoice(number: str, text: str) -> None:
    assert not names(text, Invoice(number, ON))


@pytest.mark.parametrize(("text", "found"), [
    ("IDENTIFICATIVO SDI 7652341290", True), ("SDI: 7652341290", True), ("FATTURA ID SDI 7652341290", True),
    ("FATT. N. 99 SDI 07652341290", True), ("CRO 7652341290", False), ("7652341290", False), ("SDI 17652341290", False),
])
def test_the_identifier_of_the_exchange_system_names_it_too(text: str, found: bool) -> None:
    assert names(text, Invoice("12/PA", ON, "7652341290")) is found


def test_the_numbers_of_a_text_are_those_after_the_word() -> None:
    assert numbers("MANDATO 118/2026 FATTURE N. 12/PA-2026 E FPA 13 PER RATA 4/2026") == {
        "12/pa-2026", "12/pa", "fpa 13"}
    assert numbers("RATA 4/2026") == frozenset()
