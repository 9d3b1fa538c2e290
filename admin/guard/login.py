"""Logging in, out, and changing one's password: Flask-Security over the core's users."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from flask import Flask, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import current_user, user_logged_out
from flask_security import PasswordUtil, Security
from flask_security.forms import LoginForm
from flask_security.signals import password_changed, password_reset
from werkzeug.wrappers import Response
from wtforms import EmailField, PasswordField
from wtforms.validators import InputRequired

from admin.guard import door, passwords, policy
from admin.guard.accounts import Account, Accounts, accounts
from admin.guard.addresses import outside
from admin.web.words import said
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.users import operations, rules
from core.users.model import User
from core.users.records import How, LoginOutcome

LINK_DAYS = 3
LOGIN_RATE = "20 per minute"  # of what fails, from one address: what it costs to look at a password


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
    """E-mail address and password; who must wait is told so before the password is looked at."""

    email = EmailField(lazy_gettext("Indirizzo di posta elettronica"), validators=[InputRequired()])
    password = PasswordField(lazy_gettext("Password"), validators=[InputRequired()])

    def validate(self, **kwargs: Any) -> bool:
        """True if the person may come in; what came of it is recorded otherwise."""
        typed = self.email.data or ""
        if not (typed and self.password.data):
            return self._refused(_("Scrivere l'indirizzo e la password."))
        if door.is_closed(typed):
            return self._refused(door.told_to_wait())
        right, account = super().validate(**kwargs), cast(Account | None, self.user)
        if not right:
            disabled = self.user_authenticated
            wrong = LoginOutcome.UNKNOWN if account is None else LoginOutcome.WRONG_PASSWORD
            door.record(typed, LoginOutcome.DISABLED if disabled else wrong, account=account)
            return self._refused(_("Questo accesso è stato disattivato: rivolgersi all'amministratore.") if disabled
                                 else _("L'indirizzo o la password non sono giusti. Controllarli e riprovare."))
        assert account is not None
        if accounts().is_shut_out(account):
            door.record(typed, LoginOutcome.REFUSED, account=account)
            return self._refused(_("Qui i gestori non hanno un accesso proprio: rivolgersi all'ufficio "
                                   "accreditamento."))
        return True

    def _refused(self, why: str) -> bool:
        for field in self:
            field.errors = []
        self.form_errors = [why]
        return False


@policy.allow(policy.PUBLIC, policy.PUBLIC)
def log_in() -> str | Response:
    """The door: who knows the password goes on to what else is asked of them, or comes in."""
    if current_user.is_authenticated:
        return redirect(url_for("admin.index"))
    form = AccessForm()
    if form.validate_on_submit():
        return door.come_in(cast(Account, form.user), How.PASSWORD)
    return render_template("security/login_user.html", login_user_form=form)


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
    slowly: Any = limiter.limit(LOGIN_RATE, methods=["POST"], exempt_when=_is_known,
                                deduct_when=lambda answer: answer.status_code != 302)
    app.view_functions["security.login"] = slowly(log_in)
    app.view_functions["security.change_password"] = slowly(app.view_functions["security.change_password"])
    user_logged_out.connect(_ended, app)
    password_changed.connect(_changed, app)
    password_reset.connect(_chosen, app)


def _is_known() -> bool:
    return bool(door.known(request.form.get("email", "")))


def _ended(_app: Flask, user: Any) -> None:
    if isinstance(user, Account):
        accounts().change(user, "login.out", lambda s: operations.end_sessions(s, user.id))
        door.record(user.email, LoginOutcome.LEFT, account=user)


def _changed(_app: Flask, user: Any, **_more: Any) -> None:
    door.record(user.email, LoginOutcome.PASSWORD_SET, account=user)


def _chosen(_app: Flask, user: Any, **_more: Any) -> None:
    """Whoever has a one-time link is the person: nobody who fails elsewhere keeps them out of this browser."""
    door.record(user.email, LoginOutcome.PASSWORD_SET, How.LINK, user)
    door.know(user.email)


def forgot_password() -> str | Response:
    """There is no mail server: the page says whom to ask."""
    return render_template("security/forgot_password.html")


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
