"""Bank statements in CAMT: what is read, what is left out and why, and what is refused whole."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from core.ground.errors import RuleBroken
from core.payments.statements.lines import UNDIVIDED, Statement
from core.payments.statements.reading import read

IBAN = "IT60X0542811101000000123456"


def entry(amount: str = "1000.00", sign: str = "CRDT", day: str = "2026-01-30", extra: str = "", currency: str = "EUR",
          status: str = "<Sts>BOOK</Sts>", ref: str = "REF1") -> str:
    return f"""<Ntry><Amt Ccy="{currency}">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>{status}
    <BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>{ref}</AcctSvcrRef>{extra or details()}</Ntry>"""


def details(amount: str = "", text: str = "rata n. 1/2026", name: str = "<Nm>COMUNE DI MELEGNANO</Nm>",
            more: str = "") -> str:
    return f"""<NtryDtls><TxDtls>{amount}<RltdPties><Dbtr>{name}</Dbtr><DbtrAcct><Id>
    <IBAN>IT40S0542811101000000123457</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf>{more}
    </TxDtls></NtryDtls>"""


def camt(*entries: str, version: str = "02", iban: str = IBAN, currency: str = "EUR", message: str = "053",
         group: str = "Stmt") -> bytes:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
    <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version}"><Bk><{group}>
    <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>{"".join(entries)}
    </{group}></Bk></Document>""".encode()


def one(content: bytes, name: str = "e.xml", account: str | None = None) -> Statement:
    """The statement of a file that tells of one account."""
    [found] = read(name, content, account=account)
    return found


def left_out(found: Statement) -> list[tuple[int, str]]:
    """The rows that are no credits, with why."""
    return [(row.row, row.why.value) for row in found.left_out]


def test_a_negative_entry_is_no_credit():
    assert left_out(one(camt(entry("-10.00"), entry("-10.00", "DBIT")))) == [(1, "reversal"), (2, "debit")]


@pytest.mark.parametrize("version", ["02", "04", "06", "08"])
def test_a_camt_statement_of_any_version_gives_its_credits(version):
    status = "<Sts><Cd>BOOK</Cd></Sts>" if version == "08" else "<Sts>BOOK</Sts>"
    name = "<Pty><Nm>COMUNE DI MELEGNANO</Nm></Pty>" if version == "08" else "<Nm>COMUNE DI MELEGNANO</Nm>"
    found = one(camt(entry(status=status, extra=details(name=name)), entry(sign="DBIT"), version=version))
    [line] = found.lines
    assert (found.account, found.from_day, left_out(found)) == (IBAN, date(2026, 1, 30), [(2, "debit")])
    assert (line.row, line.amount, line.payer) == (1, Decimal("1000.00"), "COMUNE DI MELEGNANO")
    assert (line.payer_iban, line.text) == ("IT40S0542811101000000123457", "rata n. 1/2026")


@pytest.mark.parametrize(("message", "group"), [("052", "Rpt"), ("053", "Stmt"), ("054", "Ntfctn")])
def test_reports_of_the_day_and_notices_are_read_like_statements(message, group):
    found = one(camt(entry(), message=message, group=group))
    assert [line.amount for line in found.lines] == [Decimal("1000.00")]


@pytest.mark.parametrize(("group", "status", "kept"), [
    ("Stmt", "", 1),  # a statement tells of nothing else than what is booked
    ("Rpt", "", 0), ("Ntfctn", "", 0),
    ("Stmt", "<Sts>PDNG</Sts>", 0), ("Stmt", "<Sts>INFO</Sts>", 0), ("Stmt", "<Sts><Cd>FUTR</Cd></Sts>", 0),
    ("Stmt", "<Sts><Prtry>CONTABILE</Prtry></Sts>", 0),
])
def test_what_is_only_announced_has_not_arrived(group, status, kept):
    found = one(camt(entry(status=status), group=group))
    assert len(found.lines) == kept
    assert left_out(found) == ([] if kept else [(1, "not_booked")])


