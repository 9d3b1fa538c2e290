"""Who came in and who tried, and which files were taken: for the administrator, with what is asked at the door."""

from __future__ import annotations

from typing import Any

from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext
from sqlalchemy import ColumnElement
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import BaseView, Filter
from admin.web.forms import ManyField, picks
from admin.web.searching import named
from admin.wording import labels
from core.users import second_factor
from core.users.model import User
from core.users.operations import GIVEN
from core.users.records import FAILED, DownloadRecord, LoginOutcome, LoginRecord


def typed(entity: Any, term: str, _walking: bool) -> ColumnElement[bool]:
    """By the address that was typed, or where it came from."""
    found: ColumnElement[bool] = entity.email.icontains(term, autoescape=True) | (entity.address == term)
    return found


def by_file(entity: Any, term: str, _walking: bool) -> ColumnElement[bool]:
    """By the name of the file."""
    found: ColumnElement[bool] = entity.file_name.icontains(term, autoescape=True)
    return found


OUTCOMES: dict[str, tuple[LoginOutcome, ...]] = {
    "riusciti": (LoginOutcome.ENTERED, LoginOutcome.LEFT),
    "falliti": (*FAILED, LoginOutcome.CLOSED, LoginOutcome.DISABLED, LoginOutcome.REFUSED),
    "cambi": (LoginOutcome.PASSWORD_SET, LoginOutcome.FACTOR_SET, LoginOutcome.FACTOR_REMOVED,
              LoginOutcome.FACTOR_RESET),
}


class RolesForm(ActForm):
    """The roles of which a second factor is asked."""

    roles = ManyField(lazy_gettext("Ruoli"), choices=lambda: picks(
        (role.value, labels.ROLES[role.value]) for role in sorted(GIVEN)))


class LoginView(BaseView):
    """The log-ins, newest first."""

    may_read = policy.ADMINISTRATOR
    may_write = policy.ADMINISTRATOR
    group = "house"
    lead = lazy_gettext("Chi è entrato e chi ha provato, quando, da dove e come. Le righe non si cambiano, e si "
                        "cancellano da sole quando lo dice la regola di conservazione.")
    list_template = "office/accesses.html"
    can_view_details = False
    newest_first = True
    column_list = ("at", "person", "outcome", "how", "address", "browser", "note")
    column_labels = {"person": lazy_gettext("Persona")}
    shown = {"at": lambda row: formats.moment(row.at), "person": lambda row: formats.shown(
                 row.user.name if row.user else row.email),
             "outcome": lambda row: formats.badge("login_record", row.outcome)}
    searched = (typed, named(LoginRecord.user_id, User.id))
    filtered = (
        Filter("esito", lazy_gettext("Esito"), lambda: [
            ("riusciti", _("riusciti")), ("falliti", _("falliti o respinti")), ("cambi", _("password e verifica"))],
            lambda value: LoginRecord.outcome.in_(OUTCOMES[value])),
    )
    load = (joinedload(LoginRecord.user),)

    @expose("/verifica/", methods=("GET", "POST"))
    @policy.allow(policy.ADMINISTRATOR, policy.ADMINISTRATOR)
    def roles_view(self) -> str | Response:
        """Of which roles a second factor is asked."""
        form = act_form(RolesForm, roles=sorted(second_factor.asked_of(db())))
        page = ActPage(_("Verifica in due passaggi"), _("Registra"), self.get_url(".index_view"), str(self.name), [
            _("Chi ha uno dei ruoli scelti non entra con la sola password: serve anche il codice del telefono."),
            _("Chi non l'ha ancora preparata esce subito, e la prepara entrando di nuovo: basta il telefono."),
            _("Chi non ha un ruolo scelto può attivarla da sé, da «Il mio accesso».")])
        return carry_out(self, "second_factor.roles", form, page, lambda session: second_factor.ask_of(
            session, form.roles.data), done=told_outside)


def told_outside(count: str) -> str:
    """What was done, and how many must prepare their telephone."""
    return _("Registrato.") + " " + (ngettext(
        "%(num)s persona prepara la verifica al prossimo ingresso.",
        "%(num)s persone preparano la verifica al prossimo ingresso.", int(count)) if int(count) else "")


class DownloadView(BaseView):
    """The files that were taken, newest first."""

    may_read = policy.ADMINISTRATOR
    group = "house"
    in_menu = False
    title = lazy_gettext("Documenti scaricati")
    lead = lazy_gettext("Chi ha scaricato quale file, e quando.")
    can_view_details = False
    newest_first = True
    column_list = ("at", "person", "file_name")
    column_labels = {"person": lazy_gettext("Persona")}
    shown = {"at": lambda row: formats.moment(row.at),
             "person": lambda row: formats.shown(row.user.name if row.user else "")}
    searched = (by_file, named(DownloadRecord.user_id, User.id))
    load = (joinedload(DownloadRecord.user),)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [LoginView(LoginRecord, lazy_gettext("Accessi"), endpoint="login_record", url="accessi"),
            DownloadView(DownloadRecord, lazy_gettext("Documenti scaricati"), endpoint="download_record",
                         url="scaricati")]
