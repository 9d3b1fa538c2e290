"""The single budget: what pays each action, by the seven sources of the sheet (R152) and at three moments of the year.

It keeps no figure of its own: it reads the rows of the core's budgets, whose sources it knows by the names that the
sheet gives them (X23). Pure, but for ``single_budget``, which asks for the rows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from core.plugin_api import BudgetFigure, Finding, ScopedSession, budget_figures, sources_called

ZERO = Decimal("0.00")
COSTS = frozenset({"direct_cost", "indirect_cost"})
MUNICIPALITIES = "municipalities"
# each moment of the single budget (R154), and the stages of the core's budgets that say it: the first that is there
MOMENTS: Mapping[str, tuple[str, ...]] = {
    "forecast": ("budget", "forecast"), "check": ("pre_closing",), "final": ("accounts",)}


@dataclass(frozen=True)
class Channel:
    """A source of the single budget, as ``channels.toml`` says it: its names, its purpose and where it may be spent."""

    code: str
    title: str
    short: str
    names: tuple[str, ...]
    kinds: frozenset[str] = frozenset()
    purpose: str = ""
    sectors: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()
    adds: bool = False

    def is_for(self, service: str, sectors: Collection[str]) -> bool:
        """True if it may be spent on a service that stands in ``sectors``."""
        anywhere = not (self.sectors or self.services)
        return anywhere or service in self.services or not self.sectors.isdisjoint(sectors)


@cache
def channels() -> tuple[Channel, ...]:
    """The seven, in the order of the sheet."""
    told = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["channels"]
    sets = ("kinds", "sectors", "services")
    return tuple(Channel(**{**row, "names": tuple(row["names"]),
                            **{name: frozenset(row.get(name, ())) for name in sets}}) for row in told)


@dataclass(frozen=True)
class Paid:
    """What a source pays of an action, by the moments that have a budget; euros. ``channel`` None: of none of the
    seven."""

    channel: Channel | None
    service: str
    title: str
    sectors: frozenset[str]
    amounts: Mapping[str, Decimal]


@dataclass(frozen=True)
class SingleBudget:
    """The single budget of an exercise.

    ``stages``: for each moment that has one, the stage of the budget that says it, and whether that is approved.
    ``paid``: a row for each source and action, the sources in their order. ``unknown``: names of the sheet that no
    source bears.
    """

    stages: Mapping[str, tuple[str, bool]]
    paid: tuple[Paid, ...]
    unknown: tuple[str, ...] = ()

    def of(self, channel: Channel | None) -> list[Paid]:
        """What a source pays, action by action."""
        return [row for row in self.paid if row.channel == channel]

    def total(self, channel: Channel | None, moment: str) -> Decimal | None:
        """What a source pays in all at a moment; None for a moment without a budget."""
        if moment not in self.stages:
            return None
        return sum((row.amounts.get(moment, ZERO) for row in self.of(channel)), ZERO)

    def whole(self, moment: str) -> Decimal | None:
        """What all sources pay at a moment, those outside the seven too."""
        if moment not in self.stages:
            return None
        return sum((row.amounts.get(moment, ZERO) for row in self.paid), ZERO)


def single_budget(session: ScopedSession, year: int) -> SingleBudget:
    """The single budget of an exercise, of what who asks may see."""
    return reckoned(budget_figures(session, year), sources_called(session, _names()))


def reckoned(figures: Sequence[BudgetFigure], sources: Mapping[str, str]) -> SingleBudget:
    """The same of the rows of the year's budgets, and of the source that each name of the sheet means."""
    by_source = {sources[name]: channel for channel in channels() for name in channel.names if name in sources}
    by_kind = {kind: channel for channel in channels() for kind in channel.kinds}
    stages = _stages(figures)
    sums: dict[tuple[Channel | None, str, str], dict[str, Decimal]] = {}
    sectors: dict[tuple[str, str], frozenset[str]] = {}
    for figure in figures:
        if figure.kind in COSTS:
            continue
        channel = by_source.get(figure.source) if figure.kind == "source" else by_kind.get(figure.kind)
        action = figure.service, figure.title
        sectors[action] = figure.sectors
        for moment, (stage, _approved) in stages.items():
            if stage == figure.stage:
                amounts = sums.setdefault((channel, *action), {})
                amounts[moment] = amounts.get(moment, ZERO) + figure.amount
    rows = [Paid(channel, service, title, sectors[service, title], amounts)
            for (channel, service, title), amounts in sums.items()]
    order = {channel: place for place, channel in enumerate((*channels(), None))}
    rows.sort(key=lambda row: order[row.channel])
    return SingleBudget(stages, tuple(rows), tuple(name for name in _names() if name not in sources))


def findings(budget: SingleBudget) -> Iterator[Finding]:
    """What is to be looked at: names that mean no source, money of none of the seven, or spent outside its purpose."""
    for name in budget.unknown:
        yield Finding("«%(name)s» non indica nessuna fonte di finanziamento: aggiungere questo nome alla fonte giusta.",
                      {"name": name}, source="X23")
    for row in budget.paid:
        if not any(row.amounts.values()):
            continue
        if row.channel is None:
            yield Finding("«%(action)s»: una fonte del bilancio non è nessuna delle sette del budget unico: darle uno "
                          "dei loro nomi, o correggere la voce.", {"action": row.title}, source="R152")
        elif not row.channel.is_for(row.service, row.sectors):
            yield Finding("%(channel)s è speso per «%(action)s», fuori dalla sua finalità (%(purpose)s): spostare la "
                          "voce, o verificare con chi ha assegnato il fondo.",
                          {"channel": row.channel.short, "action": row.title, "purpose": row.channel.purpose},
                          source="D5")
        elif row.channel.adds and _pays_alone(row, budget):
            yield Finding("%(channel)s paga da solo «%(action)s»: si aggiunge alle risorse dei Comuni, e qui non ce "
                          "ne sono.", {"channel": row.channel.short, "action": row.title}, source="D5")


def _pays_alone(row: Paid, budget: SingleBudget) -> bool:
    """True if at some moment it pays an action to which the municipalities give nothing."""
    theirs: dict[str, Decimal] = {}
    for other in budget.paid:
        if (other.service, other.title) == (row.service, row.title) and other.channel is not None \
                and other.channel.code == MUNICIPALITIES:
            theirs.update(other.amounts)
    return any(amount and not theirs.get(moment) for moment, amount in row.amounts.items())


def _stages(figures: Iterable[BudgetFigure]) -> dict[str, tuple[str, bool]]:
    """For each moment the stage that says it, with whether its budget is approved."""
    there = {figure.stage: figure.approved for figure in figures}
    return {moment: (stage, there[stage]) for moment, wanted in MOMENTS.items()
            for stage in [stage for stage in wanted if stage in there][:1]}


def _names() -> tuple[str, ...]:
    return tuple(name for channel in channels() for name in channel.names)
