"""Every night has its backup, the newest and one of each month stay, and who looks after the system is told."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from admin.command import worker
from admin.command.backup import archive, nightly
from admin.command.backup.make import make
from core.ground import backups, clock
from core.ground.access import ScopedSession, system
from core.ground.db import Database
from core.ground.settings import Settings
from core.users.waiting import unsaved

TODAY = date(2026, 3, 2)


@pytest.fixture
def nights(ground, migrated, registry, tmp_path: Path) -> Settings:
    """An installation whose backups go into a folder of their own."""
    database, folder = ground.copy("nights", *migrated("sqlite", registry))
    database.dispose()
    return Settings(data_dir=folder, backup_dir=tmp_path / "salvataggi")


def a_round(settings: Settings) -> None:
    database = Database(settings.url, settings.data_dir)
    worker.run_once(settings, database, new_day=False)
    database.dispose()


def names(settings: Settings) -> list[str]:
    return sorted(path.name for path in settings.backup_dir.iterdir())


def remark(settings: Settings, later: timedelta = timedelta(0)) -> str:
    return str(backups.remark(backups.standing(settings.data_dir), clock.now() + later) or "")


def test_a_round_makes_the_backup_of_its_day_once(nights, monkeypatch) -> None:
    monkeypatch.setattr(clock, "today", lambda _played=None: TODAY)
    a_round(nights)
    [path] = nights.backup_dir.iterdir()
    before = path.stat().st_mtime_ns
    a_round(nights)
    assert names(nights) == ["patto-2026-03-02.tar"] and path.stat().st_mtime_ns == before
    archive.read(path)
    monkeypatch.setattr(clock, "today", lambda _played=None: TODAY + timedelta(days=1))
    a_round(nights.with_options(backup_key="chiave"))
    assert names(nights) == ["patto-2026-03-02.tar", "patto-2026-03-03.tar.age"]
    assert remark(nights) == ""


def test_the_newest_stay_and_the_first_of_each_month() -> None:
    days = [date(2025, 1, 5) + timedelta(days=number) for number in range(600)]
    stay = sorted(nightly.kept(days))
    assert stay[-nightly.NEWEST :] == days[-nightly.NEWEST :]
    assert stay[:2] == [date(2025, 9, 1), date(2025, 10, 1)] and len(stay) == nightly.NEWEST + nightly.MONTHLY
    assert nightly.kept(days[:3]) == set(days[:3])


def test_old_ones_go_and_other_files_stay(nights) -> None:
    nights.backup_dir.mkdir()
    for number in range(40):
        (nights.backup_dir / f"patto-{date(2020, 1, 1) + timedelta(days=number)}.tar").touch()
    (nights.backup_dir / "patto-2020-01-02.tar.copia").touch()
    a_round(nights)
    assert len(names(nights)) == nightly.NEWEST + 1 + 1, "the first of January and a copy"
    assert {"patto-2020-01-01.tar", "patto-2020-02-01.tar", "patto-2020-01-02.tar.copia"} <= {*names(nights)}


def test_one_that_fails_is_told_and_tried_again_after_an_hour(nights, monkeypatch) -> None:
    nights.backup_dir.parent.joinpath("salvataggi").write_text("un file al posto della cartella")
    a_round(nights)
    assert "non è riuscito" in remark(nights) and "salvataggi" in remark(nights)
    nights.backup_dir.unlink()
    a_round(nights)
    assert not nights.backup_dir.exists(), "not yet"
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(hours=1, seconds=1))
    a_round(nights)
    assert len(names(nights)) == 1 and remark(nights) == ""


def test_an_old_one_is_told_and_one_made_by_hand_counts(nights, tmp_path) -> None:
    assert remark(nights, timedelta(days=9)) == "", "nobody has begun"
    make(nights, tmp_path / "a-mano")
    assert remark(nights, timedelta(days=1, hours=23)) == ""
    assert "troppo vecchio" in remark(nights, timedelta(days=2, minutes=1))


def test_without_a_folder_production_is_told_once_and_a_demo_is_left_alone(nights, tmp_path, caplog) -> None:
    demo = nights.with_options(backup_dir=None)
    a_round(Settings(data_dir=demo.data_dir))
    assert remark(nights) == ""
    office = Settings(data_dir=demo.data_dir, mode="production", secret_key="x" * 40)
    for _night in range(3):
        a_round(office)
    assert "PATTO_BACKUP_DIR" in remark(nights) and "non è riuscito" not in remark(nights)
    [line] = [one for one in caplog.records if one.name == "patto.backup"]
    assert "PATTO_BACKUP_DIR" in line.getMessage() and line.exc_info is None, "said once, and in words"
    make(office, tmp_path / "a-mano")
    assert remark(nights) == ""
    a_round(nights.with_options(backup_dir=tmp_path / "salvataggi"))
    assert remark(nights) == "" and len(names(nights)) == 1


@pytest.mark.parametrize("folder", ["mancante/salvataggi", "un-file"])
def test_one_refused_in_words_leaves_no_trace_of_the_program_in_the_log(nights, tmp_path, folder, caplog) -> None:
    (tmp_path / "un-file").touch()
    a_round(nights.with_options(backup_dir=tmp_path / folder))
    [line] = [one for one in caplog.records if one.name == "patto.backup"]
    assert line.exc_info is None and str(backups.standing(nights.data_dir).reason) in line.getMessage()


def test_what_is_written_down_of_them_is_closed_to_others_whoever_runs_the_command(tmp_path) -> None:
    usual = os.umask(0o022)
    try:
        backups.succeeded(tmp_path, tmp_path / "uno.tar")
        backups.failed(tmp_path, "Il disco è pieno.")
    finally:
        os.umask(usual)
    [file] = tmp_path.iterdir()
    assert os.name != "posix" or file.stat().st_mode & 0o777 == 0o600
    assert backups.standing(tmp_path).reason == "Il disco è pieno."


def test_a_file_that_cannot_be_read_says_nothing(nights) -> None:
    (nights.data_dir / backups.FILE).write_text("[]")
    assert remark(nights, timedelta(days=9)) == ""
    database = Database(nights.url)
    with ScopedSession(database, system("prova")) as session:
        assert list(unsaved(session, TODAY)) == []
