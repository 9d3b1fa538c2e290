"""What changes users: inviting, roles, disabling, passwords, and what log-in leaves behind. None of them commits.

Passwords arrive already hashed: the core knows no web and no hashing library.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import func, or_, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import flag_modified

from core.cases.corrections import sender_is_here
from core.cases.model import Sending
from core.deadlines.alerts import Recipient
from core.ground import clock
from core.ground.access import Role, ScopedSession, as_system
from core.ground.edits import at_version
from core.ground.errors import RuleBroken
from core.ground.required import require_text
from core.ground.written import one_line
from core.parties.model import Azienda, Municipality
from core.parties.rules import EMAIL
from core.providers.model import Provider
from core.users.model import MunicipalityGrant, ProviderGrant, RoleGrant, User

OFFICE = (Role.ADMINISTRATOR, Role.SYSTEM)
GIVEN = frozenset(Role) - {Role.SYSTEM}


def invite(
    session: ScopedSession,
    *,
    email: str,
    name: str,
    roles: Collection[Role],
    municipality_ids: Collection[int] = (),
    provider_ids: Collection[int] = (),
    password: str | None = None,
) -> User:
    """Make a user; without a (hashed) ``password`` they choose it through the link that they are handed.

    RuleBroken for a wrong or taken address, no role, a municipality's user without a municipality, or a provider's
    without a provider.
    """
    session.principal.require(*OFFICE)
    address = one_line(email, field="email").lower()
    if not EMAIL.fullmatch(address):
        raise RuleBroken("«%(email)s» non è un indirizzo di posta elettronica: controllarlo.", field="email",
                         email=email)
    if as_system(session, select(User.id).where(User.email == address), reason="indirizzo già in uso"):
        raise RuleBroken("L'indirizzo %(email)s è già di un altro utente.", field="email", email=address)
    user = User(email=address, name=_name(name), password=password, fs_uniquifier=new_uniquifier())
    session.add(user)
    session.flush()
    _grant(session, user, roles, municipality_ids, provider_ids)
    return user


def edit(
    session: ScopedSession,
    user_id: int,
    *,
    version: int,
    name: str,
    roles: Collection[Role],
    municipality_ids: Collection[int],
    provider_ids: Collection[int] = (),
) -> User:
    """Set name, roles, municipalities and providers; what the person may do having changed, their open sessions end.

    RuleBroken if somebody else changed the user first, or nobody would be left to administer.
    """
    user = _unchanged(session, user_id, version)
    user.name = _name(name)
    flag_modified(user, "name")  # roles stand in rows of their own: without this a stale form would not be refused
    if Role.ADMINISTRATOR not in roles:
        _keep_one_administrator(session, user)
    before = user.principal()
    _grant(session, user, roles, municipality_ids, provider_ids)
    if replace(user.principal(), name=before.name) != before:
        user.fs_uniquifier = new_uniquifier()
    return user


def set_active(session: ScopedSession, user_id: int, active: bool) -> User:
    """Disable or enable an access; a disabled person is out at the next click, and their calendar stays closed.

    RuleBroken for one's own access, and for one whose data are erased.
    """
    session.principal.require(*OFFICE)
    user = _living(session, user_id)
    if not active:
        if user.id == session.principal.user_id:
            raise RuleBroken("Non è possibile disattivare il proprio accesso: lo fa un altro amministratore.")
        _keep_one_administrator(session, user)
        user.fs_uniquifier, user.feed_token = new_uniquifier(), None
    if active != user.active:
        user.active, user.disabled_at = active, None if active else clock.now()
    return user


def renew_link(session: ScopedSession, user_id: int) -> User:
    """Void the links and sessions that a user had: done before a new one-time link is handed over."""
    session.principal.require(*OFFICE)
    user = _living(session, user_id)
    user.fs_uniquifier = new_uniquifier()
    return user


def set_password(session: ScopedSession, user_id: int, hashed: str, *, uniquifier: str | None = None) -> None:
    """Keep a new hashed password; every open session and unused link of the person ends."""
    user = session.require(User, user_id)
    user.password = hashed
    user.fs_uniquifier = uniquifier or new_uniquifier()


def end_sessions(session: ScopedSession, user_id: int) -> None:
    """Log out everywhere: a cookie kept from before opens nothing."""
    session.require(User, user_id).fs_uniquifier = new_uniquifier()


def renew_feed(session: ScopedSession, user_id: int) -> str:
    """Give a person a new secret address for their calendar and tell it; the old one stops working at once."""
    user = session.require(User, user_id)
    user.feed_token = secrets.token_urlsafe(32)
    return user.feed_token


def revoke_feed(session: ScopedSession, user_id: int) -> None:
    """Close a person's calendar address: whoever still asks for it finds nothing."""
    session.require(User, user_id).feed_token = None


