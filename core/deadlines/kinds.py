"""The kinds of event that an office defines itself: named, and given to who records them. None of these commits."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select

from core.deadlines.facts import WITH_DIARY
from core.deadlines.model import CaseEvent, DeadlineRule, EventKind
from core.ground.access import Principal, Role, ScopedSession, asked_once
from core.ground.edits import at_version, take
from core.ground.errors import RuleBroken
from core.ground.required import LONGEST_TITLE, require_text
from core.ground.upward import Upward
from core.ground.walls import WALLS, WRITE_ALL, Wall

RECORDERS = (Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION)
EDITORS = (Role.MANAGEMENT, Role.ADMINISTRATOR, Role.SYSTEM)
BY_YEAR = "azienda"  # it lasts, and what happens in it happens in one of its years
MADE_ONCE = frozenset({"code", "subject", "yearly"})
EDITABLE = frozenset({"name", "recorded_by", "shared", "active", "help"})
CODE = re.compile(r"[a-z][a-z0-9_]{2,59}")
TAKEN: set[str] = set()
awaited_by: Upward[[ScopedSession, EventKind], list[str]] = Upward()
"""Which contracts wait for an event of a kind: it must go on being recorded, and read by both sides."""


def taken(codes: Collection[str]) -> None:
    """Register words that name something else where an event of one's own is named too."""
    TAKEN.update(codes)


def kinds_of(session: ScopedSession, subject: str) -> list[EventKind]:
    """The kinds of event that may be recorded in the cases of a table, as they were defined one after another."""
    mine = select(EventKind).where(EventKind.subject == subject, EventKind.active)
    return list(session.scalars(mine.order_by(EventKind.id)))


@asked_once
def kind_called(session: ScopedSession, code: str) -> EventKind | None:
    """The kind of event that this code names in rules and terms; None for one of the program's own events."""
    with session.no_autoflush:
        return session.scalars(select(EventKind).where(EventKind.code == code)).one_or_none()


def may_record(kind: EventKind, who: Principal) -> bool:
    """True for the office that records the events of a kind, and for who acts for all of them."""
    return who.has(*WRITE_ALL) or (who.writes_all and who.has(Role(kind.recorded_by)))


def add_kind(session: ScopedSession, wanted: Mapping[str, Any]) -> EventKind:
    """Define a kind of event: rules may count from it, and the diaries of its cases offer to record it.

    RuleBroken for a code that is taken or is none, for cases that have no diary, for what ``set_kind`` refuses.
    """
    session.principal.require(*EDITORS)
    kind = EventKind(active=True, shared=False, yearly=False, help="", recorded_by="")
    take(kind, wanted, MADE_ONCE | EDITABLE)
    kind.code, kind.yearly = (kind.code or "").strip(), bool(kind.yearly) or kind.subject == BY_YEAR
    if not CODE.fullmatch(kind.code):
        raise RuleBroken("Il codice comincia con una lettera e ha da 3 a 60 lettere minuscole senza accento, cifre e "
                         "trattini bassi, per esempio «collaudo».", field="code")
    if kind.code in TAKEN or kind_called(session, kind.code) is not None:
        raise RuleBroken("Il codice «%(code)s» è già di un altro evento: sceglierne uno diverso.", field="code",
                         code=kind.code)
    if kind.subject not in WITH_DIARY:
        raise RuleBroken("Scegliere in che cosa avviene l'evento.", field="subject")
    _require_sound(kind)
    session.add(kind)
    session.flush()
    return kind


def set_kind(session: ScopedSession, kind_id: int, wanted: Mapping[str, Any], *, version: int) -> EventKind:
    """Change what a kind is called, who records it, who reads it, whether it is still in use.

    What was recorded stays. RuleBroken for an empty name, an office that does not write in such cases, for one that an
    instalment still waits for and that would no longer be recorded or read, and for a stale page.
    """
    session.principal.require(*EDITORS)
    kind = at_version(session.require(EventKind, kind_id), version)
    take(kind, wanted, EDITABLE)
    with session.no_autoflush:
        _require_sound(kind)
        if not (kind.active and kind.shared) and (waiting := awaiting(session, kind)):
            raise RuleBroken("Una rata aspetta questo evento (%(contracts)s): finché il contratto dura l'evento resta "
                             "in uso, e chi paga lo legge.", field="shared" if kind.active else "active",
                             contracts=", ".join(waiting))
    session.flush()
    return kind


def awaiting(session: ScopedSession, kind: EventKind) -> list[str]:
    """The contracts that are not over and of which an instalment waits for an event of this kind."""
    return [contract for found in awaited_by.tell(session, kind) for contract in found]


def _require_sound(kind: EventKind) -> None:
    kind.name = " ".join(require_text(kind.name, "Indicare il nome dell'evento, per esempio «Collaudo».", field="name",
                                      longest=LONGEST_TITLE).split())
    kind.help = (kind.help or "").strip()
    if kind.recorded_by not in RECORDERS:
        raise RuleBroken("Indicare l'ufficio che registra l'evento, tra quelli elencati.", field="recorded_by")
    if kind.recorded_by not in {*WRITE_ALL, *WALLS.get(kind.subject, Wall()).writes}:
        raise RuleBroken("Questo ufficio non scrive nei fascicoli di questo genere: scegliere l'ufficio che li tiene, "
                         "o la direzione.", field="recorded_by")


def used_by(session: ScopedSession, kind: EventKind) -> list[DeadlineRule]:
    """The rules that count from a kind of event, or await it."""
    names = (DeadlineRule.event, DeadlineRule.expected, DeadlineRule.cancelled_by)
    found = {rule.id: rule for name in names
             for rule in session.scalars(select(DeadlineRule).where(name == kind.code).order_by(DeadlineRule.id))}
    return [found[key] for key in sorted(found)]


def standing(session: ScopedSession, kind: EventKind, subject_id: int, occurrence: str) -> CaseEvent | None:
    """What was recorded of a kind in a case, for a year, and was not taken back."""
    with session.no_autoflush:
        return session.scalars(select(CaseEvent).where(
            CaseEvent.kind_id == kind.id, CaseEvent.subject == kind.subject, CaseEvent.subject_id == subject_id,
            CaseEvent.occurrence == occurrence, ~CaseEvent.withdrawn)).one_or_none()
