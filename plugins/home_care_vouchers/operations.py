"""Recording the monthly use of the vouchers, whose sums go among the use of the services."""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.plugin_api import (
    Role,
    RuleBroken,
    ScopedSession,
    covered_municipalities,
    in_order,
    record_computed,
    sheet_data,
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


def record_month(session: ScopedSession, municipality_id: int, year: int, month: int, entries: Mapping[str, Entry], *,
                 today: date, why: str = "") -> None:
    """Record what a municipality used in a month, package by package; a second time corrects the first.

    The sums of the month go among the use of the services; once the month is closed there, ``why`` is asked.
    RuleBroken for a month that does not exist or has not begun, a municipality that the service does not cover in it, a
    package that the sheet of that year does not have, figures that cannot be: then nothing is kept; NotAllowed.
    """
    session.principal.require(*RECORDERS)
    check_month(year, month, today)
    for package, entry in entries.items():
        _check_figures(package, entry.vouchers, entry.hours)
    if municipality_id not in covered_in(session, year, month):
        raise RuleBroken("In quel mese il servizio dei voucher non copre il Comune indicato: scegliere un Comune "
                         "coperto o correggere la copertura nel catalogo.", field="municipality_id")
    known, recorded = packages(session, year), usage_of_month(session, municipality_id, year, month)
    for package, entry in entries.items():
        if package not in known:
            raise RuleBroken("Il pacchetto «%(package)s» non è nella scheda del %(year)s: i pacchetti sono %(known)s.",
                             field="package", package=package, year=year, known=", ".join(known) or "nessuno")
        if package not in recorded:
            recorded[package] = VoucherUsage(municipality_id=municipality_id, year=year, month=month, package=package)
            session.add(recorded[package])
        recorded[package].vouchers, recorded[package].hours = entry.vouchers, entry.hours
    session.flush()
    sums = {"hours": sum((use.hours for use in recorded.values()), Decimal(0)),
            "vouchers": Decimal(sum(use.vouchers for use in recorded.values()))}
    record_computed(session, CODE, municipality_id, year, month, sums, today=today, why=why)


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
