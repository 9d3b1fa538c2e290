"""A month of use from one workbook: 25 services and 60, then 600 municipalities; checked, then written. Time,
statements a row, and the memory of the check, which reads the file, beside that of reading it alone."""

from __future__ import annotations

import tempfile
import time
from datetime import date
from functools import partial
from pathlib import Path

from sqlalchemy import func, select

from bench.ground import counting, demo
from bench.measure import memory_row, peak_mib, row
from core.catalogue.model import OwnFields, Service
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import ImportReport, confirmed, run, to_the_end
from core.imports.usage import USAGE
from core.parties.model import Membership, Municipality
from core.tables.workbook import read, workbook
from core.usage.months import month_figures
from core.usage.rules import UseMonth
from core.usage.sheets import USE, rows_of

ACTOR = system("prova di velocità")
SERVICES, FEW, MANY = 25, 60, 600
MEASURE = {"code": "own_uses", "title": "Usi", "unit": "usi", "kind": "quantity"}
TODAY = date(2026, 3, 10)


def main() -> None:
    """Print both sizes, and what one takes of the other."""
    with tempfile.TemporaryDirectory() as folder:
        _settings, database, _registry = demo(Path(folder))
        _count_alike(database)
        print(f"A month of use of {SERVICES} services from a workbook")
        seconds = {}
        for size, month in ((FEW, UseMonth(2026, 1)), (MANY, UseMonth(2026, 2))):
            _grow(database, size)
            content, rows = _filled(database, month)
            memory_row(f"{size} municipalities, reading {rows} rows, memory", peak_mib(partial(read, content, (USE,))))
            memory_row(f"{size} municipalities, checking them, memory", peak_mib(partial(_checked, database, content)))
            started = time.perf_counter()
            with counting(database) as statements, unit_of_work(database, ACTOR, act="bench") as session:
                report = run(session, USAGE, content, today=TODAY, rehearse=True)
            checked = time.perf_counter() - started
            assert report.is_clean and report.result is not None, report.wrong[:3]
            started = time.perf_counter()
            with unit_of_work(database, ACTOR, act="bench") as session:
                to_the_end(confirmed(session, USAGE, report.result, today=TODAY))
            written = time.perf_counter() - started
            seconds[size] = checked + written
            row(f"{size} municipalities, checked, {len(statements) / rows:.2f} statements a row", checked)
            row(f"{size} municipalities, written", written, seconds[size] / seconds[FEW], f"{FEW}, both steps")


def _checked(database: Database, content: bytes) -> ImportReport:
    own = Database(database.url, database.folder)  # a process of its own has connections of its own
    with unit_of_work(own, ACTOR, act="bench") as session:
        return run(session, USAGE, content, today=TODAY, rehearse=True)


def _count_alike(database: Database) -> None:
    """As many services as it takes count one thing, beside what they count already."""
    with unit_of_work(database, ACTOR, act="bench") as session:
        for service in session.scalars(select(Service).order_by(Service.id).limit(SERVICES)):
            service.cover_all, service.cover_district_id = True, None
            session.add(OwnFields(service=service, content={"measures": [MEASURE]}))


def _grow(database: Database, size: int) -> None:
    """More municipalities, all members."""
    with unit_of_work(database, ACTOR, act="bench") as session:
        there = session.scalar(select(func.count(Municipality.id))) or 0
        for number in range(there, size):
            session.add(Municipality(
                kind="municipality", form="municipality", name=f"Comune n. {number}", slug=f"comune-{number}",
                tax_code=f"{number:011}", address="Via Roma 1", postal_code="20070", city="Comune", province="MI",
                pec="", memberships=[Membership(valid_from=date(2009, 1, 1))]))


def _filled(database: Database, month: UseMonth) -> tuple[bytes, int]:
    """The workbook of the month, every figure of the common measure filled in, and how many rows it has."""
    with ScopedSession(database, ACTOR) as session:
        rows = [{**line, "value": number % 40} for service in session.scalars(
            select(Service).order_by(Service.id).limit(SERVICES)) for number, line in enumerate(
            rows_of(month_figures(session, service, month))) if line["measure"] == MEASURE["title"]]
    return workbook((USE,), {USE.name: rows}), len(rows)


if __name__ == "__main__":
    main()
