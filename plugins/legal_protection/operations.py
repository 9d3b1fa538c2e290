"""What is expected by a court, and what was sent. None of these commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select

from core.plugin_api import Role, RuleBroken, ScopedSession, at_version, follow, in_order, require_past
from plugins.legal_protection.model import CourtYear

TABLE = "legal_protection_court_year"
WRITERS = (Role.MANAGEMENT, Role.SYSTEM)
COURT = "Tribunale"
LONGEST, MOST, FIRST_YEAR = 80, 10_000, 2004  # the administrator of support is of L. 6/2004


def expect(session: ScopedSession, *, year: int, court: str, due: int, by: date, today: date) -> CourtYear:
    """Say how many accounts of ``year`` a court expects by ``by``: the law makes them yearly and names no day.

    RuleBroken for a court that is none (no person is ever named here), one that is there already, a year or a day that
    cannot be.
    """
    session.principal.require(*WRITERS)
    name = " ".join(court.split())
    if not name.startswith(f"{COURT} ") or len(name) > LONGEST or any(sign.isdigit() for sign in name):
        raise RuleBroken("Indicare il tribunale, per esempio «Tribunale di Lodi»: qui non si scrivono nomi di persone "
                         "né numeri di fascicolo.", field="court")
    if not FIRST_YEAR <= year <= today.year:
        raise RuleBroken("I rendiconti si contano per anni già cominciati, dal %(first)s al %(now)s.", field="year",
                         first=FIRST_YEAR, now=today.year)
    if not 1 <= due <= MOST:
        raise RuleBroken("Indicare quanti rendiconti sono dovuti: un numero da 1 a %(most)s.", field="due", most=MOST)
    if by.year not in (year, year + 1, year + 2):
        raise RuleBroken("Il rendiconto del %(year)s si presenta in quell'anno o nei due seguenti: correggere il "
                         "giorno.",
                         field="by", year=year)
    if session.scalars(select(CourtYear.id).where(CourtYear.year == year, CourtYear.court == name)).first():
        raise RuleBroken("I rendiconti del %(year)s a %(court)s sono già registrati: aprire quella riga.",
                         field="court", year=year, court=name)
    row = CourtYear(year=year, court=name, due=due, by=by)
    session.add(row)
    return _followed(session, row, today)


def count(session: ScopedSession, key: int, *, due: int, sent: int, said_on: date, version: int | None,
          today: date) -> CourtYear:
    """Say how many accounts were sent by ``said_on``, and how many are due as it is known now.

    RuleBroken for numbers that cannot be, a day to come, a stale page.
    """
    session.principal.require(*WRITERS)
    row = at_version(session.require(CourtYear, key), version)
    require_past(said_on, today, field="said_on")
    if not 1 <= due <= MOST:
        raise RuleBroken("Indicare quanti rendiconti sono dovuti: un numero da 1 a %(most)s.", field="due", most=MOST)
    if not 0 <= sent <= due:
        raise RuleBroken("I rendiconti inviati non superano quelli dovuti, che sono %(due)s.", field="sent", due=due)
    row.due, row.sent, row.said_on = due, sent, said_on
    return _followed(session, row, today)


def by_court(session: ScopedSession, year: int | None = None) -> Sequence[CourtYear]:
    """What is due and sent by court, the newest year first; of one year where it is given."""
    query = select(CourtYear).order_by(CourtYear.year.desc(), in_order(CourtYear.court))
    return session.scalars(query if year is None else query.where(CourtYear.year == year)).all()


def _followed(session: ScopedSession, row: CourtYear, today: date) -> CourtYear:
    session.flush()
    follow(session, TABLE, [row.id], today=today)
    return row
