"""A mistaken step of a notice is taken back by a new one: the state returns, its facts go, nothing is erased.

So is an act that was recorded on behalf of a municipality which objects to it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, RuleBroken
from core.ground.states import PassageLog, standing
from core.penalties import procedure
from core.penalties.behalf import KINDS, Kind
from core.penalties.model import DefaultNotice, OnBehalf
from core.penalties.operations import decide_again, end_again, require_new
from core.penalties.states import NOTICE_LIFE, DefaultNoticeState


def undo(session: ScopedSession, notice_id: int, *, why: str, version: int | None, today: date) -> DefaultNotice:
    """Take back the last step of a notice, with a reason.

    RuleBroken for a step that left the house (a notice that was sent is withdrawn), or that has produced a penalty.
    """
    notice = at_version(session.require(DefaultNotice, notice_id), version)
    undone = NOTICE_LIFE.undo(session, notice, on=today, why=why, forgets=FORGETS)
    if undone.action not in CORRECTED:
        raise RuleBroken("Questo passaggio non si corregge: se la diffida è sbagliata si ritira e se ne apre un'altra.")
    if undone.action in TAKEN_BACK:
        TAKEN_BACK[undone.action](session, notice, undone)
    touch(session, notice)
    follow(session, "default_notice", [notice.id], today=today)
    return notice


def may_undo(session: ScopedSession, notice: DefaultNotice) -> bool:
    """True if the last step of the notice can be taken back by the principal: for the button."""
    last = NOTICE_LIFE.last(session, notice)
    if last is None or last.to_state != notice.state or last.action not in CORRECTED:
        return False
    return NOTICE_LIFE.may_undo(last, session.principal)


def stop(session: ScopedSession, notice: DefaultNotice, row: OnBehalf, why: str, today: date) -> None:
    """The municipality objects to an act recorded on its behalf: the notice stands as it was.

    RuleBroken for a decision from which a penalty has come, and for a withdrawal after which it was contested again.
    """
    for penalty in procedure.standing(notice.penalties):
        if row.passage.to_state == DefaultNoticeState.DECIDED:
            raise RuleBroken("Da questa decisione è nata la penale n. %(code)s: prima opporsi a quella, o annullarla.",
                             code=penalty.code)
    NOTICE_LIFE.stop(session, notice, row.passage, row.passage.from_state, on=today, why=why, forgets=FORGETS)
    if row.passage.action in TAKEN_BACK:
        TAKEN_BACK[row.passage.action](session, notice, row.passage)
    follow(session, "default_notice", [notice.id], today=today)


def _unreceive(_session: ScopedSession, notice: DefaultNotice, _undone: PassageLog) -> None:
    procedure.stop_clock(notice)
    if notice.sending is not None:
        notice.sending.received_on = notice.sending.receipt_id = None


def _unanswer(session: ScopedSession, notice: DefaultNotice, _undone: PassageLog) -> None:
    if notice.answer == "compliance" and not _stands(session, notice, "comply"):
        notice.complied_on = None
    notice.answer = procedure.SILENCE if _stands(session, notice, "note_silence") else None
    notice.answered_on, notice.answer_text = None, ""


def _unsummon(_session: ScopedSession, notice: DefaultNotice, undone: PassageLog) -> None:
    if undone.from_state == undone.to_state:
        raise RuleBroken("Il contraddittorio è stato spostato: per correggere il giorno si convoca di nuovo.")
    notice.summoned_for = notice.summoned_at = None
    notice.summoned_place = ""


def _undecide(_session: ScopedSession, notice: DefaultNotice, _undone: PassageLog) -> None:
    for finding in notice.findings:
        finding.outcome, finding.reasons, finding.decided_kind = "open", "", None


def _unwithdraw(session: ScopedSession, notice: DefaultNotice, _undone: PassageLog) -> None:
    for finding in notice.findings:
        require_new(session, notice, finding)  # it may have been contested again meanwhile


def _stands(session: ScopedSession, notice: DefaultNotice, action: str) -> bool:
    """True if a passage of this kind was made and not taken back."""
    return any(passage.action == action for passage in standing(session, "default_notice", notice.id))


TAKEN_BACK: dict[str, Callable[[ScopedSession, DefaultNotice, PassageLog], None]] = {
    "receive": _unreceive,
    "answer": _unanswer,
    "summon": _unsummon,
    "decide": _undecide,
    "decide_early": _undecide,
    "withdraw": _unwithdraw,
}
FORGETS = {
    "note_silence": ("answer",),
    "comply": ("complied_on",),
    "hear": ("held_on", "present", "minutes"),
    "decide": ("decided_on", "override_why"),
    "decide_early": ("decided_on", "override_why"),
    "close": ("closed_on",),
    "withdraw": ("closed_on",),
}
CORRECTED = TAKEN_BACK.keys() | FORGETS.keys()  # every other step has left the house
KINDS.update({
    ("default_notice", "decide"): Kind(Finding("la decisione sulla diffida"), stop, decide_again),
    ("default_notice", "decide_early"): Kind(Finding("la decisione anticipata sulla diffida"), stop, decide_again),
    ("default_notice", "close"): Kind(Finding("la chiusura della diffida"), stop, end_again),
    ("default_notice", "withdraw"): Kind(Finding("il ritiro della diffida"), stop, end_again),
})
