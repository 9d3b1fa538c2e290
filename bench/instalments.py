"""The list of instalments at 1,000 and at 100,000: time, SQL statements; and their export, whose memory stays flat."""

from __future__ import annotations

import tempfile
import time
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from admin.app import create_app
from bench.ground import demo, log_in, measured, steady
from bench.measure import memory_row, peak_mib, row
from core.contracts.model import Contract
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.instalments.model import Instalment
from core.parties.model import Municipality

SMALL, LARGE = 1_000, 100_000
FIRST_YEAR, PER_YEAR = 3000, 1000
STATES = ("planned", "requested", "due", "part_paid", "paid", "overdue")
PAGES = {
    "first page": "/admin/rate/",
    "page 40": "/admin/rate/?page=39",
    "filter by state": "/admin/rate/?stato=overdue",
    "filter by municipality and year": f"/admin/rate/?comune=3&anno={FIRST_YEAR}",
    "search by municipality": "/admin/rate/?search=Dresano",
    "search by number": "/admin/rate/?search=512/3000",
}


def main() -> None:
    """Print time and statements of each page, and time and memory of each export, at both sizes."""
    with tempfile.TemporaryDirectory() as folder:
        settings, database, registry = demo(Path(folder))
        client = log_in(create_app(settings, database=database, registry=registry), database)
        small = _measure(client, database, SMALL)
        exported = {kind: _export(client, database, kind) for kind in ("xlsx", "csv")}
        large = _measure(client, database, LARGE)
        print("The list of instalments")
        for name in PAGES:
            (seconds, statements), (before, fewer) = large[name], small[name]
            row(f"{name}, 1,000, {fewer} statements", before)
            row(f"{name}, 100,000, {statements} statements", seconds, seconds / before, "the same at 1,000")
        print("The export of instalments, streamed")
        for kind, (before, mib) in exported.items():
            seconds, grown = _export(client, database, kind)
            row(f"{kind}, 1,000 rows", before)
            row(f"{kind}, 100,000 rows", seconds, seconds / before, "the same at 1,000")
            memory_row(f"{kind}, 1,000 rows, memory above the start", mib)
            memory_row(f"{kind}, 100,000 rows, memory above the start", grown)
        steady(small, large)


def _measure(client: FlaskClient, database: Database, size: int) -> dict[str, tuple[float, int]]:
    fill(database, size)
    return measured(client, database, PAGES)


def _export(client: FlaskClient, database: Database, kind: str) -> tuple[float, float]:
    """Seconds and MiB of one export, read to its end piece by piece as a browser does."""

    def read() -> None:
        with client.get(f"/admin/esporta/instalments.{kind}", buffered=False) as answer:
            assert answer.status_code == 200, kind
            for _piece in answer.iter_encoded():
                pass

    def read_alone() -> None:
        database.reading.dispose(close=False)  # this process has a connection of its own
        read()

    started = time.perf_counter()
    read()
    return time.perf_counter() - started, peak_mib(read_alone)


def fill(database: Database, size: int) -> None:
    """Bring the instalments to ``size``, spread over the contracts, the municipalities and the years."""
    with ScopedSession(database, system("prova di velocità")) as session:
        have = session.scalar(select(func.count(Instalment.id))) or 0
        contracts = session.scalars(select(Contract.id)).all()
        municipalities = session.scalars(select(Municipality.id)).all()
    new = [_instalment(key, contracts[key % len(contracts)], municipalities[key % len(municipalities)])
           for key in range(have + 1, size + 1)]
    with database.writing.begin() as connection:
        connection.execute(insert(Instalment.__table__), new)
        connection.exec_driver_sql("ANALYZE")


def _instalment(key: int, contract_id: int, municipality_id: int) -> dict[str, Any]:
    year, amount = FIRST_YEAR + key // PER_YEAR, Decimal(key) + Decimal("0.10")
    return {"id": key, "year": year, "number": key % PER_YEAR + 1, "contract_id": contract_id, "kind": "advance",
            "municipality_id": municipality_id, "title": "Primo acconto", "state": STATES[key % len(STATES)],
            "base": amount * 2, "amount": amount, "paid": Decimal(0), "nominal": date(year, 1, 31),
            "effective": date(year, 1, 31), "version": 1}


if __name__ == "__main__":
    main()
