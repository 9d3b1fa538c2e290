"""What happens to an instalment, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from core.contracts.agreed import PlanEvent
from core.contracts.model import Contract, ContractTerms, InstalmentRule
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession
from core.ground.articles import after
from core.ground.clock import PatronDay, Roll
from core.ground.exercise import Exercise
from core.ground.exercises import exercises
from core.instalments.model import Instalment
from core.instalments.rules import State
from core.parties.model import Municipality

SETTLED = (State.PAID, State.CANCELLED)
ASKED = (State.REQUESTED, State.DUE, State.PART_PAID, State.OVERDUE, State.PAID)


def living_instalments(_today: date) -> Select[int]:
    """The instalments that are not settled."""
    return select(Instalment.id).where(Instalment.state.not_in(SETTLED))


def instalment_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """The instalments behind ``ids``, with the clock of their contract and the patron of their municipality."""
    mine = exercises(session)
    for row in session.execute(_asked(), {"ids": list(ids)}):
        title = f"Rata n. {row.number}/{row.year} {after('di', row.name)}"
        happenings = tuple(_happenings(row, mine.named(row.year), today))
        yield Case("instalment", row.id, title, happenings, Roll(row.roll_policy), PatronDay.parse(row.patron_day),
                   frozenset({row.municipality_id}), called_off=row.state == State.CANCELLED)


@cache
def _asked() -> Select[*tuple[Any, ...]]:
    """The question of ``instalment_cases``, put together once: whatever is done to an instalment asks it."""
    return (
        select(Instalment.id, Instalment.year, Instalment.number, Instalment.kind, Instalment.state,
               Instalment.amount, Instalment.nominal, Instalment.effective, Instalment.event, Instalment.requested_on,
               Instalment.settled_on, InstalmentRule.due_days,
               Contract.starts_on, ContractTerms.roll_policy, ContractTerms.extra_projects_month,
               Municipality.id.label("municipality_id"), Municipality.name, Municipality.patron_day)
        .join(Contract, Contract.id == Instalment.contract_id)
        .join(ContractTerms, ContractTerms.id == Contract.terms_id)
        .join(Municipality, Municipality.id == Instalment.municipality_id)
        .outerjoin(InstalmentRule, InstalmentRule.id == Instalment.rule_id)
        .where(Instalment.id.in_(bindparam("ids", expanding=True)))
    )


def _happenings(row: Any, exercise: Exercise, today: date) -> Iterator[Happening]:
    """It is planned, asked for, due, paid; a credit is owed to the municipality and asks nothing of it: it is used."""
    if row.state == State.CANCELLED:
        return
    if row.state == State.CREDITED or (row.state == State.PAID and (row.amount or 0) < 0):
        if row.requested_on:
            yield Happening("instalment.credited", row.requested_on)
        if row.state == State.PAID:
            yield Happening("instalment.credit_closed", row.settled_on or today)
        return
    if row.nominal and row.event and row.event != PlanEvent.EXERCISE_ENDED:
        # asked for after the event that fixed it, whatever the days it leaves for paying
        yield Happening("instalment.fixed", row.nominal - timedelta(days=row.due_days or 0))
    elif row.nominal:  # what has its day known beforehand is asked for before it
        yield Happening("instalment.planned", row.nominal)
    if row.state in ASKED:
        asked = row.requested_on or row.nominal or today
        yield Happening("instalment.requested", asked)
        before_contract = row.effective is None and row.nominal is not None and row.nominal < row.starts_on
        if row.nominal and not before_contract:
            yield Happening("instalment.due", asked, due=row.nominal)
            yield Happening("instalment.unpaid", row.effective or row.nominal)
    if row.kind == "extra_project":
        end = exercise.end_of_month(row.extra_projects_month)
        yield Happening("instalment.extra_project", exercise.starts_on, due=end)
    if row.state == State.PAID:
        yield Happening("instalment.paid", row.settled_on or row.effective or today)


source_of("instalment", living_instalments, instalment_cases, diary=True)
rules_beside(__file__)
