"""Which invoices the text of a payment names. Pure.

Every accounting program numbers invoices in its own way (12, 12/PA, FPA 12/26), and who pays writes the number in
another: so a known invoice is sought, and only after a word that says so, like the number of an instalment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from core.ground.names import bare
from core.payments.references import OTHERWISE
from core.payments.statements.days import day_of

SAYS_SO = re.compile(r"(?<![a-z])(?:fattur[ae]|fatt|fat|ft)(?![a-z])")
SAYS_SDI = re.compile(r"(?<![a-z])(?:sdi|identificativo)(?![a-z])")
OF_AN_INVOICE = frozenset({  # what stands between the word and the number, or between two numbers
    "fattura", "fatture", "fatt", "fat", "ft", "elettronica", "elettroniche", "numero", "numeri", "num", "nr", "nn",
    "n", "e", "ed", "del", "dd", "data", "in", "id", "identificativo", "sdi", "pa",
})
OTHER_WORDS = OTHERWISE | {"rata", "rate", "acconto", "acconti", "saldo", "richiesta", "richieste"}
WORD = re.compile(r"[a-z]+")
NUMBER = re.compile(r"(?<![a-z0-9/])(?:[a-z]{1,7}[ /_-]?)?\d[a-z0-9]*(?:[/_-][a-z0-9]+)*")
YEAR_BEHIND = re.compile(r"[/_-](?:20)?\d\d$")
BETWEEN = r"[\s/._-]*"
NOT_WITHIN = r"(?<![a-z0-9])(?<![a-z0-9][/_-])(?<!\d\.)(?<!del )(?<!dd )"  # a longer number, or a day
NOT_FURTHER = r"(?![a-z0-9]|[/_-][a-z0-9]|\.\d|\s/\s?\d)"
DAY = (r"(?:[\s,]*(?:del|dd|in data)?[\s.]*(?P<day>\d{1,2}[/.-]\d{1,2}[/.-](?:\d{4}|\d\d))(?!\d)"
       r"|\s+del\s+(?P<of>\d{4})(?!\d))?")


@dataclass(frozen=True)
class Invoice:
    """The invoice of an instalment: its number, its day, and the identifier of the exchange system, if it is known."""

    number: str
    on: date
    sdi_id: str | None = None


def names(text: str, invoice: Invoice) -> bool:
    """True if ``text`` names this invoice after a word that says so, and no other day or year beside its number."""
    for segment in _segments(text, SAYS_SO, frozenset(WORD.findall(bare(invoice.number)))):
        if any(_agrees(found, invoice) for found in _wanted(invoice).finditer(segment)):
            return True
        if any(found["day"] and _agrees(found, invoice) for found in _without_series(invoice).finditer(segment)):
            return True
    if not invoice.sdi_id:
        return False
    identifier = re.compile(rf"(?<!\d)0*{invoice.sdi_id.lstrip('0')}(?!\d)")
    return any(identifier.search(segment) for says in (SAYS_SO, SAYS_SDI) for segment in _segments(text, says))


def numbers(text: str) -> frozenset[str]:
    """What stands in a text as the number or identifier of an invoice, in small letters, with and without its year."""
    segments = [segment for says in (SAYS_SO, SAYS_SDI) for segment in _segments(text, says)]
    written = {found for segment in segments for found in NUMBER.findall(segment)}
    return frozenset(form for found in written for form in (found, YEAR_BEHIND.sub("", found)))


def _segments(text: str, says: re.Pattern[str], own: frozenset[str] = frozenset()) -> Iterator[str]:
    """What follows each word that announces an invoice, up to a word that speaks of something else."""
    plain = says.sub(r"\g<0> ", " ".join(bare(text).split()))
    for found in says.finditer(plain):
        rest = plain[found.end():]
        ends = (word.start() for word in WORD.finditer(rest) if _is_of_something_else(word[0], own))
        yield rest[: next(ends, len(rest))]


def _is_of_something_else(word: str, own: frozenset[str]) -> bool:
    return word not in OF_AN_INVOICE and word not in own and (word in OTHER_WORDS or len(word) > 4)


@lru_cache(2048)
def _wanted(invoice: Invoice) -> re.Pattern[str]:
    """The number as people write it: zeros before it, blanks and signs between its parts, its year or its day."""
    return _pattern(_parts(invoice), invoice.on)


@lru_cache(2048)
def _without_series(invoice: Invoice) -> re.Pattern[str]:
    """«12» of 12/PA: it is that invoice only beside its day."""
    return _pattern([part for part in _parts(invoice) if part.isdigit()], invoice.on)


def _parts(invoice: Invoice) -> list[str]:
    parts = re.findall(r"[a-z]+|\d+", bare(invoice.number))
    years = (str(invoice.on.year), f"{invoice.on:%y}")
    return parts[:-1] if parts[-1] in years and any(part.isdigit() for part in parts[:-1]) else parts


def _pattern(parts: list[str], on: date) -> re.Pattern[str]:
    number = BETWEEN.join(f"0*{part.lstrip('0') or '0'}" if part.isdigit() else part for part in parts)
    return re.compile(rf"{NOT_WITHIN}{number}(?:\s?[/_-]\s?(?:{on:%Y}|{on:%y})(?!\d))?{NOT_FURTHER}{DAY}")


def _agrees(found: re.Match[str], invoice: Invoice) -> bool:
    """False beside another day, or another year."""
    if found["of"]:
        return int(found["of"]) == invoice.on.year
    with suppress(ValueError):
        return not found["day"] or day_of(found["day"]) == invoice.on
    return False
