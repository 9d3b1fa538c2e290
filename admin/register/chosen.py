"""The units that municipalities chose, where others show them: the home, a service's page, the lists."""

from __future__ import annotations

from dataclasses import dataclass

from flask import render_template
from markupsafe import Markup
from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from admin.catalogue.views import sections_of
from admin.guard.session import db, today
from core.catalogue.model import Service
from core.ground.access import ScopedSession
from core.ground.order import alphabetical, in_order
from core.register import choices, services
from core.register.model import ProviderChoice, RegisterEntry
from core.register.reading import in_state
from core.register.states import PublicState

MOST_OTHERS = 10

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
             .order_by(trouble, in_order(RegisterEntry.unit), ProviderChoice.id).limit(50))
    return list(session.scalars(query).unique())


@dataclass(frozen=True)
class Delivering:
    """Who delivers a service: each unit with who chose it, chosen ones first; how many others the register has."""

    units: list[tuple[RegisterEntry, list[str]]]
    others: int
    kind: str  # the type under which the register shows them all


def who_delivers(service: Service) -> Delivering:
    """The units that were chosen for a service, those suspended, and some that could be chosen.

    Who chose is told to who may see the choice.
    """
    found = db().scalars(choices.delivering(service.id, today()).options(*LOAD)).unique()
    chosen: dict[int, tuple[RegisterEntry, list[str]]] = {}
    for row in found:
        chosen.setdefault(row.entry_id, (row.entry, []))[1].append(municipality_of(row))
    kinds = sorted(services.types_for(service.code))
    able = RegisterEntry.type_code.in_(kinds) & RegisterEntry.id.not_in(list(chosen))
    suspended = in_state(PublicState.SUSPENDED, today())
    offered = select(RegisterEntry).where(able, or_(suspended, in_state(PublicState.ACCREDITED, today())))
    count = db().scalar(select(func.count()).select_from(offered.subquery())) or 0
    shown = offered.options(selectinload(RegisterEntry.history)).order_by(
        suspended.desc(), in_order(RegisterEntry.unit), RegisterEntry.id)
    others: list[tuple[RegisterEntry, list[str]]] = [(entry, []) for entry in db().scalars(shown.limit(MOST_OTHERS))]
    by_name = sorted(chosen.values(), key=lambda pair: alphabetical(pair[0].unit))
    shown_first = [(entry, sorted(names, key=alphabetical)) for entry, names in by_name]
    return Delivering([*shown_first, *others], count - len(others), kinds[0] if len(kinds) == 1 else "")


@sections_of
def _delivering(service: Service) -> Markup:
    section = render_template("register/delivering.html", delivering=who_delivers(service))
    return Markup(section)  # noqa: S704 - a template's own words, what it shows escaped by it
