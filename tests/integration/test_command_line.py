"""The command ``patto``: what it answers, what it refuses, and in which words."""

from __future__ import annotations

import json
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from admin.app import create_app
from admin.command import cli
from core.contracts import operations
from core.ground import db
from core.ground.access import Role
from core.ground.settings import from_environment


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data directory and an environment that chooses nothing."""
    for name in ("PATTO_MODE", "PATTO_DATABASE_URL", "PATTO_PLUGINS", "PATTO_SECRET_KEY", "PATTO_TODAY", "PATTO_LANG"):
        monkeypatch.delenv(name, raising=False)
    data = tmp_path / "dati"
    monkeypatch.setenv("PATTO_DATA_DIR", str(data))
    return data


def run(*words: str) -> int:
    """The exit code of one command; argparse leaves by itself."""
    try:
        return cli.main(words)
    except SystemExit as end:
        return int(end.code or 0)


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The sentence of a command that a rule refuses: nothing on standard output."""
    assert run(*words) == cli.REFUSED
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return said.err


def test_the_demo_prints_one_json_document_and_nothing_else(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("demo", "--no-serve", "--json") == cli.OK
    said = capsys.readouterr()
    answer = json.loads(said.out)
    assert len(answer["contracts"]) == 8
    assert set(answer["contracts"][0]) == {"municipality", "istat", "number", "document", "annexes"}
    assert answer["seconds"] > 0
    assert answer["warnings"]
    assert all((folder / made["document"]).is_file() for made in answer["contracts"])

    assert run("demo", "--no-serve", "--json") == cli.OK
    again = json.loads(capsys.readouterr().out)
    again["contracts"][-1]["document"] = answer["contracts"][-1]["document"]  # a draft: the story made its text anew
    assert again["contracts"] == answer["contracts"]

    assert run("user", "add", "amica@patto.example", "Amica Invitata", "--role", "management") == cli.OK
    assert run("demo", "--no-serve") == cli.OK, "who plays with the demo may invite somebody"
    assert run("user", "add", "vera@comune.it", "Persona Vera", "--role", "management") == cli.OK
    assert "lavorano persone vere" in refused(capsys, "demo", "--no-serve")
    capsys.readouterr()

    assert run("audit", "seal", "--json") == cli.OK
    head = json.loads(capsys.readouterr().out)
    assert run("audit", "verify", "--json") == cli.OK
    assert json.loads(capsys.readouterr().out)["head"] == {"number": head["number"], "hash": head["hash"]}

    assert run("db", "check", "--json") == cli.OK
    assert not any(json.loads(capsys.readouterr().out).values())

    assert run("documents", "generate", "8/2026", "--json") == cli.OK
    assert json.loads(capsys.readouterr().out)["documents"][0]["version"] == 2
    assert "9/2030" in refused(capsys, "documents", "generate", "9/2030")
    with monkeypatch.context() as patch:
        patch.setattr(operations, "TEMPLATE", folder / "service_contract.docx")
        told = refused(capsys, "documents", "generate", "8/2026")
        assert "Manca il modello «service_contract.docx»" in told and "templates_docs.build" in told


def test_what_lies_in_the_data_directory_is_its_owner_s_alone(folder: Path) -> None:
    assert run("db", "upgrade") == cli.OK
    assert run("user", "add", "prima@patto.example", "Prima Persona", "--role", "management") == cli.OK
    assert run("audit", "seal") == cli.OK
    modes = {oct(path.stat().st_mode & 0o777) for path in (folder, *folder.rglob("*")) if path.is_dir()}
    assert modes == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in folder.rglob("*") if path.is_file()} == {"0o600"}


def content(folder: Path) -> dict[str, bytes]:
    """Every file that lies there, but those with which SQLite reads."""
    return {str(path): path.read_bytes() for path in folder.rglob("*")
            if path.is_file() and not path.name.endswith(("-shm", "-wal"))}


@pytest.mark.parametrize("email", ["anna@comune.it", "prima@patto.example"])
def test_the_demo_is_not_laid_over_real_people(
    folder: Path, capsys: pytest.CaptureFixture[str], email: str
) -> None:
    assert run("db", "upgrade") == cli.OK
    assert run("user", "add", email, "Prima Persona", "--role", "management") == cli.OK
    capsys.readouterr()
    before = content(folder)
    assert "lavorano persone vere" in refused(capsys, "demo", "--no-serve")
    assert content(folder) == before


