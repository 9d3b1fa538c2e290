"""The doctor: what is in order has a line, what may be lived with is a note, and a must is what must be seen to."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from admin.command import cli, doctor
from admin.command.backup.make import make
from admin.command.backup.restore import restore
from admin.command.doctor import Desk, Level, examined
from core.catalogue.model import Service
from core.ground import backups, clock
from core.ground.access import as_system, system
from core.ground.audit import AuditEntry
from core.ground.db import Database
from core.ground.files import CLEARING, WRITING
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry
from seed import sets
from tests.backups import at_revision

TWO_DAYS = 2 * 24 * 60 * 60


def lines(settings: Settings, *names: str, clear: bool = False) -> list[doctor.Line]:
    """What is said of everything, or of ``names`` alone."""
    desk = Desk(settings, clear=clear)
    looks = {**doctor.WITH_DATABASE, **doctor.WITHOUT_DATABASE, "settings": doctor._settings}
    found = [line for name in names for line in doctor._careful(name, looks[name], desk)]
    desk.database.dispose()
    return found if names else list(examined(desk))


def musts(settings: Settings, *names: str, **how: bool) -> dict[str, str]:
    return {line.name: line.text for line in lines(settings, *names, **how) if line.level is Level.MUST}


def said(settings: Settings, name: str, **how: bool) -> str:
    return " ".join(f"{line.level}: {line.text}" for line in lines(settings, name, **how))


def aged(path: Path) -> Path:
    """The file as if it had been written two days ago."""
    then = clock.now().timestamp() - TWO_DAYS
    os.utime(path, (then, then))
    return path


def test_whoever_is_well_is_told_so_about_everything(office) -> None:
    found = lines(office)
    assert [line.name for line in found if line.level is Level.MUST] == []
    assert {line.name for line in found} == {*doctor.NAMES}
    ok = {line.name for line in found if line.level is Level.OK}
    assert {"database", "tables", "documents", "orphans", "history", "clock", "plugins", "templates"} <= ok


def test_what_stands_of_the_starting_sets_is_told_and_what_is_to_verify_noted(small_office) -> None:
    assert said(small_office, "starting") == "ok: nessuno è stato usato."
    database = Database(small_office.url, small_office.data_dir)
    with unit_of_work(database, system("prova"), act="prova") as session:
        sets.lay(session, Registry(), {"services": ["access_desk", "legal_protection"], "requirements": ["famiglie"]},
                 today=date(2026, 3, 1))
        session.scalars(select(Service).where(Service.code == "access_desk")).one().title = "Porta sociale"
    database.dispose()
    told = said(small_office, "starting")
    assert "ok: servizi: 2 di 24. Fonte: Bozza di contratto" in told
    assert "Cambiate da allora: 1 (Segretariato sociale)." in told
    assert "note: requisiti: 1 di 11." in told and "Da verificare" in told


def test_what_was_just_restored_has_notes_and_no_must(small_office, place, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, **where: None if "office" in name else f"/usr/bin/{name}")
    new = place("sqlite")
    restore(new, make(small_office, tmp_path / "uno").file)
    notes = {line.name for line in lines(new) if line.level is Level.NOTE}
    assert notes == {"mail", "libreoffice", "backups", "anchor"}
    assert not musts(new)


def test_the_command_says_it_in_lines_or_as_json(ground, migrated, registry, capsys) -> None:
    _database, folder = ground.copy("command", *migrated("sqlite", registry))
    assert cli.main(["doctor", "--data-dir", str(folder)]) == cli.OK
    assert "nota     Salvataggi:" in capsys.readouterr().out
    (folder / "patto.sqlite3").write_bytes(b"una lettera " * 1000)
    assert cli.main(["doctor", "--json", "--data-dir", str(folder)]) == cli.REFUSED
    checks = json.loads(capsys.readouterr().out)["checks"]
    assert {"name": "database", "level": "must"}.items() <= checks[1].items()


# --- files ------------------------------------------------------------------------------------------------


def test_a_document_that_is_missing_and_one_that_changed_are_named(small_office) -> None:
    gone, other = sorted((small_office.data_dir / "documents").rglob("*.docx"))[:2]
    gone.unlink()
    other.write_bytes(b"altro")
    found = [line.text for line in lines(small_office, "documents")]
    assert gone.name in found[0] and "mancano 1" in found[0]
    assert other.name in found[1] and "sono cambiati 1" in found[1]
    assert "documents" in musts(small_office, "documents")


def test_files_that_no_row_names_are_cleared_after_a_day_and_nothing_else_is(small_office) -> None:
    folder = small_office.data_dir / "documents/prova"
    before = {path.name for path in folder.iterdir()}
    young, half = folder / "nuovo-0123456789ab.docx", folder / f"{WRITING}xyz"
    old, data = folder / "vecchio-0123456789ab.docx", folder / "vecchio-0123456789ab.docx.json"
    foreign = folder / "appunti.txt"
    for path in (young, half, old, data, foreign):
        path.write_bytes(b"x")
    for path in (half, old, data, foreign):
        aged(path)
    for path in (folder / name for name in before):
        aged(path)
    assert "note: 3 file" in said(small_office, "orphans") and old.exists()
    assert "eliminati 3" in said(small_office, "orphans", clear=True)
    assert {path.name for path in folder.iterdir()} == before | {young.name, foreign.name}
    assert not musts(small_office, "documents", "orphans")


def test_a_clearing_that_was_killed_loses_no_document(small_office) -> None:
    [document, *_rest] = sorted((small_office.data_dir / "documents").rglob("*.docx"))
    aged(document).rename(document.with_name(f"{CLEARING}{document.name}"))
    assert musts(small_office, "documents")
    lines(small_office, "orphans", clear=True)
    assert not musts(small_office, "documents")


# --- the database -----------------------------------------------------------------------------------------


def test_a_database_that_is_not_there_is_not_made(tmp_path) -> None:
    assert set(musts(Settings(data_dir=tmp_path / "dati"))) == {"settings", "database"}
    (tmp_path / "dati").mkdir()
    assert set(musts(Settings(data_dir=tmp_path / "dati"))) == {"database"}
    assert not list((tmp_path / "dati").iterdir())
    away = Settings(data_dir=tmp_path, database_url="postgresql+psycopg://patto@127.0.0.1:1/niente")
    assert set(musts(away)) == {"database"}


def test_an_older_database_and_a_newer_one_are_told_apart(place, tmp_path) -> None:
    settings = place("sqlite")
    at_revision(settings, "0005")
    assert "patto db upgrade" in musts(settings)["database"]
    with closing(sqlite3.connect(settings.data_dir / "patto.sqlite3")) as connection:
        connection.execute("UPDATE version_core SET version_num = '0999'")
        connection.commit()
    assert "aggiornare il programma" in musts(settings)["database"]


def test_a_trigger_that_is_missing_and_a_history_that_was_changed_are_musts(office) -> None:
    database = Database(office.url)
    with database.writing.begin() as connection:
        on_table = " ON service" if connection.dialect.name == "postgresql" else ""
        connection.execute(text(f"DROP TRIGGER audit_service_u{on_table}"))
        connection.execute(text("UPDATE audit_entry SET actor = 'Altri' WHERE id = 2"))
    database.dispose()
    found = musts(office, "tables", "history")
    assert "audit_service_u" in found["tables"] and "La voce 2 della storia" in found["history"]


def test_a_clock_behind_the_history_is_a_must(office) -> None:
    database = Database(office.url, office.data_dir)
    with unit_of_work(database, system("prova"), act="prova") as session:
        entry = insert(AuditEntry).values(at=clock.now() + timedelta(hours=3), actor="", act="", table_name="service",
                                          row_id="1", operation="u")
        as_system(session, entry, reason="prova")
    database.dispose()
    assert "è indietro" in musts(office, "clock")["clock"]


# --- what stands around -----------------------------------------------------------------------------------


@pytest.fixture
def sound(ground, migrated, registry, tmp_path) -> Settings:
    """An empty installation, whose backups go into a folder of their own."""
    database, folder = ground.copy("sound", *migrated("sqlite", registry))
    database.dispose()
    for path in folder.glob(".ultimo*"):
        path.unlink()
    (tmp_path / "salvataggi").mkdir()
    return Settings(data_dir=folder, backup_dir=tmp_path / "salvataggi")


def test_backups_that_fail_are_a_must_and_old_ones_a_note(sound, monkeypatch) -> None:
    assert "nessuno ancora" in said(sound, "backups")
    backups.succeeded(sound.data_dir, sound.backup_dir / "uno.tar")
    assert "ok: l'ultimo è del" in said(sound, "backups")
    backups.failed(sound.data_dir, "Il disco è pieno.")
    assert "Il disco è pieno" in musts(sound, "backups")["backups"]
    backups.succeeded(sound.data_dir, sound.backup_dir / "uno.tar")
    at = clock.now()
    monkeypatch.setattr(clock, "now", lambda: at + timedelta(days=3))
    assert "note: L'ultimo salvataggio riuscito" in said(sound, "backups")


def test_no_folder_for_the_nights_is_one_note(sound) -> None:
    alone = replace(sound, backup_dir=None)
    backups.without_a_home(sound.data_dir)
    assert said(alone, "backups").count("PATTO_BACKUP_DIR") == 1 and "backups" not in musts(alone, "backups")


def test_a_mail_server_that_does_not_answer_is_a_must(sound) -> None:
    away = sound.with_options(smtp_url="smtp://127.0.0.1:1/?from=ufficio@azienda.example")
    assert "non risponde" in musts(away, "mail")["mail"]
    assert "PATTO_SMTP_URL" in musts(sound.with_options(smtp_url="ftp://x"), "mail")["mail"]


def test_a_disk_that_fills_is_told_in_time(sound, monkeypatch) -> None:
    for free, level in ((5_000_000_000, Level.OK), (500_000_000, Level.NOTE), (50_000_000, Level.MUST)):
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder, free=free: shutil._ntuple_diskusage(0, 0, free))
        assert {line.level for line in lines(sound, "disk")} == {level}


def test_a_template_that_is_missing_or_damaged_is_named(sound, tmp_path, monkeypatch) -> None:
    shutil.copytree(doctor.TEMPLATES_DOCS, tmp_path / "modelli", ignore=shutil.ignore_patterns("*.txt", "__pycache__"))
    (tmp_path / "modelli/default_notice.docx").unlink()
    (tmp_path / "modelli/service_contract.docx").write_bytes(b"rovinato")
    monkeypatch.setattr(doctor, "TEMPLATES_DOCS", tmp_path / "modelli")
    assert "default_notice.docx, service_contract.docx" in musts(sound, "templates")["templates"]


def test_a_plugin_that_sleeps_is_a_note(sound) -> None:
    settings = Settings(data_dir=sound.data_dir, plugins=())
    assert "home_care_vouchers" in said(settings, "plugins")
    assert not musts(settings)
