"""The pages of the second factor: the code that is asked at the door, and the telephone that is set up.

The square is drawn here, as SVG inside the page: the secret reaches no other host.
"""

from __future__ import annotations

import segno
from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from markupsafe import Markup
from werkzeug.wrappers import Response

from admin.guard import door, policy
from admin.guard.accounts import Account, accounts
from admin.guard.session import office
from core.ground.access import ScopedSession, system
from core.users import second_factor
from core.users.model import User
from core.users.records import How, LoginOutcome
from core.users.second_factor import CodeCheck

pages = Blueprint("second_factor", __name__, url_prefix="/accesso")
HOW = {CodeCheck.RIGHT: How.CODE, CodeCheck.RECOVERY: How.RECOVERY}


@pages.route("/codice", methods=("GET", "POST"))
@policy.allow(policy.PUBLIC, policy.PUBLIC)
def code() -> str | Response:
    """The one-time code, after the first proof: right it lets in, else it is said what it was."""
    held = door.half()
    if held is None:
        return _again()
    account, _how, after = held
    error = ""
    if request.method == "POST":
        if door.is_closed(account.email):
            return render_template("security/code.html", error=door.told_to_wait())
        found = accounts().change(account, "second_factor.check",
                                  lambda s: second_factor.check(s, account.id, request.form.get("code", "")))
        if found in HOW:
            if found is CodeCheck.RECOVERY:
                flash(_("È stato usato un codice di riserva: da ora non vale più. Se il telefono è perso, toglierlo da "
                        "«Il mio accesso» e metterne un altro."), "warning")
            return door.enter(account, HOW[found], after)
        door.record(account.email, LoginOutcome.WRONG_CODE, How.CODE, account)
        error = said_of(found)
    return render_template("security/code.html", error=error)


@pages.route("/telefono", methods=("GET", "POST"))
@policy.allow(policy.PUBLIC, policy.PUBLIC)
def enrol() -> str | Response:
    """The square for the telephone and its first code; then the recovery codes, which are shown this once."""
    held = door.half()
    account = current_user._get_current_object() if current_user.is_authenticated else held[0] if held else None
    if account is None:
        return _again()
    with ScopedSession(office().database, system("accesso")) as reading:
        user = reading.require(User, account.id)
        if user.second_factor is None or user.second_factor.confirmed_at is not None:
            return redirect(url_for("own_access.index")) if current_user.is_authenticated else _again()
        address, secret = second_factor.address_of(user), user.second_factor.secret
    error = ""
    if request.method == "POST":
        found, codes = accounts().change(account, "second_factor.confirm", lambda s: second_factor.confirm(
            s, account.id, request.form.get("code", "")))
        if found is CodeCheck.RIGHT:
            return _confirmed(account, codes)
        error = said_of(found)  # a slip, and no attempt: whoever types has the square before them
    square = segno.make(address, error="m").svg_inline(scale=5, border=2, omitsize=True, dark="#17324D")
    return render_template("security/enrol.html", error=error, square=Markup(square),  # noqa: S704 - drawn here
                           secret=" ".join(secret[i:i + 4] for i in range(0, len(secret), 4)),
                           inside=current_user.is_authenticated)


def _confirmed(account: Account, codes: list[str]) -> str:
    door.record(account.email, LoginOutcome.FACTOR_SET, How.CODE, account)
    held, after = door.half(), url_for("own_access.index")
    if not current_user.is_authenticated and held:
        after = str(door.enter(account, How.CODE, held[2]).location)
    return render_template("security/recovery.html", codes=codes, after=after)


def _again() -> Response:
    flash(_("È passato troppo tempo: scrivere di nuovo indirizzo e password."), "warning")
    return redirect(url_for("security.login"))


def said_of(found: CodeCheck) -> str:
    """What a code that lets nobody in was found to be, and what to do."""
    return {
        CodeCheck.EXPIRED: _("Questo codice è scaduto: vale mezzo minuto. Scrivere quello che il telefono mostra ora; "
                             "se capita spesso, controllare che l'ora del telefono sia quella esatta."),
        CodeCheck.USED: _("Questo codice è già stato usato: ognuno vale una volta sola. Attendere il prossimo."),
    }.get(found) or _("Il codice non è giusto. Scrivere le sei cifre che il telefono mostra ora, o un codice di "
                      "riserva.")


def init_app(app: Flask) -> None:
    """The routes of the second factor."""
    app.register_blueprint(pages)
