"""What is remarked on units and notices; nothing of it stops anybody."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from core.accreditation.model import Accreditation
from core.accreditation.states import DECIDED, LIVING
from core.ground.access import ScopedSession
from core.ground.errors import Finding
from core.providers import rules
from core.providers.model import OperatingNotice, ServiceUnit
from core.providers.operating_notices import hindrance
from core.providers.states import NoticeState
from core.providers.types import type_on, types_on

TOUCHING = ("transformation", "move")  # what changes the ground on which a unit was accredited (R147)


def unit_findings(session: ScopedSession, unit: ServiceUnit, today: date) -> list[Finding]:
    """The remarks on a unit: its limits, a type that is no longer given, what has changed under its accreditation."""
    held = type_on(session, unit.type.code, today)
    found = []
    if held is None:
        found.append(Finding("Il tipo «%(type)s» non vale più: se l'unità continua, si comunica la trasformazione.",
                             {"type": unit.type.name}, where="type_id", source="R51"))
    else:
        found += rules.remarks(held, unit, types_on(session, today))
    if unit.state == "operating" and not unit.manager:
        found.append(Finding("Manca chi dirige l'unità: registrarlo con la comunicazione del responsabile.",
                             where="manager", source="R146"))
    for notice in unit.notices:
        found += accreditation_touched(session, notice)
    return found


def stuck(session: ScopedSession, notice: OperatingNotice, today: date) -> list[Finding]:
    """Why a notice whose day has come has no effect yet; nothing for one that waits for its day or to be completed."""
    if notice.state not in (NoticeState.RECEIVED, NoticeState.CHECKED) or notice.effective_from > today:
        return []
    refusal = hindrance(session, notice)
    if refusal is None:
        return [Finding("Il giorno dichiarato è arrivato: la comunicazione avrà effetto al prossimo giro del "
                        "programma, entro oggi.", where="effective_from", source="R146")]
    return [Finding(refusal.message, refusal.values, where="effective_from", source="R51")]


def accreditation_touched(session: ScopedSession, notice: OperatingNotice) -> list[Finding]:
    """A transformation or a move of an accredited unit: the accreditation was given for what the unit was (R147).

    A change before the accreditation was granted is what was accredited, and touches nothing.
    """
    if notice.kind not in TOUCHING or notice.state not in rules.ALIVE:
        return []
    held = select(Accreditation).where(
        Accreditation.unit_id == notice.unit_id, Accreditation.state.in_((*DECIDED, *LIVING)),
        Accreditation.decided_on <= notice.effective_from)
    return [_touched(notice, row) for row in session.scalars(held)]


def _touched(notice: OperatingNotice, held: Accreditation) -> Finding:
    values: dict[str, object] = {"accreditation": str(held), "day": f"{notice.effective_from:%d/%m/%Y}"}
    if notice.kind == "move":
        return Finding("%(accreditation)s è stato dato per un'altra sede: dal %(day)s l'unità è trasferita. Valutare "
                       "se verificare di nuovo i requisiti.", values, where="accreditation", source="R147")
    return Finding("%(accreditation)s è stato dato per un altro tipo di unità: dal %(day)s l'unità è trasformata. "
                   "Valutare se rinnovarlo, sospenderlo o revocarlo.", values, where="accreditation", source="R147")
