"""A list page at 1,000 and at 100,000 contracts: its time, its SQL statements; and a look-up against a full select."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import func, insert, select

from admin.app import create_app
from bench.ground import demo, log_in, measured
from bench.measure import row
from core.contracts.model import Contract, ContractParty
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.parties.model import Municipality

PAGES = {
    "first page": "/admin/contratti/",
    "page 40": "/admin/contratti/?page=39",
    "search by municipality": "/admin/contratti/?search=Dresano",
    "search by number": "/admin/contratti/?search=512",
}
FIRST_YEAR, PER_YEAR = 3000, 1000


def main() -> None:
    """Print time and statements of each page at both sizes."""
    with tempfile.TemporaryDirectory() as folder:
        settings, database, registry = demo(Path(folder))
        client = log_in(create_app(settings, database=database, registry=registry), database)
        print("The list of contracts")
        small = _measure(client, database, 1_000)
        large = _measure(client, database, 100_000)
        for name in PAGES:
            (seconds, statements), (before, fewer) = large[name], small[name]
            row(f"{name}, 1,000 contracts, {fewer} statements", before)
            row(f"{name}, 100,000 contracts, {statements} statements", seconds, seconds / before, "the same at 1,000")
        assert {n: s for n, (_, s) in small.items()} == {n: s for n, (_, s) in large.items()}, "statements grow"


def _measure(client: FlaskClient, database: Database, size: int) -> dict[str, tuple[float, int]]:
    _fill(database, size)
    return measured(client, database, PAGES)


def _fill(database: Database, size: int) -> None:
    """Bring the contracts to ``size``, each with its azienda and a municipality."""
    with ScopedSession(database, system("prova di velocità")) as session:
        have = session.scalar(select(func.count(Contract.id))) or 0
        first = session.scalars(select(Contract).limit(1)).one()
        terms_id, azienda_id = first.terms_id, first.parties[0].party_id
        municipalities = session.scalars(select(Municipality.id)).all()
    new = range(have + 1, size + 1)
    contracts = [_contract(key, terms_id) for key in new]
    parties = [
        {"contract_id": key, "party_id": party, "capacity": capacity, "order": order}
        for key in new
        for order, (party, capacity) in enumerate(
            ((azienda_id, "azienda"), (municipalities[key % len(municipalities)], "comune"))
        )
    ]
    with database.writing.begin() as connection:
        connection.execute(insert(Contract.__table__), contracts)
        connection.execute(insert(ContractParty.__table__), parties)
        connection.exec_driver_sql("ANALYZE")


def _contract(key: int, terms_id: int) -> dict[str, Any]:
    year = FIRST_YEAR + key // PER_YEAR
    return {"id": key, "year": year, "number": key % PER_YEAR + 1, "state": "draft", "step": "services", "place": "-",
            "starts_on": date(year, 1, 1), "ends_on": date(year, 12, 31), "terms_id": terms_id, "version": 1}


if __name__ == "__main__":
    main()
