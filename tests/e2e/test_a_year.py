"""A year at a real browser: a late budget, two keys, letters, a payment in two parts, the bank, the balance."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from flask import Flask

from admin.app import create_app
from admin.command import demo_users
from core.ground.access import system
from core.ground.settings import Settings
from core.ground.unit_of_work import unit_of_work
from core.imports.operations import run
from core.imports.subjects import IMPORTS
from core.plugins.loading import Registry
from demo.load import load
from tests.conftest import Migrated
from tests.e2e.conftest import enter, move_to, picture, served
from tests.ground import Ground
from tests.integration.imports.conftest import filled

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser tests")
Page, expect = sync_api.Page, sync_api.expect

OPENING = date(2026, 12, 1)
ACCOUNTING, MANAGEMENT, OFFICE = "contabilita@assemi.example", "direzione@assemi.example", "ufficio@dresano.example"
SERVICE = "Centro Affidi Territoriale (C.A.T.)"
BANK = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>
<GrpHdr><MsgId>2027-02</MsgId><CreDtTm>2027-02-09T08:00:00</CreDtTm></GrpHdr>
<Stmt><Id>2027-02</Id><Acct><Id><IBAN>IT37U0999933600000000202600</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Ntry><Amt Ccy="EUR">30000.50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2027-02-05</Dt></BookgDt>
<ValDt><Dt>2027-02-05</Dt></ValDt><AcctSvcrRef>A1</AcctSvcrRef><NtryDtls><TxDtls><RltdPties>
<Dbtr><Nm>COMUNE DI DRESANO</Nm></Dbtr><DbtrAcct><Id><IBAN>IT19L0999933404000000001004</IBAN></Id></DbtrAcct>
</RltdPties><RmtInf><Ustrd>RESTO RATA 1/2027</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


@pytest.fixture(scope="module")
def app(ground: Ground, migrated: Migrated, registry: Registry, cheap_passwords: None) -> Flask:
    """The district with two contracts in force, Dresano's and Melegnano's, and their shares of 2026."""
    database, folder = ground.copy("year", *migrated("sqlite", registry))
    settings = Settings(data_dir=folder, today=OPENING)
    rows: dict[str, list[dict[str, object]]] = {"contracts": [], "shares": []}
    for number, (name, amount) in enumerate((("Dresano", "100001.00"), ("Melegnano", 200000)), start=1):
        rows["contracts"].append({"code": f"{number}/2026", "municipalities": name, "starts_on": "01/01/2026",
                                  "ends_on": "31/12/2027", "signed_on": "16/12/2025", "services": SERVICE})
        rows["shares"].append({"year": 2026, "municipality": name, "kind": "Di previsione", "amount": amount,
                               "approved_on": "26/02/2026"})
    with unit_of_work(database, system("prova"), act="carico") as session:
        load(session, registry)
        demo_users.ensure(session)
    with unit_of_work(database, system("prova"), act="importa") as session:
        for what, found in rows.items():
            report = run(session, IMPORTS[what], filled(what, *found), today=OPENING)
            assert report.applied, report.wrong
    return create_app(settings, database=database, registry=registry)


@pytest.fixture(scope="module")
def address(app: Flask) -> Iterator[str]:
    """Where it is served."""
    with served(app) as place:
        yield place


@pytest.fixture
def play(app: Flask) -> Callable[[date], None]:
    """Let another day come."""

    def go(day: date) -> None:
        move_to(app, day)

    return go


def press(page: Page, name: str) -> None:
    """The button or link of the page that says ``name``."""
    main = page.locator("main")
    main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()


def approve(page: Page, number: str, on: str) -> None:
    """Record the assembly's resolution."""
    press(page, "Registra l'approvazione")
    page.get_by_label("Numero della deliberazione").fill(number)
    page.get_by_label("Data della deliberazione").fill(on)
    page.get_by_label("Voti favorevoli").fill("8")
    press(page, "Registra l'approvazione")
    expect(page.get_by_role("status")).to_contain_text("approvato")


def ask(page: Page) -> None:
    """All requests of the next due date: accounting prepares them, management approves and sends them."""
    enter(page, ACCOUNTING)
    page.goto("/admin/richieste/")
    press(page, "Prepara le richieste")
    press(page, "Prepara le richieste")
    expect(page.get_by_role("status")).to_contain_text("Le lettere sono pronte")
    enter(page, MANAGEMENT)
    page.goto("/admin/")
    press(page, "Apri le richieste")  # it waits at home
    press(page, "Approva")
    press(page, "Approva le richieste")
    press(page, "Registra l'invio")
    for field in page.locator("main [name^=protocol_]").all():
        field.fill("77/2027")
    press(page, "Registra l'invio")
    expect(page.get_by_role("status")).to_contain_text("L'invio è registrato")


def open_instalment(page: Page, number: str) -> None:
    """The record of an instalment, from the list."""
    page.goto("/admin/rate/")
    page.get_by_role("link", name=number, exact=True).click()


def copy_budget(page: Page, stage: str, start: str) -> None:
    """A budget of 2027, empty or from another."""
    page.goto("/admin/bilanci/")
    press(page, "Nuovo bilancio")
    page.get_by_label("Anno", exact=True).fill("2027")
    page.get_by_label("Fase").select_option(label=stage)
    page.get_by_label("Parte da").select_option(label=start)
    press(page, "Apri il bilancio")


