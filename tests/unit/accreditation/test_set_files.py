"""A file of requirements is checked to its last line: what is wrong is named with its line, and nothing is guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.accreditation.drafts import Parts
from core.accreditation.set_content import check
from core.accreditation.set_files import SetLines, read
from core.ground.readable import parse

EIGHT = """\
code = "centro_estivo"
title = "Centro estivo: requisiti"
unit_types = ["centro_estivo"]
valid_from = 2026-01-01
legal_source = "Da verificare"
verified = false
examination_days = 45
months = 24
extensions = 0
extension_months = 0

[measures.bambini]
title = "Bambini presenti insieme"

[measures.educatori]
title = "Educatori presenti insieme"

[measures.ore]
title = "Ore di apertura"
whole = false

[[requirements]]
code = "A"
title = "Chi e dove"
kind = "group"

[[requirements]]
code = "A.1"
parent = "A"
title = "Polizza assicurativa"
kind = "paper"
paper = "insurance"
monitored = ["year"]
legal_source = "Da verificare"

[[requirements]]
code = "A.2"
parent = "A"
title = "Un educatore ogni 10 bambini"
kind = "ratio"
measure = "bambini"
per = "educatori"
limit = 10
legal_source = "Da verificare"

[[requirements]]
code = "A.3"
parent = "A"
title = "Almeno 8 ore al giorno"
kind = "at_least"
measure = "ore"
limit = 7.5
legal_source = "Da verificare"

[[requirements]]
code = "A.4"
parent = "A"
title = "Al massimo 100 bambini"
kind = "at_most"
measure = "bambini"
limit = 100
legal_source = "Da verificare"

[[requirements]]
code = "A.5"
parent = "A"
title = "Programma delle settimane"
evidence = "Programma"
legal_source = "Da verificare"

[[requirements]]
code = "A.6"
parent = "A"
title = "Spazi all'ombra"
hint = "Vedere a mezzogiorno."
legal_source = "Da verificare"

[[requirements]]
code = "A.7"
parent = "A"
title = "Pasti"
legal_source = "Da verificare"

[[requirements]]
code = "A.8"
parent = "A"
title = "Gita settimanale"
mandatory = false
legal_source = "Da verificare"
"""


def line_of(text: str, part: str) -> int:
    """Where a part stands, counted from one."""
    return text[: text.index(part)].count("\n") + 1


def test_a_right_file_is_read_as_the_tables_want_it():
    found = read(EIGHT.encode())
    assert found.is_clean and found.facts["unit_types"] == "centro_estivo" and found.facts["monitoring_days"] == 30
    assert [row["code"] for row in found.requirements] == ["A", *(f"A.{n}" for n in range(1, 9))]
    ratio, hours = found.requirements[2], found.requirements[3]
    assert (ratio["limit"], hours["limit"], ratio["parent"]) == (Decimal(10), Decimal("7.5"), "A")
    assert [row["mandatory"] for row in found.requirements][-2:] == [True, False]


@pytest.mark.parametrize(("right", "wrong", "at", "words"), [
    ('code = "centro_estivo"', 'code = "Centro Estivo"', 'code = "Centro', "lettere minuscole"),
    ("valid_from = 2026-01-01", 'valid_from = "2026-01-01"', "valid_from", "senza virgolette"),
    ("months = 24", "months = 0", "months", "da 1 a 120"),
    ("months = 24", "months = true", "months", "da 1 a 120"),
    ("extensions = 0", "extensions = -1", "extensions = -1", "da 0 a 10"),
    ('legal_source = "Da verificare"\nverified', "verified", "code", "legal_source"),
    ('kind = "ratio"', 'kind = "rapporto"', 'kind = "rapporto"', "non si conosce"),
    ('per = "educatori"', 'per = "maestri"', 'per = "maestri"', "«per» è uno dei dati"),
    ("limit = 7.5", "limit = 7.1234", "limit = 7.1234", "tre decimali"),
    ("limit = 7.5", 'limit = "nan"', 'limit = "nan"', "tre decimali"),
    ('paper = "insurance"', 'paper = "patente"', 'paper = "patente"', "insurance, durc"),
    ('code = "A.3"', 'code = "A.2"', "kind = \"at_least\"", "c'è già"),
    ('code = "A.3"\nparent = "A"', 'code = "A.3"\nparent = "Z"', 'parent = "Z"', "non è un titolo"),
    ('monitored = ["year"]', 'monitored = ["month"]', "monitored", "half_year, year"),
    ("mandatory = false", 'mandatory = "no"', "mandatory", "true o false"),
    ("verified = false", "verified = false\nfantasia = 1", "fantasia", "non si conosce"),
    ('title = "Pasti"', 'title = ""', 'title = ""', "title"),
])
def test_what_is_wrong_is_named_with_its_line(right: str, wrong: str, at: str, words: str):
    text = EIGHT.replace(right, wrong, 1)
    found = read(text.encode())
    assert not found.is_clean
    told = [finding for finding in found.findings if words in str(finding)]
    assert told, [str(finding) for finding in found.findings]
    if wrong != 'code = "A.2"' and wrong != "verified":
        assert told[0].values["line"] == line_of(text, at)


@pytest.mark.parametrize(("content", "words", "line"), [
    (b"", "lettere minuscole", 1), (b'code = "x', "non si legge", 1), (b"a = 1\nb ? 2\n", "non si legge", 2),
    (b"\xff\xfe\x00", "UTF-8", 1), (b"x" * 300_000, "256 KB", 1), (b'code = "a\\u0000b"', "non sono testo", 1),
    (b"requirements = 3", "alcun requisito", 1),
])
def test_what_is_no_set_at_all_is_refused_in_words(content: bytes, words: str, line: int):
    found = read(content)
    told = [finding for finding in found.findings if words in str(finding)]
    assert not found.is_clean and told and told[0].values["line"] == line


@pytest.mark.parametrize(("right", "wrong", "in_file", "in_words"), [
    ("limit = 7.5", "limit = 7.1234", "«limit» è un numero", "«Limite» è un numero"),
    ("valid_from = 2026-01-01\n", "", "«valid_from» è il giorno da cui i requisiti valgono: indicarlo, per esempio "
     "2026-01-01, senza virgolette.", "«Vale dal» è il giorno da cui i requisiti valgono: indicarlo."),
    ("months = 24", "months = 0", "«months»", "«Mesi di accreditamento»"),
    ('kind = "ratio"', 'kind = "check"', "«measure» vale per questi tipi di requisito: ratio, at_least, at_most. "
     "Questo è «check».", "«Dato dichiarato» vale per questi tipi di requisito: Rapporto tra due dati, Almeno, Al "
     "massimo. Questo è «Verificato da una persona»."),
    ('paper = "insurance"\n', "", "«paper» è uno di questi: insurance", "«Documento del gestore» è uno di questi: Ass"),
])
def test_a_remark_speaks_as_what_it_is_about_was_written(right: str, wrong: str, in_file: str, in_words: str):
    text = EIGHT.replace(right, wrong, 1).replace("limit = 10\n" if "check" in wrong else "\x00", "")
    for at, words in ((SetLines(text), in_file), (Parts(), in_words)):
        told = [str(finding) for finding in check(parse(text), at).findings]
        assert any(words in one for one in told), told


def test_headings_alone_are_no_set():
    head = EIGHT[: EIGHT.index('[[requirements]]\ncode = "A.1"')]
    assert any("Ci sono soltanto titoli" in str(finding) for finding in read(head.encode()).findings)
