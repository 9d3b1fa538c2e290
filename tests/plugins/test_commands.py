"""``patto plugins list|check|new|revision``: what a technician tries, and what is said when something is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select

from admin.command import cli
from core.catalogue import plugin_rules
from core.catalogue.plugin_rules import Grade
from core.ground.access import system
from core.ground.db import Database
from core.ground.paths import ROOT
from core.ground.unit_of_work import unit_of_work
from core.plugins import loading, tables
from plugins.home_care_vouchers.model import VoucherUsage
from tests import factories

CODE = """\
from pathlib import Path
from core.plugin_api import described, hookimpl
{}

@hookimpl
def patto_service():
    return described(Path(__file__).parent)
"""
HEAD = '[plugin]\ncode = "{}"\ntitle = "Pasti"\nsectors = ["minors"]\nversion = "1.0"\nsource = "Delibera 3"\n'


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> object:
    monkeypatch.setenv("PATTO_DATA_DIR", str(tmp_path / "data"))
    return lambda *words: cli.main([str(word) for word in words])


def plugin(tmp_path: Path, name: str, code: str = "", toml: str = "", **files: str) -> Path:
    """A plugin in a folder of its own."""
    folder = tmp_path / name / name
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(HEAD.format(name) + toml)
    if code:
        (folder / "__init__.py").write_text(CODE.format(code))
    for file, text in files.items():
        (folder / f"{file}.py").write_text(text)
    return folder


def test_the_list_is_one_document(run, capsys) -> None:
    assert run("plugins", "list", "--json") == cli.OK
    rows = {row["code"]: row for row in json.loads(capsys.readouterr().out)["plugins"]}
    assert set(rows) >= set(loading.in_tree())
    assert rows["access_desk"] == {"code": "access_desk", "title": rows["access_desk"]["title"], "version": "1.0",
                                   "service": "access_desk", "state": "caricato", "reason": ""}


def test_there_are_as_many_rules_as_were_asked_for_and_each_has_a_name_of_its_own() -> None:
    names = [name for _level, name, _check in plugin_rules.RULES]
    assert len(names) == len(set(names)) >= 24 and {level for level, _name, _check in plugin_rules.RULES} == set(Grade)


@pytest.mark.parametrize("name", loading.in_tree())
def test_every_plugin_of_this_checkout_keeps_the_base_rules(name: str) -> None:
    assert plugin_rules.check(name) == []


@pytest.mark.parametrize(("level", "place", "words", "code", "toml"), [
    (Grade.BASE, "__init__.py:3", "non è per i plugin", "from core.catalogue import sheets", ""),
    (Grade.BASE, "__init__.py:3", "soltanto in web.py", "from admin.plugin_api import Page", ""),
    (Grade.BASE, "__init__.py:3", "un altro plugin", "import plugins.neutral_space", ""),
    (Grade.BASE, "plugin.toml:9", "descrive una persona", "",
     '\n[[fields]]\nname = "tax_code"\nlabel = "Codice"\ntype = "text"\n'),
    (Grade.BASE, "__init__.py:3", "non è esatto", "RATE = 0.22", ""),
    (Grade.BASE, "__init__.py:4", "non chiude la transazione", "def save(session):\n    session.commit()", ""),
    (Grade.BASE, "plugin.toml:11", "orario", "", '\n[[fields]]\nname = "ore"\nlabel = "Ore"\ntype = "orario"\n'),
    (Grade.GOOD, "plugin.toml:9", "non ha un aiuto", "",
     '\n[[fields]]\nname = "meals"\nlabel = "Pasti"\ntype = "integer"\n'),
    (Grade.GOOD, "__init__.py:4", "non si legge dall'orologio",
     "def when():\n    return __import__('datetime').date.today()", ""),
    (Grade.GOOD, "__init__.py:3", "docstring", "def when():\n    pass", ""),
    (Grade.GOOD, "plugin.toml:9", "né chi lo verifica", "",
     '\n[[standards]]\ncode = "promise"\ntitle = "Tempi"\npromise = "Subito."\n'),
    (Grade.EXCELLENT, "plugin.toml:9", "non ha un minimo", "",
     '\n[[fields]]\nname = "meals"\nlabel = "Pasti"\ntype = "integer"\n'),
    (Grade.EXCELLENT, "plugin.toml:1", "tested_with", "", ""),
    (Grade.EXCELLENT, "__init__.py:3", "non dice i tipi", 'def when(day):\n    "."', ""),
])
def test_a_rule_that_is_not_kept_is_told_with_its_line(tmp_path: Path, request: pytest.FixtureRequest, level: Grade,
                                                       place: str, words: str, code: str, toml: str) -> None:
    name = f"prova_{request.node.callspec.indices['words']}"
    folder = plugin(tmp_path, name, code, toml)
    said = {(one.place, words in one.says) for one in plugin_rules.check(str(folder), level)}
    assert (place, True) in said, said


def test_a_path_that_holds_none_is_refused(run, capsys, tmp_path: Path) -> None:
    assert run("plugins", "check", tmp_path) == cli.REFUSED
    assert "manca plugin.toml" in capsys.readouterr().err


@pytest.mark.parametrize("answers", [
    "", "Pasti a domicilio\ndisability_elderly\nDelibera 12/2026\nPasti al giorno\nsì\n"])
def test_a_new_plugin_passes_its_own_tests_in_a_process_of_its_own(run, tmp_path: Path, answers: str,
                                                                   monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", StringIO(answers))
    words = [] if answers else ["--defaults"]
    assert run("plugins", "new", "home_meals", "--path", tmp_path, *words) == cli.OK
    project = tmp_path / "home_meals"
    assert (project / "home_meals" / "__init__.py").exists() is bool(answers)
    ran = subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(project)], cwd=project,
                         env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True,
                         check=False)
    assert ran.returncode == 0, ran.stdout


@pytest.mark.parametrize(("name", "words"), [("Pasti", "lettere minuscole"), ("access_desk", "C'è già"),
                                             ("service", "si confonderebbero")])
def test_a_code_that_cannot_be_is_refused(run, capsys, name: str, words: str) -> None:
    assert run("plugins", "new", name, "--defaults") == cli.REFUSED
    assert words in capsys.readouterr().err


def test_the_next_revision_is_written_from_the_model(run, capsys, tmp_path: Path) -> None:
    model = ("from sqlalchemy.orm import Mapped, mapped_column\nfrom core.plugin_api import Base, OwnedByMunicipality\n"
             "class Meal(Base, OwnedByMunicipality):\n    __tablename__ = 'kept_meals_month'\n"
             "    id: Mapped[int] = mapped_column(primary_key=True)\n    meals: Mapped[int]\n")
    folder = plugin(tmp_path, "kept_meals", "#", model=model)
    (folder / "__init__.py").write_text(CODE.format("").replace(
        "parent)", 'parent, models="model", migrations="migrations", requires_core="0002")'))
    (folder / "migrations").mkdir()
    assert run("plugins", "revision", folder, "meals of a month") == cli.OK, capsys.readouterr().err
    [written] = (folder / "migrations").glob("0001_*.py")
    tables.forget("kept_meals", "kept_meals")
    assert "kept_meals_month" in written.read_text()
    assert (folder / "migrations" / "newest").read_text().startswith("0001")


def test_an_installed_package_may_be_a_description_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = plugin(tmp_path, "installed_meals")
    installed = folder.parent / "installed_meals-1.0.dist-info"
    installed.mkdir()
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: installed-meals\nVersion: 1.0\n")
    (installed / "entry_points.txt").write_text("[patto.plugins]\ninstalled_meals = installed_meals\n")
    monkeypatch.syspath_prepend(str(folder.parent))
    assert loading.load_one("installed_meals").description.title == "Pasti"


def used_once(folder: Path) -> Database:
    """An installation with a month of vouchers in it."""
    database = Database(f"sqlite:///{folder / 'patto.sqlite3'}", folder)
    with unit_of_work(database, system("prova"), act="prova") as session:
        session.add(municipality := factories.municipality("Carpiano"))
        session.flush()
        session.add(VoucherUsage(municipality_id=municipality.id, year=2026, month=1, package="P1", vouchers=3,
                                 hours=Decimal(24)))
    return database


def test_tables_are_removed_after_they_were_counted_agreed_to_and_saved(
    run, capsys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert run("db", "upgrade") == cli.OK
    database, words = used_once(tmp_path / "data"), ("db", "remove", "home_care_vouchers")
    monkeypatch.setattr("sys.stdin", StringIO("sì\n"))
    assert run(*words) == cli.REFUSED
    said = capsys.readouterr()
    assert "home_care_vouchers_usage: 1 righe" in said.err and "Non è stato eliminato nulla" in said.out
    with database.reading.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(VoucherUsage.__table__)) == 1
    monkeypatch.setattr("sys.stdin", StringIO("home_care_vouchers\n"))
    assert run(*words) == cli.OK
    [saved] = (tmp_path / "data").glob("prima-di-togliere-home_care_vouchers-*.tar")
    assert saved.stat().st_size > 0 and str(saved) in capsys.readouterr().out
    with database.reading.connect() as connection:
        assert VoucherUsage.__tablename__ not in inspect(connection).get_table_names()
    database.dispose()
