"""Promised against measured: the standards of a year, one of them by period and municipality, both as a workbook."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from flask import abort, render_template, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.catalogue.views import sections_of
from admin.guard import policy
from admin.guard.session import db, office, principal
from admin.parties.choices import municipalities
from admin.standards import words
from admin.web import charts, formats
from admin.web.base_view import Page, small
from admin.web.exercise import this_year
from admin.web.workbooks import KINDS, stream
from admin.wording import labels
from core.catalogue.model import Service
from core.ground.errors import RuleBroken
from core.plugins.schema import PromiseUnit
from core.standards.years import StandardOfYear, standards_of_year

FIRST_YEAR, LAST_YEAR = 2000, 2199
YEARS = 5
HEADINGS = (lazy_gettext("Servizio"), lazy_gettext("Fattore di qualità"), lazy_gettext("Promessa"),
            lazy_gettext("Promesso"), lazy_gettext("Come si misura"), lazy_gettext("Dove o quando"),
            lazy_gettext("Misurato"), lazy_gettext("Valore"), lazy_gettext("Esito"),
            lazy_gettext("Chi può verificarlo"))


class Standards(Page):
    """What the services promise and what was measured (R33, R212)."""

    may_read = policy.STAFF_AND_MUNICIPALITIES
    group = "catalogue"

    @expose("/")
    def index(self) -> str:
        """The standards of a year, of one service or all, of one municipality or all."""
        asked = _asked()
        rows = _rows(asked)
        years = range(this_year() + 1, this_year() - YEARS, -1)
        return self.render(
            "standards/list.html", rows=rows, asked=asked, words=words, years=years, services=_services(),
            municipalities=_own_municipalities(), summary=_summary(rows), chart=_percentages(rows),
            outcome=_outcome, address=_address)

    @expose("/di/")
    def standard_view(self) -> str:
        """One standard: by period and by municipality."""
        asked = _asked()
        row = next((row for row in _rows(asked) if row.key == request.args.get("quale")), None)
        if row is None:
            abort(404)
        return self.render(
            "standards/standard.html", row=row, asked=asked, words=words, outcome=_outcome(row), year=asked["anno"],
            chart=_over_time(row), back=self.get_url(".index", **_said(asked)))

    @expose("/standard.<kind>")
    def table(self, kind: str) -> Response:
        """The same as a file: each standard in all, then by period and by municipality."""
        if kind not in KINDS:
            abort(404)
        return stream(_("Standard"), [str(heading) for heading in HEADINGS], list(_lines(_rows(_asked()))), kind)


def _asked() -> dict[str, int | None]:
    year = small(request.args.get("anno"))
    return {"anno": year if year is not None and FIRST_YEAR <= year <= LAST_YEAR else this_year(),
            "servizio": small(request.args.get("servizio")), "comune": small(request.args.get("comune"))}


def _rows(asked: dict[str, int | None]) -> list[StandardOfYear]:
    try:
        return standards_of_year(db(), asked["anno"] or this_year(), office().registry, service_id=asked["servizio"],
                                 municipality_id=asked["comune"])
    except RuleBroken:  # the municipality of somebody else is not there
        abort(404)


def _said(asked: dict[str, int | None]) -> dict[str, int]:
    return {name: value for name, value in asked.items() if value is not None}


def _address(row: StandardOfYear, asked: dict[str, int | None]) -> dict[str, Any]:
    return {**_said(asked), "quale": row.key}


def _services() -> list[tuple[int, str]]:
    return [(row.id, row.title) for row in db().execute(select(Service.id, Service.title).order_by(
        Service.order, Service.id))]


def _own_municipalities() -> list[tuple[int, str]]:
    """Those that one may read alone."""
    mine = principal()
    return [pair for pair in municipalities() if mine.sees_all or pair[0] in mine.municipality_ids]


def _outcome(row: StandardOfYear) -> Markup:
    return formats.badge("standard", row.periods.outcome.value)


def _summary(rows: Sequence[StandardOfYear]) -> list[tuple[str, int]]:
    """How many standards came to which end, in words."""
    found = Counter(row.periods.outcome.value for row in rows)
    return [(str(labels.state_and_tint("standard", state)[0]), number) for state, number in found.most_common()]


def _percentages(rows: Sequence[StandardOfYear]) -> charts.Chart | None:
    """Promised beside measured, of those that are percentages and were measured; nothing for fewer than two."""
    drawn = [row for row in rows if row.standard.unit is PromiseUnit.PERCENT and row.periods.value is not None]
    if len(drawn) < 2:
        return None
    return charts.bars(
        _("Promesso e misurato, in percentuale"), [row.standard.title for row in drawn],
        [(_("Promesso"), [words.limit_of(row.promise) for row in drawn]),
         (_("Misurato"), [words.figure(row, row.periods.value) for row in drawn if row.periods.value is not None])],
        unit="%", source=_("schede operative e conteggi di ogni mese"))


def _over_time(row: StandardOfYear) -> charts.Chart | None:
    """The measured values of the periods beside what was promised; nothing where none is told."""
    if all(one.value is None for one in row.periods.rows):
        return None
    limit = words.limit_of(row.promise)
    series: list[tuple[str, list[Any]]] = [
        (_("Misurato"), [None if one.value is None else words.figure(row, one.value) for one in row.periods.rows])]
    if limit is not None:
        series.append((_("Promesso"), [limit for _one in row.periods.rows]))
    return charts.lines(_("%(title)s, per periodo", title=row.standard.title),
                        [words.row_name(row, one).rpartition(" ")[0] for one in row.periods.rows], series,
                        unit=words.unit_word(row), source=words.measured_how(row))


def _lines(rows: Sequence[StandardOfYear]) -> Iterator[list[Any]]:
    for row in rows:
        yield _line(row, _("in tutto"), words.measured(row, row.periods), row.periods.value, _word(row))
        for one in (*row.periods.rows, *row.municipalities.rows):
            yield _line(row, words.row_name(row, one), words.told(row, one), one.value, "")


def _line(row: StandardOfYear, where: str, measured: str, value: Fraction | None, outcome: str) -> list[Any]:
    return [words.services(row), row.standard.title, row.standard.promise, words.promised(row), words.measured_how(row),
            where, measured, None if value is None else words.figure(row, value), outcome, row.standard.checked_by]


def _word(row: StandardOfYear) -> str:
    return str(labels.state_and_tint("standard", row.periods.outcome.value)[0])


@sections_of
def _of_service(service: Service) -> Markup:
    """On the page of a service: its standards of the exercise that runs."""
    rows = standards_of_year(db(), this_year(), office().registry, service_id=service.id)
    section = render_template("standards/of_service.html", rows=rows, words=words, outcome=_outcome, service=service,
                              year=this_year(), address=_address, asked={"anno": this_year(), "servizio": service.id})
    return Markup(section)  # noqa: S704 - a template's own words, what it shows escaped by it


def views() -> list[AdminBaseView]:
    """The views of this module."""
    return [Standards(lazy_gettext("Standard"), endpoint="standard", url="standard")]
