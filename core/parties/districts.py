"""The districts of an azienda: one in most, several in some, each with its municipalities, plan, charter and bodies.

A municipality lies in one district on a day: from the day of its last move, and before the first one in the district
that the azienda began with. What names no district is of that one too, so that an azienda of one says nothing more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from core.ground.access import Role, ScopedSession, asked_once
from core.ground.edits import at_version, take
from core.ground.errors import Place, RuleBroken
from core.ground.required import require_text
from core.ground.upward import Upward
from core.parties.azienda import the_azienda
from core.parties.model import District, DistrictMember, DistrictName, Membership, Municipality
from core.parties.rules import SLUG, former_period, period, slug_of

Facts = Mapping[str, Any]

EDITORS = (Role.MANAGEMENT, Role.SYSTEM)
DISTRICT = frozenset({"code", "name", "valid_from", "valid_to"})

# what stands above says whether a district may end on its last day, with its last day set: it raises RuleBroken if not
district_ends: Upward[[ScopedSession, District], None] = Upward()


# --- operations -------------------------------------------------------------------------------------------


def open_district(session: ScopedSession, facts: Facts) -> District:
    """Open one more district; its code is made of its name where none is given.

    RuleBroken without a name, for a name or a code that another has, days out of order.
    """
    session.principal.require(*EDITORS)
    azienda = the_azienda(session)
    district = take(District(azienda_id=azienda.id, is_first=not azienda.districts), facts, DISTRICT)
    _checked(session, district)
    session.add(district)
    session.flush()
    session.expire(azienda, ["districts"])
    return district


def edit_district(session: ScopedSession, district_id: int, facts: Facts, *, version: int) -> District:
    """Correct a district, or say when it ended. Another name from a day on is ``rename_district``.

    RuleBroken as for a new one, for a stale form, for another code, and for a last day after which a municipality lies
    in it, its plan holds or a contract cites it.
    """
    session.principal.require(*EDITORS)
    district = at_version(session.require(District, district_id), version)
    code = district.code
    _checked(session, take(district, facts, DISTRICT))
    if district.code != code:
        raise RuleBroken("Il codice di un distretto non cambia: file ed esportazioni lo conoscono così. Lasciare "
                         "«%(code)s».", field="code", code=code)
    with session.no_autoflush:
        _require_lying(session, district)
        if district.valid_to is not None:
            district_ends.tell(session, district)
    session.flush()
    return district


def rename_district(session: ScopedSession, district_id: int, name: str, *, on: date, version: int) -> District:
    """Give a district another name from the day ``on``; before it, the name that it had stays.

    RuleBroken for the same name or none, one that another has, a day that is not after the last change, a stale form.
    """
    session.principal.require(*EDITORS)
    district = at_version(session.require(District, district_id), version)
    name = require_text(name, "Indicare il nuovo nome del distretto.", field="name")
    if name == district.name:
        raise RuleBroken("Il distretto si chiama già così.", field="name")
    district.names.append(DistrictName(name=district.name, **former_period(district.names, on)))
    district.name = name
    _require_alone(session, district)
    session.flush()
    return district


def move(session: ScopedSession, municipality_id: int, district_id: int, *, valid_from: date) -> DistrictMember:
    """Say in which district a municipality lies from a day on; until then it stays where it was.

    RuleBroken for a district that is not open on that day, a day before the municipality was a member, one on which it
    lies there already or moves elsewhere, and one before a later move to the same district. NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    municipality = session.require(Municipality, municipality_id)
    district = session.require(District, district_id)
    day = f"{valid_from:%d/%m/%Y}"
    if not district.is_open(valid_from):
        raise RuleBroken("%(district)s non è aperto il %(day)s: scegliere un altro giorno, o correggere le sue date.",
                         field="valid_from", district=district.name, day=day)
    first = session.scalar(select(func.min(Membership.valid_from)).where(
        Membership.municipality_id == municipality_id))
    if first is not None and valid_from < first:
        raise RuleBroken("%(name)s è socio dal %(first)s: sta in un distretto da allora, non da prima.",
                         field="valid_from", name=municipality.name, first=f"{first:%d/%m/%Y}")
    held = session.scalars(select(DistrictMember).where(DistrictMember.municipality_id == municipality_id)
                           .order_by(DistrictMember.valid_from)).all()
    later = next((place for place in held if place.valid_from >= valid_from), None)
    if later is not None and (later.valid_from == valid_from or later.district_id == district_id):
        raise RuleBroken("%(name)s passa già in %(district)s il %(day)s: scegliere un altro giorno, o togliere prima "
                         "quello spostamento.", field="valid_from", name=municipality.name,
                         district=later.district.name, day=f"{later.valid_from:%d/%m/%Y}")
    earlier = [place for place in held if place.valid_from < valid_from]
    before = earlier[-1].district if earlier else first_district(session)
    if before is district:
        raise RuleBroken("%(name)s sta già in %(district)s il %(day)s.", field="district_id", name=municipality.name,
                         district=district.name, day=day)
    place = DistrictMember(municipality=municipality, district=district, valid_from=valid_from)
    session.add(place)
    session.flush()
    session.expire(municipality, ["places"])
    return place


