"""R126, day centres: nobody takes a seat that is not there; 30 June parts two tariffs in the year the sheet says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from core.catalogue import operations as catalogue
from core.catalogue import sheets
from core.catalogue.model import OperationalSheet
from core.deadlines.waiting import waiting
from core.ground.access import Principal, Role, ScopedSession, system
from core.ground.db import Database
from core.ground.errors import RuleBroken
from core.ground.unit_of_work import unit_of_work
from core.imports.beside import imports_of
from core.imports.operations import run
from core.parties.model import Membership
from core.plugins import asking
from core.plugins.bound import bind, tell
from core.plugins.happened import MonthClosed
from core.plugins.loading import Registry
from plugins.disability_day_centres import operations
from plugins.disability_day_centres.model import Attendance, Centre
from tests import factories
from tests.ground import Application
from tests.plugins.visiting import visiting, workbook_of
from tests.unit.catalogue import making

TODAY = date(2026, 8, 10)
D = Decimal
NAME = "Melegnano, via Uno 1"


@pytest.fixture
def office(full_database: Database, registry: Registry) -> Database:
    """Dresano and Melegnano are covered, and the sheet names one centre and the day of the district's tariff."""
    bind(full_database, registry)
    plugin = registry.plugins["disability_day_centres"].description
    data = {"district_tariff_from": "2026-07-01", "sites": [{"municipality": "melegnano", "address": "via Uno 1"}]}
    with unit_of_work(full_database, system("prova"), act="arrivo") as session:
        for name in ("Dresano", "Melegnano"):
            row = factories.municipality(name)
            row.memberships.append(Membership(valid_from=date(2009, 5, 21)))
            session.add(row)
        sheet = making.sheet("disability_day_centres", edition=2025, plugin="disability_day_centres",
                             **sheets.kept(plugin, data))
        session.add(making.service("disability_day_centres", sheets=(sheet,)))
        session.flush()
        catalogue.new_edition(session, sheet.id, 2026, registry=registry)
    return full_database


def do(database: Database, verb: Callable[..., Any], *args: Any, **values: Any) -> Any:
    with unit_of_work(database, system("prova"), act="prova") as session:
        return verb(session, *args, **values)


@pytest.fixture
def seated(office: Database) -> Database:
    """The centre has 20 seats; each municipality has a tariff of its own, and the district one."""
    do(office, operations.set_seats, 1, 20, version=None)
    for key, daily in ((1, "18.00"), (2, "21.50"), (None, "19.75")):
        do(office, operations.set_tariff, key, daily=D(daily), valid_from=date(2026, 1, 1))
    return office


def attend(database: Database, municipality: int, month: int, places: int, days: int) -> None:
    do(database, operations.record, municipality, 1, 2026, month, places=places, days=days, today=TODAY)


def amounts(database: Database) -> dict[tuple[int, int], Decimal | None]:
    with ScopedSession(database, system("prova")) as session:
        rows = session.execute(select(Attendance.municipality_id, Attendance.month, Attendance.amount))
        return {(key, month): amount for key, month, amount in rows}


def test_r126_a_new_edition_of_the_sheet_brings_the_centres_that_it_names(office: Database, manager: Principal) -> None:
    with ScopedSession(office, manager) as session:
        assert [(row.name, row.seats) for row in session.scalars(select(Centre))] == [(NAME, None)]
        waits = [str(item.what) for item in waiting(session, TODAY) if item.case == NAME]
    assert waits == ["Indicare quanti posti ha il centro."]


def test_r126_no_seat_is_taken_that_is_not_there(seated: Database) -> None:
    attend(seated, 1, 5, 12, 240)
    with pytest.raises(RuleBroken, match="da 0 a 8"):
        attend(seated, 2, 5, 9, 100)
    attend(seated, 2, 5, 8, 160)
    attend(seated, 1, 5, 11, 220)  # a second time corrects the first
    with pytest.raises(RuleBroken, match="posti occupati sono 19"):
        do(seated, operations.set_seats, 1, 18, version=None)


def test_r126_june_costs_by_the_tariff_of_the_municipality_and_july_by_that_of_the_district(seated: Database) -> None:
    for month in (6, 7):
        attend(seated, 1, month, 4, 80)
        attend(seated, 2, month, 2, 41)
        do(seated, operations.close_month, 2026, month, today=TODAY)
    assert amounts(seated) == {(1, 6): D("1440.00"), (2, 6): D("881.50"), (1, 7): D("1580.00"), (2, 7): D("809.75")}


def test_r126_without_the_year_of_30_june_nothing_is_reckoned_and_nothing_guessed(seated: Database) -> None:
    with unit_of_work(seated, system("prova"), act="scheda") as session:
        sheet = session.scalars(select(OperationalSheet).where(OperationalSheet.edition == 2026)).one()
        sheet.data = {**sheet.data, "district_tariff_from": None}
    attend(seated, 1, 6, 4, 80)
    done, why = do(seated, operations.close_month, 2026, 6, today=TODAY)
    assert done == 0 and "la fonte dice 30 giugno e non l'anno" in why[0]
    assert amounts(seated) == {(1, 6): None}


def test_a_tariff_that_changes_within_a_month_is_told(seated: Database) -> None:
    do(seated, operations.set_tariff, 1, daily=D("19.00"), valid_from=date(2026, 5, 15))
    attend(seated, 1, 5, 4, 80)
    assert do(seated, operations.close_month, 2026, 5, today=TODAY) == (
        0, ["Dresano: nel mese la tariffa cambia, e le giornate non sono divise."])


