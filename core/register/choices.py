"""A municipality chooses the provider of a service from the register and records its own contract (R132, R133, R147).

Being accredited gives no right to work: a unit works where somebody has chosen it. One may choose several at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select

from core.catalogue.model import Service
from core.catalogue.operations import services_covering
from core.deadlines.operations import follow
from core.ground.access import Role, ScopedSession, as_system
from core.ground.edits import at_version, take
from core.ground.errors import Finding, Place, RuleBroken
from core.ground.order import in_order
from core.ground.required import require_past, require_text
from core.parties.model import Municipality
from core.parties.rules import countable
from core.providers.model import ServiceUnit, operating_units
from core.providers.states import UnitState
from core.register import rules, services
from core.register.model import ProviderChoice, RegisterEntry
from core.register.states import PublicState

CHOOSERS = (Role.MANAGEMENT, Role.MUNICIPALITY, Role.SYSTEM)
CHOICE = frozenset({"municipality_id", "service_id", "entry_id", "contract_number", "contract_date", "valid_from",
                    "valid_to", "note"})  # fmt: skip
REFUSED = {
    PublicState.SUSPENDED: Finding("«%(unit)s» è sospesa e il %(day)s non si può scegliere: riprovare dopo la "
                                   "riammissione, oppure scegliere un'altra unità dall'albo."),
    PublicState.REVOKED: Finding("L'accreditamento di «%(unit)s» è revocato e il %(day)s non si può scegliere: "
                                 "scegliere un'altra unità dall'albo."),
    PublicState.RENOUNCED: Finding("«%(unit)s» ha rinunciato all'accreditamento e il %(day)s non si può scegliere: "
                                   "scegliere un'altra unità dall'albo."),
    PublicState.EXPIRED: Finding("L'accreditamento di «%(unit)s» è scaduto e il %(day)s non si può scegliere: "
                                 "scegliere un'altra unità dall'albo."),
    None: Finding("Il %(day)s «%(unit)s» non era ancora accreditata: correggere la data, oppure scegliere un'altra "
                  "unità."),
}  # fmt: skip


def choose(session: ScopedSession, facts: Mapping[str, Any], *, today: date) -> ProviderChoice:
    """Record that a municipality chose a unit of the register for a service, with its own contract.

    RuleBroken for a unit that has closed, or is not accredited today or on the contract's first day (with the day), a
    type that does not deliver the service, a service that does not cover the municipality, the same unit chosen twice
    for one service in periods that meet, a contract without number or that ends before it begins. NotVisible,
    NotAllowed.
    """
    session.principal.require(*CHOOSERS)
    choice = take(ProviderChoice(), facts, CHOICE)
    choice.chosen_on = today
    choice.contract_number = (choice.contract_number or "").strip()
    entry = _locked_entry(session, choice.entry_id)
    municipality = session.require(Municipality, choice.municipality_id)
    service = session.require(Service, choice.service_id)
    _require_contract(choice, today)
    _require_open(session, entry)
    _require_accredited(entry, today, "entry_id")
    _require_accredited(entry, choice.valid_from, "valid_from")
    if not services.delivers(entry.type_code, service.code):
        raise RuleBroken("Un'unità di tipo «%(type)s» non eroga il servizio «%(service)s»: scegliere un'altra unità, o "
                         "un altro servizio.", field="service_id", type=entry.type_name, service=service.title)
    if service not in services_covering(session, municipality.id, choice.valid_from):
        raise RuleBroken("Il %(day)s il servizio «%(service)s» non copre %(municipality)s: correggere la data, oppure "
                         "la copertura del servizio.", field="service_id", day=f"{choice.valid_from:%d/%m/%Y}",
                         service=service.title, municipality=municipality.name).mended(
            Place("service.coverage", service.id))
    _require_free(session, choice, entry)
    session.add(choice)
    session.flush()
    _follow(session, choice, today)
    return choice


def end_choice(
    session: ScopedSession, choice_id: int, *, on: date, why: str, version: int, today: date
) -> ProviderChoice:
    """End a choice with the day ``on`` as its last one, and the reason.

    RuleBroken without a reason, for one that has ended, or a day outside its period; NotVisible, NotAllowed.
    """
    session.principal.require(*CHOOSERS)
    choice = at_version(session.require(ProviderChoice, choice_id), version)
    session.require(Municipality, choice.municipality_id)  # the provider sees the choice too, and does not end it
    if choice.ended_on is not None:
        raise RuleBroken("Questa scelta è già stata conclusa: il suo ultimo giorno è il %(day)s.",
                         day=f"{choice.ended_on:%d/%m/%Y}")
    require_text(why, "Indicare perché la scelta finisce: resta agli atti.", field="ended_why")
    if on < choice.valid_from or (choice.valid_to is not None and on > choice.valid_to):
        raise RuleBroken("L'ultimo giorno deve stare nel periodo del contratto, che comincia il %(day)s.",
                         field="ended_on", day=f"{choice.valid_from:%d/%m/%Y}")
    choice.ended_on, choice.ended_why = on, why.strip()
    session.flush()
    _follow(session, choice, today)
    return choice


def holding(day: date) -> ColumnElement[bool]:
    """The choices that hold on ``day``, or begin after it."""
    last = func.coalesce(ProviderChoice.ended_on, ProviderChoice.valid_to)
    return or_(last.is_(None), last >= day)


def delivering(service_id: int, day: date) -> Select[ProviderChoice]:
    """The choices of a service that hold on ``day``, within what the session sees."""
    return select(ProviderChoice).where(ProviderChoice.service_id == service_id, holding(day))


def served_by(session: ScopedSession, service_code: str, unit_id: int, day: date) -> dict[int, str]:
    """The municipalities, id and name, for which a unit delivers a service on a day: those who chose it.

    Only those that the session may see.
    """
    chosen = (
        select(ProviderChoice.municipality_id)
        .join(Service, Service.id == ProviderChoice.service_id)
        .join(RegisterEntry, RegisterEntry.id == ProviderChoice.entry_id)
        .where(Service.code == service_code, RegisterEntry.unit_id == unit_id, holding(day)))
    names = select(Municipality.id, Municipality.name).where(Municipality.id.in_(chosen))
    return {row.id: row.name for row in session.execute(names.order_by(in_order(Municipality.name)))}


def may_be_chosen(today: date, service_code: str | None = None) -> Select[RegisterEntry]:
    """The units of the register that are accredited today and deliver some service, or this one; by name."""
    types = (services.types_for(service_code) if service_code
             else [code for code, found in services.services_by_type().items() if found])
    return select(RegisterEntry).where(
        RegisterEntry.state == PublicState.ACCREDITED, RegisterEntry.valid_to >= today,
        RegisterEntry.type_code.in_(sorted(types)),
        RegisterEntry.unit_id.in_(operating_units())).order_by(in_order(RegisterEntry.unit), RegisterEntry.id)


def who_chose(session: ScopedSession, choice_ids: list[int]) -> dict[int, str]:
    """The municipality's name behind each of these choices: a provider reads who chose it, and names are public."""
    seen = session.scalars(select(ProviderChoice.id).where(ProviderChoice.id.in_(choice_ids))).all()
    names = (select(ProviderChoice.id, Municipality.name)
             .join(Municipality, Municipality.id == ProviderChoice.municipality_id).where(ProviderChoice.id.in_(seen)))
    return dict(row for row in as_system(session, names, reason="nomi dei Comuni che scelgono"))


