"""Requirement sets: which hold, each as a tree, and a new one or a new edition from a file that is checked first.

The file is the readable one or a workbook; what is written in the browser stands in ``set_drafts``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, cast

from flask import abort, flash, redirect, request, send_file
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import HiddenField

from admin.accreditation.passages import ratio_words
from admin.accreditation.views import READERS
from admin.guard import policy
from admin.guard.session import db, today
from admin.web.acts import ActForm, act_form, attempt, needed_file
from admin.web.base_view import Act, BaseView, Begin, Filter
from admin.web.formats import day, euro
from admin.web.forms import Sentence
from admin.web.searching import worded
from admin.web.workbooks import KINDS, XLSX
from admin.wording import labels
from core.accreditation import rules, set_terms, sets
from core.accreditation.model import Accreditation, Requirement, RequirementDraft, RequirementSet
from core.accreditation.rules import Node
from core.accreditation.set_content import Read
from core.accreditation.set_files import MAX_BYTES, data_of, read, to_toml
from core.accreditation.set_terms import Window
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.imports.requirement_sets import read_set, set_workbook
from core.providers.model import UnitType

MOST_SHOWN = 200
TOML, ZIPPED = "toml", b"PK\x03\x04"


class SetFileForm(ActForm):
    """The file, or the text of one that was checked."""

    file = FileField(lazy_gettext("File dei requisiti"), [Sentence()], render_kw={"accept": ".toml,.xlsx"},
                     description=lazy_gettext("Una cartella di Excel (.xlsx) o un file .toml. Per ora viene soltanto "
                                              "controllato: si registra dopo aver letto l'esito."))


class SetTextForm(ActForm):
    """The text that was checked."""

    content = HiddenField(validators=[Sentence()])


class RequirementSets(BaseView):
    """What is asked of a unit, as dated data: read by all who see procedures, imported by the accreditation unit."""

    may_read = READERS
    may_write = policy.ACCREDITATION
    group = "accreditation"
    aside = True
    title = lazy_gettext("Requisiti")
    lead = lazy_gettext("Che cosa si chiede a un'unità, per tipo e dal giorno in cui vale. Un'edizione nuova prende il "
                        "posto della precedente alla sua data; i procedimenti in corso tengono la loro.")
    empty = lazy_gettext("Nessun insieme di requisiti è ancora registrato: la direzione ne prende dagli insiemi di "
                         "partenza (Per cominciare), oppure ne importa uno.")
    begins = (
        Begin(lazy_gettext("Nuovo insieme"), "requirement_draft.new_view"),
        Begin(lazy_gettext("Importa i requisiti"), ".import_view", "secondary"),
    )
    list_template = "accreditation/sets.html"
    details_template = "accreditation/set.html"
    column_list = ("title", "unit_types", "edition", "valid_from", "verified")
    shown = {
        "unit_types": "type_names",
        "verified": lambda row: _("verificata") if row.verified else _("da verificare"),
    }
    column_labels = {"title": lazy_gettext("Requisiti"), "verified": lazy_gettext("Fonte")}
    searched = (worded,)
    filtered = (
        Filter("valgono", lazy_gettext("Quali"), lambda: [("oggi", _("che valgono oggi"))],
               lambda _value: RequirementSet.id.in_(_in_force())),
    )
    load = (selectinload(RequirementSet.requirements),)
    left_out = frozenset()
    numeric = frozenset()

    def name_of(self, row: RequirementSet) -> str:
        """Title and edition."""
        return str(row)

    def where_it_stands(self, row: RequirementSet) -> str:
        """From when it holds, and whether its source is verified."""
        told = _("Vale dal %(first)s al %(last)s.", first=day(row.valid_from), last=day(row.valid_to)) \
            if row.valid_to else _("Vale dal %(first)s.", first=day(row.valid_from))
        if row.id not in _in_force():
            told += " " + _("Oggi vale un'altra edizione, o non vale ancora.")
        return told if row.verified else told + " " + _("La fonte è da verificare.")

    @staticmethod
    def type_names(row: RequirementSet) -> str:
        """The unit types that a set serves, by name."""
        codes = row.unit_types.split(",")
        named = select(UnitType.code, UnitType.name).where(UnitType.code.in_(codes)).order_by(UnitType.valid_from)
        names = {row.code: row.name for row in db().execute(named)}
        return ", ".join(names.get(code, code) for code in codes)

    def acts(self, row: RequirementSet) -> list[Act]:
        """A new edition."""
        if not self.may_change():
            return []
        return [Act(_("Prepara un'edizione nuova"), self.get_url("requirement_draft.new_view", da=row.id),
                    tint="primary"),
                Act(_("Importa un'edizione nuova"), self.get_url(".import_view")),
                Act(_("Scarica in Excel"), self.get_url(".file_view", id=row.id, formato=XLSX)),
                Act(_("Scarica il file"), self.get_url(".file_view", id=row.id, formato=TOML))]

    def context(self, row: RequirementSet) -> dict[str, Any]:
        """The tree, the terms, the figures, how many procedures use it."""
        used = db().scalar(select(func.count(Accreditation.id)).where(Accreditation.set_id == row.id)) or 0
        return {
            "windows": [window_words(window) for window in set_terms.windows(row.windows)],
            "service_words": service_words,
            "tree": rules.tree(row.requirements), "types": self.type_names(row), "used": used,
            "figure": lambda asked: rule_words(row.measures, asked),
            "monitored": lambda asked: ", ".join(
                str(labels.choice("monitoring", "kind", kind)).lower() for kind in asked.monitored.split(",") if kind),
            "kinds": ", ".join(str(labels.choice("monitoring", "kind", kind)).lower()
                               for kind in row.monitoring.split(",") if kind),
            "editions": db().scalars(select(RequirementSet).where(RequirementSet.code == row.code).order_by(
                RequirementSet.edition.desc())).all(),
        }

    @expose("/file/")
    def file_view(self) -> Response:
        """A set as a workbook or as its readable file; without one, the empty workbook."""
        row = self.get_one(request.args.get("id")) if request.args.get("id") else None
        kind = request.args.get("formato", XLSX)
        if kind not in (XLSX, TOML) or (row is None and kind == TOML):
            abort(404)
        content = set_workbook(row) if kind == XLSX or row is None else to_toml(data_of(row)).encode()
        name = f"requisiti-{row.code}-{row.edition}" if row is not None else "requisiti"
        return send_file(BytesIO(content), mimetype=KINDS.get(kind, "application/toml"), as_attachment=True,
                         download_name=f"{name}.{kind}", max_age=0)

    def drafts(self) -> Sequence[RequirementDraft]:
        """What is being written in the browser, the last one first: above the list, for who writes."""
        if not self.may_change():
            return []
        return db().scalars(select(RequirementDraft).order_by(RequirementDraft.id.desc()).limit(50)).all()

    # --- the import -------------------------------------------------------------------------------------------

    @expose("/importa/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION, policy.ACCREDITATION)
    def import_view(self) -> str:
        """Send the file: it is checked to the last line, and nothing is written yet."""
        form = act_form(SetFileForm)
        if request.method != "POST" or not form.validate():
            return self.render("accreditation/set_upload.html", form=form)
        content = needed_file(form.file).content
        try:
            found, text = read_set(content) if content.startswith(ZIPPED) else _read_text(content)
        except RuleBroken as error:
            form.blame(error)
            return self.render("accreditation/set_upload.html", form=form)
        unknown = sets.unknown_types(db(), found) if found.is_clean else []
        confirm = SetTextForm(content=text, request_key=form.request_key.data)
        return self._report(found, unknown, confirm)

    @expose("/registra/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION, policy.ACCREDITATION)
    def confirm_view(self) -> str | Response:
        """Carry out what was checked; sent twice, it is done once."""
        if request.method != "POST":
            return redirect(self.get_url(".import_view"))
        form = act_form(SetTextForm)
        content = (form.content.data or "").encode()

        def work(session: ScopedSession) -> int:
            return sets.add_set(session, content, today=today()).id

        answer = attempt("requirement_set.add", form, work)
        if answer is not None:
            flash(_("I requisiti sono registrati."), "success")
            return redirect(self.get_url(".details_view", id=int(answer)))
        found = read(content)
        return self._report(found, sets.unknown_types(db(), found) if found.is_clean else [], form)

    def _report(self, found: Read, unknown: list[str], form: SetTextForm) -> str:
        preview = preview_tree(found) if found.is_clean else []
        lines = [finding.values["line"] for finding in found.findings]
        in_order = all(isinstance(line, int) for line in lines)  # a workbook's stand in the order of its sheets
        findings = sorted(found.findings, key=lambda f: cast(int, f.values["line"])) if in_order else found.findings
        return self.render("accreditation/set_report.html", found=found, unknown=unknown, form=form,
                           findings=findings[:MOST_SHOWN], tree=preview,
                           figure=lambda asked: rule_words(found.facts["measures"], asked))


def _read_text(content: bytes) -> tuple[Read, str]:
    """A readable file, checked, and its text."""
    found = read(content[: MAX_BYTES + 1])
    return found, content.decode("utf-8-sig") if found.is_clean else ""


def window_words(window: Window) -> str:
    """A window in words."""
    first, last, by = window
    told = _("dal %(first)s al %(last)s", first=day(first), last=day(last))
    return told if by is None else told + ", " + _("la commissione decide entro il %(day)s", day=day(by))


def service_words(service: Mapping[str, Any]) -> str:
    """A service in words: what it costs, and for what."""
    unit = labels.CHOICES["tariff.measure"].get(service.get("unit", ""), "")
    return _("%(title)s: %(price)s, per %(unit)s", title=service.get("title", ""), unit=str(unit).lower(),
             price=euro(Decimal(service.get("price", 0))))


def _in_force() -> list[int]:
    """The ids of the sets that hold today: one for each type of unit."""
    everything = db().scalars(select(RequirementSet)).all()
    codes = {code for row in everything for code in row.unit_types.split(",")}
    held = (sets.in_force((row for row in everything if row.serves(code)), today()) for code in codes)
    return [row.id for row in held if row is not None]


def preview_tree(found: Read) -> tuple[Node, ...]:
    """The requirements of a file as a tree, before anything is written."""
    ids = {facts["code"]: number for number, facts in enumerate(found.requirements, 1)}
    rows = [Requirement(id=ids[facts["code"]], parent_id=ids.get(facts["parent"]),
                        **{name: value for name, value in facts.items() if name != "parent"})
            for facts in found.requirements]
    return rules.tree(rows)


def rule_words(measures: dict[str, Any], asked: Requirement) -> str:
    """What a numeric requirement counts, in words; empty for the others."""
    def title(code: str) -> str:
        return str(measures.get(code, {}).get("title", code))

    limit = _("senza un limite stabilito") if asked.limit is None else ratio_words(asked.limit)
    if asked.kind == "ratio":
        return _("%(measure)s, per ciascuno di «%(per)s»: al massimo %(limit)s", measure=title(asked.measure),
                 per=title(asked.per), limit=limit) if asked.limit is not None else \
            _("%(measure)s, per ciascuno di «%(per)s»: %(limit)s", measure=title(asked.measure), per=title(asked.per),
              limit=limit)
    if asked.kind == "at_least":
        return _("%(measure)s: almeno %(limit)s", measure=title(asked.measure), limit=limit) \
            if asked.limit is not None else f"{title(asked.measure)}: {limit}"
    if asked.kind == "at_most":
        return _("%(measure)s: al massimo %(limit)s", measure=title(asked.measure), limit=limit) \
            if asked.limit is not None else f"{title(asked.measure)}: {limit}"
    if asked.kind == rules.PAPER:
        return str(labels.CHOICES["provider_paper.kind"].get(asked.paper, asked.paper))
    return ""


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [RequirementSets(RequirementSet, lazy_gettext("Requisiti"), endpoint="requirement_set", url="requisiti")]
