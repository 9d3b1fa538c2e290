"""The English catalogue has every sentence of the program, in English, and nothing that nobody says any more."""

from __future__ import annotations

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
