"""The rows of a table, from a CSV or a sheet, read into the credits of a statement."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest

from stdnum import iban as stdnum_iban

from core.payments.statements import amounts, heads, refusals
from core.payments.statements.days import day_of, is_day
from core.payments.statements.heads import ColumnRole, TableColumn
from core.payments.statements.lines import LeftOut, Line, Statement, Why, statement
from core.payments.statements.marks import Mark, is_state_head, title_says, word
from core.payments.statements.texts import clean, iban, joined, plain, told

EUROS = frozenset({"EUR", "EURO", "€", "E"})
OWN_IBAN = re.compile(r"IT\d{2}[A-Z]\d{10}[A-Z0-9]{12}")
ACCOUNT_CURRENCY = re.compile(
    rf"\b(?:DIVISA|VALUTA|CURRENCY)\b[^A-Z]*(?:CONTO\b[^A-Z]*)?({amounts.CURRENCIES.pattern})\b")
KINDS = r"iniziale|finale|contabile|disponibile|liquido|precedente|attuale|progressivo|periodo|conto|corrente|totale"
DATED = r"\d{1,2} (\d{1,2}|[a-z]{3,9}) \d{2,4}"
BALANCE = re.compile(  # a whole text: «saldo quota 2025» is what a municipality pays, «saldo al 31 12 2025» is not
    rf"saldo|totali|totale|riporto|a riporto|saldo (al|a|alla data del|in data) {DATED}"
    rf"|saldo( ({KINDS}|di|del|al|a|in|data|apertura|chiusura|inizio|fine|eur|euro))*"
    rf" ({KINDS}|apertura|chiusura|inizio|fine|eur|euro)( (al |alla data del |in data |del )?{DATED})?"
    r"|total[ei]( (movimenti|operazioni|dare|avere|entrate|uscite|accrediti|addebiti|generale|generali|periodo|del|in|e"
    rf"|a|eur|euro|credito|debito|{DATED}))+|disponibilita( liquida| finale| iniziale)?( al {DATED})?")
TITLE_CELLS = 2  # of a title between rows; a movement has more
GOES_ON = (ColumnRole.TEXT, ColumnRole.PAYER)
BALANCE_BEGINS = re.compile(r"(saldo|saldi|totale|totali|tot|riporto|disponibilita|giacenza)\b")


@dataclass(frozen=True)
class TableRow:
    """A row of a table: its number in the file, from 1, and its cells without blanks around them."""

    number: int
    cells: tuple[str, ...]


def read(file: str, format: str, rows: Sequence[TableRow], account: str | None) -> tuple[Statement, ...]:
    """The statements that a table tells, one for each account. ``account``: whose it is, where it does not say so.

    RuleBroken, in words, for a table without heads, or with a row or a column that is not understood.
    """
    at = heads.find(file, [row.cells for row in rows])
    if at is None:
        raise refusals.no_statement(file)
    for row in rows[:at]:
        _require_euros(file, row)
    tables = [_Table(file, head.cells, body) for head, body in _parts(file, rows[at:])]
    accounts = _accounts(file, rows[:at], tables)
    taken: dict[str | None, tuple[list[Line], list[LeftOut]]] = {code: ([], []) for code in accounts or (account,)}
    now = next(iter(taken))
    taken[now][1].extend(LeftOut(row.number, Why.BALANCE) for row in rows[:at] if _holds_balance(row))
    waiting = _announced(rows)
    for table in tables:
        for row in table.body:
            found = table.line(row)
            if len(accounts) > 1:
                now = table.account(row, None if isinstance(found, Line) else now)
            if isinstance(found, Line) and row.number not in waiting:
                taken[now][0].append(found)
            elif found is not None:
                taken[now][1].append(LeftOut(row.number, found if isinstance(found, Why) else Why.NOT_BOOKED))
    return tuple(statement(format, code, lines, left_out) for code, (lines, left_out) in taken.items())


def _parts(file: str, rows: Sequence[TableRow]) -> Iterator[tuple[TableRow, list[TableRow]]]:
    """The tables that follow each other, each with its heads; heads that are only printed again begin no other."""
    head, body = rows[0], list[TableRow]()
    for row in rows[1:]:
        if any(c.isdigit() for cell in row.cells for c in cell) or heads.find(file, [row.cells]) is None:
            body.append(row)
        elif [plain(cell) for cell in row.cells] != [plain(cell) for cell in head.cells]:
            yield head, body
            head, body = row, []
    yield head, body


def _title(row: TableRow) -> Mark | None:
    """What a title between the rows says of those below it: that they are booked, or not yet; None for no title."""
    return title_says(" ".join(row.cells)) if sum(map(bool, row.cells)) <= TITLE_CELLS else None


def _announced(rows: Iterable[TableRow]) -> set[int]:
    """The rows below a title that says that they are not booked, up to one that says that they are."""
    found: set[int] = set()
    waiting = False
    for row in rows:
        if said := _title(row):
            waiting = said is Mark.NOT_BOOKED
        elif waiting:
            found.add(row.number)
    return found


def _accounts(file: str, above: Sequence[TableRow], tables: Sequence[_Table]) -> Sequence[str | None]:
    """The IBANs that a file names. RuleBroken for several accounts, if the rows do not say of which each of them is."""
    texts = [text for row in above for text in ("".join(row.cells), *row.cells)]
    named = set[str]().union(*(values for table in tables for values in table.accounts()))
    of_rows = {code for value in named for code in _ibans(value)}
    found = of_rows | {code for text in texts for code in _ibans(text)}
    alone = all(len(table.accounts()) == 1 for table in tables)  # beside another column one may be of something else
    if found != of_rows if len(found) > 1 else alone and len(named) > 1:
        raise refusals.several_accounts(file)
    return sorted(found)


def _ibans(text: str) -> list[str]:
    return [code for code in OWN_IBAN.findall("".join(text.split()).upper()) if stdnum_iban.is_valid(code)]


def _holds_balance(row: TableRow) -> bool:
    """True for a row above the heads that tells a balance, and not the bank's address."""
    return any(BALANCE_BEGINS.match(plain(cell)) for cell in row.cells) and any(
        character.isdigit() for cell in row.cells for character in cell)


