"""Providers and their papers: the registry for the accreditation unit, one's own page for a provider's person."""

from __future__ import annotations

from typing import Any

from flask import abort, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased, selectinload
from werkzeug.wrappers import Response
from wtforms import StringField, TextAreaField
from wtforms.validators import Length

from admin.cases import diary
from admin.cases.diary import file_url
from admin.deadlines.views import case_deadlines
from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.providers.held import meetings_of
from admin.providers.unit_types import ages_words
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out, file_of
from admin.web.base_view import Act, BaseView, Filter, small
from admin.web.fields import day_field, file_field
from admin.web.forms import SHORT, OneField, Sentence, clean, number_or_none, picks
from admin.web.searching import named, worded, written
from admin.wording import labels
from core.ground.access import Role, ScopedSession
from core.ground.order import in_order
from core.providers import operations
from core.providers.model import Provider, ProviderPaper, ServiceUnit
from core.providers.rules import paper_state

KEEPERS = policy.roles(Role.ACCREDITATION, Role.MANAGEMENT, Role.PROVIDER)


def own_title() -> str:
    """What the list is called: a provider's person sees its own only."""
    return _("Gestori") if principal().sees_all else _("Il nostro ente")


def _expired() -> ColumnElement[bool]:
    """The providers with an expired paper that no other of its kind follows."""
    later = aliased(ProviderPaper)
    follows = select(later.id).where(later.provider_id == ProviderPaper.provider_id, later.kind == ProviderPaper.kind,
                                     later.valid_from <= today(),
                                     later.valid_to.is_(None) | (later.valid_to >= today()))
    expired = select(ProviderPaper.provider_id).where(ProviderPaper.valid_to < today(), ~follows.exists())
    return Provider.id.in_(expired)


class ContactsForm(ActForm):
    """What a provider's own person keeps up to date."""

    pec = StringField(labels.column("provider", "pec"), [Length(max=SHORT)], filters=[clean])
    email = StringField(labels.column("provider", "email"), [Length(max=SHORT)], filters=[clean])
    phone = StringField(labels.column("provider", "phone"), [Length(max=SHORT)], filters=[clean])
    website = StringField(labels.column("provider", "website"), [Length(max=SHORT)], filters=[clean],
                          description=labels.help_for("provider", "website"))


