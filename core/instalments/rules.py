"""Asking for a year's share by instalments: exact to the cent, pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core import clock, money
from core.clock import PatronDay, Roll, Term
from core.errors import RuleBroken


class Kind(StrEnum):
    """An advance is a percentage of a base; the balance is what is left of the final share."""

    ADVANCE = "advance"
    BALANCE = "balance"


@dataclass(frozen=True)
class PlanRow:
    """A row of the instalment plan: due on a day of the year, or when an event happens."""

    kind: Kind
    percent: Decimal | None = None
    due: date | None = None
    event: str | None = None


@dataclass(frozen=True)
class Share:
    """What a municipality owes for a year, in euros, as far as it is known; a new member has no previous year."""

    previous: Decimal | None = None
    budget: Decimal | None = None
    budget_approved: date | None = None
    final: Decimal | None = None


@dataclass(frozen=True)
class Instalment:
    """An instalment: the base and the amount in euros (negative: a credit), and its term; None is not known yet."""

    kind: Kind
    base: Decimal | None
    amount: Decimal | None
    term: Term | None


def instalments(
    year: int,
    share: Share,
    plan: Sequence[PlanRow],
    events: Mapping[str, date],
    *,
    roll: Roll = Roll.HOLIDAY,
    patron: PatronDay | None = None,
) -> list[Instalment]:
    """The instalments of a year by the plan of the contract (R88-R91); the balance takes the rest.

    The base of an advance is the budget if it was approved by the nominal date, else the previous year, else (new
    member) the budget whenever approved. RuleBroken for a plan in disorder, a negative figure, or no base at all.
    """
    _check_share(share)
    _check_plan(year, plan)
    rows: list[Instalment] = []
    for row in plan:
        nominal = row.due if row.event is None else events.get(row.event)
        term = Term(nominal, clock.roll_forward(nominal, roll, patron)) if nominal else None
        if row.kind is Kind.ADVANCE and row.percent is not None:
            base = _base(share, nominal)
            rows.append(Instalment(row.kind, base, money.percentage(base, row.percent), term))
        else:
            rows.append(Instalment(row.kind, share.final, None, term))
    asked = sum((row.amount for row in rows if row.amount is not None), Decimal("0.00"))
    return [_settled(row, share.final, asked) for row in rows]


def _settled(row: Instalment, final: Decimal | None, asked: Decimal) -> Instalment:
    if row.kind is Kind.ADVANCE or final is None:
        return row
    return Instalment(row.kind, final, final - asked, row.term)


def _base(share: Share, nominal: date | None) -> Decimal:
    approved = share.budget_approved is not None and share.budget is not None
    in_time = approved and nominal is not None and share.budget_approved <= nominal  # type: ignore[operator]
    if share.budget is not None and (in_time or (approved and share.previous is None)):
        return share.budget
    if share.previous is None:
        raise RuleBroken("Manca l'importo su cui calcolare l'acconto: indicare quello dell'anno precedente, o il "
                         "bilancio con la data in cui è stato approvato.", field="previous")
    return share.previous


def _check_share(share: Share) -> None:
    for name, amount in (("previous", share.previous), ("budget", share.budget), ("final", share.final)):
        if amount is not None and money.exact_cents(amount, field=name) < 0:
            raise RuleBroken("Gli importi dell'anno non possono essere negativi: controllare «%(name)s».",
                             field=name, name=name)


def _check_plan(year: int, plan: Sequence[PlanRow]) -> None:
    if [row.kind for row in plan].count(Kind.BALANCE) != 1:
        raise RuleBroken("Il piano delle rate deve avere una riga di saldo, e una sola.", field="plan")
    for row in plan:
        if (row.due is None) == (row.event is None):
            raise RuleBroken("Ogni rata scade in un giorno dell'anno o al verificarsi di un evento: indicare l'uno o "
                             "l'altro.", field="plan")
        if row.due is not None and row.due.year < year:
            raise RuleBroken("La scadenza %(due)s viene prima dell'anno %(year)s: correggerla.", field="plan",
                             due=f"{row.due:%d/%m/%Y}", year=year)
        if (row.kind is Kind.ADVANCE) == (row.percent is None):
            raise RuleBroken("Ogni acconto ha una percentuale; il saldo non ne ha, perché prende il resto.",
                             field="plan")
        if row.percent is not None and not 0 < row.percent <= 100:
            raise RuleBroken("Una percentuale va da più di 0 a 100: «%(percent)s» non va bene.", field="plan",
                             percent=row.percent)
    if sum(row.percent for row in plan if row.percent is not None) > 100:
        raise RuleBroken("Le percentuali degli acconti fanno insieme più di cento: ridurle.", field="plan")
