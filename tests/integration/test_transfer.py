"""``patto import`` and ``patto export``: what they answer, what they refuse, and in which words."""

from __future__ import annotations

import json
from pathlib import Path

import openpyxl
import pytest

from admin.command import cli
from admin.office.exports import EXPORTS
from core.ground.settings import Settings, ensure_data_dir
from core.imports.subjects import IMPORTS
from tests.integration.imports.conftest import CONTRACT, INSTALMENT, PAID, SHARE, filled
from tests.integration.imports.test_ipa import LISSONE, index
from tests.integration.test_command_line import folder, refused, run

__all__ = ["folder"]


@pytest.fixture
def office(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A loaded district without contracts, on a day of its own."""
    from core.ground.access import system
    from core.ground.db import Database
    from core.ground.unit_of_work import unit_of_work
    from core.plugins.loading import load as plugins
    from demo.load import load
    from migrations import runner

    monkeypatch.setenv("PATTO_TODAY", "2026-03-02")
    settings = Settings(data_dir=folder)
    ensure_data_dir(settings)
    registry, database = plugins(settings), Database(settings.url, settings.data_dir)
    runner.upgrade(database, registry)
    with unit_of_work(database, system("prova"), act="carico") as session:
        load(session, registry)
    database.dispose()
    capsys.readouterr()
    return folder


def written(path: Path, what: str, *rows: dict[str, object]) -> str:
    path.write_bytes(filled(what, *rows))
    return str(path)


def test_the_command_knows_the_imports_and_exports_that_there_are() -> None:
    assert set(cli.IMPORTED) == set(IMPORTS)
    assert set(cli.EXPORTED) == set(EXPORTS)


def test_a_filled_workbook_is_checked_then_imported_and_what_came_in_goes_out(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = tmp_path / "firmati"
    files.mkdir()
    (files / "firmato.pdf").write_bytes(b"%PDF-1.7")
    contracts = written(tmp_path / "c.xlsx", "contracts", CONTRACT | {"files": "firmato.pdf"})
    assert run("import", "contracts", contracts, "--files", str(files), "--dry-run", "--json") == cli.OK
    assert json.loads(capsys.readouterr().out) == {"applied": False, "rows": 1, "wrong": []}
    assert run("import", "contracts", contracts, "--files", str(files)) == cli.OK
    assert "Registrate 1 righe" in capsys.readouterr().out
    for what, row in (("shares", SHARE), ("instalments", INSTALMENT | PAID)):
        assert run("import", what, written(tmp_path / f"{what}.xlsx", what, row)) == cli.OK
    capsys.readouterr()

    out = tmp_path / "rate.xlsx"
    assert run("export", "instalments", "--output", str(out), "--json") == cli.OK
    assert json.loads(capsys.readouterr().out) == {"rows": 1, "file": str(out)}
    assert openpyxl.load_workbook(out)["Rate"]["D2"].value == "Dresano"
    assert run("export", "payments", "--format", "csv", "--output", str(tmp_path / "p.csv")) == cli.OK
    assert "20000,00" in (tmp_path / "p.csv").read_text(encoding="utf-8-sig")


def test_a_wrong_row_is_told_with_its_place_and_nothing_goes_in(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shares = written(tmp_path / "s.xlsx", "shares", SHARE | {"amount": "1,234"})
    assert run("import", "shares", shares) == cli.REFUSED
    said = capsys.readouterr().err
    assert "Quote, riga 2, «Importo»" in said
    assert "non è stato registrato nulla" in said


def test_files_that_cannot_be_read_or_written_are_refused_in_words(
    office: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "no.xlsx").write_bytes(b"ciao")
    for words in (("import", "shares"), ("import", "shares", str(tmp_path / "manca.xlsx")),
                  ("import", "shares", str(tmp_path / "no.xlsx")),
                  ("import", "contracts", str(tmp_path / "no.xlsx"), "--files", str(tmp_path / "manca")),
                  ("export", "shares", "--output", str(tmp_path / "manca" / "x.csv"), "--format", "csv")):
        assert run(*words) == cli.REFUSED
        said = capsys.readouterr()
        assert said.err
        assert "Traceback" not in said.err
    assert run("import", "niente", "x.xlsx") == cli.WRONG_USE
    assert run("export", "shares", "--output", "x.pdf", "--format", "pdf") == cli.WRONG_USE


def test_the_empty_workbook_is_written_where_it_is_wanted(office: Path, tmp_path: Path) -> None:
    assert run("import", "opening", "--template", str(tmp_path / "modello.xlsx")) == cli.OK
    assert "Saldi iniziali" in openpyxl.load_workbook(tmp_path / "modello.xlsx").sheetnames


def test_the_index_registers_a_comune_by_its_code_and_refuses_one_that_is_not_there(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = office / "enti.csv"
    file.write_bytes(index(LISSONE))
    assert run("import", "ipa", str(file), "--new", "c_e617", "--json") == cli.OK
    told = json.loads(capsys.readouterr().out)
    assert told["added"] == 1 and "Carpiano non è nel file." in told["remarks"]
    assert "«c_x000» non si può prendere così" in refused(capsys, "import", "ipa", str(file), "--new", "c_x000")
