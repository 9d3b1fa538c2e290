"""A signed file is held against the text that was approved; ten files as signers really make them."""

from __future__ import annotations

import base64
import hashlib
from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader, PdfWriter

from core.contracts.signed import Signer, require_signed
from core.ground.errors import RuleBroken
from core.ground.files import Upload
from demo.papers import pdf
from tests.signers import ANNA, BRUNO, TestSigner

TITLE = "Contratto di servizio n. 7/2027"
CLAUSES = ("Art. 1 – Durata. Il contratto dura tre anni.", "Art. 2 – Corrispettivo. Il Comune versa 12.345,67 euro.",
           "Art. 3 – Recesso. Si recede con preavviso di sei mesi.")
OTHER = (CLAUSES[0], CLAUSES[1].replace("12.345,67", "12.345,76"), CLAUSES[2])


HEAD = "Azienda sociale, contratto n. 7/2027, pagina 1"


def word(*lines: str, header: str = HEAD) -> bytes:
    """A Word file with a header on every page."""
    document, kept = Document(), BytesIO()
    document.sections[0].header.paragraphs[0].text = header
    for line in (TITLE, *lines):
        document.add_paragraph(line)
    document.save(kept)
    return kept.getvalue()


def with_a_page_more(content: bytes, *, incremental: bool) -> bytes:
    writer, kept = PdfWriter(BytesIO(content), incremental=incremental), BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(kept)
    return kept.getvalue()


FINAL, SCAN = word(*CLAUSES), pdf(HEAD.replace("pagina 1", "pagina 3"), [TITLE, *CLAUSES])


# what takes a signature is made by its test: every process of a run collects all of them
@pytest.mark.parametrize(("name", "content", "signers"), [
    ("one.pdf", lambda: ANNA.pdf(SCAN), [ANNA]),
    ("two.pdf", lambda: BRUNO.pdf(ANNA.pdf(SCAN)), [ANNA, BRUNO]),
    ("word.docx.p7m", lambda: ANNA.p7m(FINAL), [ANNA]),
    ("nested.docx.p7m.p7m", lambda: BRUNO.p7m(ANNA.p7m(FINAL)), [ANNA, BRUNO]),
    ("inside.pdf.p7m", lambda: BRUNO.p7m(ANNA.pdf(SCAN)), [BRUNO]),
    ("as mail sends it.docx.p7m", lambda: base64.encodebytes(ANNA.p7m(FINAL)), [ANNA]),
])
def test_the_signatures_of_the_text_are_read(name, content, signers):
    found = require_signed(FINAL, Upload(name, content()))
    assert [(one.signer, one.fiscal_code) for one in found] == [(one.name, one.fiscal_code) for one in signers]
    assert all(one.intact and one.complete and one.signed_at and not one.stamped for one in found)


def test_the_bytes_that_an_envelope_covers_are_those_of_the_text():
    [found] = require_signed(FINAL, Upload("testo.docx.p7m", ANNA.p7m(FINAL)))
    assert found.covered_sha256 == hashlib.sha256(FINAL).hexdigest()


def test_the_bytes_that_a_signature_of_a_pdf_covers_are_the_file_but_for_the_signature_itself():
    signed = ANNA.pdf(SCAN)
    [found] = require_signed(FINAL, Upload("testo.pdf", signed))
    [field] = PdfReader(BytesIO(signed)).get_fields().values()
    start, first, second, last = field["/V"]["/ByteRange"]
    assert found.covered_sha256 == hashlib.sha256(signed[:first] + signed[second:]).hexdigest()
    assert (start, second + last) == (0, len(signed))


