"""A service invented at the table, in the browser alone: fields, promises, sheet, approval, the draft of a contract.

It costs a person under ten minutes, wrong attempts among them, on a desk and on a phone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from admin.app import create_app
from admin.command import demo_users
from core.documents.wordfile import read_text
from core.ground.access import system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.plugins.loading import Registry
from tests.district import Districts
from tests.e2e.conftest import SIZES, enter, served
from tests.e2e.effort import Effort
from tests.ground import Ground

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
Page, expect = sync_api.Page, sync_api.expect

TODAY = date(2026, 3, 2)
MOST_MINUTES = 10
SIGNS = {"desk": "Vizzolo Predabissi", "phone": "Cerro al Lambro"}


@pytest.fixture(scope="module")
def address(
    ground: Ground, made_districts: Districts, registry: Registry, cheap_passwords: None
) -> Iterator[str]:
    """The demo district served on a free port."""
    drafted = made_districts("sqlite")
    database, folder = ground.copy("browser-service", drafted.database, drafted.folder)
    with unit_of_work(database, system("prova"), act="users") as session:
        demo_users.ensure(session)
    with served(create_app(Settings(data_dir=folder, today=TODAY), database=database, registry=registry)) as place:
        yield place


def write(page: Page, **values: str) -> None:
    """Fill the boxes of a form by their names, where two strokes stand for a hyphen, and press its last button."""
    for name, value in values.items():
        field = page.locator(f"main [name='{name.replace('__', '-')}']").first
        closed = field.locator("xpath=ancestor::details[not(@open)]/summary")
        if closed.count():
            closed.click()
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()


def refused(page: Page, why: str) -> None:
    """Nothing was written, and the page says why."""
    expect(page.locator("main .note-error")).to_contain_text(why)


def accepted(page: Page) -> None:
    assert page.locator("main .note-error").all_inner_texts() == []


@pytest.mark.parametrize("size", SIZES)
def test_a_service_is_invented_described_approved_and_annexed(page: Page, effort: Effort, tmp_path: Path, size: str
                                                              ) -> None:
    name = f"Trasporto sociale ({size})"
    page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    page.set_default_timeout(12000)
    enter(page, "direzione@assemi.example")
    page.goto("/admin/servizi/new/")
    page.locator("main [name=sector_ids]").first.check()
    page.get_by_label("Copre tutti i Comuni soci").check()
    write(page, title=name, management_form="contract", recipients="Chi non può usare i mezzi pubblici")
    accepted(page)
    effort.reached("Il servizio")

    page.get_by_role("link", name="Campi della scheda").click()
    write(page, fields__0__label="Mezzi attrezzati", fields__0__type="integer",
          fields__1__label="Corse", fields__1__type="rows")
    refused(page, "La tabella «Corse» non ha colonne: aggiungerne almeno una.")
    write(page, fields__2__label="Tratta", fields__2__type="text", fields__2__table="Corse",
          fields__3__label="Mese", fields__3__type="integer", fields__3__table="Corse",
          standards__0__code="on_time", standards__0__title="Puntualità",
          standards__0__promise="Il mezzo arriva entro dieci minuti.", indicators__0__code="trips",
          indicators__0__title="Corse per mezzo", indicators__0__unit="al mese", indicators__0__standard="on_time",
          indicators__0__figure="sum(own_corse.km) / own_mezzi_attrezzati")
    refused(page, "non si può prendere da questa scheda")
    write(page, indicators__0__figure="sum(own_corse.mese) / own_mezzi_attrezzati")
    accepted(page)
    effort.reached("Campi e standard")

    page.get_by_role("link", name="Scrivi la scheda").first.click()
    write(page, edition="26")
    refused(page, "Indicare l'anno dell'edizione con quattro cifre.")
    write(page, edition="2026")
    write(page, mission="Accompagna alle visite chi non può andarci da solo.", activities="Trasporto",
          cost_to_user="Una tariffa a corsa", quantities__0__what="Corse", quantities__0__planned="1.000",
          own_mezzi_attrezzati="2", own_corse__0__tratta="Ospedale di Melegnano", own_corse__0__mese="60")
    refused(page, "si legge in due modi: scrivere 1000")
    write(page, quantities__0__planned="1000")
    expect(page.locator("main")).to_contain_text("Corse per mezzo: 30 al mese")
    expect(page.locator("main .badge-state").first).to_have_text("Bozza")
    effort.reached("La scheda")

    page.get_by_role("link", name="Registra l'approvazione").click()
    write(page, number="2", on="2027-01-01")
    refused(page, "non è ancora arrivato")
    write(page, on="2026-02-20")
    expect(page.locator("main .badge-state").first).to_have_text("Approvata")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size][0]
    effort.reached("L'approvazione")

    page.goto("/admin/contratti/bozza/")
    page.get_by_label(SIGNS[size], exact=True).check()
    page.get_by_label("Decorrenza").fill("2028-01-01")
    page.get_by_label("Scadenza").fill("2028-12-31")
    page.get_by_role("button", name="Prepara la bozza").click()
    expect(page.get_by_label(name).first).to_be_checked()
    for _step in range(2):
        page.get_by_role("button", name="Salva e continua").click()
    page.get_by_role("link", name="Continua all'anteprima").click()
    page.get_by_role("button", name="Genera il documento Word").click()
    page.wait_for_load_state()
    effort.reached("La bozza del contratto")

    with page.expect_download() as arriving:
        page.get_by_role("link", name=re.compile("Scarica")).first.click()
    arriving.value.save_as(tmp_path / "contratto.docx")
    text = "\n".join(read_text((tmp_path / "contratto.docx").read_bytes()))
    annex = text.split(f"— {name}")[-1]
    assert "approvata dall'Assemblea con deliberazione n. 2 del 20 febbraio 2026" in annex
    assert "Ospedale di Melegnano" in annex and "Corse per mezzo: 30 al mese" in annex
    minutes = float(effort.table()[-1][-2].replace(",", "."))
    assert minutes < MOST_MINUTES, effort.table()
