"""What a bank's file says of one account: its credits, and every row that is none, with the reason.

A credit is known again by its day, amount, payer and normalised text, in whatever order and format it comes.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.ground.errors import Finding
from core.payments.statements.texts import bare

CAMT, CSV, XLSX, CBI = "camt", "csv", "xlsx", "cbi"
UNDIVIDED = Finding("Più pagamenti in un solo accredito, senza importi che permettano di dividerlo: chi ha pagato che "
                    "cosa si legge nella causale, o nel dettaglio della banca.").message


class Why(StrEnum):
    """Why a row that holds an amount or a date is no credit."""

    DEBIT = "debit"
    NOT_BOOKED = "not_booked"
    REVERSAL = "reversal"
    BALANCE = "balance"
    ZERO = "zero"
    OTHER_CURRENCY = "other_currency"  # part of the vocabulary; today a file with another currency is refused whole


@dataclass(frozen=True)
class Line:
    """A credit, in euros. What the bank does not tell is empty.

    ``row``: the line of the file, the row of the sheet or the number of the entry, from 1. ``said``: what of the text
    the payer wrote, without codes and words of the bank that one format has and another has not. ``readings``: the text
    with its pieces joined in the other ways. ``key`` names the credit for good. ``whole``: the euros of the entry of
    which it is a part. ``batch`` names that entry, for its parts and for a credit that may be it undivided: one file
    may tell it whole (CAMT.053), another in its parts (CAMT.054).
    """

    row: int
    booked_on: date
    amount: Decimal
    payer: str = ""
    payer_iban: str = ""
    text: str = ""
    said: str = ""
    remark: str = ""
    readings: tuple[str, ...] = ()
    key: str = ""
    whole: Decimal | None = None
    batch: str = ""


@dataclass(frozen=True)
class LeftOut:
    """A row that is no credit; ``file`` names the part of an archive that it stands in."""

    row: int
    why: Why
    file: str = ""


@dataclass(frozen=True)
class Statement:
    """What a file says of one account, None if it does not say which."""

    format: str
    account: str | None
    lines: tuple[Line, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def from_day(self) -> date | None:
        """The day of its first credit."""
        return min((line.booked_on for line in self.lines), default=None)

    @property
    def to_day(self) -> date | None:
        """The day of its last credit."""
        return max((line.booked_on for line in self.lines), default=None)


def rows_of(left_out: Iterable[LeftOut]) -> dict[Why, str]:
    """The rows by kind, as people name them: ``2-14, 17``; in an archive each file with its own."""
    of: dict[Why, dict[str, list[int]]] = {}
    for one in left_out:
        of.setdefault(one.why, {}).setdefault(one.file, []).append(one.row)
    return {why: "; ".join(f"{file}: {_ranges(rows)}" if file else _ranges(rows) for file, rows in files.items())
            for why, files in of.items()}


def _ranges(rows: Sequence[int]) -> str:
    spans: list[list[int]] = []
    for row in sorted(set(rows)):
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def statement(format: str, account: str | None, lines: Sequence[Line], left_out: Iterable[LeftOut]) -> Statement:
    """A statement whose credits have their keys."""
    return Statement(format, account, tuple(_batched(format, account, _keyed(account, lines))),
                     tuple(sorted(left_out, key=lambda one: (one.file, one.row))))


def _keyed(account: str | None, lines: Sequence[Line]) -> Iterator[Line]:
    """Equal credits of one file are told apart by their order: the first of them is the first in any other file."""
    seen: Counter[str] = Counter()
    for line in lines:
        name = "|".join([account or "", line.booked_on.isoformat(), str(line.amount), bare(line.payer),
                         bare(line.said)])
        seen[name] += 1
        yield replace(line, key=hashlib.sha256(f"{name}|{seen[name]}".encode()).hexdigest())


def _batched(format: str, account: str | None, lines: Iterable[Line]) -> Iterator[Line]:
    """The parts of an entry, and what may be an entry undivided, name it by account, day and sum; equal ones by order.

    Undivided is what gathers several payments, and in a CAMT file what has no payer.
    """
    seen: dict[str, list[int]] = {}
    for line in lines:
        undivided = line.remark == UNDIVIDED or (format == CAMT and not (line.payer or line.payer_iban))
        if line.whole is None and not undivided:
            yield line
            continue
        name = "|".join([account or "", line.booked_on.isoformat(), str(line.whole or line.amount)])
        rows = seen.setdefault(name, [])
        if line.row not in rows:
            rows.append(line.row)
        yield replace(line, batch=hashlib.sha256(f"{name}|{rows.index(line.row)}".encode()).hexdigest())


def together(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The statements of several files by account: what two of them tell is one credit."""
    of: dict[str | None, list[Statement]] = {}
    for one in statements:
        of.setdefault(one.account, []).append(one)
    return tuple(_merged(account, parts) for account, parts in of.items())


def _merged(account: str | None, parts: Sequence[Statement]) -> Statement:
    lines: dict[str, Line] = {}
    for part in parts:
        for line in part.lines:
            lines.setdefault(line.key, line)
    told = {line.batch for line in lines.values() if line.whole is not None}
    once = tuple(line for line in lines.values() if line.whole is not None or not line.batch or line.batch not in told)
    return Statement(parts[0].format, account, once, tuple(row for part in parts
                                                                            for row in part.left_out))
