"""A share-out on one page, in fractions and whole cents: who pays what of a sum, by which keys. Pure.

It knows nothing of the product but how a case of ``patto calc allocate`` is written, and it is written the other way
round: one municipality after the other, and the limits to the yearly change by one factor instead of round by round.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import ceil, floor
from typing import Any

Case = Mapping[str, Any]
OF_PEOPLE = ("residents", "solidarity", "rate", "solidarity_rate")
PRICED = ("rate", "solidarity_rate", "daily_fee")
IN_EURO = (*PRICED, "fixed", "steps")
UNTOUCHED_BY_DAYS = ("usage", "users", "fixed", "daily_fee", None)
HALF = Fraction(1, 2)


class Impossible(Exception):
    """Nobody can divide it so."""


def shares(case: Case) -> dict[str, int]:
    """Cents that each municipality pays. Impossible where the case cannot be divided."""
    who = list(case["parties"])
    by_keys = _by_keys(case, who)
    after = _deducted(case.get("deductions", ()), by_keys)
    return after if case.get("limits") is None else within(after, case["limits"])


def cents(text: str) -> int:
    """The euros of a text in cents."""
    amount = Fraction(text) * 100
    assert amount.denominator == 1
    return int(amount)


def divide(amount: int, weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Cents by weight: each the whole cents below its part, and those that are left to the largest fractions."""
    whole = sum(weights.values())
    if not whole:
        raise Impossible
    parts = {who: amount * weight / whole for who, weight in weights.items()}
    given = {who: floor(part) for who, part in parts.items()}
    place = list(weights).index
    first = sorted(parts, key=lambda who: (given[who] - parts[who], place(who)))
    for who in first[: amount - sum(given.values())]:
        given[who] += 1
    return given


def nearest(amount: Fraction) -> int:
    """Half a cent goes up."""
    return floor(amount + HALF)


# --- the keys ---------------------------------------------------------------------------------------------


def _by_keys(case: Case, who: Sequence[str]) -> dict[str, int]:
    owed, keys = dict.fromkeys(who, 0), list(case["keys"])
    priced = [key for key in keys if key.get("kind") in IN_EURO]
    for key in priced:
        for party in who:
            owed[party] += _in_euro(case, key, party)
    agreed = [amount for key in keys if key.get("kind") == "fixed" for amount in key["values"].values()]
    if sum(map(cents, agreed)) > cents(case["total"]):
        raise Impossible
    if all(key.get("kind") in (*PRICED, "fixed") for key in keys) and any(key.get("kind") in PRICED for key in keys):
        return owed
    left = cents(case["total"]) - sum(owed.values())
    if left < 0:
        raise Impossible
    for key in (key for key in keys if key.get("kind") == "historic"):
        way = Fraction(key["convergence"])
        kept = divide(left, {"kept": 100 - way, "gone": way})["kept"]
        left -= kept
        _add(owed, divide(kept, _figures(case, key, who)))
    weighted = [key for key in keys if key.get("kind") not in (*IN_EURO, "historic")]
    if not weighted:
        if left:
            raise Impossible
        return owed
    slices = divide(left, {str(place): Fraction(key["weight"]) for place, key in enumerate(weighted)})
    for key, part in zip(weighted, slices.values(), strict=True):
        _add(owed, divide(part, _figures(case, key, who)))
    return owed


def _in_euro(case: Case, key: Case, party: str) -> int:
    value = Fraction(key["values"].get(party, "0"))
    part = _part_of_year(case, key, party)
    if key["kind"] == "fixed":
        return cents(key["values"].get(party, "0"))
    if key["kind"] == "steps":
        return nearest(value * 100 * (key["steps"] - key["step"]) / key["steps"] * part)
    if key["kind"] == "daily_fee":
        families, fee = cents(key.get("recovery", {}).get(party, "0")), nearest(value * Fraction(key["rate"]) * 100)
        if families > fee:
            raise Impossible
        return fee - families if key.get("families_pay", "azienda") == "azienda" else fee
    return nearest(_by_band(key, value) * 100 * part)


def _figures(case: Case, key: Case, who: Sequence[str]) -> dict[str, Fraction]:
    """What each counts, to the thousandth where it is cut to its days."""
    found = {}
    for party in who:
        value = Fraction(1) if key.get("kind") == "equal" else Fraction(key["values"].get(party, "0"))
        if key.get("kind") in OF_PEOPLE:
            value = _by_band(key, value)
        part = _part_of_year(case, key, party)
        found[party] = value if part == 1 else Fraction(floor(value * part * 1000 + HALF), 1000)
    return found


