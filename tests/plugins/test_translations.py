"""A plugin may have a catalogue of its own: it has every sentence of the plugin, and changes none of the program's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from admin.wording import catalogues
from core.ground.paths import PLUGINS, ROOT
from core.plugins import loading

KEYWORDS = ("lazy_gettext", "RuleBroken", "Finding", "require_text:2")
WITH_ONE = [code for code in loading.in_tree() if (PLUGINS / code / "translations").is_dir()]


def read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="en")


@pytest.mark.parametrize("code", WITH_ONE)
def test_the_catalogue_of_a_plugin_has_every_sentence_that_it_says(code: str, tmp_path: Path) -> None:
    found = tmp_path / "messages.pot"
    words = [f"--keyword={word}" for word in KEYWORDS]
    subprocess.run([sys.executable, "-m", "babel.messages.frontend", "--quiet", "extract", *words,
                    "--output-file", str(found), str(PLUGINS / code)], cwd=ROOT, check=True)
    said = {message.id for message in read(found) if message.id}
    english = read(PLUGINS / code / "translations" / "en" / "LC_MESSAGES" / "messages.po")
    assert said and said <= {message.id for message in english if message.string}


def test_one_shipped_plugin_has_its_own() -> None:
    assert WITH_ONE == ["social_work_system"]


def test_what_the_program_says_itself_is_heard_last(tmp_path: Path) -> None:
    (tmp_path / "translations").mkdir()
    assert catalogues.folders([tmp_path, tmp_path / "niente"]) == [tmp_path / "translations", catalogues.FOLDER]