def write_lines(page: Page, *lines: tuple[str, str, str, str]) -> None:
    """The lines of the one service: description, type, amount, source."""
    for slot, (title, kind, amount, source) in enumerate(lines):
        page.fill(f"[name=lines-{slot}-title]", title)
        page.select_option(f"[name=lines-{slot}-kind]", label=kind)
        page.fill(f"[name=lines-{slot}-amount]", amount)
        page.select_option(f"[name=lines-{slot}-source_id]", label=source)
    page.get_by_role("button", name="Salva", exact=True).click()


def test_a_year_goes_from_the_first_advance_to_the_balance(
    page: Page, play: Callable[[date], None], tmp_path: Path
) -> None:
    enter(page, ACCOUNTING)
    page.goto("/admin/rate/")
    press(page, "Prevedi le rate di un anno")
    page.get_by_label("Anno", exact=True).fill("2027")
    press(page, "Mostra")
    expect(page.locator("main")).to_contain_text("50% di € 100.001,00")  # no budget yet: last year's share
    press(page, "Prevedi queste rate")
    ask(page)

    play(date(2027, 1, 28))
    enter(page, ACCOUNTING)
    open_instalment(page, "1/2027")
    expect(page.locator("main")).to_contain_text("Chiesta: € 50.000,50 entro il 01/02/2027")
    picture(page, "instalment-record")
    press(page, "Registra un pagamento")
    page.get_by_label("Importo arrivato").fill("20.000,00")
    page.get_by_label("Alla rata n. 1/2027").fill("20.000,00")
    picture(page, "payment-new")
    press(page, "Registra il pagamento")
    open_instalment(page, "1/2027")
    expect(page.locator("main")).to_contain_text("restano € 30.000,50")

    play(date(2027, 2, 9))
    statement = tmp_path / "estratto.xml"
    statement.write_text(BANK, encoding="utf-8")
    page.goto("/admin/estratti-conto/")
    press(page, "Leggi un estratto conto")
    page.set_input_files("main [type=file]", statement)
    press(page, "Leggi il file")
    picture(page, "statement-record")
    press(page, "Abbina il prossimo")
    expect(page.locator("main")).to_contain_text("€ 30.000,50 alla rata n. 1/2027")
    press(page, "Conferma")
    open_instalment(page, "1/2027")
    expect(page.locator("main")).to_contain_text("Pagata per intero il 05/02/2027")

    play(date(2027, 3, 1))  # the budget is late: the first advance stays as it was asked, the second follows it
    copy_budget(page, "Bilancio preventivo", "nessun bilancio: si comincia da zero")
    press(page, "Registra le voci di un servizio")
    page.get_by_role("link", name=SERVICE).click()
    write_lines(page, ("Équipe", "Costo diretto", "330.000,00", "–"),
                ("Fondo sociale", "Fonte di finanziamento", "30.000,00", "Fondo Sociale Regionale (FSR)"))
    picture(page, "budget-record")
    approve(page, "2", "2027-02-25")
    press(page, "Nuovo piano di riparto")
    press(page, "Apri il piano")
    press(page, "Aggiungi un gruppo")
    page.get_by_label("Nome del gruppo").fill("Minori")
    page.get_by_label(SERVICE).check()
    page.select_option("[name=keys-0-kind]", label="Residenti")
    page.fill("[name=keys-0-weight]", "70")
    press(page, "Aggiungi una chiave")
    page.select_option("[name=keys-1-kind]", label="Parti uguali")
    page.fill("[name=keys-1-weight]", "30")
    press(page, "Salva il gruppo")
    approve(page, "3", "2027-02-25")
    # 3.036 and 18.105 residents share 210.000 euros, and two equal parts are 45.000 each
    for words in ("€ 75.157,51", "€ 224.842,49", "€ 300.000,00"):
        expect(page.locator("main table").first).to_contain_text(words)
    picture(page, "plan-record")
    page.locator("main").get_by_role("link", name="Dresano").first.click()
    expect(page.locator("main")).to_contain_text("€ 30.157,51")
    picture(page, "share-record")

    play(date(2027, 6, 20))
    open_instalment(page, "2/2027")
    expect(page.locator("main")).to_contain_text("40% di € 75.157,51")
    ask(page)
    open_instalment(page, "2/2027")
    expect(page.locator("main")).to_contain_text("€ 30.063,00 entro il 31/07/2027")

    play(date(2028, 4, 28))
    enter(page, ACCOUNTING)
    copy_budget(page, "Bilancio d'esercizio", "Bilancio preventivo 2027")
    page.get_by_role("link", name=SERVICE).first.click()
    page.fill("[name=lines-0-amount]", "340.000,00")
    page.get_by_role("button", name="Salva", exact=True).click()
    approve(page, "5", "2028-04-27")
    press(page, "Nuovo piano di riparto")
    expect(page.get_by_label("Titolo")).to_have_value("Riparto definitivo 2027")
    page.get_by_label("Parte da").select_option(label="Piano di riparto 2027 (2027)")
    press(page, "Apri il piano")
    approve(page, "6", "2028-04-27")
    open_instalment(page, "3/2027")
    # 77.662,76 less the two advances, 50.000,50 and 30.063,00: Dresano has paid more than its share
    expect(page.locator("main")).to_contain_text("€ 77.662,76 (Quota definitiva), meno € 80.063,50 degli acconti")
    ask(page)

    enter(page, OFFICE)
    page.goto("/admin/rate/")
    picture(page, "instalment-list")
    open_instalment(page, "3/2027")
    expect(page.locator("main")).to_contain_text("A credito")
    expect(page.locator("main")).to_contain_text("€ -2.400,74")
