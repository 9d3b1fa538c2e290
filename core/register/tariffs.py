"""Tariffs of the published units: what is asked for a service, by measure and period, without overlaps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from core.accreditation.set_content import PRICED_BY as MEASURES
from core.catalogue.model import Service
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import Place, RuleBroken
from core.ground.money import exact_cents
from core.ground.required import require_text
from core.providers.model import ServiceUnit
from core.register import services
from core.register.model import RegisterEntry, Tariff
from core.register.rules import meet

EDITORS = (Role.ACCREDITATION, Role.MANAGEMENT, Role.SYSTEM)
TARIFF = frozenset({"unit_id", "service_id", "measure", "amount", "valid_from", "valid_to", "source"})


def add_tariff(session: ScopedSession, facts: Mapping[str, Any]) -> Tariff:
    """Add the tariff of a published unit, in euros for a ``measure``, from a day; open while ``valid_to`` is empty.

    RuleBroken for a unit that is not published or whose type does not deliver the service, an amount below zero or
    with more than two decimals, a period that meets another of the same unit, service and measure. NotAllowed.
    """
    session.principal.require(*EDITORS)
    tariff = take(Tariff(), facts, TARIFF)
    _require_sound(session, tariff)
    session.add(tariff)
    session.flush()
    return tariff


def edit_tariff(session: ScopedSession, tariff_id: int, facts: Mapping[str, Any], *, version: int) -> Tariff:
    """Correct or end a tariff; refused as in ``add_tariff``, or if somebody was first. NotVisible, NotAllowed."""
    session.principal.require(*EDITORS)
    tariff = at_version(session.require(Tariff, tariff_id), version)
    with session.no_autoflush:
        _require_sound(session, take(tariff, facts, TARIFF))
    session.flush()
    return tariff


def remove_tariff(session: ScopedSession, tariff_id: int) -> None:
    """Take away a tariff that was entered by mistake; the history keeps it. NotVisible, NotAllowed."""
    session.principal.require(*EDITORS)
    session.delete(session.require(Tariff, tariff_id))
    session.flush()


def _require_sound(session: ScopedSession, tariff: Tariff) -> None:
    if tariff.measure not in MEASURES:
        raise RuleBroken("Scegliere per che cosa si paga: ora, giorno, mese, accesso.", field="measure")
    tariff.amount = exact_cents(tariff.amount, field="amount")
    if tariff.amount < 0:
        raise RuleBroken("Una tariffa non può essere negativa.", field="amount")
    if tariff.valid_to is not None and tariff.valid_to < tariff.valid_from:
        raise RuleBroken("La tariffa finisce prima di cominciare: correggere le date.", field="valid_to")
    require_text(tariff.source, "Indicare da dove viene la tariffa: il patto, o l'atto che la approva.", field="source")
    _require_published(session, tariff)
    _require_free(session, tariff)


def _require_published(session: ScopedSession, tariff: Tariff) -> None:
    # the unit is locked, so that two tariffs of one unit are written one after the other
    locked = select(ServiceUnit.id).where(ServiceUnit.id == tariff.unit_id).with_for_update(of=ServiceUnit)
    session.execute(locked).one_or_none()
    entry = session.scalars(select(RegisterEntry).where(RegisterEntry.unit_id == tariff.unit_id)).one_or_none()
    if entry is None:
        raise RuleBroken("L'unità non è nell'albo: la tariffa si registra dopo la pubblicazione.",
                         field="unit_id").mended(Place("registers", 0))
    service = session.require(Service, tariff.service_id)
    if not services.delivers(entry.type_code, service.code):
        raise RuleBroken("Un'unità di tipo «%(type)s» non eroga il servizio «%(service)s»: scegliere un altro "
                         "servizio.", field="service_id", type=entry.type_name, service=service.title)


def _require_free(session: ScopedSession, tariff: Tariff) -> None:
    others = select(Tariff).where(Tariff.unit_id == tariff.unit_id, Tariff.service_id == tariff.service_id,
                                  Tariff.measure == tariff.measure)
    for other in session.scalars(others):
        if other is not tariff and meet(tariff.valid_from, tariff.valid_to, other.valid_from, other.valid_to):
            raise RuleBroken("In questo periodo vale già la tariffa che comincia il %(day)s: indicare il suo ultimo "
                             "giorno, oppure correggere le date.", field="valid_from",
                             day=f"{other.valid_from:%d/%m/%Y}").mended(Place("tariff", other.id, "valid_to"))