@pytest.mark.parametrize(("name", "content", "why"), [
    ("unsigned.pdf", lambda: SCAN, "non porta nessuna firma digitale"),
    ("text.docx", lambda: FINAL, "è il documento Word, non un file firmato"),
    ("renamed.p7m", lambda: FINAL, "non si apre"),
    ("renamed.pdf", lambda: FINAL, "non si apre"),
    ("another text.pdf", lambda: ANNA.pdf(pdf(HEAD, [TITLE, *OTHER])),
     "«Il Comune versa 12.345,67 euro. Art. 3» il file"),
    ("another text.docx.p7m", lambda: ANNA.p7m(word(*OTHER)), "12.345,76"),
    ("draft.docx.p7m", lambda: ANNA.p7m(word(*CLAUSES, header=f"{HEAD} BOZZA")), "è la bozza"),
    ("page signed too.pdf", lambda: ANNA.pdf(with_a_page_more(SCAN, incremental=False)),
     "pagina senza testo leggibile"),
    ("page added later.pdf", lambda: with_a_page_more(ANNA.pdf(SCAN), incremental=True), "è stato aggiunto qualcosa"),
    ("changed.pdf", lambda: ANNA.pdf(SCAN).replace(b"tre anni", b"sei anni"), "non corrisponde al contenuto"),
    ("note.txt.p7m", lambda: ANNA.p7m(b"Si accetta."), "un documento che non si sa leggere"),
    ("cut.docx.p7m", lambda: ANNA.p7m(FINAL)[:900], "non si apre"),
])
def test_any_other_file_is_refused_and_the_sentence_says_why(name, content, why):
    with pytest.raises(RuleBroken) as refused:
        require_signed(FINAL, Upload(name, content()))
    assert why in str(refused.value) and refused.value.field == "file"


def test_while_the_last_text_is_a_draft_no_other_text_is_the_final_one():
    with pytest.raises(RuleBroken, match="porta ancora la parola bozza"):
        require_signed(word(*CLAUSES, header=f"{HEAD} BOZZA"), Upload("testo.docx.p7m", ANNA.p7m(FINAL)))


def test_a_draft_is_not_signed_even_as_it_is():
    draft = word(*CLAUSES, header=f"{HEAD} BOZZA")
    with pytest.raises(RuleBroken, match="bozza"):
        require_signed(draft, Upload("testo.docx.p7m", ANNA.p7m(draft)))


DIRECTOR = Signer("Azienda", "Anna", "Rossetti", ANNA.fiscal_code)
MAYOR = Signer("Comune di Dresano", "Bruno", "Verdini", BRUNO.fiscal_code)


def test_each_party_has_its_own_signatory_among_the_signatures():
    assert len(require_signed(FINAL, Upload("two.pdf", BRUNO.pdf(ANNA.pdf(SCAN))), [DIRECTOR, MAYOR])) == 2


@pytest.mark.parametrize(("signed", "lacking"), [
    (lambda: ANNA.pdf(SCAN), f"Bruno Verdini ({BRUNO.fiscal_code}) per il Comune di Dresano"),
    (lambda: TestSigner("BRUNO VERDINI", "VRDBRN65B02F205X").pdf(ANNA.pdf(SCAN)), "Bruno Verdini"),
    (lambda: BRUNO.pdf(SCAN), f"Anna Rossetti ({ANNA.fiscal_code}) per Azienda"),
], ids=["one alone", "a namesake", "the other alone"])
def test_who_has_not_signed_is_named_with_the_party(signed, lacking):
    with pytest.raises(RuleBroken) as refused:
        require_signed(FINAL, Upload("contratto.pdf", signed()), [DIRECTOR, MAYOR])
    assert f"manca la firma di {lacking}" in str(refused.value) and refused.value.field == "file"


@pytest.mark.parametrize("name", ["BRUNO VERDINI", "Verdini Bruno", "dott. Bruno Maria Verdini"])
def test_a_certificate_without_a_fiscal_code_is_known_by_the_name(name):
    signed = TestSigner(name, "").pdf(ANNA.pdf(SCAN))
    assert len(require_signed(FINAL, Upload("contratto.pdf", signed), [DIRECTOR, MAYOR])) == 2
