"""The letters that rows of plugins can have: what each will say and to whom, and those that were prepared."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, redirect, url_for
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from admin.cases.diary import file_url
from admin.cases.views import CASE
from admin.guard import policy
from admin.guard.session import db, today
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Page
from admin.web.remarks import remark
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.plugins import letters


class PluginLetters(Page):
    """The letters of a row of a plugin."""

    may_read = policy.MANAGEMENT
    may_write = policy.MANAGEMENT
    in_menu = False

    @expose("/")
    def index(self) -> Response:
        """There is no list of all letters: each row has its own."""
        return redirect(self.get_url("admin.index"))

    @expose(f"/{CASE}/")
    def case_view(self, subject: str, subject_id: int) -> str:
        """Those that the row can have, each to its addressee; those that there are."""
        case, back = _case(subject, subject_id)
        offers = [(_(kind.title), str(letters.addressee_of(db(), written)), self.get_url(
            ".letter_view", subject=subject, subject_id=subject_id, letter=f"{kind.code}-{written.addressee_id}"))
            for loaded, kind in letters.kinds_of(db(), subject)
            for written in letters.offers(db(), (loaded, kind), subject_id, today())]
        ready = [(document, file_url(document.id, subject)) for document in letters.prepared(db(), subject, subject_id)]
        return self.render("office/plugin_letters.html", case=case, back=back, offers=offers, ready=ready)

    @expose(f"/{CASE}/<letter>", methods=("GET", "POST"))
    def letter_view(self, subject: str, subject_id: int, letter: str) -> str | Response:
        """Read what a letter will say, and prepare it."""
        case, _back = _case(subject, subject_id)
        code, _dash, digits = letter.rpartition("-")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
            abort(404)
        found = letters.kind_called(db(), subject, code)
        written = next((one for one in letters.offers(db(), found, subject_id, today())
                        if one.addressee_id == int(digits)), None)
        if written is None:
            abort(404)
        page = ActPage(_(found[1].title), _("Prepara la lettera"),
                       self.get_url(".case_view", subject=subject, subject_id=subject_id), case)
        try:
            draft, stops = letters.draft(db(), written, today()), ""
        except RuleBroken as error:
            draft, stops = None, remark(error)
        blocks = [(type(block).__name__, block) for block in letters.shown(draft)] if draft else []

        def work(session: ScopedSession) -> str:
            return str(letters.prepare(session, subject, code, subject_id, int(digits), today=today()).id)

        form: Any = act_form(ActForm)
        return carry_out(self, "plugin_letter.prepare", form, page, work, done=_("La lettera è pronta."),
                         template="office/plugin_letter.html", blocks=blocks, stops=stops)


def _case(subject: str, key: int) -> tuple[str, str]:
    """What a row of a plugin is called, and its page. 404 for a table without letters, and for no row."""
    view = next((one for one in current_app.extensions["admin"][0]._views if one.endpoint == subject), None)
    if view is None or not letters.kinds_of(db(), subject):
        abort(404)
    return str(view.name_of(view.get_one(str(key)))), url_for(f"{subject}.details_view", id=key)


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [PluginLetters(lazy_gettext("Lettere dei servizi"), endpoint="plugin_letters", url="lettere-servizi")]
