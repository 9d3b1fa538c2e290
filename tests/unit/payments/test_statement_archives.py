"""Archives of a bank: read by account, known once, and never trusted."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from core.ground.errors import RuleBroken
from core.payments.statements import archives
from core.payments.statements.reading import read
from tests.unit.payments.test_statements import IBAN, camt, entry, one

OTHER = "IT33X0542811101000000123458"


def packed(*files: tuple[str, bytes]) -> bytes:
    target = BytesIO()
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return target.getvalue()


def test_an_archive_answers_for_each_account_and_says_in_which_file_a_row_stands():
    found = read("mese.zip", packed(
        ("giorni/02.xml", camt(entry("2.00", day="2026-11-02"), entry(sign="DBIT"))),
        ("giorni/01.xml", camt(entry("1.00", day="2026-11-01"))),
        ("altro.xml", camt(entry("3.00"), iban=OTHER)), ("giorni/01.pdf", b"%PDF"), ("__MACOSX/01.xml", b"x")))
    assert {one.account: [line.amount for line in one.lines] for one in found} == {
        OTHER: [Decimal("3.00")], IBAN: [Decimal("1.00"), Decimal("2.00")]}
    [row] = found[1].left_out
    assert (row.row, row.file) == (2, "giorni/02.xml")


def test_what_two_files_of_an_archive_tell_is_taken_once():
    report, statement = camt(entry(), message="052", group="Rpt"), camt(entry(), entry())
    assert len(one(packed(("a.xml", report), ("b.xml", statement)), "mese.zip").lines) == 2


def zeros() -> bytes:
    return packed(("e.xml", b"\x00" * (archives.MOST_UNPACKED + 1)))


def renamed(content: bytes) -> bytes:
    """An archive that says of a file that it is small."""
    size = len(camt(entry())).to_bytes(4, "little")
    return content.replace(size, (10).to_bytes(4, "little"))


def locked(content: bytes) -> bytes:
    """An archive whose files are said to be under a password."""
    at = content.index(b"PK\x01\x02")
    return content[:6] + b"\x01" + content[7:at + 8] + b"\x01" + content[at + 9:]


@pytest.mark.parametrize(("content", "message"), [
    (zeros(), "è troppo grande"),
    (packed(*((f"{n}.xml", b"<x/>") for n in range(archives.MOST_FILES + 1))), "è troppo grande"),
    (packed(("e.zip", packed(("e.xml", camt(entry()))))), "e.zip» non si legge come estratto conto"),
    (packed(("foto.jpg", b"\xff\xd8\xff")), "foto.jpg» non si legge come estratto conto"),
    (packed(("a.xml", camt(entry())), ("b.xml", camt(entry(currency="USD")))), "b.xml» il movimento 1 è in USD"),
    (packed(("x.xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")), "rovinato o incompleto"),
    (packed(), "non si legge come estratto conto"),
    (packed(("e.xml", camt(entry())))[:-30], "rovinato o incompleto"),
    (renamed(packed(("e.xml", camt(entry())))), "rovinato o incompleto"),
    (locked(packed(("e.xml", camt(entry())))), "rovinato o incompleto"),
    (b"PK\x03\x04", "rovinato o incompleto"),
], ids=["bomb", "many", "nested", "picture", "currency", "entities", "empty", "cut", "liar", "locked", "begun"])
def test_an_archive_is_refused_whole_and_in_words(content, message):
    with pytest.raises(RuleBroken, match=message) as refusal:
        read("mese.zip", content)
    assert refusal.value.field == "file"
