"""An allocation plan as plain data, and the lines that share it out (R87). Pure; amounts are euros.

The order in a group: its pool (costs less own income and deduction); fixed sums come off first; of what is left, the
historic quota keeps what has not yet converged; the rest is split over the weighted keys, and each slice is shared on
its own. So every sum that is printed is the sum of the lines below it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from core.allocation.rules import Key, Slice, allocate
from core.funding.rules import ZERO, ServiceResult, spread_by
from core.ground import money
from core.ground.errors import RuleBroken

HUNDRED = Decimal(100)
THOUSANDTH = Decimal("0.001")


class KeyKind(StrEnum):
    """By what a cost is shared.

    A key that says how big a municipality is (residents, places, equal parts, last year's quota) counts by the days
    in which it takes part, where the plan says so; one that counts what happened (use, users) has the days in it, and
    a fixed sum is agreed as it is. ``solidarity`` is shared by residents among all municipalities of the plan, those
    without the services of the group too: who has no need this year helps those who have.
    """

    RESIDENTS = "residents"
    USAGE = "usage"
    USERS = "users"
    PLACES = "places"
    EQUAL = "equal"
    FIXED = "fixed"
    HISTORIC = "historic"
    SOLIDARITY = "solidarity"


TYPED = frozenset({KeyKind.USERS, KeyKind.PLACES, KeyKind.FIXED, KeyKind.HISTORIC})
BY_DAYS = frozenset({KeyKind.RESIDENTS, KeyKind.PLACES, KeyKind.EQUAL, KeyKind.HISTORIC, KeyKind.SOLIDARITY})
WITHOUT_WEIGHT = frozenset({KeyKind.FIXED, KeyKind.HISTORIC})


@dataclass(frozen=True)
class PlanKey:
    """A key with the figure of each municipality; ``weight`` in percent of what the weighted keys share.

    ``convergence``: percent of the way from the historic quota to the other keys (60, then 80, then 100).
    """

    kind: KeyKind
    title: str
    weight: Decimal
    values: Mapping[str, Decimal]
    source: str = ""
    convergence: Decimal = ZERO


@dataclass(frozen=True)
class Cost:
    """What a group costs: the figures of its services, and what is deducted before sharing, in euros."""

    figures: ServiceResult
    deduction: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """Costs less own income and deduction; negative if the group earns more than it costs."""
        return self.figures.costs - self.figures.own_income - self.deduction

    @property
    def pool(self) -> Decimal:
        """What the municipalities pay; a gain is not shared with other groups (R65), so never below zero."""
        return max(self.net, ZERO)


@dataclass(frozen=True)
class PlanGroup:
    """Services shared together: its cost, who takes part with the days of the year in which it does, its keys.

    ``excluded``: who pays nothing here by decision, not even the solidarity of the others.
    """

    title: str
    cost: Cost
    days: Mapping[str, int]
    keys: tuple[PlanKey, ...]
    excluded: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Plan:
    """The whole plan. Municipalities go by their slug; ``order`` is the one in which leftover cents are given.

    ``by_days``: who joined during the year counts by the days, else for the whole year.
    """

    year_days: int
    order: tuple[str, ...]
    groups: tuple[PlanGroup, ...]
    by_days: bool = True
    names: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ExplainedLine:
    """One line of the explanation: of ``pool`` euros, a municipality with ``value`` of ``whole`` pays ``amount``.

    ``days``: those of the year in which it takes part.
    """

    group: str
    kind: KeyKind
    key: str
    source: str
    weight: Decimal
    pool: Decimal
    party: str
    value: Decimal
    whole: Decimal
    amount: Decimal
    days: int = 0


@dataclass(frozen=True)
class Shared:
    """The plan shared out: its lines, and the sums that follow from them."""

    lines: tuple[ExplainedLine, ...] = ()
    totals: Mapping[str, Decimal] = field(default_factory=dict)


def share_out(plan: Plan) -> Shared:
    """Share the plan: all lines, group by group and key by key; ``totals`` by municipality, in the plan's order.

    RuleBroken, naming the group, for weights that do not make 100, figures all zero, nobody who takes part, a figure
    of somebody who does not, or fixed sums that do not fit the cost.
    """
    lines = tuple(line for group in plan.groups for line in _group_lines(plan, group))
    totals: dict[str, Decimal] = {}
    for line in lines:
        totals[line.party] = totals.get(line.party, ZERO) + line.amount
    return Shared(lines, {party: totals[party] for party in plan.order if party in totals})


def _group_lines(plan: Plan, group: PlanGroup) -> Iterator[ExplainedLine]:
    check_group(group, plan.names)
    left = group.cost.pool
    for key in (key for key in group.keys if key.kind is KeyKind.FIXED):
        fixed = sum(key.values.values(), ZERO)
        if fixed > left:
            raise _broken(group, "le somme fisse (%(fixed)s euro) superano il costo da ripartire (%(left)s euro). "
                                 "Ridurle.", fixed=fixed, left=left)
        left -= fixed
        yield from _lines(plan, group, key, fixed)
    for key in (key for key in group.keys if key.kind is KeyKind.HISTORIC):
        kept = money.share(left, {"historic": HUNDRED - key.convergence, "keys": key.convergence})["historic"]
        left -= kept
        yield from _lines(plan, group, key, kept)
    weighted = [key for key in group.keys if key.kind not in WITHOUT_WEIGHT]
    if weighted:
        yield from _weighted(plan, group, weighted, left)
    elif left:
        raise _broken(group, "dopo le somme fisse e la quota storica restano %(left)s euro senza una chiave. "
                             "Aggiungerne una.", left=left)


def _weighted(plan: Plan, group: PlanGroup, keys: Sequence[PlanKey], left: Decimal) -> Iterator[ExplainedLine]:
    """The lines of the weighted keys: ``left`` euros split by weight, each slice shared on its own."""
    counted = [_counted(plan, group, key) for key in keys]
    # everybody in every key, so that leftover cents follow the plan's order and not that of the first key
    everybody = [party for party in plan.order if any(party in figures for figures in counted)]
    shared = allocate(left, [
        Key(key.weight / HUNDRED, {party: figures.get(party, ZERO) for party in everybody})
        for key, figures in zip(keys, counted, strict=True)
    ])
    for key, figures, part in zip(keys, counted, shared.slices, strict=True):
        yield from _told(plan, group, key, figures, part)


def _lines(plan: Plan, group: PlanGroup, key: PlanKey, pool: Decimal) -> Iterator[ExplainedLine]:
    """The lines of a key that has ``pool`` euros to itself."""
    figures = _counted(plan, group, key)
    [part] = allocate(pool, [Key(Decimal(1), figures)]).slices
    return _told(plan, group, key, figures, part)


def _counted(plan: Plan, group: PlanGroup, key: PlanKey) -> dict[str, Decimal]:
    """The figures of those who take part in a key, in the plan's order. RuleBroken if all are zero."""
    counted = {party: figure for party in plan.order if (figure := _figure(plan, group, key, party)) is not None}
    if not any(counted.values()):
        raise _broken(group, "la chiave «%(key)s» ha tutti i valori a zero. Indicare almeno un valore, o toglierla.",
                      key=key.title)
    return counted


def _told(
    plan: Plan, group: PlanGroup, key: PlanKey, figures: Mapping[str, Decimal], part: Slice
) -> Iterator[ExplainedLine]:
    whole = sum(figures.values(), Decimal(0))
    for party, value in figures.items():
        yield ExplainedLine(group.title, key.kind, key.title, _with_days(plan, group, key, party), key.weight,
                            part.amount, party, value, whole, part.shares[party], _days(plan, group, key, party))


def _figure(plan: Plan, group: PlanGroup, key: PlanKey, party: str) -> Decimal | None:
    """The figure with which a municipality counts, None if it does not take part; to the thousandth, as printed."""
    days = _days(plan, group, key, party)
    if not days:
        return None
    value = Decimal(1) if key.kind is KeyKind.EQUAL else key.values.get(party, Decimal(0))
    if plan.by_days and key.kind in BY_DAYS and days != plan.year_days:
        value = (value * days / plan.year_days).quantize(THOUSANDTH, ROUND_HALF_UP)
    return value.normalize() + 0  # without idle zeros, as it is kept and printed


def _days(plan: Plan, group: PlanGroup, key: PlanKey, party: str) -> int:
    if key.kind is not KeyKind.SOLIDARITY:
        return group.days.get(party, 0)
    if party in group.excluded:
        return 0
    return max((other.days.get(party, 0) for other in plan.groups), default=0)


def _with_days(plan: Plan, group: PlanGroup, key: PlanKey, party: str) -> str:
    days = _days(plan, group, key, party)
    if days == plan.year_days or not (plan.by_days and key.kind in BY_DAYS):
        return key.source
    return "; ".join(part for part in (key.source, f"per {days} giorni su {plan.year_days}") if part)


def check_group(group: PlanGroup, names: Mapping[str, str]) -> None:
    """RuleBroken, naming the group, for what makes a group impossible to share, whatever its cost."""
    if not group.days:
        raise _broken(group, "nessun comune conferisce i suoi servizi nell'anno. Controllare contratti ed esclusioni.")
    check_weights(group.title, [(key.kind, key.weight) for key in group.keys])
    for key in group.keys:
        if not 0 <= key.convergence <= HUNDRED:
            raise _broken(group, "la convergenza va da 0 a 100: %(value)s non va bene.", value=key.convergence)
        stranger = next((party for party, value in key.values.items() if value and not group.days.get(party)), None)
        if stranger is not None and key.kind in TYPED:
            raise _broken(group, "«%(party)s» ha un valore nella chiave «%(key)s», ma non conferisce questi servizi: "
                                 "una quota senza conferimento non si può chiedere.",
                          party=names.get(stranger, stranger), key=key.title)
        if any(value < 0 for value in key.values.values()):
            raise _broken(group, "la chiave «%(key)s» ha un valore negativo. Correggerlo.", key=key.title)


def check_weights(group: str, keys: Sequence[tuple[KeyKind, Decimal]]) -> None:
    """RuleBroken, naming the group, for no key, or weights that do not make exactly 100.

    Fixed sums and the historic quota have no weight: they come before the weighted keys.
    """
    if not keys:
        raise RuleBroken(NAMING + "indicare almeno una chiave di riparto.", field="keys", group=group)
    if any(weight < 0 or (weight and kind in WITHOUT_WEIGHT) for kind, weight in keys):
        raise RuleBroken(NAMING + "i pesi non possono essere negativi, e le somme fisse e la quota storica non hanno "
                                  "peso.", field="keys", group=group)
    if sum(kind is KeyKind.HISTORIC for kind, _weight in keys) > 1:
        raise RuleBroken(NAMING + "la quota storica è una sola.", field="keys", group=group)
    weighted = [weight for kind, weight in keys if kind not in WITHOUT_WEIGHT]
    if weighted and sum(weighted) != HUNDRED:
        raise RuleBroken(NAMING + "i pesi delle chiavi devono fare 100 e fanno %(sum)s.", field="keys", group=group,
                         sum=sum(weighted))


NAMING = "Gruppo «%(group)s»: "


def _broken(group: PlanGroup, sentence: str, **values: object) -> RuleBroken:
    return RuleBroken(NAMING + sentence, field=None, group=group.title, **values)


def spread_general(titles: Mapping[str, ServiceResult], general: Decimal, base: str) -> dict[str, Decimal]:
    """The indirect costs of the azienda over the groups: by ``direct_cost`` or in ``equal`` parts, to the cent."""
    weights = {title: found.direct if base == "direct_cost" else Decimal(1) for title, found in titles.items()}
    return spread_by(weights, general)
