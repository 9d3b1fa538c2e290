"""Tables of banks, CSV or .xlsx: what their heads and words mean, what is left out and why, what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from core.ground.errors import RuleBroken
from core.payments.statements.reading import read
from tests.unit.payments.test_statements import IBAN, left_out, one

CSV = """Conto;IT60X
Saldo iniziale;1.000,00

Data contabile;Data valuta;Importo;Divisa;Ordinante;Descrizione
30/01/2026;30/01/2026;16.666,67;EUR;Comune di Dresano;Bonifico rata 4/2026
30/01/2026;30/01/2026;-12,50;EUR;;Commissioni
;;16.654,17;EUR;;Saldo finale
"""


def amounts(text: str | bytes, name: str = "e.csv") -> list[Decimal]:
    return [line.amount for line in table(text, name).lines]


def table(text: str | bytes, name: str = "e.csv") -> Any:
    return one(text if isinstance(text, bytes) else text.encode(), name)


def refused(text: str | bytes, message: str) -> None:
    with pytest.raises(RuleBroken, match=message) as refusal:
        read("estratto.csv", text if isinstance(text, bytes) else text.encode())
    assert refusal.value.field == "file"


def column(head: str, *values: str) -> str:
    """A table with a column beside unsigned amounts, 10,00 in the first row, 11,00 in the second."""
    return f"Data;Importo;{head};Descrizione\n" + "".join(
        f"19/11/2026;{10 + place},00;{value};testo\n" for place, value in enumerate(values))


def test_a_csv_is_read_below_its_heads_and_above_its_totals():
    found = table(CSV.encode("cp1252"))
    [line] = found.lines
    assert (line.row, line.booked_on, line.amount) == (5, date(2026, 1, 30), Decimal("16666.67"))
    assert (line.payer, line.text) == ("Comune di Dresano", "Bonifico rata 4/2026")
    assert left_out(found) == [(2, "balance"), (6, "debit"), (7, "balance")]


# --- which way the money went ---------------------------------------------------------------------------


@pytest.mark.parametrize("head", [
    "Segno", "D/A", "Dare/Avere", "Tipo", "Verso", "Entrata/Uscita", "+/-", "Tipo movimento", "Un'altra colonna",
])
@pytest.mark.parametrize(("came", "went"), [
    ("A", "D"), ("C", "D"), ("+", "-"), ("+", "−"), ("Avere", "Dare"), ("ACCREDITO", "ADDEBITO"), ("Entrata", "Uscita"),
    ("CRDT", "DBIT"),
])
def test_a_sign_may_stand_in_a_column_of_its_own(head, came, went):
    found = table(column(head, came, went))
    assert [line.amount for line in found.lines] == [Decimal("10.00")]
    assert left_out(found) == [(3, "debit")]


@pytest.mark.parametrize(("head", "values", "row"), [
    ("Segno", ("A", "X"), 3), ("Tipo", ("Bonifico", "Addebito"), 2), ("Segno", ("A", ""), 3),
    ("Stato", ("Letto", "Letto"), 2),
    ("Segno", ("",), 2), ("D/A", ("A", "C"), 2),  # addebito and credito, or avere and credito
])
def test_a_column_that_may_change_an_amount_and_is_not_understood_stops_the_file(head, values, row):
    refused(column(head, *values), f"alla riga {row}, la colonna «{head}»")


def test_beside_signed_amounts_such_a_column_is_text():
    found = table("Data;Importo;Tipo;Descrizione\n19/11/2026;-3,00;Canone;a\n19/11/2026;10,00;Bonifico;b\n")
    assert [(line.amount, line.text) for line in found.lines] == [(Decimal("10.00"), "b Bonifico")]


def test_a_type_beside_a_column_of_signs_is_text():
    found = table("Data;Importo;Segno;Tipo;Descrizione\n19/11/2026;3,00;D;Canone;a\n19/11/2026;10,00;A;Bonifico;b\n")
    assert [(line.amount, line.text) for line in found.lines] == [(Decimal("10.00"), "b Bonifico")]


@pytest.mark.parametrize(("row", "why"), [
    ("19/11/2026;10,00;;a", "debit"), ("19/11/2026;-10,00;;a", "debit"), ("19/11/2026;;-10,00;a", "reversal"),
    ("19/11/2026;0,00;0,00;a", "zero"), ("19/11/2026;;;a", "zero"), ("19/11/2026;;;Saldo al 19/11/2026", "balance"),
    ("19/11/2026;;500,00;Saldo finale", "balance"), (";;500,00;Totale avere", "balance"), (";12,00;500,00;", "balance"),
    ("Totali;12,00;500,00;", "balance"),
])
def test_of_two_columns_only_what_stands_among_the_credits_is_one(row, why):
    found = table(f"DATA;DARE;AVERE;CAUSALE\n02/02/2026;0,00;250,00;bonifico\n{row}\n")
    assert [line.amount for line in found.lines] == [Decimal("250.00")]
    assert left_out(found) == [(3, why)]


@pytest.mark.parametrize("text", ["Saldo quota 2025", "SALDO 2025", "Saldo finale rata 4/2025", "Totale dovuto 2025"])
def test_a_municipality_that_pays_its_balance_is_no_balance_of_the_bank(text):
    assert amounts(f"Data;Importo;Descrizione\n19/11/2026;500,00;{text}\n") == [Decimal("500.00")]
    with_payer = f"Data;Importo;Ordinante;Descrizione\n19/11/2026;500,00;Comune di Riva;Saldo finale\n{text};;;\n"
    assert amounts(with_payer) == [Decimal("500.00")]


# --- what is booked ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["Stato", "Esito", "Contabilizzato", "Stato movimento", "Contabilizzazione", "Note"])
@pytest.mark.parametrize(("state", "why"), [
    ("Contabilizzato", None), ("BOOKED", None), ("Eseguito", None), ("Autorizzato", "not_booked"),
    ("In attesa", "not_booked"), ("Annullato", "not_booked"), ("Respinto", "not_booked"), ("Stornato", "reversal"),
    ("NON CONTABILIZZATO", "not_booked"),
])
def test_only_a_row_whose_state_says_booked_is_a_credit(head, state, why):
    found = table(column(head, state, "Contabilizzato"))
    assert left_out(found) == ([(2, why)] if why else [])
    assert len(found.lines) == (1 if why else 2)


@pytest.mark.parametrize(("answer", "kept"), [("SI", 2), ("sì", 2), ("No", 1), ("N", 1), ("", 1)])
def test_a_head_that_asks_whether_it_is_booked_is_answered(answer, kept):
    assert len(table(column("Contabilizzato", answer, "SI")).lines) == kept


@pytest.mark.parametrize(("head", "why"), [("Annullato", "not_booked"), ("Storno", "reversal")])
def test_a_head_that_asks_whether_it_was_taken_back_is_answered(head, why):
    found = table(column(head, "", "No", "SI"))
    assert ([line.row for line in found.lines], left_out(found)) == ([2, 3], [(4, why)])


def test_where_no_state_is_written_nothing_is_booked():
    assert left_out(table(column("Stato", "", ""))) == [(2, "not_booked"), (3, "not_booked")]


def test_a_direction_may_be_in_other_words():
    assert left_out(table(column("Verso", "IN", "OUT"))) == [(3, "debit")]


def test_a_state_that_is_not_understood_beside_signed_amounts_is_no_credit():
    found = table("Data;Importo;Stato\n19/11/2026;10,00;Boh\n19/11/2026;11,00;Contabilizzato\n19/11/2026;-1,00;\n")
    assert [line.amount for line in found.lines] == [Decimal("11.00")]
    assert left_out(found) == [(2, "not_booked"), (4, "debit")]


def test_a_state_among_the_notes_of_one_row_says_nothing_of_the_others():
    assert left_out(table(column("Note", "", "Annullato"))) == [(3, "not_booked")]
    assert left_out(table(column("Note", "ok", ""))) == []


@pytest.mark.parametrize(("title", "why"), [
    ("MOVIMENTI NON CONTABILIZZATI", "not_booked"), ("Operazioni in attesa", "not_booked"),
    ("Da contabilizzare dal 20/11/2026", "not_booked"), ("Movimenti contabilizzati", None),
])
def test_a_title_says_of_the_rows_below_it_that_they_are_not_booked(title, why):
    expected = [(4, why)] if why else []
    assert left_out(table(f"Data;Importo;Causale\n19/11/2026;10,00;a\n{title};;\n20/11/2026;11,00;b\n")) == expected
    assert left_out(table(f"{title}\n\nData;Importo;Causale\n20/11/2026;11,00;b\n")) == expected


def test_a_count_above_the_heads_is_no_title():
    assert amounts("Movimenti contabilizzati;1\nMovimenti in attesa;2\nData;Importo\n20/11/2026;11,00\n") == [11]


def test_a_second_table_of_a_file_is_read_by_its_own_heads():
    found = table("Data;Descrizione;Importo\n19/11/2026;a;10,00\n\nMovimenti contabilizzati\n"
                  "Data valuta;Importo;Descrizione\n20/11/2026;11,00;b\n21/11/2026;-1,00;c\n")
    assert [(line.row, str(line.amount), line.text) for line in found.lines] == [(2, "10.00", "a"), (6, "11.00", "b")]
    assert left_out(found) == [(7, "debit")]


# --- amounts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "amount"), [
    ("1.234,56", "1234.56"), ("1234,56", "1234.56"), ("1234.56", "1234.56"), ("1 234,56", "1234.56"),
    ("1\N{NO-BREAK SPACE}234,56", "1234.56"), ("1\N{NARROW NO-BREAK SPACE}234,56", "1234.56"), ("1'234.56", "1234.56"),
    ("+10,00", "10.00"), ("€ 10", "10.00"), ("10,00 EUR", "10.00"), ("EUR10,00", "10.00"),
    ("1.234.567,00", "1234567.00"), ("1.234.567", "1234567.00"), ("10,5", "10.50"), ("1234.5000", "1234.50"),
    ("1500", "1500.00"),
])
def test_an_amount_is_read_however_the_bank_writes_it(text, amount):
    assert amounts(f"Data;Importo;Descrizione\n19/11/2026;{text};a\n") == [Decimal(amount)]


def test_an_english_file_has_english_amounts():
    text = 'Data,Importo,Descrizione\n2026-11-19,"1,234.56",a\n2026-11-19,"1,234",b\n2026-11-19,(3.00),c\n'
    assert amounts(text) == [Decimal("1234.56"), Decimal("1234.00")]


@pytest.mark.parametrize("minus", ["-12,50", "12,50-", "−12,50", "12,50 −", "–12,50", "- 12,50", "€ -12,50", "(12,50)",
                                   "－12,50"])
def test_a_minus_is_one_wherever_it_stands(minus):
    assert left_out(table(f"Data;Importo;Descrizione\n19/11/2026;{minus};a\n")) == [(2, "debit")]


@pytest.mark.parametrize("ambiguous", ["1.234", "1,234"])
def test_thousands_or_a_fraction_is_not_guessed(ambiguous):
    refused(f"Data;Importo;Descrizione\n19/11/2026;5;a\n19/11/2026;{ambiguous};b\n", f"alla riga 3, «{ambiguous}»")


@pytest.mark.parametrize(("ambiguous", "other", "amount"), [
    ("1.234", "5,00", "1234.00"), ("1,234", "5.00", "1234.00"), ("1.234", "1.234.567", "1234.00"),
    ("1.234", "-0,50", "1234.00"),
])
def test_another_amount_of_the_column_says_which_it_is(ambiguous, other, amount):
    found = amounts(f"Data;Importo;Descrizione\n19/11/2026;{ambiguous};a\n19/11/2026;{other};b\n")
    assert found[0] == Decimal(amount)


def test_the_other_column_does_not_say_it():
    refused("Data;Dare;Avere\n19/11/2026;12,50;\n19/11/2026;;1.234\n", "alla riga 3, «1.234»")


# --- days -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [
    "19/11/2026", "19-11-2026", "19.11.2026", "19/11/26", "2026-11-19", "2026/11/19", "20261119", "19112026",
    "19/11/2026 10:15", "2026-11-19T10:15:00+01:00", "19.11.26 10.15.20", "19 nov 2026", "19-nov-26",
    "19 novembre 2026",
])
def test_a_day_is_read_however_the_bank_writes_it(text):
    assert table(f"Data;Importo;Descrizione\n{text};1,00;a\n").lines[0].booked_on == date(2026, 11, 19)


def test_the_day_stands_before_the_month():
    assert table("Data;Importo\n03/02/26;1,00\n").lines[0].booked_on == date(2026, 2, 3)


@pytest.mark.parametrize(("heads", "days", "booked"), [
    ("Data valuta;Data operazione;Data contabile", "01/11/2026;02/11/2026;03/11/2026", 3),
    ("Data contabile;Data valuta", "03/11/2026;01/11/2026", 3),
    ("Valuta;Data", "01/11/2026;02/11/2026", 2),
    ("Data valuta", "01/11/2026", 1),
    ("Data contabile;Data operazione;Data valuta", ";02/11/2026;01/11/2026", 2),
])
def test_a_credit_is_booked_on_the_accounting_day_else_on_that_of_the_operation(heads, days, booked):
    assert table(f"{heads};Importo\n{days};1,00\n").lines[0].booked_on == date(2026, 11, booked)


# --- encodings, signs between the columns, texts --------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_csv_is_read_in_every_encoding_and_with_every_sign_between_its_columns(encoding, delimiter):
    text = "Data contabile;Importo;Ordinante;Descrizione\r\n19/11/2026;\"1.234,56\";Città di Riva;società\r\n"
    [line] = table(text.replace(";", delimiter).encode(encoding)).lines
    assert (line.amount, line.payer, line.text) == (Decimal("1234.56"), "Città di Riva", "società")


def test_all_columns_of_text_are_kept_and_the_codes_stand_last():
    found = table("N.;Data;Causale ABI;Descrizione;Importo;Descrizione estesa;CRO;Saldo;Note\n"
                  "1;19/11/2026;48;BONIFICO;10,00;da Comune di Riva rata 4/2026;881;900,00;ufficio\n"
                  "2;19/11/2026;26;CANONE;-1,00;trimestre;;899,00;\n")
    assert found.lines[0].text == "BONIFICO da Comune di Riva rata 4/2026 ufficio 48 881"


def test_a_text_on_several_lines_is_one_and_rows_are_lines_of_the_file():
    found = table('Data;Importo;Descrizione\n19/11/2026;1,00;"rata\n4/2026"\n20/11/2026;-1,00;b\n')
    assert (found.lines[0].text, left_out(found)) == ("rata 4/2026", [(4, "debit")])


@pytest.mark.parametrize(("below", "text"), [
    (";;di Riva rata 1/2026", "da Comune di Riva rata 1/2026"),
    (";;di Riva\n;;rata 1/2026", "da Comune di Riva rata 1/2026"),
    (";;in corso di contabilizzazione", "da Comune in corso di contabilizzazione"),
    ("Fine della lista;;", "da Comune"), (";;\n;;Fine della lista", "da Comune"),
])
def test_a_text_goes_on_in_the_rows_below_and_a_remark_of_the_bank_does_not(below, text):
    found = table(f"Data;Importo;Descrizione\n19/11/2026;1,00;da Comune\n{below}\n20/11/2026;-1,00;c\n")
    assert [line.text for line in found.lines] == [text]


def test_a_last_text_that_holds_the_sign_between_the_columns_is_put_together():
    assert table("Data;Importo;Descrizione\n19/11/2026;1,00;rata;4/2026\n").lines[0].text == "rata;4/2026"


def test_what_does_not_print_is_not_kept_and_the_name_of_nobody_is_none():
    [line] = table("Data;Importo;Ordinante;Descrizione\n19/11/2026;1,00;NOTPROVIDED;ra\u200bta\u00a04/2026\n").lines
    assert (line.payer, line.text) == ("", "rata 4/2026")


@pytest.mark.parametrize(("head", "value", "iban", "text"), [
    ("IBAN ordinante", "IT40 S054 2811 1010 0000 0123 457", "IT40S0542811101000000123457", "a"),
    ("Conto ordinante", "12345", "", "a 12345"),
])
def test_the_account_of_the_payer_is_an_iban_or_text(head, value, iban, text):
    [line] = table(f"Data;Importo;Descrizione;{head}\n19/11/2026;1,00;a;{value}\n").lines
    assert (line.payer_iban, line.text) == (iban, text)


def test_the_account_that_the_file_names_is_its_own():
    named = f"Estratto conto;IBAN {IBAN[:4]} {IBAN[4:]}\n\nData;Importo;Descrizione\n19/11/2026;1,00;a\n"
    assert one(named.encode(), "e.csv", "IT40S0542811101000000123457").account == IBAN


OTHER = "IT38T0999933404000000001044"
SEVERAL = f"Conto;Data;Importo\n{IBAN};19/11/2026;1,00\n{OTHER};20/11/2026;2,00\n;;2,00\n"


def test_a_table_whose_rows_name_several_accounts_is_read_for_each():
    found = read("e.csv", SEVERAL.encode())
    assert [(one.account, [str(line.amount) for line in one.lines], left_out(one)) for one in found] == [
        (OTHER, ["2.00"], [(4, "balance")]), (IBAN, ["1.00"], [])]


@pytest.mark.parametrize(("text", "message"), [
    (CSV.replace("16.666,67;EUR", "16.666,67;USD"), "la riga 5 è in USD e non in euro"),
    (CSV.replace("-12,50;EUR", "-12,50;CHF"), "la riga 6 è in CHF e non in euro"),
    (SEVERAL + ";21/11/2026;3,00\n", "riguarda più conti"),
    (SEVERAL.replace(OTHER, "1000/77"), "riguarda più conti"),
    (f"Estratto di;{IBAN}\n{SEVERAL.replace(IBAN, OTHER)}", "riguarda più conti"),
    ("<html><table><tr><td>Data</td><td>Importo</td></tr></table></html>", "non si legge come estratto conto"),
    (CSV.replace("Conto;IT60X", "Divisa conto: CHF"), "è in CHF e non in euro"),
    (CSV.replace("Importo", "Importo USD"), "è in USD e non in euro"),
    (CSV.replace("16.666,67", "USD 16.666,67"), "la riga 5 è in USD e non in euro"),
    (CSV.replace("16.666,67", "16,666.67"), "alla riga 5, l'importo «16,666.67» non si legge"),
    (CSV.replace("16.666,67", "16.666,675"), "alla riga 5, l'importo"),
    (CSV.replace("16.666,67", "10 20,00"), "alla riga 5, l'importo"),
    (CSV.replace("30/01/2026;30", "2026-13-40;30", 1), "alla riga 5, la data"),
    (CSV.replace("30/01/2026;30/01/2026;16", ";;16"), "alla riga 5, c'è un importo senza data"),
    (CSV.replace("Divisa", "Importo euro"), "le colonne «Importo» e «Importo euro»"),
    ("Data;Dare;Avere\n19/11/2026;1,00;2,00\n", "la riga 2 ha un importo sia in dare sia in avere"),
    ("Data,Importo,Descrizione\n19/11/2026,10,00,Comune\n", "la riga 2 ha più colonne"),
    ("Data;Descrizione;Importo;Note\n19/11/2026;un;altro;10,00;x\n", "la riga 2 ha più colonne"),
    ('Data;Importo;Descrizione\n19/11/2026;1,00;"Comune\n19/11/2026;2,00;a\n', "la riga 2 ha più colonne"),
    ('Data;Importo;Descrizione\n19/11/2026;1,00;"Comune\n19/11/2026;2,00;a\n19/11/2026;2,00;b"\n', "la riga 2 ha più"),
    ("Data;Importo;Conto\n19/11/2026;1,00;A 1\n19/11/2026;1,00;B 2\n", "riguarda più conti"),
    (f"Data;Importo;Ordinante\n19/11/2026;1,00;{'x' * 501}\n", "alla riga 2, un testo è più lungo"),
    ("Nome;Cognome\nA;B\n", "non si legge come estratto conto"),
    ("\x00\x01PK", "non si legge come estratto conto"),
    ("", "non si legge come estratto conto"),
    (CSV + "30/01/2026;30/01/2026;1,00;EUR;;x\n" * 20_100, "più di 20.000 movimenti"),
])
def test_a_csv_is_refused_whole_and_in_words(text, message):
    refused(text, message)


# --- .xlsx ------------------------------------------------------------------------------------------------


def workbook(*sheets: Sequence[Sequence[Any]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for rows in sheets:
        page = book.create_sheet()
        for row in rows:
            page.append(row)
    target = BytesIO()
    book.save(target)
    return target.getvalue()


HEADS = ("Data contabile", "Importo", "Ordinante", "Descrizione", "Causale ABI")


def test_a_sheet_is_read_like_a_csv_and_its_rows_are_those_of_the_sheet():
    found = table(workbook([
        ("Movimenti del conto", IBAN), (), HEADS,
        (datetime.fromisoformat("2026-11-19T10:15"), 1234.5, "Comune di Riva", "rata 4/2026", 48),
        (date(2026, 11, 19), 0.1 + 0.2, "Comune di Colle", "rata 5/2026", 48),
        ("20/11/2026", "1.234,56", "Comune di Riva", "rata 6/2026", 48),
        (date(2026, 11, 20), -12.5, "", "canone", 26),
        ("Totale", "=SUM(B4:B7)"),
    ]), "movimenti.xlsx")
    assert found.account == IBAN
    assert [(line.row, line.booked_on.day, line.amount, line.text) for line in found.lines] == [
        (4, 19, Decimal("1234.50"), "rata 4/2026 48"), (5, 19, Decimal("0.30"), "rata 5/2026 48"),
        (6, 20, Decimal("1234.56"), "rata 6/2026 48")]
    assert left_out(found) == [(7, "debit"), (8, "balance")]


def test_a_number_of_a_sheet_is_what_it_is():
    assert amounts(workbook([HEADS, (date(2026, 11, 19), 1234, "", "a")]), "m.xlsx") == [Decimal("1234.00")]


@pytest.mark.parametrize(("content", "message"), [
    (workbook([HEADS, (date(2026, 11, 19), 10.125)]), "alla riga 2, l'importo"),
    (workbook([HEADS, (date(2026, 11, 19), "=1+1", "Comune", "rata")]), "alla riga 2, l'importo"),
    (workbook([HEADS, (46000, 10.5)]), "alla riga 2, la data «46000»"),
    (workbook([HEADS], [HEADS]), "ha movimenti su più fogli"),
    (workbook([("Nome", "Cognome")]), "non si legge come estratto conto"),
    (workbook([HEADS])[:-40], "rovinato o incompleto"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "non si legge come estratto conto"),
], ids=["fraction", "formula", "serial", "sheets", "other", "cut", "old"])
def test_a_workbook_is_refused_whole_and_in_words(content, message):
    refused(content, message)


def test_a_workbook_with_a_broken_sheet_is_refused_in_words():
    target = BytesIO()
    with ZipFile(BytesIO(workbook([HEADS]))) as sound, ZipFile(target, "w") as broken:
        for name in sound.namelist():
            broken.writestr(name, b"<x" if "sheet1" in name else sound.read(name))
    refused(target.getvalue(), "rovinato o incompleto")
