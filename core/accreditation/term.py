"""The term of the decree: the deadline that runs from completeness, stops and goes on with the procedure."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.accreditation.model import Accreditation
from core.accreditation.passages import SUBJECT
from core.deadlines import operations as deadlines
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.states import ALERTING, DeadlineState
from core.ground.access import ScopedSession

DECREE_RULE = "accreditation_decree"
COMPLETION = "Chiesto di completare la domanda."
COMPLETE = "La domanda è di nuovo completa."


def term_of(session: ScopedSession, row: Accreditation) -> Deadline | None:
    """The deadline of the decree, if its clock has started."""
    query = select(Deadline).join(DeadlineRule, DeadlineRule.id == Deadline.rule_id).where(
        DeadlineRule.code == DECREE_RULE, Deadline.subject == SUBJECT, Deadline.subject_id == row.id)
    return session.scalars(query.order_by(Deadline.id.desc()).limit(1)).first()


def suspend_clock(session: ScopedSession, row: Accreditation, on: date, today: date, why: str = COMPLETION) -> bool:
    """Stop a clock that ran on a day, as of that day; True if it did."""
    term = term_of(session, row)
    if term is None or term.state not in ALERTING or not term.started_on <= on <= term.effective:
        return False
    deadlines.suspend(session, term.id, on=on, why=why, today=today)
    return True


def resume_clock(session: ScopedSession, row: Accreditation, on: date, today: date, why: str = COMPLETE) -> None:
    """Let a clock that stood still go on from a day."""
    term = term_of(session, row)
    if term is not None and term.state == DeadlineState.SUSPENDED:
        deadlines.resume(session, term.id, on=on, why=why, today=today)
