"""The pages of the half-year reports: the list, the record, and the count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from admin.plugin_api import (
    Act,
    ActForm,
    ActPage,
    BaseView,
    NumberField,
    Sentence,
    act_form,
    carry_out,
    day_field,
    named,
    of_year,
    policy,
    today,
)
from core.plugin_api import Municipality, Role
from plugins.neutral_space import operations
from plugins.neutral_space.model import HalfYear


class CountForm(ActForm):
    """How many reports, by which day."""

    due = NumberField(lazy_gettext("Relazioni dovute"), [Sentence()],
                      description=lazy_gettext("Una per ogni percorso in corso nel semestre."))
    sent = NumberField(lazy_gettext("Relazioni inviate"), [Sentence()])
    said_on = day_field(lazy_gettext("Contate il"))


class HalfYears(BaseView):
    """The half-years of each municipality."""

    may_read = policy.roles(Role.MANAGEMENT, Role.AUDITOR, Role.MUNICIPALITY)
    may_write = policy.MANAGEMENT
    writing_pages = BaseView.writing_pages | {"count_view"}
    group = "catalogue"
    title = lazy_gettext("Relazioni dello Spazio Neutro")
    lead = lazy_gettext("Quante relazioni sono dovute e inviate in ogni semestre, per Comune. I semestri si aprono da "
                        "soli con la firma del contratto che conferisce il servizio; nessun dato riguarda singole "
                        "persone.")
    empty = lazy_gettext("Nessun semestre è aperto: si aprono con la firma di un contratto che conferisce il servizio.")
    searched = (named(HalfYear.municipality_id, Municipality.id), of_year)
    on_records = {"count_view": lazy_gettext("Conta le relazioni")}
    column_list = ("municipality", "half", "due", "sent", "said_on")
    details = column_list
    column_labels = {
        "municipality": lazy_gettext("Comune"), "half": lazy_gettext("Semestre"),
        "due": lazy_gettext("Relazioni dovute"), "sent": lazy_gettext("Relazioni inviate"),
        "said_on": lazy_gettext("Contate il"),
    }
    shown = {"half": lambda row: str(row)}
    unsorted = frozenset({"half", "due", "sent", "said_on"})
    newest_first = True
    newest_by = ("year", "half")
    load = (selectinload(HalfYear.municipality),)
    numeric = frozenset({"due", "sent"})

    def name_of(self, row: HalfYear) -> str:
        """The municipality and the half-year."""
        return f"{row.municipality.name}, {row}"

    def acts(self, row: HalfYear) -> Sequence[Act]:
        """Whoever may write counts."""
        may = self.may_change() and row.first_day <= today()
        return (self.button("count_view", row, tint="primary"),) if may else ()

    @expose("/<int:id>/conta", methods=("GET", "POST"))
    def count_view(self, id: int) -> str | Response:
        """Count the reports of a half-year."""
        row = self.get_one(str(id))
        form: Any = act_form(CountForm, row.version, row=row, said_on=row.said_on or today())
        page = ActPage(_("Conta le relazioni"), _("Registra"), self.stands_on(id), self.name_of(row), effects=(
            _("Quando le inviate sono tante quante le dovute, la scadenza del semestre è rispettata."),))
        return carry_out(self, "neutral_space.count", form, page, lambda session: str(operations.count(
            session, id, due=form.due.data, sent=form.sent.data, said_on=form.said_on.data, version=form.version.data,
            today=today()).id), done=_("Le relazioni sono registrate."))


def views() -> Sequence[object]:
    """The list stands in the menu."""
    return (HalfYears(HalfYear, lazy_gettext("Relazioni dello Spazio Neutro"), endpoint="neutral_space_half_year",
                      url="spazio-neutro"),)
