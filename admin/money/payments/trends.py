"""How the money goes on: the cash of a year by month, the shares of the municipalities over the years. The home page
shows one of these charts, here stand all."""

from __future__ import annotations

from datetime import date

from flask import request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.guard import policy
from admin.guard.session import db
from admin.web.base_view import Page, small
from admin.web.charts import Chart, bars
from admin.web.exercise import this_year
from core.ground.access import ScopedSession
from core.ground.exercises import exercises
from core.payments.outlook import cash_by_month, shares_by_year

YEARS_SHOWN = 3
FIRST_YEAR, LAST_YEAR = 2000, 2199
MONTH_NAMES = (
    lazy_gettext("gennaio"), lazy_gettext("febbraio"), lazy_gettext("marzo"), lazy_gettext("aprile"),
    lazy_gettext("maggio"), lazy_gettext("giugno"), lazy_gettext("luglio"), lazy_gettext("agosto"),
    lazy_gettext("settembre"), lazy_gettext("ottobre"), lazy_gettext("novembre"), lazy_gettext("dicembre"),
)


class Trends(Page):
    """The charts, each with its table."""

    may_read = policy.MONEY_READERS
    group = "money"
    aside = True

    @expose("/")
    def index(self) -> str:
        """The charts of a year and of those before it."""
        asked = small(request.args.get("anno"))
        year = asked if asked is not None and FIRST_YEAR <= asked <= LAST_YEAR else this_year()
        return self.render("money/payments/trends.html", year=year, years=range(this_year() + 1, this_year() - 5, -1),
                           charts=[cash_chart(db(), year), shares_chart(db(), year)])


def cash_chart(session: ScopedSession, year: int) -> Chart:
    """What is due in each month of a year beside what came in it."""
    months = cash_by_month(session, year)
    nothing = not any(month.expected or month.received for month in months)
    office = session.principal.sees_all
    named = exercises(session).name(year)
    title = (_("Incassi del %(year)s per mese", year=named) if office
             else _("Pagamenti del %(year)s per mese", year=named))
    return bars(
        title, [str(MONTH_NAMES[month.month - 1]) for month in months],
        [(_("Previsto"), [None if nothing else month.expected for month in months]),
         (_("Incassato") if office else _("Pagato"), [None if nothing else month.received for month in months])],
        source=_("rate per scadenza effettiva e pagamenti registrati"))


def shares_chart(session: ScopedSession, year: int) -> Chart:
    """What each municipality owes for a year beside the years before it."""
    shares, mine = shares_by_year(session, range(year - YEARS_SHOWN + 1, year + 1)), exercises(session)
    by_year = {one: [amounts[place] for _name, amounts in shares.rows] for place, one in enumerate(shares.years)}
    return bars(
        _("Quota per Comune, %(first)s-%(last)s", first=mine.name(shares.years[0]), last=mine.name(year)),
        [name for name, _amounts in shares.rows],
        [(mine.name(one), amounts) for one, amounts in by_year.items()
         if any(amount is not None for amount in amounts)],
        source=_("quota definitiva, o di previsione dove la definitiva manca ancora"))


def own_shares_chart(session: ScopedSession, day: date) -> Chart:
    """What one's own municipalities owe, year by year."""
    mine = exercises(session)
    year = mine.of(day).year
    shares = shares_by_year(session, range(year - 4, year + 1))
    known = [place for place in range(len(shares.years)) if any(amounts[place] for _name, amounts in shares.rows)]
    return bars(
        _("La quota negli anni"), [mine.name(shares.years[place]) for place in known],
        [(name, [amounts[place] for place in known]) for name, amounts in shares.rows],
        source=_("quota definitiva, o di previsione dove la definitiva manca ancora"))


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [Trends(lazy_gettext("Andamento"), endpoint="trends", url="andamento")]
