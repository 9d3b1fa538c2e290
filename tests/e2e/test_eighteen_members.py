"""An azienda of eighteen members, from an empty database to the contract that all of them sign, by the screen alone;
members, signatories and accounts come from the sheets that its pages give.
"""

from __future__ import annotations

import string
from pathlib import Path
from typing import Any

import openpyxl
from stdnum import luhn

from core.parties.rules import CIN_ODD
from tests.e2e.newcomer import (
    Page,
    address,
    come_in,
    expect,
    open_the_service,
    production,
    register_the_azienda,
    sign_the_contract,
    write_the_terms,
)

__all__ = ["address", "production"]
VALLEYS = ("Alba", "Bassa", "Cervo", "Dora", "Elvo", "Fonda", "Gelata", "Iria", "Lunga", "Mora", "Nera", "Orco",
           "Piana", "Quieta", "Rossa", "Scura", "Torta", "Umbra")
NAMES = [f"Valle {name}" for name in VALLEYS]
PERSON = {"Nome": "Mario", "Cognome": "Rossi", "Sesso": "Maschio", "Luogo di nascita": "Milano",
          "Provincia di nascita": "MI", "Data di nascita": "01/01/1980", "Codice fiscale": "RSSMRA80A01F205X"}


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


def test_eighteen_members_sign_one_contract(page: Page, production: tuple[str, str], tmp_path: Path) -> None:
    page.set_default_timeout(30000)
    come_in(page, production[1])
    register_the_azienda(page)
    bring(page, "municipalities", tmp_path, {"Comuni": [member(number, name) for number, name in enumerate(NAMES, 1)]})
    parties = ["azienda", *NAMES]
    bring(page, "people", tmp_path, {
        "Atti": [{"Ente": "azienda", "Tipo di organo": "Atto fondativo", "Tipo di atto": "statuto",
                  "Data": "01/03/2012", "Oggetto": "Statuto dell'Azienda"}],
        "Firmatari": [{"Ente": name, **PERSON, "Ruolo": "Legale rappresentante", "In carica dal": "01/01/2020"}
                      for name in parties],
        "Conti dedicati": [{"Ente": name, "IBAN": iban(number), "Banca": "Banca di prova", "Filiale": "Sondrio"}
                           for number, name in enumerate(parties)],
        "Delegati sui conti": [{"Conto": iban(number), **PERSON, "Ruolo": "Ragioniere"}
                               for number, _name in enumerate(parties)]})
    open_the_service(page)
    write_the_terms(page)
    page.goto("/admin/per-cominciare/")
    expect(page.locator("main")).to_contain_text("Non manca nulla")
    text = sign_the_contract(page, tmp_path, NAMES)
    assert all(f"Comune di {name}" in text for name in NAMES)


def member(number: int, name: str) -> dict[str, Any]:
    """A row of the sheet of the municipalities."""
    return {"Nome": name, "Forma": "Comune", "Codice ISTAT": f"014{number:03}", "Codice fiscale": tax_code(number),
            "Indirizzo": "Piazza 1", "CAP": "23100", "Località": name, "Provincia": "SO",
            "PEC": f"comune{number}@pec.example", "Missione": "Restare a casa propria.", "Valori": "Vicinanza.",
            "Socio dal": "01/03/2012", "Residenti": 1000 * number,
            "Residenti al": "31/12/2025", "Fonte dei residenti": "ISTAT"}


def bring(page: Page, what: str, folder: Path, rows: dict[str, list[dict[str, Any]]]) -> None:
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
    page.set_input_files("[name=file]", file)
    page.get_by_role("button", name="Controlla il file").click()
    page.get_by_role("button", name="Registra le").click()
    expect(page.get_by_role("status").first).to_contain_text("registrate")
