"""The use of a month that comes from a workbook: each fault by its cell, whole or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.unit_of_work import unit_of_work
from core.usage import operations
from core.usage.model import UsageMonth, UseFigure
from core.usage.months import month_figures
from core.usage.rules import UseMonth
from tests.integration.imports.conftest import MANAGER, TODAY, Send

CODED = {"service": "neutral_space", "year": 2026, "month": 1, "municipality": "Dresano",
         "measure": "Incontri protetti", "unit": "incontri", "value": 12}


def kept(database: Database) -> list[tuple[str, str, Decimal, str, str]]:
    with ScopedSession(database, system("prova")) as session:
        return [(row.municipality.name, row.measure, row.value, row.unit, row.source)
                for row in session.scalars(select(UseFigure).order_by(UseFigure.id))]


def test_a_month_comes_in_by_names_or_codes_and_an_empty_cell_brings_nothing(send: Send, database: Database) -> None:
    report = send("usage", CODED, {**CODED, "municipality": "melegnano", "measure": "meetings", "value": "1.234,5"},
                  {**CODED, "municipality": "Vizzolo Predabissi", "value": None})
    assert report.applied
    assert kept(database) == [("Dresano", "meetings", 12, "incontri", "imported"),
                              ("Melegnano", "meetings", Decimal("1234.5"), "incontri", "imported")]


def test_it_comes_again_corrected_while_the_month_is_open(send: Send, database: Database) -> None:
    assert send("usage", CODED).applied
    assert send("usage", {**CODED, "value": 15}).applied
    assert [row[2] for row in kept(database)] == [15]


@pytest.mark.parametrize(("changes", "column", "sentence"), [
    ({"value": -3}, "Valore", "zero o di più"),
    ({"unit": "ore"}, "Unità", "si conta in incontri, non in ore"),
    ({"measure": "Pasti"}, "Misura", "non conta «Pasti»"),
    ({"service": "Circo"}, "Servizio", "«Circo» non è un servizio"),
    ({"service": "solidarity_funds"}, "Servizio", "non conta alcun uso"),
    ({"municipality": "Milano"}, "Comune", "«Milano»"),
    ({"month": 13}, "Mese", "da 1 a 12"),
    ({"month": 4}, "Mese", "non è ancora cominciato"),
    ({"value": "dodici"}, "Valore", "non è una quantità"),
    ({"value": "12,345"}, "Valore", "due decimali"),
    ({"service": "home_care_vouchers", "measure": "hours", "unit": "ore"}, "Misura", "la calcola il plugin"),
])
def test_what_cannot_be_is_told_by_its_cell_and_nothing_goes_in(
    send: Send, database: Database, changes: dict[str, object], column: str, sentence: str
) -> None:
    report = send("usage", CODED, {**CODED, "municipality": "Melegnano", **changes})
    assert not report.applied
    [finding] = report.rows[1].findings
    assert sentence in str(finding)
    assert finding.where == column
    assert kept(database) == []


def test_a_row_that_stands_twice_and_a_closed_month_are_refused(send: Send, database: Database) -> None:
    twice = send("usage", CODED, CODED)
    assert "compare due volte" in str(twice.rows[1].findings[0])
    with unit_of_work(database, MANAGER, act="mese") as session:
        service = session.scalars(select(Service).where(Service.code == "neutral_space")).one()
        found = month_figures(session, service, UseMonth(2026, 1))
        every = {(key, code): Decimal(8) for key in found.covered for code in found.measures}
        row = operations.record(session, service.id, found.month, every, version=None, today=TODAY)
        operations.close(session, row.id, version=row.version, today=TODAY)
    closed = send("usage", CODED)
    assert not closed.applied
    assert "è chiuso: una cifra si corregge una per volta" in str(closed.rows[0].findings[0])


def test_a_municipality_that_the_service_does_not_cover_is_refused(send: Send, database: Database) -> None:
    with unit_of_work(database, MANAGER, act="copertura") as session:
        service = session.scalars(select(Service).where(Service.code == "neutral_space")).one()
        service.cover_all, service.cover_district_id = False, None
    report = send("usage", CODED)
    assert "non copre il Comune indicato" in str(report.rows[0].findings[0])
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(UsageMonth)).all() == []
