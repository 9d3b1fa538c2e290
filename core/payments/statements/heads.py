"""The heads of a table: which column says what, by its name and, where names mislead, by its values."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from core.payments.statements import marks, refusals
from core.payments.statements.amounts import CURRENCIES, is_amount
from core.payments.statements.days import is_day
from core.payments.statements.texts import plain


class ColumnRole(StrEnum):
    """What a column holds. ``position`` numbers the rows; ``code`` is a text that another format would not repeat;
    ``holder`` is whose account it is.
    """

    BOOKED_ON = "booked_on"
    OPERATED_ON = "operated_on"
    VALUE_ON = "value_on"
    AMOUNT = "amount"
    CREDIT = "credit"
    DEBIT = "debit"
    BALANCE = "balance"
    CURRENCY = "currency"
    PAYER = "payer"
    PAYER_IBAN = "payer_iban"
    ACCOUNT = "account"
    HOLDER = "holder"
    MARK = "mark"
    POSITION = "position"
    CODE = "code"
    TEXT = "text"


DAYS = (ColumnRole.BOOKED_ON, ColumnRole.OPERATED_ON, ColumnRole.VALUE_ON)  # the accounting day before the others
MONEY = (ColumnRole.AMOUNT, ColumnRole.CREDIT, ColumnRole.DEBIT)
TELLING = (ColumnRole.TEXT, ColumnRole.CODE, ColumnRole.POSITION)  # whose values may show that they are marks
ONE_OF_EACH = {ColumnRole.CURRENCY, ColumnRole.PAYER_IBAN}
HEADS = tuple((role, re.compile(pattern)) for role, pattern in (
    (ColumnRole.BOOKED_ON, r"(data )?(di )?(contabile|contabilizzazione|registrazione|contab|cont|reg)( .*)?"
                           r"|contabilizzat[oa] il|data contabilizzat[oa]|booking date"),
    (ColumnRole.OPERATED_ON, r"data|data e ora|(data )?ora|giorno|date|transaction date"
                             r"|data (di |dell |del )?(operazione|movimento|mov|op|esecuzione|transazione)( .*)?"),
    (ColumnRole.VALUE_ON, r"data (di )?(valuta|val)( .*)?|valuta|val|value date"),
    (ColumnRole.AMOUNT, r"importo( (del )?(movimento|operazione|contabile|dare avere|avere dare|d a))?"
                        r"|ammontare|amount"),
    (ColumnRole.CREDIT, r"(importo |importi |movimenti )?(a |in )?(avere|accredit[oi]|entrat[ae]|credit[oi]?|credits"
                        r"|versamenti)"),
    (ColumnRole.DEBIT, r"(importo |importi |movimenti )?(a |in )?(dare|addebit[oi]|uscit[ae]|debit[oi]?|debits)"),
    (ColumnRole.BALANCE, r"(saldo|disponibilita|giacenza|balance)( .*)?"),
    (ColumnRole.CURRENCY, r"(codice )?(divisa|moneta)( conto)?|div|currency|ccy|valuta conto"),
    (ColumnRole.PAYER, r"(nome |nominativo |denominazione )?(ordinante|controparte|debitore|mittente|pagatore|versante)"
                       r"( beneficiario)?|beneficiario ordinante|nominativo|denominazione|ragione sociale|nome|debtor"
                       r"|payer"),
    (ColumnRole.PAYER_IBAN, r"(iban|conto|coordinate)( bancarie)?( del| della)? (ordinante|controparte|debitore"
                            r"|mittente|pagatore)( beneficiario)?|iban"),
    (ColumnRole.ACCOUNT, r"conto|rapporto|conto corrente|conto o carta|c c"
                         r"|(numero|numero di|n|iban|codice) (conto|rapporto|c c)( corrente)?|iban del conto"),
    (ColumnRole.POSITION, r"((n|nr|num|numero) )?(prog|progr|progressivo|riga|pos|posizione|ord|ordine)( movimento)?"
                          r"|n|nr|num|numero|numero movimento"),
    (ColumnRole.CODE, r"(causale|caus|cod|codice|numero|id|identificativo|riferimento|rif|end to end|endtoend)"
                      r"( (abi|interna|cbi|banca|causale|operazione|movimento|transazione|id|caus|assegno|end to end"
                      r"|univoco))+|cro|trn|cro trn|crn|endtoendid|e2e|codice|categoria"),
))
# a name that heads alone do not tell: who pays, or beside a column of the account its holder
SOMEBODY = re.compile(r"ragione sociale|denominazione|nominativo|nome")
FOREIGN_AMOUNT = re.compile(r"(importo|dare|avere|addebiti|accrediti|entrate|uscite)( in)? ([a-z]{3})")
SHORT_CODE = re.compile(r"[A-Za-z]{0,3}\d{1,12}[A-Za-z]?")
# what the payer wrote stands in the fullest of the texts; others repeat the kind of the operation, in words of the bank
FULLEST = tuple(re.compile(pattern) for pattern in (
    r".*\b(estesa|completa|dettagliata|aggiuntiva)|dettagli[oi]?( .*)?|informazioni( .*)?|motiv(o|azione)( .*)?",
    r"descrizione( .*)?", r"causale( .*)?"))
MOST_ABOVE = 40  # rows that a bank writes above the heads


@dataclass(frozen=True)
class TableColumn:
    """A column: where it stands, its head as written, what it holds, and the words that its marks may be.

    ``is_state``: its marks say whether a row is booked, not which way the money went.
    """

    place: int
    head: str
    role: ColumnRole
    words: Mapping[str, marks.Mark] = field(default_factory=dict)
    is_state: bool = False


def find(file: str, rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows holds the heads, None if none does: a day and an amount stand in it.

    RuleBroken for heads whose only amount is in another currency.
    """
    for index, row in enumerate(rows[:MOST_ABOVE]):
        roles = {_role(cell) for cell in row if cell.strip()}
        if not roles & set(DAYS):
            continue
        if roles & {ColumnRole.AMOUNT, ColumnRole.CREDIT} or any(marks.is_pair_of_sides(cell) for cell in row):
            return index
        if foreign := next((name for cell in row if (name := _foreign(cell))), ""):
            raise refusals.other_currency(file, foreign)
    return None


