"""The investments: the list with its sums, the form."""

from __future__ import annotations

from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from admin.guard import policy
from admin.guard.session import db
from admin.web import formats
from admin.web.base_view import BaseView, Filter, small
from admin.web.charts import Chart, bars
from admin.web.exercise import ExerciseField, by_exercise, exercise, of_row, this_year
from admin.web.forms import Choices, PageForm, Sentence
from admin.web.searching import named
from admin.wording import labels
from core.catalogue.model import Service
from core.ground.access import ScopedSession
from core.reporting import operations
from core.reporting.investments import InvestmentSums, investments_of, sums_of, total_of
from core.reporting.model import Investment

NO_SERVICE = "0"  # in an address: those of the whole azienda


class Investments(BaseView):
    """What was to be invested and what was (R99); the municipalities read it in the report."""

    may_read = policy.MONEY_STAFF
    may_write = policy.MONEY
    group = "money"
    aside = True
    title = lazy_gettext("Investimenti")
    new_title = lazy_gettext("Nuovo investimento")
    lead = lazy_gettext("Che cosa si prevede di investire in un esercizio e che cosa si è investito, per un servizio o "
                        "per tutta l'azienda. Entra nella relazione annuale ai Comuni.")
    empty = lazy_gettext("Nessun investimento è ancora registrato.")
    can_create = True
    can_edit = True
    can_delete = True
    list_template = "reporting/investments.html"
    newest_first = True
    newest_by = ("year",)
    column_list = ("title", "service", "year", "planned", "made", "source")
    column_labels = {"service": lazy_gettext("Servizio"), "source": lazy_gettext("Fonte")}
    shown = {"year": of_row, "service": lambda row: row.service.title if row.service else _("tutta l'azienda"),
             "planned": lambda row: _euro(row.planned), "made": lambda row: _euro(row.made)}
    searched = (named(Investment.service_id, Service.id),)
    filtered = (
        by_exercise(Investment.year),
        Filter("servizio", lazy_gettext("Servizio"), lambda: _services(),
               lambda key: Investment.service_id.is_(None) if key == NO_SERVICE else Investment.service_id == int(key)),
    )
    load = (joinedload(Investment.service), joinedload(Investment.source), joinedload(Investment.act))
    numeric = frozenset({"planned", "made"})
    form_columns = ("title", "year", "service_id", "planned", "made", "source_id", "act_id")
    left_out = frozenset({"id", "version"})

    def scaffold_form(self) -> type[PageForm]:
        """The columns; the year is that of an exercise."""
        year = ExerciseField(labels.column("investment", "year"), [Sentence()], default=this_year,
                             render_kw={"inputmode": "numeric"})
        return type("InvestmentForm", (super().scaffold_form(),), {"year": year})

    def create(self, session: ScopedSession, facts: dict[str, Any]) -> Investment:
        """See the operation."""
        return operations.add_investment(session, facts)

    def update(self, session: ScopedSession, row: Investment, version: int, facts: dict[str, Any]) -> Investment:
        """See the operation."""
        return operations.edit_investment(session, row.id, facts, version=version)

    def remove(self, session: ScopedSession, row: Investment) -> None:
        """See the operation."""
        operations.remove_investment(session, row.id)

    def sums(self) -> tuple[int, list[InvestmentSums], InvestmentSums, Chart | None]:
        """Above the list: the sums of the exercise that the filter names, else of this one; a chart of several."""
        asked = small(request.args.get("anno"))
        year = this_year() if asked is None else asked
        rows = investments_of(db(), year)
        return year, sums_of(rows), total_of(rows), _chart(sums_of(rows), year) if rows else None


def _services() -> Choices:
    chosen = select(Service.id, Service.title).where(Service.id.in_(select(Investment.service_id)))
    found: list[tuple[Any, str]] = [(key, title) for key, title in db().execute(chosen.order_by(Service.order))]
    return [*found, (NO_SERVICE, _("tutta l'azienda"))] if found else []


def _euro(amount: Any) -> str:
    return _("non indicato") if amount is None else formats.euro(amount)


def _chart(sums: list[InvestmentSums], year: int) -> Chart:
    return bars(_("Investimenti %(year)s", year=exercise(year)), [one.title for one in sums],
                [(_("Previsto"), [one.planned for one in sums]), (_("Realizzato"), [one.made for one in sums])],
                source=_("investimenti registrati"))


def views() -> list[BaseView]:
    """The views of this module, for the menu."""
    return [Investments(Investment, lazy_gettext("Investimenti"), endpoint="investment", url="investimenti")]
