"""An edited template and an uploaded file are looked at before anybody relies on them."""

from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from docx import Document

from core.documents.check import check_template
from core.documents.manifest import load_manifest
from core.documents.wordfile import MAX_ELEMENTS, read_text, require_word_file
from core.ground.errors import Level, RuleBroken
from core.ground.paths import TEMPLATES_DOCS

MANIFEST = load_manifest(TEMPLATES_DOCS / "service_contract.toml")


@pytest.fixture
def edited(tmp_path):
    """The contract template with one more paragraph."""

    def edit(text):
        document = Document(str(TEMPLATES_DOCS / "service_contract.docx"))
        document.add_paragraph(text)
        path = tmp_path / "modificato.docx"
        document.save(str(path))
        return [finding for finding in check_template(path, MANIFEST) if finding.level is Level.ERROR]

    return edit


@pytest.mark.parametrize("text", ["{{ number }}", "{% for m in municipalities %}{{ m.name|capital }}{% endfor %}",
                                  "{% if terms.arbitration and not cig %}x{% endif %}", "{{ azienda.seat_address }}"])
def test_known_fields_pass(edited, text):
    assert edited(text) == []


@pytest.mark.parametrize(("text", "named"), [
    ("{{ azienda.nome }}", "azienda.nome"), ("{{ prezzo }}", "prezzo"),
    ("{% for m in municipalities %}{{ m.citta }}{% endfor %}", "municipalities[].citta"),
    ("{% for t in tariffe %}{{ t.euro }}{% endfor %}", "tariffe"), ("{{ number|inventato }}", "inventato"),
])
def test_an_unknown_field_or_filter_is_named(edited, text, named):
    assert any(f"«{named}»" in str(finding) for finding in edited(text))


@pytest.mark.parametrize("text", [
    "{{ number * 1000000 }}", "{{ number.upper() }}", "{% for i in range(10) %}x{% endfor %}", "{% set a = number %}",
    "{% include 'x' %}", "{% macro m() %}{% endmacro %}",
    "".join(f"{{% for {v} in annexes %}}" for v in "abcde") + "x" + "{% endfor %}" * 5,
])
def test_instructions_outside_the_closed_list_are_refused(edited, text):
    assert any("istruzione non ammessa" in str(finding) for finding in edited(text))


def test_broken_jinja_is_said_in_words(edited):
    assert any("non si può leggere" in str(finding) for finding in edited("{% if draft %}senza fine"))


def test_a_template_without_our_styles_is_a_warning(tmp_path):
    path = tmp_path / "spoglio.docx"
    Document().save(str(path))
    assert {finding.level for finding in check_template(path, MANIFEST)} == {Level.WARNING}


def test_what_is_no_word_file_is_refused_in_words(tmp_path):
    path = tmp_path / "finto.docx"
    path.write_bytes(b"%PDF-1.7")
    [finding] = check_template(path, MANIFEST)
    assert finding.level is Level.ERROR
    assert str(finding) == "«finto.docx» non è un documento Word: aprirlo con Word e salvarlo come .docx."


def word_file(extra=None, drop=()):
    """A sound Word file with members added, replaced or dropped."""
    plain, changed = BytesIO(), BytesIO()
    Document().save(plain)
    with ZipFile(plain) as source, ZipFile(changed, "w", ZIP_DEFLATED) as target:
        members = {name: source.read(name) for name in source.namelist() if name not in drop} | (extra or {})
        for name, content in members.items():
            target.writestr(name, content)
    return changed.getvalue()


def test_a_sound_file_passes():
    require_word_file(word_file(), "contratto firmato.DOCX")


RELS = ('<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="http://a.example/x" '
        'TargetMode="External"/></Relationships>')


def test_a_plain_hyperlink_may_stay():
    require_word_file(word_file({"word/_rels/document.xml.rels": RELS.format(kind="hyperlink").encode()}), "a.docx")


@pytest.mark.parametrize(("data", "name", "said"), [
    (b"PK\x03\x04rotto", "a.docx", "non è un documento Word"),
    (b"", "a.docx", "non è un documento Word"),
    (word_file(), "a.doc", "non ha estensione .docx"),
    (word_file(drop=("word/document.xml",)), "a.docx", "non è un documento Word"),
    (word_file({"word/vbaProject.bin": b"x"}), "a.docx", "contiene macro"),
    (word_file({"word/_rels/settings.xml.rels": RELS.format(kind="attachedTemplate").encode()}), "a.docx",
     "richiama file esterni"),
    (word_file({"word/document.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>'}), "a.docx",
     "per sicurezza non si apre"),
    (word_file({"word/document.xml": b"<w:p/>" * (MAX_ELEMENTS + 1)}), "a.docx", "per sicurezza non si apre"),
    (word_file({f"word/media/{n}.png": b"" for n in range(600)}), "a.docx", "troppo grande"),
    (word_file({"word/media/zeri.png": bytes(90 * 1024 * 1024)}), "a.docx", "troppo grande"),
    (bytes(21 * 1024 * 1024), "a.docx", "supera i 20 MB"),
], ids=["not a zip", "empty", "old extension", "no document", "macro", "attached template", "entities",
        "a million paragraphs", "too many members", "zip bomb", "too big"])
def test_what_is_not_a_safe_word_file_is_refused_in_a_sentence(data, name, said):
    with pytest.raises(RuleBroken, match=said):
        require_word_file(data, name)


def test_text_is_read_in_order_with_tables_and_without_deletions(tmp_path):
    document = Document()
    document.add_paragraph("prima")
    document.add_table(rows=1, cols=2).rows[0].cells[1].text = "cella"
    paragraph = document.add_paragraph("dopo")
    deleted = document.element.makeelement(f"{{{document.element.nsmap['w']}}}del")
    deleted.append(document.add_paragraph(" tolto").runs[0]._r)
    paragraph._p.append(deleted)
    packed = BytesIO()
    document.save(packed)
    assert read_text(packed.getvalue()) == ["prima", "", "cella", "dopo", ""]
