"""Logging in, out, and changing one's password: Flask-Security over the core's users.

The library asks for a "datastore"; ours gives it snapshots of users and turns what it changes into operations,
each in a unit of work of its own, so that the core keeps the only door to the database.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, cast

from flask import Flask, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import user_logged_out
from flask_security import PasswordUtil, Security
from flask_security.core import RoleMixin, UserMixin
from flask_security.datastore import UserDatastore
from flask_security.forms import LoginForm
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from admin.guard import passwords, policy
from admin.guard.addresses import outside
from admin.web.words import said
from core.ground import clock
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.users import operations, rules
from core.users.model import User

LINK_DAYS = 3
LOGIN_RATE = "20 per minute"


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
        self.locked_until: datetime | None = user.locked_until
        self.principal: Principal = user.principal()

    def is_locked(self, form_error: list[str] | None = None) -> bool:
        """True while the access waits; says so in ``form_error``."""
        locked = rules.is_locked(self.locked_until, clock.now())
        if locked and form_error is not None:
            form_error.append(locked_out())
        return locked

    def track_failed_authn(self, auth_type: str, tfa: bool = False) -> None:
        """Count a wrong password."""
        accounts().change(self, "login.wrong", lambda s: operations.wrong_password(s, self.id, now=clock.now()))


class Accounts(UserDatastore):
    """The door between Flask-Security and the core's users."""

    def __init__(self, database: Database, *, providers_enter: bool = True) -> None:
        super().__init__(Account, RoleMixin)
        self.database, self.providers_enter = database, providers_enter

    def find_user(self, case_insensitive: bool = False, **by: Any) -> Account | None:
        """The user with this e-mail address, or at whom this cookie points."""
        [(name, value)] = by.items()
        column = {"email": func.lower(User.email), "fs_uniquifier": User.fs_uniquifier}[name]
        wanted = str(value).strip().lower() if name == "email" else str(value)
        if "\x00" in wanted:
            return None
        grants = joinedload(User.grants), joinedload(User.municipality_grants), joinedload(User.provider_grants)
        with ScopedSession(self.database, system("accesso")) as session:
            user = session.scalars(select(User).where(column == wanted).options(*grants)).unique().one_or_none()
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
        self.change(
            account,
            "user.password",
            lambda s: operations.set_password(s, account.id, account.password or "", uniquifier=account.fs_uniquifier),
        )

    def commit(self) -> None:
        """Nothing is left to do: every change was kept in its own unit of work."""

    def change(self, account: Account, act: str, work: Callable[[ScopedSession], None]) -> None:
        """One operation on the person's own user row, in their name; the row scope would hide it from them."""
        with unit_of_work(self.database, system(f"accesso di {account.name}"), act=act) as session:
            work(session)


class Passwords(PasswordUtil):
    """Our rules for a password, in our words."""

    def validate(self, password: str, is_register: bool, **context: Any) -> tuple[list[str] | None, str]:
        """The errors, if any, and the password as it will be hashed."""
        account = context.get("user")
        normal = self.normalize(password)
        try:
            rules.acceptable_password(normal, account.email if account else "")
        except RuleBroken as error:
            return [said(error)], normal
        return None, normal


class AccessForm(LoginForm):
    """E-mail address and password; a locked access is refused before the password is looked at."""

    email = EmailField(lazy_gettext("Indirizzo di posta elettronica"), validators=[InputRequired()])
    password = PasswordField(lazy_gettext("Password"), validators=[InputRequired()])

    def validate(self, **kwargs: Any) -> bool:
        """True if the person may come in; the wrong passwords before are then forgotten."""
        account = accounts().find_user(email=self.email.data or "")
        if account and account.is_locked():
            self.form_errors.append(locked_out())
            return False
        if not super().validate(**kwargs):
            return False
        if accounts().is_shut_out(cast(Account, self.user)):
            self.form_errors.append(_("Qui i gestori non hanno un accesso proprio: rivolgersi all'ufficio "
                                      "accreditamento."))
            return False
        accounts().change(cast(Account, self.user), "login.right",
                          lambda s: operations.right_password(s, cast(Account, self.user).id))
        return True