def lie(session: ScopedSession, membership: Membership, district_id: int | None) -> None:
    """Say in which district a municipality that joins lies; None: where it did.

    RuleBroken where nobody has ever said it, and for a closed one.
    """
    municipality = session.require(Municipality, membership.municipality_id)
    session.expire(municipality, ["memberships", "places"])
    if district_id is None and not municipality.places and len(municipality.memberships) < 2:
        raise RuleBroken("I distretti sono più d'uno: dire in quale sta %(name)s.", field="district_id",
                         name=municipality.name)
    here = district_of(session, municipality, membership.valid_from)
    if district_id is not None and here is not None and here.id != district_id:
        move(session, municipality.id, district_id, valid_from=membership.valid_from)
    require_open(session, municipality, membership.valid_from)


def take_back(session: ScopedSession, place_id: int) -> None:
    """Take away a move that was entered by mistake; the history keeps it. RuleBroken if the municipality would lie in a
    district that is closed."""
    session.principal.require(*EDITORS)
    place = session.require(DistrictMember, place_id)
    municipality, day = place.municipality, place.valid_from
    session.delete(place)
    session.flush()
    session.expire(municipality, ["places"])
    require_open(session, municipality, day)


def require_open(session: ScopedSession, municipality: Municipality, day: date) -> None:
    """RuleBroken for a municipality that would lie in a closed district on ``day``."""
    district = district_of(session, municipality, day)
    if district is not None and not district.is_open(day):
        raise RuleBroken("%(name)s il %(day)s starebbe in %(district)s, che quel giorno non è aperto: dire in quale "
                         "distretto sta.", field="district_id", name=municipality.name, day=f"{day:%d/%m/%Y}",
                         district=district.name)


def _checked(session: ScopedSession, district: District) -> None:
    district.name = require_text(district.name, "Indicare il nome del distretto o dell'ambito.", field="name")
    district.code = (district.code or "").strip() or slug_of(district.name)
    if not SLUG.fullmatch(district.code):
        raise RuleBroken("Il codice «%(code)s» non va bene: lettere minuscole senza accenti, cifre e trattini; per "
                         "esempio «valle-sud».", field="code", code=district.code)
    period(district.valid_from, district.valid_to)
    _require_alone(session, district)


def _require_alone(session: ScopedSession, district: District) -> None:
    with session.no_autoflush:  # the row itself is not to be written before it has been judged
        others = [other for other in all_districts(session) if other is not district]
    for other in others:
        if other.name.casefold() == district.name.casefold():
            raise RuleBroken("«%(name)s» è già registrato: aprire la sua pagina.", field="name", name=other.name)
        if other.code == district.code:
            raise RuleBroken("Il codice «%(code)s» è già di «%(name)s»: sceglierne un altro.", field="code",
                             code=district.code, name=other.name)


