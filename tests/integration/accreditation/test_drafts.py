"""A set changed in the browser or in Excel: what it says comes back the same, and a new edition leaves the old one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from core.accreditation import drafts, measures
from core.accreditation.drafts import MEASURES, REQUIREMENTS, SERVICES, WINDOWS
from core.accreditation.model import RequirementDraft, RequirementSet
from core.accreditation.set_files import data_of, read, to_toml
from core.accreditation.sets import set_on
from core.deadlines.model import Deadline, DeadlineRule
from core.ground.errors import NotAllowed, RuleBroken
from core.imports.requirement_sets import read_set, set_workbook
from tests.integration.accreditation.conftest import MANAGER, OFFICER, TODAY, Place, Procedure

JULY = date(2026, 7, 1)


def nido(session) -> RequirementSet:
    """The shipped set of the nidi."""
    return session.scalars(select(RequirementSet).where(RequirementSet.code == "nido")).one()


def test_every_shipped_set_is_written_as_a_file_and_as_a_workbook_and_read_the_same(unit, place: Place):
    with unit() as session:
        for row in session.scalars(select(RequirementSet)):
            data = data_of(row)
            text = read(to_toml(data).encode())
            book, _text = read_set(set_workbook(row))
            assert text.is_clean and book.is_clean, [*map(str, text.findings + book.findings)]
            assert (text.facts, text.requirements) == (book.facts, book.requirements)
            assert text.facts["measures"] == row.measures
            assert [r["code"] for r in text.requirements] == [r.code for r in row.requirements]
            assert [r["limit"] for r in text.requirements] == [r.limit for r in row.requirements]


def test_an_edition_is_changed_part_by_part_and_the_examined_unit_keeps_its_own(procedure: Procedure):
    procedure.examined()
    before = procedure.row().set_id
    with procedure.unit("bozza", OFFICER) as session:
        draft = drafts.begin(session, from_id=before, today=TODAY)
        assert [str(f) for f in drafts.read_draft(draft).findings if "Vale dal" in str(f)]  # its own day is asked
        key, code = draft.id, nido(session).requirements[1].code
    with procedure.unit("bozza", OFFICER) as session, pytest.raises(RuleBroken, match="«Vale dal» è il giorno"):
        drafts.register(session, key, version=None, today=TODAY)
    with procedure.unit("bozza", OFFICER) as session:
        data = drafts.content_of(session.get_one(RequirementDraft, key))
        head = {name: data.get(name) for name in ("code", "legal_source", "unit_types", "examination_days", "months",
                                                  "extensions", "extension_months")}
        drafts.set_head(session, key, {**head, "title": "Asilo nido: requisiti 2026", "valid_from": JULY,
                                       "fee": Decimal("50.00"), "ends_on": date(2029, 12, 31),
                                       "adapt_by": date(2027, 1, 31)}, version=None)
        drafts.set_part(session, key, WINDOWS, None, {"from": JULY, "to": date(2026, 7, 31)}, version=None)
        drafts.set_part(session, key, SERVICES, None, {"code": "P1", "title": "Retta", "unit": "month",
                                                       "price": Decimal("480.00")}, version=None)
        drafts.set_part(session, key, REQUIREMENTS, None, {"code": "Z.1", "title": "Orto", "legal_source": "Prova"},
                        after=code, version=None)
        drafts.remove_part(session, key, REQUIREMENTS, "A.3", version=None)
    with procedure.unit("bozza", OFFICER) as session:
        made = drafts.register(session, key, version=None, today=TODAY)
        assert (made.edition, made.fee, made.ends_on) == (2, Decimal("50.00"), date(2029, 12, 31))
        codes = [row.code for row in made.requirements]
        assert codes.index("Z.1") == codes.index(code) + 1 and "A.3" not in codes
        assert made.services == [{"code": "P1", "title": "Retta", "unit": "month", "price": "480.00"}]
        assert set_on(session, "nido", JULY).id == made.id and set_on(session, "nido", TODAY).id == before
        assert session.get(RequirementDraft, key) is None
    assert procedure.row().set_id == before and procedure.requirement("A.3").title


def test_what_cannot_be_is_refused_beside_its_field_and_leaves_the_draft(unit, place: Place):
    with unit("bozza", OFFICER) as session:
        key = drafts.begin(session, from_id=nido(session).id, today=TODAY).id
    for part, row, facts, field, words in (
        (REQUIREMENTS, None, {"code": "A.1", "title": "Doppio"}, "code", "c'è già"),
        (REQUIREMENTS, None, {"code": "uno due", "title": "X"}, "code", "codice come A.1"),
        (REQUIREMENTS, None, {"code": "Z", "title": "X", "kind": "ratio", "measure": "bambini"}, "per",
         "«Per ciascuno di» è uno dei dati"),
        (REQUIREMENTS, None, {"code": "Z", "title": "X", "kind": "paper"}, "paper",
         "«Documento del gestore» è uno di questi: Assicurazione, DURC"),
        (MEASURES, None, {"code": "bambini", "title": "X"}, "code", "c'è già"),
        (WINDOWS, None, {"from": JULY, "to": TODAY}, "to", "nell'ordine"),
        (SERVICES, None, {"code": "P", "title": "X", "unit": "hour", "price": Decimal(-1)}, "price", "importo in euro"),
    ):
        with unit("bozza", OFFICER) as session, pytest.raises(RuleBroken, match=words) as told:
            drafts.set_part(session, key, part, row, facts, version=None)
        assert told.value.field == field
    with unit("bozza", OFFICER) as session:
        version = session.get_one(RequirementDraft, key).version
        drafts.set_part(session, key, MEASURES, "bambini", {"code": "presenti", "title": "Presenti"}, version=version)
        content = drafts.content_of(session.get_one(RequirementDraft, key))
        assert "presenti" in {asked.get("measure") for asked in content[REQUIREMENTS]}
        with pytest.raises(RuleBroken, match="qualcun altro"):
            drafts.remove_part(session, key, MEASURES, "presenti", version=version)
    for who in (MANAGER, place.person):
        with pytest.raises(NotAllowed), unit("bozza", who) as session:
            drafts.begin(session, today=TODAY)


def test_a_workbook_that_is_wrong_says_sheet_row_and_column(unit, place: Place):
    with unit() as session:
        content = set_workbook(nido(session))
    book = openpyxl.load_workbook(BytesIO(content))
    heads = [cell.value for cell in book["Requisiti"][1]]
    row = next(r for r in range(2, 60) if book["Requisiti"].cell(r, heads.index("Limite") + 1).value)
    book["Requisiti"].cell(row, heads.index("Limite") + 1).value = "sette"
    book["Insieme"].cell(2, 9).value = "tanti"
    book.save(changed := BytesIO())
    found, text = read_set(changed.getvalue())
    assert text == "" and [(f.values["line"], "intero" in str(f)) for f in found.findings] == [
        ("Insieme 2, Mesi di accreditamento", True)]
    twice = [cell.value for cell in book["Dati"][2]]
    book["Dati"].append(twice)
    book["Insieme"].cell(2, 9).value = 36
    book.save(changed := BytesIO())
    assert [str(f) for f in read_set(changed.getvalue())[0].findings] == [
        "Il codice «posti» c'è già: ogni dato ha il suo."]
    book["Dati"].delete_rows(book["Dati"].max_row)
    book.save(changed := BytesIO())
    found, text = read_set(changed.getvalue())
    [wrong] = found.findings
    assert wrong.values["line"] == f"Requisiti {row}, Limite" and "«Limite» è un numero" in str(wrong)


def test_who_is_accredited_adapts_to_a_newer_edition_by_its_day(procedure: Procedure):
    procedure.accredited()
    before = procedure.row().set_id
    with procedure.unit("dati", OFFICER) as session:
        key = drafts.begin(session, from_id=before, today=TODAY).id
        head = {name: value for name, value in drafts.content_of(session.get_one(RequirementDraft, key)).items()
                if name not in (MEASURES, WINDOWS, SERVICES, REQUIREMENTS)}
        drafts.set_head(session, key, {**head, "valid_from": TODAY, "adapt_by": date(2026, 12, 31)}, version=None)
        drafts.register(session, key, version=None, today=TODAY)

    def term() -> Deadline:
        with procedure.unit() as session:
            return session.scalars(select(Deadline).join(DeadlineRule).where(
                DeadlineRule.code == "accreditation_adaptation")).one()

    assert (term().state, term().effective) == ("open", date(2026, 12, 31))
    procedure.step(measures.adapt, why="Visto al sopralluogo di aprile.")
    assert term().state == "met"
