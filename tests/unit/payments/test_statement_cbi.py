"""CBI records of an account (flow RH).

The layout is that of the standard CBI-RND-001 «Rendicontazioni», version 6.05 of 5 March 2013, published by the
Consorzio CBI. The sample is invented: bank, accounts, persons and transfers do not exist.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.ground.errors import RuleBroken
from core.payments.statements.reading import read
from tests.unit.payments.test_statements import camt, details, entry, left_out, one

SAMPLE = (Path(__file__).parent / "samples" / "rendicontazione-rh.txt").read_bytes()
OWN, PAYER = "IT31U0999933600000000202611", "IT38T0999933404000000001044"
SAID = ("DETERMINA N. 118/2026 SECONDO ACCONTO CONTRATTO DI SERVIZIO PER I SERVIZI DEL DISTRETTO SOCIALE RATA N "
        "12/2026")


def test_the_records_of_a_day_give_its_credits_and_name_every_other_row():
    found = one(SAMPLE, "rh.txt")
    assert (found.format, found.account) == ("cbi", OWN)
    first, second = found.lines
    assert (first.row, first.booked_on, first.amount) == (3, date(2026, 11, 19), Decimal("16666.67"))
    assert (first.payer, first.payer_iban) == ("COMUNE DI COLLE INVENTATO", PAYER)
    assert first.text == f"{SAID} BONIFICO A VOSTRO FAVORE MANDATO-118-1 0199261119000001 48 ZL"
    assert (second.amount, second.payer) == (Decimal("250.00"), "")
    assert second.text.startswith("VERSAMENTO DI BIANCHI PROVA ADA") and "NEL MESE DI OTTOBRE" in second.text
    assert left_out(found) == [(2, "balance"), (9, "debit"), (13, "balance"), (14, "balance")]


def test_the_same_credit_in_camt_is_known_again():
    text = details(text=SAID, name="<Nm>Comune di Colle Inventato</Nm>")
    assert one(camt(entry("16666.67", day="2026-11-19", extra=text), iban=OWN)).lines[0].key == one(SAMPLE).lines[0].key


@pytest.mark.parametrize("content", [
    SAMPLE.replace(b"\r\n ", b"\r\n")[1:],  # without the blank that begins each record
    b"".join(line.ljust(120) + b"\n" for line in SAMPLE.split(b"\r\n") if line),
], ids=["without the first blank", "whole"])
def test_records_are_read_with_their_blanks_and_without(content):
    assert [line.key for line in one(content).lines] == [line.key for line in one(SAMPLE).lines]


def test_the_value_day_counts_only_where_it_stands_alone():
    assert one(SAMPLE.replace(b"001181126191126C", b"001181126      C")).lines[0].booked_on == date(2026, 11, 18)


@pytest.mark.parametrize(("old", "new", "message"), [
    (b"EUR191126C000000100000", b"USD191126C000000100000", "è in USD e non in euro"),
    (b"191126C000000016666,67", b"191126X000000016666,67", "alla riga 3, la colonna «segno» dice «X»"),
    (b"000000016666,67", b"000000001666667", "alla riga 3, l'importo"),
    (b"001181126191126C", b"001181126321326C", "alla riga 3, la data"),
    (b" 620000001001", b" 690000001001", "la riga 3 non è un record"),
    (b" 630000001001YYY19", b" 630000001009YYY19", "la riga 4 non è un record"),
    (SAMPLE[SAMPLE.index(b" 6400"):], b"", "rovinato o incompleto"),
    (b" 6100000010999993001", b" RH00000010999993001", "la riga 3 non è un record|rovinato"),
], ids=["currency", "sign", "comma", "day", "kind", "movement", "cut", "unopened"])
def test_records_that_are_not_understood_refuse_the_file(old, new, message):
    assert old in SAMPLE
    with pytest.raises(RuleBroken, match=message):
        read("rh.txt", SAMPLE.replace(old, new))
