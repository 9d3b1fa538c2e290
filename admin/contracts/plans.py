"""Zone Plans and service charters: which hold, what they lack, which overlap."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from admin.guard import policy
from admin.guard.session import db, today
from admin.parties.choices import ASKED_WHERE, district_choices, of_district, several_districts
from admin.web import formats
from admin.web.base_view import BaseView
from admin.web.forms import OneField, PageForm, Sentence, asked_of, number_or_none, picks
from admin.web.remarks import remark
from admin.web.searching import written
from admin.wording import labels
from core.contracts import kept
from core.contracts import plans as operations
from core.contracts.model import KeptService, ServiceCharter, ZonePlan
from core.ground.access import ScopedSession
from core.ground.order import alphabetical
from core.parties.districts import all_districts
from core.parties.model import District


class ZonePlanView(BaseView):
    """The three-year plans that contracts carry out (R6, R11, R12)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    details_template = "contracts/terms/plan.html"
    new_title = lazy_gettext("Nuovo Piano di Zona")
    lead = lazy_gettext("La programmazione sociale di tre anni: i contratti di quegli anni la richiamano.")
    can_create = True
    can_edit = True
    searched = (written("title"),)
    filtered = (of_district(ZonePlan),)
    asked_where = ASKED_WHERE
    column_list = ("title", "ordinal", "agreement_date", "holds")
    state_column = "holds"
    column_labels = {"holds": lazy_gettext("Stato")}
    shown = {"title": lambda row: _with_district(row), "district_id": lambda row: _district(row)}
    newest_first = True
    newest_by = ("first_year",)
    form_columns = ("title", "district_id", "ordinal", "first_year", "last_year", "extended_to", "extended_by",
                    "agreement_date", "budget_article", "founding")
    details = form_columns[1:]
    left_out = frozenset({"id", "version"})
    numeric = frozenset()

    def scaffold_form(self) -> type[PageForm]:
        """The columns; where it is asked of which district a plan is, it must be said."""
        form = super().scaffold_form()
        if not hasattr(form, "district_id"):
            return form
        needed = OneField(self.get_column_name("district_id"), [Sentence()], coerce=number_or_none,
                          choices=lambda: picks([("", "–"), *district_choices()]))
        return type("PlanForm", (form,), {"district_id": needed})

    def state_of(self, row: ZonePlan) -> str:
        """Whether the plan covers this year."""
        if row.first_year > today().year:
            return "future"
        return "in_force" if row.ends_on >= today() else "ended"

    def context(self, row: ZonePlan) -> dict[str, Any]:
        """What the plan lacks, and the plans that share a year with it."""
        found = [*operations.incomplete(row), *operations.overlapping(row, db().scalars(select(ZonePlan)))]
        left = sorted(row.kept, key=lambda one: (alphabetical(one.municipality.name), one.service.order))
        return {"remarks": [remark(finding) for finding in found], "kept": left, "may_add": self.may_change()}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> ZonePlan:
        """See the operation."""
        return operations.add_plan(session, facts)

    def update(self, session: ScopedSession, row: ZonePlan, version: int, facts: dict[str, Any]) -> ZonePlan:
        """See the operation."""
        return operations.edit_plan(session, row.id, facts, version=version)


