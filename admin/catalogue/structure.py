"""Areas and sectors: the shape of the catalogue, as art. 9 of a contract prints it (R41-R55)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload

from admin.guard import policy
from admin.guard.session import db
from admin.web import formats
from admin.web.base_view import Act, BaseView
from admin.web.searching import worded, written
from core.catalogue import structure
from core.catalogue.model import Area, Sector, ServiceSector
from core.ground.access import ScopedSession


class AreaView(BaseView):
    """The areas of the azienda, with their sectors and tasks (R41-R55)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    new_title = lazy_gettext("Nuova area")
    lead = lazy_gettext("Come l'azienda si divide: le aree, chi ne risponde e i settori in cui stanno i servizi.")
    empty = lazy_gettext("Nessuna area: si apre la prima qui, o si prende il catalogo dagli insiemi di partenza.")
    can_create = True
    can_edit = True
    details_template = "catalogue/area.html"
    column_list = ("code", "title", "responsible", "kind", "sectors")
    shown = {"sectors": lambda row: formats.shown([s.title for s in row.sectors])}
    searched = (worded,)
    sorted_by = {"code": Area.order}
    load = (selectinload(Area.sectors).selectinload(Sector.entries).selectinload(ServiceSector.service),)
    form_columns = ("code", "title", "kind", "responsible", "description", "order")
    details = ("code", "kind", "responsible", "description")
    left_out = frozenset({"id", "version"})

    def acts(self, row: Area) -> list[Act]:
        """A sector is opened from its area."""
        if not self.may_change():
            return []
        return [Act(str(lazy_gettext("Apri un settore")), self.get_url("sector.create_view", area_id=row.id))]

    def context(self, row: Area) -> dict[str, Any]:
        """Whether who reads may correct the sectors."""
        return {"may_add": self.may_change()}

    def proposed(self) -> dict[str, Any]:
        """A new area comes last."""
        return {"order": structure.next_order(db(), Area), **super().proposed()}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Area:
        """See the operation."""
        return structure.add_area(session, facts)

    def update(self, session: ScopedSession, row: Area, version: int, facts: dict[str, Any]) -> Area:
        """See the operation."""
        return structure.edit_area(session, row.id, facts, version=version)


class SectorView(BaseView):
    """A sector of an area, a unit of the system area or a staff area; shown with its area (R42-R48)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.MANAGEMENT
    group = "catalogue"
    new_title = lazy_gettext("Nuovo settore")
    can_create = True
    can_edit = True
    can_view_details = False
    in_menu = False
    searched = (written("code", "title"),)
    column_list = ("title", "area")
    column_labels = {"area": lazy_gettext("Area")}
    load = (selectinload(Sector.area),)
    form_columns = ("area_id", "title", "heading", "code", "description", "tasks", "order")
    left_out = frozenset({"id", "version"})

    def proposed(self) -> dict[str, Any]:
        """A new sector comes last."""
        return {"order": structure.next_order(db(), Sector), **super().proposed()}

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Sector:
        """See the operation."""
        return structure.add_sector(session, facts)

    def update(self, session: ScopedSession, row: Sector, version: int, facts: dict[str, Any]) -> Sector:
        """See the operation."""
        return structure.edit_sector(session, row.id, facts, version=version)

    def stands_on(self, key: int | str) -> str:
        """Back to the area."""
        return self.get_url("area.details_view", id=self.seen(db(), int(key)).area_id)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        AreaView(Area, lazy_gettext("Aree e settori"), endpoint="area", url="aree"),
        SectorView(Sector, lazy_gettext("Settori"), endpoint="sector", url="settori"),
    ]
