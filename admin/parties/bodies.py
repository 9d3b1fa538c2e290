"""Organs and institutions: who approves, is addressed or receives, their names over time, who sits in them (R158)."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import and_, select
from sqlalchemy.orm import selectinload

from admin.guard import policy
from admin.guard.session import db
from admin.parties.choices import ASKED_WHERE, by_district, of_district, several_districts
from admin.web.base_view import BaseView, Filter
from admin.web.forms import Choices, OneField, PageForm, Sentence, picks
from admin.web.searching import worded, written
from admin.wording import labels
from core.ground.access import Role, ScopedSession
from core.ground.order import in_order
from core.parties import bodies as operations
from core.parties.districts import all_districts
from core.parties.model import Body, BodyMember, BodyName, Municipality

KEEPERS = policy.roles(Role.MANAGEMENT, Role.ADMINISTRATOR)


class BodyView(BaseView):
    """Organs and institutions that approve, are addressed or receive (R158)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = KEEPERS
    group = "parties"
    title = lazy_gettext("Organi ed enti")
    lead = lazy_gettext("Chi approva, chi riceve e a chi si scrive: gli organi di ogni ente e le istituzioni con cui "
                        "si tratta.")
    new_title = lazy_gettext("Nuovo organo o ente")
    empty = lazy_gettext("Nessun organo è registrato: si aggiungono uno alla volta, o tutti insieme dagli insiemi di "
                         "partenza.")
    can_create = True
    can_edit = True
    details_template = "parties/body.html"
    column_list = ("name", "kind", "owner", "term_from", "term_to")
    column_labels = {"owner": lazy_gettext("Di chi è")}
    shown = {"owner": lambda row: owner_words(row)}
    searched = (worded,)
    filtered = (
        Filter("tipo", lazy_gettext("Tipo"), lambda: list(labels.CHOICES["body.kind"].items()),
               lambda value: Body.kind == value),
        by_district(lambda key: and_(Body.owner == operations.DISTRICT, of_district(Body).rows(str(key)))),
    )
    load = (selectinload(Body.names), selectinload(Body.members))
    form_columns = ("name", "kind", "owner", "district_id", "term_from", "term_to", "examines_report")
    details = ("kind", "owner", "term_from", "term_to", "examines_report")
    asked_where = ASKED_WHERE
    left_out = frozenset({"id", "code", "version"})

    def scaffold_form(self) -> type[PageForm]:
        """Whose body it is: the azienda's, the district's, another's, or a municipality's by its short name."""
        owner = OneField(lazy_gettext("Di chi è"), [Sentence()], choices=lambda: picks([("", "–"), *owners()]))
        return type("BodyForm", (super().scaffold_form(),), {"owner": owner})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Body:
        """See the operation."""
        return operations.add_body(session, facts)

    def update(self, session: ScopedSession, row: Body, version: int, facts: dict[str, Any]) -> Body:
        """See the operation."""
        return operations.edit_body(session, row.id, facts, version=version)

    def context(self, row: Body) -> dict[str, Any]:
        """Whether who reads may add names and members."""
        return {"may_add": self.may_change()}


class OfBody(BaseView):
    """What stands below a body: no list in the menu, back to the body after saving."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = KEEPERS
    group = "parties"
    can_create = True
    can_view_details = False
    in_menu = False
    left_out = frozenset({"id", "version"})

    def stands_on(self, key: int | str) -> str:
        """Back to the body."""
        return self.get_url("body.details_view", id=self.seen(db(), int(key)).body_id)


class BodyMemberView(OfBody):
    """Who sits in a body, in which role, from when to when."""

    new_title = lazy_gettext("Nuovo componente")
    can_edit = True
    searched = (written("family_name", "given_name", "role"),)
    column_list = ("family_name", "given_name", "role", "valid_from", "valid_to")
    form_columns = ("body_id", "given_name", "family_name", "role", "valid_from", "valid_to")

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> BodyMember:
        """See the operation."""
        return operations.add_member(session, facts)

    def update(self, session: ScopedSession, row: BodyMember, version: int, facts: dict[str, Any]) -> BodyMember:
        """See the operation."""
        return operations.edit_member(session, row.id, facts, version=version)


class BodyNameView(OfBody):
    """How a body was called in other days (X19)."""

    new_title = lazy_gettext("Nuova denominazione")
    can_delete = True
    column_list = ("name", "valid_from", "valid_to")
    form_columns = ("body_id", "name", "valid_from", "valid_to")

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> BodyName:
        """See the operation."""
        return operations.add_body_name(session, facts)

    def remove(self, session: ScopedSession, row: BodyName) -> None:
        """See the operation."""
        operations.remove_body_name(session, row.id)


def owners() -> Choices:
    """Whose a body may be: the azienda, the district, somebody outside, each municipality."""
    own = db().execute(select(Municipality.slug, Municipality.name).order_by(in_order(Municipality.name)))
    return [*labels.CHOICES["body.owner"].items(), *((slug, _("Comune: %(name)s", name=name)) for slug, name in own)]


def owner_words(body: Body) -> str:
    """Whose body it is, in words; of which district, where there are several."""
    if body.owner == operations.DISTRICT and several_districts():
        return next(one.name for one in all_districts(db()) if body.belongs_to(one))
    return str(labels.CHOICES["body.owner"].get(body.owner, _("Comune")))


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        BodyView(Body, lazy_gettext("Organi ed enti"), endpoint="body", url="organi"),
        BodyMemberView(BodyMember, lazy_gettext("Componenti degli organi"), endpoint="body_member", url="componenti"),
        BodyNameView(BodyName, lazy_gettext("Denominazioni degli organi"), endpoint="body_name",
                     url="denominazioni-organi"),
    ]