def _role(head: str) -> ColumnRole:
    if marks.is_direction_head(head) or marks.is_state_head(head):
        return ColumnRole.MARK
    name = re.sub(r"( in)? (euro?|e)$", "", plain(head))
    return next((role for role, pattern in HEADS if pattern.fullmatch(name)), ColumnRole.TEXT)


def _foreign(head: str) -> str:
    """The currency that the head of an amount names, empty for euros."""
    found = FOREIGN_AMOUNT.fullmatch(plain(head))
    return found[3].upper() if found and CURRENCIES.fullmatch(found[3].upper()) else ""


def fullness(head: str) -> int:
    """How likely a text below ``head`` is what the payer wrote: 0 for the fullest of the texts."""
    words = plain(head)
    return next((rank for rank, pattern in enumerate(FULLEST) if pattern.fullmatch(words)), len(FULLEST))


def columns(file: str, heads: Sequence[str], body: Sequence[Sequence[str]]) -> list[TableColumn]:
    """What each column holds. RuleBroken if two of them say the same that only one may say."""
    found = [_column(place, head, [v for row in body if place < len(row) and (v := row[place].strip())])
             for place, head in enumerate(heads)]
    named = [one for one in found if one.head.strip() or any(one.place < len(row) and row[one.place].strip()
                                                             for row in body)]
    settled = _settled(file, named)
    is_of_an_account = any(one.role is ColumnRole.ACCOUNT for one in settled)
    return [_of_the_holder(one, body) if is_of_an_account else one for one in settled]


