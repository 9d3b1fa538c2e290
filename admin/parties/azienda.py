"""The azienda's own page: its data, letterhead and logo, who signs for it, its accounts."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, request, send_file
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import act, db, principal, today
from admin.parties.views import belongings
from admin.web.base_view import Act, BaseView
from admin.web.images import read_logo
from admin.web.searching import worded
from core.ground.access import Role, ScopedSession
from core.ground.errors import RuleBroken
from core.parties import operations
from core.parties.model import Azienda, BankAccount


class AziendaView(BaseView):
    """One record: the azienda whose office this is."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.roles(Role.MANAGEMENT, Role.ADMINISTRATOR)
    group = "parties"
    can_create = True
    can_edit = True
    new_title = lazy_gettext("I dati dell'azienda")
    details_template = "parties/azienda.html"
    searched = (worded,)
    column_list = ("name", "short_name", "district")
    load = (selectinload(Azienda.signatories), selectinload(Azienda.accounts).selectinload(BankAccount.delegates),
            selectinload(Azienda.acts))
    details = ("name", "short_name", "legal_form", "tax_code", "vat_number", "rea", "address", "postal_code", "city",
               "province", "pec", "website", "district", "court", "founded_by", "founding_date", "founding_notary",
               "founding_place", "founding_act", "recognition_date", "register_number", "statute_purpose_article",
               "purpose", "goals", "letterhead", "accreditation_act", "accessibility", "privacy", "contacts")
    form_sections = (
        (lazy_gettext("Chi è"), ("name", "short_name", "legal_form", "tax_code", "vat_number", "rea",
                                 "register_number")),
        (lazy_gettext("Sede e recapiti"), ("address", "postal_code", "city", "province", "pec", "website")),
        (lazy_gettext("Origine e scopo"), ("founded_by", "founding_date", "founding_notary", "founding_place",
                                           "founding_act", "recognition_date", "statute_purpose_article", "purpose",
                                           "goals")),
        (lazy_gettext("Contratti e lettere"), ("district", "court", "letterhead", "accreditation_act")),
        (lazy_gettext("In fondo a ogni pagina, per tutti"), ("contacts", "accessibility", "privacy")),
    )
    left_out = frozenset({"id", "kind", "version", "logo_path"})

    @expose("/")
    def index_view(self) -> Any:
        """There is one azienda: its page instead of a list."""
        key = db().scalar(select(Azienda.id).limit(1))
        if key is not None:
            return redirect(self.get_url(".details_view", id=key))
        if self.may_change():
            return redirect(self.get_url(".create_view"))
        return self.render("web/empty.html", title=self.name,
                           text=_("I dati dell'azienda non sono ancora registrati: li scrive la direzione o chi "
                                  "amministra il programma."))

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Azienda:
        """See the operation."""
        return operations.add_azienda(session, facts)

    def update(self, session: ScopedSession, row: Azienda, version: int, facts: dict[str, Any]) -> Azienda:
        """See the operation."""
        return operations.edit_azienda(session, row.id, facts, version=version)

    def acts(self, row: Azienda) -> list[Act]:
        """The logo has a page of its own, and so has what happened."""
        logo = [Act(_("Logo"), self.get_url(".logo_view", id=row.id))] if self.may_change() else []
        seen = policy.may(principal(), "case_event.azienda_view")
        return [*logo, Act(_("Diario"), self.get_url("case_event.azienda_view"))] if seen else logo

    def context(self, row: Azienda) -> dict[str, Any]:
        """What stands below the azienda's data."""
        return belongings(row, today())

    @expose("/logo/", methods=("GET", "POST"))
    @policy.allow(may_write, may_write)
    def logo_view(self) -> str | Response:
        """Choose the logo of letters and contracts: PNG or JPEG, looked at before it is kept."""
        row = self.get_one(request.args.get("id"))
        error = None
        if request.method == "POST":
            try:
                path = self._keep_logo()
                with act("azienda.logo") as session:
                    operations.set_logo(session, row.id, path)
            except RuleBroken as refusal:
                error = refusal
            else:
                flash(_("Il logo è registrato."), "success")
                return redirect(self.get_url(".details_view", id=row.id))
        return self.render("parties/logo.html", row=row, error=error)

    def _keep_logo(self) -> str:
        logo = read_logo(request.files.get("logo"))
        db().files.put(logo.path, logo.content)
        return logo.path

    @expose("/logo/file")
    def logo_file(self) -> Response:
        """The logo itself."""
        row = self.get_one(request.args.get("id"))
        if not row.logo_path:
            from flask import abort

            abort(404)
        return send_file(db().files.locate(row.logo_path))


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [AziendaView(Azienda, lazy_gettext("Azienda"), endpoint="azienda", url="azienda")]
