"""Asking for a year's share by instalments: exact to the cent, pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from core.contracts.agreed import BaseRule, InstalmentKind, PlanRow, check_plan
from core.ground import clock, money
from core.ground.clock import PatronDay, Roll, Term
from core.ground.errors import RuleBroken, said_later
from core.ground.exercise import Exercise


class BaseKind(StrEnum):
    """Of what an instalment was computed in the end."""

    PREVIOUS = "previous"
    BUDGET = "budget"
    CHOSEN = "chosen"
    FINAL = "final"


class State(StrEnum):
    """Where an instalment stands."""

    PLANNED = "planned"
    REQUESTED = "requested"
    DUE = "due"
    PART_PAID = "part_paid"
    PAID = "paid"
    OVERDUE = "overdue"
    CREDITED = "credited"
    CANCELLED = "cancelled"


DUE_SOON = timedelta(days=15)  # what falls due within a fortnight is said to be due


@dataclass(frozen=True)
class Share:
    """What a municipality owes for a year, in euros, as far as it is known; a new member has no previous year."""

    previous: Decimal | None = None
    budget: Decimal | None = None
    budget_approved: date | None = None
    final: Decimal | None = None
    chosen: Decimal | None = None


@dataclass(frozen=True)
class PlannedInstalment:
    """An instalment: the base and the amount in euros (negative: a credit), and its term; None is not known yet."""

    kind: InstalmentKind
    base: Decimal | None
    amount: Decimal | None
    term: Term | None
    base_kind: BaseKind | None = None


def instalments(
    year: Exercise | int,
    share: Share,
    plan: Sequence[PlanRow],
    events: Mapping[str, date],
    *,
    roll: Roll = Roll.HOLIDAY,
    patron: PatronDay | None = None,
    asked: Mapping[int, Decimal] | None = None,
    beyond: Decimal = Decimal(0),
    begun: Mapping[int, date] | None = None,
    lenient: bool = False,
) -> list[PlannedInstalment]:
    """The instalments of an exercise by the plan of the contract (R88-R91); the balance takes the rest.

    The base of an advance is the budget if it was approved by the nominal date, else the previous year, else (new
    member) the budget whenever approved; where the contract says so it is one of these alone, or a chosen figure.
    ``asked`` are amounts that were asked already, by the row's place, and stay; ``beyond`` is what was asked as
    advances beyond the plan (R93); ``begun`` is the day, by the row's place, of the receipt or of the invoice from
    which its days count: until it is known they count from the day on which it is to be asked for.
    RuleBroken for a plan in disorder, a negative figure, or no base at all; ``lenient`` leaves base and amount of such
    a row open.
    """
    _check_share(share)
    check_plan(year, plan)
    rows = [
        _row(row, share, _term(row, events, (begun or {}).get(place), roll, patron), (asked or {}).get(place), lenient)
        for place, row in enumerate(plan)
    ]
    before = sum((row.amount for row in rows if row.amount is not None and row.kind is InstalmentKind.ADVANCE), beyond)
    return [_settled(row, share.final, before, (asked or {}).get(place)) for place, row in enumerate(rows)]


def _row(row: PlanRow, share: Share, term: Term | None, asked: Decimal | None, lenient: bool) -> PlannedInstalment:
    nominal = term.nominal if term else None
    if row.kind is InstalmentKind.BALANCE or row.percent is None:
        return PlannedInstalment(row.kind, share.final, asked, term, BaseKind.FINAL)
    if asked is not None:
        return PlannedInstalment(row.kind, None, asked, term)
    try:
        kind, base = _base(row.base, share, nominal)
    except RuleBroken:
        if not lenient:
            raise
        return PlannedInstalment(row.kind, None, None, term)
    return PlannedInstalment(row.kind, base, money.percentage(base, row.percent), term, kind)


def _term(
    row: PlanRow, events: Mapping[str, date], begun: date | None, roll: Roll, patron: PatronDay | None
) -> Term | None:
    """The day of the year, or the days counted from the event (X6), from the receipt of the request or the invoice.

    None while the event has not happened.
    """
    planned = row.due if row.event is None else events.get(row.event)
    start = begun if row.counts_from is not None and begun is not None else planned
    return None if start is None else clock.term(start, row.due_days or 0, roll=roll, patron=patron)


def _settled(
    row: PlannedInstalment, final: Decimal | None, before: Decimal, asked: Decimal | None
) -> PlannedInstalment:
    if row.kind is InstalmentKind.ADVANCE or final is None or asked is not None:
        return row
    return PlannedInstalment(row.kind, final, final - before, row.term, row.base_kind)


def _base(rule: BaseRule, share: Share, nominal: date | None) -> tuple[BaseKind, Decimal]:
    approved = share.budget_approved is not None and share.budget is not None
    in_time = approved and nominal is not None and share.budget_approved <= nominal  # type: ignore[operator]
    if rule is BaseRule.CHOSEN:
        return BaseKind.CHOSEN, _given(share.chosen, "chosen")
    if rule is BaseRule.PREVIOUS:
        return BaseKind.PREVIOUS, _given(share.previous, "previous")
    if share.budget is not None and (in_time or (approved and (share.previous is None or rule is BaseRule.BUDGET))):
        return BaseKind.BUDGET, share.budget
    if rule is BaseRule.BUDGET:
        return BaseKind.BUDGET, _given(None, "budget")
    return BaseKind.PREVIOUS, _given(share.previous, "previous")


NO_BASE = {
    "previous": said_later("Manca l'importo su cui calcolare l'acconto: indicare quello dell'anno precedente, o il "
                           "bilancio con la data in cui è stato approvato."),
    "budget": said_later("Manca l'importo su cui calcolare l'acconto: il bilancio dell'anno non è ancora approvato."),
    "chosen": said_later("Manca l'importo su cui calcolare l'acconto: il contratto rinvia a un importo concordato, da "
                         "indicare."),
}


def _given(amount: Decimal | None, field: str) -> Decimal:
    if amount is None:
        raise RuleBroken(NO_BASE[field], field=field)
    return amount


def state_of(
    amount: Decimal | None, paid: Decimal, requested_on: date | None, effective: date | None, today: date
) -> State:
    """Where an instalment stands, from its facts alone: what is late is late even if a part of it was paid."""
    if requested_on is None or amount is None:
        return State.PLANNED
    if amount == paid:
        return State.PAID
    if amount < 0:
        return State.CREDITED
    if effective is not None and today > effective:
        return State.OVERDUE
    if paid > 0:
        return State.PART_PAID
    return State.DUE if effective is not None and today >= effective - DUE_SOON else State.REQUESTED


def _check_share(share: Share) -> None:
    for name, amount in (
        ("previous", share.previous), ("budget", share.budget), ("final", share.final), ("chosen", share.chosen)
    ):
        if amount is not None and money.exact_cents(amount, field=name) < 0:
            raise RuleBroken("Gli importi dell'anno non possono essere negativi: controllare «%(name)s».",
                             field=name, name=name)
