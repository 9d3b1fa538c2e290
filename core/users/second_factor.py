"""The second factor: one-time codes of a telephone (TOTP, RFC 6238), and the codes that stand in for it once each.

The secret is kept as it is, because whoever checks a code must know it; who reads the database without having broken
into the machine still lacks the password. Recovery codes are long and random: a plain hash of them suffices.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection, Iterable
from datetime import datetime
from enum import StrEnum

import pyotp
from sqlalchemy import delete, select

from core.ground import clock
from core.ground.access import Role, ScopedSession, as_system
from core.ground.edits import locked
from core.ground.errors import RuleBroken
from core.ground.outbox import post_mail
from core.ground.required import require_text
from core.users import logins
from core.users.model import RecoveryCode, RoleGrant, SecondFactor, SecondFactorRole, User
from core.users.operations import GIVEN, OFFICE, new_uniquifier
from core.users.records import How, LoginOutcome

STEP = 30  # seconds that a code is shown
DRIFT = 1  # codes before and after the one of this moment that are taken too: clocks differ
GONE = 20  # older ones that are told from wrong ones
RECOVERY_CODES = 10
ISSUER = "Patto"
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that reads like another


class CodeCheck(StrEnum):
    """What a typed code was found to be."""

    RIGHT = "right"
    RECOVERY = "recovery"
    WRONG = "wrong"
    EXPIRED = "expired"
    USED = "used"


def begin(session: ScopedSession, user_id: int) -> None:
    """Make a new secret, to be confirmed by a first code. RuleBroken if the person has a second factor already."""
    user = session.require(User, user_id)
    if user.second_factor is None:
        user.second_factor = SecondFactor(secret=pyotp.random_base32())
    elif user.second_factor.confirmed_at is None:
        user.second_factor.secret = pyotp.random_base32()
    else:
        raise RuleBroken("La verifica in due passaggi è già attiva: per cambiare telefono, prima toglierla.")
    session.flush()


def address_of(user: User) -> str:
    """What the telephone reads from the square: the secret, whose it is and of which program (``otpauth://``)."""
    assert user.second_factor is not None
    return pyotp.TOTP(user.second_factor.secret).provisioning_uri(name=user.email, issuer_name=ISSUER)


def confirm(session: ScopedSession, user_id: int, code: str) -> tuple[CodeCheck, list[str]]:
    """Take the first code of a new secret: from then on it is asked at every log-in. With it the recovery codes."""
    factor = locked(session, session.require(SecondFactor, user_id))
    found = _counted(factor, code, clock.now())
    if found is not CodeCheck.RIGHT:
        return found, []
    factor.confirmed_at = clock.now()
    return found, renew_recovery(session, user_id)


def check(session: ScopedSession, user_id: int, code: str) -> CodeCheck:
    """What a code typed at the door is; the right one, and a recovery code, are used up by it.

    It is no refusal of the act: that somebody tried is recorded in the same one.
    """
    factor = locked(session, session.require(SecondFactor, user_id))
    typed = _typed(code)
    if factor.confirmed_at is None:
        return CodeCheck.WRONG
    if len(typed) == 6 and typed.isdigit():
        return _counted(factor, typed, clock.now())
    row = session.scalars(select(RecoveryCode).where(RecoveryCode.user_id == user_id,
                                                     RecoveryCode.hash == _hash(user_id, typed))).one_or_none()
    if row is None:
        return CodeCheck.WRONG
    if row.used_at is not None:
        return CodeCheck.USED
    row.used_at = clock.now()
    return CodeCheck.RECOVERY


def renew_recovery(session: ScopedSession, user_id: int) -> list[str]:
    """Ten new recovery codes, told this once; those from before are void."""
    _forget_recovery(session, user_id)
    made = ["".join(secrets.choice(ALPHABET) for _ in range(12)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(user_id=user_id, hash=_hash(user_id, code)) for code in made)
    session.flush()
    return ["-".join((code[:4], code[4:8], code[8:])) for code in made]


def left(session: ScopedSession, user_id: int) -> int:
    """How many recovery codes a person still has."""
    mine = select(RecoveryCode.id).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return len(as_system(session, mine, reason="codici di riserva rimasti"))


def remove(session: ScopedSession, user_id: int) -> None:
    """Take the second factor away, with its recovery codes."""
    user = session.require(User, user_id)
    _forget_recovery(session, user_id)
    user.second_factor = None
    session.flush()


def reset(session: ScopedSession, user_id: int, *, why: str, at: logins.Knock) -> User:
    """The administrator takes away a second factor that its person has lost: with a reason, and a mail to the person.

    RuleBroken without a reason, without a second factor, or for one's own.
    """
    session.principal.require(*OFFICE)
    user = session.require(User, user_id)
    require_text(why, "Scrivere il motivo: resta tra gli accessi della persona.", field="why")
    if user.second_factor is None:
        raise RuleBroken("La verifica in due passaggi non è attiva: non c'è nulla da azzerare.")
    if user.id == session.principal.user_id:
        raise RuleBroken("La propria verifica in due passaggi si toglie da «Il mio accesso», con un codice; altrimenti "
                         "la azzera un altro amministratore.")
    remove(session, user_id)
    user.fs_uniquifier = new_uniquifier()
    logins.record(session, at, LoginOutcome.FACTOR_RESET, How.OFFICE, user_id=user.id,
                  note=f"{session.principal.name}: {why.strip()}")
    post_mail(session, to=user.email, key=f"second-factor-reset:{user.id}:{secrets.token_hex(8)}",
              subject="Patto: verifica in due passaggi azzerata",
              text=f"{session.principal.name} ha azzerato la verifica in due passaggi di questo accesso a Patto.\n\n"
                   f"Motivo: {why.strip()}\n\nChi non l'ha chiesto avvisi subito l'amministratore del sistema.")
    return user


def asked_of(session: ScopedSession) -> frozenset[Role]:
    """The roles whose holders do not come in without a second factor."""
    return frozenset(Role(role) for (role,) in as_system(session, select(SecondFactorRole.role),
                                                         reason="ruoli con verifica in due passaggi"))


def ask_of(session: ScopedSession, roles: Collection[str]) -> int:
    """Set of which roles a second factor is asked; who holds one and has none is out, and sets it up coming in again.

    How many are out. RuleBroken for a role that nobody can have.
    """
    session.principal.require(*OFFICE)
    wanted = {role.value for role in GIVEN if role in roles}
    if len(wanted) != len(set(roles)):
        raise RuleBroken("Scegliere tra i ruoli elencati.", field="roles")
    held = {row.role: row for row in session.scalars(select(SecondFactorRole))}
    session.add_all(SecondFactorRole(role=role) for role in sorted(wanted - held.keys()))
    for role in held.keys() - wanted:
        session.delete(held[role])
    session.flush()
    outside = _without(session, wanted - held.keys())
    for user in outside:
        user.fs_uniquifier = new_uniquifier()
    return len(outside)


def _without(session: ScopedSession, roles: Iterable[str]) -> list[User]:
    users = select(User).where(User.active, User.grants.any(RoleGrant.role.in_(list(roles))))
    return [user for user in session.scalars(users.order_by(User.id))
            if user.second_factor is None or user.second_factor.confirmed_at is None]


def _counted(factor: SecondFactor, code: str, now: datetime) -> CodeCheck:
    """The code of this moment or one beside it, if no later one was taken; else whether it once was one."""
    totp, typed, step = pyotp.TOTP(factor.secret), _typed(code), int(now.timestamp()) // STEP
    for at in range(step + DRIFT, step - GONE, -1):
        if hmac.compare_digest(totp.at(at * STEP).encode(), typed.encode()):
            if at <= factor.last_step:
                return CodeCheck.USED
            if at < step - DRIFT:
                return CodeCheck.EXPIRED
            factor.last_step = at
            return CodeCheck.RIGHT
    return CodeCheck.WRONG


def _typed(code: str) -> str:
    """A code without what people put between its parts."""
    return "".join(code.replace("-", " ").split()).lower()


def _hash(user_id: int, code: str) -> str:
    return hashlib.sha256(f"{user_id}:{code}".encode()).hexdigest()


def _forget_recovery(session: ScopedSession, user_id: int) -> None:
    as_system(session, delete(RecoveryCode).where(RecoveryCode.user_id == user_id), reason="codici di riserva")
