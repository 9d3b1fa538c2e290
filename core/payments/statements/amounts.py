"""Amounts as banks write them. A column shows by its clear amounts what its comma and its point mean."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from core.ground.errors import RuleBroken
from core.ground.money import exact_cents

MINUS = str.maketrans(dict.fromkeys("−–—‐‑‒﹣－", "-"))
QUOTES = str.maketrans(dict.fromkeys("'’‘`´", " "))  # thousands as the Swiss write them
CURRENCIES = re.compile(r"USD|GBP|CHF|JPY|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|CAD|AUD|CNY|TRY|\$|£")
SIGNED = re.compile(r"(?P<open>\()?(?P<before>[+-])? ?(?P<digits>\d[\d., ]*?) ?(?P<after>[+-])?(?P<close>\))?")
AMBIGUOUS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")
POINT_GROUPS, COMMA_GROUPS = r"[1-9]\d{0,2}(\.\d{3})+", r"[1-9]\d{0,2}(,\d{3})+"


class Style(StrEnum):
    """Which sign stands before the cents."""

    COMMA = "comma"
    POINT = "point"


SHAPES = (  # what can be read in one way only
    (re.compile(rf"{POINT_GROUPS},\d+"), Style.COMMA),
    (re.compile(rf"{COMMA_GROUPS}\.\d+"), Style.POINT),
    (re.compile(r"[1-9]\d{0,2}(\.\d{3}){2,}"), Style.COMMA),
    (re.compile(r"[1-9]\d{0,2}(,\d{3}){2,}"), Style.POINT),
    (re.compile(r"\d+,\d+"), Style.COMMA),
    (re.compile(r"\d+\.\d+"), Style.POINT),
)
GROUPED = {Style.COMMA: re.compile(rf"(\d+|{POINT_GROUPS})(,\d+)?"),
           Style.POINT: re.compile(rf"(\d+|{COMMA_GROUPS})(\.\d+)?")}
BLANK_GROUPS = re.compile(r"[1-9]\d{0,2}( \d{3})+([.,]\d{1,2})?")


class Number(str):
    """An amount that a sheet holds as a number: its point is a point, whatever its column shows."""

    __slots__ = ()


class NoAmountError(Exception):
    """The text is no amount."""


class AmbiguousError(Exception):
    """The text may be two amounts, and nothing says which."""


class CurrencyError(Exception):
    """The text is an amount in another currency, which the exception names."""


def style_of(text: str) -> Style | None:
    """What the cents of ``text`` are parted by; None if it does not show it, or is no amount."""
    try:
        _negative, digits = _parts(text)
    except (NoAmountError, CurrencyError):
        return None
    if isinstance(text, Number):
        return None
    if AMBIGUOUS.fullmatch(digits):
        return None
    return next((style for shape, style in SHAPES if shape.fullmatch(digits)), None)


def amount(text: str, style: Style | None) -> Decimal:
    """``text`` in euros, in the style of its column: ``1.234,56``, ``-1 234,56``, ``12,50-``, ``(12,50)``, ``€ 10``.

    NoAmountError for anything else, another style or a fraction of a cent; AmbiguousError for ``1.234`` and ``1,234``
    without a style; CurrencyError for another currency.
    """
    negative, digits = _parts(text)
    style = Style.POINT if isinstance(text, Number) else style
    if AMBIGUOUS.fullmatch(digits) and style is None:
        raise AmbiguousError(text)
    style = style or style_of(text) or Style.COMMA
    if not GROUPED[style].fullmatch(digits):
        raise NoAmountError(text)
    whole = digits.replace(".", "").replace(",", ".") if style is Style.COMMA else digits.replace(",", "")
    try:
        value = exact_cents(Decimal(whole))
    except RuleBroken as error:
        raise NoAmountError(text) from error
    return -value if negative else value


def is_signed(text: str) -> bool:
    """True if a sign stands beside the amount."""
    try:
        _parts(text)
    except (NoAmountError, CurrencyError):
        return False
    return any(sign in text.translate(MINUS) for sign in "+-(")


def is_amount(text: str) -> bool:
    """True for what has the shape of an amount, in whatever style."""
    try:
        _parts(text)
    except (NoAmountError, CurrencyError):
        return False
    return True


def is_empty(text: str) -> bool:
    """True for a cell that says that there is nothing: blank, or a dash alone."""
    return text.translate(MINUS).strip(" \N{NO-BREAK SPACE}-") == ""


def one_style(styles: Iterable[Style]) -> Style | None:
    """The style that a column shows, None if it shows none. More of one kind win; the Italian one wins a tie."""
    seen = list(styles)
    if not seen:
        return None
    return Style.POINT if seen.count(Style.POINT) > seen.count(Style.COMMA) else Style.COMMA


def _parts(text: str) -> tuple[bool, str]:
    """Whether an amount is negative, and its digits with their points and commas."""
    words = " ".join(text.translate(MINUS).translate(QUOTES).upper().split())
    if found := CURRENCIES.search(words):
        raise CurrencyError(found[0])
    bare = " ".join(re.sub(r"€|\bEURO?\b|EURO?(?=[-+\d(])|(?<=[-+\d)])EURO?", " ", words).split())
    found = SIGNED.fullmatch(bare)
    if found is None or (found["before"] and found["after"]) or bool(found["open"]) != bool(found["close"]):
        raise NoAmountError(text)
    digits = found["digits"]
    if " " in digits:
        if not BLANK_GROUPS.fullmatch(digits):
            raise NoAmountError(text)
        digits = digits.replace(" ", "")
    return "-" in (found["before"], found["after"]) or bool(found["open"]), digits
