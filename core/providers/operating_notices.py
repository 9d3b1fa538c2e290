"""Notices of operation (CPE, L.R. 3/2008 art. 15): given, looked through, in effect on the day that they declare.

No consent is needed (R146): what the office does with a notice neither opens nor stops a unit, the declared day does.
What the law brings about is asked of no role: who happens to be at the desk does not decide it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from core.cases.operations import add_file
from core.deadlines.operations import follow
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.files import Upload
from core.ground.numbering import next_number, reserve_number
from core.ground.required import require_past, require_text
from core.ground.states import NO_PROOF, Proof
from core.providers import rules
from core.providers.model import NoticeActivity, OperatingNotice, ServiceUnit, UnitType
from core.providers.operations import require_keeper, require_municipality, require_own
from core.providers.states import NOTICE_LIFE, OFFICE, UNIT_LIFE, OperatingNoticeState, UnitState
from core.providers.types import require_type, type_on, types_on

log = logging.getLogger("patto.providers")
REGISTER = "operating_notice"
COPIED = ("address", "postal_code", "city", "province", "municipality_id", "manager", "capacity")


@dataclass(frozen=True)
class Given:
    """A notice as it was given: what it declares, when it came, from which day; its number if a paper bears one."""

    kind: str
    received_on: date
    effective_from: date
    declared: Mapping[str, Any] = field(default_factory=dict)
    protocol_number: str = ""
    note: str = ""
    number: int | None = None


# --- giving ------------------------------------------------------------------------------------------------


def file_notice(
    session: ScopedSession, unit_id: int, given: Given, *, file: Upload | None = None, today: date
) -> OperatingNotice:
    """Take in a notice, with its ``file``; if its day has come it takes effect at once.

    A new legal representative is a plain notice: it bears no number and holds from the day on which it came (law B3).
    What a provider's own person gives has come today. RuleBroken for a day before it was given, what the unit's type
    does not admit on the declared day, a start of what operates or a change of what does not, and for what contradicts
    another notice of the same day.
    """
    unit = session.require(ServiceUnit, unit_id)
    require_keeper(unit, session.principal)
    if not session.principal.has(*OFFICE) and (given.received_on != today or given.number is not None):
        raise RuleBroken("Il giorno di ricevimento e il numero li dà l'ufficio: una comunicazione presentata da qui "
                         "vale come ricevuta oggi.", field="received_on")
    plain = given.kind in rules.PLAIN
    day = given.received_on if plain else given.effective_from
    rules.require_days(given.received_on, day, today)
    declared = _declared(session, unit, given.kind, dict(given.declared), day)
    rules.require_sequence(unit, given.kind, day, unit.notices)
    rules.require_agreement(given.kind, day, unit.notices)
    notice = OperatingNotice(
        unit=unit, year=given.received_on.year, number=None if plain else _number(session, given), kind=given.kind,
        state=OperatingNoticeState.RECEIVED, protocol_number=given.protocol_number.strip(),
        received_on=given.received_on, effective_from=day, declared=declared, note=given.note.strip(),
    )
    session.add(notice)
    session.flush()
    if file is not None:
        add_file(session, "operating_notice", notice.id, title="Comunicazione", file=file)
    _bring(session, unit, today, strict=True)
    return _followed(session, notice, today)


def _number(session: ScopedSession, given: Given) -> int:
    year = given.received_on.year
    if given.number is None:
        return next_number(session, REGISTER, year)
    known = select(OperatingNotice.id).where(OperatingNotice.year == year, OperatingNotice.number == given.number)
    if session.scalars(known).first() is not None:
        raise RuleBroken("La comunicazione n. %(number)s/%(year)s è già registrata: controllare il numero.",
                         field="number", number=given.number, year=year)
    reserve_number(session, REGISTER, year, given.number)
    return given.number


def _declared(session: ScopedSession, unit: ServiceUnit, kind: str, said: dict[str, Any], day: date) -> dict[str, Any]:
    """What the notice declares, whole: what it leaves out of its kind is as the unit will be on that day."""
    if kind not in rules.DECLARES:
        raise RuleBroken("Scegliere che cosa si comunica.", field="kind")
    unknown = said.keys() - set(rules.DECLARES[kind])
    if unknown:
        raise TypeError(f"a notice of {kind} does not declare {sorted(unknown)}")
    then = foreseen(unit, day)
    declared = {name: said.get(name, then.get(name)) for name in rules.DECLARES[kind]}
    rules.require_declared(kind, declared)
    if kind == "move":
        declared |= rules.seat(declared)
    require_municipality(session, declared.get("municipality_id"))
    _require_limits(session, kind, {**then, **declared}, day)
    _require_change(kind, declared, then)
    return declared


def foreseen(unit: ServiceUnit, day: date) -> dict[str, Any]:
    """What the unit will be on ``day``, by what has been declared and not come yet."""
    then = {name: getattr(unit, name) for name in ("type_id", *COPIED)}
    pending = [notice for notice in unit.notices if notice.state in rules.PENDING and notice.effective_from <= day]
    for notice in sorted(pending, key=lambda notice: (notice.effective_from, notice.id or 0)):
        then.update({name: value for name, value in notice.declared.items() if name in then})
    return then


def _require_change(kind: str, declared: Mapping[str, Any], then: Mapping[str, Any]) -> None:
    changing = {"capacity": "capacity", "manager": "manager", "transformation": "type_id"}.get(kind)
    if changing and declared[changing] == then[changing]:
        raise RuleBroken("La comunicazione non cambia nulla: quel giorno il dato è già questo.", field=changing)
    if kind == "move" and all(declared[name] == then[name] for name in declared):
        raise RuleBroken("La comunicazione non cambia nulla: quel giorno la sede è già questa.", field="address")


def _require_limits(session: ScopedSession, kind: str, then: Mapping[str, Any], day: date) -> list[Finding]:
    """RuleBroken if what the unit would be on ``day`` goes beyond a verified limit of its type; else the remarks."""
    if kind == "transformation":
        return rules.places(require_type(session, then["type_id"], day), then["capacity"], types_on(session, day))
    named = session.require(UnitType, then["type_id"])
    held = type_on(session, named.code, day) or named  # a unit goes on though its type is no longer given
    return rules.places(held, then["capacity"], types_on(session, day))


# --- the office ---------------------------------------------------------------------------------------------


def ask_completion(
    session: ScopedSession, notice_id: int, *, why: str, version: int | None, today: date
) -> OperatingNotice:
    """Say what a notice lacks: until it is completed it takes no effect."""
    return _moved(session, notice_id, "ask_completion", version, today, Proof(why=why))


def complete(session: ScopedSession, notice_id: int, *, version: int | None, today: date) -> OperatingNotice:
    """Record that a notice has been completed; if its day has come it takes effect now."""
    require_own(session.require(OperatingNotice, notice_id).unit, session.principal)
    notice = _moved(session, notice_id, "complete", version, today)
    _bring(session, notice.unit, today, strict=True)
    return _followed(session, notice, today)


def check(session: ScopedSession, notice_id: int, *, version: int | None, today: date) -> OperatingNotice:
    """Record that a notice has been looked through and is in order: it takes effect on its day all the same."""
    return _moved(session, notice_id, "check", version, today)


def void(session: ScopedSession, notice_id: int, *, why: str, version: int | None, today: date) -> OperatingNotice:
    """Take the effect from a notice before its day, with the reason; its number stays taken."""
    notice = at_version(session.require(OperatingNotice, notice_id), version)
    after = [other for other in undisturbed(notice.unit.notices) if other is not notice]
    if notice.kind == "start" and after:
        raise RuleBroken("%(other)s conta su questo avvio: rendere prima senza effetto quella.",
                         other=str(after[0])).mended(Place("operating_notice", after[0].id))
    return _moved(session, notice_id, "void", None, today, Proof(why=why))


def record_copy(
    session: ScopedSession, notice_id: int, *, on: date, version: int | None, today: date
) -> OperatingNotice:
    """Record when the health authority was sent its copy of a notice (L.R. 3/2008 art. 15; law B3).

    RuleBroken before the notice came, on a day that has not come, or for a plain notice.
    """
    session.principal.require(*OFFICE)
    notice = at_version(session.require(OperatingNotice, notice_id), version)
    if notice.kind in rules.PLAIN:
        raise RuleBroken("Di un nuovo legale rappresentante non si manda copia: non è una comunicazione preventiva.")
    if on < notice.received_on:
        raise RuleBroken("La copia non può essere partita prima che la comunicazione arrivasse, il %(day)s.",
                         field="on", day=f"{notice.received_on:%d/%m/%Y}")
    require_past(on, today, field="on")
    notice.copied_on = on
    session.flush()
    return _followed(session, notice, today)


def record_activity(
    session: ScopedSession, unit_id: int, *, kind: str, on: date, text: str, notice_id: int | None = None, today: date
) -> NoticeActivity:
    """Record one of the four activities around notices (R149), on a notice or, before any, on a planned unit.

    RuleBroken for another kind, no words, a day that has not come, or no notice where the unit has some.
    """
    session.principal.require(*OFFICE)
    unit = session.require(ServiceUnit, unit_id)
    if kind not in rules.ACTIVITIES:
        raise RuleBroken("Scegliere quale attività è stata svolta.", field="kind")
    require_text(text, "Scrivere in breve che cosa è stato fatto.", field="text")
    require_past(on, today, field="on")
    if notice_id is None and (unit.state != UnitState.PLANNED or unit.notices):
        raise RuleBroken("L'unità ha già una comunicazione: registrare l'attività sulla sua pagina.")
    if notice_id is not None and session.require(OperatingNotice, notice_id).unit_id != unit.id:
        raise RuleBroken("La comunicazione è di un'altra unità: ricaricare la pagina.")
    activity = NoticeActivity(unit_id=unit.id, notice_id=notice_id, kind=kind, on=on, text=text.strip(),
                              actor=session.principal.name)
    session.add(activity)
    session.flush()
    return activity


def _moved(
    session: ScopedSession, notice_id: int, action: str, version: int | None, today: date, proof: Proof = NO_PROOF
) -> OperatingNotice:
    notice = at_version(session.require(OperatingNotice, notice_id), version)
    NOTICE_LIFE.move(session, notice, action, on=today, proof=proof)
    touch(session, notice)
    return _followed(session, notice, today)


def _followed(session: ScopedSession, notice: OperatingNotice, today: date) -> OperatingNotice:
    session.flush()
    follow(session, "operating_notice", [notice.id], today=today)
    return notice


# --- what the day brings -------------------------------------------------------------------------------------


def awaiting(session: ScopedSession, today: date) -> Sequence[int]:
    """The units of which the declared day of a notice has come."""
    waiting = (OperatingNoticeState.RECEIVED, OperatingNoticeState.CHECKED)
    due = select(OperatingNotice.unit_id).where(OperatingNotice.state.in_(waiting),
                                                OperatingNotice.effective_from <= today)
    return session.scalars(due.distinct().order_by(OperatingNotice.unit_id)).all()


def advance(session: ScopedSession, today: date, keys: Collection[int] | None = None) -> int:
    """Bring into effect every notice of these units (None: of all) whose declared day has come; how many.

    A missed night loses nothing.
    """
    due = awaiting(session, today) if keys is None else keys
    units = session.scalars(select(ServiceUnit).where(ServiceUnit.id.in_(due)).order_by(ServiceUnit.id)).all()
    return sum(_bring(session, unit, today) for unit in units)


def _bring(session: ScopedSession, unit: ServiceUnit, today: date, *, strict: bool = False) -> int:
    """The notices of one unit whose day has come. One that cannot be is left where it is, or refused if ``strict``."""
    session.expire(unit, ["notices"])
    made = 0
    for notice in list(rules.due_notices(unit.notices, today)):
        try:
            # a refusal takes back the whole act, or this only
            with nullcontext() if strict else session.begin_nested():
                _take_effect(session, unit, notice)
        except RuleBroken as refusal:
            if strict:
                raise
            log.warning("%s: %s", notice, refusal)
            continue
        follow(session, "operating_notice", [notice.id], today=today)
        made += 1
    return made


def _take_effect(session: ScopedSession, unit: ServiceUnit, notice: OperatingNotice) -> None:
    day, said = notice.effective_from, notice.declared
    now = {"type_id": unit.type_id, "capacity": unit.capacity, **said}
    if notice.kind in ("start", "capacity", "transformation"):
        _require_limits(session, notice.kind, now, day)
    if notice.kind == "representative":
        unit.provider.legal_representative = said["legal_representative"]
    if notice.kind == "transformation":
        unit.type_id = require_type(session, said["type_id"], day).id
    for name in COPIED:
        if name in said:
            setattr(unit, name, said[name])
    if notice.kind == "start":
        UNIT_LIFE.move(session, unit, "open", on=day, proof=Proof(why=str(notice)), by_rule=True)
        unit.operating_from = day
    if notice.kind == "closing":
        UNIT_LIFE.move(session, unit, "close", on=day, proof=Proof(why=str(notice)), by_rule=True)
    touch(session, unit)
    NOTICE_LIFE.move(session, notice, "take_effect", on=day, by_rule=True)
    touch(session, notice)


def hindrance(session: ScopedSession, notice: OperatingNotice) -> RuleBroken | None:
    """Why a notice whose day has come cannot take effect: a limit of the type that changed since; None if it can."""
    unit = notice.unit
    try:
        _require_limits(session, notice.kind, {"type_id": unit.type_id, "capacity": unit.capacity, **notice.declared},
                        notice.effective_from)
    except RuleBroken as refusal:
        return refusal
    return None


def undisturbed(notices: Sequence[OperatingNotice]) -> list[OperatingNotice]:
    """The notices that still wait for their day or for a completion, the nearest first."""
    return sorted((n for n in notices if n.state in rules.PENDING), key=lambda n: (n.effective_from, n.id))
