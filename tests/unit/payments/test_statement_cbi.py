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
    (b" 610000001 ", b" RH0000001 ", "la riga 3 non è un record|rovinato"),
], ids=["currency", "sign", "comma", "day", "kind", "movement", "cut", "unopened"])
def test_records_that_are_not_understood_refuse_the_file(old, new, message):
    assert old in SAMPLE
    with pytest.raises(RuleBroken, match=message):
        read("rh.txt", SAMPLE.replace(old, new))


# --- as banks fill them -----------------------------------------------------------------------------------


def flow(*told: str) -> bytes:
    """A day of one credit, with what more is told of it."""
    opened = f" 610000001{'':13}0999993001C/C EURO{'':8}C/U0999933600000000202611EUR191126C000000100000,00IT31"
    moved = " 620000001001191126191126C000000016666,6748" + " " * 43 + "Bonifico SEPA a Vs. favore"
    more = [f" 630000001001{text}" for text in told]
    return "\r\n".join([" RH09999AZSP1201126RENDICONTO", opened, moved, *more, " 640000001EUR191126C000000116666,67",
                        " EF09999AZSP1201126RENDICONTO"]).encode()


def wrapped(text: str) -> list[str]:
    """A text in fields of 107 characters, cut wherever they end."""
    return [text[begin:begin + 107].ljust(107) for begin in range(0, len(text), 107)]


def test_a_text_that_is_tagged_tells_what_the_payer_wrote_and_from_which_account():
    text = (f":E2E:118-1 :BI1:XXXXITMMXXX :BE1:AZIENDA SPECIALE DI PROVA :IB1:{OWN} :IB2:{PAYER} :TID:1201231320604907 "
            ":DTN:AZIENDA SPECIALE DI PROVA :ERI:EUR 000000001666667 :RI3:DETERMINA N. 118/2026: RATA N. 12/2026 "
            ":ICO:00999990999 :SEC:SUPP :OR1:COMUNE DI COLLE INVENTATO VIA PROVA 1")
    ordered = f"YYY19112026{'':16}COMUNE DI COLLE INVENTATO{'':45}VIA PROVA"
    [line] = one(flow(ordered, *wrapped(text))).lines
    assert (line.payer, line.payer_iban) == ("COMUNE DI COLLE INVENTATO", PAYER)
    assert line.text.startswith("DETERMINA N. 118/2026: RATA N. 12/2026 ")
    assert line.said == "DETERMINA N. 118/2026: RATA N. 12/2026"
    [without] = one(flow(*wrapped(text))).lines
    assert without.payer == "COMUNE DI COLLE INVENTATO VIA PROVA 1", "who ordered stands in the tags alone"


def test_what_the_bank_adds_without_a_structure_is_no_part_of_what_the_payer_wrote():
    [line] = one(flow(
        f"YYY19112026{'':16}COMUNE DI COLLE INVENTATO{'':15}POBO:COMUNE DI COLLE INVENTATO",
        f"YY2VIA PROVA 1{'':39}{PAYER}",
        "BO:ABICAB:0999904040TRN:0999926234592800487214872148IT        AZIENDA SPECIALE DI PROVA",
        "ID1" + "NOTPROVIDED".rjust(46), "RI1RATA N. 12/2026",
    )).lines
    assert (line.payer, line.payer_iban, line.said) == ("COMUNE DI COLLE INVENTATO", PAYER, "RATA N. 12/2026")
    assert "BO:ABICAB:0999904040" in line.text