class KeptServiceView(BaseView):
    """What a Zone Plan leaves to municipalities (R36): reached from the plan's page, saved back to it."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    new_title = lazy_gettext("Servizio in economia")
    can_create = True
    can_edit = True
    can_delete = True
    can_view_details = False
    in_menu = False
    column_list = ("service", "municipality", "article")
    column_labels = {"service": lazy_gettext("Servizio"), "municipality": lazy_gettext("Comune")}
    load = (selectinload(KeptService.service), selectinload(KeptService.municipality))
    form_columns = ("zone_plan_id", "municipality_id", "service_id", "article")
    left_out = frozenset({"id", "version"})

    def scaffold_form(self) -> type[PageForm]:
        """The columns; neither municipality nor service is the first of its list by itself."""
        return type("KeptForm", (super().scaffold_form(),), {
            name: asked_of(self, "kept_service", name) for name in ("municipality_id", "service_id")})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> KeptService:
        """See the operation."""
        return kept.add_kept(session, facts)

    def update(self, session: ScopedSession, row: KeptService, version: int, facts: dict[str, Any]) -> KeptService:
        """See the operation."""
        return kept.edit_kept(session, row.id, facts, version=version)

    def remove(self, session: ScopedSession, row: KeptService) -> None:
        """See the operation."""
        kept.remove_kept(session, row.id)

    def name_of(self, row: KeptService) -> str:
        """The service and whose it stays."""
        return _("«%(service)s», che resta a %(municipality)s", service=row.service.title,
                 municipality=row.municipality.name)

    def stands_on(self, key: int | str) -> str:
        """Back to the plan."""
        return self.get_url("zone_plan.details_view", id=self.seen(db(), int(key)).zone_plan_id)


class CharterView(BaseView):
    """The service charters: the azienda's own wins over the district's (R30, R100, X22)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    new_title = lazy_gettext("Nuova Carta dei servizi")
    lead = lazy_gettext("Che cosa è promesso ai cittadini: i contratti richiamano la Carta in vigore.")
    can_create = True
    can_edit = True
    searched = (written("title"),)
    filtered = (of_district(ServiceCharter),)
    asked_where = ASKED_WHERE
    shown = {"owner": lambda row: _owner(row), "district_id": lambda row: _district(row)}
    column_list = ("title", "owner", "valid_from", "valid_to", "holds")
    state_column = "holds"
    column_labels = {"holds": lazy_gettext("Stato")}
    newest_first = True
    newest_by = ("valid_from",)
    form_columns = ("title", "owner", "district_id", "valid_from", "valid_to")
    details = ("owner", "valid_from", "valid_to")
    left_out = frozenset({"id", "version"})

    def state_of(self, row: ServiceCharter) -> str:
        """Whether new contracts take this charter today."""
        if row.valid_from > today():
            return "future"
        if row.valid_to is not None and row.valid_to < today():
            return "ended"
        return "in_force" if row in self._winners(row) else "superseded"

    def where_it_stands(self, row: ServiceCharter) -> str:
        """Which charter new contracts take, and why."""
        winners = self._winners(row)
        if row in winners and row.owner == "azienda":
            return _("È la Carta che i contratti nuovi richiamano: quella dell'azienda vale al posto di quella del "
                     "distretto.")
        if row in winners:
            return _("È la Carta che i contratti nuovi richiamano, finché l'azienda non adotta la propria.")
        if self.state_of(row) == "superseded" and winners:
            return _("Non è scaduta, ma i contratti nuovi richiamano «%(title)s».", title=winners[0].title)
        return ""

    @staticmethod
    def _winners(row: ServiceCharter) -> list[ServiceCharter]:
        """Which charters hold today in the districts of this one: the azienda's own is of all."""
        everything = db().scalars(select(ServiceCharter)).all()
        of: list[District | None] = [one for one in all_districts(db())
                                     if row.owner == "azienda" or row.belongs_to(one)]
        found = (operations.charter_in_force(everything, today(), district) for district in of or [None])
        return [charter for charter in found if charter is not None]

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> ServiceCharter:
        """See the operation."""
        return operations.add_charter(session, facts)

    def update(
        self, session: ScopedSession, row: ServiceCharter, version: int, facts: dict[str, Any]
    ) -> ServiceCharter:
        """See the operation."""
        return operations.edit_charter(session, row.id, facts, version=version)


def _district(row: ZonePlan | ServiceCharter) -> Any:
    """The name of the district of a plan or a charter; of the azienda's own there is none."""
    if isinstance(row, ServiceCharter) and row.owner == "azienda":
        return formats.shown(None)
    return next((one.name for one in all_districts(db()) if row.belongs_to(one)), formats.shown(None))


def _with_district(row: ZonePlan) -> str:
    """What a plan is called among those of several districts."""
    return f"{row} – {_district(row)}" if several_districts() else str(row)


def _owner(row: ServiceCharter) -> Any:
    """Whose charter it is; of which district, where there are several."""
    return _district(row) if row.owner == "district" and several_districts() else labels.choice(
        "service_charter", "owner", row.owner)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        CharterView(ServiceCharter, lazy_gettext("Carte dei servizi"), endpoint="charter", url="carte"),
        KeptServiceView(KeptService, lazy_gettext("Servizi in economia"), endpoint="kept_service",
                        url="servizi-in-economia"),
        ZonePlanView(ZonePlan, lazy_gettext("Piani di Zona"), endpoint="zone_plan", url="piani-di-zona"),
    ]
