"""What is remarked on the notices of operation of accredited units."""

from __future__ import annotations

from sqlalchemy import select

from core.accreditation.model import Accreditation
from core.accreditation.states import DECIDED, LIVING
from core.ground.access import ScopedSession
from core.ground.errors import Finding, Place
from core.providers import rules
from core.providers.findings import remarks_on
from core.providers.model import OperatingNotice

TOUCHING = ("transformation", "move")  # what changes the ground on which a unit was accredited (R147)


@remarks_on
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
    at = Place("accreditation", held.id)
    if notice.kind == "move":
        return Finding("%(accreditation)s è stato dato per un'altra sede: dal %(day)s l'unità è trasferita. Valutare "
                       "se verificare di nuovo i requisiti.", values, where="accreditation", source="R147", at=at)
    return Finding("%(accreditation)s è stato dato per un altro tipo di unità: dal %(day)s l'unità è trasformata. "
                   "Valutare se rinnovarlo, sospenderlo o revocarlo.", values, where="accreditation", source="R147",
                   at=at)
