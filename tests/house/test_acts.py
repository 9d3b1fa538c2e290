"""What is done on the page of a record is found by its name: its word stands in ``on_records``, and nowhere else."""

from __future__ import annotations

import re

import pytest

from core.ground.paths import ROOT

BUTTON = re.compile(r'(?:Act|Button)\(_\("([^"]+)"\),\s*self\.get_url\(\s*"\.(\w+_view)",[^)]*row\.id')
NO_ACTS = {"create_view", "download_view", "export_view", "file_view", "zip_view"}  # downloads, and what begins there
OTHERWISE = {"change_view": "the word is «Modifica»: the record is found", "link_view": "it is done by the button"}


def words_of_their_own(text: str) -> set[str]:
    """The pages of records to which a view makes a button with a word that the search does not know."""
    known = set(re.findall(r'"(\w+_view)": lazy_gettext', text))
    return {page for _word, page in BUTTON.findall(text)} - known - NO_ACTS - OTHERWISE.keys()


def test_every_button_of_a_record_has_its_word_where_the_search_reads_it() -> None:
    found = {path.relative_to(ROOT).as_posix(): words_of_their_own(path.read_text(encoding="utf-8"))
             for path in sorted((ROOT / "admin").rglob("*.py"))}
    assert {file: pages for file, pages in found.items() if pages} == {}, "say the word in on_records: self.button()"


@pytest.mark.parametrize(("text", "found"), [
    ('Act(_("Sposta"), self.get_url(".move_view", id=row.id))', {"move_view"}),
    ('"move_view": lazy_gettext("Sposta") Act(_("Sposta"), self.get_url(".move_view", id=row.id))', set()),
    ('Act(_("Scarica"), self.get_url(".zip_view", id=row.id))', set()),
])
def test_a_word_that_stands_elsewhere_would_be_seen(text: str, found: set[str]) -> None:
    assert words_of_their_own(text) == found
