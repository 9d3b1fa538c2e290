"""Areas, sectors and services: what the azienda offers, to whom, and which municipalities each service covers."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin.catalogue import own_fields as fields_page
from admin.catalogue.plugin_fields import asks_for_rows
from admin.catalogue.remarks import service_remarks
from admin.guard import policy
from admin.guard.session import act, db, office, principal, today
from admin.parties.choices import ASKED_WHERE, municipalities
from admin.parties.views import period_state
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.forms import SHORT, DateField, ManyField, PageForm, Sentence, picks
from admin.web.remarks import remarks_for
from admin.web.searching import worded
from admin.web.sending import KeyedForm, attempt, new_key
from admin.wording import labels
from core.catalogue import agreements, operations, own_fields, structure
from core.catalogue.model import (
    Area,
    Coverage,
    OperationalSheet,
    Sector,
    Service,
    ServiceAgreement,
    ServiceSector,
)
from core.catalogue.states import EditionState
from core.ground.access import ScopedSession
from core.ground.order import alphabetical
from core.ground.upward import Upward
from core.parties.model import within

HAS_SHEET = Service.sheets.any(OperationalSheet.state != EditionState.CANCELLED)
# What the subjects above show of a service on its page: each a section, ready made.
sections_of: Upward[[Service], Markup] = Upward()


class ServiceView(BaseView):
    """The catalogue of the services."""

    panels = "service"
    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    new_title = lazy_gettext("Nuovo servizio")
    lead = lazy_gettext("Che cosa offre l'azienda, in quale settore e per quali Comuni: da qui un contratto prende "
                        "ciò che conferisce.")
    empty = lazy_gettext("Nessun servizio: si apre il primo qui, o si prende il catalogo dagli insiemi di partenza.")
    can_create = True
    can_edit = True
    details_template = "catalogue/service.html"
    column_list = ("title", "sectors", "coverage", "sheet", "essential_level")
    column_labels = {"coverage": lazy_gettext("Comuni coperti"), "sheet": lazy_gettext("Scheda"),
                     "essential_level": lazy_gettext("Livello essenziale")}
    shown = {
        "sectors": lambda row: formats.shown([str(place.sector) for place in row.sectors]),
        "coverage": lambda row: covered_words(row),
        "sheet": lambda row: formats.badge(row, "complete" if row.standing_sheets else "incomplete"),
    }
    sorted_by = {"title": Service.title}
    searched = (worded,)
    filtered = (
        Filter("area", lazy_gettext("Area"),
               lambda: [(a.id, str(a)) for a in db().scalars(select(Area).order_by(Area.order))],
               lambda value: Service.sectors.any(ServiceSector.sector.has(Sector.area_id == int(value)))),
        Filter("gestione", lazy_gettext("Forma di gestione"),
               lambda: list(labels.CHOICES["service.management_form"].items()),
               lambda value: Service.management_form == value),
        Filter("scheda", lazy_gettext("Scheda"), lambda: [("1", _("presente")), ("0", _("mancante"))],
               lambda value: HAS_SHEET if value == "1" else ~HAS_SHEET),
    )
    load = (selectinload(Service.sectors).selectinload(ServiceSector.sector), selectinload(Service.sheets),
            selectinload(Service.coverage).selectinload(Coverage.municipality), selectinload(Service.function_owner),
            selectinload(Service.cover_district),
            selectinload(Service.essential_body),
            selectinload(Service.agreements).selectinload(ServiceAgreement.body))
    details = ("summary", "code", "managing_unit", "recipients", "cost_to_user", "management_form", "essential_level",
               "essential_body", "essential_number", "essential_on", "entry", "function_owner", "valid_from",
               "valid_to")
    form_columns = ("title", "code", "summary", "entry", "managing_unit", "management_form", "essential_level",
                    "essential_body_id", "essential_number", "essential_on", "function_owner_id", "recipients",
                    "cost_to_user", "cover_all", "cover_district_id", "cover_assumed", "valid_from", "valid_to",
                    "source", "order")
    asked_where = ASKED_WHERE
    form_sections = (
        (lazy_gettext("Che cosa è"), ("title", "code", "summary", "sector_ids", "entry", "recipients",
                                            "cost_to_user")),
        (lazy_gettext("Come si gestisce"), ("managing_unit", "management_form", "essential_level", "essential_body_id",
                                             "essential_number", "essential_on", "function_owner_id")),
        (lazy_gettext("Per chi e quando"), ("cover_all", "cover_district_id", "cover_assumed", "valid_from",
                                              "valid_to")),
        (lazy_gettext("Nel catalogo"), ("order", "source")),
    )
    left_out = frozenset({"id", "version"})
    on_records = {"coverage_view": lazy_gettext("Modifica la copertura"), "rename_view": lazy_gettext("Cambia il nome"),
                  "fields_view": lazy_gettext("Campi della scheda"),
                  "sheet.new_view": lazy_gettext("Scrivi la scheda")}

    def scaffold_form(self) -> type[PageForm]:
        """The columns, and the sectors in which the service stands."""
        return type("ServiceForm", (super().scaffold_form(),), {"sector_ids": ManyField(
            lazy_gettext("Settori"), coerce=int, choices=lambda: picks(sector_choices()))})

    def facts(self, form: PageForm) -> dict[str, Any]:
        """The columns, and the keys of the sectors."""
        return {**super().facts(form), "sector_ids": form["sector_ids"].data or []}

    def proposed(self) -> dict[str, Any]:
        """A new service comes last."""
        return {"order": structure.next_order(db(), Service), **super().proposed()}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Service:
        """See the operation."""
        return structure.add_service(session, facts, facts.pop("sector_ids"), office().registry)

    def update(self, session: ScopedSession, row: Service, version: int, facts: dict[str, Any]) -> Service:
        """See the operation."""
        return structure.edit_service(session, row.id, facts, facts.pop("sector_ids"), version=version)

    def where_it_stands(self, row: Service) -> str:
        """Whom the service covers, in words; that it is closed, or not open yet."""
        if row.valid_to is not None and row.valid_to < today():
            return _("Chiuso dal %(day)s: i contratti nuovi non lo conferiscono.", day=formats.day(row.valid_to))
        if row.valid_from is not None and row.valid_from > today():
            return _("Si apre il %(day)s.", day=formats.day(row.valid_from))
        return _("Oggi copre: %(names)s.", names=covered_words(row))

    def acts(self, row: Service) -> list[Act]:
        """Coverage is set on a page of its own."""
        if not self.may_change():
            return []
        begin = [] if row.standing_sheets else [
            self.button("sheet.new_view", row, tint="primary", servizio=row.id)]
        return [*begin, self.button("coverage_view", row),
                self.button("rename_view", row), self.button("fields_view", row)]

    def context(self, row: Service) -> dict[str, Any]:
        """Coverage, sheets and remarks below the service's data."""
        plugin = office().registry.of_service(row.code)
        without_own = plugin is not None and not plugin.sheet.fields and row.own_fields is None
        return {"beside": sections_of.tell(row), "nothing_own": plugin.source if plugin and without_own else "",
                "today": today(), "may_add": self.may_change(),
                "agreements": [(held, period_state(held, today())) for held in reversed(row.agreements)],
                "coverage": sorted(row.coverage, key=lambda c: (alphabetical(c.municipality.name), c.valid_from)),
                "remarks": remarks_for(lambda: service_remarks(db(), row, office().registry, today()))}

    @expose("/copertura/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def coverage_view(self) -> str | Response:
        """Say from when and until when a service covers municipalities, members or not (X1).

        With the key of a period (``periodo``) its own municipality and days stand there, and its end is corrected.
        """
        row = self.get_one(request.args.get("id"))
        known = next((c for c in row.coverage if c.id == small(request.args.get("periodo"))), None)
        proposed = {"municipality_ids": [known.municipality_id], "valid_from": known.valid_from,
                    "valid_to": known.valid_to} if known else {}
        form = CoverageForm(request.form or None, request_key=new_key(), **proposed)
        if attempt("service.coverage", form, lambda session: operations.cover(
                session, row.id, form.municipality_ids.data or (), form.valid_from.data, form.valid_to.data).id):
            flash(_("La copertura è registrata."), "success")
            return redirect(self.get_url(".details_view", id=row.id))
        return self.render("web/form.html", form=form, heading=_("Copertura: %(service)s", service=row.title),
                           sections=((None, ("municipality_ids", "valid_from", "valid_to")),),
                           back=self.get_url(".details_view", id=row.id))

    @expose("/copertura/togli/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def coverage_removal_view(self) -> str | Response:
        """Ask, then take a period away that was entered by mistake."""
        period = db().get(Coverage, small(request.args.get("periodo")) or 0)
        if period is None:
            abort(404)
        back, form = self.get_url(".details_view", id=period.service_id), act_form(ActForm)
        if request.method == "POST":
            with act("service.uncover") as session:
                operations.remove_coverage(session, period.id)
            flash(_("Tolto."), "success")
            return redirect(back)
        return self.render("web/remove.html", back=back, form=form, name=_(
            "la copertura di %(name)s dal %(day)s", name=period.municipality.name, day=formats.day(period.valid_from)))

    @expose("/nome/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def rename_view(self) -> str | Response:
        """Give the service another name from a day on; contracts of before keep the one that it had."""
        row = self.get_one(request.args.get("id"))
        page = ActPage(_("Cambia il nome: %(service)s", service=row.title), _("Cambia il nome"),
                       self.get_url(".details_view", id=row.id),
                       row.title, [_("Fino al giorno prima i contratti stampano il nome di oggi, che resta nella "
                                     "pagina del servizio e si trova con la ricerca.")])
        form = act_form(RenameForm, row.version)
        return carry_out(self, "service.rename", form, page, lambda session: structure.rename_service(
            session, row.id, form.title.data or "", on=form.on.data, version=form.version.data).id,
            done=_("Il nuovo nome è registrato."))

    @expose("/campi/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def fields_view(self) -> str | Response:
        """Say which fields, rules and promises of its own the office adds to the sheets of a service."""
        row = self.get_one(request.args.get("id"))
        held = row.own_fields
        page = ActPage(_("Campi della scheda: %(service)s", service=row.title), _("Registra i campi"),
                       self.get_url(".details_view", id=row.id), row.title,
                       [_("Le schede che ci sono restano come sono: i campi nuovi li chiede la prossima edizione, o "
                          "«Cambia i campi» nella scheda."),
                        _("I campi di tutte le schede e quelli del plugin del servizio ci sono già.")])
        sent = request.form if request.method == "POST" else None
        form = act_form(ActForm, held.version if held else 0)
        tables = fields_page.shown(held.content if held else {}, sent)
        if sent is not None and asks_for_rows(sent):
            return self.render(fields_page.TEMPLATE, form=form, page=page, tables=tables)
        return carry_out(
            self, "service.fields", form, page,
            lambda session: own_fields.set_own_fields(session, row.id, fields_page.posted(request.form),
                                                      version=form.version.data or 0, registry=office().registry).id,
            done=_("I campi sono registrati."), template=fields_page.TEMPLATE, tables=tables)


class AgreementView(BaseView):
    """The agreements on which services stand (R131, R139): reached from the service's page, saved back to it."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    new_title = lazy_gettext("Nuovo accordo")
    can_create = True
    can_edit = True
    can_view_details = False
    in_menu = False
    column_list = ("title", "service", "body", "valid_from", "valid_to")
    column_labels = {"service": lazy_gettext("Servizio"), "body": lazy_gettext("Ente")}
    load = (selectinload(ServiceAgreement.service), selectinload(ServiceAgreement.body))
    form_columns = ("service_id", "body_id", "title", "signed_on", "valid_from", "valid_to")
    left_out = frozenset({"id", "version"})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> ServiceAgreement:
        """See the operation."""
        return agreements.add_agreement(session, facts, today=today())

    def update(self, session: ScopedSession, row: ServiceAgreement, version: int, facts: dict[str, Any]
               ) -> ServiceAgreement:
        """See the operation."""
        return agreements.edit_agreement(session, row.id, facts, version=version, today=today())

    def stands_on(self, key: int | str) -> str:
        """Back to the service."""
        return self.get_url("service.details_view", id=self.seen(db(), int(key)).service_id)


class RenameForm(ActForm):
    """The new name, and from when."""

    title = StringField(lazy_gettext("Nuovo nome"), [Sentence(), Length(max=SHORT)])
    on = DateField(lazy_gettext("Dal"), validators=[Sentence()], render_kw={"type": "date"})


def sector_choices() -> list[tuple[int, str]]:
    """Every sector with its area, in the order of art. 9."""
    query = select(Sector).options(selectinload(Sector.area)).join(Area).order_by(Area.order, Sector.order)
    return [(sector.id, f"{sector.area} – {sector.title}") for sector in db().scalars(query)]


class CoverageForm(KeyedForm):
    """Which municipalities, from when, until when."""

    municipality_ids = ManyField(lazy_gettext("Comuni"), coerce=int, choices=lambda: picks(municipalities()))
    valid_from = DateField(lazy_gettext("Dal"), validators=[Sentence()], render_kw={"type": "date"},
                           description=lazy_gettext("Lo stesso giorno di un periodo già registrato ne corregge la "
                                                    "fine."))
    valid_to = DateField(lazy_gettext("Al"), render_kw={"type": "date"},
                         description=lazy_gettext("Vuoto finché la copertura continua."))


def covered_words(service: Service) -> str:
    """The municipalities that a service covers today, in words."""
    if service.cover_all:
        word = _("tutti i Comuni soci")
        return _("%(word)s (presunto)", word=word) if service.cover_assumed else word
    of = [_("i Comuni soci di %(district)s", district=service.cover_district.name)] if service.cover_district else []
    names = [c.municipality.name for c in service.coverage if within(today(), c.valid_from, c.valid_to)]
    told = ", ".join([*of, *sorted(names, key=alphabetical)])
    # who sees only their own cannot say that nobody is covered
    return told or (_("nessun Comune") if principal().sees_all else _("altri Comuni"))


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        ServiceView(Service, lazy_gettext("Servizi"), endpoint="service", url="servizi"),
        AgreementView(ServiceAgreement, lazy_gettext("Accordi dei servizi"), endpoint="service_agreement",
                      url="accordi-dei-servizi"),
    ]