@pytest.mark.parametrize("flag", ["true", "1"])
@pytest.mark.parametrize("sign", ["CRDT", "DBIT"])
def test_a_reversal_is_no_credit_however_it_is_flagged(flag, sign):
    reversed_one = entry(sign=sign, status=f"<Sts>BOOK</Sts><RvslInd>{flag}</RvslInd>")
    plain = entry(status="<Sts>BOOK</Sts><RvslInd>0</RvslInd>")
    found = one(camt(reversed_one, plain))
    assert (left_out(found), [line.row for line in found.lines]) == ([(1, "reversal")], [2])


def test_an_entry_of_nothing_is_left_out():
    assert left_out(one(camt(entry("0.00")))) == [(1, "zero")]


def test_the_value_day_counts_only_where_no_other_is_told():
    alone = entry().replace("<BookgDt><Dt>2026-01-30</Dt></BookgDt>", "<ValDt><DtTm>2026-02-02T10:00:00</DtTm></ValDt>")
    both = entry(extra="<ValDt><Dt>2026-02-05</Dt></ValDt>")
    assert [line.booked_on.day for line in one(camt(alone, both)).lines] == [2, 30]


# --- texts ------------------------------------------------------------------------------------------------

CUT = "Comune di Riva, servizio tesoreria, "[:35]


@pytest.mark.parametrize(("pieces", "text"), [
    (["acconto", "rata n. 1/2026"], "acconto rata n. 1/2026"),
    (["rata n. 1", "2/2026"], "rata n. 12/2026"),
    (["rata n. 12", "/2026"], "rata n. 12/2026"),
    (["rata n. 12/", "2026"], "rata n. 12/ 2026"),
    ([CUT, "acconto"], f"{CUT}acconto"),
    (["x" * 140, "y"], "x" * 140 + "y"),
    (["x" * 139, "y"], "x" * 139 + " y"),
    (["\n   rata n. 3/2026\n  ", "saldo"], "rata n. 3/2026 saldo"),
    (["NOTPROVIDED"], ""),
])
def test_the_pieces_of_a_text_are_joined_as_banks_cut_them(pieces, text):
    cut = details(text="</Ustrd><Ustrd>".join(pieces))
    assert one(camt(entry(extra=cut))).lines[0].text == text


def test_a_number_that_may_hide_in_a_seam_is_kept_in_the_other_readings():
    line = one(camt(entry(extra=details(text="ra</Ustrd><Ustrd>ta n. 1</Ustrd><Ustrd>2/2026")))).lines[0]
    assert line.text == "ra ta n. 12/2026"
    assert line.readings == ("ra ta n. 1 2/2026", "rata n. 12/2026")


def test_what_identifies_a_payment_is_told_after_its_text_once():
    more = "<Refs><EndToEndId>{}</EndToEndId></Refs>"
    told = [details(more=more.format(code)) for code in ("MAND-118", "NOTPROVIDED", "rata n. 1/2026")]
    texts = [line.text for line in one(camt(*(entry(extra=detail) for detail in told))).lines]
    assert texts == ["rata n. 1/2026 MAND-118", "rata n. 1/2026", "rata n. 1/2026"]


def test_without_a_text_of_the_payer_the_bank_speaks():
    extra = "<AddtlNtryInf>GIROFONDO DI TESORERIA</AddtlNtryInf>"
    assert one(camt(entry(extra=extra))).lines[0].text == "GIROFONDO DI TESORERIA"


def test_a_foreign_detail_inside_a_euro_entry_is_text():
    foreign = details('<AmtDtls><InstdAmt><Amt Ccy="CHF">950.00</Amt></InstdAmt></AmtDtls>')
    [line] = one(camt(entry(extra=foreign))).lines
    assert (line.amount, line.text) == (Decimal("1000.00"), "rata n. 1/2026 CHF 950.00")


# --- batches ----------------------------------------------------------------------------------------------