def locked_out() -> str:
    """What a person reads when too many wrong passwords have closed the door for a while."""
    return _("Troppe password sbagliate: per sicurezza l'accesso resta chiuso per %(minutes)s minuti. "
             "Riprovare più tardi, o chiedere un nuovo collegamento all'amministratore.",
             minutes=int(rules.LOCK.total_seconds() // 60))


def accounts() -> Accounts:
    """The running application's door to the users."""
    from flask import current_app

    return cast(Accounts, current_app.extensions["security"].datastore)


def one_time_link(user: User) -> str:
    """The address at which ``user`` sets a new password: it works once, for a few days."""
    from flask_security.recoverable import generate_reset_password_token

    token = generate_reset_password_token(Account(user))  # type: ignore[no-untyped-call]  # the library's
    return outside("security.reset_password", token=token)


def init_app(app: Flask, database: Database, *, providers_enter: bool = True) -> None:
    """Log-in, log-out, change of password and the one-time link; nothing else of the library."""
    app.config.update(_config())
    door = Accounts(database, providers_enter=providers_enter)
    security = Security(app, door, login_form=AccessForm, password_util_cls=Passwords)
    security.want_json(lambda _request: False)
    security.principal.identity_loaders.clear()  # it would look up who asks for every file; a policy asks when it must
    app.view_functions["security.forgot_password"] = forgot_password
    limiter = Limiter(get_remote_address, app=app, storage_uri="memory://", headers_enabled=False)
    slowly: Any = limiter.limit(LOGIN_RATE, methods=["POST"])  # its own type knows views that await, ours do not
    app.view_functions["security.login"] = slowly(app.view_functions["security.login"])
    user_logged_out.connect(_end_sessions, app)


def _end_sessions(_app: Flask, user: Any) -> None:
    if isinstance(user, Account):
        accounts().change(user, "login.out", lambda s: operations.end_sessions(s, user.id))


def forgot_password() -> str | Response:
    """There is no mail server: the page says whom to ask."""
    return render_template("security/forgot_password.html", anyway=request.args.get("error"))


LIBRARY_POLICIES = {
    "security.login": policy.Policy(policy.PUBLIC, policy.PUBLIC),
    "security.logout": policy.Policy(policy.NOBODY, policy.LOGGED_IN),
    "security.forgot_password": policy.Policy(policy.PUBLIC, policy.NOBODY),
    "security.reset_password": policy.Policy(policy.PUBLIC, policy.PUBLIC),
    "security.change_password": policy.Policy(policy.LOGGED_IN, policy.LOGGED_IN),
}


def _config() -> dict[str, Any]:
    return {
        "SECURITY_PASSWORD_HASH": "argon2",
        "SECURITY_PASSWORD_SCHEMES": ["argon2"],
        "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
        "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {f"argon2__{name}": value for name, value in passwords.COST.items()},
        "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],  # argon2 salts by itself: a hash means the same everywhere
        "SECURITY_PASSWORD_LENGTH_MIN": rules.MIN_PASSWORD,
        "SECURITY_URL_PREFIX": "/accesso",
        "SECURITY_LOGIN_URL": "/entra",
        "SECURITY_LOGOUT_URL": "/esci",
        "SECURITY_LOGOUT_METHODS": ["POST"],
        "SECURITY_CHANGE_URL": "/password",
        "SECURITY_RESET_URL": "/nuova-password",
        "SECURITY_POST_LOGIN_VIEW": "/admin/",
        "SECURITY_POST_LOGOUT_VIEW": "/accesso/entra",
        "SECURITY_POST_CHANGE_VIEW": "/admin/",
        "SECURITY_POST_RESET_VIEW": "/accesso/entra",
        "SECURITY_RECOVERABLE": True,
        "SECURITY_CHANGEABLE": True,
        "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=LINK_DAYS),
        "SECURITY_SEND_PASSWORD_CHANGE_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_EMAIL": False,
        "SECURITY_SEND_PASSWORD_RESET_NOTICE_EMAIL": False,
        "SECURITY_FRESHNESS": timedelta(minutes=-1),  # negative: the library's second-look page is off
        "SECURITY_RETURN_GENERIC_RESPONSES": True,
        "SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS": False,
        "SECURITY_EMAIL_VALIDATOR_ARGS": {"check_deliverability": False},
        **{f"SECURITY_MSG_{name}": (text, level) for name, (text, level) in MESSAGES.items()},
    }


MESSAGES = {
    "GENERIC_AUTHN_FAILED": (lazy_gettext("L'indirizzo o la password non sono giusti. Controllarli e riprovare."),
                             "error"),
    "DISABLED_ACCOUNT": (lazy_gettext("Questo accesso è stato disattivato: rivolgersi all'amministratore."), "error"),
    "PASSWORD_CHANGE": (lazy_gettext("La password è cambiata. Gli altri accessi aperti con quella vecchia "
                                     "sono stati chiusi."), "success"),
    "PASSWORD_RESET_NO_LOGIN": (lazy_gettext("La nuova password è registrata: ora si può entrare."), "success"),
    "PASSWORD_RESET_EXPIRED": (lazy_gettext("Il collegamento è scaduto: chiederne uno nuovo all'amministratore."),
                               "error"),
    "INVALID_RESET_PASSWORD_TOKEN": (lazy_gettext("Il collegamento non è valido o è già stato usato: "
                                                  "chiederne uno nuovo all'amministratore."), "error"),
    "INVALID_PASSWORD": (lazy_gettext("La password attuale non è giusta."), "error"),
    "PASSWORD_NOT_PROVIDED": (lazy_gettext("Scrivere la password."), "error"),
    "PASSWORD_IS_THE_SAME": (lazy_gettext("La nuova password è uguale a quella attuale: sceglierne un'altra."),
                             "error"),
    "RETYPE_PASSWORD_MISMATCH": (lazy_gettext("Le due password non sono uguali: riscriverle."), "error"),
}
