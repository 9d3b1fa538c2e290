"""Which services a municipality keeps to itself, by the Zone Plan and its article (R36); X28 tells the two forms apart.

A municipality may manage a service itself (*in economia*) if the three-year plan says so. What the plan leaves to it is
not conferred on the azienda; what is managed so and not in the plan is remarked. Findings never block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.catalogue.model import Service
from core.contracts.model import Contract, KeptService, ZonePlan
from core.ground.access import Role, ScopedSession, asked_once
from core.ground.edits import at_version, take
from core.ground.errors import Finding, Place, RuleBroken, said_later
from core.ground.required import require_text
from core.parties.model import Municipality, within

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
KEPT = frozenset({"zone_plan_id", "municipality_id", "service_id", "article"})
LACKS: tuple[tuple[str, Any, str], ...] = (
    ("zone_plan_id", ZonePlan, said_later("Scegliere il Piano di Zona.")),
    ("municipality_id", Municipality, said_later("Scegliere il Comune che tiene il servizio per sé.")),
    ("service_id", Service, said_later("Scegliere il servizio; se non c'è, aprirlo prima nel catalogo.")),
)


# --- operations -------------------------------------------------------------------------------------------


def add_kept(session: ScopedSession, facts: Mapping[str, Any]) -> KeptService:
    """Record that a Zone Plan leaves a service to a municipality.

    RuleBroken without plan, municipality, service or article, for what is recorded already; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    row = _checked(session, take(KeptService(), facts, KEPT))
    session.add(row)
    session.flush()
    session.expire(row.zone_plan, ["kept"])
    return row


def edit_kept(session: ScopedSession, kept_id: int, facts: Mapping[str, Any], *, version: int) -> KeptService:
    """Correct what a Zone Plan leaves to a municipality. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    row = at_version(session.require(KeptService, kept_id), version)
    with session.no_autoflush:
        _checked(session, take(row, facts, KEPT))
    session.flush()
    return row


def remove_kept(session: ScopedSession, kept_id: int) -> None:
    """Take away what was entered by mistake; the history keeps it. NotVisible, NotAllowed."""
    session.principal.require(*EDITORS)
    row = session.require(KeptService, kept_id)
    plan = row.zone_plan
    session.delete(row)
    session.flush()
    session.expire(plan, ["kept"])


def _checked(session: ScopedSession, row: KeptService) -> KeptService:
    for name, kind, lacks in LACKS:
        if getattr(row, name) is None:
            raise RuleBroken(lacks, field=name)
        session.require(kind, getattr(row, name))
    row.article = require_text(row.article, "Indicare dove il Piano lo dice, per esempio «art. 7» o «par. 3.2».",
                               field="article")
    same = select(KeptService.id).where(
        KeptService.zone_plan_id == row.zone_plan_id, KeptService.municipality_id == row.municipality_id,
        KeptService.service_id == row.service_id, KeptService.id.is_distinct_from(row.id))
    if session.scalar(same) is not None:
        raise RuleBroken("Questo servizio è già fra quelli che il Piano lascia a questo Comune: correggere quella "
                         "riga.", field="service_id")
    return row


# --- reading ----------------------------------------------------------------------------------------------


@asked_once
def kept_on(session: ScopedSession, day: date) -> Sequence[KeptService]:
    """What the Zone Plans that hold on ``day`` leave to municipalities."""
    load = (joinedload(KeptService.zone_plan), joinedload(KeptService.service), joinedload(KeptService.municipality))
    rows = session.scalars(select(KeptService).options(*load).order_by(KeptService.id))
    return [row for row in rows if within(day, row.zone_plan.begins_on, row.zone_plan.ends_on)]


def of_parties(contract: Contract, rows: Sequence[KeptService]) -> list[KeptService]:
    """Those of the municipalities that sign a contract."""
    signing = {member.party_id for member in contract.municipality_parties}
    return [row for row in rows if row.municipality_id in signing]


def kept_findings(contract: Contract, rows: Sequence[KeptService]) -> Iterator[Finding]:
    """A service that a contract confers although the plan leaves it to that municipality (R36, X28)."""
    given = {(conferral.municipality_id, conferral.service_id) for conferral in contract.conferrals}
    for row in of_parties(contract, rows):
        if (row.municipality_id, row.service_id) in given:
            yield Finding("Il Piano di Zona (%(article)s) lascia «%(service)s» a %(municipality)s, che lo gestisce in "
                          "economia, e il contratto lo conferisce all'Azienda: togliere il servizio dal contratto, o "
                          "correggere il Piano.",
                          {"article": row.article, "service": row.service.name_on(contract.starts_on),
                           "municipality": row.municipality.name}, where="services", source="R36",
                          at=Place("contract.services", contract.id))
