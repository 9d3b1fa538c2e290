"""Dates, numbers and money as an Italian office writes them. Pure functions of plain values.

Figures stand in digits where they are read quickly and in words where a contract binds:
``15 (quindici) giorni``, ``sei mesi``, ``€ 100,00 (cento/00)``.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

MONTHS = (
    "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
    "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre",
)  # fmt: skip

BLANK = "________"
_AMOUNT = re.compile(r"€ (?=-?\d)")

_UNITS = {
    "giorno": ("un giorno", "giorni"),
    "mese": ("un mese", "mesi"),
    "anno": ("un anno", "anni"),
    "membro": ("un membro", "membri"),
}


def date_short(day: date) -> str:
    """``31/07/2026``."""
    return f"{day.day:02}/{day.month:02}/{day.year}"


def date_long(day: date) -> str:
    """``31 luglio 2026``; the first of a month is an ordinal: ``1º maggio 2026``."""
    return f"{day_month(day)} {day.year}"


def day_month(day: date) -> str:
    """``31 gennaio``: a date that comes back every year."""
    return f"{'1º' if day.day == 1 else day.day} {MONTHS[day.month - 1]}"


def on_day(text: str) -> str:
    """A date with its preposition: ``il 31 gennaio``, ``l'8 marzo``, ``l'11 giugno``."""
    return f"l'{text}" if _starts_with_vowel_sound(text) else f"il {text}"


def by_day(text: str) -> str:
    """The last day of a term: ``entro il 31 gennaio``, ``entro l'8 marzo``."""
    return f"entro {on_day(text)}"


def of_day(text: str) -> str:
    """``del 31 gennaio``, ``dell'8 marzo``."""
    return f"dell'{text}" if _starts_with_vowel_sound(text) else f"del {text}"


def from_day(text: str) -> str:
    """``dal 1º gennaio``, ``dall'8 marzo``."""
    return f"dall'{text}" if _starts_with_vowel_sound(text) else f"dal {text}"


def to_day(text: str) -> str:
    """``al 31 dicembre``, ``all'11 giugno``."""
    return f"all'{text}" if _starts_with_vowel_sound(text) else f"al {text}"


def _starts_with_vowel_sound(text: str) -> bool:
    """Eight and eleven are read *otto* and *undici*."""
    return text.split(" ", 1)[0] in {"8", "11"}


def month_name(month: int) -> str:
    """The name of month 1 to 12, in small letters as Italian wants."""
    return MONTHS[month - 1]


@lru_cache(maxsize=512)
def in_words(number: int) -> str:
    """``quindici``, ``cinquemila``. Feminine nouns change only *uno*; use :func:`counted` for those."""
    from num2words import num2words  # costs 40 ms, and only documents need it

    return str(num2words(number, lang="it"))


def ordinal(number: int, gender: str = "m") -> str:
    """``quinto``, ``prima``."""
    from num2words import num2words

    word = str(num2words(number, lang="it", to="ordinal"))
    return word if gender == "m" else word[:-1] + "a"


def counted(number: int, unit: str) -> str:
    """A short term in words: ``sei mesi``, ``un mese``, ``tre anni``. ``unit`` is the singular noun."""
    one, many = _UNITS[unit]
    return one if number == 1 else f"{in_words(number)} {many}"


def figured(number: int, unit: str) -> str:
    """A term with digits and words: ``15 (quindici) giorni``, ``1 (un) giorno``."""
    _, many = _UNITS[unit]
    return f"1 (un) {unit}" if number == 1 else f"{number} ({in_words(number)}) {many}"


def days(number: int) -> str:
    """``15 (quindici) giorni``."""
    return figured(number, "giorno")


def months(number: int) -> str:
    """``sei mesi``."""
    return counted(number, "mese")


def span(number: int) -> str:
    """Months, or years where they are whole: ``nove mesi``, ``un anno``, ``dieci anni``."""
    whole, rest = divmod(number, 12)
    return years(whole) if whole and not rest else months(number)


def years(number: int) -> str:
    """``tre anni``."""
    return counted(number, "anno")


def number(value: Decimal | int) -> str:
    """``1.234,5``: points for thousands, a comma before the decimals that the value has."""
    return f"{value:,}".translate(str.maketrans(",.", ".,"))


def euro(amount: Decimal) -> str:
    """``€ 1.234,56``, always with two decimals; a debit carries its sign before the figure: ``€ -5,00``."""
    return f"€ {number(amount.quantize(Decimal('0.01')))}"


def keep_amounts(text: str) -> str:
    """The text with each amount beside its sign: no line ends after ``€``."""
    return _AMOUNT.sub("€\N{NO-BREAK SPACE}", text)


def euro_in_words(amount: Decimal) -> str:
    """``€ 5.000,00 (cinquemila/00)``: the amount as contracts and cheques write it."""
    cents = int(amount.quantize(Decimal("0.01")).scaleb(2))
    whole, rest = divmod(abs(cents), 100)
    return f"{euro(amount)} ({'meno ' if cents < 0 else ''}{in_words(whole)}/{rest:02})"


def percent(value: Decimal | int) -> str:
    """``50%``, ``33,33%``: without the zeros that say nothing."""
    text = f"{Decimal(value):f}"
    plain = text.rstrip("0").rstrip(".") if "." in text else text
    return f"{number(Decimal(plain))}%"


def in_percent_words(value: Decimal | int) -> str:
    """``50% (cinquanta per cento)`` for whole percentages, ``33,33%`` otherwise."""
    whole = Decimal(value) == int(value)
    return f"{percent(value)} ({in_words(int(value))} per cento)" if whole else percent(value)


def roman(number: int) -> str:
    """``IV``: the numbers of titles."""
    text = ""
    for value, letters in ((10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")):
        count, number = divmod(number, value)
        text += letters * count
    return text


def letter(index: int) -> str:
    """The letter of an item, from 1: ``a``, ``b`` ... ``z``, ``aa``."""
    text = ""
    while index:
        index, rest = divmod(index - 1, 26)
        text = chr(ord("a") + rest) + text
    return text


def iban(code: str) -> str:
    """An IBAN in groups of four, as people copy it."""
    compact = code.replace(" ", "").upper()
    return " ".join(compact[start : start + 4] for start in range(0, len(compact), 4))


def blank(value: Any) -> Any:
    """The value, or a line to be filled in by hand: for what a draft may leave open."""
    return BLANK if value is None or value == "" else value


def inside(text: str) -> str:
    """A name as it stands within a sentence: ``collaudo della sede``; what begins with an acronym keeps it."""
    return text[:1].lower() + text[1:] if text[1:2].islower() or len(text) < 2 else text


def capital(text: str) -> str:
    """The text with its first letter in capitals, the rest untouched."""
    return text[:1].upper() + text[1:]
