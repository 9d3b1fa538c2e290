"""Reading a bank statement: CAMT.053 (ISO 20022) or the CSV that Italian banks export. Pure; whole or refused.

Only booked credits in euros are kept: what arrived. Debits are counted and left out.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from xml.etree.ElementTree import Element, ParseError  # only the names: the parser is defusedxml's

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from core.ground.errors import RuleBroken
from core.ground.money import exact_cents, parse_euro
from core.payments.rules import Credit

MOST_LINES = 20_000  # a year of a busy account; what is longer is asked for by month
CAMT, CSV = "camt", "csv"


@dataclass(frozen=True)
class KeyedCredit:
    """A credit with the key that names it for good, so that it is taken in once."""

    key: str
    credit: Credit


@dataclass(frozen=True)
class Statement:
    """What a file says: the account, the days, its credits, and how many lines were no credits."""

    format: str
    iban: str
    from_day: date | None
    to_day: date | None
    lines: tuple[KeyedCredit, ...]
    left_out: int


@dataclass(frozen=True)
class _Entry:
    credit: Credit
    bank_reference: str


def read(file_name: str, content: bytes, *, iban: str | None = None) -> Statement:
    """Read a statement by its content; a CSV does not name its account, so ``iban`` does.

    RuleBroken, in words, for a file that is neither, broken XML, another currency, a date or an amount that cannot be
    read, or more than 20,000 lines. Nothing of a refused file is kept.
    """
    if content.lstrip()[:1] == b"<" or content[:4] in (b"\xff\xfe<\x00", b"\xef\xbb\xbf<"):
        return _read_camt(file_name, content)
    return _read_csv(file_name, content, iban)


def _statement(format: str, iban: str, entries: Sequence[_Entry], left_out: int) -> Statement:
    days = [entry.credit.booked_on for entry in entries]
    return Statement(format, iban, min(days, default=None), max(days, default=None),
                     tuple(_keyed(iban, entries)), left_out)


def _keyed(iban: str, entries: Sequence[_Entry]) -> Iterator[KeyedCredit]:
    """Each credit by the bank's reference, or by all it says; equal ones are told apart by their order."""
    seen: Counter[str] = Counter()
    for entry in entries:
        credit = entry.credit
        said = (entry.bank_reference,) if entry.bank_reference else (credit.payer, credit.payer_iban, credit.reference)
        name = "|".join([iban, credit.booked_on.isoformat(), str(credit.amount), *said])
        seen[name] += 1
        yield KeyedCredit(hashlib.sha256(f"{name}|{seen[name]}".encode()).hexdigest(), credit)


def _too_long(file_name: str) -> RuleBroken:
    return RuleBroken("«%(file)s» ha più di 20.000 movimenti: chiedere alla banca l'estratto conto di un periodo più "
                      "breve, per esempio un mese, e caricarne uno alla volta.", field="file", file=file_name)


def _wrong_currency(file_name: str, currency: str) -> RuleBroken:
    return RuleBroken("«%(file)s» è in %(currency)s e non in euro: non è stato letto nulla. Controllare di aver scelto "
                      "l'estratto conto giusto.", field="file", file=file_name, currency=currency)


# --- CAMT.053 ---------------------------------------------------------------------------------------------


def _read_camt(file_name: str, content: bytes) -> Statement:
    try:
        root = fromstring(content)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise RuleBroken("«%(file)s» è rovinato o incompleto: non è stato letto nulla. Scaricarlo di nuovo dalla "
                         "banca.", field="file", file=file_name) from error
    statements = [found for found in root.iter() if _name(found) == "Stmt"]
    if not statements:
        raise RuleBroken("«%(file)s» non è un estratto conto CAMT.053: chiedere alla banca questo formato, oppure un "
                         "file CSV.", field="file", file=file_name)
    ibans = {"".join(_text(stmt, "Acct/Id/IBAN").split()) for stmt in statements}
    if len(ibans) != 1 or not (iban := ibans.pop()):
        raise RuleBroken("«%(file)s» riguarda più conti, o non dice quale: caricare un file per ogni conto.",
                         field="file", file=file_name)
    entries: list[_Entry] = []
    seen = left_out = 0
    for statement in statements:
        if (currency := _text(statement, "Acct/Ccy")) not in ("", "EUR"):
            raise _wrong_currency(file_name, currency)
        for entry in _children(statement, "Ntry"):
            seen += 1
            if seen > MOST_LINES:
                raise _too_long(file_name)
            credits = _entries(file_name, entry, seen)
            left_out += not credits
            entries += credits
    return _statement(CAMT, iban, entries, left_out)