def new_uniquifier() -> str:
    """What a log-in cookie points at: long, random, renewed whenever it must stop working."""
    return secrets.token_urlsafe(32)


def _name(text: str) -> str:
    require_text(text, "Indicare il nome e il cognome della persona.", field="name")
    return " ".join(text.split())


def _unchanged(session: ScopedSession, user_id: int, version: int) -> User:
    session.principal.require(*OFFICE)
    return at_version(_living(session, user_id), version)


def _living(session: ScopedSession, user_id: int) -> User:
    user = session.require(User, user_id)
    if user.erased_at is not None:
        raise RuleBroken("I dati di questo accesso sono cancellati: se la persona torna, invitarla di nuovo.")
    return user


def _grant(
    session: ScopedSession, user: User, roles: Collection[Role], municipality_ids: Collection[int],
    provider_ids: Collection[int],
) -> None:
    wanted = {Role(role) for role in roles}
    if not wanted or not wanted <= GIVEN:
        raise RuleBroken("Assegnare almeno un ruolo tra quelli elencati.", field="roles")
    if Role.MUNICIPALITY in wanted and not municipality_ids:
        raise RuleBroken("Chi lavora per un ente deve avere almeno un ente: sceglierlo.", field="municipality_ids")
    if Role.PROVIDER in wanted and not provider_ids:
        raise RuleBroken("Chi lavora per un gestore deve avere almeno un gestore: sceglierlo.", field="provider_ids")
    for key in municipality_ids:
        session.require(Municipality, key)
    for key in provider_ids:
        session.require(Provider, key)
    held = {grant.role: grant for grant in user.grants}
    user.grants = [held.get(role) or RoleGrant(role=role.value) for role in sorted(wanted)]
    kept = {grant.municipality_id: grant for grant in user.municipality_grants}
    user.municipality_grants = [
        kept.get(key) or MunicipalityGrant(municipality_id=key) for key in sorted(set(municipality_ids))
    ]
    run = {grant.provider_id: grant for grant in user.provider_grants}
    user.provider_grants = [run.get(key) or ProviderGrant(provider_id=key) for key in sorted(set(provider_ids))]
    session.flush()


def people(session: ScopedSession) -> list[Recipient]:
    """Everybody who may log in, as the alerts know them."""
    grants = (selectinload(User.grants), selectinload(User.municipality_grants), selectinload(User.provider_grants))
    users = session.scalars(select(User).where(User.active).options(*grants).order_by(User.id))
    return [Recipient(user.id, user.principal(), user.email) for user in users]


def addresses(session: ScopedSession, role: Role, municipality_id: int | None = None) -> list[str]:
    """Where those who hold a role read their mail, of one municipality if one is named: whoever asks may write to them.
    """
    held = select(User.email).join(RoleGrant, RoleGrant.user_id == User.id).where(User.active, RoleGrant.role == role)
    if municipality_id is not None:
        own = select(MunicipalityGrant.user_id).where(MunicipalityGrant.municipality_id == municipality_id)
        held = held.where(User.id.in_(own))
    return [email for (email,) in as_system(session, held.order_by(User.id), reason="indirizzi di chi va avvisato")]


def _keep_one_administrator(session: ScopedSession, user: User) -> None:
    """Refuse the act that would leave nobody to let people in."""
    if not any(grant.role == Role.ADMINISTRATOR for grant in user.grants):
        return
    others = select(func.count(User.id)).join(RoleGrant, RoleGrant.user_id == User.id)
    others = others.where(RoleGrant.role == Role.ADMINISTRATOR.value, User.active, User.id != user.id)
    [(left,)] = as_system(session, others, reason="amministratori rimasti")
    if not left:
        raise RuleBroken("Resterebbe l'installazione senza amministratori: nominarne prima un altro.", field="roles")


# --- who is here --------------------------------------------------------------------------------------------


@sender_is_here
def _has_people(session: ScopedSession, sending: Sending) -> bool:
    """True for a letter to the azienda from a municipality or a provider that has somebody who may come in."""
    if session.get(Azienda, sending.addressee_id) is None:
        return False
    of_it = (select(MunicipalityGrant.user_id).where(MunicipalityGrant.municipality_id == sending.sender_id),
             select(ProviderGrant.user_id).where(ProviderGrant.provider_id == sending.sender_id))
    inside = select(User.id).where(User.active, or_(*(User.id.in_(grants) for grants in of_it))).limit(1)
    return bool(as_system(session, inside, reason="chi corregge la data di una lettera"))
