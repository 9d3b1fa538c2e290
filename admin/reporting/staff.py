"""The staff of the services in an exercise: planned in the sheets beside actual, and the form that counts it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from flask import abort, flash, redirect, request
from flask_admin.base import BaseView as AdminBaseView
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from admin.guard import policy
from admin.guard.session import db, principal, today
from admin.reporting.forms import StaffForm, proposed
from admin.web.acts import ActPage, act_form, attempt
from admin.web.base_view import Page, small
from admin.web.charts import Chart, bars
from admin.web.exercise import exercise, this_year
from admin.web.filters import years_of
from admin.web.workbooks import KINDS, stream
from admin.wording import labels
from core.catalogue.model import Service
from core.reporting import operations
from core.reporting.model import ServiceStaff
from core.reporting.rules import StaffKind, of_kind
from core.reporting.staff import StaffOfService, staff_of_service, staff_of_year

CHARTED = 12


class StaffOfYear(Page):
    """The staff of the services (R78, R99 b): the offices count it; the municipalities read it in the report."""

    may_read = policy.MONEY_STAFF
    group = "catalogue"

    @expose("/")
    def index(self) -> str:
        """The services of the exercise that the address names, the last that is over without one."""
        year = asked_year()
        found = staff_of_year(db(), year)
        return self.render("reporting/staff.html", year=year, years=years_offered(ServiceStaff.year, year), found=found,
                           kinds=_kinds(), of_kind=of_kind, chart=_chart(found, year), may_write=_may_write(),
                           without=_without(found) if _may_write() else ())

    @expose("/servizio/")
    def service_view(self) -> str:
        """One service, profession by profession."""
        service, year = self._service(), asked_year()
        found = staff_of_service(db(), service, year)
        return self.render("reporting/staff_of_service.html", found=found, year=year, chart=_lines_chart(found, year),
                           kind_of=kind_of, may_write=_may_write())

    @expose("/scrivi/", methods=("GET", "POST"))
    @policy.allow(policy.MONEY, policy.MONEY)
    def write_view(self) -> str | Response:
        """Count the staff of a service in an exercise."""
        service, year = self._service(), asked_year()
        found = staff_of_service(db(), service, year)
        form = act_form(StaffForm, found.row.version if found.row else 0,
                        rows=list(proposed(found.lines, found.row is not None)))
        back = self.get_url(".service_view", servizio=service.id, anno=year)
        answer = attempt("staff.record", form, lambda session: bool(operations.record_staff(
            session, service.id, year, form.facts(), version=form.version.data or 0, today=today())))
        if answer is not None:
            flash(_("Il personale è registrato."), "success")
            return redirect(back)
        form.room()
        page = ActPage(_("Personale %(year)s: %(service)s", year=exercise(year), service=service.title),
                       _("Salva"), back, service.title, lead=_(
            "Quante persone hanno lavorato nel servizio, per figura professionale e rapporto: mai i loro nomi. Le "
            "figure previste dalla scheda sono già scritte, con la casella da riempire; 0 se non ce n'è stata "
            "nessuna."))
        return self.render("reporting/staff_form.html", form=form, page=page)

    @expose("/scarica/<kind>")
    def download(self, kind: str) -> Response:
        """The exercise as a file, a row for each profession and kind."""
        if kind not in KINDS:
            abort(404)
        year = asked_year()
        columns = [_("Servizio"), _("Figura professionale"), _("Rapporto"), _("Previste"), _("Persone"),
                   _("Posti a tempo pieno")]
        return stream(_("Personale %(year)s", year=exercise(year)), columns, _rows(staff_of_year(db(), year)), kind)

    @staticmethod
    def _service() -> Service:
        """The service that the address names; 404 for none."""
        key = small(request.args.get("servizio"))
        service = None if key is None else db().get(Service, key)
        return abort(404) if service is None else service


def asked_year() -> int:
    """The exercise that the address names by its year; the last that is over for none, or for nonsense."""
    asked = small(request.args.get("anno"))
    return asked if asked is not None and 2000 <= asked <= 2100 else this_year() - 1


def years_offered(column: Any, year: int) -> list[tuple[int, str]]:
    """The exercises that may be looked at: those of which there is something, the last ones, and the one shown."""
    years = sorted({*years_of(column), year, this_year(), this_year() - 1}, reverse=True)
    return [(one, exercise(one)) for one in years]


def kind_of(code: str) -> str:
    """A kind in words; a sheet of before may not say it."""
    return str(labels.choice("staff_figure", "kind", code)) if code else _("non indicato")


def _kinds() -> list[tuple[str, str]]:
    return [(kind.value, kind_of(kind)) for kind in StaffKind]


def _may_write() -> bool:
    return policy.MONEY.admits(principal())


def _without(found: Sequence[StaffOfService]) -> list[tuple[int, str]]:
    """The services of which nothing is said: their staff may be counted too."""
    there = {one.service.id for one in found}
    return [(key, title) for key, title in db().execute(select(Service.id, Service.title).order_by(
        Service.order, Service.id)) if key not in there]


def _chart(found: Sequence[StaffOfService], year: int) -> Chart:
    most = sorted(found, key=lambda one: max(one.planned or 0, one.people or 0), reverse=True)[:CHARTED]
    return bars(
        _("Il personale dei servizi che ne hanno di più") if len(found) > CHARTED else _("Il personale dei servizi"),
        [one.service.title for one in most],
        [(_("Previste"), [_figure(one.planned) for one in most]),
         (_("Effettive"), [_figure(one.people) for one in most])],
        unit=_("persone"), source=_("schede operative e personale registrato, %(year)s", year=exercise(year)))


def _lines_chart(found: StaffOfService, year: int) -> Chart:
    names = [f"{line.profession} ({kind_of(line.kind)})" for line in found.lines]
    return bars(
        _("Previste ed effettive"), names,
        [(_("Previste"), [_figure(line.planned) for line in found.lines]),
         (_("Effettive"), [_figure(line.people) for line in found.lines])],
        unit=_("persone"), source=_("scheda operativa e personale registrato, %(year)s", year=exercise(year)))


def _figure(value: int | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def _rows(found: Sequence[StaffOfService]) -> Iterator[Sequence[Any]]:
    for one in found:
        for line in one.lines:
            yield (one.service.title, line.profession, kind_of(line.kind), line.planned, line.people, line.full_time)


def views() -> list[AdminBaseView]:
    """The view of this module, for the menu."""
    return [StaffOfYear(lazy_gettext("Personale dei servizi"), endpoint="service_staff", url="personale")]
