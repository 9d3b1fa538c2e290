"""The English catalogue has every sentence of the program, in English, and nothing that nobody says any more."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from admin.wording.catalogues import FOLDER
from core.ground.paths import ROOT
from core.imports.subjects import IMPORTS

ENGLISH = FOLDER / "en" / "LC_MESSAGES" / "messages.po"
Key = tuple[str | None, Any]


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en")


def sentences(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def keys(catalogue: Catalog) -> set[Key]:
    return {(message.context, message.id) for message in sentences(catalogue)}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> set[Key]:
    """What the program says, as `make catalogue` collects it."""
    file = tmp_path_factory.mktemp("catalogue") / "messages.pot"
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", "--mapping",
                    "pyproject.toml", "--no-location", "--output-file", str(file), "."], cwd=ROOT, check=True)
    return keys(read(file))


# not `pybabel update --check`: with contexts it finds every catalogue out of date (Babel 2.18)
def test_the_catalogue_follows_the_code(said: set[Key]) -> None:
    english = keys(read(ENGLISH))
    assert (said - english, english - said) == (set(), set()), "run make catalogue, then translate what is new"


@pytest.mark.parametrize(("context", "sentence"), [
    (None, "Indicare il nome e il cognome della persona."),  # a refusal of the core
    (None, "Da fare"),  # a template
    (None, "Modifiche registrate."),  # a view
    ("contracts", "Scadenza"), ("deadlines", "Scadenza"),  # one word of two subjects
])
def test_sentences_of_every_kind_are_collected(said: set[Key], context: str | None, sentence: str) -> None:
    assert (context, sentence) in said


# --- what is written in the core and said later -----------------------------------------------------------

ON_PAPER = {  # what no page says: it is printed, or stands in a record or a file as it was written
    "core/accreditation/forewarnings.py": "reasons of passages, kept in the diary",
    "core/accreditation/monitoring.py": "reasons of passages, kept in the diary",
    "core/accreditation/term.py": "reasons of suspensions, kept with the deadline",
    "core/catalogue/sheets.py": "printed in the contract", "core/contracts/annexes.py": "printed in the contract",
    "core/contracts/assemble.py": "printed in the contract",
    "core/contracts/asset_blocks.py": "printed in the contract", "core/contracts/assets.py": "kept in the diary",
    "core/contracts/life.py": "kept in the diary", "core/contracts/operations.py": "printed in the coordinated text",
    "core/deadlines/alerts.py": "a mail", "core/penalties/behalf.py": "mails", "core/imports/contracts.py": "kept",
    "core/imports/money.py": "kept in the diary", "core/imports/providers.py": "kept in the diary",
    "core/imports/requirement_sets.py": "a workbook",
    "core/tables/workbook.py": "a workbook", "core/instalments/corrections.py": "kept in the diary",
    "core/register/open_data.py": "the description of a file", "core/users/clearing.py": "kept in the history",
}


def written(path: Path) -> Iterator[str]:
    """The whole sentences that stand in a file of the core: no docstring, no part of a mail, no word of a template."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    aside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.Expr | ast.JoinedStr)
             or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Told")
             for part in (ast.walk(node) if not isinstance(node, ast.Expr) else [node.value])}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside and is_sentence(
                node.value):
            yield node.value


def is_sentence(text: str) -> bool:
    """True for words that begin with a capital, or with a value, and end with a full stop."""
    return len(text.split()) > 2 and text.endswith(".") and (text[0].isupper() or text.startswith(("«", "%(")))


def test_what_the_core_writes_and_a_page_says_later_is_collected_too(said: set[Key]) -> None:
    ids = {one for _context, texts in said for one in ([texts] if isinstance(texts, str) else texts)}
    lost = {(file, text) for path in sorted((ROOT / "core").rglob("*.py")) for text in written(path)
            if (file := path.relative_to(ROOT).as_posix()) not in ON_PAPER and text not in ids}
    assert not lost, "mark it with said_later(), or give its file a reason in ON_PAPER"


@pytest.mark.parametrize("file", ON_PAPER)
def test_no_file_keeps_a_reason_that_it_does_not_need(said: set[Key], file: str) -> None:
    ids = {one for _context, texts in said for one in ([texts] if isinstance(texts, str) else texts)}
    assert set(written(ROOT / file)) - ids


def test_what_an_import_says_of_itself_is_collected(said: set[Key]) -> None:
    shown = {text for kind in IMPORTS.values() for sheet in kind.sheets
             for text in (kind.title, kind.about, sheet.about, *(column.help for column in sheet.columns)) if text}
    assert {text for text in shown if (None, text) not in said} == set()


def test_a_sentence_that_nobody_collects_would_be_found(tmp_path: Path) -> None:
    file = tmp_path / "one.py"
    file.write_text('"""What it is."""\nWORDS = {1: "Indicare il giorno, per esempio 3."}\nNAME = "Il nome"\n')
    assert list(written(file)) == ["Indicare il giorno, per esempio 3."]


def marks(texts: Any) -> set[str]:
    """The values that a sentence, or its plural forms, tell."""
    return set(re.findall(r"%\(\w+\)\w", texts if isinstance(texts, str) else " ".join(texts)))


def gap(message: Message) -> str:
    """What a translation lacks, in words."""
    forms = (message.string,) if isinstance(message.string, str) else message.string
    if message.fuzzy or not all(forms):
        return "not translated"
    return "" if marks(message.id) == marks(message.string) else "other values"


def test_every_sentence_is_in_english_with_its_values() -> None:
    assert {(m.context, m.id): gap(m) for m in sentences(read(ENGLISH)) if gap(m)} == {}


@pytest.mark.parametrize(("string", "flags", "lacks"), [
    ("", (), "not translated"), ("Here is %(nome)s.", ("fuzzy",), "not translated"),
    ("Here it is.", (), "other values"), ("Here is %(nome)s.", (), ""),
])
def test_a_missing_translation_and_a_lost_value_are_seen(string: str, flags: tuple[str, ...], lacks: str) -> None:
    assert gap(Message("Ecco %(nome)s.", string, flags=flags)) == lacks
