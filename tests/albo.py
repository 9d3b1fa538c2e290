"""Accredited units ready made, for the tests of the register: a test says only what matters to it."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

from sqlalchemy import select

from core.accreditation.model import Accreditation, RequirementSet
from core.accreditation.states import AccreditationState
from core.catalogue.model import Service
from core.ground.access import ScopedSession, system
from core.parties.model import Municipality
from core.providers.model import Provider, ServiceUnit, UnitType
from core.register import operations
from core.register.model import RegisterEntry
from tests.factories import body_tax_code, filled

DAY = date(2026, 3, 2)
OFFICE = system("prova")
TYPES = {
    "aes": ("Assistenza educativa scolastica", "function"),
    "adh": ("Assistenza domiciliare disabili", "function"),
    "sad": ("Assistenza domiciliare", "function"),
    "nido": ("Asilo nido", "childhood"),
    "cse": ("Centro socio educativo", "disability"),
}
_serial = itertools.count(1)


def accredited(
    session: ScopedSession, unit: str, *, kind: str = "aes", provider: str | None = None,
    town: Municipality | None = None, state: str = AccreditationState.ACCREDITED, **fields: Any,
) -> Accreditation:
    """A unit that works, with an accreditation from the first of January 2026 to the end of 2028."""
    name, area = TYPES[kind]
    unit_type = session.scalars(select(UnitType).where(UnitType.code == kind)).first()
    unit_type = unit_type or filled(UnitType, code=kind, name=name, area=area, regional=area != "function")
    requirements = session.scalars(select(RequirementSet).where(RequirementSet.code == "prova")).first()
    number = next(_serial)
    runs = filled(Provider, name=provider or f"Cooperativa {unit}", kind="provider", tax_code=body_tax_code(),
                  legal_form="social_cooperative", website="")
    held = filled(
        Accreditation, year=2026, number=1000 + number, state=state,
        set=requirements or filled(RequirementSet, code="prova"),
        **{"decree_number": f"{number}/2026", "decided_on": date(2025, 12, 15), "pact_signed_on": date(2025, 12, 20),
           "valid_from": date(2026, 1, 1), "valid_to": date(2028, 12, 31),
           "runs_to": date(2028, 12, 31), **fields},
        unit=filled(ServiceUnit, name=unit, provider=runs, type=unit_type, municipality=town, state="operating",
                    address="via delle Prove 1", city=town.name if town else "Lodi", province="MI", capacity=30,
                    phone="", email=None),
    )
    session.add(held)
    session.flush()
    return held


def published(session: ScopedSession, unit: str, *, today: date = DAY, **fields: Any) -> RegisterEntry:
    """The same, in the register."""
    return operations.publish(session, accredited(session, unit, **fields).id, today=today)


def service(session: ScopedSession, code: str = "school_support", title: str = "Educativa scolastica") -> Service:
    """A service of the catalogue that covers all members."""
    row = filled(Service, code=code, title=title, cover_all=True, order=next(_serial))
    session.add(row)
    session.flush()
    return row


def becomes(session: ScopedSession, held: Accreditation, state: str, on: date, act: str = "Provvedimento n. 9") -> None:
    """What the procedure of the accreditation does when it changes state."""
    held.state = state
    operations.state_changed(session, held, on=on, act=act, today=on)
