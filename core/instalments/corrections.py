"""A final share that changes after its balance was asked for: the difference of each municipality is a correction.

What was asked for stays as it is, with what was paid of it. The correction has a number of its own, cites the act of
the assembly, and its letter says which request it replaces (R87, R91).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.allocation.model import AllocationPlan, YearShare
from core.allocation.operations import shares_corrected
from core.deadlines.operations import follow
from core.ground import clock
from core.ground.access import ScopedSession
from core.ground.clock import PatronDay, Roll
from core.ground.errors import Place, RuleBroken
from core.ground.numbering import next_number
from core.ground.states import Proof
from core.instalments.model import Instalment
from core.instalments.rules import BaseKind, State
from core.instalments.shares import year_facts
from core.instalments.states import LIFE

CORRECTION = "correction"
OF_THE_SHARE = ("advance", "balance", "further_advance", CORRECTION)  # the kinds that make up the share of a year
GONE = "La quota definitiva è di nuovo quella già chiesta."


@shares_corrected
def correct(session: ScopedSession, plan: AllocationPlan, today: date) -> None:
    """Bring the corrections of a year to its final shares as they are now, for whoever was asked for the balance.

    RuleBroken while the balance, or a correction, stands in requests that are being prepared.
    """
    asked, pending = _asked(session, plan.year)
    facts = year_facts(session, asked.keys(), plan.year)
    before = _before(session, plan)
    changed = []
    for key, last in asked.items():
        final, held = facts[key].share.final, pending.get(key)
        known = last.base if last.base is not None else before.get(key, final)
        if final is None or known is None:
            continue
        row = _brought(session, plan, last, held, final, final - known, today)
        changed += [row.id] if row is not None else []
    follow(session, "instalment", changed, today=today)


def _asked(session: ScopedSession, year: int) -> tuple[dict[int, Instalment], dict[int, Instalment]]:
    """By municipality the last balance or correction that was asked for, and the correction that is still to be."""
    rows = select(Instalment).where(Instalment.year == year, Instalment.kind.in_(("balance", CORRECTION)),
                                    Instalment.state != State.CANCELLED).order_by(Instalment.id)
    asked: dict[int, Instalment] = {}
    pending: dict[int, Instalment] = {}
    for row in session.scalars(rows):
        if row.round_id is not None and row.requested_on is None:
            raise RuleBroken("Sulle quote di prima è preparata la richiesta della rata n. %(code)s: sciogliere prima "
                             "la richiesta, o inviarla, poi correggere le quote.", code=row.code).mended(
                Place("request_round", row.round_id))
        if row.fixed:
            asked[row.municipality_id] = row
        elif row.kind == CORRECTION:
            pending[row.municipality_id] = row
    return asked, pending


def _before(session: ScopedSession, plan: AllocationPlan) -> dict[int, Decimal]:
    """The shares of the plan that is corrected: on these a request that names no share was made."""
    if plan.corrects_id is None:
        return {}
    rows = select(YearShare.municipality_id, YearShare.amount).where(YearShare.plan_id == plan.corrects_id)
    return dict(session.execute(rows).all())


def _brought(
    session: ScopedSession, plan: AllocationPlan, last: Instalment, held: Instalment | None, final: Decimal,
    difference: Decimal, today: date,
) -> Instalment | None:
    """The correction of a municipality as it must be now; None if there is none and none is wanted."""
    if held is None and not difference:
        return None
    if held is not None and not difference:
        LIFE.move(session, held, "cancel", on=today, proof=Proof(why=GONE))
        return held
    facts = {"base": final, "amount": difference, "corrects_id": last.id, "act_id": plan.act_id,
             "reason": plan.reason, **_term(plan, last)}
    if held is not None:
        for name, value in facts.items():
            setattr(held, name, value)
        return held
    row = Instalment(
        year=plan.year, number=next_number(session, "instalment", plan.year), contract_id=last.contract_id,
        municipality_id=last.municipality_id, rule_id=last.rule_id, kind=CORRECTION, title="Rettifica del saldo",
        base_kind=BaseKind.FINAL, event=last.event, **facts)
    session.add(row)
    session.flush()
    return row


def _term(plan: AllocationPlan, last: Instalment) -> Mapping[str, Any]:
    """When it falls due: by the rule of the balance from the day of the act, or with a balance that is due later.

    Where the balance has no term, its correction has none.
    """
    start = plan.approved_on or last.nominal
    if start is None:
        return {}
    if last.event is None and last.nominal is not None:
        start = max(start, last.nominal)
    days = last.rule.due_days or 0 if last.rule is not None and last.event is not None else 0
    term = clock.term(start, days, roll=Roll(last.contract.terms.roll_policy),
                      patron=PatronDay.parse(last.municipality.patron_day))
    return {"nominal": term.nominal, "effective": None if last.without_term else term.effective}


def before_of(row: Instalment) -> Decimal:
    """The final share in euros on which the last request was made, before a correction."""
    return (row.base or Decimal(0)) - (row.amount or Decimal(0))


def of_share(session: ScopedSession, row: Instalment) -> Sequence[Instalment]:
    """What was asked of a municipality for the share of a year, ``row`` with it, whatever its kind."""
    rows = select(Instalment).where(
        Instalment.year == row.year, Instalment.municipality_id == row.municipality_id,
        Instalment.kind.in_(OF_THE_SHARE), Instalment.state.not_in((State.PLANNED, State.CANCELLED)))
    return [*(one for one in session.scalars(rows.order_by(Instalment.id)) if one.id != row.id), row]
