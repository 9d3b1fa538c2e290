"""Funding sources (R66-R74), and the names that other documents give them (X23)."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload

from admin.guard import policy
from admin.guard.session import db
from admin.web.base_view import BaseView
from admin.web.searching import worded
from core.funding import operations
from core.funding.model import FundingSource, SourceName
from core.ground.access import ScopedSession


class Sources(BaseView):
    """The funding sources of art. 12."""

    may_read = policy.MONEY_READERS
    may_write = policy.MONEY
    group = "money"
    aside = True
    title = lazy_gettext("Fonti di finanziamento")
    lead = lazy_gettext("Le fonti dell'art. 12 del contratto. Ogni fonte si riconosce anche con i nomi che le danno "
                        "altri documenti: servono quando si importa un bilancio.")
    details_template = "money/budgets/source.html"
    column_list = ("title", "laws", "names")
    column_labels = {"title": lazy_gettext("Fonte"), "names": lazy_gettext("Altri nomi")}
    shown = {"names": lambda row: ", ".join(name.name for name in row.names)}
    searched = (worded,)
    sorted_by = {"title": FundingSource.order}
    load = (selectinload(FundingSource.names),)
    details = ("laws", "studied")

    def get_sortable_columns(self) -> dict[Any, Any]:
        """The order of the contract."""
        return {"title": FundingSource.order}


class SourceNames(BaseView):
    """A name that another document gives a source: reached from the source's page."""

    may_read = policy.MONEY
    may_write = policy.MONEY
    group = "money"
    in_menu = False
    new_title = lazy_gettext("Nuovo nome di una fonte")
    can_create = True
    can_delete = True
    can_view_details = False
    column_list = ("name", "source", "document")
    column_labels = {"source": lazy_gettext("Fonte")}
    load = (selectinload(SourceName.source),)
    form_columns = ("source_id", "name", "document")
    left_out = frozenset({"id"})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> SourceName:
        """See the operation."""
        return operations.name_source(session, facts["source_id"], facts["name"], facts["document"])

    def remove(self, session: ScopedSession, row: SourceName) -> None:
        """See the operation."""
        operations.forget_name(session, row.id)

    def name_of(self, row: SourceName) -> str:
        """The name itself."""
        return row.name

    def stands_on(self, key: int | str) -> str:
        """Back to the source."""
        return self.get_url("funding_source.details_view", id=self.seen(db(), int(key)).source_id)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [
        Sources(FundingSource, lazy_gettext("Fonti di finanziamento"), endpoint="funding_source", url="fonti"),
        SourceNames(SourceName, lazy_gettext("Nomi delle fonti"), endpoint="source_name", url="fonti/nomi"),
    ]
