"""One's own access: the password, the second factor, when and from where one came in, which files one took."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from werkzeug.wrappers import Response
from wtforms import StringField

from admin.guard import door, policy
from admin.guard.accounts import Account, accounts
from admin.guard.second_factor import HOW, said_of
from admin.guard.session import db, office
from admin.web.base_view import Page
from admin.web.forms import PageForm, Sentence
from admin.wording import labels
from core.ground.access import ScopedSession, system
from core.users import logins, second_factor
from core.users.model import SecondFactor
from core.users.records import How, LoginOutcome

MOST = 20


class CodeForm(PageForm):
    """What proves that the telephone is still in the same hands."""

    code = StringField(lazy_gettext("Codice"), validators=[Sentence()],
                       description=lazy_gettext("Le sei cifre che mostra ora il telefono, o un codice di riserva."),
                       render_kw={"autocomplete": "one-time-code"})


def sent_code() -> CodeForm:
    """The form of a code: empty, or as it was sent."""
    return CodeForm(request.form or None)


class OwnAccess(Page):
    """What a person sees and does of their own access."""

    may_read = policy.LOGGED_IN
    may_write = policy.LOGGED_IN
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """The second factor, the last log-ins, the last files."""
        account: Account = current_user._get_current_object()
        with ScopedSession(office().database, system("accesso proprio")) as reading:
            factor = reading.get(SecondFactor, account.id)
            confirmed = factor.confirmed_at if factor is not None else None
            must = account.principal.has(*second_factor.asked_of(reading))
            left = second_factor.left(reading, account.id)
        return self.render(
            "office/own_access.html", title=_("Il mio accesso"), email=account.email, confirmed=confirmed, must=must,
            left=left, most=MOST, downloads=logins.own(db(), logins.OWN_DOWNLOADS, MOST),
            logins=[(at, outcome, labels.choice("login_record", "how", how), address, browser)
                    for at, outcome, how, address, browser in logins.own(db(), logins.OWN_LOGINS, MOST)])

    @expose("/verifica/", methods=("POST",))
    @policy.allow(policy.NOBODY, policy.LOGGED_IN)
    def begin_view(self) -> Response:
        """Begin to set the second factor up."""
        door.begin_factor(current_user._get_current_object())
        return redirect(url_for("second_factor.enrol"))

    @expose("/codici/", methods=("GET", "POST"))
    def codes_view(self) -> str | Response:
        """New recovery codes in place of those from before."""
        account, form = current_user._get_current_object(), sent_code()
        if self._proved(account, form):
            codes = accounts().change(account, "second_factor.codes",
                                      lambda s: second_factor.renew_recovery(s, account.id))
            return render_template("security/recovery.html", codes=codes, after=self.get_url(".index"))
        return self._asked(form, _("Nuovi codici di riserva"), _("Prepara nuovi codici"))

    @expose("/telefono/", methods=("GET", "POST"))
    def telephone_view(self) -> str | Response:
        """Another telephone: the one from before is taken away first."""
        account, form = current_user._get_current_object(), sent_code()
        if self._proved(account, form):
            self._remove(account)
            door.begin_factor(account)
            return redirect(url_for("second_factor.enrol"))
        return self._asked(form, _("Cambia telefono"), _("Togli questo e prepara l'altro"))

    @expose("/togli/", methods=("GET", "POST"))
    def remove_view(self) -> str | Response:
        """No second factor any more, for who need not have one."""
        account, form = current_user._get_current_object(), sent_code()
        if account.principal.has(*second_factor.asked_of(db())):
            abort(403)
        if self._proved(account, form):
            self._remove(account)
            flash(_("La verifica in due passaggi è tolta: per entrare basta la password."), "success")
            return redirect(self.get_url(".index"))
        return self._asked(form, _("Togli la verifica in due passaggi"), _("Togli la verifica"))

    def _proved(self, account: Account, form: Any) -> bool:
        """True if the form was sent with a code that counts; else the form says why not."""
        if request.method != "POST" or not form.validate():
            return False
        if door.is_closed(account.email):
            form.code.errors = [door.told_to_wait()]
            return False
        found = accounts().change(account, "second_factor.check",
                                  lambda s: second_factor.check(s, account.id, form.code.data))
        if found not in HOW:
            door.record(account.email, LoginOutcome.WRONG_CODE, How.CODE, account)
            form.code.errors = [said_of(found)]
        return found in HOW

    def _remove(self, account: Account) -> None:
        accounts().change(account, "second_factor.remove", lambda s: second_factor.remove(s, account.id))
        door.record(account.email, LoginOutcome.FACTOR_REMOVED, How.CODE, account)

    def _asked(self, form: Any, heading: str, verb: str) -> str:
        shown: str = self.render("web/form.html", form=form, heading=heading, verb=verb,
                                 back=self.get_url(".index"), sections=((None, ("code",)),))
        return shown


def views() -> list[Page]:
    """The views of this module, for the menu."""
    return [OwnAccess(lazy_gettext("Il mio accesso"), endpoint="own_access", url="mio-accesso")]
