"""The people of the demo, one for each role. Their password is printed when the demo starts; production has none."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from admin.guard.passwords import hash_password
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.parties.model import Azienda, Municipality
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


# names of servers that nobody has, so that an address there is nobody's (RFC 2606)
INVENTED = (".example", ".test", ".invalid", ".localhost", "example.com", "example.net", "example.org")


def only_where_nobody_works(session: ScopedSession, azienda: str) -> None:
    """RuleBroken where real people work: the demo would mix what it invents with what they have recorded.

    Real are those with an address that somebody may have, anybody where the demo never was, and the people of an
    azienda that is not the demo's (its tax code is ``azienda``).
    """
    present, played = set(session.scalars(select(User.email))), {person.email for person in PEOPLE}
    real = [email for email in present if not email.endswith(INVENTED)]
    others = session.scalars(select(Azienda.name).where(Azienda.tax_code != azienda)).first()
    if real or (present and not present & played) or (others and not present & played):
        raise RuleBroken("In questa installazione lavorano persone vere: i dati dimostrativi si mescolerebbero ai "
                         "loro, e nulla è stato toccato. Per aprire quello che c'è: «patto serve». Per vedere la "
                         "dimostrazione: «patto demo --data-dir CARTELLA», con una cartella nuova.")


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
