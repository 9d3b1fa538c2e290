"""On what a service stands whose function is another body's: its owner, and the agreements with it (R131, R139)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from core.catalogue.model import Service, ServiceAgreement
from core.deadlines.operations import follow
from core.documents.grammar import articulated
from core.documents.words import date_long, date_short, of_day, to_day
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.required import require_text
from core.parties.model import Body, within
from core.parties.rules import meet, period

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
AGREEMENT = frozenset({"service_id", "body_id", "title", "signed_on", "valid_from", "valid_to"})


# --- operations -------------------------------------------------------------------------------------------


def add_agreement(session: ScopedSession, facts: Mapping[str, Any], *, today: date) -> ServiceAgreement:
    """Record an agreement on which a service stands; its end is a deadline.

    RuleBroken without title, body or first day, for days out of order, for one with the same body that holds in a part
    of these days; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    service = session.require(Service, facts["service_id"])
    agreement = _checked(session, service, take(ServiceAgreement(), facts, AGREEMENT))
    service.agreements.append(agreement)
    return _followed(session, agreement, [service], today)


def edit_agreement(
    session: ScopedSession, agreement_id: int, facts: Mapping[str, Any], *, version: int, today: date
) -> ServiceAgreement:
    """Correct an agreement, or say when it ended; the terms of the service on which it stood until now follow too.

    RuleBroken as for a new one, or for a stale form.
    """
    session.principal.require(*EDITORS)
    agreement = at_version(session.require(ServiceAgreement, agreement_id), version)
    before, service = agreement.service, session.require(Service, facts.get("service_id", agreement.service_id))
    _checked(session, service, take(agreement, facts, AGREEMENT))
    session.flush()
    for row, moved in ((before, "agreements"), (service, "agreements"), (agreement, "service")):
        session.expire(row, [moved])
    return _followed(session, agreement, [before, service], today)


def _checked(session: ScopedSession, service: Service, agreement: ServiceAgreement) -> ServiceAgreement:
    agreement.title = require_text(agreement.title, "Indicare l'accordo come va citato, per esempio «Convenzione n. "
                                                    "12».", field="title")
    if agreement.body_id is None:
        raise RuleBroken("Indicare l'ente con cui è fatto l'accordo; se non c'è, registrarlo prima tra gli organi e "
                         "gli enti.", field="body_id")
    body = session.require(Body, agreement.body_id)
    if agreement.valid_from is None:
        raise RuleBroken("Indicare da quale giorno vale l'accordo.", field="valid_from")
    period(agreement.valid_from, agreement.valid_to)
    for other in service.agreements:
        if other is not agreement and other.body_id == agreement.body_id and meet(
                agreement.valid_from, agreement.valid_to, other.valid_from, other.valid_to):
            raise RuleBroken("«%(other)s», anche questo con %(body)s, vale in una parte degli stessi giorni: "
                             "correggere le date, o registrare quando è finito.", field="valid_from", other=other.title,
                             body=body.name)
    return agreement


def _followed(
    session: ScopedSession, agreement: ServiceAgreement, services: Iterable[Service], today: date
) -> ServiceAgreement:
    session.flush()
    same = {held.id for service in services for held in service.agreements}  # one that follows answers the one before
    follow(session, "service_agreement", same, today=today)
    return agreement


# --- pure -------------------------------------------------------------------------------------------------


def holding(service: Service, day: date) -> list[ServiceAgreement]:
    """The agreements on which a service stands on ``day``."""
    return [held for held in service.agreements if within(day, held.valid_from, held.valid_to)]


def in_words(agreement: ServiceAgreement, day: date) -> str:
    """``Convenzione n. 12 del 3 febbraio 2025 con la Provincia di Milano, fino al 31 dicembre 2027``: its body by the
    name of ``day`` (X19)."""
    until = f", fino {to_day(date_long(agreement.valid_to))}" if agreement.valid_to else ""
    return f"{called(agreement)} {articulated(agreement.body.name_on(day), 'con')}{until}"


def called(agreement: ServiceAgreement) -> str:
    """Its title, with the day on which it was signed where that is known."""
    return f"{agreement.title} {of_day(date_long(agreement.signed_on))}" if agreement.signed_on else agreement.title


def agreement_findings(service: Service, day: date, until: date | None = None) -> Iterator[Finding]:
    """No agreement with the body that owns the function (R131), or one that ends before a contract does.

    ``until``: the last day of the contract that confers the service, if one is looked at.
    """
    owner = service.function_owner
    if owner is None:
        return
    held = [agreement for agreement in holding(service, day) if agreement.body_id == owner.id]
    values: dict[str, object] = {"service": service.name_on(day), "owner": owner.name_on(day)}
    if not held:
        yield Finding("La funzione di «%(service)s» è di un altro ente (%(owner)s) e il %(day)s non risulta un accordo "
                      "in vigore con esso: registrarlo, o correggere di chi è la funzione.",
                      {**values, "day": date_short(day)}, where=service.code, source="R131",
                      at=Place("service_agreement.new", service.id))
    elif until is not None and (last := _last_day(service, owner.id, held)) is not None and last < until:
        yield Finding("«%(service)s» si svolge per accordo con un altro ente (%(owner)s), che finisce il %(last)s, "
                      "prima del contratto: prevedere il rinnovo dell'accordo.", {**values, "last": date_short(last)},
                      where=service.code, source="R131", at=Place("service", service.id))


def _last_day(service: Service, body_id: int, held: list[ServiceAgreement]) -> date | None:
    """The last day of the agreements with a body that follow each other without a gap; None if the last is open."""
    last = held[-1].valid_to
    for agreement in service.agreements:
        if last is not None and agreement.body_id == body_id and agreement.valid_from == last + timedelta(days=1):
            last = agreement.valid_to
    return last
