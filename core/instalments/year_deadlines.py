"""The year of the azienda, also one that nobody has opened: budget, allocation plan, instalments and accounts by their
day. It has no row of its own; a contract that runs in it is what asks for it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from sqlalchemy import Select, func, select

from core.allocation.model import YearShare
from core.contracts.model import Contract
from core.contracts.states import ContractState
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.funding.model import Budget
from core.funding.states import BudgetState, Stage
from core.ground.access import ScopedSession
from core.ground.clock import Roll
from core.ground.exercise import Exercise
from core.ground.exercises import exercises
from core.instalments.model import Instalment
from core.instalments.rules import State
from core.parties.model import Azienda

LEFT_OUT = (ContractState.CANCELLED, ContractState.MERGED)


def living_azienda(_today: date) -> Select[int]:
    """The azienda: its years go on."""
    return select(Azienda.id)


def azienda_cases(session: ScopedSession, ids: Collection[int], today: date) -> Iterator[Case]:
    """The azienda with its last year, this one and the next, as far as a contract runs in them."""
    for key in session.scalars(select(Azienda.id).where(Azienda.id.in_(ids))):
        mine = exercises(session)
        now = mine.of(today)
        near = [exercise for year in (now.year - 1, now.year, now.year + 1)
                if _runs(session, exercise := mine.named(year))]
        happenings = tuple(one for exercise in near for one in _of(session, exercise, now, today))
        yield Case("azienda", key, "Anno", happenings, roll=Roll.NONE, by_year=True, lasts=(None, None),
                   exercises=mine)


def _runs(session: ScopedSession, exercise: Exercise) -> bool:
    """True if a contract runs in a year, a draft too: a budget comes before the contracts of its year."""
    running = select(Contract.id).where(Contract.state.not_in(LEFT_OUT), Contract.amends_id.is_(None),
                                        Contract.starts_on <= exercise.ends_on, Contract.runs_to >= exercise.starts_on)
    return session.scalars(running.limit(1)).first() is not None


def _of(session: ScopedSession, exercise: Exercise, now: Exercise, today: date) -> Iterator[Happening]:
    """Before it begins it wants its budget, its plan and its instalments; after its end its accounts."""
    year, name = exercise.year, str(exercise.year)
    if year >= now.year:
        yield Happening("year.begins", exercise.starts_on, name)
    if year <= now.year:
        yield Happening("year.ends", exercise.ends_on, name)
    shares = _first_share(session, year, "budget")
    for event, day in (
        ("year.budget_approved", _approved(session, year, Stage.BUDGET) or shares), ("year.plan_approved", shares),
        ("year.accounts_approved", _approved(session, year, Stage.ACCOUNTS) or _first_share(session, year, "final")),
    ):
        if day is not None:
            yield Happening(event, day, name)
    if _planned(session, year):
        yield Happening("year.instalments_planned", min(today, exercise.starts_on), name)


def _approved(session: ScopedSession, year: int, stage: Stage) -> date | None:
    return session.scalar(select(Budget.approved_on).where(
        Budget.year == year, Budget.stage == stage, Budget.state == BudgetState.APPROVED))


def _first_share(session: ScopedSession, year: int, kind: str) -> date | None:
    """The day of the first share of a kind that was approved; a figure typed for one municipality is none."""
    return session.scalar(select(func.min(YearShare.approved_on)).where(
        YearShare.year == year, YearShare.kind == kind, YearShare.origin != "typed"))


def _planned(session: ScopedSession, year: int) -> bool:
    of_year = select(Instalment.id).where(Instalment.year == year, Instalment.kind == "advance",
                                          Instalment.state != State.CANCELLED)
    return session.scalars(of_year.limit(1)).first() is not None


source_of("azienda", living_azienda, azienda_cases, lasting=True, diary=True)
rules_beside(__file__)
