"""Blocks poured into Word with the styles of the template."""

from io import BytesIO

import pytest
from docx import Document
from docx.enum.style import WD_STYLE_TYPE

from core.documents.blocks import Bullets, Heading, KeyValues, Paragraph, Table
from core.documents.render import render
from core.documents.wordfile import read_text
from core.ground.errors import RuleBroken
from core.ground.paths import TEMPLATES_DOCS


@pytest.fixture
def sheet(tmp_path):
    document = Document(str(TEMPLATES_DOCS / "service_contract.docx"))
    for element in list(document.element.body)[:-1]:
        document.element.body.remove(element)
    for section in document.sections:
        section.header.is_linked_to_previous = section.footer.is_linked_to_previous = True
    document.add_paragraph("{{p parts|blocks }}")
    path = tmp_path / "scheda.docx"
    document.save(str(path))
    return lambda *parts: render(path, {"parts": parts})


def styles(data):
    return [(p.style.name, p.text) for p in Document(BytesIO(data)).paragraphs if p.text]


def test_each_block_wears_the_style_of_the_template(sheet):
    made = sheet(Heading("Missione"), Paragraph("Testo"), Paragraph("Nota", "note"), Bullets(("uno",)),
                 Bullets(("passo", "passo due"), ordered=True), Heading("Dettaglio", 2))
    assert styles(made) == [("Heading 3", "Missione"), ("Body Text", "Testo"), ("Nota", "Nota"), ("List Bullet", "uno"),
                            ("Elenco numerato", "1.\tpasso"), ("Elenco numerato", "2.\tpasso due"),
                            ("Heading 4", "Dettaglio")]


def test_tables_keep_rows_headers_and_shares_of_the_width(sheet):
    made = sheet(Table(("Voce", "Valore"), (("a & b", "<1>"), ("c", "2")), (3, 1)))
    table = Document(BytesIO(made)).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    assert rows == [["Voce", "Valore"], ["a & b", "<1>"], ["c", "2"]]
    assert table.style.name == "Tabella"
    wide, narrow = (column.width for column in table.columns)
    assert wide == pytest.approx(narrow * 3, rel=0.01)


def test_columns_of_figures_stand_at_the_right(sheet):
    made = sheet(Table(("Voce", "Tariffa"), (("Incontro", "€ 1.018,00"), ("Relazione 2", "€ 75,00"))))
    head, *rows = Document(BytesIO(made)).tables[0].rows
    assert [cell.paragraphs[0].style.name for cell in head.cells] == ["Cella intestazione", "Cella intestazione cifre"]
    assert {tuple(c.paragraphs[0].style.name for c in row.cells) for row in rows} == {("Cella", "Cella cifre")}


def test_facts_stand_label_beside_value(sheet):
    table = Document(BytesIO(sheet(KeyValues((("Costo", "Gratuito"),))))).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["Costo", "Gratuito"]


def test_a_style_renamed_by_an_italian_word_is_still_found(tmp_path):
    document = Document()
    document.styles.element.remove(document.styles["Heading 3"].element)
    style = document.styles.add_style("heading 3", WD_STYLE_TYPE.PARAGRAPH, builtin=True)
    style.element.set(style.element.nsmap["w"].join(("{", "}styleId")), "Titolo3")
    document.add_paragraph("{{p parts|blocks }}")
    path = tmp_path / "italiano.docx"
    document.save(str(path))
    made = render(path, {"parts": (Heading("Missione"),)})
    assert Document(BytesIO(made)).paragraphs[0].style.style_id == "Titolo3"


@pytest.mark.parametrize("table", [Table(("a", "b"), (("1",),)), Table((), ()), Table(("a",), (("1",),), (1, 2))])
def test_a_table_whose_rows_do_not_fit_is_refused(sheet, table):
    with pytest.raises(RuleBroken, match="Una tabella ha righe di lunghezza diversa"):
        sheet(table)


def test_what_is_no_block_is_refused(sheet):
    with pytest.raises(RuleBroken, match="non è un blocco"):
        sheet("solo testo")


def test_blocks_never_carry_code(sheet):
    assert read_text(sheet(Paragraph("</w:t></w:p> {{ x }} {% if %}")))[0] == "</w:t></w:p> {{ x }} {% if %}"


def test_the_first_item_of_a_list_does_not_stay_alone_under_its_heading(sheet):
    items = Document(BytesIO(sheet(Bullets(("uno", "due", "tre")), Bullets(("sola",))))).paragraphs
    assert [bool(p.paragraph_format.keep_with_next) for p in items if p.text] == [True, False, False, False]


def test_an_amount_stays_beside_its_sign(sheet):
    [said] = [line for line in read_text(sheet(Paragraph("versare € 266.441,44, € -5,00 o più €"))) if line]
    assert said == "versare €\xa0266.441,44, €\xa0-5,00 o più €"