def test_a_tariff_that_goes_up_and_down_again_within_a_month_is_told_too(seated: Database) -> None:
    for day, daily in ((10, "19.00"), (20, "18.00")):
        do(seated, operations.set_tariff, 1, daily=D(daily), valid_from=date(2026, 5, day))
    attend(seated, 1, 5, 4, 80)
    done, why = do(seated, operations.close_month, 2026, 5, today=TODAY)
    assert done == 0 and "nel mese la tariffa cambia" in why[0]


def test_a_tariff_that_comes_late_has_the_months_reckoned_anew(seated: Database) -> None:
    for month in (4, 5):
        attend(seated, 1, month, 4, 80)
        attend(seated, 2, month, 2, 40)
        do(seated, operations.close_month, 2026, month, today=TODAY)
    do(seated, operations.set_tariff, 1, daily=D("19.00"), valid_from=date(2026, 5, 1))
    assert amounts(seated) == {(1, 4): D("1440.00"), (2, 4): D("860.00"), (1, 5): None, (2, 5): D("860.00")}
    do(seated, operations.close_month, 2026, 5, today=TODAY)
    assert amounts(seated)[1, 5] == D("1520.00")


def test_accounting_that_closes_the_use_of_a_month_has_it_reckoned(seated: Database) -> None:
    attend(seated, 1, 6, 4, 80)
    accountant = Principal("conti", frozenset({Role.ACCOUNTING}))
    with unit_of_work(seated, accountant, act="usage.close") as session:
        tell(session, MonthClosed("disability_day_centres", 2026, 6, TODAY))
    assert amounts(seated) == {(1, 6): D("1440.00")}


def test_a_month_that_is_closed_is_reckoned_at_once_and_anew_when_it_is_corrected(seated: Database) -> None:
    asking.untold()
    attend(seated, 1, 6, 4, 80)
    do(seated, tell, MonthClosed("disability_day_centres", 2026, 6, TODAY))
    assert amounts(seated) == {(1, 6): D("1440.00")}
    attend(seated, 1, 6, 4, 79)
    assert amounts(seated) == {(1, 6): None}
    do(seated, tell, MonthClosed("neutral_space", 2026, 6, TODAY))
    assert amounts(seated) == {(1, 6): None}


# --- the workbook -----------------------------------------------------------------------------------------


def bring(database: Database, *rows: dict[str, Any]) -> Any:
    kind = imports_of(database)["disability_day_centres_attendance"]
    with unit_of_work(database, system("prova"), act="import.apply") as session:
        return run(session, kind, workbook_of(kind, *rows), today=TODAY)


ROW = {"municipality": "Dresano", "centre": NAME, "year": 2026, "month": 5, "places": 12, "days": 240}


def test_the_months_of_all_municipalities_come_in_one_workbook(seated: Database) -> None:
    report = bring(seated, ROW, {**ROW, "municipality": "Melegnano", "places": 8, "days": 160})
    assert report.applied and [row.made for row in report.rows] == [
        f"Dresano, {NAME}, maggio 2026", f"Melegnano, {NAME}, maggio 2026"]
    assert set(amounts(seated)) == {(1, 5), (2, 5)}


def test_one_wrong_row_keeps_all_of_them_out_and_says_why(seated: Database) -> None:
    report = bring(seated, ROW, {**ROW, "municipality": "Melegnano", "places": 9}, {**ROW, "centre": "Altrove"})
    assert not report.applied and amounts(seated) == {}
    assert [str(finding) for row in report.wrong for finding in row.findings] == [
        f"«{NAME}» ha 20 posti e in quel mese altri Comuni ne occupano 12: qui se ne indicano da 0 a 8.",
        "«Altrove» non è un centro: scriverlo come nell'elenco dei centri."]


# --- the pages --------------------------------------------------------------------------------------------


def test_seats_tariffs_and_months_are_recorded_on_their_pages(office: Database, application: Application) -> None:
    visit = visiting(office, application, TODAY)
    manager = visit(Role.MANAGEMENT)
    base = "/admin/centri-diurni/"
    manager.post(f"{base}1/posti", data={"seats": "20"})
    said = manager.post(f"{base}tariffe/registra", follow_redirects=True,
                        data={"municipality_id": "1", "daily": "18,00", "valid_from": "2026-01-01"}).text
    assert "La tariffa è registrata." in said
    typed = {"municipality_id": "1", "centre_id": "1", "year": "2026", "month": "6", "places": "4", "days": "80"}
    assert "Le presenze sono registrate." in manager.post(f"{base}presenze/registra", data=typed,
                                                           follow_redirects=True).text
    closed = manager.post(f"{base}presenze/calcola", data={"year": "2026", "month": "6"}, follow_redirects=True).text
    assert "Righe calcolate: 1." in closed and "1.440,00" in closed
    page = manager.get(f"{base}details/?id=1").text
    assert '<meter class="seats"' in page and "/plugin/disability_day_centres/seats.css?v=" in page
    sheet = manager.get("/plugin/disability_day_centres/seats.css?v=1")
    assert sheet.status_code == 200 and ".seats" in sheet.text
    for lost in ("disability_day_centres/niente.css", "altro/seats.css", "disability_day_centres/../plugin.toml"):
        assert manager.get(f"/plugin/{lost}").status_code == 404
    assert "Presenze nei centri diurni" in manager.get("/admin/importa/").text
    assert manager.get("/admin/importa/disability_day_centres_attendance/modello.xlsx").status_code == 200
    assert "Centri Diurni Disabili" in manager.get("/admin/comuni/details/?id=1").text
    assert "80" in visit(Role.MUNICIPALITY).get(f"{base}presenze/").text
    assert visit(Role.MUNICIPALITY).get(f"{base}presenze/registra").status_code == 403
