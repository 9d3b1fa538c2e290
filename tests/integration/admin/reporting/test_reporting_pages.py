"""The pages of the account of a year: staff counted in a grid beside the sheet, investments with their sums."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from core.catalogue.model import Service
from core.reporting.model import Investment, StaffFigure
from tests.integration.admin.browser import Enter
from tests.integration.admin.house import House

WRITE = "/admin/personale/scrivi/?servizio={service}&anno=2025"


@pytest.fixture
def service(house: House) -> int:
    with house.session() as session:
        return session.scalars(select(Service.id).where(Service.code == "neutral_space")).one()


def first_rows(*rows: tuple[str, str, str, str]) -> dict[str, str]:
    """Rows of the grid as a browser sends them: ``fill`` writes two underscores for a dash."""
    names = ("profession", "kind", "people", "full_time")
    return {f"rows__{place}__{name}": value for place, row in enumerate(rows)
            for name, value in zip(names, row, strict=True)}


def test_the_staff_of_a_service_is_counted(house: House, person: Enter, service: int) -> None:
    office, write = person("contabilita"), WRITE.format(service=service)
    assert "mai i loro nomi" in office.get(write).text
    assert "indicare quante persone, 0 se nessuna" in office.fill(write, **first_rows(("Educatore", "own", "", "1")))
    assert house.count(StaffFigure) == 0
    shown = office.fill(write, **first_rows(("Educatore", "own", "3", "2,5"), ("Psicologo", "outside", "1", "")))
    assert "Il personale è registrato." in shown
    assert house.count(StaffFigure) == 2
    page = office.get("/admin/personale/?anno=2025").text
    row = re.search(r"<tr><th scope=\"row\"><a[^>]*>Spazio [Nn]eutro.*?</tr>", page, re.S)
    assert row is not None
    assert re.findall(r">(\d+|–|non rilevato)<", row[0])[1:] == ["4", "3", "–", "–", "1"]
    file = office.get("/admin/personale/scarica/csv?anno=2025").text
    assert "Educatore;dipendenti dell'azienda;;3;2,5" in file
    assert person("revisore").get(f"/admin/personale/servizio/?servizio={service}&anno=2025").status_code == 200


@pytest.mark.parametrize("who", ["dresano", "accreditamento"])
def test_who_does_not_count_staff_does_not_write_it(person: Enter, service: int, who: str) -> None:
    someone = person(who)
    assert someone.get(WRITE.format(service=service)).status_code == 403
    assert someone.get("/admin/personale/").status_code == 403
    assert someone.get("/admin/investimenti/").status_code == 403


@pytest.mark.parametrize("address", ["/admin/personale/scrivi/?servizio=9999&anno=2025",
                                     "/admin/personale/servizio/?anno=2025", "/admin/personale/scarica/pdf"])
def test_what_is_not_there_is_not_found(person: Enter, address: str) -> None:
    assert person("direzione").get(address).status_code == 404


def test_an_investment_is_recorded_and_summed(house: House, person: Enter, service: int) -> None:
    office = person("contabilita")
    new = "/admin/investimenti/new/"
    facts = {"title": "Arredi del centro", "year": "2025", "service_id": str(service), "planned": "1.200,50",
             "made": "", "source_id": "", "act_id": ""}
    assert "Indicare quanto si prevede" in office.fill(new, **{**facts, "planned": ""})
    assert house.count(Investment) == 0
    assert "Registrato." in office.fill(new, **facts)
    page = office.get("/admin/investimenti/?anno=2025").text
    assert "previsti € 1.200,50, realizzati € 0,00; di 1 investimento non è indicato quanto si è speso" in page
    assert "non indicato" in page
