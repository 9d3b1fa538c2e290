"""Promised against measured, as the offices and a municipality read it."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from core.catalogue.model import OperationalSheet, Service, SheetService
from core.usage import operations
from core.usage.rules import UseMonth
from tests.integration.admin.house import TODAY, House

DESK = {"cerro-al-lambro": (60, 6), "colturano": (9, 1), "dresano": (55, 5), "vizzolo-predabissi": (18, 3)}
LIST = "/admin/standard/?anno=2026"


@pytest.fixture
def desk(house: House) -> int:
    """January of the access desk: ten days are promised, 142 were counted for fifteen conversations."""
    with house.unit("conteggi") as session:
        key = session.scalars(select(Service.id).where(Service.code == "access_desk")).one()
        operations.record(session, key, UseMonth(2026, 1), {
            (house.id_of(slug), f"waiting_days_{end}"): Decimal(number)
            for slug, pair in DESK.items() for end, number in zip(("sum", "of"), pair, strict=True)},
            version=None, today=TODAY)
    return key


def page_of(house: House, code: str) -> str:
    """The address of the page of one standard of the access desk."""
    with house.session() as session:
        sheet = session.scalars(select(OperationalSheet.id).join(SheetService).join(
            Service, Service.id == SheetService.service_id).where(Service.code == "access_desk")).one()
    return f"/admin/standard/di/?anno=2026&quale={sheet}.{code}"


def test_the_list_says_what_was_promised_what_was_measured_and_what_nobody_measured(house: House, desk: int) -> None:
    screen = house.person("direzione")
    said = screen.read(f"{LIST}&servizio={desk}")
    assert "al più 10 giorni" in said and "9,5 giorni" in said and "Mantenuto" in said
    assert "Apertura al pubblico" in said and "non misurato" in said
    assert "Spazio Neutro" not in screen.page[screen.page.index("<table"):]
    assert "Tempo per il primo colloquio" in screen.read(f"/admin/servizi/details/?id={desk}")


def test_one_standard_by_period_and_municipality_with_its_chart(house: House, desk: int) -> None:
    screen = house.person("revisore")
    said = screen.read(page_of(house, "appointment.waiting_days"))
    assert "gennaio 20269,5 giorni" in said and "febbraio 2026non misurato" in said
    assert "Colturano9,0 giorni" in said and "Questi mesi sono ancora aperti" in said
    assert "<svg" in screen.page


def test_a_municipality_reads_its_own_and_the_others_together(house: House, desk: int) -> None:
    said = house.person("dresano").read(page_of(house, "appointment.waiting_days"))
    assert "Dresano11,0 giorni" in said and "Altri Comuni, insieme8,7 giorni" in said
    assert "Colturano" not in said and "Vizzolo" not in said


def test_a_municipality_does_not_read_somebody_else_alone(house: House, desk: int) -> None:
    screen = house.person("dresano")
    assert screen.get(f"{LIST}&comune={house.id_of('colturano')}").status_code == 404
    assert "11,0 giorni" in screen.read(f"{LIST}&comune={house.id_of('dresano')}")


@pytest.mark.parametrize("address", ["/admin/standard/di/?quale=1.nothing.", "/admin/standard/standard.pdf",
                                     "/admin/standard/di/"])
def test_what_is_not_there_is_not_found(house: House, address: str) -> None:
    assert house.person("direzione").get(address).status_code == 404


@pytest.mark.parametrize("asked", ["anno=abc", "anno=0", "servizio=999999", "comune=999999", "servizio=%00"])
def test_nonsense_in_the_address_is_no_error(house: House, asked: str) -> None:
    assert house.person("direzione").get(f"/admin/standard/?{asked}").status_code == 200


def test_the_workbook_has_the_same_lines(house: House, desk: int) -> None:
    answer = house.person("direzione").get(f"/admin/standard/standard.xlsx?anno=2026&servizio={desk}")
    rows = [[cell or "" for cell in row] for row in load_workbook(BytesIO(answer.data)).active.iter_rows(
        values_only=True)]
    assert rows[0][3:9] == ["Promesso", "Come si misura", "Dove o quando", "Misurato", "Valore", "Esito"]
    told = {row[5]: row[6:9] for row in rows if row[1] == "Tempo per il primo colloquio"}
    assert told["in tutto"] == ["9,5 giorni", 9.5, "Mantenuto"]
    assert told["Colturano"] == ["9,0 giorni", 9, ""]
    assert told["marzo 2026"] == ["non misurato", "", ""]


def test_what_a_promise_counts_is_typed_in_the_month(house: House, desk: int) -> None:
    screen = house.person("direzione")
    page = f"/admin/uso/mese/?servizio={desk}&mese=202601"
    assert "Attesa media per il primo colloquio: in tutto" in screen.read(page)


def test_the_sheet_says_promise_and_way_of_measuring_and_leads_to_the_figures(house: House, desk: int) -> None:
    with house.session() as session:
        sheet = session.scalars(select(SheetService.sheet_id).where(SheetService.service_id == desk)).one()
    screen = house.person("melegnano")
    said = screen.read(f"/admin/schede/details/?id={sheet}")
    assert "al più 10 giorni, ogni mese" in said and "si misura contando i casi" in said
    assert f"/admin/standard/?servizio={desk}" in screen.page
