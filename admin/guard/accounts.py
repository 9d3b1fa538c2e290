"""The users as log-in knows them: the library asks for a "datastore" and gets snapshots.

What it changes becomes an operation in a unit of work of its own, so that the core keeps the only door to the database.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar, cast

from flask import current_app
from flask_security.core import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.users import operations
from core.users.model import User

Answer = TypeVar("Answer")


@cache
def _asked(by: str) -> Select[User]:
    """The user by an address or a mark, with what they may do. Asked before every page, and put together once: that
    takes three times as long as the answer."""
    column = {"email": func.lower(User.email), "fs_uniquifier": User.fs_uniquifier}[by]
    grants = joinedload(User.grants), joinedload(User.municipality_grants), joinedload(User.provider_grants)
    return select(User).where(column == bindparam("wanted")).options(*grants)


class Account(UserMixin):
    """A user as log-in sees them: a snapshot, not a row."""

    roles: Any = ()  # rights are the principal's; the library looks for some here
    fs_uniquifier = ""  # the library looks for it on the class

    def __init__(self, user: User) -> None:
        self.id = user.id
        self.email = user.email
        self.name = user.name
        self.password = user.password
        self.active = user.active
        self.fs_uniquifier = user.fs_uniquifier
        self.principal: Principal = user.principal()

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """Never by itself: who must wait is counted by address, place and browser (``core.users.logins``)."""
        return False

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Nothing: the page that asked for the proof records what came of it."""


class Accounts(UserDatastore):
    """The door between Flask-Security and the core's users."""

    def __init__(self, database: Database, *, providers_enter: bool = True) -> None:
        super().__init__(Account, RoleMixin)
        self.database, self.providers_enter = database, providers_enter

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """The user with this e-mail address, or at whom this cookie points."""
        [(name, value)] = by.items()
        wanted = str(value).strip().lower() if name == "email" else str(value)
        if "\x00" in wanted:
            return None
        with ScopedSession(self.database, system("accesso")) as session:
            user = session.scalars(_asked(name), {"wanted": wanted}).unique().one_or_none()
            account = None if user is None else Account(user)
        if name != "email" and account is not None and self.is_shut_out(account):
            return None  # an open session of a provider ends when the installation closes to them
        return account

    def is_shut_out(self, account: Account) -> bool:
        """True for a provider's person where the installation is not open to them."""
        return account.principal.has(Role.PROVIDER) and not self.providers_enter

    def put(self, model: UserMixin) -> None:
        """Flask-Security has set a new password, and with it a new mark for the cookie: keep both."""
        account = cast(Account, model)
        self.change(account, "user.password", lambda s: operations.set_password(
            s, account.id, account.password or "", uniquifier=account.fs_uniquifier))

    def commit(self) -> None:
        """Nothing is left to do: every change was kept in its own unit of work."""

    def change(self, account: Account, act: str, work: Callable[[ScopedSession], Answer]) -> Answer:
        """One operation on what is ``account``'s own: the row scope would hide it from the person.

        The history names whose row it was and not who, so that a name can be erased where no act stands beside it.
        """
        with unit_of_work(self.database, system("accesso"), act=act) as session:
            return work(session)


def accounts() -> Accounts:
    """The running application's door to the users."""
    return cast(Accounts, current_app.extensions["security"].datastore)
