"""What a text waits for: content controls of the template, and the blanks that hands leave."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from docx.oxml.parser import parse_xml

from core.documents.controls import ContentControl, Late, blanks, controls, filled, lates, open_keys
from core.documents.operations import canonical
from core.documents.render import render
from core.documents.wordfile import read_edges, read_text, repacked
from core.ground.paths import TEMPLATES_DOCS
from tests.papers import word

TEMPLATE = TEMPLATES_DOCS / "service_contract.docx"
BOARD = "act/1/deliberazione del Consiglio di Amministrazione"
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def known(contract, **texts):
    """Every late datum of a sample, with the texts that have come."""
    return {datum.key: replace(datum, text=texts.get(datum.key, datum.text)) for datum in lates(contract)}


def body_of(xml: str) -> bytes:
    return repacked(word("x"), {"word/document.xml": parse_xml(
        f"<w:document {W}><w:body>{xml}</w:body></w:document>")})


def document(*paragraphs: str) -> bytes:
    """A Word file whose body is written by hand, run by run."""
    return body_of("".join(f"<w:p>{one}</w:p>" for one in paragraphs))


def run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def control(key: str, content: str, name: str = "Nome") -> str:
    return (f'<w:sdt><w:sdtPr><w:alias w:val="{name}"/><w:tag w:val="patto:{key}"/></w:sdtPr>'
            f"<w:sdtContent>{content}</w:sdtContent></w:sdt>")


def test_the_template_puts_a_control_around_each_datum_that_is_not_known(contract):
    found = controls(render(TEMPLATE, contract))
    assert {held.key for held in found} == open_keys_of(contract)
    assert ContentControl(BOARD, "Deliberazione del Consiglio di Amministrazione", "n. ________ del ________") in found
    assert ContentControl("standing", "Parola «bozza»", "Bozza allegata") in found


def open_keys_of(contract):
    """What is open and printed: accounts that are known are not printed as late ones."""
    keys = {datum.key for datum in lates(contract) if not datum.text}
    return keys - {"accounts/1"}


def test_what_was_open_is_told_by_the_data_kept_beside_the_document(contract):
    assert open_keys(json.loads(canonical(contract))) == {datum.key for datum in lates(contract) if not datum.text}


def test_a_datum_that_comes_fills_its_place_and_no_other_word_changes(contract):
    draft = render(TEMPLATE, contract)
    final = filled(draft, known(contract, **{BOARD: "n. 9 del 30 ottobre 2025", "standing": "Allegato"}), {})
    before, after = read_text(draft), read_text(final)
    changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert [new for _old, new in changed] == [
        "Allegato al Piano programma 2026 – Bilancio preventivo 2026",
        "–\tdeliberazione del Consiglio di Amministrazione n. 9 del 30 ottobre 2025;"]


def test_the_word_draft_goes_from_the_edges_of_the_pages_with_its_drawing(contract):
    draft = render(TEMPLATE, contract)
    assert any("BOZZA" in edge for edge in read_edges(draft))
    with ZipFile(BytesIO(filled(draft, {}, {}))) as package:
        edges = [package.read(name).decode() for name in package.namelist() if re.search("header|footer", name)]
    assert edges and not any("BOZZA" in edge for edge in edges)
    assert any("n. 12/2026" in edge for edge in edges)


def test_the_same_data_make_the_same_final_bytes(contract):
    draft = render(TEMPLATE, contract)
    assert filled(draft, known(contract), {}) == filled(draft, known(contract), {})


ACT = Late("act/3/council", "Deliberazione", "n. ____ del ____", "n. 12 del 3 marzo 2026")


@pytest.mark.parametrize(("content", "says"), [
    (run("n. ____ del ____"), "n. 12 del 3 marzo 2026"),
    (run("n. ") + run("____") + run(" del ____"), "n. 12 del 3 marzo 2026"),
    (run("n. ____, ancora da adottare"), "n. 12 del 3 marzo 2026"),
    ("", "n. 12 del 3 marzo 2026"),
    (run("n. 7 del 1º marzo 2026"), "n. 7 del 1º marzo 2026"),
], ids=["as it was", "cut in runs by Word", "with words around the blank", "emptied", "written by hand"])
def test_a_control_is_filled_unless_a_hand_has_written_in_it(content, says):
    data = document(run("Vista la delibera ") + control(ACT.key, content) + run("."))
    assert read_text(filled(data, {ACT.key: ACT}, {})) == [f"Vista la delibera {says}."]


def test_a_control_that_holds_whole_paragraphs_is_filled_too():
    data = body_of(control(ACT.key, f"<w:p>{run('n. ____ del ____')}</w:p>"))
    assert read_text(filled(data, {ACT.key: ACT}, {})) == [ACT.text]
    assert [spot.key for spot in blanks(data)] == [ACT.key, ACT.key]


def test_blanks_are_found_wherever_they_stand_but_lines_to_sign_on_are_none():
    data = document(run("Il Comune versa ") + run("__") + run("__ euro"), run("i Comuni di , riuniti nel distretto"),
                    run("_" * 34), run("Firmato in …… e consegnato"), run("senza nulla da scrivere, di cui si parla"))
    assert [(spot.paragraph, spot.text) for spot in blanks(data)] == [(0, "____"), (1, "di "), (3, "……")]


def test_a_blank_is_written_across_the_runs_in_which_it_stands():
    data = document(run("Il Comune versa ") + run("__") + run("__ euro e ____ centesimi"))
    first, second = blanks(data)
    assert read_text(filled(data, {}, {first: "100", second: "50"})) == ["Il Comune versa 100 euro e 50 centesimi"]


def test_text_that_was_moved_is_read_where_it_is_and_hyphens_that_do_not_break_are_read():
    data = document(f"<w:moveFrom>{run('Una clausola.')}</w:moveFrom>", run("In mezzo."),
                    f"<w:moveTo>{run('Una clausola.')}</w:moveTo>",
                    "<w:r><w:t>socio</w:t><w:noBreakHyphen/><w:t>sanitari</w:t></w:r>")
    assert read_text(data) == ["", "In mezzo.", "Una clausola.", "socio\u2011sanitari"]


def test_a_control_is_known_by_its_title_where_another_program_has_dropped_its_tag():
    data = document('<w:sdt><w:sdtPr><w:alias w:val="Deliberazione"/></w:sdtPr><w:sdtContent>'
                    + run("n. ____ del ____") + "</w:sdtContent></w:sdt>")
    assert read_text(filled(data, {ACT.key: ACT}, {})) == [ACT.text]
    twins = {ACT.key: ACT, "other": replace(ACT, key="other", text="n. 13")}
    assert read_text(filled(data, twins, {})) == ["n. ____ del ____"], "a title of two data names neither"


def test_a_text_of_several_lines_has_its_breaks():
    data = document(control(ACT.key, run("____")))
    assert read_text(filled(data, {ACT.key: replace(ACT, text="Prima.\nSeconda.")}, {})) == ["Prima.\nSeconda."]
