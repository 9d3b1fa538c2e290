"""How much a share may rise or fall from one year to the next: a cap and a floor, and who pays the difference. Pure.

Who would go past a limit pays the limit; what that moves is divided among the others in proportion to what each pays by
the keys, which may bring others to their limit, and so on until nobody is past one. All is exact to the cent and the
sum does not change. Where more is lost below the floor than is saved above the cap, the floors are fixed first, else
the caps: fixing both at once would fix somebody whom the other side brings back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from core.documents.words import euro, percent
from core.ground import money
from core.ground.errors import RuleBroken

ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Limits:
    """At most ``cap`` percent more and ``floor`` percent less than the share of ``year``, as people call it (None: no
    such limit).

    ``previous``: the share of that year, in euros, of each whom the limits bind; who is not here, or paid nothing, is
    not bound: no percentage of nothing says anything.
    """

    year: int | str
    cap: Decimal | None = None
    floor: Decimal | None = None
    previous: Mapping[str, Decimal] = field(default_factory=dict)

    def least(self, party: str) -> Decimal:
        """The lowest share in euros; a part of a cent is never below the limit."""
        if self.floor is None or not self.previous.get(party):
            return ZERO
        return (self.previous[party] * (HUNDRED - self.floor) / HUNDRED).quantize(money.CENT, ROUND_CEILING)

    def most(self, party: str, computed: Decimal) -> Decimal | None:
        """The highest share in euros, None for any. Who pays nothing by the keys is asked nothing for others."""
        if not computed and not self.least(party):
            return ZERO
        if self.cap is None or not self.previous.get(party):
            return None
        return (self.previous[party] * (HUNDRED + self.cap) / HUNDRED).quantize(money.CENT, ROUND_FLOOR)


@dataclass(frozen=True)
class Limited:
    """The shares within the limits: who pays exactly a limit, and how the ``left`` euros were divided among the others,
    in proportion to what they pay by the keys (``weights``)."""

    shares: Mapping[str, Decimal]
    fixed: Mapping[str, Decimal]
    left: Decimal
    weights: Mapping[str, Decimal]


def check_limits(cap: Decimal | None, floor: Decimal | None) -> None:
    """RuleBroken for a limit that is none."""
    if cap is not None and cap < 0:
        raise RuleBroken("L'aumento massimo è una percentuale da 0 in su: senza limite, lasciare vuoto.", field="cap")
    if floor is not None and not 0 <= floor <= HUNDRED:
        raise RuleBroken("La diminuzione massima è una percentuale da 0 a 100: senza limite, lasciare vuoto.",
                         field="floor")


def within(computed: Mapping[str, Decimal], limits: Limits) -> Limited:
    """The shares ``computed`` by the keys, brought within the limits. RuleBroken where no division can do it."""
    check_limits(limits.cap, limits.floor)
    total = sum(computed.values(), ZERO)
    least = {party: limits.least(party) for party in computed}
    most = {party: limits.most(party, amount) for party, amount in computed.items()}
    _require_room(total, least, most, limits)
    free, fixed, left = list(computed), dict[str, Decimal](), total
    while True:
        weights = {party: computed[party] for party in free}
        if not any(weights.values()):  # nobody who is left pays by the keys: the floor says what each has paid
            weights = {party: least[party] for party in free}
        shares = money.share(left, weights) if any(weights.values()) else dict.fromkeys(free, ZERO)
        below = {party: least[party] for party in free if shares[party] < least[party]}
        above = {party: top for party in free if (top := most[party]) is not None and shares[party] > top}
        if not below and not above:
            return Limited({party: {**fixed, **shares}[party] for party in computed}, fixed, left, weights)
        lost = sum((top - shares[party] for party, top in below.items()), ZERO)
        saved = sum((shares[party] - top for party, top in above.items()), ZERO)
        held = {**(below if lost >= saved else {}), **(above if saved >= lost else {})}
        fixed |= held
        left -= sum(held.values(), ZERO)
        free = [party for party in free if party not in held]
        if not free:
            return Limited({party: fixed[party] for party in computed}, fixed, left, {})


def _require_room(
    total: Decimal, least: Mapping[str, Decimal], most: Mapping[str, Decimal | None], limits: Limits
) -> None:
    lowest = sum(least.values(), ZERO)
    if lowest > total:
        raise RuleBroken("Con una diminuzione massima del %(percent)s sulle quote del %(year)s i Comuni pagano almeno "
                         "%(lowest)s, ma da ripartire ci sono %(total)s: il limite non si può rispettare. Ammettere "
                         "una diminuzione maggiore, o toglierlo.", percent=percent(limits.floor or ZERO),
                         year=limits.year, lowest=euro(lowest), total=euro(total))
    tops = [top for top in most.values() if top is not None]
    if len(tops) == len(most) and (highest := sum(tops, ZERO)) < total:
        raise RuleBroken("Con un aumento massimo del %(percent)s sulle quote del %(year)s i Comuni pagano al più "
                         "%(highest)s, ma da ripartire ci sono %(total)s: restano %(missing)s che nessuno può pagare. "
                         "Ammettere un aumento maggiore, o togliere il limite.", percent=percent(limits.cap or ZERO),
                         year=limits.year, highest=euro(highest), total=euro(total), missing=euro(total - highest))
