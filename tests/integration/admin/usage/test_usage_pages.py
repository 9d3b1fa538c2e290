"""The pages of the use: a month in a grid, closed, corrected; a municipality reads its own and no small count."""

from __future__ import annotations

import re
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.usage.model import UsageMonth, UseFigure
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

GRID = "/admin/uso/mese/?servizio={service}&mese=202601"
YEAR = "/admin/uso/anno/?servizio={service}&misura=minors&anno=2026"
BOX = re.compile(r'name="(\d+-[a-z_]+)"')


@pytest.fixture
def service(house: House) -> int:
    """A service that counts minors and meetings."""
    with house.session() as session:
        return session.scalars(select(Service.id).where(Service.code == "neutral_space")).one()


def figures(page: str, people: str = "7") -> dict[str, str]:
    """A figure for each box of a grid, as a browser types it."""
    return {name.replace("-", "__"): people if name.endswith("minors") else "12" for name in BOX.findall(page)}


def test_a_month_is_written_closed_and_corrected(house: House, person: Enter, service: int) -> None:
    office, grid = person("contabilita"), GRID.format(service=service)
    page = office.get(grid).text
    assert "Minori seguiti" in page
    sent = figures(page)
    assert "Le cifre sono registrate" in office.fill(grid, **{**sent, next(iter(sent)): ""})
    key = house.last(UsageMonth)
    record = office.read(f"/admin/uso/details/?id={key}")
    assert "Totalemanca96" in record  # of eight municipalities one has not said how many minors
    assert "Aggiungi una nota" not in record  # a month is no case: it has no diary to write in
    closing = f"/admin/uso/passaggio/?id={key}&atto=close"
    assert "Mancano cifre di:" in office.fill(closing)
    assert "Le cifre sono registrate" in office.fill(grid, **sent)
    assert "Il mese è chiuso" in office.fill(closing)
    assert "si correggono una per volta" in office.open(grid).text
    wrong = {"municipality_id": str(house.id_of("dresano")), "measure": "meetings", "value": "9", "why": ""}
    correcting = f"/admin/uso/correggi/?id={key}"
    assert "Non è stato registrato nulla" in office.fill(correcting, **wrong)
    assert "La cifra è corretta" in office.fill(correcting, **{**wrong, "why": "Tre incontri erano di febbraio."})
    assert "Dresano: da 12 a 9 incontri. Tre incontri erano di febbraio." in office.text()


@pytest.mark.parametrize(("value", "sentence"), [
    ("-3", "zero o di più"), ("2,5", "numeri interi"), ("tre", "non è un numero"),
])
def test_a_figure_that_cannot_be_is_refused_beside_its_box(
    house: House, person: Enter, service: int, value: str, sentence: str
) -> None:
    office, grid = person("direzione"), GRID.format(service=service)
    sent = figures(office.get(grid).text)
    first = next(name for name in sent if name.endswith("minors"))
    assert sentence in office.fill(grid, **{**sent, first: value})
    assert house.count(UseFigure) == 0


@pytest.mark.parametrize("address", ["/admin/uso/mese/?servizio=9999&mese=202601", "/admin/uso/mese/?mese=202601"])
def test_a_service_that_counts_nothing_is_not_there(person: Enter, address: str) -> None:
    assert person("direzione").get(address).status_code == 404


@pytest.mark.parametrize(("month", "sentence"), [
    ("209901", "non è ancora cominciato"), ("202613", "Il mese va da 1 a 12"), ("boh", "quattro cifre"),
])
def test_a_month_that_cannot_be_recorded_is_said(person: Enter, service: int, month: str, sentence: str) -> None:
    page = person("direzione").get(f"/admin/uso/mese/?servizio={service}&mese={month}")
    assert page.status_code == 200
    assert sentence in page.text


def test_who_is_sent_back_finds_the_service_and_the_month_that_were_chosen(person: Enter, service: int) -> None:
    page = person("direzione").get(f"/admin/uso/registra/?servizio={service}&mese=202512").text
    assert f'<option value="{service}" selected>' in page and '<option value="202512" selected>' in page


def test_a_municipality_reads_its_own_figures_and_of_the_others_no_small_count(
    house: House, person: Enter, service: int
) -> None:
    office, grid = person("direzione"), GRID.format(service=service)
    office.fill(grid, **figures(office.get(grid).text, people="3"))
    key = house.last(UsageMonth)
    everybody = office.get(YEAR.format(service=service)).text
    assert "<span class=\"muted\">non indicato" not in everybody
    assert everybody.count('<span class="muted">manca') == 11 * 9  # of a year one month is recorded
    whole = f"/admin/uso/anno/scarica/csv?servizio={service}&misura=minors&anno=2026"
    assert "Dresano;3;manca" in office.get(whole).text
    clerk = person("dresano")
    assert clerk.get(grid).status_code == 403
    record = clerk.get(f"/admin/uso/details/?id={key}").text
    assert "Dresano" in record
    assert "Melegnano" not in record
    page = clerk.get(YEAR.format(service=service)).text
    own = page[page.index('<th scope="row">Dresano'):]
    assert ">3<" in own[:own.index("</tr>")]
    other = page[page.index('<th scope="row">Melegnano'):]
    assert ">3<" not in other[:other.index("</tr>")]
    assert "non indicato" in other[:other.index("</tr>")] and '"muted">manca' not in page
    file = clerk.get(f"/admin/uso/anno/scarica/csv?servizio={service}&misura=minors&anno=2026").text
    assert "Melegnano;non indicato" in file


def test_the_workbook_of_a_month_is_made_for_it_and_comes_back_with_its_columns_moved(
    house: House, person: Enter, service: int
) -> None:
    office = person("direzione")
    book = openpyxl.load_workbook(BytesIO(office.get(
        f"/admin/uso/modello.xlsx?servizio={service}&mese=202601").data))
    page = book["Uso"]
    assert page.protection.sheet
    assert (page["A2"].protection.locked, page.column_dimensions["G"].protection.locked) == (True, False)
    rows = [[cell.value for cell in row] for row in page.iter_rows()]
    moved = openpyxl.Workbook()
    moved.active.title = "Uso"
    for place, row in enumerate(rows):
        moved.active.append(row[::-1] if place == 0 else [12, *row[-2::-1]])
    target = BytesIO()
    moved.save(target)
    target.seek(0)
    checked = office.post("/admin/importa/usage/", {"file": (target, "uso.xlsx")}, page="/admin/importa/usage/",
                          content_type="multipart/form-data")
    assert checked.status_code == 200
    assert f"{len(rows) - 1} righe" in office.text()
    assert house.count(UseFigure) == 0  # only checked yet
