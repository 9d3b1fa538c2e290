"""The pages of an azienda whose exercise goes from September to August: it is written and read with both its years."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import select

from core.allocation.model import YearShare
from core.funding.model import Budget
from core.instalments.model import Instalment
from core.parties.model import Azienda
from tests.factories import filled
from tests.integration.admin.house import House
from tests.integration.admin.money.test_money_pages import table

AZIENDA = "/admin/azienda/"


@pytest.fixture
def school(in_force: House) -> House:
    """The district whose azienda follows the school year; today, 2 March 2026, its exercise 2025/2026 runs."""
    in_force.reach("school_year", lambda: _begin_in_september(in_force))
    return in_force


def _begin_in_september(house: House) -> None:
    with house.unit("azienda") as session:
        session.scalars(select(Azienda)).one().exercise_starts = "09-01"


def laid(house: House, *rows: object) -> None:
    with house.unit("carico") as session:
        session.add_all(rows)


def test_the_azienda_says_it_on_its_page_and_no_more_once_it_is_reckoned_by(house: House, person) -> None:
    someone = person("direzione")
    with house.session() as session:
        key = session.scalars(select(Azienda.id)).one()
    assert "1º gennaio: l'esercizio è l'anno solare" in someone.read(f"{AZIENDA}details/?id={key}")
    someone.get(f"{AZIENDA}edit/?id={key}")
    someone.send(exercise_starts="1/9")
    read = someone.read(f"{AZIENDA}details/?id={key}")
    assert "1º settembre: l'esercizio va fino al 31 agosto dell'anno dopo" in read
    someone.get(f"{AZIENDA}edit/?id={key}")
    assert someone.fields()["exercise_starts"] == "01/09"
    someone.send(exercise_starts="29/02")
    assert "non esiste in tutti gli anni" in someone.text()
    laid(house, filled(Budget, year=2025, stage="budget", state="draft"))
    someone.get(f"{AZIENDA}edit/?id={key}")
    someone.send(exercise_starts="01/01")
    assert "L'inizio dell'esercizio non si cambia più: ci sono già bilanci" in someone.text()
    with house.session() as session:
        assert session.scalars(select(Azienda.exercise_starts)).one() == "09-01"


def test_a_budget_is_opened_by_both_its_years_or_by_the_first(school: House, person) -> None:
    someone = person("contabilita")
    someone.get("/admin/bilanci/apri/")
    assert someone.fields()["year"] == "2025/2026", "the exercise that runs has no budget yet"
    someone.send(year="2026/2028", stage="budget")
    assert "«2026/2028» non è un esercizio: scriverlo come 2025/2026." in someone.text()
    someone.send(year="2026/2027", stage="budget")
    assert "Bilancio preventivo 2026/2027" in someone.text()
    someone.get("/admin/bilanci/apri/")
    someone.send(year="2025", stage="budget")
    listed = someone.read("/admin/bilanci/")
    assert "2025/2026" in listed and "2026/2027" in listed
    for asked in ("anno=2026", "search=2026/2027", "search=2026"):
        assert len(table(someone.get(f"/admin/bilanci/?{asked}").text)) == 1
    with school.session() as session:
        assert session.scalars(select(Budget.year).order_by(Budget.year)).all() == [2025, 2026]


def test_of_a_calendar_year_two_years_are_none(house: House, person) -> None:
    someone = person("contabilita")
    someone.get("/admin/bilanci/apri/")
    someone.send(year="2026/2027", stage="budget")
    assert "«2026/2027» non è un anno: l'esercizio è l'anno solare, scriverlo come 2026." in someone.text()


def test_instalments_shares_and_accounts_are_told_by_the_exercise(school: House, person) -> None:
    dresano, someone = school.id_of("dresano"), person("contabilita")
    contract = school.contract_of("dresano")
    facts = {"contract_id": contract, "municipality_id": dresano, "kind": "advance", "state": "requested"}
    laid(school,
         filled(YearShare, municipality_id=dresano, year=2025, kind="budget", amount=Decimal("90000.00"),
                approved_on=date(2025, 6, 20), origin="import"),
         filled(Instalment, year=2025, number=1, title="Primo acconto", amount=Decimal("45000.00"), paid=Decimal(0),
                nominal=date(2025, 10, 15), effective=date(2025, 10, 15), requested_on=date(2025, 9, 10), **facts),
         filled(Instalment, year=2025, number=2, title="Secondo acconto", amount=Decimal("36000.00"), paid=Decimal(0),
                nominal=date(2026, 2, 16), effective=date(2026, 2, 16), requested_on=date(2026, 1, 12), **facts))
    assert "2025/2026" in someone.read("/admin/quote/")
    account = someone.read(f"/admin/situazione/{dresano}")
    assert "Situazione di Dresano, 2025/2026" in account
    assert "Alla fine dei movimenti del 2025/2026 restano da pagare € 81.000,00." in account
    assert table(someone.page)[0][1] == "01/09/2025"
    book = openpyxl.load_workbook(io.BytesIO(someone.get(f"/admin/situazione/{dresano}/situazione.xlsx").data))
    assert [row[-1] for row in book.active.iter_rows(values_only=True)][1:] == [0, 45000, 81000, 81000]
    charts = someone.read("/admin/andamento/")
    assert "Incassi del 2025/2026 per mese" in charts
    assert "Quota per Comune, 2023/2024-2025/2026" in charts
    assert [row[0] for row in table(someone.page)] == [
        "settembre", "ottobre", "novembre", "dicembre", "gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno",
        "luglio", "agosto"]
    assert "Incassi del 2025/2026 per mese" in someone.read("/admin/")
    lines = list(csv.reader(io.StringIO(someone.get("/admin/esporta/shares.csv").data.decode("utf-8-sig")),
                            delimiter=";"))
    assert lines[1][:2] == ["2025/2026", "Dresano"]
    assert "2025/2026" in someone.read("/admin/quote/tre-anni/")
    assert "2027/2028" in someone.text()


def test_a_year_of_instalments_is_planned_by_its_name(school: House, person) -> None:
    someone = person("contabilita")
    assert "2025/2026" in someone.get("/admin/rate/piano/").text
    for written in ("2026/2027", "2026", "2026-27"):
        assert "Che cosa si prevede per il 2026/2027" in someone.read(f"/admin/rate/piano/?year={written}")
    assert someone.get("/admin/rate/piano/?year=9999").status_code == 200
    assert someone.get("/admin/rate/piano/?year=0000").status_code == 200


def test_the_history_names_the_exercise_as_people_do(school: House, person) -> None:
    laid(school, filled(Budget, year=2026, stage="budget", state="draft"))
    told = person("direzione").read("/admin/storia/?subject=budget")
    assert "2026/2027" in told
    assert "Anno 2026 " not in told and "Esercizio 2026 " not in told
