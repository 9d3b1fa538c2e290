"""What a municipality or another body is besides a party: the lead body of a district, the one that accredits.

As a rule the azienda is both. Where the institution is another, a dated row says who is, and contracts, decrees and
remarks follow it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, take
from core.ground.errors import RuleBroken
from core.ground.required import require_text
from core.parties.azienda import the_azienda
from core.parties.districts import chosen, district_of, first_district
from core.parties.model import District, Municipality, Party, PartyCapacity, within
from core.parties.rules import meet, period

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
CAPACITY = frozenset({"municipality_id", "kind", "title", "signs_apart", "valid_from", "valid_to", "district_id"})
LEAD, ACCREDITING, OTHER = "lead", "accrediting", "other"
KINDS = (LEAD, ACCREDITING, OTHER)


# --- operations -------------------------------------------------------------------------------------------


def add_capacity(session: ScopedSession, facts: Mapping[str, Any]) -> PartyCapacity:
    """Say what a body is besides a party, from when; of which district, if it leads one of several, or accredits the
    units of one alone.

    RuleBroken for a kind that is none, words that lack, days out of order, or another body that leads the same district
    or accredits the same units on one of these days; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    capacity = _checked(session, take(PartyCapacity(), facts, CAPACITY))
    session.add(capacity)
    session.flush()
    return capacity


def edit_capacity(session: ScopedSession, capacity_id: int, facts: Mapping[str, Any], *, version: int) -> PartyCapacity:
    """Correct a capacity, or say when it ended. RuleBroken as for a new one, or for a stale form."""
    session.principal.require(*EDITORS)
    capacity = at_version(session.require(PartyCapacity, capacity_id), version)
    return _checked(session, take(capacity, facts, CAPACITY))


def _checked(session: ScopedSession, capacity: PartyCapacity) -> PartyCapacity:
    if capacity.kind not in KINDS:
        raise RuleBroken("Scegliere una voce dell'elenco.", field="kind")
    capacity.title = " ".join((capacity.title or "").split())
    if capacity.kind == OTHER:
        require_text(capacity.title, "Scrivere in quale altra veste l'ente interviene, per esempio «gestore del centro "
                                     "diurno».", field="title")
    if capacity.valid_from is None:
        raise RuleBroken("Indicare da quale giorno.", field="valid_from")
    period(capacity.valid_from, capacity.valid_to)
    with session.no_autoflush:  # the row itself is not to be written before it has been judged
        session.require(Municipality, capacity.municipality_id)
        capacity.district_id = None if capacity.kind == OTHER else capacity.district_id
        if capacity.kind == LEAD or capacity.district_id is not None:
            chosen(session, capacity.district_id)
        alike = session.scalars(select(PartyCapacity).where(PartyCapacity.kind == capacity.kind)).all()
    for other in alike:
        if other is not capacity and _alike(session, capacity, other) and meet(
                capacity.valid_from, capacity.valid_to, other.valid_from, other.valid_to):
            raise RuleBroken("In una parte di questi giorni lo è già %(name)s: correggere le date, o registrare quando "
                             "ha smesso di esserlo.", field="valid_from", name=other.municipality.name)
    return capacity


def _alike(session: ScopedSession, capacity: PartyCapacity, other: PartyCapacity) -> bool:
    """True for two capacities of one kind that two bodies cannot have on the same day."""
    if capacity.kind == OTHER:
        return (other.municipality_id, other.title) == (capacity.municipality_id, capacity.title)
    keys = {capacity.district_id, other.district_id}
    if capacity.kind == LEAD and None in keys:
        first = first_district(session)
        keys = {first.id if key is None and first is not None else key for key in keys}
    return len(keys) == 1 or (capacity.kind == ACCREDITING and None in keys)


# --- who is what ------------------------------------------------------------------------------------------


def holder(
    bodies: Collection[Municipality], kind: str, day: date, district: District | None = None
) -> Municipality | None:
    """Which of these is the lead body of ``district`` (LEAD), or accredits all units (ACCREDITING), on ``day``; None:
    the azienda is."""
    return next((body for body in bodies for held in body.capacities
                 if held.kind == kind and within(day, held.valid_from, held.valid_to)
                 and (held.belongs_to(district) if kind == LEAD else held.district_id is None)), None)


def accreditor(session: ScopedSession, day: date, where: Municipality | None) -> Party:
    """Who accredits on ``day``, signs the decrees and writes the letters: the azienda, or a lead municipality.

    ``where``: the municipality in which the unit stands, None for one outside; a body that accredits the units of one
    district alone does so where that municipality lies. RuleBroken where there is no azienda yet.
    """
    district = district_of(session, where, day) if where is not None else None
    held = select(PartyCapacity).where(PartyCapacity.kind == ACCREDITING, or_(
        PartyCapacity.district_id.is_(None), PartyCapacity.district_id == (district.id if district else None)))
    return next((row.municipality for row in session.scalars(held.order_by(PartyCapacity.id))
                 if within(day, row.valid_from, row.valid_to)), the_azienda(session))


def held_on(body: Municipality, day: date) -> list[PartyCapacity]:
    """In which capacities a body stands on ``day``, besides its own."""
    return [held for held in body.capacities if within(day, held.valid_from, held.valid_to)]
