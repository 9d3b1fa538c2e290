"""The units that municipalities chose, where others show them: the home, a service's page, the lists."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, selectinload

from admin.session import db, today
from core.access import ScopedSession
from core.catalogue.model import Service
from core.register import choices, services
from core.register.model import ProviderChoice, RegisterEntry
from core.register.states import PublicState

LOAD = (joinedload(ProviderChoice.entry).selectinload(RegisterEntry.history), selectinload(ProviderChoice.service),
        selectinload(ProviderChoice.municipality))  # fmt: skip


def deliverable_services() -> list[tuple[str, str]]:
    """The services of the catalogue that some type of unit delivers."""
    query = select(Service).where(Service.code.in_(sorted(services.deliverable()))).order_by(Service.order, Service.id)
    return [(str(row.id), row.title) for row in db().scalars(query)]


def municipality_of(row: ProviderChoice) -> str:
    """The municipality's name, which a provider reads too though the municipality is not its own."""
    return row.municipality.name if row.municipality else choices.who_chose(db(), [row.id])[row.id]


def chosen_now(session: ScopedSession) -> list[ProviderChoice]:
    """One's own choices that hold today or begin later, those whose unit may not work first: for the home page."""
    trouble = func.coalesce(RegisterEntry.state == PublicState.ACCREDITED, False)
    query = (select(ProviderChoice).join(RegisterEntry, RegisterEntry.id == ProviderChoice.entry_id)
             .where(choices.holding(today())).options(*LOAD)
             .order_by(trouble, RegisterEntry.unit, ProviderChoice.id).limit(50))
    return list(session.scalars(query).unique())


def who_delivers(service: Service) -> list[tuple[RegisterEntry, list[str]]]:
    """The units of the register that can deliver a service, with who chose them: chosen ones first.

    The names are those that the person may see: a municipality reads its own.
    """
    found = db().scalars(choices.delivering(service.id, today()).options(*LOAD)).unique()
    chosen: dict[int, list[str]] = {}
    units: dict[int, RegisterEntry] = {}
    for row in found:
        chosen.setdefault(row.entry_id, []).append(municipality_of(row))
        units[row.entry_id] = row.entry
    offered = select(RegisterEntry).where(RegisterEntry.type_code.in_(sorted(services.types_for(service.code))))
    for entry in db().scalars(offered.options(selectinload(RegisterEntry.history)).limit(100)):
        units.setdefault(entry.id, entry)
    by_name = sorted(units.values(), key=lambda entry: (entry.id not in chosen, entry.unit.casefold()))
    return [(entry, sorted(chosen.get(entry.id, ()))) for entry in by_name]
