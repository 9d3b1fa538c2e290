"""A manager at a real browser: from the log-in to the Word file, with the mouse and with the keyboard alone."""

from __future__ import annotations

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
from tests.e2e.conftest import SIZES, enter, picture, served
from tests.ground import Ground

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
Page, expect = sync_api.Page, sync_api.expect

TODAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def address(
    ground: Ground, made_districts: Districts, registry: Registry, cheap_passwords: None
) -> Iterator[str]:
    """The demo district served on a free port."""
    drafted = made_districts("sqlite")
    database, folder = ground.copy("browser", drafted.database, drafted.folder)
    settings = Settings(data_dir=folder, today=TODAY)
    with unit_of_work(database, system("prova"), act="users") as session:
        demo_users.ensure(session)
    with served(create_app(settings, database=database, registry=registry)) as place:
        yield place


def start(page: Page, municipality: str, year: int) -> None:
    """The first step."""
    page.goto("/admin/contratti/")
    picture(page, "contract-list")
    page.get_by_role("link", name="Nuovo contratto").click()
    page.get_by_label(municipality, exact=True).check()
    page.get_by_label("Decorrenza").fill(f"{year}-01-01")
    page.get_by_label("Scadenza").fill(f"{year}-12-31")
    page.get_by_role("button", name="Prepara la bozza").click()
    expect(page.get_by_role("button", name="Salva e continua")).to_be_visible()


def test_the_guided_form_leads_to_a_word_file(page: Page, tmp_path: Path) -> None:
    enter(page, "direzione@assemi.example")
    start(page, "Vizzolo Predabissi", 2028)
    page.get_by_role("button", name="Salva e continua").click()

    page.get_by_label("Piano di Zona").select_option(index=1)
    page.get_by_label("Titolo").fill("Sede distaccata")
    page.get_by_label("Testo").fill("Lo sportello apre anche il sabato mattina.")
    picture(page, "contract-draft")
    page.get_by_role("button", name="Salva e continua").click()
    expect(page.get_by_text("Non manca nulla di necessario")).to_be_visible()

    page.get_by_role("link", name="Continua all'anteprima").click()
    expect(page.get_by_text("15 (quindici) giorni")).to_be_visible()
    page.get_by_role("button", name="Genera il documento Word").click()
    expect(page.get_by_role("status")).to_contain_text("Generata la versione n. 1")

    with page.expect_download() as arriving:
        page.get_by_role("link", name="Scarica la versione n. 1").click()
    file = tmp_path / arriving.value.suggested_filename
    arriving.value.save_as(file)
    assert file.suffix == ".docx"
    text = "\n".join(read_text(file.read_bytes())).replace("\N{NO-BREAK SPACE}", " ")
    for figure in ("15 (quindici) giorni", "€ 5.000,00", "31 gennaio", "31 dicembre 2028", "sei mesi",
                   "Lo sportello apre anche il sabato mattina.", "Comune di Vizzolo Predabissi"):
        assert figure in text


def test_a_step_is_done_with_the_keyboard_alone(page: Page) -> None:
    enter(page, "direzione@assemi.example")
    start(page, "Carpiano", 2028)
    first = page.locator("[name=services]").first
    assert first.is_checked()
    for _ in range(80):
        page.keyboard.press("Tab")
        if first.evaluate("box => box === document.activeElement"):
            break
    page.keyboard.press("Space")
    assert not first.is_checked()
    page.keyboard.press("Enter")
    page.wait_for_url("**/terms/")
    page.go_back()
    page.reload()
    assert not page.locator("[name=services]").first.is_checked(), "what was saved is there again"


def test_errors_lead_to_their_fields(page: Page) -> None:
    enter(page, "direzione@assemi.example")
    page.goto("/admin/contratti/bozza/")
    page.get_by_label("Dresano", exact=True).check()
    page.get_by_label("Decorrenza").fill("2028-01-01")
    page.get_by_label("Scadenza").fill("2027-01-01")
    page.get_by_role("button", name="Prepara la bozza").click()
    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("prima di cominciare")
    summary.get_by_role("link", name="Scadenza").click()
    assert page.url.endswith("#campo-ends_on")
    assert page.get_by_label("Dresano", exact=True).is_checked(), "what was typed stays"


def test_a_municipality_sees_only_its_own(page: Page) -> None:
    enter(page, "ufficio@melegnano.example")
    page.goto("/admin/contratti/")
    expect(page.locator("main")).to_contain_text("Melegnano")
    expect(page.locator("main")).not_to_contain_text("Dresano")
    page.get_by_role("link", name="5/2026").click()
    expect(page.get_by_role("heading", name="Contratto n. 5/2026")).to_be_visible()
    picture(page, "contract-record")
    expect(page.get_by_role("link", name="Annulla la bozza")).to_have_count(0)
    assert page.request.get("/admin/contratti/details/?id=4").status == 404


@pytest.mark.parametrize("size", SIZES)
def test_no_page_is_wider_than_the_screen(page: Page, size: str) -> None:
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    enter(page, "direzione@assemi.example")
    for path in ("", "details/?id=5", "bozza/", *(f"bozza/5/{step}/" for step in (
            "municipality", "services", "terms", "check", "preview")), "upload/?id=5", "passaggio/?atto=cancel&id=5"):
        assert page.goto(f"/admin/contratti/{path}").status == 200
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
