"""What may stand in a diary: files that are what they say, letters that come after they leave."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest

from core.cases import rules
from core.ground.errors import RuleBroken
from core.ground.files import Upload

TODAY = date(2026, 3, 2)


def package(*names: str) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return packed.getvalue()


GOOD = {
    "delibera.pdf": b"%PDF-1.7\n", "contratto.pdf.p7m": b"\x30\x82\x01", "testo.P7M": b"-----BEGIN PKCS7-----",
    "piano.docx": package("[Content_Types].xml", "word/document.xml"), "conti.xlsx": package("xl/workbook.xml"),
    "nota.odt": package("content.xml"), "foto.png": b"\x89PNG\r\n\x1a\n", "foto.JPEG": b"\xff\xd8\xff\xe0",
    "pec.eml": b"From: a@pec.example\r\nSubject: Prova\r\n\r\nTesto", "tutto.zip": package("a/b.pdf"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_an_office_keeps_is_kept(name):
    rules.require_safe_file(Upload(name, GOOD[name]))


@pytest.mark.parametrize(("name", "content", "words"), [
    ("virus.exe", b"MZ", "non è di un tipo"), ("virus.exe.pdf", b"MZ che nasconde %PDF-1.7", "promette"),
    ("fattura.pdf", b"PK\x03\x04 %PDF-1.7", "promette"), ("fattura.pdf.exe", b"%PDF-1.7", "non è di un tipo"),
    ("senza", b"x", "non è di un tipo"), ("a.pdf", b"", "è vuoto"),
    ("a.pdf", b"PK", "non è quello che il nome promette"), ("a.docx", package("xl/workbook.xml"), "non è quello"),
    ("a.xlsx", package("xl/workbook.xml", "xl/vbaProject.bin"), "macro"), ("a.zip", package("x/paga.EXE"), "programmi"),
    ("a.zip", b"PK\x03\x04rotto", "non è quello"), ("a.eml", b"ciao", "non è quello"),
    ("a.p7m", b"ciao", "non è quello"),
    ("a.pdf", b"%PDF" + bytes(rules.MAX_BYTES), "supera i 25 MB"),
], ids=["program", "program with the head of a PDF", "archive with the head of a PDF", "two suffixes", "no suffix",
        "empty", "not a pdf", "another office", "macros", "program in archive",
        "broken archive", "no mail", "no signature", "too big"])
def test_what_is_not_what_it_says_is_refused(name, content, words):
    with pytest.raises(RuleBroken, match=words) as refusal:
        rules.require_safe_file(Upload(name, content), field="receipt")
    assert refusal.value.field == "receipt"


@pytest.mark.parametrize(("facts", "field"), [
    (("", 1, 2, "pec", TODAY), "title"), (("Diffida", 1, 1, "pec", TODAY), "addressee_id"),
    (("Diffida", 1, 2, "pigeon", TODAY), "channel"), (("Diffida", 1, 2, "pec", date(2026, 3, 3)), "sent_on"),
])
def test_a_letter_says_what_from_whom_how_and_when(facts, field):
    with pytest.raises(RuleBroken) as refusal:
        rules.require_sending(*facts, today=TODAY)
    assert refusal.value.field == field


def test_a_letter_is_received_between_the_day_it_left_and_today():
    rules.require_receipt(date(2026, 3, 1), date(2026, 3, 1), TODAY)
    with pytest.raises(RuleBroken, match="non può essere stata ricevuta"):
        rules.require_receipt(date(2026, 3, 1), date(2026, 2, 28), TODAY)
    with pytest.raises(RuleBroken, match="non è ancora arrivato"):
        rules.require_receipt(date(2026, 3, 1), date(2026, 3, 3), TODAY)
