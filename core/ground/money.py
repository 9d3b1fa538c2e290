"""Exact money: one function that rounds, one that shares. ``Decimal`` euros everywhere, never a float."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from math import lcm

from core.ground.errors import RuleBroken

CENT = Decimal("0.01")
LARGEST = Decimal(10) ** 15  # what a column of cents holds with room to spare
ITALIAN = re.compile(r"-?(\d+|\d{1,3}(\.\d{3}){2,}|\d{1,3}(\.\d{3})+(?=,))(,\d+)?")
MACHINE = re.compile(r"-?\d+\.\d+")  # so 1.234 has three decimals: it is refused, and nobody pays a thousandth


def parse_euro(text: str, *, field: str | None = None) -> Decimal:
    """Read an amount as Italians write it (``1.234,56``, ``€ 10``) or as machines do (``1234.56``).

    At most two decimals; RuleBroken in words otherwise. Nothing is rounded in silence.
    """
    cleaned = text.replace("€", "").replace("\N{NO-BREAK SPACE}", " ").strip()
    if ITALIAN.fullmatch(cleaned):
        cleaned = cleaned.replace(".", "").replace(",", ".")
    elif not MACHINE.fullmatch(cleaned):
        raise _no_amount(text, field)
    elif len(cleaned.rpartition(".")[2]) > 2:  # 8.000 too: who types it means eight thousand, a machine means eight
        raise _too_fine(text, field)
    try:
        return exact_cents(Decimal(cleaned))
    except RuleBroken as refusal:  # in the words of who typed it
        raise RuleBroken(refusal.message, field=field, text=text) from refusal


def exact_cents(amount: Decimal, *, field: str | None = None) -> Decimal:
    """The amount with two decimals; RuleBroken if it has more, or is no number or one that no budget has."""
    if not amount.is_finite() or abs(amount) > LARGEST:
        raise _no_amount(str(amount), field)
    if amount != amount.quantize(CENT):
        raise _too_fine(str(amount), field)
    return amount.quantize(CENT)


def _too_fine(text: str, field: str | None) -> RuleBroken:
    return RuleBroken("L'importo %(text)s ha più di due decimali, o le migliaia senza i centesimi: scriverlo come "
                      "1.234,56.", field=field, text=text)


def _no_amount(text: str, field: str | None) -> RuleBroken:
    return RuleBroken("«%(text)s» non è un importo: scriverlo come 1.234,56.", field=field, text=text)


def round_cents(amount: Decimal) -> Decimal:
    """Half a cent goes up, as accountants do."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def percentage(amount: Decimal, percent: Decimal) -> Decimal:
    """``percent`` of ``amount``, rounded half up to the cent."""
    return round_cents(amount * percent / 100)


def share(total: Decimal, weights: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Split ``total`` by weight, exact to the cent: largest remainder, ties in the order given.

    The parts always add up to the total. RuleBroken for a negative weight or if all are zero.
    """
    names = list(weights)
    cents = int(exact_cents(total) * 100)
    parts = _largest_remainder(cents, _whole_numbers([weights[name] for name in names]))
    return {name: Decimal(part).scaleb(-2).quantize(CENT) for name, part in zip(names, parts, strict=True)}


def _whole_numbers(weights: Sequence[Decimal]) -> list[int]:
    """The weights over one denominator, exactly: whole numbers are shared many times faster than fractions."""
    ratios = [weight.as_integer_ratio() for weight in weights]
    denominator = lcm(*(below for _above, below in ratios))
    return [above * (denominator // below) for above, below in ratios]


def _largest_remainder(cents: int, weights: Sequence[int]) -> list[int]:
    if any(weight < 0 for weight in weights):
        raise RuleBroken("Una chiave di riparto non può avere valori negativi.")
    whole = sum(weights)
    if not whole:
        raise RuleBroken("La chiave di riparto ha tutti i valori a zero: indicare almeno un valore positivo.")
    parts = [cents * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(cents * weights[i] % whole), i))
    for index in by_remainder[: cents - sum(parts)]:
        parts[index] += 1
    return parts
