"""What happens in a damaging event and in a contestation, as the deadline engine reads it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from core.contracts.deadlines import case_under, under_contract
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.disputes.model import Contestation, DamagingEvent
from core.disputes.states import ContestationState, DamagingEventState
from core.ground.access import ScopedSession

CONTESTATION_OVER = (ContestationState.SETTLED, ContestationState.RETRACTED)


# --- damaging events (R95, R97) ---------------------------------------------------------------------------


def living_damages(_today: date) -> Select[int]:
    """The events that are not closed."""
    return select(DamagingEvent.id).where(DamagingEvent.state != DamagingEventState.CLOSED)


def damage_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The events behind ``ids``."""
    columns = (DamagingEvent.known_on, DamagingEvent.told_on, DamagingEvent.insurance_policy_id,
               DamagingEvent.insurer_told_on)
    for row in session.execute(under_contract(DamagingEvent, *columns).where(DamagingEvent.id.in_(ids))):
        yield case_under(row, "damaging_event", "Evento dannoso", _of_damage(row))


def _of_damage(row: Any) -> Iterator[Happening]:
    """Known, the event is told to the municipality; the insurer is told too where a policy covers it."""
    yield Happening("damage.known", row.known_on)
    if row.told_on:
        yield Happening("damage.told", row.told_on)
    if row.insurance_policy_id and row.state != DamagingEventState.CLOSED:
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
    for row in session.execute(under_contract(Contestation, *columns).where(Contestation.id.in_(ids))):
        yield case_under(row, "contestation", "Contestazione", _of_contestation(row),
                         called_off=row.state == ContestationState.RETRACTED)


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


source_of("damaging_event", living_damages, damage_cases, diary=True)
source_of("contestation", living_contestations, contestation_cases, diary=True)
rules_beside(__file__)
