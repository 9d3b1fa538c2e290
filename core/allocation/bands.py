"""Bands of population: a weight, or a rate in euro, that depends on how many inhabitants a municipality has. Pure.

``whole``: the band in which the municipality falls holds for all its inhabitants. ``marginal``: each band holds for the
inhabitants that fall in it, so nobody gains or loses by one inhabitant more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

from core.documents.words import euro, number
from core.ground.errors import RuleBroken
from core.ground.money import round_cents

ZERO = Decimal(0)


class Banding(StrEnum):
    """For which inhabitants a band holds."""

    WHOLE = "whole"
    MARGINAL = "marginal"


@dataclass(frozen=True)
class PopulationBand:
    """Inhabitants up to ``up_to`` (None: however many), and what each of them counts, or pays in euros."""

    up_to: int | None
    value: Decimal


def check_bands(bands: Sequence[PopulationBand]) -> None:
    """RuleBroken for bands that leave somebody out or count somebody twice; none at all is fine."""
    if not bands:
        return
    limits = [band.up_to for band in bands if band.up_to is not None]
    if bands[-1].up_to is not None or len(limits) != len(bands) - 1:
        raise RuleBroken("L'ultima fascia di popolazione, e solo quella, non ha un limite: vale oltre le altre.",
                         field="keys")
    if any(limit <= 0 for limit in limits) or any(low >= high for low, high in pairwise(limits)):
        raise RuleBroken("I limiti delle fasce di popolazione sono maggiori di zero e crescono da una riga all'altra.",
                         field="keys")
    if any(band.value < 0 for band in bands):
        raise RuleBroken("Il valore di una fascia di popolazione non può essere negativo.", field="keys")


def banded(residents: Decimal, bands: Sequence[PopulationBand], banding: Banding) -> Decimal:
    """What ``residents`` inhabitants count, or pay in euros, by the bands; exact, nothing is rounded."""
    return sum((people * band.value for people, band in _counted(residents, bands, banding)), ZERO)


def told(
    residents: Decimal, bands: Sequence[PopulationBand], banding: Banding, word: Callable[[Decimal], str]
) -> str:
    """The multiplications behind ``banded``: ``3.000 × 1 + 46 × 0,8``; ``word`` writes a value."""
    return " + ".join(f"{number(people)} × {word(band.value)}" for people, band in _counted(residents, bands, banding))


def plain(value: Decimal) -> str:
    """A weight without idle zeros: ``0,8``."""
    return number(value.normalize() + 0)


def price(value: Decimal) -> str:
    """A price in euros, to the cent or as fine as it is: ``€ 3,50``, ``€ 0,335``."""
    return euro(value) if value == round_cents(value) else f"€ {plain(value)}"


def _counted(
    residents: Decimal, bands: Sequence[PopulationBand], banding: Banding
) -> Iterator[tuple[Decimal, PopulationBand]]:
    """The inhabitants that each band holds for, without the bands that hold for nobody."""
    if banding is Banding.WHOLE:
        yield residents, next(band for band in bands if band.up_to is None or residents <= band.up_to)
        return
    below = ZERO
    for band in bands:
        here = residents if band.up_to is None else min(residents, Decimal(band.up_to))
        if here > below or not residents:
            yield here - below, band
        if here == residents:
            return
        below = here
