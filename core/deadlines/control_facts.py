"""What happens in a control, in a damaging event and in a contestation, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from core.contracts.model import Contract, ContractTerms
from core.controls.model import Control
from core.controls.states import ControlState
from core.deadlines.rules import Case, Happening
from core.disputes.model import Contestation, DamagingEvent
from core.disputes.states import ContestationState, DamageState
from core.ground.access import ScopedSession
from core.ground.clock import PatronDay, Roll
from core.parties.model import Municipality

CONTROL_OVER = (ControlState.CLOSED, ControlState.CANCELLED, ControlState.NOTICE_OPENED)
CONTESTATION_OVER = (ContestationState.SETTLED, ContestationState.RETRACTED)


def _under_contract(entity: Any, *columns: Any) -> Select[Any]:
    """Rows of a case with the clock of its contract and the patron of its municipality."""
    return (
        select(entity.id, entity.year, entity.number, entity.state, *columns, ContractTerms.roll_policy,
               Municipality.id.label("municipality_id"), Municipality.name, Municipality.patron_day)
        .join(Contract, Contract.id == entity.contract_id)
        .join(ContractTerms, ContractTerms.id == Contract.terms_id)
        .join(Municipality, Municipality.id == entity.municipality_id)
    )


def _case(row: Any, subject: str, name: str, happenings: Iterator[Happening]) -> Case:
    return Case(subject, row.id, f"{name} n. {row.number}/{row.year}, {row.name}", tuple(happenings),
                Roll(row.roll_policy), PatronDay.parse(row.patron_day), frozenset({row.municipality_id}))


# --- controls (R98) ---------------------------------------------------------------------------------------


def living_controls(_today: date) -> Select[int]:
    """The controls that are not over."""
    return select(Control.id).where(Control.state.not_in(CONTROL_OVER))


def control_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The controls behind ``ids``."""
    columns = (Control.asked_on, Control.answer_by, Control.answered_on, Control.planned_on, Control.held_on)
    for row in session.execute(_under_contract(Control, *columns).where(Control.id.in_(ids))):
        yield _case(row, "control", "Controllo", _of_control(row))


def _of_control(row: Any) -> Iterator[Happening]:
    """An answer is awaited by the day that the municipality set; a visit by the day that was fixed.

    One that is asked again awaits another answer: the first one is not enough.
    """
    over, again = row.state in CONTROL_OVER, row.state == ControlState.ASKED
    answers = [] if again else [day for day in (row.answered_on, row.held_on) if day]
    if answers or not over:
        yield Happening("control.asked", row.asked_on, due=row.answer_by)
    if answers:
        yield Happening("control.answered", min(answers))
    if row.planned_on and row.answered_on and not again and (row.held_on or not over):
        yield Happening("control.planned", row.answered_on, due=row.planned_on, fixed=True)
        if row.held_on:
            yield Happening("control.held", row.held_on)


# --- damaging events (R95, R97) ---------------------------------------------------------------------------


def living_damages(_today: date) -> Select[int]:
    """The events that are not closed."""
    return select(DamagingEvent.id).where(DamagingEvent.state != DamageState.CLOSED)


def damage_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The events behind ``ids``."""
    columns = (DamagingEvent.known_on, DamagingEvent.told_on, DamagingEvent.insurance_policy_id,
               DamagingEvent.insurer_told_on)
    for row in session.execute(_under_contract(DamagingEvent, *columns).where(DamagingEvent.id.in_(ids))):
        yield _case(row, "damaging_event", "Evento dannoso", _of_damage(row))


def _of_damage(row: Any) -> Iterator[Happening]:
    """Known, the event is told to the municipality; the insurer is told too where a policy covers it."""
    yield Happening("damage.known", row.known_on)
    if row.told_on:
        yield Happening("damage.told", row.told_on)
    if row.insurance_policy_id and row.state != DamageState.CLOSED:
        yield Happening("damage.covered", row.known_on)
    if row.insurer_told_on:
        yield Happening("damage.insurer_told", row.insurer_told_on)


# --- the azienda's own contestations (R96) ----------------------------------------------------------------


def living_contestations(_today: date) -> Select[int]:
    """The contestations that are not over."""
    return select(Contestation.id).where(Contestation.state.not_in(CONTESTATION_OVER))


def contestation_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The contestations behind ``ids``."""
    columns = (Contestation.sent_on, Contestation.formalised_on, Contestation.answer_by, Contestation.answered_on)
    for row in session.execute(_under_contract(Contestation, *columns).where(Contestation.id.in_(ids))):
        yield _case(row, "contestation", "Contestazione", _of_contestation(row))


def _of_contestation(row: Any) -> Iterator[Happening]:
    """Sent, it awaits the receipt that makes it count; received, the answer, if the letter sets a term for it."""
    if row.state == ContestationState.RETRACTED:
        return
    if row.sent_on:
        yield Happening("contestation.sent", row.sent_on)
    if row.formalised_on:
        yield Happening("contestation.formalised", row.formalised_on)
        if row.answer_by and (row.answered_on or row.state != ContestationState.SETTLED):
            yield Happening("contestation.received", row.formalised_on, due=row.answer_by)
    if row.answered_on:
        yield Happening("contestation.answered", row.answered_on)
