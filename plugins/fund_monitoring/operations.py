"""The duties of an exercise, from the day that the office says to the receipt. None of these commits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.plugin_api import (
    Municipality,
    Role,
    RuleBroken,
    ScopedSession,
    at_version,
    covered_municipalities,
    exercises,
    follow,
    in_order,
    require_past,
    require_text,
)
from plugins.fund_monitoring.duties import kinds, owed
from plugins.fund_monitoring.model import Duty, MunicipalReturn

CODE, TABLE = "fund_monitoring", "fund_monitoring_duty"
WRITERS = (Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM)
FIRST_YEAR, LONGEST, LONGEST_LINE = 2009, 2000, 200
OPEN, SENT, BACK, RECEIPT = "to_do", "sent", "sent_back", "acknowledged"


def open_year(session: ScopedSession, year: int, *, begins_three_years: bool, today: date) -> list[Duty]:
    """Open the duties of an exercise that are not open yet, those of three years where they begin.

    Each takes the day of the exercise before, a year later: what the office was asked once it is not asked again.
    RuleBroken for an exercise that cannot be, or where there is nothing to open.
    """
    session.principal.require(*WRITERS)
    now = exercises(session).of(today).year
    if not FIRST_YEAR <= year <= now + 1:
        raise RuleBroken("Indicare un esercizio dal %(first)s al %(last)s.", field="year", first=FIRST_YEAR,
                         last=now + 1)
    held = {(row.code, row.moment) for row in of_year(session, year)}
    before = {(row.code, row.moment): row.due for row in of_year(session, year - 1)}
    rows = [Duty(year=year, code=kind.code, moment=moment, due=_a_year_later(before.get((kind.code, moment))))
            for kind, moment in owed(begins_three_years=begins_three_years) if (kind.code, moment) not in held]
    if not rows:
        raise RuleBroken("I debiti informativi di questo esercizio sono già aperti.", field="year")
    session.add_all(rows)
    session.flush()
    follow(session, TABLE, [row.id for row in rows], today=today)
    return rows


def say_day(session: ScopedSession, key: int, due: date, *, version: int | None, today: date,
            field: str = "due") -> Duty:
    """Say by when a duty is due: the source gives no day (R154-R157), so the office does.

    RuleBroken, beside ``field``, for a term that is followed elsewhere, a duty that was sent, a day before its exercise
    or long after.
    """
    row = _mine(session, key, version)
    if row.kind.followed:
        raise RuleBroken("Il termine di questo debito è già seguito altrove: qui non si indica.", field=field)
    if row.is_sent:
        raise RuleBroken("Questo debito è già stato trasmesso: il suo termine non cambia più.", field=field)
    mine = exercises(session)
    if not mine.named(row.year - 1).starts_on <= due <= mine.named(row.year + 2).ends_on:
        raise RuleBroken("Un debito del %(year)s scade tra l'esercizio prima e i due dopo: correggere il giorno.",
                         field=field, year=mine.name(row.year))
    row.due = due
    return _followed(session, row, today)


def ask(session: ScopedSession, key: int, *, asked_on: date, by: date, version: int | None, today: date) -> Duty:
    """Ask the municipalities of the district for what a duty is gathered from, by a day.

    RuleBroken for a duty that is not gathered from them or was asked, a day that cannot be.
    """
    row = _mine(session, key, version)
    require_past(asked_on, today, field="asked_on")
    if not row.kind.asks:
        raise RuleBroken("Questo debito non si raccoglie dai Comuni.")
    if row.state != OPEN:
        raise RuleBroken("Ai Comuni è già stato chiesto.")
    if by < asked_on:
        raise RuleBroken("Il giorno entro cui rispondere viene dopo quello della richiesta.", field="by")
    names = members(session, row.year)
    if not names:
        raise RuleBroken("In questo esercizio il servizio non copre nessun Comune: indicare la copertura nel catalogo.")
    session.add_all([MunicipalReturn(duty_id=row.id, municipality_id=one, asked_on=asked_on, by=by) for one in names])
    row.state, row.asked_on = "asked", asked_on
    return _followed(session, row, today)


def send(session: ScopedSession, key: int, *, sent_on: date, reference: str, why: str, version: int | None,
         today: date) -> Duty:
    """Record that a duty was sent to whom it is owed, with the number of its protocol.

    RuleBroken if it was sent already, was not asked of the municipalities that it is gathered from, or goes without
    some of them and nobody says why.
    """
    row = _mine(session, key, version)
    require_past(sent_on, today, field="sent_on")
    if row.is_sent:
        raise RuleBroken("Questo debito è già stato trasmesso.")
    if row.kind.asks:
        if row.state == OPEN:
            raise RuleBroken("Prima si chiede ai Comuni: questo debito si raccoglie da loro.")
        missing = tuple(one.municipality.name for one in _returns(session, row) if one.state != "received")
        if missing and not why.strip():
            raise RuleBroken("Mancano le risposte di %(names)s: dire perché si trasmette senza.", field="why",
                             names=missing)
    row.reference = require_text(reference, "Indicare il numero di protocollo, o come è stato trasmesso.",
                                 field="reference", longest=LONGEST_LINE)
    row.why = shortly(why, "why")
    row.state, row.sent_on, row.sent_back_on, row.receipt_on, row.receipt = SENT, sent_on, None, None, ""
    return _followed(session, row, today)


def send_back(session: ScopedSession, key: int, *, on: date, why: str, version: int | None, today: date) -> Duty:
    """Record that whoever received a duty sends it back to be corrected: its term is open again."""
    row = _mine(session, key, version)
    _after_sending(row, on, today)
    row.why = require_text(why, "Indicare che cosa è da correggere.", field="why", longest=LONGEST)
    row.state, row.sent_back_on, row.receipt_on, row.receipt = BACK, on, None, ""
    return _followed(session, row, today)


def acknowledge(session: ScopedSession, key: int, *, on: date, receipt: str, version: int | None,
                today: date) -> Duty:
    """Record the receipt of a duty that was sent."""
    row = _mine(session, key, version)
    _after_sending(row, on, today)
    row.receipt = require_text(receipt, "Indicare la ricevuta: il suo numero, o di che cosa si tratta.",
                               field="receipt", longest=LONGEST_LINE)
    row.state, row.receipt_on = RECEIPT, on
    return _followed(session, row, today)


def take_back(session: ScopedSession, key: int, *, version: int | None, today: date) -> Duty:
    """Take back what was recorded last of a duty's sending, if it was a mistake; the history keeps it.

    RuleBroken where nothing was sent.
    """
    row = _mine(session, key, version)
    if row.state == RECEIPT:
        row.state, row.receipt_on, row.receipt = SENT, None, ""
    elif row.state == BACK:
        row.state, row.sent_back_on, row.why = SENT, None, ""
    elif row.state == SENT:
        row.state, row.sent_on, row.reference, row.why = _before_sending(session, row), None, "", ""
    else:
        raise RuleBroken("Non c'è una trasmissione da annullare.")
    return _followed(session, row, today)


# --- what is there ----------------------------------------------------------------------------------------


def of_year(session: ScopedSession, year: int) -> Sequence[Duty]:
    """The duties of an exercise, in the order of the file."""
    order = list(kinds())
    rows = session.scalars(select(Duty).where(Duty.year == year).order_by(Duty.id)).all()
    return sorted(rows, key=lambda row: (order.index(row.code), row.id))


def members(session: ScopedSession, year: int) -> dict[int, str]:
    """Id and name of the municipalities that are asked in an exercise: those that the service covers in it."""
    exercise = exercises(session).named(year)
    return covered_municipalities(session, CODE, exercise.starts_on, exercise.ends_on)


def settle(session: ScopedSession, duty_id: int, *, today: date) -> None:
    """Let a duty that was asked say whether all have answered."""
    row = session.require(Duty, duty_id)
    if row.state not in ("asked", "received"):
        return
    days = [one.received_on if one.state == "received" else None for one in _returns(session, row)]
    done = [day for day in days if day is not None]
    row.state, row.received_on = ("received", max(done)) if len(done) == len(days) else ("asked", None)
    _followed(session, row, today)


def _returns(session: ScopedSession, row: Duty) -> Sequence[MunicipalReturn]:
    query = select(MunicipalReturn).where(MunicipalReturn.duty_id == row.id).join(MunicipalReturn.municipality)
    return session.scalars(query.options(selectinload(MunicipalReturn.municipality)).order_by(
        in_order(Municipality.name))).all()


def _before_sending(session: ScopedSession, row: Duty) -> str:
    if row.asked_on is None:
        return OPEN
    return "received" if all(one.state == "received" for one in _returns(session, row)) else "asked"


def _mine(session: ScopedSession, key: int, version: int | None) -> Duty:
    session.principal.require(*WRITERS)
    return at_version(session.require(Duty, key), version)


def _after_sending(row: Duty, on: date, today: date) -> None:
    require_past(on, today, field="on")
    if row.state != SENT or row.sent_on is None:
        raise RuleBroken("Prima si registra la trasmissione.")
    if on < row.sent_on:
        raise RuleBroken("È stato trasmesso il %(day)s: indicare un giorno non precedente.", field="on",
                         day=f"{row.sent_on:%d/%m/%Y}")


def shortly(text: str, field: str) -> str:
    """A note that may be left empty. RuleBroken for one that is too long."""
    return require_text(text, "Scrivere la nota.", field=field, longest=LONGEST) if text.strip() else ""


def _followed(session: ScopedSession, row: Duty, today: date) -> Duty:
    session.flush()
    follow(session, TABLE, [row.id], today=today)
    return row


def _a_year_later(day: date | None) -> date | None:
    """The same day of the next year; 28 February after a leap day."""
    if day is None:
        return None
    leap = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year + 1, day=28 if leap else day.day)