def _by_band(key: Case, people: Fraction) -> Fraction:
    bands = key.get("bands") or [{"value": key.get("rate", "1")}]
    tops = [Fraction(band["up_to"]) if "up_to" in band else None for band in bands]
    prices = [Fraction(band["value"]) for band in bands]
    if key.get("banding", "whole") == "whole":
        return people * next(price for top, price in zip(tops, prices, strict=True) if top is None or people <= top)
    bottoms = [Fraction(0), *(top for top in tops if top is not None)]
    return sum((max(Fraction(0), (people if top is None else min(people, top)) - bottom) * price
                for bottom, top, price in zip(bottoms, tops, prices, strict=True)), Fraction(0))


def _part_of_year(case: Case, key: Case, party: str) -> Fraction:
    if key.get("kind") in UNTOUCHED_BY_DAYS:
        return Fraction(1)
    year = case.get("year_days", 365)
    return Fraction(case.get("days", {}).get(party, year), year)


def _add(owed: dict[str, int], more: Mapping[str, int]) -> None:
    for party, part in more.items():
        owed[party] += part


# --- after the keys ---------------------------------------------------------------------------------------


def _deducted(deductions: Sequence[Case], owed: Mapping[str, int]) -> dict[str, int]:
    after, spared = dict(owed), {one["party"] for one in deductions}
    bearers = {party: Fraction(amount) for party, amount in owed.items() if party not in spared and amount > 0}
    for one in deductions:
        amount = cents(one["amount"])
        if amount > owed[one["party"]]:
            raise Impossible
        after[one["party"]] -= amount
        if one.get("borne", "others") == "others":
            _add(after, divide(amount, bearers))
    return after


def within(owed: Mapping[str, int], limits: Case) -> dict[str, int]:
    """The cents within a cap and a floor: one factor on all, cut to the limits, so that the sum stays."""
    low, high = dict.fromkeys(owed, 0), dict[str, int | None](dict.fromkeys(owed))
    for party, amount in owed.items():
        before = cents(limits["previous"].get(party, "0"))
        if before and limits.get("floor") is not None:
            low[party] = ceil(before * (100 - Fraction(limits["floor"])) / 100)
        if before and limits.get("cap") is not None:
            high[party] = floor(before * (100 + Fraction(limits["cap"])) / 100)
        if not amount and not low[party]:
            high[party] = 0
    total, tops = sum(owed.values()), [top for top in high.values() if top is not None]
    if sum(low.values()) > total or (len(tops) == len(high) and sum(tops) < total):
        raise Impossible
    if all(low[party] <= amount and (high[party] is None or amount <= (high[party] or 0))
           for party, amount in owed.items()):
        return dict(owed)
    factor = _factor(owed, low, high, total)
    held = {party: _cut(amount * factor, low[party], high[party]) for party, amount in owed.items()}
    free = {party: Fraction(owed[party]) for party, share in held.items()
            if low[party] < share and (high[party] is None or share < (high[party] or 0))}
    fixed = {party: int(share) for party, share in held.items() if party not in free}
    left = divide(total - sum(fixed.values()), free) if free else {}
    return {party: {**fixed, **left}[party] for party in owed}


def _cut(share: Fraction, low: int, high: int | None) -> Fraction:
    share = max(share, Fraction(low))
    return share if high is None else min(share, Fraction(high))


def _factor(owed: Mapping[str, int], low: Mapping[str, int], high: Mapping[str, int | None], total: int) -> Fraction:
    """The factor at which the cut shares make the total: between two of the points where one of them meets a limit."""

    def made(factor: Fraction) -> Fraction:
        return sum((_cut(amount * factor, low[who], high[who]) for who, amount in owed.items()), Fraction(0))

    meets = {Fraction(limit, owed[who]) for who in owed if owed[who]
             for limit in (low[who], high[who]) if limit is not None}
    points = [Fraction(0), *sorted(meets), max(meets, default=Fraction(1)) + total + 1]
    for below, above in pairwise(points):
        least, most = made(below), made(above)
        if least <= total <= most:
            return below if most == least else below + (above - below) * (total - least) / (most - least)
    raise Impossible
