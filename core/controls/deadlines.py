"""What happens in a control, as the deadline engine reads it (R98)."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from core.contracts.deadlines import case_under, under_contract
from core.controls.model import Control
from core.controls.states import ControlState
from core.deadlines.facts import source_of
from core.deadlines.rules import Case, Happening
from core.deadlines.standard import rules_beside
from core.ground.access import ScopedSession

CONTROL_OVER = (ControlState.CLOSED, ControlState.CANCELLED, ControlState.NOTICE_OPENED)


def living_controls(_today: date) -> Select[int]:
    """The controls that are not over."""
    return select(Control.id).where(Control.state.not_in(CONTROL_OVER))


def control_cases(session: ScopedSession, ids: Collection[int], _today: date) -> Iterator[Case]:
    """The controls behind ``ids``."""
    columns = (Control.asked_on, Control.answer_by, Control.answered_on, Control.planned_on, Control.held_on)
    for row in session.execute(under_contract(Control, *columns).where(Control.id.in_(ids))):
        yield case_under(row, "control", "Controllo", _of_control(row),
                         called_off=row.state == ControlState.CANCELLED)


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


source_of("control", living_controls, control_cases, diary=True)
rules_beside(__file__)
