"""The file of a backup: every byte of it counts, it opens as a plain tar, and what is no backup is told so."""

from __future__ import annotations

import tarfile
from io import BytesIO
from pathlib import Path

import pytest

from admin.command.backup import age, archive
from admin.command.backup.archive import LENGTH, MANIFEST, SEAL, Manifest
from core.ground.errors import RuleBroken

CONTENTS = {"database.dump": b"righe" * 40, "dati/documents/è un contratto lungo" + "o" * 90 + ".docx": b"testo"}
BROKEN = "incompleto o è stato alterato"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(age, "WORK", 4)


def manifest(files: dict[str, str], **said: object) -> Manifest:
    return Manifest(**{"format": 1, "program": "0.1.0", "made_at": "2026-01-01T00:00:00+00:00", "engine": "sqlite",
                       "engine_version": "3", "schema": {"core": "0010"}, "rows": {"service": 2}, "head": (1, "x"),
                       "broken": None, "files": files, "missing": [], "changed": [], **said})


def saved(path: Path, key: str = "", contents: dict[str, bytes] = CONTENTS, **said: object) -> Path:
    """A small backup."""
    with path.open("wb") as file, archive.writing(file, key, lambda: None) as backup:
        for name, content in contents.items():
            backup.add(name, BytesIO(content), len(content))
        backup.finish(manifest(**{"files": dict(backup.files), **said}))
    return path


def refused(path: Path, content: bytes | None = None, key: str = "") -> str:
    """The sentence with which a backup is refused."""
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RuleBroken) as refusal:
        archive.read(path, key)
    return str(refusal.value)


@pytest.mark.parametrize("key", ["", "chiave"])
def test_what_was_put_in_comes_out(tmp_path: Path, key: str) -> None:
    path = saved(tmp_path / "salvataggio", key)
    found = archive.read(path, key, folder=tmp_path / "fuori")
    assert found == manifest(found.files)
    assert {name: (tmp_path / "fuori" / name).read_bytes() for name in CONTENTS} == CONTENTS
    assert found.kept == 1


def test_any_program_opens_it(tmp_path: Path) -> None:
    with tarfile.open(saved(tmp_path / "salvataggio.tar")) as tar:
        assert [member.name for member in tar][1:] == [*CONTENTS, MANIFEST, SEAL]


@pytest.mark.parametrize("key", ["", "chiave"])
def test_every_byte_counts(tmp_path: Path, key: str) -> None:
    path = saved(tmp_path / "salvataggio", key)
    whole = path.read_bytes()
    for place in [*range(0, len(whole), 29), *range(len(whole) - LENGTH, len(whole), 11)]:
        changed = bytearray(whole)
        changed[place] ^= 1 << place % 8
        assert refused(path, bytes(changed), key)
    path.write_bytes(whole)
    archive.read(path, key)


@pytest.mark.parametrize("key", ["", "chiave"])
def test_a_backup_that_was_cut_short_is_none(tmp_path: Path, key: str) -> None:
    path = saved(tmp_path / "salvataggio", key)
    whole = path.read_bytes()
    for length in [0, 100, 600, *range(512, len(whole), 512), len(whole) - 1]:
        assert refused(path, whole[:length], key)
    assert BROKEN in refused(path, whole + b"x", key)
    assert BROKEN in refused(path, whole + whole, key)


def test_what_is_no_backup_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "lettera"
    assert "non è un salvataggio" in refused(path, b"Gentile Sindaco, " * 100)
    assert "non è un salvataggio" in refused(path, b"")
    with tarfile.open(path, "w") as tar:
        tar.add(__file__)
    assert "non è un salvataggio" in refused(path)


def test_a_key_is_asked_for_and_held_against_the_backup(tmp_path: Path) -> None:
    path = saved(tmp_path / "salvataggio", "chiave")
    assert "cifrato" in refused(path)
    assert "La chiave non apre" in refused(path, key="un'altra")


def test_a_newer_form_asks_for_the_newer_program(tmp_path: Path) -> None:
    path = saved(tmp_path / "salvataggio", format=archive.FORMAT + 1, program="7.0")
    assert "più recente (7.0): aggiornare il programma" in refused(path)


@pytest.mark.parametrize("name", ["../fuori", "dati/../../fuori", "/tmp/fuori"])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    path = saved(tmp_path / "salvataggio", contents={name: b"qui no"})
    assert BROKEN in refused(path)


def test_a_manifest_that_names_other_files_is_not_believed(tmp_path: Path) -> None:
    path = saved(tmp_path / "salvataggio", files={"database.dump": "0" * 64})
    assert BROKEN in refused(path)