def test_the_demo_is_not_laid_over_a_production_installation(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATTO_MODE", "production")
    monkeypatch.setenv("PATTO_SECRET_KEY", "x" * 32)
    assert "installazione di produzione" in refused(capsys, "demo", "--no-serve")
    assert not folder.exists()


def test_who_has_lost_the_way_in_gets_a_new_link(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The only administrator, whose first link expired: nobody inside could hand over another."""
    for words in (("db", "upgrade"), ("user", "add", "anna@comune.it", "Anna Rossi", "--role", "administrator")):
        assert run(*words) == cli.OK
    first = capsys.readouterr().out.split()[-1]
    assert run("user", "link", "Anna@comune.it ") == cli.OK
    second = capsys.readouterr().out.split()[-1]
    asked = create_app(from_environment()).test_client()
    assert "<h1>Scegliere la password</h1>" in asked.get(second).text
    assert "<h1>Scegliere la password</h1>" not in asked.get(first, follow_redirects=True).text
    with closing(sqlite3.connect(folder / "patto.sqlite3")) as connection:
        [(actor, operation)] = connection.execute(
            "SELECT actor, operation FROM audit_entry WHERE act = 'user.link'").fetchall()
        assert actor and operation == "u"
        connection.execute("UPDATE user SET active = 0")
        connection.commit()
    assert "disattivato" in refused(capsys, "user", "link", "anna@comune.it")
    assert "Nessun utente" in refused(capsys, "user", "link", "altra@comune.it")


def test_an_altered_history_is_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    person = "user", "add", "prima@patto.example", "Prima Persona", "--role", "management"
    for words in (("db", "upgrade"), person, ("audit", "seal")):
        assert run(*words) == cli.OK
    with sqlite3.connect(folder / "patto.sqlite3") as connection:
        altered = connection.execute("UPDATE audit_entry SET after = after || ' ' WHERE id = 1")
        assert altered.rowcount == 1
    capsys.readouterr()
    assert "La voce 1 della storia" in refused(capsys, "audit", "verify")


@pytest.mark.parametrize("words", [(), ("balla",), ("demo", "--port", "abc"), ("user", "add", "x@y.example"),
                                   ("user", "link")])
def test_wrong_use_is_told_in_italian(folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    assert run(*words) == cli.WRONG_USE
    assert "Comando non compreso" in capsys.readouterr().err


def test_a_data_directory_that_cannot_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.write_text("un file al posto della cartella")
    assert "non si può scrivere" in refused(capsys, "demo", "--no-serve")


def test_a_locked_database(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("db", "upgrade") == cli.OK
    monkeypatch.setattr(db, "BUSY_SECONDS", 0.1)
    other = sqlite3.connect(folder / "patto.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert "occupato" in refused(capsys, "demo", "--no-serve")
    finally:
        other.close()


def test_a_database_that_is_no_database(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder.mkdir()
    (folder / "patto.sqlite3").write_text("questo non è un database, è una lettera lunga" * 50)
    assert "database" in refused(capsys, "demo", "--no-serve")


def test_a_port_in_use(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("db", "upgrade") == cli.OK
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "--port" in refused(capsys, "serve", "--port", str(port))


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("PATTO_PLUGINS", "access_desk,inesistente", "inesistente"),
        ("PATTO_MODE", "prova", "PATTO_MODE"),
        ("PATTO_MODE", "production", "PATTO_SECRET_KEY"),
        ("PATTO_TODAY", "domani", "PATTO_TODAY"),
        ("PATTO_DATABASE_URL", "oracle://x", "PATTO_DATABASE_URL"),
    ],
)
def test_settings_that_cannot_be_used(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str, word: str
) -> None:
    monkeypatch.setenv(name, value)
    assert word in refused(capsys, "db", "upgrade")


def test_commands_before_the_database_is_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "patto db upgrade" in refused(capsys, "documents", "generate")


@pytest.mark.parametrize("words", [
    ("db", "upgrade"), ("db", "check"), ("db", "remove", "home_care_vouchers"), ("serve",), ("worker", "--once"),
    ("demo", "--no-serve"), ("audit", "verify"), ("user", "add", "x@y.example", "Una Persona", "--role", "auditor"),
])
def test_a_database_of_a_newer_version_is_said_in_words_and_left_alone(
    folder: Path, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    folder.mkdir()
    with sqlite3.connect(folder / "patto.sqlite3") as connection:
        connection.executescript("CREATE TABLE version_core (version_num VARCHAR(32) NOT NULL); "
                                 "INSERT INTO version_core VALUES ('0999'); CREATE TABLE tomorrow (id INTEGER)")
    assert "più recente" in refused(capsys, *words)
    with sqlite3.connect(folder / "patto.sqlite3") as connection:
        tables = {name for name, in connection.execute("SELECT name FROM sqlite_master")}
    assert tables == {"version_core", "tomorrow"}


def test_removing_a_plugin_is_explicit(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("db", "upgrade") == cli.OK
    assert run("db", "remove", "home_care_vouchers") == cli.OK
    assert "nulla da rimuovere" in refused(capsys, "db", "remove", "access_desk")
    assert run("db", "upgrade") == cli.OK
    assert run("db", "check") == cli.OK


def test_plugins_are_listed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("plugins", "list", "--json") == cli.OK
    listed = {p["code"]: p["state"] for p in json.loads(capsys.readouterr().out)["plugins"]}
    assert {"access_desk", "neutral_space", "home_care_vouchers"} <= listed.keys()
    assert set(listed.values()) == {"caricato"}
    assert run("plugins", "check") == cli.OK


def test_the_roles_that_a_person_may_be_given_are_all_but_the_program_s() -> None:
    assert set(cli.ROLES) == {role.value for role in Role if role is not Role.SYSTEM}


@pytest.mark.parametrize("words", [["--help"], ["calc", "deadline", "--from", "2026-04-10", "--days", "30"]])
def test_help_and_sums_do_not_wait_for_the_house(words: list[str]) -> None:
    asked = f"import sys; from admin.command import cli\ntry: cli.main({words})\nexcept SystemExit: pass\n" \
            "print(sorted({name.split('.')[0] for name in sys.modules} & {'sqlalchemy', 'flask', 'pluggy'}))"
    ran = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.splitlines()[-1] == "[]"


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk on which a database of some pages finds room, and no more: SQLite itself says that it is full."""
    prepare = db._prepare_sqlite

    def little_room(connection: sqlite3.Connection, record: object) -> None:
        prepare(connection, record)
        connection.execute("PRAGMA max_page_count=40")

    monkeypatch.setattr(db, "_prepare_sqlite", little_room)


@pytest.mark.parametrize("words", [("start", "azienda.toml"), ("db", "upgrade"), ("demo", "--no-serve")])
def test_a_full_disk_leaves_no_database_half_made(
    folder: Path, small_disk: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(folder.parent)
    run("start", "--example")
    Path("azienda.toml").write_text(capsys.readouterr().out, encoding="utf-8")
    said = refused(capsys, *words)
    assert "Sul disco non c'è più spazio e non è stato registrato nulla" in said
    assert [path.name for path in folder.iterdir() if "sqlite" in path.name or path.suffix == ".db"] == []


@pytest.mark.parametrize("words", [
    ("export", "start"), ("db", "check"), ("db", "remove", "home_care_vouchers"), ("worker", "--once"),
    ("user", "add", "a@b.example", "Anna Rossi", "--role", "management"), ("audit", "verify"), ("audit", "seal"),
    ("backup", "salvataggio.patto"), ("documents", "generate", "1/2026"),
])
def test_a_command_that_looks_for_a_database_does_not_make_one(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    folder.mkdir()
    monkeypatch.chdir(folder.parent)
    assert run(*words) == cli.REFUSED
    said = capsys.readouterr()
    assert "Traceback" not in said.err and not said.out.strip()
    assert [path.name for path in folder.rglob("*") if path.is_file() and path.stat().st_size == 0] == []
    assert not any("sqlite" in path.name or path.suffix == ".db" for path in folder.iterdir())
