"""How often the services are contested: by service, by provider, over the years, with the penalties that followed."""

from __future__ import annotations

from decimal import Decimal

from flask import request
from flask_admin.base import expose
from flask_babel import gettext as _

from admin.guard import policy
from admin.guard.session import db, today
from admin.web.base_view import Page, small
from admin.web.charts import Chart, bars
from core.penalties import counting
from core.penalties.counting import TallyTable

YEARS_SHOWN = 5
FIRST_YEAR, LAST_YEAR = 2000, 2199


class NoticeTrends(Page):
    """The charts with their tables, for the offices."""

    may_read = policy.STAFF
    group = "disputes"
    aside = True

    @expose("/")
    def index(self) -> str:
        """The years up to the one asked for."""
        asked = small(request.args.get("anno"))
        year = asked if asked is not None and FIRST_YEAR <= asked <= LAST_YEAR else today().year
        years = range(year - YEARS_SHOWN + 1, year + 1)
        services, providers = counting.by_service(db(), years), counting.by_provider(db(), years)
        return self.render(
            "penalties/default_notices/trends.html",
            year=year, years=range(today().year, today().year - YEARS_SHOWN, -1),
            charts=[findings_chart(services), money_chart(services)],
            tables=[(_("Per servizio"), _("Servizio"), services), (_("Per gestore"), _("Gestore"), providers)])


def findings_chart(table: TallyTable) -> Chart:
    """How many defaults were contested and how many upheld, by the year of the facts."""
    totals = [table.total(year) for year in table.years]
    nothing = not any(total.contested for total in totals)
    return bars(
        _("Inadempienze contestate e confermate"), [str(year) for year in table.years],
        [(_("Contestate"), [None if nothing else Decimal(total.contested) for total in totals]),
         (_("Confermate"), [None if nothing else Decimal(total.upheld) for total in totals])],
        unit=_("inadempienze"), source=_("diffide inviate, per anno dei fatti"))


def money_chart(table: TallyTable) -> Chart:
    """What the penalties ask for, by the year of the facts."""
    totals = [table.total(year) for year in table.years]
    nothing = not any(total.amount for total in totals)
    return bars(
        _("Penali applicate"), [str(year) for year in table.years],
        [(_("Penali"), [None if nothing else total.amount for total in totals])],
        source=_("penali non annullate, ridotte comprese, per anno dei fatti"))