def _of_the_holder(one: TableColumn, body: Sequence[Sequence[str]]) -> TableColumn:
    """A name beside the account that row after row repeats, be it money in or out, is its holder's."""
    names = [name for row in body if one.place < len(row) and (name := row[one.place].strip())]
    repeated = len(names) > 1 and len(set(names)) == 1
    is_holder = one.role is ColumnRole.PAYER and SOMEBODY.fullmatch(plain(one.head)) and repeated
    return TableColumn(one.place, one.head, ColumnRole.HOLDER) if is_holder else one


def _column(place: int, head: str, values: Sequence[str]) -> TableColumn:
    role = _role(head)
    for belongs, all_say, becomes in CORRECTIONS:
        if role is belongs and values and all_say(values):
            role = becomes
            break
    words = marks.understood(marks.words_below(head), values)
    if role in TELLING and values and all(marks.word(value) in words for value in values):
        role = ColumnRole.MARK
    if role is ColumnRole.MARK:
        said = {words[marks.word(v)] for v in values if marks.word(v) in words}
        is_state = marks.is_state_head(head) or (bool(said) and said <= set(marks.STATES))
        says_nothing = not values and plain(head).startswith("tipo")
        return TableColumn(place, head, ColumnRole.TEXT if says_nothing else ColumnRole.MARK, words, is_state)
    if role is ColumnRole.TEXT and len(values) > 2 and _goes_by_one(values) and not marks.is_text_head(head):
        role = ColumnRole.POSITION
    if (role is ColumnRole.POSITION and not _goes_by_one(values)) or (
            role is ColumnRole.TEXT and values and all(SHORT_CODE.fullmatch(v) for v in values)):
        role = ColumnRole.CODE
    return TableColumn(place, head, role)


def _every(test: Callable[[str], bool]) -> Callable[[Collection[str]], bool]:
    return lambda values: all(test(value) for value in values)


def _is_money(text: str) -> bool:
    return is_amount(text) and marks.word(text) not in marks.ANYWHERE


def _is_word(text: str) -> bool:
    return not any(character.isdigit() for character in text)


# where the values say that the head meant something else: the role by the head, what all values are, the role they show
CORRECTIONS: tuple[tuple[ColumnRole, Callable[[Collection[str]], bool], ColumnRole], ...] = (
    (ColumnRole.VALUE_ON, _every(_is_word), ColumnRole.CURRENCY),  # valuta is a currency as well as a day
    (ColumnRole.MARK, _every(is_day), ColumnRole.BOOKED_ON),  # contabilizzato: when, not whether
    (ColumnRole.MARK, _every(_is_money), ColumnRole.AMOUNT),  # dare/avere: one column of signed amounts
    (ColumnRole.BOOKED_ON, _every(_is_word), ColumnRole.MARK),  # contabilizzazione: whether, not when
)


def _goes_by_one(values: Sequence[str]) -> bool:
    """True for numbers that go up or down by one: they say where a row stands, and nothing of the credit."""
    if not all(value.isascii() and value.isdigit() and len(value) < 10 for value in values):
        return False
    return {int(after) - int(before) for before, after in pairwise(values)} in ({1}, {-1}, set())


def _settled(file: str, found: Iterable[TableColumn]) -> list[TableColumn]:
    """The columns with one of each kind where only one can be."""
    kept: list[TableColumn] = []
    taken: dict[ColumnRole, TableColumn] = {}
    for one in found:
        if one.role in MONEY and (first := next((taken[r] for r in _rivals(one.role) if r in taken), None)):
            raise refusals.two_columns(file, first.head, one.head)
        again = one.role in ONE_OF_EACH and one.role in taken
        kept.append(TableColumn(one.place, one.head, ColumnRole.TEXT) if again else one)
        taken.setdefault(one.role, one)
    return kept


def _rivals(role: ColumnRole) -> tuple[ColumnRole, ...]:
    return MONEY if role is ColumnRole.AMOUNT else (role, ColumnRole.AMOUNT)
