"""A loaded district without any contract: where an office that begins stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import openpyxl
import pytest

from core.ground.access import Principal, Role
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import ImportReport, run
from core.imports.subjects import IMPORTS
from core.plugins.loading import Registry
from core.tables.workbook import workbook
from demo.load import load
from tests.ground import Reach

TODAY = date(2026, 3, 2)
MANAGER = Principal("Marta Gestione", frozenset({Role.MANAGEMENT}), user_id=1)
Send = Callable[..., ImportReport]


def filled(what: str, *rows: dict[str, object]) -> bytes:
    """The program's own workbook of an import, filled in with rows by column name."""
    [sheet] = IMPORTS[what].sheets
    book = openpyxl.load_workbook(BytesIO(workbook([sheet])))
    for row in rows:
        assert row.keys() <= {column.name for column in sheet.columns}
        page = book[sheet.title]
        page.append([row.get(column.name) for column in sheet.columns])
        for cell in page[page.max_row]:
            if cell.data_type == "f":  # a text that looks like a formula, typed as a text
                cell.data_type = "s"
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.fixture
def loaded(database: Database, registry: Registry, reach: Reach) -> None:
    """The district is there."""
    def play() -> None:
        with unit_of_work(database, MANAGER, act="carico") as session:
            load(session, registry)

    reach("loaded", play)


@pytest.fixture
def send(database: Database, loaded: None) -> Send:
    """``send("shares", row, row)`` imports these rows and gives the report."""

    def sending(what: str, *rows: dict[str, object], actor: Principal = MANAGER, **options: object) -> ImportReport:
        with unit_of_work(database, actor, act="import") as session:
            return run(session, IMPORTS[what], filled(what, *rows), today=TODAY, **options)

    return sending


CONTRACT = {"code": "3/2025", "municipalities": "Dresano", "starts_on": "01/01/2025", "ends_on": date(2026, 12, 31),
            "signed_on": "20/12/2024"}
SHARE = {"year": 2026, "municipality": "Dresano", "kind": "Di previsione", "amount": "100.000,00",
         "approved_on": "28/02/2026"}
INSTALMENT = {"year": 2026, "municipality": "dresano", "kind": "Acconto", "amount": "50.000,00", "due": "31/01/2026",
              "requested_on": "07/01/2026"}
PAID = {"paid": 20000, "paid_on": "29/01/2026", "method": "Bonifico bancario", "reference": "Mandato n. 118"}
