"""What the shares of a year say to the instalments: the only place that reads them, and types in one that lacks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.allocation.model import YearShare
from core.contracts.agreed import PlanEvent
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.exercises import exercises
from core.ground.money import exact_cents
from core.ground.required import require_past, require_text
from core.instalments.rules import Share
from core.instalments.states import OFFICE
from core.parties.model import Municipality


@dataclass(frozen=True)
class YearFacts:
    """What a municipality owes for a year as far as it is known, and the days on which its shares were approved."""

    share: Share
    events: dict[str, date]


def year_facts(session: ScopedSession, municipality_ids: Collection[int], year: int) -> dict[int, YearFacts]:
    """The facts of a year for each municipality: the newest share of each kind holds (R88-R91)."""
    both = YearShare.year.in_((year - 1, year))
    rows = select(YearShare).where(YearShare.municipality_id.in_(municipality_ids), both).order_by(YearShare.id)
    newest = {(row.municipality_id, row.year, row.kind): row for row in session.scalars(rows)}
    return {key: _facts(newest, key, year) for key in municipality_ids}


def _facts(newest: dict[tuple[int, int, str], YearShare], key: int, year: int) -> YearFacts:
    before = newest.get((key, year - 1, "final")) or newest.get((key, year - 1, "budget"))
    budget, final, chosen = (newest.get((key, year, kind)) for kind in ("budget", "final", "chosen"))
    share = Share(
        previous=before.amount if before else None,
        budget=budget.amount if budget else None,
        budget_approved=budget.approved_on if budget else None,
        final=final.amount if final else None,
        chosen=chosen.amount if chosen else None,
    )
    approved = {PlanEvent.BUDGET_APPROVED: budget, PlanEvent.ACCOUNTS_APPROVED: final}
    return YearFacts(share, {event.value: row.approved_on for event, row in approved.items() if row is not None})


def set_figure(
    session: ScopedSession,
    municipality_id: int,
    year: int,
    *,
    kind: str,
    amount: Decimal,
    agreed_on: date,
    note: str,
    today: date,
) -> YearShare:
    """Type in the figure that a new member lacks: the ``previous`` year's amount, or one ``chosen`` for the advances.

    Euros. RuleBroken for a negative amount, a day to come, no word on where it comes from, or a previous year whose
    share was already approved or imported. The caller refreshes the instalments.
    """
    session.principal.require(*OFFICE)
    session.require(Municipality, municipality_id)
    if exact_cents(amount, field="amount") <= 0:
        raise RuleBroken("L'importo deve essere maggiore di zero.", field="amount")
    require_past(agreed_on, today, field="agreed_on")
    require_text(note, "Indicare da dove viene l'importo, per esempio un accordo o una delibera.", field="note")
    if kind == "previous" and year_facts(session, [municipality_id], year)[municipality_id].share.previous is not None:
        raise RuleBroken("La quota del %(year)s c'è già: gli acconti si calcolano su quella.", field="amount",
                         year=exercises(session).name(year - 1))
    share = YearShare(
        municipality_id=municipality_id,
        year=year - 1 if kind == "previous" else year,
        kind="final" if kind == "previous" else "chosen",
        amount=amount,
        approved_on=agreed_on,
        origin="typed",
        note=note.strip(),
    )
    session.add(share)
    session.flush()
    return share
