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
from admin.guard.session import act, db
from admin.web.acts import ActForm, act_form, needed_file
from admin.web.base_view import Page, small
from admin.web.forms import Sentence
from admin.web.remarks import remark
from admin.web.sending import attempt
from admin.wording import labels
from core.documents.operations import keep
from core.ground.files import Upload
from core.imports import ipa
from core.imports.operations import KEPT, kept_upload


class IndexForm(ActForm):
    """The file of the index."""

    file = FileField(lazy_gettext("File degli enti"), [Sentence()], description=lazy_gettext(
        "Il file .csv degli enti, scaricato dai dati aperti dell'Indice delle pubbliche amministrazioni. Per ora viene "
        "soltanto confrontato."))


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
                ipa.read(sent.content)
                kept = keep(session, Upload("indice.csv", sent.content), kind=KEPT, subject="municipality",
                            folder="documents/imports/ipa")
                session.flush()
                return redirect(self.get_url(".compared_view", file=kept.id))
        return self.render("office/ipa.html", form=form, compared=False)

    @expose("/confronto/", methods=("GET", "POST"))
    def compared_view(self) -> str | Response:
        """The differences; those that are ticked are taken over."""
        key = small(request.values.get("file") or request.form.get("file_id"))
        if key is None:
            abort(404)
        rows = ipa.read(kept_upload(db(), key).content)
        form, chosen = act_form(IndexChoiceForm, file_id=key), request.form.getlist("chosen")
        done = attempt("ipa.accept", form, lambda session: len(ipa.accept(session, rows, chosen)), knows=True)
        if done is not None:
            flash(ngettext("%(num)s dato è registrato.", "%(num)s dati sono registrati.", int(done)), "success")
            return redirect(self.get_url(".compared_view", file=key))
        proposals, remarks = ipa.compared(db(), rows)
        return self.render("office/ipa.html", form=form, compared=True, chosen=chosen, proposals=proposals,
                           remarks=[remark(one) for one in remarks], label=_label)


def _label(field: str) -> Any:
    return labels.column("municipality", field)


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [Index(lazy_gettext("IndicePA"), endpoint="ipa", url="indice-pa")]
