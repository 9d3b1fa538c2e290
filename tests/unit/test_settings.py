"""Settings: none required, each wrong one refused in words."""

import os
from datetime import date
from pathlib import Path

import pytest

from core.ground import settings
from core.ground.errors import RuleBroken
from core.ground.settings import Settings, from_environment

SECRET = "x" * 32


def test_nothing_has_to_be_set():
    chosen = from_environment({})
    assert chosen.mode == "demo"
    assert chosen.url == f"sqlite:///{chosen.data_dir / 'patto.sqlite3'}"
    assert chosen.plugins is None, "all of this checkout"


def test_an_option_on_the_command_line_wins_over_the_environment():
    chosen = from_environment({"PATTO_DATA_DIR": "/srv/patto"}).with_options(data_dir=Path("/tmp/other"), lang=None)
    assert chosen.data_dir == Path("/tmp/other")
    assert chosen.lang == "it"


def test_postgresql_is_addressed_as_people_write_it():
    assert from_environment({"PATTO_DATABASE_URL": "postgres://db/patto"}).url == "postgresql+psycopg://db/patto"


def test_plugins_are_a_list_of_names_and_may_be_none_at_all():
    assert from_environment({"PATTO_PLUGINS": "access_desk, neutral_space,"}).plugins == (
        "access_desk",
        "neutral_space",
    )
    assert from_environment({"PATTO_PLUGINS": ""}).plugins == ()


@pytest.mark.parametrize(("mode", "access", "enter"), [
    ("demo", "", True), ("demo", "off", False), ("production", "", False), ("production", "on", True),
])
def test_providers_enter_the_demo_and_where_an_installation_lets_them(mode, access, enter):
    chosen = from_environment({"PATTO_MODE": mode, "PATTO_SECRET_KEY": SECRET, "PATTO_PROVIDER_ACCESS": access})
    assert chosen.providers_enter is enter
    with pytest.raises(RuleBroken, match="PATTO_PROVIDER_ACCESS"):
        from_environment({"PATTO_PROVIDER_ACCESS": "forse"})


def test_another_day_can_be_played_in_demo_and_never_in_production():
    assert from_environment({"PATTO_TODAY": "2027-01-31"}).today == date(2027, 1, 31)
    with pytest.raises(RuleBroken, match="PATTO_TODAY non si può usare in produzione"):
        from_environment({"PATTO_MODE": "production", "PATTO_SECRET_KEY": SECRET, "PATTO_TODAY": "2027-01-31"})


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PATTO_MODE", "prova", "scegliere «demo» o «production»"),
        ("PATTO_MODE", "production", "serve PATTO_SECRET_KEY"),
        ("PATTO_LANG", "de", "scegliere «it» o «en»"),
        ("PATTO_TODAY", "domani", "scrivere un giorno come"),
        ("PATTO_TODAY", "2026-02-30", "scrivere un giorno come"),
        ("PATTO_PUBLIC_URL", "patto.example.org", "per intero"),
        ("PATTO_PUBLIC_URL", "https:/patto.example.org", "per intero"),
        ("PATTO_PUBLIC_URL", "ftp://patto.example.org", "per intero"),
        ("PATTO_PUBLIC_URL", "https://patto.example.org ", "contiene uno spazio"),
        ("PATTO_PUBLIC_URL", "https://patto.example.org/patto", "cominciano dalla radice"),
        ("PATTO_PUBLIC_URL", "https://patto.example.org?x=1", "cominciano dalla radice"),
        ("PATTO_PUBLIC_URL", "https://anna@patto.example.org", "cominciano dalla radice"),
        ("PATTO_PUBLIC_URL", "https://patto.example.org:porta", "non è una porta"),
        ("PATTO_PUBLIC_URL", "https://città.example.org", "non è il nome di un server"),
        ("PATTO_TRUSTED_HOSTS", "patto, altro:8000", "non è il nome di un server"),
        ("PATTO_TRUSTED_PROXIES", "tutti", "quanti proxy"),
        ("PATTO_TRUSTED_PROXIES", "-1", "quanti proxy"),
        ("PATTO_ACCESS_LOG", "forse", "scegliere «on» o «off»"),
        ("PATTO_METRICS_TOKEN", "corta", "almeno 32"),
    ],
)
def test_a_value_that_cannot_be_used_is_refused_in_words(variable, value, sentence):
    with pytest.raises(RuleBroken, match=sentence):
        from_environment({variable: value})


@pytest.mark.parametrize(("written", "read"), [
    ("https://patto.example.org", "https://patto.example.org"), ("https://Patto.Example.org/", "https://patto.example.org"),
    ("https://patto.example.org:8443", "https://patto.example.org:8443"), ("", ""),
])
def test_the_public_address_is_the_name_of_a_server(written, read):
    chosen = from_environment({"PATTO_PUBLIC_URL": written})
    assert chosen.public_url == read
    assert chosen.hosts == (("patto.example.org", "localhost", "127.0.0.1") if read else ())


def test_in_production_passwords_travel_encrypted_and_the_secret_is_long():
    production = {"PATTO_MODE": "production", "PATTO_SECRET_KEY": SECRET}
    with pytest.raises(RuleBroken, match="comincia con https://"):
        from_environment({**production, "PATTO_PUBLIC_URL": "http://patto.example.org"})
    assert from_environment({**production, "PATTO_PUBLIC_URL": "http://localhost:8000"}).production
    with pytest.raises(RuleBroken, match=r"31 caratteri e ne servono almeno 32.*python3 -c 'import secrets"):
        from_environment({**production, "PATTO_SECRET_KEY": SECRET[:31]})


def test_the_demo_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    chosen = Settings(data_dir=tmp_path / "data")
    first = settings.secret_key(chosen)
    assert len(first) > 40
    assert settings.secret_key(chosen) == first
    assert (tmp_path / "data" / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_may_read_is_no_secret(tmp_path):
    chosen = Settings(data_dir=tmp_path)
    settings.secret_key(chosen)
    (tmp_path / "secret_key").chmod(0o640)
    with pytest.raises(RuleBroken, match=r"si può leggere da altri utenti.*chmod 600"):
        settings.secret_key(chosen)


def test_the_data_folder_is_closed_to_others_unless_it_is_somebody_else_s(tmp_path):
    for name, held, mode in (("nuova", None, 0o700), ("nostra", "patto.sqlite3", 0o700), ("altrui", "lettere", 0o755)):
        folder = tmp_path / name
        if held is not None:
            folder.mkdir()
            folder.chmod(0o755)
            (folder / held).touch()
        settings.ensure_data_dir(Settings(data_dir=folder))
        assert folder.stat().st_mode & 0o777 == mode


def test_a_data_folder_that_is_a_file_is_refused_in_words(tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(RuleBroken, match="non si può scrivere"):
        settings.ensure_data_dir(Settings(data_dir=tmp_path / "data"))


def test_the_real_environment_is_read_when_none_is_given(monkeypatch):
    monkeypatch.setattr(os, "environ", {"PATTO_LANG": "en"})
    assert from_environment().lang == "en"
