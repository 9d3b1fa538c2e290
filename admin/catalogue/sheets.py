"""Operational sheets: their texts, and the part that a service's plugin adds, in one form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload
from werkzeug.wrappers import Response

from admin.cases import diary
from admin.catalogue import actuals, compare
from admin.catalogue.passages import IN_THE_HISTORY, STEPS
from admin.catalogue.plugin_fields import OwnPart, asks_for_rows
from admin.catalogue.remarks import sheet_remarks
from admin.guard import policy
from admin.guard.session import db, office, principal, today
from admin.web import formats
from admin.web.acts import ActForm, ActPage, Passages, act_form, carry_out
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.downloads import give
from admin.web.fields import line_field
from admin.web.forms import NumberField, OneField, PageForm, Sentence, picks
from admin.web.remarks import remarks_for
from admin.web.searching import worded
from admin.web.together import Ticked
from admin.wording import labels
from core.catalogue import browser, editions, operations, printed, sheets
from core.catalogue.model import OperationalSheet, Service
from core.catalogue.states import LIFE, EditionState
from core.documents.blocks import Block
from core.ground.access import ScopedSession
from core.ground.errors import RuleBroken
from core.ground.states import of_the_offices
from core.plugins.hookspecs import PluginDescription

MOVES, GIVEN_UP = "moves-", "-"
WITHOUT_COST = OperationalSheet.cost_to_user == ""


class MovesForm(ActForm):
    """Where the data go whose fields are there no more; its own fields are made for each of them."""

    def moves(self) -> dict[str, str]:
        """By old field the new one, or nothing to give the value up; a list in which nobody chose says nothing."""
        return {field.name.removeprefix(MOVES): field.data.removeprefix(GIVEN_UP) for field in self
                if field.name.startswith(MOVES) and field.data}


class EditionForm(MovesForm):
    """The year of the new edition."""

    edition = NumberField(lazy_gettext("Anno della nuova edizione"), validators=[Sentence()],
                          description=lazy_gettext("I testi e i dati si copiano da questa edizione, che resta com'è."))


class SheetForm(ActForm):
    """The sheet of a service that has none."""

    title = line_field(lazy_gettext("Titolo"))
    edition = NumberField(lazy_gettext("Edizione"), validators=[Sentence()], description=lazy_gettext(
        "L'anno da cui vale: i contratti di quell'anno e dei seguenti la portano in allegato."))


class SheetView(Ticked, Passages, BaseView):
    """The sheets by edition: what is promised, to whom, at which cost (R31-R33); drafts until they are approved."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    title = lazy_gettext("Schede operative")
    lead = lazy_gettext("Che cosa promette ogni servizio, a chi e a quale costo: le schede si allegano ai contratti.")
    life = LIFE
    steps = STEPS
    each = ("approve",)
    read_by = IN_THE_HISTORY
    for_good = frozenset({"cancel", "supersede"})
    closed = lazy_gettext("L'edizione non è più una bozza: si legge, e per cambiarla si prepara una nuova edizione.")
    can_edit = True
    details_template = "catalogue/sheet.html"
    edit_template = "catalogue/sheet_form.html"
    column_list = ("title", "edition", "state", "services", "cost_to_user", "plugin")
    column_labels = {"title": lazy_gettext("Scheda"), "cost_to_user": lazy_gettext("Costo per l'utenza"),
                     "plugin": lazy_gettext("Dati propri")}
    shown = {
        "services": lambda row: formats.shown([s.title for s in row.services]),
        "cost_to_user": lambda row: formats.badge(row, "complete" if row.cost_to_user else "incomplete"),
        "plugin": lambda row: formats.yes_no(set(row.schema or {}) > {sheets.COMMON}),
    }
    sorted_by = {"title": OperationalSheet.title}
    searched = (worded,)
    filtered = (
        Filter("edizione", lazy_gettext("Edizione"), lambda: edition_years(),
               lambda value: OperationalSheet.edition == int(value)),
        Filter("stato", lazy_gettext("Stato"), lambda: labels.states("operational_sheet", EditionState),
               lambda value: OperationalSheet.state == value),
        Filter("costo", lazy_gettext("Costo per l'utenza"), lambda: [("1", _("indicato")), ("0", _("mancante"))],
               lambda value: WITHOUT_COST if value == "0" else ~WITHOUT_COST),
    )
    load = (selectinload(OperationalSheet.services), joinedload(OperationalSheet.act))
    form_sections = (
        (lazy_gettext("Testi"), ("title", "mission", "definitions", "activities", "recipients", "cost_to_user",
                                 "protocol", "tools", "joint_management", "notes")),
    )
    # the source's own remarks are facts of the import; the data have their own part of the form
    left_out = frozenset({"id", "version", "code", "edition", "coverage", "pasted_mission", "mission_origin", "source",
                          "plugin", "schema", "data", "state", "act_id", "approved_on"})
    on_records = {"edition_view": lazy_gettext("Nuova edizione"), "fields_view": lazy_gettext("Cambia i campi"),
                  "word_view": lazy_gettext("Scarica in Word"), "compare_view": lazy_gettext("Confronta le edizioni"),
                  "actuals_view": lazy_gettext("Quantità svolte")}

    def where_it_stands(self, row: OperationalSheet) -> str:
        """Edition and services in words, and the act that approved it."""
        names = ", ".join(service.title for service in row.services) or _("nessun servizio")
        told = _("Edizione %(year)s. Descrive: %(names)s.", year=row.edition, names=names)
        return f"{told} {_stands(row)}"

    def may_edit(self, row: OperationalSheet) -> bool:
        """Words change while it is a draft."""
        return super().may_edit(row) and row.state == EditionState.DRAFT

    def acts(self, row: OperationalSheet) -> list[Act]:
        """Its passages; a new edition is the way to change a sheet for next year; printed alone by all who read."""
        begun = [self.button("edition_view", row)] if self.may_change() and row.state != EditionState.CANCELLED else []
        done = [self.button("actuals_view", row)] if self._has_actuals(row) else []
        several = [self.button("compare_view", row)] if len(editions.editions_of(db(), row.code)) > 1 else []
        return [*super().acts(row), *begun, *done, *several, self.button("word_view", row)]

    def _has_actuals(self, row: OperationalSheet) -> bool:
        """True if what was done of planned quantities is to be written: a draft has its own form for that."""
        stands = row.state in (EditionState.APPROVED, EditionState.SUPERSEDED)
        return self.may_change() and stands and bool((row.data or {}).get(editions.QUANTITIES))

    def other_acts(self, row: OperationalSheet) -> list[Act]:
        """Other fields are rarely wanted in the midst of a year."""
        fields = [self.button("fields_view", row)] if self.may_edit(row) else []
        return [*fields, *super().other_acts(row)]

    def context(self, row: OperationalSheet) -> dict[str, Any]:
        """The sheet as the annex prints it, what only the azienda sees, and the remarks on it."""
        registry, names = office().registry, operations.municipality_names(db())
        try:
            blocks, trouble = sheets.blocks_of(row, registry.get(row.plugin or ""), names), None
        except RuleBroken as error:
            blocks, trouble = sheets.blocks_of(row, None, names), error
        own = sheets.field_blocks(sheets.schema_of(row), sheets.read(row, names), office=True)
        return {"blocks": _named(blocks), "of_the_office": _named(own) if of_the_offices(principal()) else [],
                "trouble": trouble, "events": diary.events(db(), "operational_sheet", row.id), "diary_acts": (),
                "remarks": remarks_for(lambda: sheet_remarks(db(), row, registry, today()))}

    @expose("/edit/", methods=("GET", "POST"))
    def edit_view(self) -> str | Response:
        """The texts and data of a draft; what is none any more shows its record."""
        row = self.draft()
        if request.method == "POST" and asks_for_rows(request.form):
            return self._form_page(self.scaffold_form()(request.form, obj=row), row)
        page: str | Response = super().edit_view()
        return page

    def _form_page(self, form: PageForm, row: Any, **shown: Any) -> str:
        """With the service's own fields, as they were typed or are kept."""
        return super()._form_page(
            form, row, parts=OwnPart.of(row).shown(row, request.form if request.method == "POST" else None),
            municipalities=operations.municipality_names(db()))

    def update(self, session: ScopedSession, row: OperationalSheet, version: int, facts: dict[str, Any]) -> Any:
        """See the operation; the service's own part comes as it was typed, the core reads it."""
        return operations.edit_sheet(session, row.id, changes=facts, data=OwnPart.of(row).posted(request.form),
                                     version=version)

    @expose("/word/")
    def word_view(self) -> Response:
        """The sheet alone as a Word file, its state printed."""
        row = self.get_one(request.args.get("id"))
        file = printed.document(db(), row, office().registry.get(row.plugin or ""))
        return give(file.content, file.name)

    @expose("/confronto/")
    def compare_view(self) -> str:
        """Two editions beside each other (``prima``, ``dopo``): this one and the one before, unless others are chosen.
        """
        row = self.get_one(request.args.get("id"))
        return self.render("catalogue/compare.html", row=row, back=self.get_url(".details_view", id=row.id),
                           **compare.shown(row))

    @expose("/quantita/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def actuals_view(self) -> str | Response:
        """Write what was done of each planned quantity: of an edition that is approved too."""
        row = self.get_one(request.args.get("id"))
        if not self._has_actuals(row):
            flash(_("La scheda non ha quantità previste da completare."), "warning")
            return redirect(self.get_url(".details_view", id=row.id))
        form = act_form(ActForm, row.version)
        page = ActPage(_("Quantità svolte: %(title)s", title=str(row)), _("Registra le quantità"),
                       self.get_url(".details_view", id=row.id), str(row),
                       [_("Le parole della scheda approvata e ciò che era previsto restano come sono."),
                        _("Una riga vuota resta «non indicata».")])
        sent = request.form if request.method == "POST" else None
        return carry_out(self, "sheet.actuals", form, page, lambda session: editions.set_actuals(
            session, row.id, actuals.posted(row, request.form), version=form.version.data or 0).id,
            done=_("Le quantità svolte sono registrate."), template="catalogue/actuals.html",
            quantities=actuals.shown(row, sent, operations.municipality_names(db())))

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
        plugin = office().registry.get(row.plugin or "")
        kind = _with_moves(EditionForm, row, plugin) if plugin is not None or not row.plugin else EditionForm
        form = act_form(kind, edition=max(row.edition, today().year) + 1)
        page = ActPage(_("Nuova edizione: %(title)s", title=row.title), _("Prepara la nuova edizione"),
                       self.get_url(".details_view", id=row.id), str(row),
                       [_("Questa edizione resta com'è, e vale per i contratti del suo anno."),
                        _("La nuova è una bozza, finché l'Assemblea non l'approva.")])
        return carry_out(self, "sheet.edition", form, page, lambda session: operations.new_edition(
            session, row.id, form.edition.data or 0, moves=form.moves(), registry=office().registry).id,
            lambda made: self.get_url(".details_view", id=int(made)), _("La nuova edizione è pronta."))

    @expose("/campi/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def fields_view(self) -> str | Response:
        """Let a sheet ask what a plugin asks: first which one, then what becomes of the data that it has."""
        row, registry = self.draft(), office().registry
        code = request.args.get("plugin")
        plugin = registry.get(code or "")
        if code is None or (code and plugin is None):
            found = [(each.description.title, each.description.code, self.get_url(
                ".fields_view", id=row.id, plugin=each.description.code)) for each in registry]
            return str(self.render("catalogue/fields_from.html", row=row, found=found,
                                   without=self.get_url(".fields_view", id=row.id, plugin=""),
                                   back=self.get_url(".details_view", id=row.id)))
        form = act_form(_with_moves(MovesForm, row, plugin), row.version)
        parts = browser.asked(row.services, plugin)
        own = ", ".join(field.label for name, part in parts.items() if name != sheets.COMMON for field in part.fields)
        page = ActPage(
            _("I campi di «%(plugin)s»", plugin=plugin.title) if plugin else _("I campi senza plugin"),
            _("Usa questi campi"), self.get_url(".details_view", id=row.id), str(row),
            [_("La scheda chiede, oltre alle sezioni comuni: %(fields)s.", fields=own or _("nessun campo")),
             _("I dati che hanno lo stesso campo passano così come sono.")])
        return carry_out(self, "sheet.fields", form, page, lambda session: operations.renew_fields(
            session, row.id, plugin=code or None, moves=form.moves(), version=form.version.data or 0,
            registry=registry).id, done=_("La scheda usa ora questi campi."))


def _stands(row: OperationalSheet) -> str:
    """How an edition stands, in a sentence."""
    if row.state == EditionState.CANCELLED:
        return _("Annullata: il motivo è nella storia qui sotto.")
    if row.approved_on is None:
        return _("È una bozza: nei contratti si stampa con questa parola, e finché l'Assemblea non l'approva non si "
                 "firmano.")
    if row.act is None:
        return _("Approvata dall'Assemblea il %(day)s.", day=formats.day(row.approved_on))
    return _("Approvata dall'Assemblea con deliberazione n. %(number)s del %(day)s.", number=row.act.number,
             day=formats.day(row.approved_on))


def _with_moves(form: type[MovesForm], row: OperationalSheet, plugin: PluginDescription | None) -> type[MovesForm]:
    """The form, with a list for each of the data that have no place in what ``plugin`` lets a sheet ask."""
    asked = sheets.joined(browser.asked(row.services, plugin))
    left = sheets.carried(sheets.schema_of(row), row.data or {}, asked, {}).left
    places = [("", _("scegliere")), (GIVEN_UP, _("si perde: resta solo nelle edizioni di prima")),
              *((each.name, each.label) for each in asked.fields)]
    return type(form.__name__, (form,), {f"{MOVES}{field.name}": OneField(
        _("Che cosa diventa «%(label)s»", label=field.label), [Sentence()], choices=picks(places)) for field in left})


def _named(blocks: Sequence[Block]) -> list[tuple[str, Block]]:
    """Each block with the name of its kind, for the template."""
    return [(type(block).__name__, block) for block in blocks]


def edition_years() -> list[tuple[int, str]]:
    """The years that have sheets, newest first."""
    years = db().scalars(select(OperationalSheet.edition).distinct().order_by(OperationalSheet.edition.desc()))
    return [(year, str(year)) for year in years]


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [SheetView(OperationalSheet, lazy_gettext("Schede operative"), endpoint="sheet", url="schede")]
