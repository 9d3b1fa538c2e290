"""An azienda from one file in the browser: checked, then begun; the running one taken away again."""

from __future__ import annotations

import io
import re
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
    assert "Sono state registrate 54 righe" in manager.client.post(form.action, data=dict(form.form_values())).text
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


def begun(manager: Person, text: str) -> None:
    """An azienda from this file, through the page."""
    checked = manager.post(PAGE, {"file": (io.BytesIO(text.encode()), "azienda.toml")})
    [form] = [f for f in lxml.html.fromstring(checked.text).forms if f.action.endswith("/conferma")]
    assert "Sono state registrate" in manager.client.post(form.action, data=dict(form.form_values())).text


def test_terms_and_charter_of_the_year_to_come_are_there_for_its_contracts(manager) -> None:
    ahead = example.text()
    for table in ("terms", "charters"):
        before, found, rest = ahead.partition(f"\n[[{table}]]\n")
        assert found
        ahead = before + found + re.sub(r"valid_from = [-\d]+", "valid_from = 2027-01-01", rest, count=1)
    begun(manager, ahead)
    said = manager.get("/admin/per-cominciare/").text
    assert "Le condizioni decorrono dal 01/01/2027: un contratto può decorrere da quel giorno in poi." in said
    assert "La Carta dei servizi vale dal 01/01/2027" in said
    assert "Nessuna versione delle condizioni" not in said and "Nessuna Carta dei servizi" not in said


def test_the_conditions_begin_with_the_court_of_the_azienda_not_with_that_of_2015(manager) -> None:
    begun(manager, example.text())
    page = lxml.html.fromstring(manager.get("/admin/condizioni/new/?partenza=2015").text)
    assert page.get_element_by_id("court").value == "Brescia"
    assert page.get_element_by_id("legal_source").value.strip() == "Contratto di servizio 2015, artt. 11-29"


def test_days_that_have_not_come_and_a_district_without_its_noun_are_said(manager) -> None:
    begun(manager, example.text().replace("founding_date = 2018-03-01", "founding_date = 2027-03-01")
          .replace("recognition_date = 2018-04-10\n", "").replace("Ambito della Valle", "Val d'Ònera")
          .replace("on = 2025-12-31", "on = 2031-12-31"))
    page = lxml.html.fromstring(manager.get("/admin/per-cominciare/").text)
    said = " ".join(page.text_content().split())
    assert "La costituzione dell'azienda è del 01/03/2027, che non è ancora arrivato" in said
    assert "Il contratto scriverà «ente capofila del Val d'Ònera»" in said
    assert "I residenti di Valbruna sono quelli del 31/12/2031, che non è ancora arrivato" in said
    [field] = {a.get("href") for a in page.iter("a") if "#campo-district" in (a.get("href") or "")}
    form = lxml.html.fromstring(manager.get(field.partition("#")[0]).text)
    assert form.get_element_by_id("campo-district") is not None, "the link leads to the field"


def test_an_area_without_a_sector_leads_to_its_form_and_back_to_the_steps(manager) -> None:
    manager.open("/admin/aree/new/")
    manager.send(code="1", title="Servizi alla persona", kind="services")
    page = lxml.html.fromstring(manager.get("/admin/per-cominciare/").text)
    [link] = [a.get("href") for a in page.iter("a") if a.text_content() == "Apri un settore"]
    assert link.startswith("/admin/settori/new/?area_id=1")
    manager.open(link)
    manager.send(title="Prima infanzia")
    assert "Sette passi portano" in manager.text()
