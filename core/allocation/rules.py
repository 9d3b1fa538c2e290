"""Sharing a cost among municipalities: exact to the cent, pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from core.ground import money
from core.ground.errors import RuleBroken


@dataclass(frozen=True)
class Key:
    """A criterion of the allocation plan: its weight (all weights make 1) and the value of each party."""

    weight: Decimal
    values: Mapping[str, Decimal]


@dataclass(frozen=True)
class Slice:
    """What one key shares out: its part of the total in euros, and each party's part of that."""

    amount: Decimal
    shares: Mapping[str, Decimal]


@dataclass(frozen=True)
class Allocation:
    """The share of each party in euros, and the slices that explain it line by line."""

    shares: Mapping[str, Decimal]
    slices: tuple[Slice, ...]


def allocate(total: Decimal, keys: Sequence[Key]) -> Allocation:
    """Split ``total`` euros over the keys by weight, then each slice over the parties by value (R87).

    Both splits are by largest remainder, ties in the order given; a party missing from a key counts zero there.
    RuleBroken for a negative total or value, weights that do not make exactly 1, or a key whose values are all zero.
    """
    if money.exact_cents(total, field="total") < 0:
        raise RuleBroken("L'importo da ripartire non può essere negativo.", field="total")
    require_whole([key.weight for key in keys])
    parties = list(dict.fromkeys(party for key in keys for party in key.values))
    amounts = money.share(total, {str(place): key.weight for place, key in enumerate(keys)})
    slices = tuple(
        Slice(amount, money.share(amount, {party: key.values.get(party, Decimal(0)) for party in parties}))
        for key, amount in zip(keys, amounts.values(), strict=True)
    )
    shares = {party: sum((slice_.shares[party] for slice_ in slices), Decimal("0.00")) for party in parties}
    return Allocation(shares, slices)


def require_whole(weights: Sequence[Decimal]) -> None:
    """RuleBroken for weights that do not make exactly 1."""
    if sum(weights) != 1 or any(weight < 0 for weight in weights):
        raise RuleBroken("I pesi delle chiavi di riparto devono fare esattamente 1: controllarli.", field="keys")
