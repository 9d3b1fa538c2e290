"""The message catalogues: what is collected, and what a check finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from admin.command import translations as catalogues


def test_the_core_s_refusals_and_the_pages_words_are_collected() -> None:
    found = {text for text, _place in catalogues.messages()}
    assert "Indicare il nome e il cognome della persona." in found  # RuleBroken, in the core
    assert "Da fare" in found  # a template
    assert "Modifiche registrate." in found  # a view


def test_a_missing_translation_and_a_lost_value_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "messages", lambda: iter([("Ecco %(nome)s.", "a.py"), ("Altro", "b.py")]))
    catalogues.update("en")
    assert len(list(catalogues.gaps("en"))) == 2
    path = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    here = path.read_text().replace('msgid "Ecco %(nome)s."\nmsgstr ""', 'msgid "Ecco %(nome)s."\nmsgstr "Here."')
    path.write_text(here.replace('msgid "Altro"\nmsgstr ""', 'msgid "Altro"\nmsgstr "Other"'))
    [gap] = catalogues.gaps("en")
    assert "different values" in gap


def test_a_catalogue_is_compiled_when_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    monkeypatch.setattr(catalogues, "messages", lambda: iter([("Altro", "b.py")]))
    catalogues.update("it")
    catalogues.compile_missing()
    assert (tmp_path / "it" / "LC_MESSAGES" / "messages.mo").exists()
    assert not list(catalogues.gaps("it"))
