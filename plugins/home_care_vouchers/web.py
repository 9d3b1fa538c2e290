"""The pages of the monthly use: the list, and the guided entry of a month in three steps (choose, fill in, confirm)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask import flash, redirect, request
from flask_admin.base import expose
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload
from werkzeug.wrappers import Response
from wtforms import StringField

from admin.plugin_api import (
    Act,
    ActForm,
    ActPage,
    BaseView,
    Begin,
    Filter,
    Page,
    PageForm,
    act,
    act_form,
    carry_out,
    db,
    line_field,
    named,
    of_year,
    policy,
    said,
    today,
)
from core.plugin_api import (
    FieldType,
    Municipality,
    Role,
    RuleBroken,
    SheetField,
    SheetSchema,
    clean,
    covered_municipalities,
    month_is_closed,
    month_name,
    number,
    typed,
)
from plugins.home_care_vouchers import operations, stops
from plugins.home_care_vouchers.model import VoucherStop, VoucherUsage
from plugins.home_care_vouchers.operations import Entry

READERS = policy.roles(Role.MANAGEMENT, Role.ACCOUNTING, Role.MUNICIPALITY, Role.AUDITOR)
MONTHS_OFFERED = 24
UNUSED = Entry(0, Decimal(0))


def views() -> Sequence[object]:
    """The list stands in the menu; the entry is reached from it."""
    return (
        UsageView(VoucherUsage, lazy_gettext("Uso dei voucher"), endpoint="voucher_usage", url="voucher/uso"),
        EntryPage(lazy_gettext("Registra un mese"), endpoint="voucher_entry", url="voucher/mese"),
        StopView(VoucherStop, lazy_gettext("Gestori fermi"), endpoint="home_care_vouchers_stop", url="voucher/fermi"),
    )


def month_words(year: int, month: int) -> str:
    """``febbraio 2026``."""
    return f"{month_name(month)} {year}"


@dataclass(frozen=True)
class Chosen:
    """The month of a municipality that is being entered: the packages of its sheet, and what is recorded already."""

    municipality_id: int
    municipality: str
    year: int
    month: int
    packages: Mapping[str, str]
    recorded: Mapping[str, Entry]
    closed: bool = False

    @property
    def when(self) -> str:
        """``febbraio 2026``."""
        return month_words(self.year, self.month)


class UsageView(BaseView):
    """What every municipality used, month by month and package by package."""

    may_read = READERS
    may_write = policy.MANAGEMENT
    group = "catalogue"
    title = lazy_gettext("Uso dei voucher di assistenza domiciliare")
    lead = lazy_gettext("Voucher e ore di ogni mese, per Comune e pacchetto. Sono le misure con cui si può ripartire "
                        "il costo del servizio; nessun dato riguarda singole persone.")
    empty = lazy_gettext("Nessun mese è stato ancora registrato.")
    begins = (Begin(lazy_gettext("Registra un mese"), "voucher_entry.index"),)
    searched = (named(VoucherUsage.municipality_id, Municipality.id), of_year)
    column_list = ("municipality", "month", "package", "vouchers", "hours")
    details = ("municipality", "month", "package", "vouchers", "hours")
    column_labels = {
        "municipality": lazy_gettext("Comune"),
        "month": lazy_gettext("Mese"),
        "package": lazy_gettext("Pacchetto"),
        "vouchers": lazy_gettext("Voucher"),
        "hours": lazy_gettext("Ore"),
    }
    shown = {"month": lambda row: month_words(row.year, row.month), "hours": lambda row: number(row.hours)}
    filtered = (
        Filter("comune", lazy_gettext("Comune"), lambda: _municipalities(),
               lambda value: VoucherUsage.municipality_id == int(value)),
        Filter("anno", lazy_gettext("Anno"), lambda: _years(), lambda value: VoucherUsage.year == int(value)),
    )
    load = (selectinload(VoucherUsage.municipality),)
    numeric = frozenset({"hours", "vouchers"})

    def get_sortable_columns(self) -> dict[Any, Any]:
        """None: the list has one order."""
        return {}

    def _ordered(self, query: Select[tuple[Any]], _name: Any, _descending: Any) -> Select[tuple[Any]]:
        """The newest month first; in a month by municipality, then by package."""
        use = VoucherUsage
        return query.order_by(use.year.desc(), use.month.desc(), use.municipality_id, use.package, use.id)

    def acts(self, row: VoucherUsage) -> Sequence[Act]:
        """Whoever records may correct the month."""
        if not self.may_change():
            return ()
        url = self.get_url("voucher_entry.index", municipality=row.municipality_id, month=f"{row.year}-{row.month:02}")
        return (Act(_("Correggi il mese"), url, tint="primary"),)


class EntryPage(Page):
    """The guided entry: which municipality and month, what was used, is it right."""

    may_read = policy.MANAGEMENT
    may_write = policy.MANAGEMENT
    group = "catalogue"
    in_menu = False

    @expose("/", methods=("GET", "POST"))
    def index(self) -> str | Response:
        """All three steps; what was typed travels from one to the next."""
        try:
            chosen = _chosen(request.args)
        except RuleBroken as error:
            return self._choose(said(error))
        if chosen is None:
            return self._choose()
        form = _month_form(chosen)
        if request.method == "POST":
            try:
                return self._answer(chosen, form)
            except RuleBroken as error:
                form.blame(error)
        return self._page("fill", chosen, form)

    def _answer(self, chosen: Chosen, form: PageForm) -> str | Response:
        entries = _entries(chosen, form)
        if request.form.get("step") == "correct":
            return self._page("fill", chosen, form)
        if request.form.get("step") != "confirm":
            return self._page("confirm", chosen, form, entries)
        with act("home_care_vouchers.record_month") as session:
            operations.record_month(session, chosen.municipality_id, chosen.year, chosen.month, entries, today=today(),
                                    why=form.data.get("why") or "")
        flash(_("L'uso di %(month)s per %(municipality)s è stato registrato.",
                month=chosen.when, municipality=chosen.municipality), "success")
        return redirect(self.get_url("voucher_usage.index_view", comune=chosen.municipality_id))

    def _choose(self, error: str = "") -> str:
        return self.render("home_care_vouchers/choose.html", error=error, municipalities=_municipalities(),
                           months=_months(), asked=request.args)

    def _page(self, step: str, chosen: Chosen, form: PageForm, entries: Mapping[str, Entry] | None = None) -> str:
        return self.render(f"home_care_vouchers/{step}.html", chosen=chosen, form=form, entries=entries or {},
                           number=number)


class GoesOnForm(ActForm):
    """How care goes on."""

    goes_on = line_field(lazy_gettext("Come continua l'assistenza"), lazy_gettext(
        "Per esempio con quale altra unità dell'albo, e da quando; mai il nome di una persona."))


class StopView(BaseView):
    """The units that had to stop, for each municipality that had chosen them."""

    may_read = policy.roles(Role.MANAGEMENT, Role.ACCREDITATION, Role.MUNICIPALITY, Role.AUDITOR)
    may_write = policy.roles(Role.MANAGEMENT, Role.MUNICIPALITY)
    writing_pages = BaseView.writing_pages | {"goes_on_view"}
    group = "catalogue"
    aside = True
    title = lazy_gettext("Gestori fermi dell'assistenza domiciliare")
    lead = lazy_gettext("Le unità sospese o revocate che un Comune aveva scelto per i voucher: finché non si dice come "
                        "continua l'assistenza, restano tra le cose da fare.")
    empty = lazy_gettext("Nessuna unità scelta per i voucher è ferma.")
    on_records = {"goes_on_view": lazy_gettext("Di' come continua")}
    searched = (named(VoucherStop.municipality_id, Municipality.id),)
    column_list = ("municipality", "unit", "kind", "on", "until", "goes_on")
    details = column_list
    column_labels = {"municipality": lazy_gettext("Comune"), "unit": lazy_gettext("Unità"),
                     "kind": lazy_gettext("Provvedimento"), "on": lazy_gettext("Dal"), "until": lazy_gettext("Al"),
                     "goes_on": lazy_gettext("Come continua l'assistenza")}
    shown = {"kind": lambda row: _("Sospensione") if row.kind == "suspension" else _("Revoca")}
    unsorted = frozenset(column_list)
    newest_first = True
    newest_by = ("on",)
    load = (selectinload(VoucherStop.municipality),)

    def name_of(self, row: VoucherStop) -> str:
        """The municipality and the unit."""
        return f"{row.municipality.name}, {row}"

    def acts(self, row: VoucherStop) -> Sequence[Act]:
        """Whoever may write says how care goes on."""
        return (self.button("goes_on_view", row, tint="primary"),) if self.may_change() else ()

    @expose("/<int:id>/continua", methods=("GET", "POST"))
    def goes_on_view(self, id: int) -> str | Response:
        """Say how care goes on."""
        row = self.get_one(str(id))
        form: Any = act_form(GoesOnForm, row.version, row=row)
        page = ActPage(_("Di' come continua"), _("Registra"), self.stands_on(id), self.name_of(row))
        return carry_out(self, "home_care_vouchers.goes_on", form, page, lambda session: str(stops.say(
            session, id, form.goes_on.data, version=form.version.data).id),
            done=_("È registrato come continua l'assistenza."))


def _municipalities() -> list[tuple[str, str]]:
    """Those that the service covers this year, as far as the reader sees them."""
    year = today().year
    covered = covered_municipalities(db(), operations.CODE, date(year - 1, 1, 1), date(year, 12, 31))
    return [(str(key), name) for key, name in covered.items()]


def _years() -> list[tuple[str, str]]:
    years = db().scalars(select(VoucherUsage.year).distinct().order_by(VoucherUsage.year.desc()))
    return [(str(year), str(year)) for year in years]


def _months() -> list[tuple[str, str]]:
    """The months that may be entered, the last one that is over first."""
    now = today().year * 12 + today().month - 1
    pairs = [divmod(now - back, 12) for back in range(1, MONTHS_OFFERED + 1)] + [divmod(now, 12)]
    return [(f"{year}-{month + 1:02}", month_words(year, month + 1)) for year, month in pairs]


def _chosen(args: Mapping[str, str]) -> Chosen | None:
    """What the address says, None if it says nothing yet. RuleBroken if it cannot be entered."""
    if not args.get("municipality") or not args.get("month"):
        return None
    match = re.fullmatch(r"(\d{4})-(\d{1,2})", args["month"], re.ASCII)
    if match is None:
        raise RuleBroken("Il mese «%(text)s» non si capisce: sceglierlo dall'elenco.", text=args["month"][:20])
    year, month = int(match[1]), int(match[2])
    operations.check_month(year, month, today())
    covered = {str(key): name for key, name in operations.covered_in(db(), year, month).items()}
    if args["municipality"] not in covered:
        raise RuleBroken("In quel mese il servizio dei voucher non copre il Comune scelto: sceglierne un altro.")
    packages = operations.packages(db(), year)
    if not packages:
        raise RuleBroken("La scheda del servizio per il %(year)s non ha pacchetti: completarla prima di registrare.",
                         year=year)
    key = int(args["municipality"])
    recorded = {code: Entry(use.vouchers, use.hours)
                for code, use in operations.usage_of_month(db(), key, year, month).items()}
    return Chosen(key, covered[str(key)], year, month, packages, recorded,
                  month_is_closed(db(), operations.CODE, year, month))


def _month_fields(chosen: Chosen) -> Iterator[tuple[str, SheetField, SheetField]]:
    """For each package its code and its two fields."""
    for row, code in enumerate(chosen.packages):
        yield (code, SheetField(f"vouchers-{row}", f"{code}, voucher", FieldType.INTEGER, minimum=0),
               SheetField(f"hours-{row}", f"{code}, ore", FieldType.DECIMAL, minimum=0))


def _month_form(chosen: Chosen) -> PageForm:
    """A form with the fields of each package, filled with what is recorded."""
    fields: dict[str, StringField] = {}
    data: dict[str, str] = {}
    for code, vouchers, hours in _month_fields(chosen):
        fields |= {vouchers.name: StringField(_("Voucher")), hours.name: StringField(_("Ore"))}
        if entry := chosen.recorded.get(code):
            data |= {vouchers.name: number(entry.vouchers), hours.name: number(entry.hours)}
    if chosen.closed:
        fields["why"] = StringField(_("Perché si corregge"), description=_(
            "Il mese è chiuso tra gli usi dei servizi: il motivo si legge nel calcolo delle quote."))
    made: PageForm = type("MonthForm", (PageForm,), fields)(request.form or None, data=data)
    return made


def _entries(chosen: Chosen, form: PageForm) -> dict[str, Entry]:
    """What was typed, package by package; one left blank was not used. RuleBroken names the field."""
    pairs = list(_month_fields(chosen))
    schema = SheetSchema(tuple(field for _code, *fields in pairs for field in fields))
    told = typed(schema, clean(schema, {name: form.data[name] for name in (field.name for field in schema.fields)}))
    entries = {code: Entry(told[vouchers.name] or 0, told[hours.name] or Decimal(0))
               for code, vouchers, hours in pairs}
    used = {code: entry for code, entry in entries.items() if entry != UNUSED or code in chosen.recorded}
    if not used:
        raise RuleBroken("Indicare almeno un pacchetto con i suoi voucher e le sue ore.")
    return used
