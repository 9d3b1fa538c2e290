"""The terms that stop and go on with the procedure: that of the decree, which runs from completeness, and that of the
answer to who asked for more time."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.accreditation.model import Accreditation
from core.accreditation.passages import SUBJECT
from core.deadlines import operations as deadlines
from core.deadlines.model import Deadline, DeadlineRule
from core.deadlines.states import ALERTING, ChangeKind, DeadlineState
from core.ground.access import ScopedSession

DECREE_RULE, EXTENSION_RULE = "accreditation_decree", "accreditation_extension"
COMPLETION = "Chiesto di completare la domanda."
COMPLETE = "La domanda è di nuovo completa."
CORRECTED = "Corretta la data di ricevimento della comunicazione."
Stretch = tuple[date, date | None]  # the day on which a term stops, and the last on which it stands still


def term_of(session: ScopedSession, row: Accreditation, rule: str = DECREE_RULE) -> Deadline | None:
    """The last deadline of a rule, if its clock has started."""
    query = select(Deadline).join(DeadlineRule, DeadlineRule.id == Deadline.rule_id).where(
        DeadlineRule.code == rule, Deadline.subject == SUBJECT, Deadline.subject_id == row.id)
    return session.scalars(query.order_by(Deadline.id.desc()).limit(1)).first()


def suspend_clock(
    session: ScopedSession, row: Accreditation, on: date, today: date, why: str = COMPLETION,
    rule: str = DECREE_RULE,
) -> bool:
    """Stop a clock that ran on a day, as of that day; True if it did."""
    term = term_of(session, row, rule)
    if term is None or term.state not in ALERTING or not term.started_on <= on <= term.effective:
        return False
    deadlines.suspend(session, term.id, on=on, why=why, today=today)
    return True


def resume_clock(
    session: ScopedSession, row: Accreditation, on: date, today: date, why: str = COMPLETE, rule: str = DECREE_RULE
) -> None:
    """Let a clock that stood still go on from a day."""
    term = term_of(session, row, rule)
    if term is not None and term.state == DeadlineState.SUSPENDED:
        deadlines.resume(session, term.id, on=on, why=why, today=today)


def correct_clock(
    session: ScopedSession, row: Accreditation, stood: Stretch, stands: Stretch, today: date, why: str, rule: str,
    said: str = CORRECTED,
) -> None:
    """A term that ``stood`` still for a stretch of days does so for another one; ``why`` is what had stopped it, and
    ``said`` why its days are others.

    Both words stay in the history of the term. Nothing for a term that had not stopped.
    """
    term = term_of(session, row, rule)
    since, until = stood
    if term is None or not any(said.kind == ChangeKind.SUSPENDED and said.on == since and said.why == why
                               for said in term.changes):
        return
    if until is None:
        deadlines.resume(session, term.id, on=since, why=said, today=today)
    else:
        before = (until - since).days
        after = (stands[1] - stands[0]).days if stands[1] is not None else 0
        if after != before:
            deadlines.recount(session, term.id, days=after - before, why=said, today=today)
    if stands[1] is None:
        suspend_clock(session, row, stands[0], today, why, rule)
    elif until is None:
        suspend_clock(session, row, stands[0], today, why, rule)
        resume_clock(session, row, stands[1], today, said, rule)