def _entries(file_name: str, entry: Element, number: int) -> list[_Entry]:
    """The credits of an entry: itself, or the payments that it gathers, if their amounts make it up."""
    amount = _amount(file_name, _child(entry, "Amt"), number)
    if _text(entry, "CdtDbtInd") != "CRDT" or _text(entry, "RvslInd") == "true" or not _is_booked(entry):
        return []
    booked_on = _day(file_name, _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")
                     or _text(entry, "ValDt/Dt") or _text(entry, "ValDt/DtTm"), number)
    reference = _bank_reference(_text(entry, "AcctSvcrRef") or _text(entry, "NtryRef"))
    details = [found for group in _children(entry, "NtryDtls") for found in _children(group, "TxDtls")]
    amounts = [_detail_amount(file_name, detail, number) for detail in details]
    if len(details) > 1 and sum((a for a in amounts if a is not None), Decimal(0)) == amount and None not in amounts:
        return [_Entry(_credit(entry, detail, booked_on, part or Decimal(0)), f"{reference}/{n}" if reference else "")
                for n, (detail, part) in enumerate(zip(details, amounts, strict=True), start=1)]
    return [_Entry(_credit(entry, details[0] if details else entry, booked_on, amount), reference)]


def _is_booked(entry: Element) -> bool:
    """Version 08 wraps the status in a code; what is only announced or pending has not arrived."""
    return (_text(entry, "Sts/Cd") or _text(entry, "Sts") or "BOOK") == "BOOK"


def _bank_reference(text: str) -> str:
    return "" if text.upper() in ("", "NOTPROVIDED", "NONREF") else text


def _credit(entry: Element, detail: Element, booked_on: date, amount: Decimal) -> Credit:
    payer = _text(detail, "RltdPties/Dbtr/Nm") or _text(detail, "RltdPties/Dbtr/Pty/Nm")
    account = _text(detail, "RltdPties/DbtrAcct/Id/IBAN")
    said = [*_texts(detail, "RmtInf/Ustrd"), *_texts(detail, "RmtInf/Strd/CdtrRefInf/Ref")]
    said = said or _texts(entry, "AddtlNtryInf")
    return Credit(booked_on, amount, payer[:200], "".join(account.split()).upper()[:34], " ".join(said)[:1000])


def _detail_amount(file_name: str, detail: Element, number: int) -> Decimal | None:
    found = _child(detail, "Amt")
    if found is None:
        found = next(iter(_path(detail, "AmtDtls/TxAmt/Amt")), None)
    return None if found is None else _amount(file_name, found, number)


def _amount(file_name: str, found: Element | None, number: int) -> Decimal:
    if found is not None and found.get("Ccy", "EUR") != "EUR":
        raise _wrong_currency(file_name, found.get("Ccy", ""))
    try:
        return exact_cents(Decimal((found.text or "").strip() if found is not None else ""))
    except (InvalidOperation, RuleBroken) as error:
        raise RuleBroken("In «%(file)s» l'importo del movimento %(number)s non si legge: non è stato letto nulla.",
                         field="file", file=file_name, number=number) from error


def _day(file_name: str, text: str, number: int) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise RuleBroken("In «%(file)s» la data del movimento %(number)s non si legge: non è stato letto nulla.",
                         field="file", file=file_name, number=number) from error


def _name(element: Element) -> str:
    """A tag without its namespace: the versions of the format differ by nothing else that matters here."""
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if _name(child) == name]


def _child(element: Element, name: str) -> Element | None:
    return next(iter(_children(element, name)), None)


def _path(element: Element, path: str) -> list[Element]:
    found = [element]
    for name in path.split("/"):
        found = [child for parent in found for child in _children(parent, name)]
    return found


def _texts(element: Element, path: str) -> list[str]:
    return [text for found in _path(element, path) if (text := " ".join((found.text or "").split()))]


def _text(element: Element, path: str) -> str:
    return next(iter(_texts(element, path)), "")


# --- CSV --------------------------------------------------------------------------------------------------

