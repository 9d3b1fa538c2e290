"""A newcomer in an empty installation: the program served in production, after `patto db upgrade` and `patto user add`,
and what one does on the screen to set an azienda up. It has one service, was set up by a decree, has no Zone Plan.
"""

from __future__ import annotations

import os
import re
import socket
import string
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.error import URLError

import openpyxl
import pytest
from stdnum import luhn

from core.documents.wordfile import read_text
from core.parties.rules import CIN_ODD
from tests.e2e.conftest import picture
from tests.e2e.effort import Effort

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
Page, expect = sync_api.Page, sync_api.expect

PERSON = {"Nome": "Mario", "Cognome": "Rossi", "Sesso": "Maschio", "Luogo di nascita": "Milano",
          "Provincia di nascita": "MI", "Data di nascita": "01/01/1980", "Codice fiscale": "RSSMRA80A01F205X"}
PASSWORD = "una frase lunga da ricordare"
TAX_CODE = "01234560140"
PDF = b"%PDF-1.7 firmato a mano e letto con uno scanner"
STARTING_SECONDS = 120  # on a busy machine
ENVIRONMENT = {"PATTO_MODE": "production", "PATTO_SECRET_KEY": "una chiave di prova lunga almeno trentadue caratteri"}


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The address of an empty installation, and the path of the link with which its first person comes in."""
    port = free_port()
    environment = {**os.environ, **ENVIRONMENT, "PATTO_DATA_DIR": str(tmp_path_factory.mktemp("production"))}

    def patto(*words: str) -> str:
        done = subprocess.run([sys.executable, "-m", "admin.command.cli", *words], env=environment, check=True,
                              capture_output=True, text=True)
        return done.stdout

    patto("db", "upgrade")
    invited = patto("user", "add", "carla.monti@asva.example", "Carla Monti", "--role", "management", "--role",
                    "administrator")
    server = subprocess.Popen([sys.executable, "-m", "admin.command.cli", "serve", "--port", str(port)],
                              env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://localhost:{port}"
    try:
        patience = time.monotonic() + STARTING_SECONDS
        while not answers(f"{address}/salute"):
            assert server.poll() is None and time.monotonic() < patience, "the program does not start"
            time.sleep(0.2)
        yield address, re.search(r"/accesso/\S+", invited)[0]
    finally:
        server.terminate()
        server.wait(30)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def answers(url: str) -> bool:
    """True once the program answers."""
    try:
        with urllib.request.urlopen(url) as answer:
            return bool(answer.status == 200)
    except URLError:
        return False


@pytest.fixture(scope="module")
def address(production: tuple[str, str]) -> str:
    """The address alone, for the window."""
    return production[0]


def write(page: Page, **values: str) -> None:
    """Fill the fields of a form by their names, and send it; it must be accepted."""
    for name, value in values.items():
        field = page.locator(f"main [name={name}]").first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.check()
        else:
            field.fill(value)
    send(page)


def send(page: Page) -> None:
    """Press the button of the form on the screen."""
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    assert page.locator(".note-error li").all_inner_texts() == []


def step(page: Page, title: str) -> sync_api.Locator:
    """A step of the first page."""
    page.goto("/admin/")
    return page.locator("li.clause", has=page.get_by_role("heading", name=title))


def come_in(page: Page, link: str) -> None:
    """The first person chooses a password with the link that the command printed."""
    page.goto(link)
    for name in ("password", "password_confirm"):
        page.fill(f"[name={name}]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/accesso/entra*")
    page.fill("[name=email]", "carla.monti@asva.example")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/**")


def register_the_azienda(page: Page) -> None:
    """Step 1."""
    step(page, "1. L'azienda").get_by_role("link", name="Dati dell'azienda").first.click()
    write(page, name="Azienda Servizi Valle Alta", short_name="A.S.V.A.", tax_code=TAX_CODE,
          address="Via Roma 1", postal_code="23100", city="Sondrio", province="SO", pec="asva@pec.example",
          district="Ambito Valle Alta", court="Sondrio", founded_by="decree", founding_date="2012-03-01",
          founding_act="decreto del Presidente della Regione n. 77",
          letterhead="A.S.V.A. - Azienda Servizi Valle Alta", purpose="gestire il telesoccorso")
    expect(step(page, "1. L'azienda")).to_contain_text("Fatto")


def open_the_service(page: Page) -> None:
    """Steps 4 and 5."""
    page.goto("/admin/aree/")
    page.get_by_role("link", name="Nuova area").click()
    write(page, code="A", title="Domiciliarità", kind="services", responsible="Direttrice")
    page.get_by_role("link", name="Apri un settore").click()
    write(page, title="Anziani", tasks="sostenere chi vive solo")
    page.goto("/admin/servizi/new/")
    page.get_by_label("A. Domiciliarità – Anziani").check()
    page.get_by_label("Copre tutti i Comuni soci").check()
    write(page, title="Telesoccorso", management_form="contract", recipients="Anziani soli", cost_to_user="Gratuito")
    expect(page.get_by_role("heading", name="Telesoccorso")).to_be_visible()
    page.get_by_role("link", name="Scrivi la scheda").first.click()
    write(page, title="Telesoccorso", edition="2026")
    picture(page, "sheet-form")
    write(page, mission="Risponde giorno e notte a chi è solo.", activities="Centrale operativa",
          cost_to_user="Gratuito", recipients="Anziani soli")
    page.get_by_role("link", name="Registra l'approvazione").click()
    write(page, number="8", on="2026-10-05")
    expect(page.locator("main .badge-state").first).to_have_text("Approvata")


def write_the_terms(page: Page, **more: str) -> None:
    """Step 6: the terms of 2015 with what their source leaves open, without papers of other bodies; a charter."""
    step(page, "6. Condizioni").get_by_role("link", name="Scrivi le condizioni").click()
    write(page, **{"title": "Condizioni A.S.V.A.", "valid_from": "2026-01-01", "plan-1-base": "annual_share",
                   "court": "Sondrio", "azienda_papers": "Statuto",
                   "municipality_papers": "Deliberazione del Consiglio", **more})
    step(page, "6. Condizioni").get_by_role("link", name="Registra la Carta dei servizi").click()
    write(page, title="Carta dei servizi", owner="azienda", valid_from="2020-01-01")


def sign_the_contract(page: Page, tmp_path: Path, names: Sequence[str], last: str = "2027-12-31") -> str:
    """A contract with these municipalities, from the draft to the signature; the words of its file."""
    page.goto("/admin/contratti/bozza/")
    for name in names:
        page.get_by_label(name, exact=True).check()
    page.get_by_label("Decorrenza").fill("2027-01-01")
    page.get_by_label("Scadenza").fill(last)
    page.get_by_role("button", name="Prepara la bozza").click()
    page.get_by_role("button", name="Salva e continua").click()
    page.get_by_role("button", name="Salva e continua").click()
    page.get_by_role("link", name="Continua all'anteprima").click()
    page.get_by_role("button", name="Genera il documento Word").click()
    act(page, "Avvia l'approvazione")
    for number, _name in enumerate(names, start=12):
        act(page, "Registra un'approvazione", body_kind="council", number=str(number), date="2026-11-20")
    open_contract(page)
    page.get_by_role("link", name="Prepara il testo da firmare").click()
    page.get_by_label("Si firma a mano").check()
    page.get_by_role("button", name="Mostra il testo così").click()
    picture(page, "contract-to-sign")
    page.locator("[name=accepted]").check()
    send(page)
    open_contract(page)
    page.get_by_role("link", name="Registra la firma").first.click()
    page.set_input_files("[name=file]", {"name": "contratto.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_label("È stato firmato a mano").check()
    write(page, signed_on="2026-11-25", signed_at="10:30")
    expect(page.locator("main .badge-state").first).to_have_text("Firmato")
    with page.expect_download() as arriving:
        page.get_by_role("row", name="n. 2").get_by_role("link", name="Scarica").click()
    file = tmp_path / "contratto.docx"
    arriving.value.save_as(file)
    return "\n".join(read_text(file.read_bytes()))


def open_contract(page: Page) -> None:
    """The page of the contract."""
    page.goto("/admin/contratti/")
    page.get_by_role("link", name="1/2027").click()


def act(page: Page, verb: str, **values: str) -> None:
    """A passage of the contract."""
    open_contract(page)
    page.get_by_role("link", name=verb).first.click()
    write(page, **values)


# --- by the sheets ----------------------------------------------------------------------------------------


def tax_code(number: int) -> str:
    """The fiscal code of an invented body."""
    base = f"8{number:09}"
    return base + luhn.calc_check_digit(base)


def iban(number: int) -> str:
    """An invented IBAN, with both of its checks."""
    account = f"0999933600{number:012}"
    odd = sum(CIN_ODD[int(digit)] for digit in account[::2])
    whole = string.ascii_uppercase[(odd + sum(map(int, account[1::2]))) % 26] + account
    return f"IT{98 - int(''.join(str(int(sign, 36)) for sign in whole + 'IT00')) % 97:02}{whole}"


def member(number: int, name: str) -> dict[str, Any]:
    """A row of the sheet of the municipalities."""
    return {"Nome": name, "Forma": "Comune", "Codice ISTAT": f"014{number:03}", "Codice fiscale": tax_code(number),
            "Indirizzo": "Piazza 1", "CAP": "23100", "Località": name, "Provincia": "SO",
            "PEC": f"comune{number}@pec.example", "Missione": "Restare a casa propria.", "Valori": "Vicinanza.",
            "Modi della relazione": "Un incontro all'anno.",
            "Socio dal": "01/03/2012", "Residenti": 1000 * number,
            "Residenti al": "31/12/2025", "Fonte dei residenti": "ISTAT"}


def people(names: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """The sheets of those who sign and of the accounts: the azienda's, then those of its members."""
    parties = ["azienda", *names]
    return {
        "Atti": [{"Ente": "azienda", "Tipo di organo": "Atto fondativo", "Tipo di atto": "statuto",
                  "Data": "01/03/2012", "Oggetto": "Statuto dell'Azienda"}],
        "Firmatari": [{"Ente": name, **PERSON, "Ruolo": "Legale rappresentante", "In carica dal": "01/01/2020"}
                      for name in parties],
        "Conti dedicati": [{"Ente": name, "IBAN": iban(number), "Banca": "Banca di prova", "Filiale": "Sondrio"}
                           for number, name in enumerate(parties)],
        "Delegati sui conti": [{"Conto": iban(number)} for number, _name in enumerate(parties)]}


def bring(page: Page, effort: Effort, what: str, folder: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
    """Take the sheets of an import from its page, fill them in, send them, register what is checked."""
    page.goto(f"/admin/importa/{what}/")
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Scarica il modello").click()
    file = folder / f"{what}.xlsx"
    arriving.value.save_as(file)
    book = openpyxl.load_workbook(file)
    for title, lines in rows.items():
        heads = [str(cell.value).rstrip(" *") for cell in book[title][1]]
        for line in lines:
            assert line.keys() <= set(heads)
            book[title].append([line.get(head) for head in heads])
    book.save(file)
    effort.filled(rows)
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Controlla il file").click()
    page.get_by_role("button", name="Registra le").click()
    expect(page.get_by_role("status").first).to_contain_text("registrate")
