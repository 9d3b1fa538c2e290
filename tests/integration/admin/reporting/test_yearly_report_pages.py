"""The yearly report in the browser, after the story of the demo district: figures with their rows, sent, received."""

from __future__ import annotations

from io import BytesIO

import openpyxl
from sqlalchemy import select

from core.cases.letters import versions
from core.reporting.model import YearlyReport
from tests.integration.admin.house import House
from tests.integration.admin.office.lived import lived

__all__ = ["lived"]
YEAR = "/admin/relazione-annuale/anno/?anno=2025"
RECORD = "/admin/relazione-annuale/details/?id={key}"


def keys(house: House) -> dict[str, int]:
    with house.session() as session:
        return {row.municipality.slug: row.id for row in session.scalars(
            select(YearlyReport).where(YearlyReport.year == 2025))}


def test_each_figure_of_the_exercise_leads_to_its_rows(lived: House) -> None:
    office = lived.person("contabilita")
    page = office.get(YEAR).text
    for address in ("/admin/personale/servizio/?servizio=", "/admin/uso/anno/?servizio=",
                    "/admin/investimenti/?anno=2025", "/admin/bilanci/details/?id="):
        assert address in page, address
    assert "Previsti € 64.500,00, realizzati € 22.252,60" in office.text()
    assert "5 persone" in office.text()
    assert "non rilevato" in office.text()
    assert office.get("/admin/relazione-annuale/anno/?anno=2019").status_code == 200
    file = office.get("/admin/relazione-annuale/scarica/xlsx?anno=2025").data
    rows = list(openpyxl.load_workbook(BytesIO(file)).active.iter_rows(values_only=True))
    assert ("Spazio Neutro \"Incontriamoci qui\"", "Personale", "Educatore professionale (altre forme contrattuali)",
            None, "non rilevato", 4, "persone") in rows
    assert lived.person("dresano").get(YEAR).status_code == 403


def test_what_each_body_received_and_when(lived: House) -> None:
    office = lived.person("direzione")
    said = office.read("/admin/relazione-annuale/?anno=2025")
    assert "Dresano 2025 12/05/2026 12/05/2026 Ricevuta" in said
    assert "Carpiano 2025 12/05/2026" in said
    made = keys(lived)
    record = office.read(RECORD.format(key=made["dresano"]))
    assert "Inviata il 12/05/2026, ricevuta il 12/05/2026." in record
    assert "La relazione come è stata inviata" in record
    assert "Pulmino attrezzato" in record


def test_a_municipality_reads_its_own_report_and_nobody_elses(lived: House) -> None:
    made, clerk = keys(lived), lived.person("dresano")
    record = clerk.read(RECORD.format(key=made["dresano"]))
    assert "La relazione come è stata inviata" in record
    assert "Prepara" not in record
    assert clerk.get(RECORD.format(key=made["melegnano"])).status_code == 404
    assert "Melegnano" not in clerk.read("/admin/relazione-annuale/")
    assert clerk.get("/admin/relazione-annuale/prepara/").status_code == 403


def test_the_reports_are_there_once_and_no_other_year_is_guessed(lived: House) -> None:
    office, prepare = lived.person("contabilita"), "/admin/relazione-annuale/prepara/"
    assert "sono già preparate" in office.fill(prepare, year="2025")
    office.fill(prepare, year="2026")
    assert "registrare prima l'approvazione di quello del 2026" in office.text()
    with lived.session() as session:
        [ready] = versions(session, "yearly_report", keys(lived)["dresano"]).values()
        assert len(ready) == 1
