"""Bank statements: what is read, and what is refused whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.ground.errors import RuleBroken
from core.payments.bank_statements import read

IBAN = "IT60X0542811101000000123456"


def entry(amount: str = "1000.00", sign: str = "CRDT", day: str = "2026-01-30", extra: str = "", currency: str = "EUR",
          status: str = "<Sts>BOOK</Sts>", ref: str = "REF1") -> str:
    return f"""<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}
    <BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>{extra or details()}</Ntry>"""


def details(amount: str = "", text: str = "rata n. 1/2026", name: str = "<Nm>COMUNE DI MELEGNANO</Nm>") -> str:
    return f"""<NtryDtls><TxDtls>{amount}<RltdPties><Dbtr>{name}</Dbtr><DbtrAcct><Id>
    <IBAN>IT40S0542811101000000123457</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>
    </TxDtls></NtryDtls>"""


def camt(*entries: str, version: str = "02", iban: str = IBAN, currency: str = "EUR") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt>
    <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>{"".join(entries)}
    </Stmt></BkToCstmrStmt></Document>""".encode()


@pytest.mark.parametrize("version", ["02", "04", "06", "08"])
def test_a_camt_statement_of_any_version_gives_its_credits(version):
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version == "08" else "<Sts>BOOK</Sts>"
    name = "<Pty><Nm>COMUNE DI MELEGNANO</Nm></Pty>" if version == "08" else "<Nm>COMUNE DI MELEGNANO</Nm>"
    found = read("e.xml", camt(entry(status=status, extra=details(name=name)), entry(sign="DBIT"), version=version))
    [line] = found.lines
    assert (found.iban, found.left_out, found.from_day) == (IBAN, 1, date(2026, 1, 30))
    assert line.credit.amount == Decimal("1000.00")
    assert line.credit.payer == "COMUNE DI MELEGNANO"
    assert line.credit.payer_iban == "IT40S0542811101000000123457"
    assert line.credit.reference == "rata n. 1/2026"


def test_what_is_only_announced_has_not_arrived():
    assert read("e.xml", camt(entry(status="<Sts>PDNG</Sts>"))).lines == ()


def test_a_batch_is_opened_into_its_payments():
    parts = [f'<AmtDtls><TxAmt><Amt Ccy="EUR">{a}</Amt></TxAmt></AmtDtls>' for a in ("600.00", "400.00")]
    batch = entry(extra="".join(details(part, f"rata {n}/2026") for n, part in enumerate(parts, start=1)))
    assert [(ln.credit.amount, ln.credit.reference) for ln in read("e.xml", camt(batch)).lines] == [
        (Decimal("600.00"), "rata 1/2026"), (Decimal("400.00"), "rata 2/2026")]


def test_the_same_lines_have_the_same_keys_and_equal_lines_have_two():
    first, again = read("a.xml", camt(entry(), entry())), read("b.xml", camt(entry(), entry(), version="08"))
    assert [line.key for line in first.lines] == [line.key for line in again.lines]
    assert len({line.key for line in first.lines}) == 2


@pytest.mark.parametrize(("content", "message"), [
    (camt(entry())[:-30], "rovinato o incompleto"),
    (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "rovinato o incompleto"),
    (b"<Document><altro/></Document>", "non è un estratto conto CAMT.053"),
    (camt(entry(), currency="USD"), "è in USD e non in euro"),
    (camt(entry(), entry(currency="CHF")), "è in CHF e non in euro"),
    (camt(entry(amount="10.005")), "l'importo del movimento 1 non si legge"),
    (camt(entry(day="2026-02-31")), "la data del movimento 1 non si legge"),
    (camt(entry(), iban=""), "più conti, o non dice quale"),
    (camt(*(entry(ref=str(n), extra="<a/>") for n in range(20_001))), "più di 20.000 movimenti"),
], ids=["cut", "entities", "other", "account currency", "entry currency", "decimals", "day", "account", "length"])
def test_a_camt_file_is_refused_whole_and_in_words(content, message):
    with pytest.raises(RuleBroken, match=message) as refusal:
        read("estratto.xml", content)
    assert refusal.value.field == "file"


CSV = """Conto;IT60X
Saldo iniziale;1.000,00

Data contabile;Data valuta;Importo;Divisa;Ordinante;Descrizione
30/01/2026;30/01/2026;16.666,67;EUR;Comune di Dresano;Bonifico rata 4/2026
30/01/2026;30/01/2026;-12,50;EUR;;Commissioni
;;16.654,17;EUR;;Saldo finale
"""


def test_a_csv_is_read_below_its_heading_and_above_its_totals():
    found = read("e.csv", CSV.encode("cp1252"), iban=IBAN)
    [line] = found.lines
    assert (line.credit.booked_on, line.credit.amount) == (date(2026, 1, 30), Decimal("16666.67"))
    assert (line.credit.payer, line.credit.reference) == ("Comune di Dresano", "Bonifico rata 4/2026")
    assert found.left_out == 1


def test_a_csv_may_have_two_columns_of_amounts():
    text = "DATA;DARE;AVERE;CAUSALE\n02/02/2026;;250,00;bonifico\n03/02/2026;10,00;;spese\n"
    found = read("e.csv", text.encode(), iban=IBAN)
    assert [line.credit.amount for line in found.lines] == [Decimal("250.00")]
    assert found.left_out == 1


@pytest.mark.parametrize(("text", "message", "field"), [
    (CSV.replace("16.666,67;EUR", "16.666,67;USD"), "è in USD e non in euro", "file"),
    (CSV.replace("16.666,67", "16,666.67"), "alla riga 5, l'importo «16,666.67» non si legge", "file"),
    (CSV.replace("30/01/2026;30", "2026-13-40;30", 1), "alla riga 5, la data", "file"),
    ("Nome;Cognome\nA;B\n", "non si legge come estratto conto", "file"),
    ("\x00\x01PK", "non si legge come estratto conto", "file"),
    (CSV + "30/01/2026;30/01/2026;1,00;EUR;;x\n" * 20_100, "più di 20.000 movimenti", "file"),
])
def test_a_csv_is_refused_whole_and_in_words(text, message, field):
    with pytest.raises(RuleBroken, match=message) as refusal:
        read("estratto.csv", text.encode(), iban=IBAN)
    assert refusal.value.field == field


def test_a_csv_is_of_an_account_that_is_said():
    with pytest.raises(RuleBroken, match="di quale conto"):
        read("e.csv", CSV.encode())
