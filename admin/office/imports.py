"""Imports: choose what, take the workbook, send it back, read the report row by row, confirm. Whole or nothing."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Response, abort, request, send_file, stream_template
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import HiddenField

from admin.guard import policy
from admin.guard.session import act, office, principal, today
from admin.web.acts import ActForm, act_form, file_of, needed_file
from admin.web.base_view import Page, small
from admin.web.forms import Sentence
from admin.web.sending import content_sent, new_key
from admin.web.words import said
from admin.web.workbooks import KINDS, XLSX
from core.ground.access import Role
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import answered, remember
from core.imports import rehearsal
from core.imports.beside import imports_of
from core.imports.operations import Import, ImportReport, confirmed, keep_upload, kept_upload, steps, unpacked
from core.imports.subjects import IMPORTS
from core.tables.workbook import workbook

IMPORTERS = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.ACCREDITATION)
SHOWN = 200
# where what was imported can be seen
LISTS = {
    "municipalities": "municipality.index_view", "contracts": "contract.index_view",
    "instalments": "instalment.index_view", "opening": "instalment.index_view", "providers": "provider.index_view",
    "usage": "usage_month.index_view",
}


class WorkbookForm(ActForm):
    """The workbook that was filled in, and the files that it names."""

    file = FileField(lazy_gettext("Modello compilato"), [Sentence()],
                     description=lazy_gettext("Il file .xlsx, fino a 20 MB. Per ora viene soltanto controllato: si "
                                              "registra dopo aver letto l'esito."))
    files = FileField(lazy_gettext("File dei contratti"),
                      description=lazy_gettext("Una cartella .zip con i file nominati nel modello. Il modello e la "
                                               "cartella insieme arrivano a 25 MB."))


class ImportForm(ActForm):
    """What was checked and is to be carried out: the result that was kept, and the files that it names."""

    result = HiddenField()
    files = HiddenField()


@dataclass
class Outcome:
    """What came of a check or an import: filled while the page is being sent."""

    report: ImportReport | None = None
    refusal: str = ""
    result: str = ""
    files_id: int | None = None
    done_before: bool = False


class Imports(Page):
    """Starting with what exists: for management; for accounting money, for the accreditation unit providers."""

    may_read = IMPORTERS
    may_write = IMPORTERS
    group = "house"

    @expose("/")
    def index(self) -> str:
        """What can be imported, in the order in which one begins."""
        mine = [kind for kind in all_imports().values() if is_mine(kind)]
        return self.render("office/imports/index.html", kinds=mine,
                           compares=policy.may(principal(), "ipa.index"))

    @expose("/<what>/modello.xlsx")
    def template(self, what: str) -> Response:
        """The workbook to fill in."""
        kind = self._kind(what)
        return send_file(BytesIO(workbook(kind.sheets)), mimetype=KINDS[XLSX], as_attachment=True,
                         download_name=f"patto-{kind.name}.xlsx", max_age=0)

    @expose("/<what>/", methods=("GET", "POST"))
    def upload(self, what: str) -> str | Response:
        """Send the workbook: it is checked to the last row, and nothing is written yet."""
        kind = self._kind(what)
        form = act_form(WorkbookForm)
        if not kind.with_files:
            del form.files
        if request.method == "POST" and form.validate():
            with form.blaming():
                return self._page(kind, *_begun(lambda outcome: _checking(kind, form, outcome)))
        return self.render("office/imports/upload.html", kind=kind, form=form)

    @expose("/<what>/conferma", methods=("GET", "POST"))
    def confirm(self, what: str) -> str | Response:
        """Carry out what was checked, as it was checked; sent twice, it is done once."""
        kind = self._kind(what)
        form = act_form(ImportForm)
        if request.method != "POST" or not form.result.data:
            abort(404)
        with form.blaming():
            key, content = f"import.apply {form.request_key.data or ''}", content_sent()
            return self._page(kind, *_begun(lambda outcome: _confirming(
                kind, form.result.data, small(form.files.data or ""), key, content, outcome)))
        return self.render("office/imports/upload.html", kind=kind, form=form)

    def _kind(self, what: str) -> Import:
        kind = all_imports().get(what)
        if kind is None or not is_mine(kind):
            abort(404)
        return kind

    def _page(self, kind: Import, outcome: Outcome, progress: Any) -> Response:
        """A page that is sent while the work goes on: how far it is, then the report."""
        form = ImportForm(request_key=new_key())
        lists = LISTS.get(kind.name)
        answer = Response(stream_template(
            "office/imports/report.html",
            kind=kind, outcome=outcome, progress=progress, form=form, said=said, shown=SHOWN,
            admin_view=self, admin_base_template="web/base.html",
            seen_at=lists if lists and policy.may(principal(), lists) else None))
        answer.call_on_close(progress.close)  # who goes away halfway leaves nothing behind, and no lock
        return answer


def all_imports() -> dict[str, Import]:
    """The imports in the order in which one begins, then those of the plugins."""
    return {**IMPORTS, **imports_of(office().database)}


def is_mine(kind: Import) -> bool:
    """True if who asks may do this import."""
    return principal().has(*kind.roles)


Progress = Generator[tuple[int, int], None, None]


def _begun(work: Any) -> tuple[Outcome, Any]:
    """Do the work up to its first step, so that a file that cannot be read is refused on the form."""
    outcome = Outcome()
    going = work(outcome)
    first = next(going, None)

    def progress() -> Progress:
        if first is not None:
            yield first
        try:
            yield from going
        except RuleBroken as error:
            outcome.refusal = said(error)

    return outcome, progress()


def _checking(kind: Import, form: Any, outcome: Outcome) -> Progress:
    """Keep the files that were sent, then rehearse."""
    sent, packed = needed_file(form.file), file_of(form.files) if "files" in form else None
    with act("import.check") as session:
        files: Mapping[str, bytes] = {}
        if packed:
            files = unpacked(packed.content)
        going = steps(session, kind, sent.content, files=files, today=today(), rehearse=True)
        yield next(going)  # it can be read: now it is worth keeping
        keep_upload(session, kind, sent)
        if packed:
            outcome.files_id = keep_upload(session, kind, packed).id
        outcome.report = yield from going
        if outcome.report.result is not None:
            outcome.result = rehearsal.keep(outcome.report.result, session.files)


def _confirming(kind: Import, name: str, files_id: int | None, key: str, content: str, outcome: Outcome) -> Progress:
    """Write what the check came to, once for each key."""
    with act("import.apply") as session:
        if answered(session, key, content) is not None:
            outcome.done_before = True
            return
        result = rehearsal.kept(name, kind.name, session)
        files = unpacked(kept_upload(session, files_id).content) if files_id else {}
        report = yield from confirmed(session, kind, result, files=files, today=today())
        remember(session, key, _("%(count)s righe", count=len(report.rows)), content)
    outcome.report = report  # only now is it written
    rehearsal.forget(name, session.files)


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [Imports(lazy_gettext("Importa"), endpoint="imports", url="importa")]