HEADS: dict[str, tuple[str, ...]] = {
    "day": ("data contabile", "data operazione", "data registrazione", "data movimento", "data", "contabile"),
    "amount": ("importo", "importo eur", "importo in euro", "importo euro"),
    "credit": ("avere", "entrate", "accrediti", "importo avere", "accredito"),
    "debit": ("dare", "uscite", "addebiti", "importo dare", "addebito"),
    "currency": ("divisa", "valuta", "currency"),
    "payer": ("ordinante", "controparte", "nominativo", "debitore", "ordinante beneficiario", "nome controparte"),
    "payer_iban": ("iban ordinante", "iban controparte", "conto ordinante", "iban"),
    "reference": ("causale", "descrizione", "descrizione operazione", "descrizione estesa", "dettagli", "motivo"),
    "bank_reference": ("cro", "trn", "id operazione", "riferimento banca", "numero operazione"),
}
HEADER_WITHIN = 20
DAY = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


def _read_csv(file_name: str, content: bytes, iban: str | None) -> Statement:
    if not iban:
        raise RuleBroken("Un file CSV non dice di quale conto è: sceglierlo dall'elenco.", field="iban")
    rows = list(_rows(file_name, content))
    places, start = _header(file_name, rows)
    entries: list[_Entry] = []
    left_out = 0
    for number, row in enumerate(rows[start:], start=start + 1):
        cells = {name: row[place].strip() if place < len(row) else "" for name, place in places.items()}
        if not cells["day"]:
            continue  # a blank line, or the totals at the end
        if (currency := cells.get("currency", "")) and not DAY.fullmatch(currency) and currency.upper() not in (
                "EUR", "EURO", "€"):
            raise _wrong_currency(file_name, currency)
        amount = _csv_amount(file_name, cells, number)
        if amount <= 0:
            left_out += 1
            continue
        entries.append(_Entry(_csv_credit(file_name, cells, amount, number), cells.get("bank_reference", "")))
    return _statement(CSV, iban, entries, left_out)


def _rows(file_name: str, content: bytes) -> Iterator[list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")  # what Excel saves on an Italian PC
    if "\x00" in text:
        raise _no_statement(file_name)
    delimiter = "\t" if text.count("\t") > text.count(";") else ";"
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter)):
            if number > MOST_LINES + HEADER_WITHIN:
                raise _too_long(file_name)
            yield row
    except csv.Error as error:
        raise _no_statement(file_name) from error


def _no_statement(file_name: str) -> RuleBroken:
    return RuleBroken("«%(file)s» non si legge come estratto conto: serve un file CAMT.053 (XML), oppure un CSV con il "
                      "punto e virgola e le colonne data, importo (o dare e avere) e descrizione.", field="file",
                      file=file_name)


def _header(file_name: str, rows: Sequence[Sequence[str]]) -> tuple[Mapping[str, int], int]:
    """Where each column stands, and the first row below the names; banks write a few lines above them."""
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        titles = [_plain(cell) for cell in row]
        places = {name: titles.index(word) for name, words in HEADS.items()
                  if (word := next((word for word in words if word in titles), None))}
        if "day" in places and ("amount" in places or "credit" in places):
            return places, index + 1
    raise _no_statement(file_name)


def _plain(text: str) -> str:
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.findall(r"[a-z0-9]+", bare))


def _csv_amount(file_name: str, cells: Mapping[str, str], number: int) -> Decimal:
    """Euros; negative or zero for what is no credit."""
    if "amount" in cells:
        text, sign = cells["amount"], 1
    elif cells["credit"]:
        text, sign = cells["credit"], 1
    else:
        text, sign = cells.get("debit", "") or "0", -1
    try:
        return sign * parse_euro(text.replace("+", "").replace("EUR", ""))
    except RuleBroken as error:
        raise RuleBroken("In «%(file)s», alla riga %(number)s, l'importo «%(text)s» non si legge: scriverlo come "
                         "1.234,56. Non è stato letto nulla.", field="file", file=file_name, number=number,
                         text=text) from error


def _csv_credit(file_name: str, cells: Mapping[str, str], amount: Decimal, number: int) -> Credit:
    try:
        day = datetime.strptime(re.sub(r"[.-]", "/", cells["day"][:10]), "%d/%m/%Y").date()  # noqa: DTZ007 - a day
    except ValueError as error:
        raise RuleBroken("In «%(file)s», alla riga %(number)s, la data «%(text)s» non si legge: scriverla come "
                         "31/07/2026. Non è stato letto nulla.", field="file", file=file_name, number=number,
                         text=cells["day"]) from error
    return Credit(day, amount, " ".join(cells.get("payer", "").split())[:200],
                  "".join(cells.get("payer_iban", "").split()).upper()[:34],
                  " ".join(cells.get("reference", "").split())[:1000])