def _require_lying(session: ScopedSession, district: District) -> None:
    """RuleBroken where a member would lie in the district on a day on which it is not open."""
    for municipality in session.scalars(select(Municipality).options(
            selectinload(Municipality.memberships), selectinload(Municipality.places))):
        for first, last in _stays(municipality, district):
            held = [m for m in municipality.memberships if (last is None or m.valid_from <= last)
                    and (m.valid_to is None or m.valid_to >= first)]
            if not held:
                continue
            began = max(first, min(m.valid_from for m in held))
            if not district.is_open(began):
                raise RuleBroken("%(name)s sta in %(district)s dal %(day)s, e allora il distretto non sarebbe aperto: "
                                 "correggere le date.", field="valid_from", name=municipality.name,
                                 district=district.name, day=f"{began:%d/%m/%Y}")
            ended = [m.valid_to for m in held]
            left = None if None in ended else max(day for day in ended if day is not None)
            if district.valid_to is not None and all(end is None or end > district.valid_to for end in (left, last)):
                raise RuleBroken("Dopo il %(day)s %(name)s starebbe ancora in %(district)s: spostarlo prima in un "
                                 "altro distretto.", field="valid_to", name=municipality.name, district=district.name,
                                 day=f"{district.valid_to:%d/%m/%Y}").mended(
                                     Place("municipality.record", municipality.id))


def _stays(municipality: Municipality, district: District) -> Sequence[tuple[date, date | None]]:
    """The first and last days of a municipality in a district, members or not; no last day for where it lies now."""
    places: list[tuple[date, bool]] = [(p.valid_from, p.district_id == district.id) for p in municipality.places]
    if not places or places[0][0] > date.min:
        places.insert(0, (date.min, district.is_first))
    lasts: list[date | None] = [began - timedelta(days=1) for began, _here in places[1:]]
    return [(began, last) for (began, here), last in zip(places, [*lasts, None], strict=True) if here]


# --- which is which ---------------------------------------------------------------------------------------


@asked_once
def all_districts(session: ScopedSession) -> Sequence[District]:
    """All districts, the first one first, then as they were registered."""
    query = select(District).options(selectinload(District.names))
    return session.scalars(query.order_by(District.is_first.desc(), District.id)).all()


@asked_once
def several(session: ScopedSession) -> bool:
    """True where it must be said which district is meant."""
    return (session.scalar(select(func.count(District.id))) or 0) > 1


def chosen(session: ScopedSession, district_id: int | None) -> District | None:
    """The district that a row names; the only one, if it names none. RuleBroken where there are several: a plan, a
    charter, a lead body is of one of them. None before there is an azienda."""
    with session.no_autoflush:  # the row itself is not to be written before it has been judged
        if district_id is not None:
            return session.require(District, district_id)
        if several(session):
            raise RuleBroken("I distretti sono più d'uno: scegliere di quale si tratta.", field="district_id")
        return first_district(session)


def first_district(session: ScopedSession) -> District | None:
    """The one that the azienda began with; None before there is an azienda."""
    return next(iter(all_districts(session)), None)


def district_of(session: ScopedSession, municipality: Municipality, day: date) -> District | None:
    """The district in which a municipality lies on ``day``, a member or not; None before there is an azienda."""
    return placed_in(municipality, day) or first_district(session)


def placed_in(municipality: Municipality, day: date) -> District | None:
    """The district in which it was said to lie on ``day``; None for the first one, of which nothing need be said."""
    began = [place for place in municipality.places if place.valid_from <= day]
    return began[-1].district if began else None


def members_of(session: ScopedSession, district_id: int, first: date, last: date) -> frozenset[int]:
    """The keys of the municipalities that lie in a district on some day from ``first`` to ``last``.

    Of those that the session may see, members or not.
    """
    district = session.require(District, district_id)
    everyone = session.scalars(select(Municipality).options(selectinload(Municipality.places))).all()
    return frozenset(m.id for m in everyone for began, ended in _stays(m, district)
                     if began <= last and (ended is None or ended >= first))
