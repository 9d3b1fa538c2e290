"""Exports, the statement of account, the charts and the home pages: each within what the person sees."""

from __future__ import annotations

import csv
import io
from datetime import date
from decimal import Decimal

import lxml.html
import openpyxl
import pytest
from sqlalchemy import event, select

from core.imports.operations import run
from core.imports.subjects import IMPORTS
from core.instalments.model import Instalment
from tests.integration.admin.house import TODAY
from tests.integration.imports.conftest import filled

LINK = "=HYPERLINK(\"http://x.example\")"


@pytest.fixture
def year(house):
    """A signed contract each for Dresano and Melegnano in 2025, with shares, instalments and payments."""
    house.reach("year", lambda: _live_a_year(house))


def _live_a_year(house):
    rows = {"contracts": [], "shares": [], "instalments": []}
    for number, name in enumerate(("Dresano", "Melegnano"), start=1):
        whole = 100_000 * number
        rows["contracts"].append({"code": f"{number}/2025", "municipalities": name, "starts_on": "01/01/2025",
                                  "ends_on": "31/12/2025", "signed_on": "20/12/2024"})
        rows["shares"].append({"year": 2025, "municipality": name, "kind": "Definitiva", "amount": whole,
                               "approved_on": "28/02/2026"})
        asked = {"year": 2025, "municipality": name, "kind": "Acconto", "amount": whole // 2, "title": LINK}
        rows["instalments"] += [
            asked | {"due": "31/01/2025", "requested_on": "07/01/2025", "paid": whole // 2, "paid_on": "28/01/2025",
                     "method": "Bonifico bancario", "reference": f"Mandato {name}"},
            asked | {"due": "31/07/2025", "requested_on": "07/07/2025", "amount": whole // 4},
        ]
    with house.unit("carico") as session:
        for what, found in rows.items():
            report = run(session, IMPORTS[what], filled(what, *found), today=TODAY)
            assert report.applied, report.wrong


def table(page: str, number: int = 0) -> list[list[str]]:
    """The cells of a table of a page."""
    rows = lxml.html.fromstring(page).xpath("//table")[number].xpath(".//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def test_instalments_leave_as_a_workbook_without_live_formulas(year, person) -> None:
    answer = person("contabilita").get("/admin/esporta/instalments.xlsx")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="rate.xlsx"'
    page = openpyxl.load_workbook(io.BytesIO(answer.data))["Rate"]
    rows = list(page.iter_rows(min_row=2, values_only=True))
    assert [(row[3], row[9], row[10], row[11]) for row in rows] == [
        ("Dresano", 50000, 50000, 0), ("Dresano", 25000, 0, 25000), ("Melegnano", 100000, 100000, 0),
        ("Melegnano", 50000, 0, 50000)]
    assert (page["F2"].value, page["F2"].data_type) == (LINK, "s")
    assert (rows[0][6], rows[1][6]) == ("Pagata", "In ritardo")


@pytest.mark.parametrize("what", ["instalments", "shares", "payments"])
def test_a_municipality_takes_away_its_own_rows_only(year, person, what: str) -> None:
    lines = csv.reader(io.StringIO(person("dresano").get(f"/admin/esporta/{what}.csv").data.decode("utf-8-sig")),
                       delimiter=";")
    text = str(list(lines))
    assert "Dresano" in text
    assert "Melegnano" not in text


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_that_was_sent_leaves_no_connection_open(year, house, person, kind: str) -> None:
    pool = house.database.reading.pool
    before = pool.checkedout()
    assert person("contabilita").get(f"/admin/esporta/instalments.{kind}").data
    assert pool.checkedout() == before


def test_an_export_follows_the_filters_of_its_list(year, house, person) -> None:
    one = f"/admin/esporta/instalments.csv?comune={house.id_of('melegnano')}&stato=overdue&anno=2025"
    lines = person("direzione").get(one).data.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "Melegnano" in lines[1]
    assert "'=HYPERLINK" in lines[1]


@pytest.mark.parametrize(
    "url", ["esporta/users.csv", "esporta/instalments.pdf", "situazione/99999", "situazione/99999999999999999999"])
def test_what_is_not_offered_is_not_there(person, url: str) -> None:
    assert person("direzione").get(f"/admin/{url}").status_code == 404


def test_a_statement_of_account_adds_up_and_goes_on_from_year_to_year(year, house, person) -> None:
    browser, key = person("contabilita"), house.id_of("dresano")
    rows = table(browser.get(f"/admin/situazione/{key}?anno=2025").text)
    assert [row[-1] for row in rows] == ["€ 0,00", "€ 50.000,00", "€ 0,00", "€ 25.000,00"]
    assert table(browser.get(f"/admin/situazione/{key}?anno=2026").text)[0][-1] == "€ 25.000,00"
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/admin/situazione/{key}/situazione.xlsx?anno=2025").data))
    assert [row[-1] for row in book.active.iter_rows(values_only=True)][1:] == [0, 50000, 0, 25000, 25000]
    assert [row[:2] for row in table(browser.get("/admin/situazione/?search=dresano").text)] == [
        ["Dresano", "€ 25.000,00"]]


def test_a_municipality_goes_straight_to_its_account_and_never_to_another(year, house, person) -> None:
    browser = person("dresano")
    answer = browser.get("/admin/situazione/")
    assert answer.headers["Location"].endswith(f"/admin/situazione/{house.id_of('dresano')}")
    for page in ("", "/situazione.xlsx"):
        assert browser.get(f"/admin/situazione/{house.id_of('melegnano')}{page}").status_code == 404


def test_the_charts_stand_beside_tables_of_the_same_figures(year, person) -> None:
    page = person("direzione").get("/admin/andamento/?anno=2025").text
    assert len(lxml.html.fromstring(page).xpath("//*[local-name()='svg' and @role='img']")) == 2
    months = {row[0]: row[1:] for row in table(page, 0)}
    assert months["gennaio"] == ["€ 150.000,00", "€ 150.000,00"]
    assert months["luglio"] == ["€ 75.000,00", "€ 0,00"]
    assert table(page, 1) == [["Dresano", "€ 100.000,00"], ["Melegnano", "€ 200.000,00"]]
    assert "Melegnano" not in str(table(person("dresano").get("/admin/andamento/?anno=2025").text, 1))


def test_accounting_comes_home_to_what_is_late(year, person) -> None:
    page = lxml.html.fromstring(person("contabilita").get("/admin/").text)
    figures = [" ".join(figure.text_content().split()) for figure in page.find_class("figure")]
    assert len(figures) == 3
    assert figures[0] == "€ 75.000,00in ritardo, su 2 rate"


def test_a_municipality_comes_home_to_its_next_payment_and_how_to_pay_it(year, person) -> None:
    text = person("dresano").get("/admin/").text
    assert "€ 25.000,00" in text
    assert "50.000" not in text
    assert "Rata n. 2/2025" in text
    assert "conto dedicato IT" in text
    assert "La quota negli anni" in text


def test_home_costs_as_many_statements_for_many_instalments_as_for_few(year, house, person) -> None:
    browser, asked = person("dresano"), []
    event.listen(house.database.reading, "before_cursor_execute", lambda *details: asked.append(details[2]))

    def statements() -> int:
        asked.clear()
        assert browser.get("/admin/").status_code == 200
        return len(asked)

    statements()  # what plugins offer is asked once
    few = statements()
    with house.unit("carico") as session:
        own = session.scalars(select(Instalment).where(Instalment.municipality_id == house.id_of("dresano"))).first()
        session.add_all(
            Instalment(year=2025, number=100 + n, contract_id=own.contract_id, municipality_id=own.municipality_id,
                       kind="advance", title="Acconto", state="overdue", amount=Decimal(1), paid=Decimal(0),
                       effective=date(2025, 1, 1)) for n in range(300))
    assert statements() == few