class Providers(BaseView):
    """Who runs units (R151): searched by name, fiscal code or place; with papers, expiries and units."""

    may_read = policy.STAFF_AND_PROVIDERS
    may_write = policy.ACCREDITATION_OR_MANAGEMENT
    group = "accreditation"
    title = LazyString(own_title)
    new_title = lazy_gettext("Nuovo gestore")
    lead = lazy_gettext("Chi gestisce le unità di offerta: i suoi dati, i documenti che scadono, le sue unità.")
    empty = lazy_gettext("Nessun gestore è ancora registrato: si comincia da uno nuovo, o dall'importazione di un "
                         "elenco.")
    can_create = True
    can_edit = True
    list_template = "providers/list.html"
    details_template = "providers/provider.html"
    column_list = ("name", "legal_form", "tax_code", "city", "units", "papers")
    unsorted = frozenset({"tax_code"})
    column_labels = {"name": lazy_gettext("Gestore"), "units": lazy_gettext("Unità"),
                     "papers": lazy_gettext("Documenti"), "city": lazy_gettext("Sede")}
    shown = {
        "units": lambda row: str(sum(unit.state != "closed" for unit in row.units)),
        "papers": lambda row: papers_badge(row),
    }
    searched = (worded, named(Provider.id, ServiceUnit.provider_id))
    sorted_by = {"name": Provider.name}
    filtered = (
        Filter("forma", lazy_gettext("Forma giuridica"),
               lambda: list(labels.CHOICES["provider.legal_form"].items()),
               lambda value: Provider.legal_form == value),
        Filter("sezione", lazy_gettext("Terzo settore"),
               lambda: [*labels.CHOICES["provider.third_sector"].items(), ("no", _("fuori dal Terzo settore"))],
               lambda value: Provider.third_sector.is_(None) if value == "no" else Provider.third_sector == value),
        Filter("documenti", lazy_gettext("Documenti"), lambda: [("scaduti", _("con documenti scaduti"))],
               lambda _value: _expired()),
    )
    load = (selectinload(Provider.papers).selectinload(ProviderPaper.document),
            selectinload(Provider.units).selectinload(ServiceUnit.type))
    details = ("legal_form", "tax_code", "vat_number", "third_sector", "runts", "legal_representative", "address",
               "postal_code", "city", "province", "pec", "email", "phone", "website")
    form_sections = (
        (lazy_gettext("Chi è"), ("name", "legal_form", "tax_code", "vat_number", "third_sector", "runts",
                                 "legal_representative")),
        (lazy_gettext("Sede e recapiti"), ("address", "postal_code", "city", "province", "pec", "email", "phone",
                                           "website")),
    )
    left_out = frozenset({"id", "kind", "version", "demo"})
    numeric = frozenset({"units"})
    on_records = {"contacts_view": lazy_gettext("Modifica i recapiti"),
                  "service_unit.new_view": lazy_gettext("Nuova unità"),
                  "provider_paper.new_view": lazy_gettext("Nuovo documento")}


    def where_it_stands(self, row: Provider) -> str:
        """What lacks or runs out first."""
        states = [paper_state(paper, today()) for paper in living_papers(row)]
        if "expired" in states:
            return _("Ha documenti scaduti: senza quelli nuovi non si può decretare un accreditamento.")
        if "expiring" in states:
            return _("Ha documenti che scadono tra poco.")
        if not any(paper.kind == "insurance" for paper in row.papers):
            return _("Manca l'assicurazione: registrarla tra i documenti.")
        return _("I documenti registrati sono validi.")

    def acts(self, row: Provider) -> list[Act]:
        """New unit, new paper; the contacts for one's own person."""
        if not KEEPERS.admits(principal()):
            return []
        found = [self.button("service_unit.new_view", row, provider=row.id),
                 self.button("provider_paper.new_view", row, provider=row.id)]
        if not self.may_change():
            found.insert(0, self.button("contacts_view", row, tint="primary"))
        return found

    def context(self, row: Provider) -> dict[str, Any]:
        """Papers with their expiry, units with their state."""
        may_keep = KEEPERS.admits(principal())
        return {"papers": paper_rows(row.papers), "may_keep": may_keep, "meetings": meetings_of(row.id),
                "units": [(unit, ages_words(unit.min_age_months, unit.max_age_months)) for unit in row.units],
                "deadlines": case_deadlines("provider", row.id), **diary.context(db(), "provider", row.id)}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Provider:
        """See the operation."""
        return operations.add_provider(session, facts)

    def update(self, session: ScopedSession, row: Provider, version: int, facts: dict[str, Any]) -> Provider:
        """See the operation."""
        return operations.edit_provider(session, row.id, facts, version=version)

    @expose("/")
    def index_view(self) -> str | Response:
        """The list; the person of one provider is led to its page."""
        own = principal().provider_ids
        if not principal().sees_all and len(own) == 1:
            return redirect(self.get_url(".details_view", id=min(own)))
        shown: str = super().index_view()
        return shown

    @expose("/recapiti/", methods=("GET", "POST"))
    @policy.allow(KEEPERS, KEEPERS)
    def contacts_view(self) -> str | Response:
        """The contacts, which a provider's own person changes too."""
        row = self.get_one(request.args.get("id"))
        form = act_form(ContactsForm, row.version, pec=row.pec, email=row.email, phone=row.phone, website=row.website)
        page = ActPage(_("Recapiti di %(name)s", name=row.name), _("Salva"), self.after(row.id), row.name)

        def work(session: ScopedSession) -> int:
            facts = {name: form[name].data or (None if name in ("pec", "email") else "")
                     for name in operations.CONTACTS}
            return operations.edit_provider(session, row.id, facts, version=form.version.data).id

        return carry_out(self, "provider.contacts", form, page, work, done=_("I recapiti sono aggiornati."))


def living_papers(row: Provider) -> list[ProviderPaper]:
    """The papers that count: of each kind and unit, those that no newer one has followed."""
    def followed(paper: ProviderPaper) -> bool:
        return any(other.kind == paper.kind and other.unit_id in (None, paper.unit_id) and other.id != paper.id
                   and other.valid_from <= today() and paper.valid_to is not None
                   and (other.valid_to is None or other.valid_to > paper.valid_to) for other in row.papers)

    return [paper for paper in row.papers if not followed(paper)]


def papers_badge(row: Provider) -> Any:
    """The worst of a provider's living papers, for its line in the list."""
    states = [paper_state(paper, today()) for paper in living_papers(row)]
    for state in ("expired", "expiring", "valid"):
        if state in states:
            return formats.badge("provider_paper", state)
    return formats.shown(None)


def paper_rows(papers: list[ProviderPaper]) -> list[tuple[ProviderPaper, Any, str, str | None]]:
    """Papers as a page shows them, the one that ends last first: paper, kind, state, its file."""
    ordered = sorted(papers, key=lambda paper: (paper.valid_to is None, paper.valid_to or paper.valid_from, paper.id),
                     reverse=True)
    return [(paper, labels.choice("provider_paper", "kind", paper.kind), paper_state(paper, today()),
             file_url(paper.document_id, "provider_paper")) for paper in ordered]


