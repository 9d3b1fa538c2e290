"""That a service took the place of another: since when and why (D5). It is another service, not another name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select

from core.catalogue.model import Service, ServiceSuccession
from core.documents.words import date_short
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.required import require_text

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
SUCCESSION = frozenset({"service_id", "predecessor_id", "since", "reason"})


def add_succession(session: ScopedSession, facts: Mapping[str, Any]) -> ServiceSuccession:
    """Record that a service took the place of another; its day may be unknown.

    RuleBroken without a predecessor or a reason, for a service that would follow itself, for one that is recorded
    already; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    row = _checked(session, take(ServiceSuccession(), facts, SUCCESSION))
    session.add(row)
    return _told(session, row)


def edit_succession(
    session: ScopedSession, succession_id: int, facts: Mapping[str, Any], *, version: int
) -> ServiceSuccession:
    """Correct a succession, or add its day. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    row = at_version(session.require(ServiceSuccession, succession_id), version)
    with session.no_autoflush:
        _checked(session, take(row, facts, SUCCESSION))
    return _told(session, row)


def remove_succession(session: ScopedSession, succession_id: int) -> None:
    """Take back a succession that was recorded by mistake; the history keeps it. NotVisible, NotAllowed."""
    session.principal.require(*EDITORS)
    session.delete(session.require(ServiceSuccession, succession_id))
    session.flush()


def _told(session: ScopedSession, row: ServiceSuccession) -> ServiceSuccession:
    session.flush()
    for service, side in ((row.service_id, "follows"), (row.predecessor_id, "followed")):
        session.expire(session.require(Service, service), [side])
    return row


def _checked(session: ScopedSession, row: ServiceSuccession) -> ServiceSuccession:
    row.reason = require_text(row.reason, "Scrivere perché il servizio ha preso il posto dell'altro, per esempio «si "
                                          "occupa soltanto dell'affido».", field="reason")
    if row.service_id is None or row.predecessor_id is None:
        raise RuleBroken("Scegliere il servizio di cui prende il posto; se non c'è, aprirlo prima nel catalogo con il "
                         "giorno in cui si è chiuso.", field="predecessor_id")
    service = session.require(Service, row.service_id)
    before = session.require(Service, row.predecessor_id)
    pairs = session.execute(select(ServiceSuccession.service_id, ServiceSuccession.predecessor_id).where(
        ServiceSuccession.id.is_distinct_from(row.id))).all()
    if (row.service_id, row.predecessor_id) in {tuple(pair) for pair in pairs}:
        raise RuleBroken("È già registrato che «%(service)s» ha preso il posto di «%(before)s»: correggere quella "
                         "riga.", field="predecessor_id", service=service.title, before=before.title)
    if row.service_id in _before(row.predecessor_id, pairs):
        raise RuleBroken("«%(before)s» verrebbe prima e dopo «%(service)s»: un servizio non prende il posto di sé "
                         "stesso, né di chi è venuto dopo.", field="predecessor_id", service=service.title,
                         before=before.title)
    return row


def _before(service_id: int, pairs: Any) -> set[int]:
    """A service, and every one of which it took the place, near or far."""
    found, open_ = set[int](), [service_id]
    while open_:
        found.add(here := open_.pop())
        open_ += [before for service, before in pairs if service == here and before not in found]
    return found


# --- pure -------------------------------------------------------------------------------------------------


def succession_findings(service: Service) -> Iterator[Finding]:
    """A succession without its day; a service that is still open after another took its place."""
    for row in service.follows:
        before, since = row.predecessor, row.since
        named: dict[str, object] = {"service": service.title, "before": before.title}
        if since is None:
            yield Finding("Non è scritto da quale giorno «%(service)s» ha preso il posto di «%(before)s»: indicarlo, "
                          "quando si conosce.", named, where=service.code, source="D5",
                          at=Place("service_succession", row.id, "since"))
        elif before.is_open(since):
            yield Finding("«%(service)s» ha preso il posto di «%(before)s» dal %(day)s, ma il catalogo tiene aperto "
                          "anche quello: scriverne l'ultimo giorno.", {**named, "day": date_short(since)},
                          where=service.code, source="D5", at=Place("service.edit", before.id, "valid_to"))
