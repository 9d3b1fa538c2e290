"""What stands beside the core: the panel of a municipality, the workbook of attendance, what waits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from core.plugin_api import (
    Block,
    CellKind,
    Column,
    Finding,
    Municipality,
    Panel,
    Role,
    RowsImport,
    RuleBroken,
    ScopedSession,
    Table,
    Task,
    euro,
    month_name,
)
from plugins.disability_day_centres import operations
from plugins.disability_day_centres.model import Attendance, Centre

MOST = 6


def of_municipality(session: ScopedSession, key: int, _today: date) -> Sequence[Block]:
    """The last months that were recorded, the newest first."""
    rows = session.scalars(select(Attendance).where(Attendance.municipality_id == key).order_by(
        Attendance.year.desc(), Attendance.month.desc(), Attendance.id).limit(MOST)).all()
    return (Table(("Mese", "Centro", "Posti", "Giornate", "Costo"), tuple(
        (f"{month_name(row.month)} {row.year}", row.centre.name, str(row.places), str(row.days),
         euro(row.amount) if row.amount is not None else "da calcolare") for row in rows)),) if rows else ()


def lay(session: ScopedSession, values: Mapping[str, Any], today: date) -> str:
    """Record a row of the workbook."""
    municipality = session.scalars(select(Municipality).where(Municipality.name == values["municipality"])).first()
    centre = session.scalars(select(Centre).where(Centre.name == values["centre"])).first()
    if municipality is None:
        raise RuleBroken("«%(name)s» non è un Comune registrato.", field="municipality", name=values["municipality"])
    if centre is None:
        raise RuleBroken("«%(name)s» non è un centro: scriverlo come nell'elenco dei centri.", field="centre",
                         name=values["centre"])
    row = operations.record(session, municipality.id, centre.id, values["year"], values["month"],
                            places=values["places"], days=values["days"], today=today)
    return f"{municipality.name}, {row}"


def waits(session: ScopedSession, today: date) -> Iterable[Task]:
    """Centres of which nobody has said the seats, and months that are over and not reckoned."""
    if not session.principal.has(*operations.WRITERS, Role.AUDITOR):
        return
    for centre in session.scalars(select(Centre).where(Centre.seats.is_(None)).order_by(Centre.id)):
        yield Task("disability_day_centres_centre.details_view", centre.id, centre.name,
                   Finding("Indicare quanti posti ha il centro.", source="R126"), Role.MANAGEMENT)
    months = select(Attendance.year, Attendance.month, func.count()).where(Attendance.amount.is_(None))
    for year, month, count in session.execute(months.group_by(Attendance.year, Attendance.month)):
        if (year, month) < (today.year, today.month):
            yield Task("disability_day_centres_attendance.close_view", None, f"{month_name(month)} {year}",
                       Finding("Calcolare il costo delle giornate: %(count)s righe da calcolare.", {"count": count},
                               source="R126"), Role.MANAGEMENT)


PANELS = (Panel("municipality", "Centri Diurni Disabili", of_municipality),)
IMPORTS = (RowsImport(
    "disability_day_centres_attendance", "Presenze nei centri diurni",
    "Per ogni Comune, centro e mese i posti occupati e le giornate di presenza: solo numeri, nessun nome.",
    (
        Column("municipality", "Comune", example="Dresano"),
        Column("centre", "Centro", help="Come nell'elenco dei centri.", example="Melegnano, via Uno 1"),
        Column("year", "Anno", CellKind.NUMBER, example="2026"),
        Column("month", "Mese", CellKind.NUMBER, help="Da 1 a 12.", example="1"),
        Column("places", "Posti occupati", CellKind.NUMBER, example="4"),
        Column("days", "Giornate di presenza", CellKind.NUMBER, example="80"),
    ), lay),)
