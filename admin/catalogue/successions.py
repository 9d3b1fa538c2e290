"""Which service took the place of another (D5): reached from the service's page, saved back to it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload

from admin.guard import policy
from admin.guard.session import db
from admin.web.base_view import BaseView
from admin.web.forms import PageForm, asked_of
from core.catalogue import succession
from core.catalogue.model import ServiceSuccession
from core.ground.access import ScopedSession


class SuccessionView(BaseView):
    """The successions between services."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    new_title = lazy_gettext("Di quale servizio ha preso il posto")
    can_create = True
    can_edit = True
    can_delete = True
    can_view_details = False
    in_menu = False
    column_list = ("service", "predecessor", "since")
    column_labels = {"service": lazy_gettext("Servizio"), "predecessor": lazy_gettext("Servizio di prima")}
    load = (selectinload(ServiceSuccession.service), selectinload(ServiceSuccession.predecessor))
    form_columns = ("service_id", "predecessor_id", "since", "reason")
    left_out = frozenset({"id", "version"})

    def scaffold_form(self) -> type[PageForm]:
        """The columns; which service came before is never the first of the list by itself."""
        return type("SuccessionForm", (super().scaffold_form(),), {
            "predecessor_id": asked_of(self, "service_succession", "predecessor_id")})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> ServiceSuccession:
        """See the operation."""
        return succession.add_succession(session, facts)

    def update(self, session: ScopedSession, row: ServiceSuccession, version: int, facts: dict[str, Any]
               ) -> ServiceSuccession:
        """See the operation."""
        return succession.edit_succession(session, row.id, facts, version=version)

    def remove(self, session: ScopedSession, row: ServiceSuccession) -> None:
        """See the operation."""
        succession.remove_succession(session, row.id)

    def name_of(self, row: ServiceSuccession) -> str:
        """Both services."""
        return _("che «%(service)s» ha preso il posto di «%(before)s»", service=row.service.title,
                 before=row.predecessor.title)

    def stands_on(self, key: int | str) -> str:
        """Back to the service."""
        return self.get_url("service.details_view", id=self.seen(db(), int(key)).service_id)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [SuccessionView(ServiceSuccession, lazy_gettext("Servizi che si succedono"), endpoint="service_succession",
                           url="servizi-che-si-succedono")]
