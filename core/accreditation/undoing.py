"""A mistaken passage is taken back by a new one: the state returns, what it did is undone, no row is erased."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from sqlalchemy import select

from core.accreditation.forewarnings import reopen, require_none
from core.accreditation.measures import end_reason
from core.accreditation.model import Accreditation, AccreditationExtension, Measure, Monitoring
from core.accreditation.monitoring import reopen_unsent
from core.accreditation.operations import require_no_other
from core.accreditation.passages import (
    DECIDE,
    accreditation_at,
    changed,
    last_day,
    locked_unit,
    pact_unsigned,
    require_alone,
    standing_extensions,
    standing_measures,
    tell_register,
)
from core.accreditation.states import LIFE, LIVING, UNDER_WAY, AccreditationState, MonitoringState
from core.accreditation.term import resume_clock, suspend_clock
from core.ground.access import ScopedSession
from core.ground.errors import Place, RuleBroken
from core.ground.states import PassageLog, standing

A = AccreditationState
DECREE = ("decided_on", "decree_id", "decree_number", "decree_reasons", "decree_answer")
FORGETS = {"file": ("filed_on",), "grant": DECREE, "grant_with_prescriptions": DECREE, "refuse": DECREE}


def undo(session: ScopedSession, accreditation_id: int, *, why: str, version: int | None, today: date) -> Accreditation:
    """Take back the last passage, with a reason: the state, and what the passage had done.

    RuleBroken where something else hangs on it: an answer to monitoring, a renewal that has begun, an accreditation or
    an application that the unit has had since.
    """
    session.principal.require(*DECIDE)  # a provider does not take back its own renunciation
    row = accreditation_at(session, accreditation_id, version)
    undone = LIFE.undo(session, row, on=today, why=why, forgets=FORGETS)
    if undone.action in TAKEN_BACK:
        TAKEN_BACK[undone.action](session, row, undone, today)
    reopen(session, row, undone.id, today)
    session.flush()
    row.runs_to = last_day(session, row)
    if row.state in LIVING and row.valid_from is not None and row.runs_to is not None:
        require_alone(session, row, row.valid_from, row.runs_to, field=None)
    if row.state in UNDER_WAY and undone.to_state not in UNDER_WAY:
        require_no_other(session, locked_unit(session, row.unit_id), row.renews_id, besides=row.id)
    if row.state in LIVING:
        tell_register(session, row, on=today, act="Correzione del passaggio precedente", today=today)
    return changed(session, row, today)


def _unask(session: ScopedSession, row: Accreditation, undone: PassageLog, today: date) -> None:
    row.completion_due = None
    if row.state == A.EXAMINED:  # it was this request that stopped the clock, and not an earlier one
        resume_clock(session, row, undone.on, today)


def _unfind(session: ScopedSession, row: Accreditation, undone: PassageLog, today: date) -> None:
    require_none(session, row)
    if any(passage.action == "find_complete" for passage in standing(session, "accreditation", row.id)):
        suspend_clock(session, row, undone.on, today)
    else:
        row.complete_on = None


def _unsign(session: ScopedSession, row: Accreditation, _undone: PassageLog, _today: date) -> None:
    require_none(session, row)
    answered = select(Monitoring).where(Monitoring.accreditation_id == row.id)
    for monitoring in session.scalars(answered).all():
        if monitoring.state != MonitoringState.DRAFT or monitoring.answers:
            raise RuleBroken("Il monitoraggio è già cominciato: la firma del patto non si corregge più.")
        session.delete(monitoring)
    pact_unsigned.tell(session, row)
    renewed = session.get(Accreditation, row.renews_id) if row.renews_id else None
    if renewed is not None and renewed.state == A.RENEWED:
        raise RuleBroken("L'accreditamento n. %(code)s risulta già rinnovato da questo: correggere prima quello.",
                         code=renewed.code).mended(Place("accreditation", renewed.id))
    row.pact_signed_on = row.valid_from = row.valid_to = None
    row.cig = ""


def _unextend(session: ScopedSession, row: Accreditation, _undone: PassageLog, _today: date) -> None:
    last = standing_extensions(session, row)[-1]
    session.add(AccreditationExtension(accreditation_id=row.id, decided_on=last.decided_on, number=last.number,
                                       to_day=last.to_day, why=last.why, undoes_id=last.id))


def _unmeasure(session: ScopedSession, row: Accreditation, _undone: PassageLog, today: date) -> None:
    last = standing_measures(session, row)[-1]
    session.add(Measure(
        accreditation_id=row.id, kind=last.kind, number=last.number, on=last.on, effective_on=last.effective_on,
        reasons=last.reasons, answer=last.answer, urgent_why=last.urgent_why, forewarning_id=last.forewarning_id,
        fine_kind=last.fine_kind, amount=last.amount, actor=session.principal.name,
        undoes_id=last.id))
    if last.kind in ("revocation", "cancellation"):
        reopen_unsent(session, row, end_reason(last), today)


TAKEN_BACK: dict[str, Callable[[ScopedSession, Accreditation, PassageLog, date], None]] = {
    "ask_completion": _unask,
    "find_complete": _unfind,
    "sign_pact": _unsign,
    "extend": _unextend,
    "refuse_extension": _unmeasure,
    "suspend": _unmeasure,
    "readmit": _unmeasure,
    "revoke": _unmeasure,
    "renounce": _unmeasure,
    "fine": _unmeasure,
}
