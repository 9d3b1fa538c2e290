"""The pages of the yearly accounts: the list, a new court and year, the count."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from werkzeug.wrappers import Response

from admin.plugin_api import (
    Act,
    ActForm,
    ActPage,
    BaseView,
    Begin,
    NumberField,
    Sentence,
    act_form,
    carry_out,
    day_field,
    line_field,
    of_year,
    policy,
    today,
)
from core.plugin_api import Role, ScopedSession
from plugins.legal_protection import operations
from plugins.legal_protection.model import CourtYear

DUE, SENT = lazy_gettext("Rendiconti dovuti"), lazy_gettext("Rendiconti inviati")


class ExpectForm(ActForm):
    """Which court, which year, how many, by when."""

    year = NumberField(lazy_gettext("Anno"), [Sentence()], description=lazy_gettext("L'anno di cui si rende conto."))
    court = line_field(lazy_gettext("Tribunale"), lazy_gettext("Per esempio «Tribunale di Lodi»; mai il nome di una "
                                                                "persona."))
    due = NumberField(DUE, [Sentence()])
    by = day_field(lazy_gettext("Entro il"), lazy_gettext("Il giorno che il tribunale aspetta: la legge dice ogni "
                                                          "anno, non quale giorno."))


class CountForm(ActForm):
    """How many were sent, by which day."""

    due = NumberField(DUE, [Sentence()])
    sent = NumberField(SENT, [Sentence()])
    said_on = day_field(lazy_gettext("Contati il"))


class CourtYears(BaseView):
    """What each court expects of each year."""

    may_read = policy.roles(Role.MANAGEMENT, Role.AUDITOR)
    may_write = policy.MANAGEMENT
    writing_pages = BaseView.writing_pages | {"new_view", "count_view"}
    group = "catalogue"
    title = lazy_gettext("Rendiconti al giudice tutelare")
    lead = lazy_gettext("Quanti rendiconti di tutele e amministrazioni di sostegno sono dovuti e inviati, per anno e "
                        "tribunale. Sono soltanto numeri: nessun nome, nessun fascicolo.")
    empty = lazy_gettext("Nessun anno è stato ancora registrato.")
    begins = (Begin(lazy_gettext("Registra i rendiconti dovuti"), ".new_view"),)
    on_records = {"count_view": lazy_gettext("Conta i rendiconti")}
    searched = (of_year,)
    column_list = ("year", "court", "due", "sent", "by")
    details = (*column_list, "said_on")
    column_labels = {"year": lazy_gettext("Anno"), "court": lazy_gettext("Tribunale"), "due": DUE, "sent": SENT,
                     "by": lazy_gettext("Entro il"), "said_on": lazy_gettext("Contati il")}
    newest_first = True
    newest_by = ("year",)
    numeric = frozenset({"due", "sent"})

    def acts(self, row: CourtYear) -> Sequence[Act]:
        """Whoever may write counts."""
        return (self.button("count_view", row, tint="primary"),) if self.may_change() else ()

    @expose("/nuovo", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """What a court expects of a year."""
        form: Any = act_form(ExpectForm, year=today().year - 1)
        page = ActPage(_("Registra i rendiconti dovuti"), _("Registra"), self.get_url(".index_view"), str(self.title))

        def work(session: ScopedSession) -> str:
            return str(operations.expect(session, year=form.year.data, court=form.court.data, due=form.due.data,
                                         by=form.by.data, today=today()).id)

        return carry_out(self, "legal_protection.expect", form, page, work, self.stands_on,
                         done=_("I rendiconti dovuti sono registrati, con la loro scadenza."))

    @expose("/<int:id>/conta", methods=("GET", "POST"))
    def count_view(self, id: int) -> str | Response:
        """Count what was sent."""
        row = self.get_one(str(id))
        form: Any = act_form(CountForm, row.version, row=row, said_on=row.said_on or today())
        page = ActPage(_("Conta i rendiconti"), _("Registra"), self.stands_on(id), self.name_of(row), effects=(
            _("Quando gli inviati sono tanti quanti i dovuti, la scadenza è rispettata."),))

        def work(session: ScopedSession) -> str:
            return str(operations.count(session, id, due=form.due.data, sent=form.sent.data,
                                        said_on=form.said_on.data, version=form.version.data, today=today()).id)

        return carry_out(self, "legal_protection.count", form, page, work, done=_("I rendiconti sono registrati."))


def views() -> Sequence[object]:
    """The list stands in the menu."""
    return (CourtYears(CourtYear, lazy_gettext("Rendiconti al giudice tutelare"),
                       endpoint="legal_protection_court_year", url="rendiconti-tutele"),)
