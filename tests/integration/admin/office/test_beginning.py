"""An azienda from one file in the browser: checked, then begun; the running one taken away again."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import lxml.html
import openpyxl
import pytest
from sqlalchemy import select

from admin.app import create_app
from core.ground.access import Role, ScopedSession, system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.imports.start import example
from core.parties.model import Azienda
from core.plugins.loading import Registry
from tests.district import cheap_passwords
from tests.integration.admin.browser import Person
from tests.integration.admin.house import invite
from tests.integration.imports.test_start import line_of

__all__ = ["cheap_passwords"]
PAGE = "/admin/importa/start/"


@pytest.fixture
def manager(database, tmp_path: Path, cheap_passwords) -> Person:
    """The management of an empty installation."""
    settings = Settings(data_dir=tmp_path, database_url=database.url, today=date(2026, 3, 2))
    with unit_of_work(database, system("prova"), act="persone") as session:
        invite(session, "direzione", Role.MANAGEMENT)
        invite(session, "contabilita", Role.ACCOUNTING)
    person = Person(create_app(settings, database=database, registry=Registry()).test_client())
    assert person.enter("direzione").status_code == 302
    return person


def test_the_example_comes_down_goes_up_and_comes_down_as_ones_own(manager, database) -> None:
    start = manager.get("/admin/per-cominciare/").text
    assert "Scarica un esempio" in start and "Manda il file" in start
    sent = manager.get("/admin/per-cominciare/esempio.toml").data
    assert sent.decode() == example.text()
    checked = manager.post(PAGE, {"file": (io.BytesIO(sent), "azienda.toml")})
    assert "vanno bene" in checked.text
    with ScopedSession(database, system("prova")) as session:
        assert session.scalars(select(Azienda)).first() is None, "a check writes nothing"
    [form] = [f for f in lxml.html.fromstring(checked.text).forms if f.action.endswith("/conferma")]
    assert "Sono state registrate 43 righe" in manager.client.post(form.action, data=dict(form.form_values())).text
    after = manager.get("/admin/per-cominciare/").text
    assert "Scarica il file di testo" in after and "Manda il file" not in after
    text = manager.get("/admin/per-cominciare/azienda.toml").data.decode()
    assert text.startswith("[azienda]\nname = \"Azienda Sociale della Valle\"")
    book = openpyxl.load_workbook(io.BytesIO(manager.get("/admin/per-cominciare/azienda.xlsx").data))
    assert book["Comuni"]["A2"].value == "Valbruna" and book["Azienda"]["N2"].value == "Ambito della Valle"
    assert manager.get("/admin/per-cominciare/azienda.pdf").status_code == 404


def test_a_fault_is_told_with_its_line(manager) -> None:
    wrong = example.text().replace("residents = 6120", "residents = \"tanti\"")
    said = manager.post(PAGE, {"file": (io.BytesIO(wrong.encode()), "azienda.toml")}).text
    at = line_of(wrong, "residents = \"tanti")
    assert f"Residenti, riga {at}" in said
    assert "«tanti» non è un numero intero" in said
    assert "Riga 1: «x» non è previsto" in manager.post(PAGE, {"file": (io.BytesIO(b"[x]"), "azienda.toml")}).text


def test_where_there_is_no_azienda_there_is_no_file(manager) -> None:
    answer = manager.client.get("/admin/per-cominciare/azienda.toml", follow_redirects=True)
    assert "non c&#39;è nulla da esportare" in answer.text or "non c'è nulla da esportare" in answer.text