class PaperForm(ActForm):
    """A paper with its expiry and its file."""

    kind = OneField(labels.column("provider_paper", "kind"), [Sentence()],
                    choices=picks([("", "–"), *labels.CHOICES["provider_paper.kind"].items()]))
    unit_id = OneField(lazy_gettext("Unità"), coerce=number_or_none,
                       description=labels.help_for("provider_paper", "unit_id"))
    issuer = StringField(lazy_gettext("Rilasciato da"), [Sentence(), Length(max=SHORT)], filters=[clean],
                         description=lazy_gettext("La compagnia, l'INPS, il registro, l'ente di certificazione."))
    number = StringField(lazy_gettext("Numero"), [Sentence(), Length(max=SHORT)], filters=[clean])
    valid_from = day_field(lazy_gettext("Valido dal"))
    valid_to = day_field(lazy_gettext("Valido fino al"), labels.help_for("provider_paper", "valid_to"), needed=False)
    cover = TextAreaField(lazy_gettext("Che cosa copre"), [Length(max=2000)], filters=[clean],
                          description=labels.help_for("provider_paper", "cover"))
    file = file_field(lazy_gettext("File"), needed=False)

    def facts(self) -> dict[str, Any]:
        """What the form says, by column."""
        return {name: self[name].data for name in operations.PAPER if name in self} | {"cover": self.cover.data or ""}


class ProviderPapers(BaseView):
    """The papers: added and corrected from the page of their provider, which is where they are read."""

    may_read = policy.STAFF_AND_PROVIDERS
    may_write = KEEPERS
    writing_pages = frozenset({"new_view", "change_view"})
    group = "accreditation"
    in_menu = False
    can_view_details = True
    searched = (written("issuer", "number"), named(ProviderPaper.provider_id, Provider.id))
    column_list = ("kind", "issuer", "number", "valid_to")

    @expose("/")
    def index_view(self) -> Response:
        """Papers are read on the page of their provider."""
        return redirect(self.get_url("provider.index_view"))

    @expose("/details/")
    def details_view(self) -> Response:
        """The paper's provider."""
        row = self.get_one(request.args.get("id"))
        return redirect(self.get_url("provider.details_view", id=row.provider_id) + "#documenti")

    @expose("/nuovo/", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Register a paper."""
        provider = db().get(Provider, small(request.args.get("provider")) or 0)
        if provider is None:
            abort(404)
        form = act_form(PaperForm, valid_from=today())
        return self._form(provider, form, _("Nuovo documento di %(name)s", name=provider.name), "provider_paper.new",
                          lambda session, file: operations.add_paper(
                              session, provider.id, form.facts(), file=file, today=today()))

    @expose("/modifica/", methods=("GET", "POST"))
    def change_view(self) -> str | Response:
        """Correct a paper."""
        row = self.get_one(request.args.get("id"))
        known = {name: getattr(row, name) for name in operations.PAPER}
        form = act_form(PaperForm, row.version, **known)
        if not policy.ACCREDITATION_OR_MANAGEMENT.admits(principal()):
            for name in operations.DATED:
                del form[name]
        return self._form(row.provider, form, _("Modifica: %(name)s", name=str(row)), "provider_paper.edit",
                          lambda session, file: operations.edit_paper(
                              session, row.id, form.facts(), file=file, version=form.version.data,
                              today=today()))

    def _form(self, provider: Provider, form: PaperForm, heading: str, name: str, work: Any) -> str | Response:
        if "unit_id" in form:
            units = db().execute(select(ServiceUnit.id, ServiceUnit.name).where(
                ServiceUnit.provider_id == provider.id).order_by(in_order(ServiceUnit.name)))
            form.unit_id.choices = picks([("", _("Tutte le unità")), *((key, name) for key, name in units)])
        back = self.get_url("provider.details_view", id=provider.id) + "#documenti"
        page = ActPage(heading, _("Registra il documento"), back, provider.name)
        return carry_out(self, name, form, page, lambda session: work(session, file_of(form.file)).id,
                         done=_("Il documento è registrato."))


def views() -> list[AdminBaseView]:
    """The views of this module, for the menu."""
    return [
        Providers(Provider, LazyString(own_title), endpoint="provider", url="gestori"),
        ProviderPapers(ProviderPaper, lazy_gettext("Documenti dei gestori"), endpoint="provider_paper",
                       url="documenti-gestori"),
    ]
