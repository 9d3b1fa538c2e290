"""Tables of the users: who may log in, with which roles, for which municipalities or providers, and by which proofs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from core.ground.access import Principal, Role, Scoped
from core.ground.audit import SECRET
from core.ground.db import Base, UtcDateTime, Versioned
from core.ground.search import Searched
from core.parties.model import Municipality
from core.providers.model import Provider


class User(Base, Scoped, Versioned, Searched):
    """A person who logs in. Disabled, never deleted: the history names them; ``erased_at`` says since when the row says
    no more of them than that (``personal``).

    ``fs_uniquifier`` is what a log-in cookie points at: renewed at log-out and at every change of password.
    ``feed_token`` is the secret in the address of the person's calendar feed.
    """

    __tablename__ = "user"
    KNOWN_BY = ("name", "email")

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None] = mapped_column(info=SECRET)
    active: Mapped[bool] = mapped_column(default=True)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    erased_why: Mapped[str] = mapped_column(default="")
    fs_uniquifier: Mapped[str] = mapped_column(unique=True, info=SECRET)
    feed_token: Mapped[str | None] = mapped_column(unique=True, info=SECRET)

    second_factor: Mapped[SecondFactor | None] = relationship(cascade="all, delete-orphan")
    grants: Mapped[list[RoleGrant]] = relationship(back_populates="user", cascade="all, delete-orphan")
    municipality_grants: Mapped[list[MunicipalityGrant]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    provider_grants: Mapped[list[ProviderGrant]] = relationship(back_populates="user", cascade="all, delete-orphan")

    def principal(self) -> Principal:
        """Who this person is for the row scope."""
        return Principal(
            name=self.name,
            roles=frozenset(Role(grant.role) for grant in self.grants),
            user_id=self.id,
            municipality_ids=frozenset(grant.municipality_id for grant in self.municipality_grants),
            provider_ids=frozenset(grant.provider_id for grant in self.provider_grants),
        )

    def __str__(self) -> str:
        return self.name


class RoleGrant(Base, Scoped):
    """A role held by a user."""

    __tablename__ = "role_grant"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True)

    user: Mapped[User] = relationship(back_populates="grants")


class MunicipalityGrant(Base, Scoped):
    """A municipality that a user belongs to."""

    __tablename__ = "municipality_grant"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    municipality_id: Mapped[int] = mapped_column(ForeignKey("municipality.id"), primary_key=True)

    user: Mapped[User] = relationship(back_populates="municipality_grants")
    municipality: Mapped[Municipality] = relationship()


class ProviderGrant(Base, Scoped):
    """A provider that a user belongs to."""

    __tablename__ = "provider_grant"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    provider_id: Mapped[int] = mapped_column(ForeignKey("provider.id"), primary_key=True)

    user: Mapped[User] = relationship(back_populates="provider_grants")
    provider: Mapped[Provider] = relationship()


class SecondFactor(Base, Scoped):
    """The secret from which a user's telephone counts one-time codes; it asks nothing until a code has confirmed it.

    ``last_step`` is the half minute of the last code that was taken: none before it, nor itself, is taken again.
    """

    __tablename__ = "second_factor"

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(info=SECRET)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(default=0, info={"derived": True})  # every log-in moves it: no news


class RecoveryCode(Base, Scoped):
    """A code that stands in for the telephone once; only its hash is kept."""

    __tablename__ = "recovery_code"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"), index=True)
    hash: Mapped[str] = mapped_column(info=SECRET)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SecondFactorRole(Base, Scoped):
    """A role whose holders do not come in without a second factor."""

    __tablename__ = "second_factor_role"

    role: Mapped[str] = mapped_column(primary_key=True)
