"""The store: a file appears whole, never changes, and is cleared only while nobody keeps it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.ground.errors import RuleBroken
from core.ground.files import CLEARING, FileStore, sha256

NOW = datetime(2026, 1, 10, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """A store with one file of two days ago."""
    store = FileStore(tmp_path)
    store.put("documents/a.docx", b"testo")
    os.utime(tmp_path / "documents/a.docx", 2 * ((NOW - 2 * DAY).timestamp(),))
    return store


def test_the_same_content_is_one_file_and_another_is_refused(store: FileStore) -> None:
    assert store.put("documents/a.docx", b"testo") == sha256(b"testo")
    with pytest.raises(RuntimeError):
        store.put("documents/a.docx", b"altro")
    assert store.get("documents/a.docx") == b"testo"


def test_a_folder_that_cannot_be_written_is_told(store: FileStore) -> None:
    with pytest.raises(RuleBroken, match="non si può salvare"):
        store.put("documents/a.docx/b.docx", b"testo")


def test_what_is_old_is_cleared_and_can_be_kept_again(store: FileStore) -> None:
    assert store.clear("documents/a.docx", NOW - DAY)
    assert not list((store.root / "documents").iterdir())
    store.put("documents/a.docx", b"testo")
    assert store.get("documents/a.docx") == b"testo"


def test_what_somebody_has_kept_again_meanwhile_stays(store: FileStore) -> None:
    store.put("documents/a.docx", b"testo")
    assert not store.clear("documents/a.docx", NOW - DAY)
    assert store.get("documents/a.docx") == b"testo"


def test_whoever_keeps_it_while_it_is_taken_aside_has_it(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    unlink = Path.unlink

    def keep_first(path: Path, **how: bool) -> None:
        if path.name.startswith(CLEARING):
            store.put("documents/a.docx", b"testo")
        unlink(path, **how)

    monkeypatch.setattr(Path, "unlink", keep_first)
    assert store.clear("documents/a.docx", NOW - DAY)
    assert store.get("documents/a.docx") == b"testo"
