"""The exercises of the azienda that runs here, by the first day that it has declared."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy.orm import Session, object_session

from core.ground.access import asked_once
from core.ground.exercise import CALENDAR, NEW_YEAR, Exercise, Exercises
from core.ground.upward import Upward

# on which day, written 09-01, the exercises of the azienda begin: the parties know; None before it is registered
declared: Upward[[Session], str | None] = Upward()


class OfAnExercise(Protocol):
    """A row of one exercise: a budget, a plan, a share, an instalment."""

    @property
    def year(self) -> Any:
        """The year in which its exercise begins."""


@asked_once
def exercises(session: Session) -> Exercises:
    """The exercises of the azienda, by the first day that it has declared: calendar years where it is not registered.
    """
    [first_day] = declared.tell(session)
    return Exercises(first_day or NEW_YEAR)


def exercise_of(row: OfAnExercise, later: int = 0) -> Exercise:
    """The exercise of a row, or one some years later or before; its text is what people call it, 2026 or 2026/2027."""
    session = object_session(row)
    return (CALENDAR if session is None else exercises(session)).named(row.year + later)
