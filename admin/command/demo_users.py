"""The people of the demo, one for each role. Their password is printed when the demo starts; production has none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from admin.guard.passwords import hash_password
from core.ground.access import Role, ScopedSession
from core.parties.model import Municipality
from core.providers.model import Provider
from core.users.model import User
from core.users.operations import invite

PASSWORD = "Patto-dimostrativo-2026"  # noqa: S105  printed at every start of the demo, and only there


@dataclass(frozen=True)
class DemoPerson:
    """A demo log-in: address, name, what they do, their role, municipalities and provider (by name)."""

    email: str
    name: str
    about: str
    role: Role
    municipalities: tuple[str, ...] = ()
    provider: str = ""


PEOPLE = (
    DemoPerson("direzione@assemi.example", "Ilaria Montevecchi", "direzione: redige i contratti", Role.MANAGEMENT),
    DemoPerson("contabilita@assemi.example", "Tommaso Galimbertini", "contabilità", Role.ACCOUNTING),
    DemoPerson("accreditamento@assemi.example", "Silvia Barbaglio", "unità di accreditamento", Role.ACCREDITATION),
    DemoPerson("revisore@assemi.example", "Fulvio Castiglioni", "revisore: legge tutto", Role.AUDITOR),
    DemoPerson("sistema@assemi.example", "Irene Colzani", "amministratrice di sistema", Role.ADMINISTRATOR),
    DemoPerson("ufficio@melegnano.example", "Carla Spinelli", "Comune di Melegnano", Role.MUNICIPALITY, ("melegnano",)),
    DemoPerson("ufficio@dresano.example", "Nadia Rovelli", "Comuni di Dresano e Colturano", Role.MUNICIPALITY,
               ("dresano", "colturano")),
    DemoPerson("segreteria@ilgirasole.example", "Marta Pozzoli", "gestore: Il Girasole", Role.PROVIDER,
               provider="Il Girasole Società Cooperativa Sociale"),
)


def ensure(session: ScopedSession) -> list[tuple[str, str]]:
    """Make the demo people that are not there yet; address and task of each.

    The person of a provider comes with the provider, which the demo's story registers.
    """
    present = set(session.scalars(select(User.email)))
    providers = {row.name: row.id for row in session.scalars(select(Provider))}
    people = [person for person in PEOPLE if not person.provider or person.provider in providers]
    missing = [person for person in people if person.email not in present]
    hashed = hash_password(PASSWORD) if missing else ""  # one password that everybody knows: hashed once
    for person in missing:
        slugs = Municipality.slug.in_(person.municipalities)
        invite(
            session,
            email=person.email,
            name=person.name,
            roles=[person.role],
            municipality_ids=session.scalars(select(Municipality.id).where(slugs)).all(),
            provider_ids=[providers[person.provider]] if person.provider else (),
            password=hashed,
        )
    return [(person.email, person.about) for person in people]
