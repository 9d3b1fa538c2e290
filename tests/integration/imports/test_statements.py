"""An import asks the database little, however many rows it brings: at most eight statements a row, of every kind."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import ImportReport, run
from core.imports.subjects import IMPORTS
from core.parties.model import Municipality
from core.tables.workbook import workbook
from tests.factories import body_tax_code
from tests.integration.deadlines.counting import statements
from tests.integration.imports.conftest import INSTALMENT, MANAGER, PAID, TODAY
from tests.integration.imports.test_budgets import COST, FUND, GENERAL, TRIP
from tests.integration.imports.test_operations import NEW_TOWN
from tests.integration.imports.test_providers import PROVIDER, UNIT

MOST = 8
ROWS = 60
Rows = list[dict[str, object]]
FILES = {f"{n}.pdf": f"%PDF-1.7 {n}".encode() for n in range(ROWS)}


def municipalities(_names: list[str]) -> Iterator[Rows]:
    yield [NEW_TOWN | {"name": f"Borgo {n}", "istat": 15900 + n, "tax_code": body_tax_code()} for n in range(ROWS)]


def contracts(names: list[str]) -> Iterator[Rows]:
    signed = {"signed_on": "20/12/1999", "services": "neutral_space"}
    yield [signed | {"code": f"{n + 1}/{2000 + n}", "municipalities": names[n % len(names)], "files": f"{n}.pdf",
                     "starts_on": f"01/01/{2000 + n}", "ends_on": f"31/12/{2000 + n}"} for n in range(26)]


def budgets(_names: list[str]) -> Iterator[Rows]:
    yield [(COST, FUND, TRIP, GENERAL)[n % 4] | {"title": f"Voce {n}"} for n in range(ROWS)]


def shares(names: list[str]) -> Iterator[Rows]:
    yield [{"year": year, "municipality": name, "kind": kind, "amount": 1000, "approved_on": "28/02/2026"}
           for name in names for year in (2025, 2026) for kind in ("Di previsione", "Definitiva")]


def opening(names: list[str]) -> Iterator[Rows]:
    yield [{"municipality": name, "on": "31/12/2025", "amount": "-250,00"} for name in names]


def instalments(names: list[str]) -> Iterator[Rows]:
    yield [INSTALMENT | {"municipality": names[n % len(names)], "due": f"{n // len(names) + 1:02}/02/2026"}
           | (PAID if n % 3 else PAID | {"paid": 50000}) for n in range(ROWS)]


def providers(_names: list[str]) -> Iterator[Rows]:
    codes = [body_tax_code() for _ in range(ROWS)]
    insured = {"insurer": "Assicurazioni", "policy_number": "RC-1", "insured_from": "01/01/2026",
               "insured_to": "31/12/2026"}
    yield [PROVIDER | insured | {"name": f"Cooperativa {n}", "tax_code": code} for n, code in enumerate(codes)]
    yield [UNIT | {"provider": code, "name": f"Nido {n}", "operating_from": "01/09/2021"}
           for n, code in enumerate(codes)]


KINDS = {make.__name__: make for make in (municipalities, contracts, budgets, shares, opening, instalments, providers)}


@pytest.fixture
def office(database: Database, loaded: None) -> Database:
    """A district whose municipalities have a contract each, of which the demo has drafted none."""
    return database


def book(what: str, sheets: list[Rows]) -> bytes:
    made = openpyxl.load_workbook(BytesIO(workbook(IMPORTS[what].sheets)))
    for sheet, rows in zip(IMPORTS[what].sheets, sheets, strict=True):
        for row in rows:
            made[sheet.title].append([row.get(column.name) for column in sheet.columns])
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def ready(office: Database, what: str) -> list[str]:
    """The names of the municipalities; of what belongs to a contract, each with one that was signed."""
    with ScopedSession(office, system("prova")) as session:
        names = list(session.scalars(select(Municipality.name).order_by(Municipality.id)))
    if what in ("shares", "opening", "instalments"):
        held = [{"code": f"{n}/2025", "municipalities": name, "starts_on": "01/01/2025", "ends_on": "31/12/2026",
                 "signed_on": "20/12/2024", "services": "neutral_space"} for n, name in enumerate(names, start=1)]
        assert bring(office, "contracts", [held]).applied
    return names


def bring(office: Database, what: str, sheets: list[Rows]) -> ImportReport:
    with unit_of_work(office, MANAGER, act="import") as session:
        return run(session, IMPORTS[what], book(what, sheets), files=FILES, today=TODAY)


@pytest.mark.parametrize("what", KINDS)
def test_at_most_eight_statements_a_row(office: Database, what: str) -> None:
    sheets = list(KINDS[what](ready(office, what)))
    with statements(office) as asked:
        report = bring(office, what, sheets)
    assert report.applied, [str(finding) for row in report.wrong for finding in row.findings][:3]
    assert len(asked) <= MOST * len(report.rows), f"{len(asked)} for {len(report.rows)} rows"
