"""Operational sheets: their texts, and the part that a service's plugin adds, in one form."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from admin.catalogue.plugin_fields import PluginPart
from admin.catalogue.remarks import sheet_remarks
from admin.guard import policy
from admin.guard.session import db, office, today
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.fields import line_field
from admin.web.forms import NumberField, PageForm, Sentence
from admin.web.remarks import remarks_for
from admin.web.searching import worded
from admin.web.sending import KeyedForm, attempt, new_key
from core.catalogue import operations, sheets
from core.catalogue.model import OperationalSheet, Service
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken

WITHOUT_COST = OperationalSheet.cost_to_user == ""


class EditionForm(KeyedForm):
    """The year of the new edition."""

    edition = NumberField(lazy_gettext("Anno della nuova edizione"), validators=[Sentence()],
                          description=lazy_gettext("I testi e i dati si copiano da questa edizione, che resta com'è."))


class SheetForm(ActForm):
    """The sheet of a service that has none."""

    title = line_field(lazy_gettext("Titolo"))
    edition = NumberField(lazy_gettext("Edizione"), validators=[Sentence()], description=lazy_gettext(
        "L'anno da cui vale: i contratti di quell'anno e dei seguenti la portano in allegato."))


class SheetView(BaseView):
    """The sheets by edition: what is promised, to whom, at which cost (R31-R33)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    title = lazy_gettext("Schede operative")
    lead = lazy_gettext("Che cosa promette ogni servizio, a chi e a quale costo: le schede si allegano ai contratti.")
    can_edit = True
    details_template = "catalogue/sheet.html"
    edit_template = "catalogue/sheet_form.html"
    column_list = ("title", "edition", "services", "cost_to_user", "plugin")
    column_labels = {"title": lazy_gettext("Scheda"), "cost_to_user": lazy_gettext("Costo per l'utenza"),
                     "plugin": lazy_gettext("Dati propri")}
    shown = {
        "services": lambda row: formats.shown([s.title for s in row.services]),
        "cost_to_user": lambda row: formats.badge(row, "complete" if row.cost_to_user else "incomplete"),
        "plugin": lambda row: formats.yes_no(bool(row.plugin)),
    }
    sorted_by = {"title": OperationalSheet.title}
    searched = (worded,)
    filtered = (
        Filter("edizione", lazy_gettext("Edizione"), lambda: editions(),
               lambda value: OperationalSheet.edition == int(value)),
        Filter("costo", lazy_gettext("Costo per l'utenza"), lambda: [("1", _("indicato")), ("0", _("mancante"))],
               lambda value: WITHOUT_COST if value == "0" else ~WITHOUT_COST),
    )
    load = (selectinload(OperationalSheet.services),)
    form_sections = (
        (lazy_gettext("Testi"), ("title", "mission", "definitions", "activities", "recipients", "cost_to_user",
                                 "protocol", "tools", "joint_management", "notes")),
    )
    # the source's own remarks are facts of the import; data and labels have the plugin's part of the form
    left_out = frozenset({"id", "version", "code", "edition", "coverage", "pasted_mission", "mission_origin", "source",
                          "plugin", "schema_version", "data", "labels"})
    on_records = {"edition_view": lazy_gettext("Nuova edizione")}

    def state_of(self, row: OperationalSheet) -> str:
        """Complete with its cost line, or to be completed."""
        return "complete" if row.cost_to_user else "incomplete"

    def where_it_stands(self, row: OperationalSheet) -> str:
        """Edition and services in words."""
        names = ", ".join(service.title for service in row.services) or _("nessun servizio")
        return _("Edizione %(year)s. Descrive: %(names)s.", year=row.edition, names=names)

    def acts(self, row: OperationalSheet) -> list[Act]:
        """A new edition is the way to change a sheet for next year."""
        return [self.button("edition_view", row)] if self.may_change() else []

    def context(self, row: OperationalSheet) -> dict[str, Any]:
        """The sheet as the annex prints it, and the remarks on it."""
        registry = office().registry
        plugin = registry.get(row.plugin or "")
        try:
            blocks, trouble = sheets.blocks_of(row, plugin, operations.municipality_names(db())), None
        except RuleBroken as error:
            blocks, trouble = sheets.blocks_of(row, None), error
        return {"blocks": [(type(block).__name__, block) for block in blocks], "trouble": trouble,
                "unloaded": bool(row.plugin and plugin is None),
                "remarks": remarks_for(lambda: sheet_remarks(db(), row, registry, today()))}

    def _form_page(self, form: PageForm, row: Any, **shown: Any) -> str:
        """With the plugin's fields, as they were typed or are kept."""
        part = PluginPart.of(row, office().registry)
        return super()._form_page(
            form, row, part=part.shown(row, request.form if request.method == "POST" else None) if part else [],
            municipalities=operations.municipality_names(db()) if part else {})

    def update(self, session: ScopedSession, row: OperationalSheet, version: int, facts: dict[str, Any]) -> Any:
        """See the operation; the plugin's part comes as it was typed, the core reads it."""
        part = PluginPart.of(row, office().registry)
        data = part.posted(request.form) if part else None
        return operations.edit_sheet(session, row.id, changes=facts, data=data, version=version,
                                     registry=office().registry)

    @expose("/nuova/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def new_view(self) -> str | Response:
        """Begin the sheet of a service that has none (``?servizio=3``), then write its texts."""
        key = small(request.args.get("servizio"))
        service = None if key is None else db().get(Service, key)
        if service is None:
            abort(404)
        back = self.get_url("service.details_view", id=service.id)
        form = act_form(SheetForm, title=service.title, edition=small(request.args.get("anno")) or today().year)
        page = ActPage(_("Scrivi la scheda di «%(service)s»", service=service.title), _("Comincia la scheda"), back,
                       service.title, [_("Nasce una scheda senza testi: si scrivono nella pagina che segue."),
                                       _("Un contratto che conferisce il servizio si firma quando la scheda dice "
                                         "almeno la missione o le attività.")])
        return carry_out(self, "sheet.new", form, page, lambda session: operations.new_sheet(
            session, service.id, title=form.title.data or "", edition=form.edition.data or 0,
            registry=office().registry).id,
            lambda made: self.get_url(".edit_view", id=int(made), url=request.args.get("url")),
            _("La scheda è cominciata: scriverne i testi."))

    @expose("/edizione/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def edition_view(self) -> str | Response:
        """Copy a sheet to the edition of another year."""
        row = self.get_one(request.args.get("id"))
        form = EditionForm(request.form or None, edition=max(row.edition, today().year) + 1, request_key=new_key())
        key = attempt("sheet.edition", form, lambda session: operations.new_edition(
            session, row.id, form.edition.data, registry=office().registry).id)
        if key is not None:
            flash(_("La nuova edizione è pronta."), "success")
            return redirect(self.get_url(".details_view", id=key))
        return self.render("web/form.html", form=form, heading=_("Nuova edizione: %(title)s", title=row.title),
                           sections=((None, ("edition",)),), back=self.get_url(".details_view", id=row.id))


def editions() -> list[tuple[int, str]]:
    """The years that have sheets, newest first."""
    years = db().scalars(select(OperationalSheet.edition).distinct().order_by(OperationalSheet.edition.desc()))
    return [(year, str(year)) for year in years]


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [SheetView(OperationalSheet, lazy_gettext("Schede operative"), endpoint="sheet", url="schede")]
