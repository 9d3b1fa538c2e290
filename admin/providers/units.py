"""The units of the providers: the list, the record with sites, notices, papers and diary, and the forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length, Optional

from admin.cases import diary
from admin.guard import policy
from admin.guard.session import act, db, principal, today
from admin.parties.choices import all_municipalities, by_municipality
from admin.providers.held import held_of, meetings_of, publication
from admin.providers.operating_notices import ActivityForm, activity_rows
from admin.providers.unit_types import ages_words, area_name
from admin.providers.views import KEEPERS, paper_rows
from admin.web import formats
from admin.web.acts import ActForm, ActPage, WhyForm, act_form, carry_out
from admin.web.base_view import Act, BaseView, Begin, Filter, small
from admin.web.forms import Choices, NumberField, Sentence, clean, form_class
from admin.web.remarks import remarks_for
from admin.web.searching import worded
from admin.wording import labels
from admin.wording.providers import AREAS
from core.ground.access import Role, ScopedSession, as_system
from core.parties.model import Party
from core.parties.names import same_place
from core.providers import findings, operating_notices, operations
from core.providers.model import Provider, ServiceUnit, UnitSite, UnitType
from core.providers.states import UnitState
from core.providers.types import types_on

FORM = ("type_id", "name", "municipality_id", "address", "postal_code", "city", "province", "capacity",
        "min_age_months", "max_age_months", "manager", "phone", "email")
ALWAYS = ("name", "min_age_months", "max_age_months", "phone", "email")


def own_title() -> str:
    """What the list is called, for each who reads it."""
    if principal().sees_all:
        return _("Unità di offerta")
    return _("Le nostre unità") if principal().has(Role.PROVIDER) else _("Unità nel territorio")


class SiteForm(ActForm):
    """A further site."""

    name = StringField(labels.column("unit_site", "name"), [Sentence(), Length(max=500)], filters=[clean])
    address = StringField(labels.column("unit_site", "address"), [Sentence(), Length(max=500)], filters=[clean])
    city = StringField(labels.column("unit_site", "city"), [Sentence(), Length(max=500)], filters=[clean])
    places = NumberField(labels.column("unit_site", "places"), [Optional()], render_kw={"inputmode": "numeric"},
                         description=lazy_gettext("Quanti dei posti dell'unità sono qui."))


def of_types(those: ColumnElement[bool]) -> ColumnElement[bool]:
    """The units of ``those`` types."""
    return ServiceUnit.type_id.in_(select(UnitType.id).where(those))


class Units(BaseView):
    """Where social units work, of which type, for how many: the office's, a municipality's, a provider's own."""

    may_read = policy.STAFF_AND_ALL_PARTIES
    may_write = KEEPERS
    writing_pages = frozenset({"new_view", "change_view", "site_view", "site_removal_view"})
    group = "accreditation"
    title = LazyString(own_title)
    lead = lazy_gettext("Dove lavorano i servizi sociali: di ogni unità il tipo, i posti e se è in esercizio.")
    empty = lazy_gettext("Nessuna unità è ancora registrata.")
    begins = (Begin(lazy_gettext("Nuova unità"), ".new_view"),)
    details_template = "providers/unit.html"
    column_list = ("name", "type", "provider", "city", "capacity", "state")
    column_labels = {"name": lazy_gettext("Unità"), "type": lazy_gettext("Tipo"), "provider": lazy_gettext("Gestore")}
    shown = {"provider": lambda row: row.shown_provider, "capacity": lambda row: formats.shown(row.capacity)}
    searched = (worded,)
    sorted_by = {"name": ServiceUnit.name}
    filtered = (
        Filter("tipo", lazy_gettext("Tipo"), lambda: type_choices(),
               lambda value: of_types(UnitType.code == value)),
        Filter("area", lazy_gettext("Area"), lambda: list(AREAS.items()),
               lambda value: of_types(UnitType.area == value)),
        Filter("stato", lazy_gettext("Stato"),
               lambda: labels.states("service_unit", UnitState),
               lambda value: ServiceUnit.state == value),
        by_municipality(ServiceUnit.municipality_id, all_municipalities),
    )
    load = (selectinload(ServiceUnit.type), selectinload(ServiceUnit.sites), selectinload(ServiceUnit.notices),
            selectinload(ServiceUnit.activities))
    details = ("name",)  # its page writes its own facts
    on_records = {
        "change_view": lazy_gettext("Modifica"),
        "activity_view": lazy_gettext("Registra un'attività"),
        "give_up_view": lazy_gettext("Registra la rinuncia"),
    }

    def get_list(self, *args: Any, **options: Any) -> tuple[int, list[Any]]:
        """One page, with the names of the providers: who sees a unit may know who runs it."""
        count, rows = super().get_list(*args, **options)
        names = party_names(db(), [row.provider_id for row in rows])
        for row in rows:
            row.shown_provider = names[row.provider_id]
        return count, rows

    def where_it_stands(self, row: ServiceUnit) -> str:
        """Since when it operates, or what opens it; what waits for its day."""
        waiting = operating_notices.undisturbed(row.notices)
        if row.state == UnitState.OPERATING and row.operating_from:
            said = _("In esercizio dal %(day)s.", day=formats.day(row.operating_from))
        elif row.state == UnitState.CLOSED:
            said = _("Chiusa: riapre soltanto con una nuova comunicazione di avvio.")
        elif waiting:
            said = _("Programmata.")
        else:
            said = _("Programmata: comincia dal giorno dichiarato nella comunicazione di avvio, ancora da presentare.")
        if waiting:
            said += " " + _("In attesa del suo giorno: %(what)s, dal %(day)s.",
                            what=labels.choice("operating_notice", "kind", waiting[0].kind),
                            day=formats.day(waiting[0].effective_from))
        return said

    def acts(self, row: ServiceUnit) -> list[Act]:
        """What may be done next with a unit: its publication first, where it waits."""
        return [*publication(row), *self._registry_acts(row)]

    def _registry_acts(self, row: ServiceUnit) -> list[Act]:
        if not self.may_change():
            return []
        planned = row.state == UnitState.PLANNED and not operating_notices.undisturbed(row.notices)
        verb = _("Comunica l'avvio") if planned else _("Nuova comunicazione")
        kind = {"kind": "start"} if planned or row.state == UnitState.CLOSED else {}
        found = [Act(verb, self.get_url("operating_notice.new_view", unit=row.id, **kind), tint="primary"),
                 self.button("change_view", row)]
        if policy.ACCREDITATION_OR_MANAGEMENT.admits(principal()) and row.state == UnitState.PLANNED:
            if not row.notices:
                found.append(self.button("activity_view", row))
            if planned:
                found.append(self.button("give_up_view", row, tint="danger"))
        return found

    def context(self, row: ServiceUnit) -> dict[str, Any]:
        """Facts, sites, notices, activities, papers and diary."""
        names = party_names(db(), [row.provider_id, *([row.municipality_id] if row.municipality_id else [])])
        papers = db().get(Provider, row.provider_id)
        mine = [paper for paper in papers.papers if paper.unit_id in (None, row.id)] if papers else []
        return {
            "facts": unit_facts(row, names), "provider_name": names[row.provider_id], "may_keep": self.may_change(),
            "provider_url": self.get_url("provider.details_view", id=row.provider_id) if papers else None,
            "papers": paper_rows(mine) if papers else None, "activities": activity_rows(row.activities),
            "notices": [(notice, labels.choice("operating_notice", "kind", notice.kind))
                        for notice in reversed(row.notices)],
            "held": held_of(row), "meetings": meetings_of(row.provider_id),
            "remarks": remarks_for(lambda: findings.unit_findings(db(), row, today())),
            **diary.context(db(), "service_unit", row.id),
        }

    # --- acts -------------------------------------------------------------------------------------------------

    @expose("/nuova/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Register a planned unit of a provider."""
        own = principal().provider_ids
        key = request.args.get("provider") or (next(iter(own)) if len(own) == 1 else None)
        if key is None:
            flash(_("Una nuova unità si registra dalla pagina del suo gestore: sceglierlo qui."), "info")
            return redirect(self.get_url("provider.index_view"))
        provider = db().get(Provider, small(str(key)) or 0)
        if provider is None:
            abort(404)
        near = next((key for key, name in all_municipalities() if same_place(name, provider.city)), "")
        form = self._unit_form(FORM, None, address=provider.address, postal_code=provider.postal_code,
                               city=provider.city, province=provider.province, municipality_id=near)
        page = ActPage(_("Nuova unità di %(name)s", name=provider.name), _("Registra l'unità"),
                       self.get_url("provider.details_view", id=provider.id), provider.name,
                       [_("L'unità è programmata: comincia dal giorno che la comunicazione di avvio dichiara (L.R. "
                          "3/2008, art. 15).")])
        return carry_out(self, "service_unit.new", form, page, lambda session: operations.add_unit(
            session, provider.id, facts_of(form, FORM), today=today()).id,
            self.after, _("L'unità è registrata."))

    @expose("/modifica/", methods=("GET", "POST"))
    def change_view(self) -> str | Response:
        """Set a unit's data: all of them while it is planned, then only those that need no notice."""
        row = self.get_one(request.args.get("id"))
        names = FORM if row.state == UnitState.PLANNED else ALWAYS
        form = self._unit_form(names, row.version, **{name: getattr(row, name) for name in names})
        lead = "" if names is FORM else _("Tipo, posti, sede e responsabile cambiano con una comunicazione preventiva.")
        page = ActPage(_("Modifica: %(name)s", name=row.name), _("Salva"), self.get_url(".details_view", id=row.id),
                       row.name, lead=lead)
        return carry_out(self, "service_unit.edit", form, page, lambda session: operations.edit_unit(
            session, row.id, facts_of(form, names), version=form.version.data, today=today()).id,
            done=_("Modifiche registrate."))

    def _unit_form(self, names: Sequence[str], version: int | None, **proposed: Any) -> Any:
        choices = {"type_id": type_options, "municipality_id": lambda: [("", "–"), *all_municipalities()]}
        asked = {name: options for name, options in choices.items() if name in names}
        fields = form_class(self.tables, names, asked, versioned=False)
        return act_form(type("UnitForm", (fields, ActForm), {}), version, **proposed)

    @expose("/rinuncia/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION_OR_MANAGEMENT, policy.ACCREDITATION_OR_MANAGEMENT)
    def give_up_view(self) -> str | Response:
        """Close a unit that never opened."""
        row = self.get_one(request.args.get("id"))
        form = act_form(WhyForm, row.version, read_by=_("Resta nel diario dell'unità."))
        page = ActPage(_("Registra la rinuncia all'apertura"), _("Registra la rinuncia"),
                       self.get_url(".details_view", id=row.id), row.name,
                       [_("L'unità risulterà chiusa, senza essere mai stata in esercizio.")], tint="danger")
        return carry_out(self, "service_unit.give_up", form, page, lambda session: operations.give_up(
            session, row.id, why=form.why.data or "", version=form.version.data, today=today()).id,
            done=_("La rinuncia è registrata."))

    @expose("/attivita/", methods=("GET", "POST"))
    @policy.allow(policy.ACCREDITATION_OR_MANAGEMENT, policy.ACCREDITATION_OR_MANAGEMENT)
    def activity_view(self) -> str | Response:
        """Record an activity before any notice: advice, a visit on the project."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ActivityForm, on=today())
        page = ActPage(_("Registra un'attività"), _("Registra l'attività"), self.get_url(".details_view", id=row.id),
                       row.name)
        return carry_out(self, "service_unit.activity", form, page, lambda session: operating_notices.record_activity(
            session, row.id, kind=form.kind.data or "", on=form.on.data, text=form.text.data or "",
            today=today()).id, done=_("L'attività è registrata."))

    @expose("/sede/", methods=("GET", "POST"))
    def site_view(self) -> str | Response:
        """Add a site (``unit``), or correct one (``site``)."""
        site = db().get(UnitSite, small(request.args.get("site")) or 0)
        row = self.get_one(str(site.unit_id) if site else request.args.get("unit"))
        known = {name: getattr(site, name) for name in operations.SITE} if site else {"city": row.city}
        form = act_form(SiteForm, site.version if site else None, **known)
        page = ActPage(_("Sede di %(name)s", name=row.name), _("Registra la sede"),
                       self.get_url(".details_view", id=row.id), row.name)
        return carry_out(self, "unit_site.set", form, page, lambda session: operations.set_site(
            session, row.id, {name: form[name].data for name in operations.SITE}, site_id=site.id if site else None,
            version=form.version.data if site else None).id, done=_("La sede è registrata."))

    @expose("/sede/togli/", methods=("GET", "POST"))
    def site_removal_view(self) -> str | Response:
        """Ask, then take a site away."""
        site = db().get(UnitSite, small(request.args.get("site")) or 0)
        if site is None:
            abort(404)
        back, form = self.get_url(".details_view", id=site.unit_id), act_form(ActForm)
        if request.method == "POST":
            with act("unit_site.remove") as session:
                operations.remove_site(session, site.id)
            flash(_("Tolto."), "success")
            return redirect(back)
        return self.render("web/remove.html", name=site.name, back=back, form=form)


def facts_of(form: Any, names: Sequence[str]) -> dict[str, Any]:
    """What a form of a unit says, by column."""
    return {name: form[name].data for name in names}


def unit_facts(row: ServiceUnit, names: dict[int, str]) -> list[tuple[str, Any]]:
    """The facts of a unit, as its page shows them."""
    seat = f"{row.address}, {row.postal_code} {row.city} ({row.province})"
    return [
        (_("Tipo"), row.type.name), (_("Area"), area_name(row.type.area)), (_("Sede"), seat),
        (_("Comune del distretto"), names[row.municipality_id] if row.municipality_id else _("fuori dal distretto")),
        (_("Posti"), formats.shown(row.capacity)),
        (_("Età"), formats.shown(ages_words(row.min_age_months, row.max_age_months))),
        (_("Responsabile"), formats.shown(row.manager)), (_("Telefono"), formats.shown(row.phone)),
        (_("Posta elettronica"), formats.shown(row.email)),
        (_("Fonte del tipo"), row.type.legal_source),
    ]


def party_names(session: ScopedSession, ids: Sequence[int]) -> dict[int, str]:
    """The names of providers and municipalities: who sees a unit may know who runs it and where it stands."""
    query = select(Party.id, Party.name).where(Party.id.in_(set(ids)))
    return dict(as_system(session, query, reason="gestori e comuni delle unità"))


def type_options() -> Choices:
    """The types that hold today, with their area."""
    return [("", "–"), *((str(row.id), f"{area_name(row.area)}: {row.name}") for row in types_on(db(), today()))]


def type_choices() -> Choices:
    """The types by code, for the filter."""
    found = {row.code: row.name for row in db().scalars(select(UnitType).order_by(UnitType.valid_from))}
    return sorted(found.items(), key=lambda option: option[1].casefold())


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Units(ServiceUnit, LazyString(own_title), endpoint="service_unit", url="unita")]