def part(amount: str, name: str, text: str = "rata", sign: str = "", currency: str = "EUR") -> str:
    told = f'<AmtDtls><TxAmt><Amt Ccy="{currency}">{amount}</Amt></TxAmt></AmtDtls>' if amount else ""
    direction = f"<CdtDbtInd>{sign}</CdtDbtInd>" if sign else ""
    return details(told + direction, text, f"<Nm>{name}</Nm>")


def test_a_batch_is_opened_into_its_payments():
    parts = part("600.00", "Comune di Riva", "rata 1/2026") + part("400.00", "Comune di Colle", "rata 2/2026")
    batch = entry(extra=parts)
    assert [(line.amount, line.payer, line.text, line.remark) for line in one(camt(batch)).lines] == [
        (Decimal("600.00"), "Comune di Riva", "rata 1/2026", ""),
        (Decimal("400.00"), "Comune di Colle", "rata 2/2026", "")]


def test_what_went_out_inside_a_batch_is_no_credit():
    batch = entry(extra=part("1200.00", "Comune di Riva") + part("200.00", "Banca", sign="DBIT"))
    found = one(camt(batch))
    assert [line.amount for line in found.lines] == [Decimal("1200.00")]
    assert left_out(found) == [(1, "debit")]


@pytest.mark.parametrize("parts", [
    part("600.00", "Comune di Riva") + part("300.00", "Comune di Colle"),
    part("600.00", "Comune di Riva") + part("", "Comune di Colle"),
    part("600.00", "Comune di Riva") + part("400.00", "Comune di Colle", currency="CHF"),
], ids=["less", "untold", "foreign"])
def test_a_batch_that_cannot_be_divided_is_one_credit_of_nobody(parts):
    [line] = one(camt(entry(extra=parts))).lines
    assert (line.amount, line.payer, line.payer_iban, line.remark) == (Decimal("1000.00"), "", "", UNDIVIDED)
    assert line.text.startswith("Comune di Riva: rata; Comune di Colle: rata"), "what is known of it stays to be read"


def test_a_batch_that_tells_of_fewer_payments_than_it_gathers_is_not_divided():
    batch = entry(extra="<NtryDtls><Btch><NbOfTxs>3</NbOfTxs></Btch></NtryDtls>" + part("600.00", "Comune di Riva"))
    [line] = one(camt(batch)).lines
    assert (line.payer, line.remark) == ("", UNDIVIDED)


# --- known again ------------------------------------------------------------------------------------------


def keys(content: bytes, name: str = "e.xml", account: str = IBAN) -> list[str]:
    return [line.key for line in one(content, name, account).lines]


def test_the_same_lines_have_the_same_keys_and_equal_lines_have_two():
    first, again = keys(camt(entry(), entry())), keys(camt(entry(), entry(), version="08"))
    assert first == again
    assert len(set(first)) == 2


def test_of_equal_credits_the_first_ones_are_known_in_another_file():
    month, day = keys(camt(entry(), entry(), entry())), keys(camt(entry(), entry(amount="5.00"), entry()))
    assert set(day) & set(month) == set(month[:2])


def test_the_order_of_a_file_and_the_bank_s_own_numbers_say_nothing_of_a_credit():
    a, b = entry("10.00", ref="1"), entry("20.00", ref="2")
    assert set(keys(camt(a, b))) == set(keys(camt(entry("20.00", ref="1"), entry("10.00", ref="2"))))


