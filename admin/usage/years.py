"""The use of a service in a year: a chart, and beside it the table of municipalities and months, with the totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import abort, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, principal
from admin.usage.forms import nothing_counted, offered_services
from admin.web.base_view import Page, small
from admin.web.charts import Chart, lines
from admin.web.exercise import exercise, this_year
from admin.web.filters import years_of
from admin.web.remarks import remarks_for
from admin.web.workbooks import KINDS, stream
from core.catalogue.model import Service
from core.ground.errors import Finding
from core.plugins.schema import UseMeasure
from core.usage.measures import measures_of, told
from core.usage.model import UsageMonth
from core.usage.outside import YearTable, year_table
from core.usage.suppression import WITHHELD
from core.usage.years import year_use


class UseOfYear(Page):
    """A year of a service at a glance; a municipality sees its own figures, and of the others no small count."""

    may_read = policy.MONEY_READERS
    group = "catalogue"
    in_menu = False

    @expose("/")
    def index(self) -> str:
        """The year, the service and the measure that the address names, else the first that there are."""
        services, year = offered_services(), self._year()
        service = self._service(services)
        shown: dict[str, Any] = {"services": services, "service": service, "year": year, "table": None, "chart": None,
                                 "years": [(one, exercise(one)) for one in self._years(year)], "measures": (),
                                 "measure": None, "remarks": [], "withheld": WITHHELD,
                                 "nothing": "" if services else nothing_counted()}
        if service is not None:
            measures = told(measures_of(db(), service.id, year))
            measure = measures.get(request.args.get("misura", "")) or next(iter(measures.values()), None)
            shown |= {"measures": [(code, one.title) for code, one in measures.items()], "measure": measure}
            if measure is not None:
                table = year_table(db(), service, measure.code, year)
                shown |= {"table": table, "chart": None if table is None else year_chart(table, service, measure, year),
                          "remarks": remarks_for(lambda: self._said(service, measure, year))}
        return self.render("usage/year.html", **shown)

    @expose("/scarica/<kind>")
    def download(self, kind: str) -> Response:
        """The table as a file, with what who asks may see."""
        year = self._year()
        service = self._service(offered_services())
        measures = {} if service is None else told(measures_of(db(), service.id, year))
        measure = measures.get(request.args.get("misura", ""))
        table = None if service is None or measure is None else year_table(db(), service, measure.code, year)
        if kind not in KINDS or service is None or measure is None or table is None:
            abort(404)
        columns = [_("Comune"), *map(str, table.months), _("Totale"), _("Unità")]
        return stream(f"Uso {exercise(year)} {service.code} {measure.code}", columns, _rows(table, measure), kind)

    @staticmethod
    def _said(service: Service, measure: UseMeasure, year: int) -> Sequence[Finding]:
        found = year_use(db(), service, measure.code, year)
        return () if found is None else tuple(found.findings())

    @staticmethod
    def _year() -> int:
        asked = small(request.args.get("anno"))
        return asked if asked is not None and 2000 <= asked <= 9998 else this_year()

    @staticmethod
    def _years(year: int) -> list[int]:
        return sorted({*years_of(UsageMonth.year), year, this_year()}, reverse=True)

    @staticmethod
    def _service(services: list[tuple[int, str]]) -> Service | None:
        """The service that the address names, 404 for one that counts nothing; else the first."""
        wanted = request.args.get("servizio")
        key = small(wanted) if wanted else services[0][0] if services else None
        if wanted and key not in dict(services):
            abort(404)
        return None if key is None else db().scalars(select(Service).where(Service.id == key)).one()


def year_chart(table: YearTable, service: Service, measure: UseMeasure, year: int) -> Chart:
    """Month by month: of everybody for the offices, of each own municipality for these; what is hidden is a gap."""
    own = [key for key in table.names if key in principal().municipality_ids]
    series = [(table.names[key], [table.figure(key, month) for month in table.months]) for key in own]
    if not own:
        series = [(_("Tutti i Comuni"), [None if month in table.unrecorded else table.figure(None, month)
                                         for month in table.months])]
    return lines(_("%(measure)s, %(year)s", measure=measure.title, year=exercise(year)),
                 [str(month) for month in table.months], series, unit=measure.unit,
                 source=_("uso registrato di «%(service)s»", service=service.title))


def _rows(table: YearTable, measure: UseMeasure) -> Iterator[Sequence[Any]]:
    for key, name in [*table.names.items(), (None, _("Totale"))]:
        cells = [(month in table.unrecorded, table.figure(key, month)) for month in (*table.months, None)]
        yield (name, *(_("manca") if empty else WITHHELD if cell is None else cell for empty, cell in cells),
               measure.unit)


def views() -> list[AdminBaseView]:
    """The view of this module."""
    return [UseOfYear(lazy_gettext("Uso in un anno"), endpoint="use_year", url="uso/anno")]
