"""Another azienda, from an empty database to a signed contract, by the screen alone, form by form."""

from __future__ import annotations

import re
from pathlib import Path

from tests.e2e.conftest import picture
from tests.e2e.effort import Effort
from tests.e2e.newcomer import (
    Page,
    address,
    come_in,
    expect,
    open_the_service,
    production,
    register_the_azienda,
    send,
    sign_the_contract,
    step,
    write,
    write_the_terms,
)

__all__ = ["address", "production"]
TAX_CODES = {"Riva": "80001230145", "Costa": "81004560140"}
IBANS = {"Direttrice": "IT54G0999933600000000000011", "Sindaco di Riva": "IT31H0999933600000000000012",
         "Sindaco di Costa": "IT08I0999933600000000000013"}


def test_from_an_empty_database_to_a_signed_contract(
    page: Page, effort: Effort, production: tuple[str, str], tmp_path: Path
) -> None:
    page.set_default_timeout(12000)
    come_in(page, production[1])
    expect(page.get_by_role("heading", name="Per cominciare")).to_be_visible()
    page.goto("/admin/contratti/bozza/")
    expect(page.get_by_role("status")).to_contain_text("prima si completano questi passi")

    effort.reached("Entrare")
    register_the_azienda(page)
    effort.reached("1. L'azienda")
    register_the_members(page)
    effort.reached("2-3. Enti e firmatari")
    page.goto("/admin/")
    picture(page, "beginning")
    open_the_service(page)
    effort.reached("4-5. Aree, servizio, scheda")
    write_the_terms(page)
    effort.reached("6. Condizioni e Carta")
    page.goto("/admin/per-cominciare/")
    expect(page.locator("main")).to_contain_text("Non manca nulla")
    text = sign_the_contract(page, tmp_path, ("Riva", "Costa"))
    effort.reached("Contratto, fino alla firma")
    for said in ("decreto del Presidente della Regione n. 77", "Azienda Servizi Valle Alta", "Telesoccorso",
                 "Comune di Riva", "Comune di Costa"):
        assert said in text
    assert "notaio" not in text and "Piano di Zona" not in text


def register_the_members(page: Page) -> None:
    """Steps 2 and 3: each municipality with its membership, residents, signatory and account; the azienda's own."""
    for number, name in enumerate(("Riva", "Costa"), start=1):
        page.goto("/admin/comuni/new/")
        write(page, name=name, form="comune", tax_code=TAX_CODES[name], istat=f"01400{number}", address="Piazza 1",
              postal_code="23100", city=name, province="SO", pec=f"{name.lower()}@pec.example",
              mission="Restare a casa propria.", principles="Vicinanza.", relations="Un incontro all'anno.")
        key = re.search(r"id=(\d+)", page.url)[1]
        page.goto(f"/admin/adesioni/new/?municipality_id={key}")
        write(page, valid_from="2012-03-01")
        page.goto(f"/admin/popolazione/new/?municipality_id={key}")
        write(page, on="2025-12-31", residents=str(number * 1000), source="ISTAT")
        sign_for(page, key, f"Sindaco di {name}")
    page.goto("/admin/azienda/")
    key = re.search(r"id=(\d+)", page.url)[1]
    sign_for(page, key, "Direttrice")
    page.goto(f"/admin/atti/new/?party_id={key}")
    write(page, body_kind="founding", kind="statuto", date="2012-03-01", title="Statuto dell'Azienda")
    expect(step(page, "3. Organi e firmatari")).to_contain_text("Fatto")


def sign_for(page: Page, key: str, role: str) -> None:
    """Who signs for a party, and its account with somebody who may operate on it."""
    person = {"given_name": "Mario", "family_name": "Rossi", "sex": "M", "birth_place": "Milano",
              "birth_province": "MI", "birth_date": "1980-01-01", "tax_code": "RSSMRA80A01F205X", "role": role}
    page.goto(f"/admin/firmatari/new/?party_id={key}")
    write(page, **person, valid_from="2020-01-01")
    page.goto(f"/admin/conti/new/?party_id={key}")
    write(page, iban=IBANS[role], bank="Banca di prova", branch="filiale di Sondrio")
    page.get_by_role("link", name="Delegato è Mario Rossi, che firma").click()
    send(page)
