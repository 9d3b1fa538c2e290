"""A sheet printed alone: its state on every page, its sections as the annex has them (R1, R31)."""

from __future__ import annotations

from datetime import date
from io import BytesIO

from docx import Document
from sqlalchemy import select

from core.catalogue import editions, printed
from core.catalogue.model import OperationalSheet
from core.documents.wordfile import read_text
from core.ground.access import ScopedSession
from core.ground.unit_of_work import unit_of_work
from tests.district import TODAY, District
from tests.integration.contracts.making import ACTOR


def made(session: ScopedSession, district: District, sheet: OperationalSheet) -> tuple[str, str]:
    """The text of the document, and what stands at the head of its pages."""
    file = printed.document(session, sheet, district.registry.get(sheet.plugin or ""))
    assert file == printed.document(session, sheet, district.registry.get(sheet.plugin or "")), "the same to the byte"
    assert file.name == "scheda-centri-diurni-disabili-c-d-d-2026.docx"
    head = Document(BytesIO(file.content)).sections[0].header.paragraphs[0].text
    return "\n".join(read_text(file.content)), head


def test_a_sheet_is_printed_alone_with_its_state(district: District) -> None:
    with unit_of_work(district.database, ACTOR, act="prova") as session:
        sheet = session.scalars(select(OperationalSheet).where(
            OperationalSheet.code == "disability_day_centres")).one()
        text, head = made(session, district, sheet)
        assert "Edizione 2026, approvata dall'Assemblea con deliberazione n. 9 del 30 ottobre 2025" in text
        assert "BOZZA" not in head and "A.S.S.E.MI. – Scheda operativa" in head
        for said in ("Missione", "disabilità grave", "di norma", "San Donato Milanese"):
            assert said in text
        editions.take_back(session, sheet.id, why="Errore.", version=None, today=TODAY)
        text, head = made(session, district, sheet)
        assert "Edizione 2026, bozza: l'Assemblea non l'ha ancora approvata" in text and "BOZZA" in head
        editions.cancel(session, sheet.id, why="Non serve.", version=None, today=date(2026, 2, 10))
        assert "Edizione 2026, bozza annullata" in made(session, district, sheet)[0]
