"""Seats, attendance and tariffs: what changes them, and what a month costs. None of these commits."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal

from sqlalchemy import func, select, true

from core.plugin_api import Role, RuleBroken, ScopedSession, at_version, covered_municipalities, sheet_data
from plugins.disability_day_centres.model import Attendance, Centre, DayTariff

CODE = "disability_day_centres"
WRITERS = (Role.MANAGEMENT, Role.SYSTEM)
RECKONERS = (*WRITERS, Role.ACCOUNTING)  # who closes a month of use: it is reckoned in the same act
FIRST_YEAR, MOST_SEATS, MOST_DAILY = 2009, 500, Decimal(1000)


def know_centres(session: ScopedSession, year: int) -> list[Centre]:
    """Know the centres that the sheet of a year names among its sites; those that are there stay as they are."""
    held = set(session.scalars(select(Centre.name)))
    named = dict.fromkeys(", ".join(filter(None, (site["municipality"], site["address"])))
                          for site in sheet_data(session, CODE, year).get("sites") or ())
    rows = [Centre(name=name) for name in named if name and name not in held]
    session.add_all(rows)
    session.flush()
    return rows


def set_seats(session: ScopedSession, centre_id: int, seats: int, *, version: int | None) -> Centre:
    """Say how many seats a centre has. RuleBroken for fewer than were taken in some month, and for a stale page."""
    session.principal.require(*WRITERS)
    row = at_version(session.require(Centre, centre_id), version)
    if not 1 <= seats <= MOST_SEATS:
        raise RuleBroken("Indicare i posti del centro: un numero da 1 a %(most)s.", field="seats", most=MOST_SEATS)
    months = (select(func.sum(Attendance.places).label("taken")).where(Attendance.centre_id == centre_id)
              .group_by(Attendance.year, Attendance.month).subquery())
    taken = session.scalar(select(func.max(months.c.taken))) or 0
    if seats < taken:
        raise RuleBroken("In un mese già registrato i posti occupati sono %(taken)s: i posti non possono essere meno.",
                         field="seats", taken=taken)
    row.seats = seats
    session.flush()
    return row


def record(session: ScopedSession, municipality_id: int, centre_id: int, year: int, month: int, *, places: int,
           days: int, today: date) -> Attendance:
    """Record what a municipality used of a centre in a month; a second time corrects the first, and what it costs is
    reckoned anew when the month is closed.

    RuleBroken for a month that cannot be, a municipality that the service does not cover then, a centre whose seats
    nobody has said or that has no more of them, days that its places cannot make.
    """
    session.principal.require(*WRITERS)
    last = require_month(year, month, today)
    if municipality_id not in covered_municipalities(session, CODE, last.replace(day=1), last):
        raise RuleBroken("In quel mese il servizio non copre il Comune indicato: sceglierne uno coperto, o correggere "
                         "la copertura nel catalogo.", field="municipality_id")
    centre = session.require(Centre, centre_id)
    if centre.seats is None:
        raise RuleBroken("Di «%(centre)s» non si sa quanti posti ha: indicarli prima.", field="centre_id",
                         centre=centre.name)
    here = (Attendance.centre_id == centre_id, Attendance.year == year, Attendance.month == month)
    others = session.scalar(select(func.sum(Attendance.places)).where(
        *here, Attendance.municipality_id != municipality_id)) or 0
    if not 0 <= places <= centre.seats - others:
        raise RuleBroken("«%(centre)s» ha %(seats)s posti e in quel mese altri Comuni ne occupano %(others)s: qui "
                         "se ne indicano da 0 a %(left)s.", field="places", centre=centre.name, seats=centre.seats,
                         others=others, left=centre.seats - others)
    if not 0 <= days <= places * last.day:
        raise RuleBroken("Con %(places)s posti le giornate del mese vanno da 0 a %(most)s.", field="days",
                         places=places, most=places * last.day)
    row = session.scalars(select(Attendance).where(*here, Attendance.municipality_id == municipality_id)).one_or_none()
    if row is None:
        row = Attendance(municipality_id=municipality_id, centre_id=centre_id, year=year, month=month)
        session.add(row)
    row.places, row.days, row.amount = places, days, None
    session.flush()
    return row


def set_tariff(session: ScopedSession, municipality_id: int | None, *, daily: Decimal, valid_from: date) -> DayTariff:
    """Say what a day costs from ``valid_from``, by a municipality's own tariff or (None) by the district's; again for
    the same day it corrects it. Months from then on that were reckoned without it wait to be reckoned anew.

    RuleBroken for an amount that cannot be.
    """
    session.principal.require(*WRITERS)
    if not (0 < daily <= MOST_DAILY and daily * 100 == int(daily * 100)):
        raise RuleBroken("Indicare la tariffa di una giornata, in euro con due decimali, fino a %(most)s.",
                         field="daily", most=MOST_DAILY)
    row = session.scalars(select(DayTariff).where(
        DayTariff.municipality_id == municipality_id, DayTariff.valid_from == valid_from)).one_or_none()
    if row is None:
        row = DayTariff(municipality_id=municipality_id, valid_from=valid_from)
        session.add(row)
    row.daily = daily
    since = Attendance.year * 12 + Attendance.month >= valid_from.year * 12 + valid_from.month
    whose = true() if municipality_id is None else Attendance.municipality_id == municipality_id
    for held in session.scalars(select(Attendance).where(Attendance.amount.is_not(None), since, whose)):
        held.amount = None
    session.flush()
    return row


def tariff_on(session: ScopedSession, municipality_id: int, day: date) -> Decimal:
    """What a day costs a resident of a municipality: its own tariff until the day from which the sheet says that the
    district's holds, then the district's (R126).

    RuleBroken where the sheet does not say that day (the source says 30 June, and no year), or there is no tariff yet.
    """
    whose = municipality_id if day < _district_from(session, day.year) else None
    daily: Decimal | None = session.scalar(
        select(DayTariff.daily).where(DayTariff.municipality_id == whose, DayTariff.valid_from <= day)
        .order_by(DayTariff.valid_from.desc()).limit(1))
    if daily is None:
        raise RuleBroken("Il %(day)s non c'è una tariffa %(whose)s: registrarla.", day=f"{day:%d/%m/%Y}",
                         whose="del Comune" if whose else "del distretto")
    return daily


def close_month(session: ScopedSession, year: int, month: int, *, today: date) -> tuple[int, list[str]]:
    """Reckon what each municipality's days of a month cost; how many rows were reckoned, and why others were not.

    Where the tariff changes within the month its days are not of one price: that is said, never guessed.
    """
    session.principal.require(*RECKONERS)
    last = require_month(year, month, today)
    rows = session.scalars(select(Attendance).where(Attendance.year == year, Attendance.month == month)).all()
    done, why = 0, dict[str, None]()
    for row in rows:
        try:
            prices = {tariff_on(session, row.municipality_id, day) for day in _days_of_change(session, last)}
            if len(prices) > 1:
                raise RuleBroken("%(name)s: nel mese la tariffa cambia, e le giornate non sono divise.",
                                 name=row.municipality.name)
            row.amount, done = row.days * prices.pop(), done + 1
        except RuleBroken as refusal:
            why[str(refusal)] = None
    session.flush()
    return done, list(why)


def _district_from(session: ScopedSession, year: int) -> date:
    found: date | None = sheet_data(session, CODE, year).get("district_tariff_from")
    if found is None:
        raise RuleBroken("La scheda del %(year)s non dice da che giorno vale la tariffa del distretto: la fonte dice "
                         "30 giugno e non l'anno. Scrivere il giorno nella scheda.", year=year)
    return found


def _days_of_change(session: ScopedSession, last: date) -> list[date]:
    """The first day of the month that ends on ``last``, and those within it on which a price can change."""
    first = last.replace(day=1)
    begun = session.scalars(select(DayTariff.valid_from).where(DayTariff.valid_from.between(first, last)))
    return sorted({first, *begun, min(max(first, _district_from(session, last.year)), last)})


def require_month(year: int, month: int, today: date) -> date:
    """The last day of a month; RuleBroken unless it exists and has begun."""
    if not (FIRST_YEAR <= year <= today.year and 1 <= month <= 12 and date(year, month, 1) <= today):
        raise RuleBroken("Indicare un mese già cominciato, dal %(first)s in poi.", field="month", first=FIRST_YEAR)
    return date(year, month, calendar.monthrange(year, month)[1])