def _require_euros(file: str, row: TableRow) -> None:
    """RuleBroken for a row above the heads that says that the account is in another currency."""
    if found := ACCOUNT_CURRENCY.search(" ".join(row.cells).upper()):
        raise refusals.other_currency(file, found[1])


class _Table:
    """A table whose columns are known."""

    def __init__(self, file: str, head: Sequence[str], body: Sequence[TableRow]) -> None:
        self.file = file
        rows = [row for row in body if not _title(row)]
        self.of: dict[ColumnRole, list[TableColumn]] = {}
        for column in heads.columns(file, head, [row.cells for row in rows if any(row.cells)]):
            self.of.setdefault(column.role, []).append(column)
        self.body = list(self._whole(rows))
        if not any(role in self.of for role in (ColumnRole.AMOUNT, ColumnRole.CREDIT)) or not any(
                role in self.of for role in heads.DAYS):
            raise refusals.no_statement(file)
        self.styles = {column.place: self._style(column) for role in heads.MONEY for column in self.of.get(role, ())}
        self.directed = self._is_directed()

    def _whole(self, rows: Iterable[TableRow]) -> Iterator[TableRow]:
        """The rows, each with the texts that go on below it, in columns of text of which none is the first.

        What stands in the first column, or below a blank row, is a remark of the bank.
        """
        texts = {column.place for role in GOES_ON for column in self.of.get(role, ())} - {0}
        last: TableRow | None = None
        for row in rows:
            filled = {place for place, text in enumerate(row.cells) if text}
            if last and filled and filled <= texts:
                last = TableRow(last.number, tuple(
                    joined((above, below))[0] if below else above
                    for above, below in zip_longest(last.cells, row.cells, fillvalue="")))
                continue
            if last:
                yield last
            last = row if filled else None
        if last:
            yield last

    # --- what a column shows as a whole -------------------------------------------------------------------

    def _values(self, column: TableColumn) -> Iterator[str]:
        return (value for row in self.body if (value := self._cell(row, column)))

    def _style(self, column: TableColumn) -> amounts.Style | None:
        return amounts.one_style(style for value in self._values(column) if (style := amounts.style_of(value)))

    def _is_directed(self) -> bool:
        """True if the amounts say by themselves, or by one column that is wholly understood, which way they went."""
        if ColumnRole.AMOUNT not in self.of:
            return True
        [amount, *_others] = self.of[ColumnRole.AMOUNT]
        if any(amounts.is_signed(value) for value in self._values(amount)):
            return True
        for column in self.of.get(ColumnRole.MARK, ()):
            beside = [row for row in self.body if self._cell(row, amount) and not self._is_total(row)]
            if beside and all(column.words.get(word(self._cell(row, column))) in (Mark.IN, Mark.OUT)
                              for row in beside):
                return True
        return False

    def accounts(self) -> list[set[str]]:
        """What each of its columns of accounts names."""
        return [{clean(value) for value in self._values(column)} for column in self.of.get(ColumnRole.ACCOUNT, ())]

    def account(self, row: TableRow, otherwise: str | None) -> str | None:
        """The one account that a row names, ``otherwise`` if it names none; RuleBroken where there is no other."""
        named = {code for text in self._cells(row, ColumnRole.ACCOUNT) for code in _ibans(text)}
        if len(named) > 1 or not (named or otherwise):
            raise refusals.several_accounts(self.file)
        return named.pop() if named else otherwise

    # --- what a row says ----------------------------------------------------------------------------------

    def _cell(self, row: TableRow, column: TableColumn) -> str:
        return row.cells[column.place] if column.place < len(row.cells) else ""

    def _cells(self, row: TableRow, *roles: ColumnRole) -> list[str]:
        return [text for role in roles for column in self.of.get(role, ()) if (text := self._cell(row, column))]

    def line(self, row: TableRow) -> Line | Why | None:
        """The credit that a row is, why it is none, or None if it holds neither an amount nor a date."""
        money = [text for text in self._cells(row, *heads.MONEY) if not amounts.is_empty(text)]
        days = self._cells(row, *heads.DAYS)
        if self._is_total(row):
            return Why.BALANCE
        if not money:
            return self._without_amount(row, days)
        self._require_euros(row)
        value, out = self._amount(row)
        why = self._why(row, value, out)
        if why and not days:
            return why
        booked_on = self._day(row, days)
        return why or self._credit(row, booked_on, value)

    def _is_total(self, row: TableRow) -> bool:
        """True for a balance, a total, a carry-over: with its day it must say nothing else, and name no payer."""
        texts = [plain(text) for text in self._cells(row, *heads.DAYS, *TEXTS)]
        dated = any(is_day(text) for text in self._cells(row, *heads.DAYS))
        if self._cells(row, ColumnRole.PAYER_IBAN) or not any(c.isdigit() for cell in row.cells for c in cell):
            return False
        if dated:
            return not self._cells(row, ColumnRole.PAYER) and any(BALANCE.fullmatch(text) for text in texts)
        texts += [plain(text) for text in self._cells(row, ColumnRole.PAYER)]
        words = [text for text in texts if text]
        bare = not words and bool(self._cells(row, *heads.MONEY))
        return bare or any(BALANCE_BEGINS.match(text) for text in words)

    def _without_amount(self, row: TableRow, days: Sequence[str]) -> Why | None:
        """A row with a day and no amount moved nothing; one with neither is a note."""
        if any(amounts.is_amount(text) for text in self._cells(row, ColumnRole.BALANCE)):
            return Why.BALANCE
        if not any(is_day(text) for text in days):
            if any(re.match(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{2,4}", text) for text in days):
                raise refusals.wrong_day(self.file, row.number, days[0])
            return None
        return Why.ZERO

    def _day(self, row: TableRow, days: Sequence[str]) -> date:
        """The accounting day, else the operation's, else the value day."""
        if not days:
            raise refusals.no_day(self.file, row.number)
        try:
            return day_of(days[0])
        except ValueError as error:
            raise refusals.wrong_day(self.file, row.number, days[0]) from error

    def _require_euros(self, row: TableRow) -> None:
        for text in self._cells(row, ColumnRole.CURRENCY):
            if text.upper() not in EUROS:
                raise refusals.foreign_row(self.file, row.number, text)

    def _amount(self, row: TableRow) -> tuple[Decimal, bool]:
        """The amount of a row, and whether it stands in the column of debits."""
        if ColumnRole.AMOUNT in self.of:
            return self._read(row, self.of[ColumnRole.AMOUNT][0]), False
        sides = {role: self._read(row, self.of[role][0])
                 for role in (ColumnRole.CREDIT, ColumnRole.DEBIT) if role in self.of}
        credit, debit = sides.get(ColumnRole.CREDIT, Decimal(0)), sides.get(ColumnRole.DEBIT, Decimal(0))
        if credit and debit:
            raise refusals.two_sides(self.file, row.number)
        return (debit, True) if debit else (credit, False)

    def _read(self, row: TableRow, column: TableColumn) -> Decimal:
        text = self._cell(row, column)
        if amounts.is_empty(text):
            return Decimal(0)
        try:
            return amounts.amount(text, self.styles[column.place])
        except amounts.AmbiguousError as error:
            raise refusals.ambiguous_amount(self.file, row.number, text) from error
        except amounts.CurrencyError as error:
            raise refusals.foreign_row(self.file, row.number, str(error)) from error
        except amounts.NoAmountError as error:
            raise refusals.wrong_amount(self.file, row.number, text) from error

    def _why(self, row: TableRow, value: Decimal, out: bool) -> Why | None:
        """Why a row with an amount is no credit, None if it is one."""
        said = self._marks(row)
        if value == 0:
            return Why.ZERO
        if Mark.REVERSED in said:
            return Why.REVERSAL
        if out or Mark.OUT in said:
            return Why.DEBIT
        if value < 0:  # a negative amount among the credits takes one back
            return Why.REVERSAL if Mark.IN in said or ColumnRole.AMOUNT not in self.of else Why.DEBIT
        return Why.NOT_BOOKED if Mark.NOT_BOOKED in said else None

    def _marks(self, row: TableRow) -> set[Mark]:
        """What the columns of marks say of a row. RuleBroken for a word that is not understood where it matters."""
        said: set[Mark] = set()
        for column in self.of.get(ColumnRole.MARK, ()):
            text = self._cell(row, column)
            found = column.words.get(word(text))
            if found is not None:
                said.add(found)
            elif column.is_state and not text and not is_state_head(column.head):
                continue  # «annullato» among the notes of one row says nothing of the others
            elif column.is_state and (self.directed or not text):
                said.add(Mark.NOT_BOOKED)  # only a row whose state says booked is a credit
            elif not self.directed and (text or not column.is_state):
                raise refusals.wrong_mark(self.file, row.number, column.head, text)
        return said

    def _credit(self, row: TableRow, booked_on: date, value: Decimal) -> Line:
        payer = next(iter(told(text) for text in self._cells(row, ColumnRole.PAYER) if told(text)), "")
        texts = [told(text) for text in self._cells(row, ColumnRole.TEXT)]
        codes = [told(text) for text in self._cells(row, ColumnRole.CODE)]
        account = "".join(self._cells(row, ColumnRole.PAYER_IBAN))
        others = [told(text) for text in self._cells(row, ColumnRole.PAYER)[1:] if told(text) != payer]
        unmarked = [told(self._cell(row, c)) for c in self.of.get(ColumnRole.MARK, ())
                    if word(self._cell(row, c)) not in c.words]
        codes += [account] if account and not iban(account) else []
        text = " ".join(dict.fromkeys(part for part in (*texts, *others, *unmarked, *codes) if part))
        refusals.require_lengths(self.file, row.number, payer, text)
        return Line(row.number, booked_on, value, payer, iban(account), text, said=self._said(row))

    def _said(self, row: TableRow) -> str:
        """The fullest of the texts: the others are the bank's own words, which another format would not repeat."""
        by_rank = sorted(self.of.get(ColumnRole.TEXT, ()), key=lambda column: heads.fullness(column.head))
        return next((text for column in by_rank if (text := told(self._cell(row, column)))), "")


TEXTS = (ColumnRole.TEXT, ColumnRole.CODE, ColumnRole.MARK, ColumnRole.POSITION, ColumnRole.ACCOUNT)
