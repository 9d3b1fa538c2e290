"""What the terms of a contract fix for instalments and penalties, as plain values that are checked alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.ground.errors import RuleBroken
from core.ground.exercise import Exercise, exercise
from core.ground.money import exact_cents

MOST_DUE_DAYS = 365  # after a year a balance would meet the next one


class InstalmentKind(StrEnum):
    """An advance is a percentage of a base; the balance is what is left of the final share."""

    ADVANCE = "advance"
    BALANCE = "balance"


class BaseRule(StrEnum):
    """Of what an advance is a percentage, by the contract (R88, X6); the share of the year is read like the budget."""

    BUDGET_OR_PREVIOUS = "previous_year_or_approved_budget"
    ANNUAL_SHARE = "annual_share"
    PREVIOUS = "previous_year"
    BUDGET = "budget"
    CHOSEN = "chosen"


class PlanEvent(StrEnum):
    """What an instalment may wait for, beside the events that the office defines itself."""

    ACCOUNTS_APPROVED = "accounts_approved"
    BUDGET_APPROVED = "budget_approved"
    CONTRACT_SIGNED = "contract_signed"
    EXERCISE_ENDED = "exercise_ended"


class CountsFrom(StrEnum):
    """From what the days for paying count, where it is not the event: the receipt of the request, or the invoice."""

    RECEIPT = "receipt"
    INVOICE = "invoice"


@dataclass(frozen=True)
class PlanRow:
    """A row of the instalment plan: due on a day of the year, or ``due_days`` days after an event (None: that day).

    Where the days ``counts_from`` the receipt of the request or the invoice, day or event say when it is asked for.
    """

    kind: InstalmentKind
    percent: Decimal | None = None
    due: date | None = None
    event: str | None = None
    base: BaseRule = BaseRule.BUDGET_OR_PREVIOUS
    due_days: int | None = None
    counts_from: CountsFrom | None = None


def check_plan(year: Exercise | int, plan: Sequence[PlanRow]) -> None:
    """RuleBroken for a plan in disorder: percentages over 100, no balance or two, a row without its one due."""
    begins = exercise(year).starts_on
    if [row.kind for row in plan].count(InstalmentKind.BALANCE) != 1:
        raise RuleBroken("Il piano delle rate deve avere una riga di saldo, e una sola.", field="plan")
    for row in plan:
        if (row.due is None) == (row.event is None):
            raise RuleBroken("Ogni rata scade in un giorno dell'anno o al verificarsi di un evento: indicare l'uno o "
                             "l'altro.", field="plan")
        counted = row.event is not None or row.counts_from is not None
        if row.due_days is not None and not (counted and 0 <= row.due_days <= MOST_DUE_DAYS):
            raise RuleBroken("I giorni per pagare si indicano soltanto per una rata che dipende da un evento, o che si "
                             "conta dal ricevimento della richiesta o dalla fattura, e vanno da 0 a %(most)s: "
                             "«%(days)s» non va bene.", field="plan", most=MOST_DUE_DAYS, days=row.due_days)
        if row.counts_from is not None and row.due_days is None:
            raise RuleBroken("Una rata che si conta dal ricevimento della richiesta o dalla fattura dice entro quanti "
                             "giorni si paga: indicarli.", field="plan")
        if row.due is not None and row.due < begins:
            raise RuleBroken("La scadenza %(due)s viene prima dell'anno %(year)s: correggerla.", field="plan",
                             due=f"{row.due:%d/%m/%Y}", year=year)
        if (row.kind is InstalmentKind.ADVANCE) == (row.percent is None):
            raise RuleBroken("Ogni acconto ha una percentuale; il saldo non ne ha, perché prende il resto.",
                             field="plan")
        if row.percent is not None and not 0 < row.percent <= 100:
            raise RuleBroken("Una percentuale va da più di 0 a 100: «%(percent)s» non va bene.", field="plan",
                             percent=row.percent)
    if sum(row.percent for row in plan if row.percent is not None) > 100:
        raise RuleBroken("Le percentuali degli acconti fanno insieme più di cento: ridurle.", field="plan")


@dataclass(frozen=True)
class Band:
    """The limits of a kind of default in euros, both included: the kind decides the band (R105-R107, X8)."""

    kind: str
    minimum: Decimal
    maximum: Decimal

    def __post_init__(self) -> None:
        if not 0 <= exact_cents(self.minimum, field="bands") <= exact_cents(self.maximum, field="bands"):
            raise RuleBroken("La fascia «%(kind)s» ha il minimo sopra il massimo, o un limite negativo: correggerla.",
                             field="bands", kind=self.kind)
