"""The districts of the azienda, reached from its page, and from when each municipality lies in which."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import Length

from admin.guard import policy
from admin.guard.session import db, today
from admin.web import formats
from admin.web.acts import ActForm, ActPage, act_form, carry_out
from admin.web.base_view import Act, BaseView
from admin.web.forms import SHORT, DateField, PageForm, Sentence, clean
from admin.web.searching import worded
from core.contracts.model import ServiceCharter, ZonePlan
from core.ground.access import ScopedSession
from core.ground.order import alphabetical
from core.parties import capacities
from core.parties import districts as operations
from core.parties.model import Body, District, DistrictMember, Municipality


class RenameDistrictForm(ActForm):
    """The new name, and from when."""

    name = StringField(lazy_gettext("Nuovo nome"), [Sentence(), Length(max=SHORT)], filters=[clean])
    on = DateField(lazy_gettext("Dal"), validators=[Sentence()], render_kw={"type": "date"})


class DistrictView(BaseView):
    """The districts: in most aziende the only one, in some several, each with its plan, charter and bodies."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    in_menu = False
    title = lazy_gettext("Distretti")
    lead = lazy_gettext("I Comuni che programmano insieme i servizi sociali. Un'azienda ne ha di regola uno; dove sono "
                        "più d'uno, ciascuno ha il suo Piano di Zona, la sua Carta, i suoi organi.")
    new_title = lazy_gettext("Apri un altro distretto")
    can_create = True
    can_edit = True
    details_template = "parties/district.html"
    column_list = ("name", "members", "valid_from", "valid_to", "holds")
    column_labels = {"members": lazy_gettext("Comuni soci"), "holds": lazy_gettext("Stato")}
    state_column = "holds"
    searched = (worded,)
    sorted_by = {"name": District.searched}
    shown = {"members": "members_in_words"}
    load = (selectinload(District.names),)
    details = ("code", "valid_from", "valid_to")
    form_columns = ("name", "code", "valid_from", "valid_to")
    left_out = frozenset({"id", "version", "azienda_id", "is_first"})

    def state_of(self, row: District) -> str:
        """Whether municipalities may lie in it today."""
        if row.is_open(today()):
            return "in_force"
        return "future" if row.valid_from and row.valid_from > today() else "ended"

    def scaffold_form(self) -> type[PageForm]:
        """The code may be left to be made of the name."""
        form = super().scaffold_form()
        code = StringField(self.get_column_name("code"), [Length(max=SHORT)], filters=[clean], description=lazy_gettext(
            "Lettere minuscole, cifre e trattini; se manca si fa dal nome. Poi non cambia."))
        return type("DistrictForm", (form,), {"code": code})

    def members_in_words(self, row: District) -> str:
        """The names of the members that lie in it today; of one's own, for a municipality."""
        return ", ".join(member.name for member in _members(row)) or formats.shown(None)

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> District:
        """See the operation."""
        return operations.open_district(session, facts)

    def update(self, session: ScopedSession, row: District, version: int, facts: dict[str, Any]) -> District:
        """See the operation."""
        return operations.edit_district(session, row.id, facts, version=version)

    on_records = {"rename_view": lazy_gettext("Cambia il nome")}

    def acts(self, row: District) -> list[Act]:
        """Another name from a day on."""
        return [self.button("rename_view", row)] if self.may_change() else []

    def context(self, row: District) -> dict[str, Any]:
        """Its municipalities, plans, charters and bodies, and who leads it."""
        plans = db().scalars(select(ZonePlan).order_by(ZonePlan.first_year.desc(), ZonePlan.id.desc()))
        charters = db().scalars(select(ServiceCharter).where(ServiceCharter.owner == "district").order_by(
            ServiceCharter.valid_from.desc(), ServiceCharter.id.desc()))
        bodies = db().scalars(select(Body).where(Body.owner == "district").order_by(Body.searched))
        moves = db().scalars(select(DistrictMember).where(DistrictMember.district_id == row.id).order_by(
            DistrictMember.valid_from.desc(), DistrictMember.id.desc()).options(
                selectinload(DistrictMember.municipality)))
        leads = capacities.holder(_everybody(), capacities.LEAD, today(), row)
        return {"members": _members(row), "moves": moves.all(), "lead": leads, "several": operations.several(db()),
                "plans": [plan for plan in plans if plan.belongs_to(row)],
                "charters": [charter for charter in charters if charter.belongs_to(row)],
                "bodies": [body for body in bodies if body.belongs_to(row)], "may_add": self.may_change()}

    @expose("/nome/", methods=("GET", "POST"))
    @policy.allow(policy.MANAGEMENT, policy.MANAGEMENT)
    def rename_view(self) -> str | Response:
        """Give the district another name from a day on; contracts of before keep the one that it had."""
        row = self.get_one(request.args.get("id"))
        page = ActPage(_("Cambia il nome: %(district)s", district=row.name), _("Cambia il nome"),
                       self.get_url(".details_view", id=row.id), row.name,
                       [_("I contratti che cominciano prima stampano il nome di oggi, che resta nella pagina del "
                          "distretto.")])
        form = act_form(RenameDistrictForm, row.version)
        return carry_out(self, "district.rename", form, page, lambda session: operations.rename_district(
            session, row.id, form.name.data or "", on=form.on.data, version=form.version.data).id,
            done=_("Il nuovo nome è registrato."))


class DistrictMemberView(BaseView):
    """From which day a municipality lies in which district: reached from both pages."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "parties"
    new_title = lazy_gettext("Sposta un Comune in un altro distretto")
    can_create = True
    can_delete = True
    can_view_details = False
    in_menu = False
    column_list = ("municipality", "district", "valid_from")
    column_labels = {"municipality": lazy_gettext("Comune"), "district": lazy_gettext("Distretto")}
    load = (selectinload(DistrictMember.municipality), selectinload(DistrictMember.district))
    form_columns = ("municipality_id", "district_id", "valid_from")
    left_out = frozenset({"id", "version"})

    def name_of(self, row: DistrictMember) -> str:
        """A move is called by its municipality and its district."""
        return _("lo spostamento di %(name)s in %(district)s dal %(day)s", name=row.municipality.name,
                 district=row.district.name, day=formats.day(row.valid_from))

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> DistrictMember:
        """See the operation."""
        return operations.move(session, facts["municipality_id"], facts["district_id"], valid_from=facts["valid_from"])

    def remove(self, session: ScopedSession, row: DistrictMember) -> None:
        """See the operation."""
        operations.take_back(session, row.id)

    def after(self, key: int | str) -> str:
        """Back to the page that it was opened from, else to the municipality."""
        if request.args.get("url"):
            return self.came_from()
        return self.get_url("municipality.details_view", id=self.seen(db(), int(key)).municipality_id)


def _everybody() -> list[Municipality]:
    """The municipalities that who asks may see, in one order."""
    found = db().scalars(select(Municipality).options(
        selectinload(Municipality.memberships), selectinload(Municipality.places),
        selectinload(Municipality.capacities)))
    return sorted(found, key=lambda municipality: alphabetical(municipality.name))


def _members(district: District) -> list[Municipality]:
    """The members that lie in a district today."""
    return [member for member in _everybody()
            if member.is_member(today()) and operations.district_of(db(), member, today()) is district]


def views() -> list[BaseView]:
    """The views of this module: in no menu, see the azienda's page."""
    return [
        DistrictView(District, lazy_gettext("Distretti"), endpoint="district", url="distretti"),
        DistrictMemberView(DistrictMember, lazy_gettext("Comuni dei distretti"), endpoint="district_member",
                           url="comuni-dei-distretti"),
    ]