def _follow(session: ScopedSession, choice: ProviderChoice, today: date) -> None:
    """Its own deadlines, and those of the choices that it may follow."""
    same = select(ProviderChoice.id).where(ProviderChoice.municipality_id == choice.municipality_id,
                                           ProviderChoice.service_id == choice.service_id)
    follow(session, "provider_choice", session.scalars(same).all(), today=today)


def _locked_entry(session: ScopedSession, entry_id: int) -> RegisterEntry:
    """The entry as it is now, kept still: a suspension and a choice come one after the other."""
    query = select(RegisterEntry).where(RegisterEntry.id == entry_id).with_for_update(of=RegisterEntry)
    entry = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
    return entry or session.require(RegisterEntry, entry_id)


def _require_contract(choice: ProviderChoice, today: date) -> None:
    if not choice.contract_number:
        raise RuleBroken("Indicare il numero del contratto tra l'ente e il gestore.", field="contract_number")
    require_past(choice.contract_date, today, field="contract_date")
    if choice.valid_to is not None:
        countable(choice.valid_to, field="valid_to")
    if choice.valid_to is not None and choice.valid_to < choice.valid_from:
        raise RuleBroken("Il contratto finisce prima di cominciare: correggere le date.", field="valid_to")


def _require_open(session: ScopedSession, entry: RegisterEntry) -> None:
    here = select(ServiceUnit.id).where(ServiceUnit.id == entry.unit_id, ServiceUnit.state == UnitState.OPERATING)
    if not as_system(session, here, reason="unità aperta"):
        raise RuleBroken("«%(unit)s» ha chiuso e non si può scegliere: scegliere un'altra unità dall'albo.",
                         field="entry_id", unit=entry.unit)


def _require_accredited(entry: RegisterEntry, day: date, field: str) -> None:
    state = rules.state_on(entry.history, entry.valid_to, day)
    if state != PublicState.ACCREDITED:
        raise RuleBroken(REFUSED[state].message, field=field, unit=entry.unit, day=f"{day:%d/%m/%Y}")


def _require_free(session: ScopedSession, choice: ProviderChoice, entry: RegisterEntry) -> None:
    others = select(ProviderChoice).where(
        ProviderChoice.municipality_id == choice.municipality_id, ProviderChoice.service_id == choice.service_id,
        ProviderChoice.entry_id == choice.entry_id)
    for other in session.scalars(others):
        if rules.meet(choice.valid_from, choice.valid_to, other.valid_from, other.last_day):
            raise RuleBroken("«%(unit)s» è già scelta per questo servizio con il contratto n. %(number)s, in un "
                             "periodo che si sovrappone: correggere le date, oppure concludere prima quella scelta.",
                             field="entry_id", unit=entry.unit, number=other.contract_number).mended(
                Place("provider_choice", other.id))
