"""What is remarked on units and notices; nothing of it stops anybody."""

from __future__ import annotations

from datetime import date

from core.ground.access import ScopedSession
from core.ground.errors import Finding, Place
from core.ground.upward import Upward
from core.providers import rules
from core.providers.model import OperatingNotice, ServiceUnit
from core.providers.operating_notices import hindrance
from core.providers.states import OperatingNoticeState
from core.providers.types import type_on, types_on

# what those above remark on a notice of operation
remarks_on: Upward[[ScopedSession, OperatingNotice], list[Finding]] = Upward()


def unit_findings(session: ScopedSession, unit: ServiceUnit, today: date) -> list[Finding]:
    """The remarks on a unit: its limits, a type that is no longer given, what has changed under its accreditation."""
    held = type_on(session, unit.type.code, today)
    found = []
    if held is None:
        found.append(Finding("Il tipo «%(type)s» non vale più: se l'unità continua, si comunica la trasformazione.",
                             {"type": unit.type.name}, where="type_id", source="R51",
                             at=Place("operating_notice.transformation", unit.id)))
    else:
        found += rules.remarks(held, unit, types_on(session, today))
    if unit.state == "operating" and not unit.manager:
        found.append(Finding("Manca chi dirige l'unità: registrarlo con la comunicazione del responsabile.",
                             where="manager", source="R146", at=Place("operating_notice.manager", unit.id)))
    for notice in unit.notices:
        found += _from_above(session, notice)
    return found


def notice_findings(session: ScopedSession, notice: OperatingNotice, today: date) -> list[Finding]:
    """The remarks on a notice: why it has no effect yet, and what it changes for others."""
    return [*stuck(session, notice, today), *_from_above(session, notice)]


def _from_above(session: ScopedSession, notice: OperatingNotice) -> list[Finding]:
    return [finding for found in remarks_on.tell(session, notice) for finding in found]


def stuck(session: ScopedSession, notice: OperatingNotice, today: date) -> list[Finding]:
    """Why a notice whose day has come has no effect yet; nothing for one that waits for its day or to be completed."""
    waits = notice.state in (OperatingNoticeState.RECEIVED, OperatingNoticeState.CHECKED)
    if not waits or notice.effective_from > today:
        return []
    refusal = hindrance(session, notice)
    if refusal is None:
        return [Finding("Il giorno dichiarato è arrivato: la comunicazione avrà effetto al prossimo giro del "
                        "programma, entro oggi.", where="effective_from", source="R146")]
    return [Finding(refusal.message, refusal.values, where="effective_from", source="R51", at=refusal.at)]
