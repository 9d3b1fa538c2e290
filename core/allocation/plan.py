"""An allocation plan as plain data, and what makes one impossible (R87); ``sharing.py`` shares it out. Pure; euros.

A *key* says by what a cost is divided. Some keys have a price (a rate per inhabitant, a fee per day): their amount
follows from price and count, and where a group has no other key its result is what the municipalities pay, whatever
the cost. What comes after the keys is an *adjustment*: what families pay, a deduction of one municipality, the limits
to the yearly change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from core.allocation.bands import Banding, PopulationBand, check_bands
from core.allocation.limits import Limits
from core.funding.results import ZERO, ServiceResult, spread_by
from core.ground import money
from core.ground.errors import RuleBroken

HUNDRED = Decimal(100)
MOST_STEPS = 50  # years: a longer way is none


class KeyKind(StrEnum):
    """By what a cost is shared.

    A key that says how big a municipality is (residents, places, equal parts, last year's quota) counts by the days
    in which it takes part, where the plan says so; one that counts what happened (use, users) has the days in it, and
    a fixed sum is agreed as it is. ``solidarity`` is shared by residents among all municipalities of the plan, those
    without the services of the group too: who has no need this year helps those who have.

    ``rate`` is a price in euro per inhabitant, ``solidarity_rate`` the same among all municipalities of the plan,
    ``daily_fee`` a price per day of each user. ``historic`` is a proportion, of which less is kept from year to year;
    ``steps`` is a quota in euro, of which each keeps what the steps still to come say.
    """

    RESIDENTS = "residents"
    USAGE = "usage"
    USERS = "users"
    PLACES = "places"
    EQUAL = "equal"
    FIXED = "fixed"
    HISTORIC = "historic"
    SOLIDARITY = "solidarity"
    RATE = "rate"
    SOLIDARITY_RATE = "solidarity_rate"
    DAILY_FEE = "daily_fee"
    STEPS = "steps"


class Adjustment(StrEnum):
    """What a line is that no key has made."""

    RECOVERY = "recovery"  # what families pay of a daily fee
    DEDUCTION = "deduction"  # what one municipality does not pay, and who bears it
    LIMIT = "limit"  # the yearly change held within its limits


class FamiliesPay(StrEnum):
    """To whom the families of the users pay their part of a daily fee."""

    AZIENDA = "azienda"  # the share of their municipality is lower by it
    MUNICIPALITY = "municipality"  # the municipality pays the whole fee, and recovers by itself


class Borne(StrEnum):
    """Who bears what is deducted from the share of a municipality."""

    OTHERS = "others"
    NOBODY = "nobody"  # the municipalities pay that much less


TYPED = frozenset({KeyKind.USERS, KeyKind.PLACES, KeyKind.FIXED, KeyKind.HISTORIC, KeyKind.STEPS, KeyKind.DAILY_FEE})
OF_RESIDENTS = frozenset({KeyKind.RESIDENTS, KeyKind.SOLIDARITY, KeyKind.RATE, KeyKind.SOLIDARITY_RATE})
FOR_ALL = frozenset({KeyKind.SOLIDARITY, KeyKind.SOLIDARITY_RATE})
PER_INHABITANT = frozenset({KeyKind.RATE, KeyKind.SOLIDARITY_RATE})
PRICED = PER_INHABITANT | {KeyKind.DAILY_FEE}
BY_DAYS = OF_RESIDENTS | {KeyKind.PLACES, KeyKind.EQUAL, KeyKind.HISTORIC, KeyKind.STEPS}
WITHOUT_WEIGHT = PRICED | {KeyKind.FIXED, KeyKind.HISTORIC, KeyKind.STEPS}


@dataclass(frozen=True)
class PlanKey:
    """A key with the figure of each municipality; ``weight`` in percent of what the weighted keys share.

    ``convergence``: percent of the way from the historic quota to the other keys (60, then 80, then 100). ``rate``:
    euros per inhabitant, or per day of a user; with ``bands`` these say it, or the weight of an inhabitant where the
    key has no price. ``step`` of ``steps``: each keeps of its quota what is still to come. ``recovery``: what the
    families of each municipality pay, in euros. ``told``: how the figure of each came about, in words.
    """

    kind: KeyKind
    title: str
    weight: Decimal
    values: Mapping[str, Decimal]
    source: str = ""
    convergence: Decimal = ZERO
    rate: Decimal = ZERO
    bands: tuple[PopulationBand, ...] = ()
    banding: Banding = Banding.WHOLE
    steps: int = 1
    step: int = 1
    recovery: Mapping[str, Decimal] = field(default_factory=dict)
    families_pay: FamiliesPay = FamiliesPay.AZIENDA
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Deduction:
    """What a municipality does not pay of a group: euros, why, and who bears them."""

    party: str
    amount: Decimal
    why: str
    borne: Borne


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
    deductions: tuple[Deduction, ...] = ()

    @property
    def open(self) -> bool:
        """True if what the municipalities pay follows from prices alone, and may be more or less than the cost."""
        return any(key.kind in PRICED for key in self.keys) and all(
            key.kind in PRICED or key.kind is KeyKind.FIXED for key in self.keys)


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
    limits: Limits | None = None


@dataclass(frozen=True)
class ExplainedLine:
    """One line of the explanation: of ``pool`` euros, a municipality with ``value`` of ``whole`` pays ``amount``.

    ``days``: those of the year in which it takes part. ``how``: the reckoning in words, where the figures alone do not
    say it. A line that belongs to no group, but to the whole share, has no title of one.
    """

    group: str
    kind: KeyKind | Adjustment
    key: str
    source: str
    weight: Decimal
    pool: Decimal
    party: str
    value: Decimal
    whole: Decimal
    amount: Decimal
    days: int = 0
    how: str = ""


@dataclass(frozen=True)
class Shared:
    """The plan shared out: its lines, and the sums that follow from them."""

    lines: tuple[ExplainedLine, ...] = ()
    totals: Mapping[str, Decimal] = field(default_factory=dict)

    @property
    def of_groups(self) -> dict[str, Decimal]:
        """What the municipalities pay together for each group, by its title."""
        sums: dict[str, Decimal] = {}
        for line in self.lines:
            if line.group:
                sums[line.group] = sums.get(line.group, ZERO) + line.amount
        return sums


def check_group(group: PlanGroup, names: Mapping[str, str]) -> None:
    """RuleBroken, naming the group, for what makes a group impossible to share, whatever its cost."""
    if not group.days:
        raise broken(
            group.title,
            "nessun comune conferisce i suoi servizi nell'anno. Controllare contratti ed esclusioni."
        )
    check_weights(group.title, [(key.kind, key.weight) for key in group.keys])
    for key in group.keys:
        if not 0 <= key.convergence <= HUNDRED:
            raise broken(group.title, "la convergenza va da 0 a 100: %(value)s non va bene.", value=key.convergence)
        stranger = next((party for party, value in key.values.items() if value and not group.days.get(party)), None)
        if stranger is not None and key.kind in TYPED:
            raise broken(
                group.title,
                "«%(party)s» ha un valore nella chiave «%(key)s», ma non conferisce questi servizi: una quota "
                "senza conferimento non si può chiedere.",
                party=names.get(stranger, stranger), key=key.title,
            )
        if any(value < 0 for value in (*key.values.values(), *key.recovery.values())):
            raise broken(group.title, "la chiave «%(key)s» ha un valore negativo. Correggerlo.", key=key.title)
        try:
            check_terms(key)
        except RuleBroken as error:
            raise of_group(group.title, error) from error


def check_terms(key: PlanKey) -> None:
    """RuleBroken for a key whose price, bands, steps or recovery cannot be."""
    check_bands(key.bands)
    if key.bands and key.kind not in OF_RESIDENTS:
        raise RuleBroken("Le fasce di popolazione valgono solo per le chiavi che contano i residenti.", field="keys")
    if key.bands and key.rate:
        raise RuleBroken("Indicare un solo prezzo per abitante, oppure le fasce di popolazione: non tutti e due.",
                         field="keys")
    if key.kind in PRICED and not key.bands and key.rate <= 0:
        raise RuleBroken("Una quota per abitante o una retta giornaliera ha un importo in euro maggiore di zero.",
                         field="keys")
    if key.kind is KeyKind.STEPS and not 1 <= key.step <= key.steps <= MOST_STEPS:
        raise RuleBroken("La quota storica in euro converge in un numero di passi da 1 a %(most)s, e il passo di "
                         "quest'anno è uno di questi.", field="keys", most=MOST_STEPS)
    if key.kind in (KeyKind.FIXED, KeyKind.STEPS):
        for value in key.values.values():
            money.exact_cents(value, field="keys")
    for value in key.recovery.values():
        money.exact_cents(value, field="keys")


def check_weights(group: str, keys: Sequence[tuple[KeyKind, Decimal]]) -> None:
    """RuleBroken, naming the group, for no key, or weights that do not make exactly 100.

    Sums in euro and the historic quota have no weight: they come before the weighted keys.
    """
    if not keys:
        raise broken(group, "indicare almeno una chiave di riparto.", field="keys")
    if any(weight < 0 or (weight and kind in WITHOUT_WEIGHT) for kind, weight in keys):
        raise broken(group, "i pesi non possono essere negativi, e le somme in euro e la quota storica non hanno peso.",
                     field="keys")
    if sum(kind in (KeyKind.HISTORIC, KeyKind.STEPS) for kind, _weight in keys) > 1:
        raise broken(group, "la quota storica è una sola.", field="keys")
    weighted = [weight for kind, weight in keys if kind not in WITHOUT_WEIGHT]
    if weighted and sum(weighted) != HUNDRED:
        raise broken(group, "i pesi delle chiavi devono fare 100 e fanno %(sum)s.", field="keys", sum=sum(weighted))


def broken(group: str, sentence: str, *, field: str | None = None, **values: object) -> RuleBroken:
    """A refusal that names the group."""
    return of_group(group, RuleBroken(sentence, field=field, **values))


def of_group(group: str, error: RuleBroken) -> RuleBroken:
    """The refusal with the name of the group before it."""
    return RuleBroken("Gruppo «%(group)s»: %(reason)s", field=error.field, group=group, reason=error)


def spread_general(titles: Mapping[str, ServiceResult], general: Decimal, base: str) -> dict[str, Decimal]:
    """The indirect costs of the azienda over the groups: by ``direct_cost`` or in ``equal`` parts, to the cent."""
    weights = {title: found.direct if base == "direct_cost" else Decimal(1) for title, found in titles.items()}
    return spread_by(weights, general)
