"""The pages of the day centres: centres with their seats, attendance by month, tariffs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response

from admin.plugin_api import (
    Act,
    ActForm,
    ActPage,
    BaseView,
    Begin,
    EuroField,
    NumberField,
    OneField,
    Sentence,
    act_form,
    carry_out,
    day_field,
    db,
    named,
    of_year,
    picks,
    policy,
    principal,
    today,
    written,
)
from core.plugin_api import Municipality, Role, ScopedSession, covered_municipalities, euro, in_order, month_name
from plugins.disability_day_centres import operations
from plugins.disability_day_centres.model import Attendance, Centre, DayTariff

READERS = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.MUNICIPALITY, Role.AUDITOR)
MOST = 12
COMUNE, CENTRO, DAL = lazy_gettext("Comune"), lazy_gettext("Centro"), lazy_gettext("Dal")


class SeatsForm(ActForm):
    """How many seats."""

    seats = NumberField(lazy_gettext("Posti"), [Sentence()])


class MonthForm(ActForm):
    """Which month."""

    year = NumberField(lazy_gettext("Anno"), [Sentence()])
    month = NumberField(lazy_gettext("Mese"), [Sentence()], description=lazy_gettext("Da 1 a 12."))


class AttendanceForm(MonthForm):
    """Whose attendance, where, how much."""

    municipality_id = OneField(COMUNE, [Sentence()])
    centre_id = OneField(CENTRO, [Sentence()])
    places = NumberField(lazy_gettext("Posti occupati"), [Sentence()])
    days = NumberField(lazy_gettext("Giornate di presenza"), [Sentence()])

    def offer(self, _row: Any) -> None:
        """The municipalities that the service covers, and the centres."""
        year = today().year
        covered = covered_municipalities(db(), operations.CODE, date(year - 1, 1, 1), date(year, 12, 31))
        centres = db().execute(select(Centre.id, Centre.name).order_by(in_order(Centre.name))).all()
        self.municipality_id.choices = picks([("", "–"), *covered.items()])
        self.centre_id.choices = picks([("", "–"), *centres])


class TariffForm(ActForm):
    """Whose tariff, how much, from when."""

    municipality_id = OneField(lazy_gettext("Di chi è la tariffa"), [])
    daily = EuroField(lazy_gettext("Una giornata costa"), [Sentence()])
    valid_from = day_field(DAL)

    def offer(self, _row: Any) -> None:
        """The district, or a municipality."""
        names = db().execute(select(Municipality.id, Municipality.name).order_by(in_order(Municipality.name))).all()
        self.municipality_id.choices = picks([("", _("Distretto")), *names])


class Centres(BaseView):
    """The centres that the sheets name."""

    may_read = READERS
    may_write = policy.MANAGEMENT
    writing_pages = BaseView.writing_pages | {"seats_view"}
    group = "catalogue"
    title = lazy_gettext("Centri diurni")
    lead = lazy_gettext("Sono le sedi che nomina la scheda del servizio; qui si dice quanti posti ha ognuna.")
    empty = lazy_gettext("Nessun centro: si aggiungono da soli con una nuova edizione della scheda, dalle sue sedi.")
    on_records = {"seats_view": lazy_gettext("Indica i posti")}
    details_template = "disability_day_centres/centre.html"
    searched = (written("name"),)
    column_list = ("name", "seats")
    details = column_list
    column_labels = {"name": CENTRO, "seats": lazy_gettext("Posti")}

    def acts(self, row: Centre) -> Sequence[Act]:
        """Whoever may write says the seats."""
        return (self.button("seats_view", row, tint="primary"),) if self.may_change() else ()

    def context(self, row: Centre) -> dict[str, Any]:
        """The seats taken of the last months, in all, for those who see all of them."""
        by_month = select(Attendance.year, Attendance.month, func.sum(Attendance.places)).where(
            Attendance.centre_id == row.id).group_by(Attendance.year, Attendance.month)
        newest = by_month.order_by(Attendance.year.desc(), Attendance.month.desc()).limit(MOST)
        rows = db().execute(newest).all() if principal().sees_all else []
        return {"months": [(f"{month_name(month)} {year}", int(taken)) for year, month, taken in rows]}

    @expose("/<int:id>/posti", methods=("GET", "POST"))
    def seats_view(self, id: int) -> str | Response:
        """Say the seats of a centre."""
        row = self.get_one(str(id))
        form: Any = act_form(SeatsForm, row.version, row=row)
        page = ActPage(_("Indica i posti"), _("Registra"), self.stands_on(id), self.name_of(row))
        return carry_out(self, "disability_day_centres.set_seats", form, page, lambda session: str(
            operations.set_seats(session, id, form.seats.data, version=form.version.data).id),
            done=_("I posti sono registrati."))


class Attendances(BaseView):
    """What each municipality used, month by month."""

    may_read = READERS
    may_write = policy.MANAGEMENT
    writing_pages = BaseView.writing_pages | {"new_view", "close_view"}
    group = "catalogue"
    title = lazy_gettext("Presenze nei centri diurni")
    lead = lazy_gettext("Posti e giornate di ogni mese, per Comune e centro. Il costo segue dalla tariffa del mese, "
                        "quando il mese si chiude; nessun dato riguarda singole persone.")
    empty = lazy_gettext("Nessun mese è stato ancora registrato.")
    begins = (Begin(lazy_gettext("Registra le presenze"), ".new_view"),
              Begin(lazy_gettext("Calcola il costo di un mese"), ".close_view", tint="secondary"))
    searched = (named(Attendance.municipality_id, Municipality.id), of_year)
    column_list = ("municipality", "centre", "month", "places", "days", "amount")
    details = column_list
    column_labels = {"municipality": COMUNE, "centre": CENTRO, "month": lazy_gettext("Mese"),
                     "places": lazy_gettext("Posti occupati"), "days": lazy_gettext("Giornate di presenza"),
                     "amount": lazy_gettext("Costo")}
    shown = {"month": lambda row: f"{month_name(row.month)} {row.year}",
             "amount": lambda row: _("da calcolare") if row.amount is None else euro(row.amount)}
    unsorted = frozenset(column_list)
    newest_first = True
    newest_by = ("year", "month")
    load = (selectinload(Attendance.municipality), selectinload(Attendance.centre))
    numeric = frozenset({"places", "days", "amount"})

    def name_of(self, row: Attendance) -> str:
        """The municipality, the centre and the month."""
        return f"{row.municipality.name}, {row}"

    @expose("/registra", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """Record a month of a municipality in a centre; a second time corrects it."""
        form: Any = act_form(AttendanceForm, year=today().year)
        form.offer(None)
        page = ActPage(_("Registra le presenze"), _("Registra"), self.get_url(".index_view"), str(self.title))

        def work(session: ScopedSession) -> str:
            return str(operations.record(
                session, int(form.municipality_id.data), int(form.centre_id.data), form.year.data, form.month.data,
                places=form.places.data, days=form.days.data, today=today()).id)

        return carry_out(self, "disability_day_centres.record", form, page, work, self.stands_on,
                         done=_("Le presenze sono registrate."))

    @expose("/calcola", methods=("GET", "POST"))
    def close_view(self) -> str | Response:
        """Reckon a month by its tariffs."""
        form: Any = act_form(MonthForm, year=today().year)
        page = ActPage(_("Calcola il costo di un mese"), _("Calcola"), self.get_url(".index_view"), str(self.title))

        def work(session: ScopedSession) -> str:
            done, why = operations.close_month(session, form.year.data, form.month.data, today=today())
            return " ".join([_("Righe calcolate: %(count)s.", count=done), *why])

        return carry_out(self, "disability_day_centres.close_month", form, page, work, lambda _said: page.back,
                         done=lambda said: said)


class Tariffs(BaseView):
    """What a day costs, and from when."""

    may_read = READERS
    may_write = policy.MANAGEMENT
    writing_pages = BaseView.writing_pages | {"new_view"}
    group = "catalogue"
    aside = True
    title = lazy_gettext("Tariffe dei centri diurni")
    lead = lazy_gettext("La tariffa di ogni Comune vale fino al giorno prima di quello che la scheda indica per la "
                        "tariffa del distretto; da quel giorno vale quella del distretto per tutti.")
    empty = lazy_gettext("Nessuna tariffa è stata ancora registrata.")
    begins = (Begin(lazy_gettext("Registra una tariffa"), ".new_view"),)
    searched = (named(DayTariff.municipality_id, Municipality.id),)
    column_list = ("municipality", "daily", "valid_from")
    details = column_list
    column_labels = {"municipality": lazy_gettext("Di chi è la tariffa"), "daily": lazy_gettext("Una giornata costa"),
                     "valid_from": DAL}
    shown = {"municipality": lambda row: row.municipality.name if row.municipality else _("Distretto")}
    newest_first = True
    newest_by = ("valid_from",)
    load = (selectinload(DayTariff.municipality),)

    @expose("/registra", methods=("GET", "POST"))
    def new_view(self) -> str | Response:
        """A tariff from a day on."""
        form: Any = act_form(TariffForm)
        form.offer(None)
        page = ActPage(_("Registra una tariffa"), _("Registra"), self.get_url(".index_view"), str(self.title), effects=(
            _("I mesi già calcolati da quel giorno in poi tornano da calcolare."),))

        def work(session: ScopedSession) -> str:
            chosen = form.municipality_id.data
            return str(operations.set_tariff(session, int(chosen) if chosen else None, daily=form.daily.data,
                                             valid_from=form.valid_from.data).id)

        return carry_out(self, "disability_day_centres.set_tariff", form, page, work, self.stands_on,
                         done=_("La tariffa è registrata."))


def views() -> Sequence[object]:
    """All three stand in the menu."""
    return (
        Centres(Centre, lazy_gettext("Centri diurni"), endpoint="disability_day_centres_centre", url="centri-diurni"),
        Attendances(Attendance, lazy_gettext("Presenze nei centri diurni"),
                    endpoint="disability_day_centres_attendance", url="centri-diurni/presenze"),
        Tariffs(DayTariff, lazy_gettext("Tariffe dei centri diurni"), endpoint="disability_day_centres_tariff",
                url="centri-diurni/tariffe"),
    )
