"""IndicePA beside what is registered: the differences, each taken over only by somebody's yes."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import lazy_gettext, ngettext
from flask_wtf.file import FileField
from werkzeug.wrappers import Response
from wtforms import HiddenField

from admin.guard import policy
from admin.guard.session import act, db, today
from admin.web.acts import ActForm, act_form, needed_file
from admin.web.base_view import Page, small
from admin.web.forms import Sentence
from admin.web.remarks import remark
from admin.web.sending import attempt
from admin.wording import labels
from core.imports import ipa, ipa_bodies
from core.imports.operations import kept_upload
from core.parties import index

MOST_LETTERS = 80  # of a name that is looked for


class IndexForm(ActForm):
    """The file of the index."""

    file = FileField(lazy_gettext("File degli enti"), [Sentence()], description=lazy_gettext(
        "Il file degli enti (.csv, .txt o .xlsx), scaricato dai dati aperti dell'Indice delle pubbliche "
        "amministrazioni. Per ora viene soltanto confrontato."))


class IndexChoiceForm(ActForm):
    """What is taken over of the file that was compared."""

    file_id = HiddenField()


class Index(Page):
    """Bring the file, look at what it says otherwise, tick what is right."""

    may_read = policy.MANAGEMENT
    may_write = policy.MANAGEMENT
    group = "house"
    in_menu = False  # it is reached from the imports, beside which it stands

    @expose("/", methods=("GET", "POST"))
    def index(self) -> str | Response:
        """Send the file: it is compared, and kept until somebody has chosen."""
        form = act_form(IndexForm)
        if request.method == "POST" and form.validate():
            sent = needed_file(form.file)
            with form.blaming(), act("ipa.compare") as session:
                kept, _rows = ipa.keep_index(session, sent.content, today=today())
                return redirect(self.get_url(".compared_view", file=kept.id))
        return self.render("office/ipa.html", form=form, compared=False, read_on=index.last_read(db()))

    @expose("/confronto/", methods=("GET", "POST"))
    def compared_view(self) -> str | Response:
        """The differences; those that are ticked are taken over."""
        key, rows = _kept()
        form, chosen = act_form(IndexChoiceForm, file_id=key), request.form.getlist("chosen")
        done = attempt("ipa.accept", form, lambda session: len(ipa.accept(session, rows, chosen)), knows=True)
        if done is not None:
            flash(ngettext("%(num)s dato è registrato.", "%(num)s dati sono registrati.", int(done)), "success")
            return redirect(self.get_url(".compared_view", file=key))
        proposals, remarks = ipa.compared(db(), rows)
        return self.render("office/ipa.html", form=form, compared=True, chosen=chosen, proposals=proposals,
                           remarks=[remark(one) for one in remarks], label=_label)

    @expose("/nuovi/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Bodies of the file that are not registered: looked for, and registered by one yes."""
        key, rows = _kept()
        form, text = act_form(IndexChoiceForm, file_id=key), request.values.get("cerca", "").strip()[:MOST_LETTERS]
        chosen = {code: kind for code, kind in zip(request.form.getlist("code"), request.form.getlist("kind"),
                                                   strict=False) if kind}
        done = attempt("ipa.add", form, lambda session: ipa_bodies.add(session, rows, chosen), knows=True)
        if done is not None:
            flash(ngettext("%(num)s ente è registrato.", "%(num)s enti sono registrati.", int(done)), "success")
            return redirect(self.get_url(".new_view", file=key))
        found = ipa_bodies.search(db(), rows, text)
        return self.render("office/ipa_new.html", form=form, text=text, chosen=chosen, file=key, found=[
            (row, ipa_bodies.seat(row), [remark(one) for one in ipa.doubts(row)],
             [(kind, _kind(kind)) for kind in ipa_bodies.kinds_of(row)]) for row in found])


def _kept() -> tuple[int, list[ipa.IndexRow]]:
    """The file that the address or the form names, with its rows; 404 for none."""
    key = small(request.values.get("file") or request.form.get("file_id"))
    if key is None:
        abort(404)
    return key, ipa.read(kept_upload(db(), key).content)


def _kind(kind: str) -> Any:
    form = kind in ipa_bodies.FORMS
    return labels.choice("municipality" if form else "body", "form" if form else "kind", kind)


def _label(field: str) -> Any:
    return labels.column("municipality", field)


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [Index(lazy_gettext("IndicePA"), endpoint="ipa", url="indice-pa")]
