"""What writes the register: publication after the decree and the pact, edits that wait for approval, states at once.

The public reads ``register_entry`` and ``register_state`` and nothing else: what is not copied here cannot be shown.
None of these commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, insert, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, aliased

from core.accreditation.model import Accreditation
from core.accreditation.passages import has_become, has_renewed, pact_unsigned
from core.accreditation.states import DECIDED, LIVING, AccreditationState
from core.ground import clock
from core.ground.access import Role, ScopedSession, as_system
from core.ground.edits import at_version
from core.ground.errors import Place, RuleBroken
from core.ground.numbering import next_number
from core.parties.model import Party
from core.providers.model import Provider, ServiceUnit, UnitType
from core.register import rules
from core.register.model import RegisterEntry, RegisterState
from core.register.states import TOLD, PublicState

EDITORS = (Role.ACCREDITATION, Role.MANAGEMENT, Role.SYSTEM)
REGISTER, ALL_YEARS = "register", 0  # one numbering for ever: it does not begin again with the year
BODY = 11  # digits of a body's fiscal code: that of a person is nobody else's business


@cache
def town() -> Any:
    """The municipality of a unit; made when it is first asked for, because it configures every mapper."""
    return aliased(Party)


@cache
def live_columns() -> Mapping[str, ColumnElement[Any] | InstrumentedAttribute[Any]]:
    """Column of the copy: where the live record says it; what differs between the two waits for approval."""
    return {
        "section": UnitType.area,
        "type_code": UnitType.code,
        "type_name": UnitType.name,
        "provider": Provider.name,
        "provider_tax_code": case((func.length(Provider.tax_code) == BODY, Provider.tax_code), else_=""),
        "legal_form": Provider.legal_form,
        "third_sector": func.coalesce(Provider.third_sector, ""),
        "unit": ServiceUnit.name,
        "address": ServiceUnit.address,
        "city": ServiceUnit.city,
        "province": ServiceUnit.province,
        "municipality_id": ServiceUnit.municipality_id,
        "municipality": func.coalesce(town().name, ""),
        "capacity": ServiceUnit.capacity,
        "min_age_months": ServiceUnit.min_age_months,
        "max_age_months": ServiceUnit.max_age_months,
        "phone": ServiceUnit.phone,
        "email": func.coalesce(ServiceUnit.email, ""),
        "website": Provider.website,
    }


@dataclass(frozen=True)
class PendingChange:
    """What the live record says of a column, and what the register says of it."""

    column: str
    published: Any
    live: Any


def publish(session: ScopedSession, accreditation_id: int, *, today: date) -> RegisterEntry:
    """Publish an accredited unit: the next number of the register, without gaps; a renewed one keeps its number.

    RuleBroken before the decree and the pact, for an accreditation that is over, one without a last day, one that is
    published already, or a renewal before its first day. NotVisible, NotAllowed. (R147)
    """
    session.principal.require(*EDITORS)
    mine = select(Accreditation).where(Accreditation.id == accreditation_id).with_for_update(of=Accreditation)
    held = session.scalars(mine.execution_options(populate_existing=True)).one_or_none()
    held = held or session.require(Accreditation, accreditation_id)
    first, last = require_publishable(held, today)
    copied, provider_id = live(session, held.unit_id), held.unit.provider_id
    entry = session.scalars(select(RegisterEntry).where(RegisterEntry.unit_id == held.unit_id)).one_or_none()
    if entry is not None and entry.accreditation_id == held.id:
        raise RuleBroken("L'unità «%(unit)s» è già nell'albo al numero %(number)s.", unit=entry.unit,
                         number=entry.number).mended(Place("register", entry.id))
    if entry is not None and first > today and session.get_one(Accreditation, entry.accreditation_id).state in LIVING:
        # shown before its day it would hide what becomes of the one that still holds
        raise RuleBroken("L'accreditamento n. %(code)s comincia il %(day)s: fino ad allora l'albo mostra quello che "
                         "rinnova, poi vi entra da sé.", code=held.code, day=f"{first:%d/%m/%Y}")
    if entry is None:
        number = next_number(session, REGISTER, ALL_YEARS)
        entry = RegisterEntry(number=number, slug=rules.slug(copied["unit"], number), unit_id=held.unit_id,
                              published_on=today)
    _copy(entry, copied)
    assert held.decided_on is not None
    entry.accreditation_id, entry.provider_id = held.id, provider_id
    entry.decree, entry.decided_on = held.decree_number, held.decided_on
    entry.valid_from, entry.valid_to = first, last
    entry.state, entry.state_since, entry.updated_on = PublicState.ACCREDITED, first, today
    session.add(entry)
    session.flush()
    session.add(RegisterState(entry_id=entry.id, state=entry.state, since=first, at=clock.now(),
                              act=decree_name(entry.decree, entry.decided_on)))
    session.flush()
    return entry


def require_publishable(held: Accreditation, today: date) -> tuple[date, date]:
    """The first and the last day of an accreditation that may be published; RuleBroken for one that may not."""
    here = Place("accreditation", held.id)
    if held.state in DECIDED or (held.state == AccreditationState.ACCREDITED and held.pact_signed_on is None):
        raise RuleBroken("L'accreditamento n. %(code)s è concesso ma il patto non è ancora firmato: si pubblica dopo "
                         "la firma.", code=held.code).mended(here)
    if held.state in TOLD and held.state != AccreditationState.ACCREDITED:
        raise RuleBroken("L'accreditamento n. %(code)s è sospeso o concluso: si pubblica soltanto un'unità "
                         "accreditata.", code=held.code).mended(here)
    if held.state != AccreditationState.ACCREDITED or not held.decree_number or held.decided_on is None:
        raise RuleBroken("L'accreditamento n. %(code)s non ha ancora il provvedimento che lo concede: si pubblica "
                         "dopo il provvedimento e la firma del patto.", code=held.code).mended(here)
    last = held.runs_to or held.valid_to
    if held.valid_from is None or last is None:
        raise RuleBroken("L'accreditamento n. %(code)s non dice dal quale al quale giorno vale: completarlo prima di "
                         "pubblicarlo.", code=held.code).mended(here)
    if last < today:
        raise RuleBroken("L'accreditamento n. %(code)s valeva fino al %(day)s: non si pubblica un'unità il cui "
                         "accreditamento è scaduto.", code=held.code, day=f"{last:%d/%m/%Y}").mended(here)
    return held.valid_from, last


def differences(session: ScopedSession, entry: RegisterEntry) -> list[PendingChange]:
    """What the live unit and its provider say that the published copy does not."""
    now = live(session, entry.unit_id)
    return [PendingChange(name, getattr(entry, name), value) for name, value in now.items()
            if getattr(entry, name) != value]


def waiting_for_approval() -> Select[int]:
    """The ids of the entries whose live record says something else: for lists and for what waits."""
    changed = or_(*(getattr(RegisterEntry, name).is_distinct_from(column) for name, column in live_columns().items()))
    return _joined(select(RegisterEntry.id).join(ServiceUnit, ServiceUnit.id == RegisterEntry.unit_id)).where(changed)


def to_publish(today: date) -> Select[Accreditation]:
    """The accreditations that have decree and pact and are not in the register; a renewal, once it has begun."""
    published = select(RegisterEntry.accreditation_id)
    return select(Accreditation).where(
        Accreditation.state == AccreditationState.ACCREDITED, Accreditation.pact_signed_on.is_not(None),
        or_(Accreditation.valid_from <= today, Accreditation.unit_id.not_in(select(RegisterEntry.unit_id))),
        Accreditation.id.not_in(published)).order_by(Accreditation.decided_on, Accreditation.id)


def approve_changes(session: ScopedSession, entry_id: int, *, version: int, today: date) -> RegisterEntry:
    """Copy into the register what the live unit and its provider say now. Its number and its address stay.

    RuleBroken if nothing waits or somebody was first; NotVisible, NotAllowed.
    """
    session.principal.require(*EDITORS)
    entry = at_version(session.require(RegisterEntry, entry_id), version)
    if not differences(session, entry):
        raise RuleBroken("Nessuna modifica aspetta: l'albo dice già quanto dice la scheda dell'unità.")
    _copy(entry, live(session, entry.unit_id))
    entry.updated_on = today
    session.flush()
    return entry


@has_become
def state_changed(session: ScopedSession, accreditation: Accreditation, on: date, act: str, today: date) -> None:
    """Show at once what has become of a published accreditation: its state, its last day and the act that says so.

    Called at suspension, readmission, revocation, renunciation, expiry and extension, in the same transaction. Does
    nothing for an accreditation that is not published. ``act`` is read by the public: kind, number and date.
    """
    state = TOLD.get(AccreditationState(accreditation.state))
    last = accreditation.runs_to or accreditation.valid_to
    if state is None or last is None:
        return
    since = case((RegisterEntry.state == state, RegisterEntry.state_since), else_=on)  # an extension: the day stays
    _tell(session, accreditation.id, {"state": state, "state_since": since, "valid_to": last}, on, act, today)


@has_renewed
def handed_on(session: ScopedSession, old: Accreditation, new: Accreditation, today: date) -> None:
    """The entry of a published accreditation is that of its renewal from the day on which this begins.

    What the entry copies of the unit and its provider stays: edits wait for approval as ever.
    """
    state, last = TOLD.get(AccreditationState(new.state)), new.runs_to or new.valid_to
    if state is None or last is None or new.valid_from is None or new.decided_on is None:
        raise RuntimeError(f"{new} has not begun")
    follows = {"accreditation_id": new.id, "decree": new.decree_number, "decided_on": new.decided_on,
               "valid_from": new.valid_from, "valid_to": last, "state": state, "state_since": new.valid_from}
    _tell(session, old.id, follows, new.valid_from, decree_name(new.decree_number, new.decided_on), today)


@pact_unsigned
def require_unpublished(session: ScopedSession, accreditation: Accreditation) -> None:
    """RuleBroken for an accreditation that the public reads."""
    published = select(RegisterEntry.id).where(RegisterEntry.accreditation_id == accreditation.id)
    if session.scalars(published.limit(1)).first() is not None:
        raise RuleBroken("L'accreditamento è già pubblicato nell'albo: la firma del patto non si corregge più.")


def decree_name(number: str, decided_on: date) -> str:
    """A decree as the public reads it."""
    return f"Provvedimento n. {number} del {decided_on:%d/%m/%Y}"


def _tell(
    session: ScopedSession, accreditation_id: int, values: Mapping[str, Any], since: date, act: str, today: date
) -> None:
    """Write ``values`` on the entry of an accreditation, and its state with the act into the history."""
    session.flush()
    told = update(RegisterEntry).where(RegisterEntry.accreditation_id == accreditation_id).values(
        **values, updated_on=today, version=RegisterEntry.version + 1)
    # a provider that renounces changes what is everybody's: the program writes it down
    for (entry_id,) in as_system(session, told.returning(RegisterEntry.id), reason="stato nell'albo"):
        row = insert(RegisterState).values(entry_id=entry_id, state=values["state"], since=since, act=act.strip(),
                                           at=clock.now())
        as_system(session, row, reason="storia nell'albo")
        if (here := session.identity_map.get(session.identity_key(RegisterEntry, entry_id))) is not None:
            session.expire(here)


def live(session: ScopedSession, unit_id: int) -> dict[str, Any]:
    """What the live unit and its provider say, by column of the copy. NotVisible."""
    query = _joined(select(*(column.label(name) for name, column in live_columns().items())).select_from(ServiceUnit))
    row = session.execute(query.where(ServiceUnit.id == unit_id)).one_or_none()
    if row is None:
        session.require(ServiceUnit, unit_id)
        raise RuntimeError(f"the unit {unit_id} has no type or no provider")
    return dict(row._mapping)


def _joined(query: Select[Any]) -> Select[Any]:
    return (query.join(UnitType, UnitType.id == ServiceUnit.type_id)
            .join(Provider, Provider.id == ServiceUnit.provider_id)
            .outerjoin(town(), town().id == ServiceUnit.municipality_id))


def _copy(entry: RegisterEntry, copied: Mapping[str, Any]) -> None:
    for name, value in copied.items():
        setattr(entry, name, value)
