"""Areas, sectors and services: what the azienda offers, to whom, and which municipalities each service covers."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import SelectField

from admin.catalogue.remarks import service_remarks
from admin.guard import policy
from admin.guard.session import db, office, principal, today
from admin.parties.choices import municipalities
from admin.web import formats
from admin.web.base_view import Act, BaseView, Filter
from admin.web.forms import DateField, Sentence, number_or_none, picks
from admin.web.remarks import remarks_for
from admin.web.searching import worded
from admin.web.sending import KeyedForm, attempt, new_key
from admin.wording import labels
from core.catalogue import operations
from core.catalogue.model import Area, Coverage, Sector, Service, ServiceSector
from core.ground.order import alphabetical
from core.ground.upward import Upward
from core.parties.model import within

# What the subjects above show of a service on its page: each a section, ready made.
sections_of: Upward[[Service], Markup] = Upward()


class ServiceView(BaseView):
    """The catalogue of the services."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    details_template = "catalogue/service.html"
    column_list = ("title", "sectors", "coverage", "sheet", "essential_level")
    column_labels = {"coverage": lazy_gettext("Comuni coperti"), "sheet": lazy_gettext("Scheda"),
                     "essential_level": lazy_gettext("Livello essenziale")}
    shown = {
        "sectors": lambda row: formats.shown([str(place.sector) for place in row.sectors]),
        "coverage": lambda row: covered_words(row),
        "sheet": lambda row: formats.badge(row, "complete" if row.sheets else "incomplete"),
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
               lambda value: Service.sheets.any() if value == "1" else ~Service.sheets.any()),
    )
    load = (selectinload(Service.sectors).selectinload(ServiceSector.sector), selectinload(Service.sheets),
            selectinload(Service.coverage).selectinload(Coverage.municipality))
    details = ("managing_unit", "recipients", "cost_to_user", "management_form", "essential_level", "entry")

    def where_it_stands(self, row: Service) -> str:
        """Whom the service covers, in words."""
        return _("Oggi copre: %(names)s.", names=covered_words(row))

    def acts(self, row: Service) -> list[Act]:
        """Coverage is set on a page of its own."""
        if not self.may_change():
            return []
        begin = [] if row.sheets else [Act(_("Scrivi la scheda"), self.get_url("sheet.new_view", servizio=row.id),
                                           tint="primary")]
        return [*begin, Act(_("Modifica la copertura"), self.get_url(".coverage_view", id=row.id))]

    def context(self, row: Service) -> dict[str, Any]:
        """Coverage, sheets and remarks below the service's data."""
        return {"beside": sections_of.tell(row), "today": today(),
                "coverage": sorted(row.coverage, key=lambda c: (alphabetical(c.municipality.name), c.valid_from)),
                "remarks": remarks_for(lambda: service_remarks(db(), row, office().registry, today()))}

    @expose("/copertura/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def coverage_view(self) -> str | Response:
        """Say from when and until when a service covers a municipality, member or not (X1)."""
        row = self.get_one(request.args.get("id"))
        form = CoverageForm(request.form or None, request_key=new_key())
        if attempt("service.coverage", form, lambda session: operations.set_coverage(
                session, row.id, form.municipality_id.data, form.valid_from.data, form.valid_to.data).id):
            flash(_("La copertura è registrata."), "success")
            return redirect(self.get_url(".details_view", id=row.id))
        return self.render("web/form.html", form=form, heading=_("Copertura: %(service)s", service=row.title),
                           sections=((None, ("municipality_id", "valid_from", "valid_to")),),
                           back=self.get_url(".details_view", id=row.id))


class CoverageForm(KeyedForm):
    """Which municipality, from when, until when."""

    municipality_id = SelectField(
        lazy_gettext("Comune"), coerce=number_or_none, validators=[Sentence()],
        choices=lambda: picks([("", "–"), *municipalities()]),
    )
    valid_from = DateField(lazy_gettext("Dal"), validators=[Sentence()], render_kw={"type": "date"})
    valid_to = DateField(lazy_gettext("Al"), render_kw={"type": "date"},
                         description=lazy_gettext("Vuoto finché la copertura continua."))


def covered_words(service: Service) -> str:
    """The municipalities that a service covers today, in words."""
    if service.cover_all:
        word = _("tutti i comuni soci")
        return _("%(word)s (presunto)", word=word) if service.cover_assumed else word
    names = [c.municipality.name for c in service.coverage if within(today(), c.valid_from, c.valid_to)]
    told = ", ".join(sorted(names, key=alphabetical))
    # who sees only their own cannot say that nobody is covered
    return told or (_("nessun comune") if principal().sees_all else _("altri comuni"))


class AreaView(BaseView):
    """The areas of the azienda, with their sectors and tasks (R41-R55)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    group = "catalogue"
    details_template = "catalogue/area.html"
    column_list = ("code", "title", "responsible", "kind", "sectors")
    shown = {"sectors": lambda row: formats.shown([s.title for s in row.sectors])}
    searched = (worded,)
    sorted_by = {"code": Area.order}
    load = (selectinload(Area.sectors).selectinload(Sector.entries).selectinload(ServiceSector.service),)
    details = ("code", "kind", "responsible", "description")


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        ServiceView(Service, lazy_gettext("Servizi"), endpoint="service", url="servizi"),
        AreaView(Area, lazy_gettext("Aree e settori"), endpoint="area", url="aree"),
    ]
