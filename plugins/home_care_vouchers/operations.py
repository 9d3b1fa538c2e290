"""Recording the monthly use of the vouchers, and adding it up by municipality."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from core.plugin_api import (
    Measure,
    Municipality,
    Role,
    RuleBroken,
    ScopedSession,
    as_system,
    covered_municipalities,
    exercises,
    in_order,
    sheet_data,
    suppressed,
)
from plugins.home_care_vouchers.model import VoucherUsage

CODE = "home_care_vouchers"
FIRST_YEAR = 2015
MOST_VOUCHERS = 100_000
MOST_HOURS = Decimal(1_000_000)
RECORDERS = (Role.MANAGEMENT, Role.SYSTEM)


@dataclass(frozen=True)
class Entry:
    """What was used of one package in a month: vouchers, and hours with at most two decimals."""

    vouchers: int
    hours: Decimal


def record_usage(session: ScopedSession, municipality_id: int, year: int, month: int, package: str, *,
                 vouchers: int, hours: Decimal, today: date) -> VoucherUsage:
    """Record what a municipality used of a package in a month; a second time corrects the first.

    RuleBroken for a month that does not exist or has not begun, a municipality that the service does not cover
    in that month, a package that the sheet of that year does not have, figures that cannot be; NotAllowed.
    """
    session.principal.require(*RECORDERS)
    check_month(year, month, today)
    _check_figures(package, vouchers, hours)
    if municipality_id not in covered_in(session, year, month):
        raise RuleBroken("In quel mese il servizio dei voucher non copre il Comune indicato: scegliere un Comune "
                         "coperto o correggere la copertura nel catalogo.", field="municipality_id")
    known = packages(session, year)
    if package not in known:
        raise RuleBroken("Il pacchetto «%(package)s» non è nella scheda del %(year)s: i pacchetti sono %(known)s.",
                         field="package", package=package, year=year, known=", ".join(known) or "nessuno")
    usage = usage_of_month(session, municipality_id, year, month).get(package)
    if usage is None:
        usage = VoucherUsage(municipality_id=municipality_id, year=year, month=month, package=package)
        session.add(usage)
    usage.vouchers, usage.hours = vouchers, hours
    session.flush()
    return usage


def record_month(session: ScopedSession, municipality_id: int, year: int, month: int, entries: Mapping[str, Entry], *,
                 today: date) -> None:
    """Record a whole month of a municipality, package by package; RuleBroken as ``record_usage``, and nothing kept."""
    for package, entry in entries.items():
        record_usage(session, municipality_id, year, month, package, vouchers=entry.vouchers, hours=entry.hours,
                     today=today)


def check_month(year: int, month: int, today: date) -> None:
    """RuleBroken unless the month exists and has begun."""
    if not FIRST_YEAR <= year <= today.year:
        raise RuleBroken("L'anno deve essere compreso fra il %(first)s e il %(last)s: %(year)s non va bene.",
                         field="year", first=FIRST_YEAR, last=today.year, year=year)
    if not 1 <= month <= 12:
        raise RuleBroken("Il mese va da 1 a 12: %(month)s non va bene.", field="month", month=month)
    if date(year, month, 1) > today:
        raise RuleBroken("Il mese %(month)s/%(year)s non è ancora cominciato.", field="month", month=month, year=year)


def covered_in(session: ScopedSession, year: int, month: int) -> dict[int, str]:
    """The municipalities that the service covers on some day of a month, id and name."""
    return covered_municipalities(session, CODE, date(year, month, 1),
                                  date(year, month, calendar.monthrange(year, month)[1]))


def packages(session: ScopedSession, year: int) -> dict[str, str]:
    """The packages of the sheet of ``year``: code and title."""
    return {p["code"]: p["title"] for p in sheet_data(session, CODE, year).get("packages") or ()}


def usage_of_month(session: Session, municipality_id: int, year: int, month: int) -> dict[str, VoucherUsage]:
    """What is recorded for a municipality in a month, by package."""
    query = select(VoucherUsage).where(VoucherUsage.municipality_id == municipality_id, VoucherUsage.year == year,
                                       VoucherUsage.month == month)
    return {usage.package: usage for usage in session.scalars(query.order_by(in_order(VoucherUsage.package)))}


def used_hours(session: Session, year: int) -> dict[int, Decimal]:
    """Hours used in the exercise that begins in a year, by municipality: those that the session may see."""
    return _totals(session, year, func.sum(VoucherUsage.hours))


def used_vouchers(session: Session, year: int) -> dict[int, Decimal]:
    """Vouchers used in the exercise that begins in a year, by municipality: those that the session may see."""
    return _totals(session, year, func.sum(VoucherUsage.vouchers))


USAGE = (
    Measure("hours", "Ore di assistenza domiciliare", "ore", used_hours),
    Measure("vouchers", "Voucher mensili utilizzati", "voucher", used_vouchers),
)


def comparison(session: Session, year: int) -> dict[str, str]:
    """Vouchers of a year by municipality, as every member may see them: small counts are not said."""
    used = (select(VoucherUsage.municipality_id, func.sum(VoucherUsage.vouchers).label("vouchers"))
            .where(VoucherUsage.year == year).group_by(VoucherUsage.municipality_id).subquery())
    query = (select(Municipality.name, used.c.vouchers).join(used, used.c.municipality_id == Municipality.id)
             .order_by(in_order(Municipality.name)))
    totals = as_system(session, query, reason="confronto dei voucher fra Comuni")
    return suppressed({name: int(total) for name, total in totals})


def in_exercise(session: Session, year: int) -> ColumnElement[bool]:
    """The months of an exercise: one that it begins within is of the exercise before."""
    exercise = exercises(session).named(year)
    month = VoucherUsage.year * 12 + VoucherUsage.month
    first, last = ((day.year * 12 + day.month) for day in (exercise.starts_on, exercise.ends_on))
    return and_(VoucherUsage.year.in_(exercise.calendar_years),
                month.between(first + (exercise.starts_on.day > 1), last))


def _totals(session: Session, year: int, total: ColumnElement[Any]) -> dict[int, Decimal]:
    query = (
        select(VoucherUsage.municipality_id, total)
        .where(in_exercise(session, year))
        .group_by(VoucherUsage.municipality_id)
    )
    return {municipality: Decimal(used) for municipality, used in session.execute(query)}


def _check_figures(package: str, vouchers: int, hours: Decimal) -> None:
    if not 0 <= vouchers <= MOST_VOUCHERS:
        raise RuleBroken("Pacchetto %(package)s: i voucher devono essere fra 0 e %(most)s, %(value)s non va bene.",
                         field="vouchers", package=package, most=MOST_VOUCHERS, value=vouchers)
    if not (hours.is_finite() and 0 <= hours <= MOST_HOURS):
        raise RuleBroken("Pacchetto %(package)s: le ore devono essere fra 0 e %(most)s, %(value)s non va bene.",
                         field="hours", package=package, most=MOST_HOURS, value=hours)
    if hours * 100 != int(hours * 100):
        raise RuleBroken("Pacchetto %(package)s: le ore si scrivono con due decimali al più, %(value)s ne ha di più.",
                         field="hours", package=package, value=hours)
    if hours and not vouchers:
        raise RuleBroken("Pacchetto %(package)s: ci sono %(value)s ore ma nessun voucher. Indicare i voucher.",
                         field="vouchers", package=package, value=hours)