@pytest.mark.parametrize("table", [
    "Data contabile;Importo;Ordinante;Descrizione\n30/01/2026;1.000,00;Comune di Melegnano;RATA N.1/2026\n",
    "N.;Data contabile;Importo;Ordinante;Descrizione;Causale ABI;CRO\n"
    "7;30-01-26;1.000,00;COMUNE  DI MELEGNANO;Rata n. 1/2026;48;88123\n",
    "Data;Operazione;Descrizione;Descrizione estesa;Importo;Ordinante;Canale\n"
    "30/01/2026;Accredito;BONIFICO A VOSTRO FAVORE;rata n. 1/2026;1.000,00;Comune di Melegnano;SPORTELLO\n",
    "Data contabile,Dare,Avere,Ordinante,Descrizione\n2026-01-30,,1000.00,Comune di Melegnano,rata n. 1/2026\n",
])
def test_a_credit_is_known_again_whatever_format_it_comes_in(table):
    more = "<Refs><EndToEndId>X1</EndToEndId></Refs>"
    cut = camt(entry(extra=details(text="rata n. </Ustrd><Ustrd>1/2026", more=more)))
    assert keys(table.encode(), "mese.csv") == keys(cut) == keys(camt(entry()))


@pytest.mark.parametrize("other", [
    entry(day="2026-01-31"), entry("1000.01"), entry(extra=details(text="rata n. 2/2026")),
    entry(extra=details(name="<Nm>COMUNE DI DRESANO</Nm>")),
], ids=["day", "amount", "text", "payer"])
def test_a_credit_that_differs_in_one_thing_is_another(other):
    assert keys(camt(other)) != keys(camt(entry()))


# --- accounts and refusals --------------------------------------------------------------------------------


def test_a_file_of_several_accounts_answers_for_each():
    other = IBAN.replace("IT60", "IT33").replace("123456", "123458")
    first, second = camt(entry()).decode(), camt(entry("5.00"), iban=other).decode()
    inside = second[second.index("<Stmt>"):second.index("</Bk>")]
    found = read("e.xml", first.replace("</Stmt>", "</Stmt>" + inside).encode())
    assert {one.account: [(line.row, line.amount) for line in one.lines] for one in found} == {
        IBAN: [(1, Decimal("1000.00"))], other: [(2, Decimal("5.00"))]}


@pytest.mark.parametrize(("account", "whose"), [(None, None), (IBAN, IBAN)])
def test_an_account_that_the_file_does_not_name_is_that_which_is_said(account, whose):
    assert one(camt(entry(), iban=""), account=account).account == whose


def test_a_file_without_credits_has_an_empty_list():
    assert (one(camt()).lines, one(camt(entry(sign="DBIT"))).lines) == ((), ())


@pytest.mark.parametrize(("content", "message"), [
    (camt(entry())[:-30], "rovinato o incompleto"),
    (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "rovinato o incompleto"),
    (b"<!DOCTYPE x SYSTEM 'http://example.invalid/x.dtd'><x/>", "rovinato o incompleto"),
    (b"<Document><altro/></Document>", "non si legge come estratto conto"),
    (b"<html><table><tr><td>Data</td></tr></table></html>", "non si legge come estratto conto"),
    (camt(entry(), currency="USD"), "è in USD e non in euro"),
    (camt(entry(), entry(currency="CHF")), "è in CHF e non in euro"),
    (camt(entry(amount="10.005")), "l'importo del movimento 1 non si legge"),
    (camt(entry(amount="mille")), "l'importo del movimento 1 non si legge"),
    (camt(entry(day="2026-02-31")), "la data del movimento 1 non si legge"),
    (camt(entry(), entry(sign="ALTRO")), "il movimento 2 dice «ALTRO» in CdtDbtInd"),
    (camt(entry(status="<Sts>BOOK</Sts><RvslInd>forse</RvslInd>")), "il movimento 1 dice «forse» in RvslInd"),
    (camt(entry(extra=details(name=f"<Nm>{'x' * 501}</Nm>"))), "un testo è più lungo"),
    (camt(*(entry(ref=str(n), extra="<a/>") for n in range(20_001))), "più di 20.000 movimenti"),
], ids=["cut", "entities", "outside", "other", "page", "account currency", "entry currency", "decimals", "words", "day",
        "direction", "reversal", "long", "length"])
def test_a_camt_file_is_refused_whole_and_in_words(content, message):
    with pytest.raises(RuleBroken, match=message) as refusal:
        read("estratto.xml", content)
    assert refusal.value.field == "file"
