"""The editions of a sheet: a new one of the next year, the Assembly's approval, what a later one supersedes.

A draft is written; what the Assembly has approved (R76) is read and printed, and only its quantities go on, as the year
brings them. Its words change in a new edition, or after the approval was taken back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from core.cases.rules import require_safe_file
from core.catalogue import sheets
from core.catalogue.model import OperationalSheet
from core.catalogue.states import LIFE, OFFICE, EditionState
from core.documents.operations import keep
from core.ground.access import ScopedSession
from core.ground.edits import at_version, touch
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from core.ground.required import require_past, require_text
from core.ground.states import Forgets, Proof
from core.ground.upward import Upward
from core.parties.assembly import assembly_act
from core.plugins.schema import SheetSchema

FORGETS: Forgets = {"approve": ("act_id", "approved_on")}
QUANTITIES, ACTUAL, NOTE = "quantities", "actual", "note"  # of the common sections

# before the approval of an edition is taken back: RuleBroken from what rests on it
approval_ends: Upward[[ScopedSession, OperationalSheet], None] = Upward()


@dataclass(frozen=True)
class SheetApproval:
    """A resolution of the Assembly that approves sheets (R76): its number, its day, and the file of it if it is here.
    """

    number: str
    on: date
    file: Upload | None = None


@dataclass(frozen=True)
class Actual:
    """What was done of a planned quantity, as it was typed, and the note beside it."""

    actual: str
    note: str = ""


def approve(session: ScopedSession, sheet_id: int, approval: SheetApproval, *, version: int | None, today: date
            ) -> OperationalSheet:
    """Record that the Assembly approved an edition (R76); the one before is superseded, and stays that of its years.

    RuleBroken for no number, a day that has not come, a file that is not safe, a sheet that says nothing yet, or one
    that is no draft; NotVisible, NotAllowed.
    """
    session.principal.require(*OFFICE)
    sheet = at_version(session.require(OperationalSheet, sheet_id), version)
    number = require_text(approval.number, "Indicare il numero della deliberazione.", field="number")
    require_past(approval.on, today, field="on")
    if not (sheet.mission.strip() or sheet.activities):
        raise RuleBroken("La scheda «%(title)s» non dice ancora nulla: scrivere la missione o le attività, poi "
                         "registrare l'approvazione.", title=sheet.title)
    document = _kept(session, sheet, approval.file) if approval.file is not None else None
    act = assembly_act(session, number, approval.on, title="Approvazione delle schede operative")
    LIFE.move(session, sheet, "approve", on=approval.on,
              proof=Proof(act_id=act.id, document_id=document.id if document is not None else None))
    sheet.act_id, sheet.approved_on = act.id, approval.on
    _supersede(session, sheet, today=today)
    return touch(session, sheet)


def take_back(session: ScopedSession, sheet_id: int, *, why: str, version: int | None, today: date) -> OperationalSheet:
    """Take back an approval that was recorded in error: a draft again, and what it superseded holds again.

    RuleBroken without a reason, for an edition that is not the approved one, and while something rests on it: a signed
    contract that annexes it.
    """
    session.principal.require(*OFFICE)
    sheet = at_version(session.require(OperationalSheet, sheet_id), version)
    if sheet.state != EditionState.APPROVED:
        raise RuleBroken("Solo l'edizione approvata che vale oggi si può riaprire.")
    approval_ends.tell(session, sheet)
    LIFE.undo(session, sheet, on=today, why=why, forgets=FORGETS)
    before = _before(session, sheet)
    if before and before[-1].state == EditionState.SUPERSEDED:
        LIFE.undo(session, before[-1], on=today, why=why, by_rule=True)
        touch(session, before[-1])
    return touch(session, sheet)


def cancel(session: ScopedSession, sheet_id: int, *, why: str, version: int | None, today: date) -> OperationalSheet:
    """Cancel a draft that was begun by mistake: it stays with its reason, and another of its year may be begun.

    RuleBroken without a reason, or for one that is no draft.
    """
    session.principal.require(*OFFICE)
    sheet = at_version(session.require(OperationalSheet, sheet_id), version)
    LIFE.move(session, sheet, "cancel", on=today, proof=Proof(why=why))
    return touch(session, sheet)


def set_actuals(session: ScopedSession, sheet_id: int, actuals: Sequence[Actual], *, version: int) -> OperationalSheet:
    """Write what was done of each planned quantity, in the order of the sheet: of an approved edition too.

    RuleBroken for a figure that is none, with its row, for a stale form; NotVisible, NotAllowed.
    """
    session.principal.require(*OFFICE)
    sheet = at_version(session.require(OperationalSheet, sheet_id), version)
    held: list[dict[str, Any]] = list((sheet.data or {}).get(QUANTITIES, ()))
    if len(held) != len(actuals):
        raise RuleBroken("Nel frattempo le quantità della scheda sono cambiate: ricaricare la pagina.")
    rows = [{**_without(row), ACTUAL: said.actual, NOTE: said.note} for row, said in zip(held, actuals, strict=True)]
    schema = SheetSchema(tuple(field for field in sheets.schema_of(sheet).fields if field.name == QUANTITIES))
    sheet.data = {**sheet.data, **sheets.clean(schema, {QUANTITIES: rows})}
    session.flush()
    return sheet


def planned_again(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a sheet as a new year begins with them: the quantities without what was done."""
    rows = [{name: value for name, value in row.items() if name != ACTUAL} for row in data.get(QUANTITIES, ())]
    return {**data, **({QUANTITIES: rows} if rows else {})}


def require_draft(sheet: OperationalSheet) -> OperationalSheet:
    """The sheet, if its words may still change. RuleBroken, with what to do, for another."""
    if sheet.state == EditionState.CANCELLED:
        raise RuleBroken("L'edizione %(edition)s di «%(title)s» è annullata e non si modifica.",
                         edition=sheet.edition, title=sheet.title)
    if sheet.state != EditionState.DRAFT:
        raise RuleBroken("L'edizione %(edition)s di «%(title)s» è approvata e non si modifica: preparare una nuova "
                         "edizione, o riaprirla se l'approvazione fu registrata per errore.",
                         edition=sheet.edition, title=sheet.title)
    return sheet


def editions_of(session: ScopedSession, code: str) -> list[OperationalSheet]:
    """Every edition of a sheet that stands, the oldest first."""
    query = select(OperationalSheet).where(OperationalSheet.code == code,
                                           OperationalSheet.state != EditionState.CANCELLED)
    return list(session.scalars(query.order_by(OperationalSheet.edition)))


# --- the editions around it -------------------------------------------------------------------------------


def _supersede(session: ScopedSession, sheet: OperationalSheet, *, today: date) -> None:
    """Of the approved editions the newest holds; the others are superseded from the day of its approval."""
    approved = [one for one in editions_of(session, sheet.code) if one.state == EditionState.APPROVED]
    for old in approved[:-1]:
        LIFE.move(session, old, "supersede", on=max(one.approved_on or today for one in (old, approved[-1])),
                  by_rule=True)
        touch(session, old)


def _before(session: ScopedSession, sheet: OperationalSheet) -> list[OperationalSheet]:
    return [one for one in editions_of(session, sheet.code) if one.edition < sheet.edition
            and one.state != EditionState.DRAFT]


def _kept(session: ScopedSession, sheet: OperationalSheet, file: Upload) -> Any:
    require_safe_file(file)
    document = keep(session, file, kind="sheet_approval", folder=f"sheets/{sheet.code}/{sheet.edition}")
    session.flush()
    return document


def _without(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in (ACTUAL, NOTE)}
