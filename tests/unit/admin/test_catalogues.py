"""The languages of the pages: Italian is what the code says, English is compiled when it is missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import Babel, force_locale, gettext, ngettext, pgettext

from admin.wording import catalogues

PO = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

msgid "Altro"
msgstr "Other"

msgctxt "contracts"
msgid "Scadenza"
msgstr "End date"

msgctxt "instalments"
msgid "Scadenza"
msgstr "Due date"

msgid "%(num)s rata"
msgid_plural "%(num)s rate"
msgstr[0] "%(num)s instalment"
msgstr[1] "%(num)s instalments"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    source = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO, encoding="utf-8")
    return tmp_path


def app(folder: Path) -> Flask:
    made = Flask(__name__)
    made.config["BABEL_TRANSLATION_DIRECTORIES"] = str(folder)
    Babel(made, default_locale="it")
    return made


def spoken() -> list[str]:
    many = [ngettext("%(num)s rata", "%(num)s rate", number) for number in (0, 1, 2)]
    return [gettext("Altro"), pgettext("contracts", "Scadenza"), pgettext("instalments", "Scadenza"), *many]


def test_italian_needs_no_catalogue_not_even_for_its_plurals(folder: Path) -> None:
    catalogues.compile_missing(folder)
    with app(folder).test_request_context():
        assert spoken() == ["Altro", "Scadenza", "Scadenza", "0 rate", "1 rata", "2 rate"]


def test_english_has_a_word_for_each_context(folder: Path) -> None:
    catalogues.compile_missing(folder)
    with app(folder).test_request_context(), force_locale("en"):
        assert spoken() == ["Other", "End date", "Due date", "0 instalments", "1 instalment", "2 instalments"]


def test_a_catalogue_is_compiled_when_it_is_missing_or_older_and_only_then(folder: Path) -> None:
    compiled = folder / "en" / "LC_MESSAGES" / "messages.mo"
    catalogues.compile_missing(folder)
    os.utime(compiled, (1, 1))
    catalogues.compile_missing(folder)
    made = compiled.stat().st_mtime
    assert made > 1
    catalogues.compile_missing(folder)
    assert compiled.stat().st_mtime == made
    assert [file.name for file in compiled.parent.iterdir() if file.suffix not in (".po", ".mo")] == []
