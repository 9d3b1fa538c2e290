"""The rates of interest on delay: dated rows, each with its source."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup

from admin.guard import policy
from admin.web import formats
from admin.web.base_view import BaseView, Filter
from admin.web.words import decimal
from admin.wording import labels
from core.ground.access import Role, ScopedSession
from core.instalments import rates as operations
from core.instalments.model import InterestRate


class RateView(BaseView):
    """Legal rates (art. 1284 c.c.) and those of commercial transactions (D.lgs. 231/2002)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    may_write = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING)
    group = "money"
    aside = True
    new_title = lazy_gettext("Nuovo tasso")
    lead = lazy_gettext("Servono agli interessi di ritardo. Ogni tasso vale nel suo anno, fino al seguente dello "
                        "stesso tipo. Gli interessi di un anno senza tasso non si contano: il programma lo chiede.")
    can_create = True
    can_delete = True
    can_view_details = False
    column_list = ("valid_from", "kind", "percent", "source")
    shown = {"percent": lambda row: f"{decimal(row.percent)}%", "source": "source_and_way_out"}
    newest_first = True
    newest_by = ("valid_from",)
    filtered = (
        Filter("tipo", lazy_gettext("Tipo"), lambda: list(labels.CHOICES["interest_rate.kind"].items()),
               lambda value: InterestRate.kind == value),
    )
    form_columns = ("kind", "valid_from", "percent", "source")
    left_out = frozenset({"id"})

    def name_of(self, row: InterestRate) -> str:
        """A rate is called by its day and kind."""
        return _("tasso «%(kind)s» del %(percent)s%% dal %(day)s", day=formats.day(row.valid_from),
                 kind=labels.choice("interest_rate", "kind", row.kind), percent=decimal(row.percent))

    def source_and_way_out(self, row: InterestRate) -> str | Markup:
        """Where the rate comes from; for who keeps the rates, the way to take away one entered by mistake."""
        if not self.may_change():
            return row.source
        return Markup('{} · <a href="{}" aria-label="{}">{}</a>').format(
            row.source, self.get_url(".delete_view", id=row.id), _("Togli: %(name)s", name=self.name_of(row)),
            _("Togli"))

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> InterestRate:
        """See the operation."""
        return operations.add_rate(session, facts)

    def remove(self, session: ScopedSession, row: InterestRate) -> None:
        """See the operation."""
        operations.remove_rate(session, row.id)


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [RateView(InterestRate, lazy_gettext("Tassi di interesse"), endpoint="rate", url="tassi")]
