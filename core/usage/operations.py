"""Recording what was used, closing a month, correcting it afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy import select

from core.catalogue.model import Service
from core.ground.access import Role, ScopedSession
from core.ground.edits import at_version, stale, touch
from core.ground.errors import RuleBroken
from core.ground.required import require_text
from core.usage import rules
from core.usage.model import UsageMonth, UseCorrection, UseFigure
from core.usage.months import Key, MonthFigures, month_figures, of
from core.usage.rules import UseMonth
from core.usage.states import LIFE, MonthState

RECORDERS = (Role.MANAGEMENT, Role.ACCOUNTING, Role.SYSTEM)
TYPED, IMPORTED, COMPUTED = "typed", "imported", "computed"
Figures = Mapping[Key, Decimal | None]


def record(session: ScopedSession, service_id: int, month: UseMonth, figures: Figures, *, version: int | None,
           today: date) -> UsageMonth:
    """Write the figures of a month; what is there already is changed, an empty one is taken away.

    RuleBroken for a month that has not begun or is closed, a municipality that the service does not cover in it, a
    measure that it does not count or that its plugin computes, a figure that cannot be, a stale form (``version``: 0
    where nothing was recorded yet); the field is ``municipality-measure``. NotVisible, NotAllowed.
    """
    session.principal.require(*RECORDERS)
    found = month_figures(session, session.require(Service, service_id), month)
    if version is not None and (found.row.version if found.row else 0) != version:
        raise stale()
    _require(found, today)
    there = _there(session, found)
    for (municipality, code), value in figures.items():
        at = f"{municipality}-{code}"
        measure = found.require(municipality, code, where=at, which=at)
        if measure.computed:
            raise RuleBroken("«%(title)s» la calcola il plugin del servizio dai suoi dati: si cambia lì.", field=at,
                             title=measure.title)
        if value is not None:
            lay(session, found, municipality, code, rules.require_figure(measure, value, field=at), TYPED)
        elif (municipality, code) in found.held:
            session.delete(there[municipality, code])
            del found.held[municipality, code]
    if found.row is not None:
        return touch(session, found.row)
    row = month_row(session, found)
    session.flush()
    return row


def record_computed(session: ScopedSession, service_code: str, municipality_id: int, year: int, month: int,
                    figures: Mapping[str, Decimal], *, today: date, why: str = "") -> None:
    """Record what a plugin has computed of a municipality's month, by measure; after the close it says ``why``.

    RuleBroken as ``record``, and for a closed month without ``why``.
    """
    session.principal.require(*RECORDERS)
    found = month_figures(session, _service(session, service_code), rules.month_called(year, month))
    rules.require_begun(found.month, today)
    for code, value in figures.items():
        measure = found.require(municipality_id, code)
        rules.require_figure(measure, value, field=code)
        if found.is_closed:
            _corrected(session, found, municipality_id, code, value, COMPUTED, why=why, today=today)
        else:
            lay(session, found, municipality_id, code, value, COMPUTED)
    month_row(session, found)
    session.flush()


def month_is_closed(session: ScopedSession, service_code: str, year: int, month: int) -> bool:
    """True if the month of a service takes corrections only."""
    row = session.scalar(select(UsageMonth).join(Service, Service.id == UsageMonth.service_id).where(
        Service.code == service_code, UsageMonth.year == year, UsageMonth.month == month))
    return row is not None and row.state == MonthState.CLOSED


def close(session: ScopedSession, month_id: int, *, version: int, today: date) -> UsageMonth:
    """Close a month: its figures count from now on as they are, and are corrected only with a reason.

    RuleBroken while it is not over, or while a covered municipality has no figure: 0 is a figure, nothing is not.
    """
    row = at_version(session.require(UsageMonth, month_id), version)
    found = month_figures(session, row.service, UseMonth(row.year, row.month))
    rules.require_over(found.month, today)
    if missing := found.missing():
        raise RuleBroken("Mancano cifre di: %(names)s. Scriverle tutte prima di chiudere; se non c'è stato uso, "
                         "scrivere 0.", names=", ".join(missing))
    LIFE.move(session, row, "close", on=today)
    row.closed_on = today
    session.flush()
    return row


def reopen(session: ScopedSession, month_id: int, *, why: str, version: int, today: date) -> UsageMonth:
    """Take back a close that came too early, with a reason; both stay in the diary.

    RuleBroken once figures were corrected: then the month stays closed, because its corrections rest on it.
    """
    row = at_version(session.require(UsageMonth, month_id), version)
    corrected = (select(UseCorrection.id).join(UseFigure, UseFigure.id == UseCorrection.figure_id)
                 .where(of(row.service, UseMonth(row.year, row.month))).limit(1))
    if session.scalar(corrected) is not None:
        raise RuleBroken("Dopo la chiusura alcune cifre sono state corrette: il mese resta chiuso, e altre cifre si "
                         "correggono allo stesso modo.")
    LIFE.undo(session, row, on=today, why=why, forgets={"close": ("closed_on",)})
    session.flush()
    return row


def correct(session: ScopedSession, month_id: int, municipality_id: int, measure: str, value: Decimal, *, why: str,
            version: int, today: date) -> UseFigure:
    """Correct a figure of a closed month: from what to what, and why, stays beside it.

    RuleBroken for a month that is open, a figure that cannot be or is the same, without a reason.
    """
    session.principal.require(*RECORDERS)
    row = at_version(session.require(UsageMonth, month_id), version)
    found = month_figures(session, row.service, UseMonth(row.year, row.month))
    if row.state != MonthState.CLOSED:
        raise RuleBroken("Il mese è ancora aperto: la cifra si cambia dove si registra.")
    counted = found.require(municipality_id, measure)
    if counted.computed:
        raise RuleBroken("«%(title)s» la calcola il plugin del servizio dai suoi dati: si corregge lì.",
                         field="measure", title=counted.title)
    rules.require_figure(counted, value, field="value")
    figure = _corrected(session, found, municipality_id, measure, value, TYPED, why=why, today=today)
    if figure is None:
        raise RuleBroken("La cifra è già questa: non c'è nulla da correggere.", field="value")
    touch(session, row)
    return figure


# --- rows -------------------------------------------------------------------------------------------------


def lay(session: ScopedSession, found: MonthFigures, municipality_id: int, code: str, value: Decimal,
        source: str) -> UseFigure | None:
    """Lay one figure of an open month, unwritten yet; the changed or new row, None where it is the same already."""
    key, measure = (municipality_id, code), found.measures[code]
    if key not in found.held:
        figure = UseFigure(service_id=found.service.id, year=found.month.year, month=found.month.month,
                           municipality_id=municipality_id, measure=code, value=value, unit=measure.unit, source=source)
        session.add(figure)
        found.held[key] = 0, value
        return figure
    held, before = found.held[key]
    if before == value or not held:
        return None
    figure = session.require(UseFigure, held)
    figure.value, figure.unit, figure.source = value, measure.unit, source
    found.held[key] = held, value
    return figure


def month_row(session: ScopedSession, found: MonthFigures) -> UsageMonth:
    """The row of the month, begun with its first figures."""
    if found.row is None:
        found.row = UsageMonth(service_id=found.service.id, year=found.month.year, month=found.month.month)
        session.add(found.row)
    return found.row


def _service(session: ScopedSession, code: str) -> Service:
    service = session.scalars(select(Service).where(Service.code == code)).first()
    if service is None:
        raise RuleBroken("Il servizio «%(code)s» non è nel catalogo: il suo uso non si può registrare.", code=code)
    return service


def _require(found: MonthFigures, today: date) -> None:
    rules.require_begun(found.month, today)
    found.require_open()


def _there(session: ScopedSession, found: MonthFigures) -> dict[Key, UseFigure]:
    """The figures that are there as rows, asked together: a month is changed as a whole."""
    return {(row.municipality_id, row.measure): row for row in session.scalars(
        select(UseFigure).where(of(found.service, found.month)))}


def _corrected(session: ScopedSession, found: MonthFigures, municipality_id: int, code: str, value: Decimal,
               source: str, *, why: str, today: date) -> UseFigure | None:
    _key, before = found.held.get((municipality_id, code), (0, None))
    if before == value:
        return None
    require_text(why, "Il mese è chiuso: indicare perché la cifra si corregge. Si legge nel calcolo delle quote.",
                 field="why")
    figure = lay(session, found, municipality_id, code, value, source)
    assert figure is not None  # another value than the one that was there
    session.add(UseCorrection(figure=figure, on=today, before=before, after=value, why=why.strip()))
    session.flush()
    return figure
