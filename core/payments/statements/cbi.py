"""CBI «Rendicontazione saldi e movimenti di conti correnti» (flow RH): records of 120 characters, types 61 to 65.

The positions are those of the standard CBI-RND-001, version 6.05 of 5 March 2013 (Consorzio CBI), counted from 1:

- 61, opening balance: 52-74 CIN, ABI, CAB and account; 75-77 currency; 100-103 country and check digits of the IBAN;
- 62, movement: 11-13 its number; 14-19 value day; 20-25 accounting day (both DDMMYY); 26 sign, D or C; 27-41 amount
  with its comma; 42-43 reason of the CBI; 44-45 reason of the bank; 46-61 cheque; 62-77 reference of the bank; 87-120
  reference of the customer, or a description;
- 63, more of a movement: 11-13 its number; then text (14-120), or a structure that 14-16 name: YYY (25-40 tax code,
  41-80 who ordered, 81-120 place), YY2 or YYY again (17-66 address, 67-100 IBAN), RI1 and RI2 (what the payer wrote),
  ID1 (the identifier of the message, 17-51, and of the payment, 52-86), ZZ1 to ZZ4 (foreign transfers), KKK
  (identifier of a flow);
- 64, closing balances; 65, balances to come.

The text of a large bank is itself tagged: :RI3: what the payer wrote, :OR1: who ordered, :IB2: from which account.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from core.ground.money import exact_cents
from core.payments.statements import refusals
from core.payments.statements.csvfile import text_of
from core.payments.statements.lines import CBI, LeftOut, Line, Statement, Why, statement
from core.payments.statements.texts import clean, iban, told

LENGTH = 120
OPENS, MOVES, TELLS, CLOSES, AHEAD = "61", "62", "63", "64", "65"
BALANCES = (OPENS, CLOSES, AHEAD)
STRUCTURE = re.compile(r"KKK|YYY|YY2|ID1|RI1|RI2|ZZ1|ZZ2|ZZ3|/ZZ4/")
TAG = re.compile(r":([A-Z][A-Z0-9]{2}):")
AMOUNT = re.compile(r"\d{1,12},\d{2}")


def starts(content: bytes) -> bool:
    """True for a file whose first record is the head of a flow RH."""
    return re.match(rb"\s{0,4}RH", content[:8]) is not None


def read(file: str, content: bytes, account: str | None) -> tuple[Statement, ...]:
    """The statements of a flow, one for each account; ``account`` is that of a flow which names none.

    RuleBroken, in words, for another currency, a record out of place, and a field that is not understood.
    """
    taken: dict[str | None, _Account] = {}
    now: _Account | None = None
    for row, record in _records(file, content):
        kind = _field(record, 2, 3)
        if kind == OPENS and (now is None or now.closed):
            now = taken.setdefault(_account(file, record) or account, _Account(file))
            now.open(row)
        elif kind in (MOVES, TELLS, CLOSES, AHEAD) and now is not None:
            now.take(kind, row, record)
        elif kind not in ("RH", "EF"):
            raise refusals.wrong_record(file, row)
    if now is None or not now.closed:
        raise refusals.broken(file)
    return tuple(_statement(code, of) for code, of in taken.items())


def _statement(account: str | None, of: _Account) -> Statement:
    lines: list[Line] = []
    left_out = list(of.left_out)
    for movement in of.movements:
        why = movement.why()
        if why is None:
            lines.append(movement.line())
        else:
            left_out.append(LeftOut(movement.row, why))
    return statement(CBI, account, lines, left_out)


def _records(file: str, content: bytes) -> Iterator[tuple[int, str]]:
    """The records with their line; some programs take off the blank with which each begins, or those at its end."""
    for row, line in enumerate(re.split(r"\r\n|\r|\n", text_of(file, content)), start=1):
        if not line.strip():
            continue
        if row > 10 * refusals.MOST_LINES:
            raise refusals.too_long(file)
        record = line if line.startswith(" ") else f" {line}"
        if len(record.rstrip()) > LENGTH or record[1:2].isspace():
            raise refusals.wrong_record(file, row)
        yield row, record.ljust(LENGTH)


def _field(record: str, first: int, last: int) -> str:
    """The characters from ``first`` to ``last``, as the standard counts them: from 1, both included."""
    return record[first - 1 : last]


def _account(file: str, record: str) -> str | None:
    """The IBAN that the opening balance spells in pieces; RuleBroken for an account that is not in euros."""
    if (currency := _field(record, 75, 77).strip()) not in ("", "EUR"):
        raise refusals.other_currency(file, currency)
    return iban(_field(record, 100, 103) + _field(record, 52, 74)) or None


@dataclass
class _Account:
    """An account as its records come."""

    file: str
    movements: list[_Movement] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    closed: bool = True

    def open(self, row: int) -> None:
        """A day of the account begins with its balance."""
        self.closed = False
        self.left_out.append(LeftOut(row, Why.BALANCE))

    def take(self, kind: str, row: int, record: str) -> None:
        """A record below the opening balance. RuleBroken for one that is out of place."""
        if kind in BALANCES:
            self.closed = True
            self.left_out.append(LeftOut(row, Why.BALANCE))
        elif self.closed:
            raise refusals.wrong_record(self.file, row)
        elif kind == MOVES:
            if len(self.movements) >= refusals.MOST_LINES:
                raise refusals.too_long(self.file)
            self.movements.append(_Movement(self.file, row, record))
        elif self.movements and _field(record, 11, 13) == _field(self.movements[-1].record, 11, 13):
            self.movements[-1].more.append(record)
        else:
            raise refusals.wrong_record(self.file, row)


@dataclass
class _Movement:
    """A movement with the records that tell more of it."""

    file: str
    row: int
    record: str
    more: list[str] = field(default_factory=list)

    def why(self) -> Why | None:
        """Why it is no credit, None if it is one."""
        sign, amount = _field(self.record, 26, 26), self._amount()
        if sign not in ("C", "D"):
            raise refusals.wrong_mark(self.file, self.row, "segno", sign)
        if amount == 0:
            return Why.ZERO
        return Why.DEBIT if sign == "D" else None

    def line(self) -> Line:
        """The credit that it is."""
        payer, account = self._payer()
        said = self._said()
        text = clean(" ".join(dict.fromkeys(part for part in (said, *self._codes()) if part)))
        refusals.require_lengths(self.file, self.row, payer, text)
        return Line(self.row, self._day(), self._amount(), payer, account, text, said)

    def _amount(self) -> Decimal:
        text = _field(self.record, 27, 41).strip()
        if not AMOUNT.fullmatch(text):
            raise refusals.wrong_amount(self.file, self.row, text)
        return exact_cents(Decimal(text.replace(",", ".")))

    def _day(self) -> date:
        text = next((t for t in (_field(self.record, 20, 25), _field(self.record, 14, 19)) if t.strip(" 0")), "")
        try:
            return datetime.strptime(text, "%d%m%y").date()  # noqa: DTZ007 - a day
        except ValueError as error:
            raise refusals.wrong_day(self.file, self.row, text) from error

    def _told(self, structure: str) -> Sequence[str]:
        return [record for record in self.more if _field(record, 14, 16) == structure]

    def _free(self) -> str:
        """The text without a structure: fields of fixed length go on into each other as they are."""
        return "".join(_field(one, 14, LENGTH) for one in self.more if not STRUCTURE.match(_field(one, 14, 18)))

    def _tagged(self) -> dict[str, str]:
        """What the text says by tags; empty for one that has none."""
        before, *pairs = TAG.split(self._free())
        return {} if before.strip() else dict(zip(pairs[::2], map(told, pairs[1::2]), strict=True))

    def _payer(self) -> tuple[str, str]:
        """Who ordered the payment, and from which account."""
        ordered, tagged = self._told("YYY"), self._tagged()
        name = next((told(_field(one, 41, 80)) for one in ordered[:1]), "")
        name = name or next((told(_field(one, 17, LENGTH)) for one in self._told("ZZ2")), "") or tagged.get("OR1", "")
        accounts = (iban(_field(one, 67, 100)) for one in (*ordered[1:], *self._told("YY2")))
        return name, next((code for code in accounts if code), "") or iban(tagged.get("IB2", ""))

    def _said(self) -> str:
        """What the payer wrote, else the bank's text."""
        return next((text for text in self._texts() if text), "")

    def _texts(self) -> Iterator[str]:
        """The texts, what the payer wrote first."""
        yield told("".join(_field(one, 17, LENGTH) for kind in ("RI1", "RI2") for one in self._told(kind)))
        yield self._tagged().get("RI3", "")
        yield told(" ".join(_field(one, 67, LENGTH) for one in self._told("ZZ3")))
        yield told(self._free())
        yield told(_field(self.record, 87, LENGTH))

    def _codes(self) -> Iterator[str]:
        """What another format would not repeat: other texts, references, identifiers, and the reasons last."""
        yield from self._texts()
        for one in self._told("ID1"):
            yield told(_field(one, 52, 86))
        for kind in ("ZZ1", "KKK"):
            yield from (told(_field(one, 17, LENGTH)) for one in self._told(kind))
        yield told(_field(self.record, 46, 61).lstrip("0 "))
        yield told(_field(self.record, 62, 77))
        yield told(_field(self.record, 42, 43))
        yield told(_field(self.record, 44, 45))
